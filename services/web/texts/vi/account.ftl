# Log-in, password, positions.
log-in = Đăng nhập
login = Tên đăng nhập
password = Mật khẩu
log-in-failed = Chưa vào được.
log-in-wrong = Tên đăng nhập hoặc mật khẩu không đúng.
forgotten = Quên mật khẩu: người quản trị của cơ quan đặt lại giúp.
only-check = Chỉ cần kiểm tra một văn bản đã ký?
check = Kiểm tra chữ ký
without = , không cần đăng nhập.
demo = Dữ liệu demo, mọi cơ quan và tên người đều là giả định. Không đưa văn bản mật lên hệ thống này.
art-label = Về hệ thống
art-one = Mỗi văn bản một số,
art-two = mỗi số một lần,
art-three = không số nào mất.
art-sub = Hệ thống quản lý văn bản và điều hành

## The account.
mine = Tài khoản của tôi
log-out = Đăng xuất
email = Thư điện tử
acting-as = Đang làm với
positions = Chức vụ
one-at-a-time = mỗi lúc làm việc với một chức vụ
in-use = Đang dùng
use-position = Dùng chức vụ này
now-acting = Đang làm việc với chức vụ { $title }.

## Change of the password.
change-password = Đổi mật khẩu
must-change = Cần đổi trước khi làm việc.
set-by-administrator = Mật khẩu hiện nay do người quản trị đặt.
old-password = Mật khẩu đang dùng
new-password = Mật khẩu mới
again = Nhập lại mật khẩu mới
password-rule = Từ 10 ký tự trở lên. Một câu dài dễ nhớ tốt hơn một từ khó.
password-changed = Đã đổi mật khẩu.
