# What several screens show alike.

## Days of the week.
monday = Thứ Hai
tuesday = Thứ Ba
wednesday = Thứ Tư
thursday = Thứ Năm
friday = Thứ Sáu
saturday = Thứ Bảy
sunday = Chủ Nhật
size-bytes = { $n } byte

## Deadlines.
done = Xong
done-late = Xong, trễ { $days } ngày
late = Quá { $days } ngày
due-today = Hôm nay
left = Còn { $days } ngày
no-deadline = Không hạn
not-counted = không tính hạn
withdrawn = Đã rút lại
for-information = Để biết
sum = Giao { $given } + { $days } ngày làm việc = { $due }
sum-first = { $sum }, hạn đầu { $due }
sum-no-holidays = { $sum } (chưa có lịch nghỉ năm { $year })

## Documents.
paper-without-subject = Bản giấy chưa nhập trích yếu

## Forms.
required = bắt buộc
to-mend = Cần sửa
not-yet = Chưa được.
mend-below = Các ô có dấu “Cần sửa” ở dưới.
refused = Không được.
conflict = Có người vừa sửa.
conflict-text = Văn bản đã thay đổi sau khi bạn mở. Điều bạn gõ còn nguyên; xem lại rồi gửi lần nữa.
not-saved = Không lưu được.
not-saved-text = { $why } Chưa có gì được ghi và chưa số nào bị lấy. Điều bạn gõ còn nguyên.
reason-untold = Hệ thống không cho làm việc này.
reason-unknown = Chưa đúng ({ $reason }).

## Those who have a document.
extend = gia hạn

## A document shown on a page.
document = Văn bản
pages = Trang văn bản
attached = { $n } tệp kèm
page-before = Trang trước
page-after = Trang sau
smaller = Thu nhỏ
fit = Vừa khổ
larger = Phóng to
rotate = Xoay
download = Tải về
open-pdf = Mở tệp PDF
not-shown = Tệp này không xem được ở đây
download-to-see = Tải về để xem
