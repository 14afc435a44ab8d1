# What the signatures of a file say.

## Verdicts: of a file or a signature, and the same in the middle of a sentence.
valid = Hợp lệ
invalid = Không hợp lệ
indeterminate = Không xác định
unsigned = Không có chữ ký số
unreadable = Không đọc được tệp
unchecked = Chưa kiểm tra

## The seven facts of TT 15/2025/TT-BKHCN.
seven = Bảy nội dung theo Thông tư 15/2025/TT-BKHCN
fact-issuer = 1. Tổ chức cấp chứng thư
fact-signer = 2. Người ký
fact-organization = 3. Đơn vị quản lý chứng thư
fact-time = 4. Thời điểm ký
fact-integrity = 5. Toàn vẹn nội dung
fact-effect = 6. Hiệu lực của chữ ký khi ký
fact-validity = 7. Thời hạn của chứng thư
certificate-serial = Số chứng thư

## A sentence on a file.
one-valid = Văn bản có 1 chữ ký, hợp lệ. Nội dung không bị sửa kể từ khi ký.
all-valid = Văn bản có { $n } chữ ký, cả { $n } hợp lệ. Nội dung không bị sửa kể từ khi ký.
forbidden = Văn bản bị sửa sau khi ký theo cách không được phép.
one-invalid = Không nên dựa vào chữ ký này; lý do ghi ở chữ ký.
some-invalid = { $bad } trong { $all } chữ ký không hợp lệ.
doubtful = Không thấy gì sai, nhưng có điều chưa kiểm tra được. Chưa nên dựa vào chữ ký này.
no-signature = Tệp không mang chữ ký số nào.
no-pdf = Tệp không phải PDF, bị hỏng hoặc có mật khẩu.

## Each signature.
time-stamped = theo dấu thời gian đã kiểm tra
time-of-stamp = theo đồng hồ của nơi cấp dấu thời gian
time-claimed = theo đồng hồ của người ký
when = { $at }, { $source }
no-time = không ghi thời điểm ký
not-given = không ghi
changed = Bị sửa
changed-sub = nội dung không còn là nội dung đã ký
not-all = Không phủ hết văn bản
not-all-sub = một phần văn bản nằm ngoài chữ ký
changed-after = Bị sửa sau khi ký
intact = Nguyên vẹn
no-effect = Không có hiệu lực
revoked-sub = chứng thư đã bị tạm dừng hoặc thu hồi
in-effect = Có hiệu lực
in-effect-sub = không bị tạm dừng, thu hồi
why-below = xem lý do ở dưới
effect-unknown = Không xác định
not-asked-sub = chưa hỏi được tình trạng thu hồi của chứng thư
not-revoked-sub = không bị thu hồi; xem lý do ở dưới
cannot-read = không đọc được
signer-unknown = không rõ người ký
of-the-document = dấu thời gian của văn bản
no-organization = không ghi trong chứng thư
after-none = sau khi ký không có thay đổi nào
after-permitted = sau khi ký chỉ có thay đổi được phép (điền số, ngày, ký tiếp)
after-forbidden = sau khi ký có thay đổi không được phép
revision = Bản { $n }
time-stamp = Dấu thời gian
verdict = Chữ ký { $verdict }
count = { $n } chữ ký
see-each = Xem từng chữ ký
