# The metadata of a document as a form.
choose-kind = Chọn loại…
issuer = Tác giả
notation = Số, ký hiệu
kind = Loại
kind-name = Tên loại khác
issued-date = Ngày văn bản
urgency = Độ khẩn
marking = Độ mật
secret = Mật
top-secret = Tối mật
absolute-secret = Tuyệt mật
subject = Trích yếu
reply-due = Hạn trả lời
pages = Số trang
signer-name = Người ký
signer-position = Chức vụ người ký
note = Ghi chú
to-places = Đơn vị hoặc người nhận

# Why the machine is sure of what it read.
sure = chắc
sure-directory = khớp danh bạ
sure-signature = theo chữ ký
sure-name = tên loại khớp ký hiệu
sure-stamp = theo dấu khẩn
sure-counted = đếm được

# Why the clerk should look.
unsure-disagrees = Xem lại: tên loại khác ký hiệu
unsure-notation = Xem lại: đoán theo ký hiệu
unsure-scan = Xem lại: đọc từ bản quét
unsure-read = Xem lại: đọc từ trang 1
