# What the modules of assets/ say; #1 and #2 stand where they put something in.
uploading = Đang tải lên…
page-of = Trang { $page } trên { $all }
page-short = Trang { $page }/{ $all }
password = Tệp có mật khẩu.
damaged = Tệp không đọc được hoặc bị hỏng.
open-outside = Mở bằng trình duyệt
move-box = { $name }: phím mũi tên để dời, Shift và mũi tên để đổi cỡ
