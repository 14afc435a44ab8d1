# Chương trình ký trên máy người dùng (vanthu agent): khóa nằm ngoài máy chủ.

outside = khóa ngoài máy chủ
label = { $subject } · khóa ngoài máy chủ
note = Khóa nằm ngoài máy chủ: mật khẩu hoặc mã PIN được hỏi ở chương trình ký trên máy của bạn. Bấm ký, rồi xác nhận ở trang của chương trình đó.

# What it is about.
looking = Đang tìm chương trình ký trên máy này…
asking = Đang tìm chương trình ký trên máy này… Nếu trình duyệt hỏi có cho trang này dùng chương trình trên máy không, chọn Cho phép.
kept = Trình duyệt không cho trang này tới chương trình ký trên máy này.
missing = Chưa thấy chương trình ký trên máy này.
unpaired = Chương trình ký đang chạy, chưa ghép nối với trang này.
confirm = Chương trình ký đã mở trang xác nhận trong trình duyệt. Đối chiếu danh sách ở đó rồi bấm Ký; trang này tự tiếp tục.
refused = Bạn đã chọn Không ký ở chương trình ký. Chưa tệp nào được ký.
expired = Quá 5 phút chưa xác nhận ở chương trình ký. Chưa tệp nào được ký.
gone = Chương trình ký không trả lời nữa. Mở lại chương trình rồi tiếp tục; văn bản đã ký vẫn là đã ký.
objects = Chương trình ký không nhận: { $why }
needs-script = Ký bằng khóa ngoài máy chủ cần JavaScript, để trang này nói chuyện với chương trình ký trên máy của bạn.

# How it is started and paired.
start = Cắm khóa vào máy này, mở cửa sổ lệnh rồi chạy:
key-file = khóa.p12 hoặc pkcs11:…
start-how = Chương trình hỏi mật khẩu hoặc mã PIN tại cửa sổ đó. Máy chủ không bao giờ thấy khóa và mật khẩu.
start-other = Nếu chương trình đang chạy mà trang này vẫn không thấy: nó được mở cho trang khác. Mở lại với địa chỉ sau --origin đúng là
allow = Cho phép trang này dùng chương trình trên máy:
allow-how = Bấm biểu tượng ở đầu thanh địa chỉ, mở phần quyền của trang, cho phép mục ứng dụng trên thiết bị này (mạng cục bộ). Trang tự tìm lại. Nếu máy do cơ quan quản lý, nhờ người quản trị cho phép địa chỉ
look-again = Tìm lại
code = Mã ghép nối
code-how = Mã gồm 10 ký tự, hiện ở cửa sổ của chương trình ký; mỗi mã dùng một lần.
wrong-code = Mã không đúng hoặc đã dùng. Lấy mã mới nhất ở cửa sổ của chương trình ký; sau 5 lần sai phải mở lại chương trình.
pair = Ghép nối

# The run.
sign-title = Ký bằng khóa ngoài máy chủ
seal-title = Đóng dấu bằng khóa ngoài máy chủ
sign-ask = Ký số { $many } văn bản – { $agency }
seal-ask = Đóng dấu { $many } văn bản – { $agency }
with-key = Chương trình ký trên máy này
prepares = Đang chuẩn bị { $many } văn bản…
writes = Đang kiểm tra và ghi chữ ký…
stays = Còn văn bản chưa ký được. Xem lý do ở từng dòng rồi ký tiếp.
other-key = Khóa trong chương trình ký là của chứng thư khác: { $subject }. Mở lại chương trình với khóa của chứng thư trên.
key-failed = Khóa không ký được: { $why }
go-on = Ký bằng chương trình ký
again = Ký lại văn bản không thành công
back-to-seal = Về Chờ đóng dấu

# Enrolling.
enrol = Khóa nằm ngoài máy chủ
enrol-why = Khóa ở USB token hoặc tệp trên máy của bạn, máy chủ không bao giờ giữ. Khóa phải trả lời một thử thách của máy chủ thì chứng thư mới được đăng ký.
enrol-button = Đăng ký khóa ở chương trình ký
enrol-ask = Đăng ký chứng thư số – { $agency }
enrol-file = Chứng tỏ khóa là của { $subject } (không phải văn bản)
whose = Chọn khóa của ai ở ô trên.
