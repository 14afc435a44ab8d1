# Receiving and registering.
entry = Chờ vào sổ
title = Tiếp nhận & vào sổ
waiting = Chờ vào sổ · { $place } trong { $total }
none-waiting = Không còn văn bản chờ
sure-fields = { $n } ô chắc
unsure-fields = { $n } ô cần xem lại
before = Trước
after = Sau
queue = Hàng chờ vào sổ
drop = Thả PDF hoặc bản quét vào đây, hoặc
choose-file = chọn tệp
one-document = các tệp là một văn bản
upload = Tải lên
paper = Bản giấy, không có tệp
secret-paper = Văn bản mật
secret-waits = Mật
signature-verdict = Chữ ký { $verdict }
paper-without-file = Bản giấy, không có tệp: nhập thông tin ở bên phải
form = Thông tin vào sổ
more = Thêm: nơi nhận, người ký, ghi chú
empty-head = Không còn văn bản chờ vào sổ
empty-text = Thả tệp vào ô bên trái, hoặc ghi nhận một bản giấy. Văn bản mới tiếp nhận sẽ hiện ở đây.
open-register = Xem sổ đến
register-and-next = Vào sổ và mở tiếp
drawn-when-pressed = Số đến được cấp khi bấm, không giữ trước
arrival = Ngày đến
submit-to = Trình
submit-later = Trình sau
reply-hint = { $weekday }, còn { $days } ngày làm việc kể từ hôm nay.
goes-into-the-register = ghi vào sổ
registered = Đã vào sổ, số đến { $number }.
registered-and-submitted = Đã vào sổ, số đến { $number }, đã trình { $leader }.

# Files that arrive.
no-file-head = Chưa có tệp.
no-file-text = Chọn hoặc thả ít nhất một tệp.
received = Đã tiếp nhận { $n } văn bản.
received-some = Đã nhận { $n } tệp, các tệp sau chưa nhận.
received-paper = Đã tiếp nhận một bản giấy. Nhập thông tin rồi vào sổ.

# Returning to the sender.
send-back = Trả lại nơi gửi
sent-back = Đã trả lại nơi gửi.
reason = Lý do
sender-reads-it = nơi gửi đọc được
reason-wrong-agency = Gửi nhầm cơ quan
reason-bad-signature = Chữ ký số không hợp lệ
reason-file-missing = Thiếu tệp kèm theo
reason-no-seal = Không có chữ ký số của cơ quan
send-back-rule = Văn bản chưa vào sổ được trả lại theo Điều 21 Nghị định 30/2020/NĐ-CP. Không số nào bị lấy.
cancel = Thôi

# Documents that may be the same.
twins-title = Văn bản có thể trùng
twins-head = Có thể trùng ({ $n })
twins-button = Trùng? ({ $n })
twin-same-file = cùng tệp
twin-same-symbol = cùng số, ký hiệu, cơ quan
twin-same-all = cùng tệp; cùng số, ký hiệu, cơ quan
twin-number = Số đến { $number }
twin-unregistered = chưa vào sổ
twin-beside = xem bên cạnh
despite = Tôi đã xem, vẫn vào sổ
beside-title = Đối chiếu văn bản
beside = Văn bản đã có
differs = khác
same = giống
file = Tệp
no-file = không có tệp
file-same = cùng tệp với văn bản đang vào sổ
file-other = tệp khác
next-twin = Văn bản trùng kế tiếp
close-beside = Đóng đối chiếu
open-document = mở trang văn bản
