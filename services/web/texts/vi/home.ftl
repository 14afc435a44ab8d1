# The first page.

## How much waits.
nothing-waits = không có việc nào đang chờ
waits = { $n } việc đang chờ
waits-now = { $n } việc đang chờ, { $now } việc phải làm ngay

## The main act.
receive = Tiếp nhận văn bản
direct = Đọc & chỉ đạo
my-work = Việc của tôi
administer = Quản trị

## The counts: their words, and a smaller line below.
counts = Ô đếm
for-direction = Chờ cho ý kiến
for-direction-sub = trình tôi
received = Chờ tiếp nhận
received-sub = chưa có số đến
form-check = Chờ kiểm tra
form-check-sub = thể thức
incoming = Văn bản đến
incoming-sub = tôi được xem
drafts = Dự thảo của tôi
drafts-sub = chưa ký
registered = Chờ trình
registered-sub = đã vào sổ
work = Chờ xử lý
work-sub = chủ trì và phối hợp
soon = Sắp đến hạn
soon-sub = trong 3 ngày tới
late = Quá hạn
late-all = cả cơ quan
late-seen = việc tôi được xem
late-mine = của tôi
for-signature = Chờ ký
for-signature-sub = cần tôi ký
for-issue = Chờ phát hành
for-issue-sub = kể từ khi ký
information = Nhận để biết
information-sub = không tính hạn

## What is done with a line.
verb-register = Vào sổ
verb-submit = Trình
verb-number = Cấp số
verb-seal = Đóng dấu
verb-issue = Phát hành
verb-direct = Cho ý kiến
verb-approve = Duyệt
verb-sign = Ký
verb-review = Xem nội dung
verb-form-check = Kiểm tra
verb-rework = Xem lại
verb-open = Mở
at-once = { $verb } ngay
today = Trong hôm nay
given-lead = { $who } giao chủ trì
given-supporting = { $who } giao phối hợp
drafted-by = { $unit } soạn · { $status }
returned-by = { $who }: “{ $why }”

## Work by day.
group-late = Quá hạn · { $n }
group-today = Hôm nay, { $weekday } { $day }
group-day = { $weekday } { $day }
last-incoming = Số đến gần nhất, { $series }
last-outgoing = Số đi gần nhất, { $series }

## The page.
no-holidays = Chưa có lịch nghỉ năm { $year }.
no-holidays-text = Hạn đang tính mọi ngày thứ Hai đến thứ Sáu là ngày làm việc. Người quản trị nhập ở mục Ngày nghỉ.
waiting-for-me = Đang chờ tôi
waiting-order = gấp trước, đến trước làm trước
more = còn { $n } việc nữa
nothing = Không có việc nào đang chờ bạn
nothing-text = Việc mới sẽ hiện ở đây, việc gấp đứng đầu.
waiting-table = Việc đang chờ tôi
column-came = Đến lúc
column-document = Văn bản
column-due = Phải xong
column-open = Mở
came-back = Bị trả lại
late-and-soon = Quá hạn và sắp đến hạn
see-all = Xem hết
none-late = Không có việc quá hạn hay sắp đến hạn.
books = Sổ năm { $year }
open-book = Mở sổ
proof = Kiểm chứng
proof-each = xem từng sổ
