# What stands around every page.
skip = Tới nội dung chính
find = Tra cứu nhanh
find-by = Số, ký hiệu, trích yếu, cơ quan…
keys = Bảng phím tắt
account = Tài khoản của tôi
menu = Trình đơn chính
undo = Hoàn tác
seconds = ({ $n } giây)
close = Đóng
close-toast = Đóng thông báo
open-it = Mở
