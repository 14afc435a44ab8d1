# An incoming document.
path = Đường dẫn
incoming-number = Số đến { $number }
arrived = đến { $day }
due = hạn { $day }
twin = Có thể trùng.
open-twin = Mở văn bản có thể trùng
secret = Chỉ đăng ký thông tin; không có tệp, không chuyển, không tra cứu, không xuất ra.
holders = Ai đang giữ
places = { $n } nơi
places-unopened = { $n } chưa mở
directs = Chỉ đạo
directed = Đã cho ý kiến
with-the-clerk = Văn thư đang giữ. Chưa giao cho ai.
is-me = { $title }, là tôi
opened = mở { $when }
unopened = chưa mở
signatures = Chữ ký
checked = kiểm tra { $when }
facts = Thông tin
asked-by-the-sender = { $day }, nơi gửi đề nghị
received = Tiếp nhận
answered-by = Trả lời bằng
main-file = Văn bản
attachment = Tệp kèm
pages = { $n } trang
history = Lịch sử
history-lines = { $n } việc, mới trước
save = Lưu
cancel = Thôi

# Correcting.
correct-title = Sửa thông tin
fixed = Số đến { $number }, đến { $day }: hai mục này không đổi được.
correct-reason = Lý do sửa
goes-into-history = ghi vào lịch sử
corrected = Đã sửa thông tin; số đến và ngày đến giữ nguyên.

# Submitting.
submit-title = Trình lãnh đạo
submit = Trình
submit-rule = Trình trong ngày, chậm nhất ngày làm việc tiếp theo; văn bản khẩn trình ngay (Điều 23 Nghị định 30/2020/NĐ-CP).
to-which-leader = Trình ai
clerks-note = Ghi chú của văn thư
submitted = Đã trình { $leader }.

# Voiding the number.
void-title = Huỷ số { $number }
void = Huỷ số
void-rule = Số { $number } ở lại trong sổ, bị gạch ngang kèm lý do, và không bao giờ cấp lại.
reason = Lý do
void-twice = vào trùng
void-wrong-book = vào nhầm sổ
void-not-ours = không phải văn bản của cơ quan
voided = Đã huỷ số { $number }.

# Undoing the direction.
undo-title = Hoàn tác ý kiến chỉ đạo
undo = Hoàn tác
undo-rule = Các việc đã giao được rút lại và văn bản trở về chờ cho ý kiến. Chỉ làm được khi chưa ai mở.
undone = Đã hoàn tác ý kiến chỉ đạo.
revoked = Chứng thư số của người ký đã bị thu hồi hoặc tạm dừng.
revoked-what = Chữ ký không có hiệu lực tại thời điểm nhận. Không nên vào sổ như văn bản hợp lệ; hãy hỏi lại nơi gửi hoặc trả lại.
evidence = Bằng chứng kiểm tra
evidence-kept = Đã hỏi nơi cấp chứng thư và lưu lại lúc { $at }.
evidence-part = Đã lưu lúc { $at }; chưa hỏi được hết vì chứng thư không dẫn tới gốc tin cậy hoặc không cho biết hỏi ở đâu.
evidence-none = Chưa hỏi nơi cấp chứng thư; tình trạng thu hồi dựa vào những gì có trong tệp.
evidence-waiting = Đang chờ hỏi nơi cấp chứng thư.
evidence-ocsp = Trả lời OCSP của { $by }, lập lúc { $at }
evidence-crl = Danh sách thu hồi của { $by }, lập lúc { $at }
evidence-unnamed = nơi cấp chứng thư
evidence-take = Tải bằng chứng (ZIP)
evidence-for = Kết luận tính tại thời điểm nhận văn bản: { $at }.
check-again = Kiểm tra lại
checked-again = Đã kiểm tra lại và lưu bằng chứng.
not-checked-again = Chưa kiểm tra lại được: { $why }
