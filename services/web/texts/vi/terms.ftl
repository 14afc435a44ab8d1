# Words for the contract's terms.

## Kinds of document (NĐ 30/2020 Điều 7).
kind-letter = Công văn
kind-resolution = Nghị quyết
kind-decision = Quyết định
kind-directive = Chỉ thị
kind-regulation = Quy chế
kind-rule = Quy định
kind-communique = Thông cáo
kind-notice = Thông báo
kind-guidance = Hướng dẫn
kind-programme = Chương trình
kind-plan = Kế hoạch
kind-scheme = Phương án
kind-proposal = Đề án
kind-project = Dự án
kind-report = Báo cáo
kind-minutes = Biên bản
kind-submission = Tờ trình
kind-contract = Hợp đồng
kind-telegram = Công điện
kind-memorandum = Bản ghi nhớ
kind-agreement = Bản thỏa thuận
kind-authorization = Giấy ủy quyền
kind-invitation = Giấy mời
kind-introduction = Giấy giới thiệu
kind-leave = Giấy nghỉ phép
kind-dispatch-slip = Phiếu gửi
kind-forwarding-slip = Phiếu chuyển
kind-notice-slip = Phiếu báo
kind-official-letter = Thư công
kind-other = Loại khác

## Độ khẩn; Thường is not written beside a document.
urgency-normal = Thường
urgency-urgent = Khẩn
urgency-very-urgent = Thượng khẩn
urgency-express = Hỏa tốc

## How it came.
channel-paper = bản giấy
channel-electronic = tệp điện tử
channel-exchange = liên thông

## Where an incoming document stands.
incoming-received = Chờ vào sổ
incoming-registered = Chờ trình
incoming-submitted = Chờ cho ý kiến
incoming-directed = Đang xử lý
incoming-completed = Đã hoàn thành
incoming-returned = Đã trả lại
incoming-void = Số huỷ

## Where an outgoing document stands.
outgoing-drafted = Dự thảo
outgoing-submitted = Chờ kiểm tra nội dung
outgoing-reviewed = Chờ kiểm tra thể thức
outgoing-form-checked = Chờ duyệt
outgoing-approved = Chờ ký số
outgoing-signed = Chờ cấp số
outgoing-numbered = Chờ đóng dấu
outgoing-sealed = Chờ phát hành
outgoing-issued = Đã phát hành
outgoing-recalled = Đã thu hồi
outgoing-withdrawn = Đã bỏ dự thảo

## The part in a document.
part-lead = Chủ trì
part-supporting = Phối hợp
part-for-information = Để biết

## Whom a role stands for.
role-clerk = Văn thư
role-leader = Lãnh đạo
role-head-of-unit = Trưởng đơn vị
role-officer = Chuyên viên
role-form-checker = Kiểm tra thể thức
role-archivist = Lưu trữ
role-administrator = Quản trị

## Thẩm quyền ký (NĐ 30/2020 Điều 13); the abbreviations are the law's.
capacity-head = Ký trực tiếp
capacity-on-behalf = TM. (thay mặt)
capacity-for-head = KT. (ký thay)
capacity-by-order = TL. (thừa lệnh)
capacity-by-authorization = TUQ. (thừa ủy quyền)
capacity-acting = Q. (quyền)

## Sending to a recipient.
delivery-pending = Chưa gửi
delivery-sent = Đã gửi
delivery-acknowledged = Đã xác nhận
delivery-failed = Gửi không được

## The registers.
book-incoming = Sổ đến
book-outgoing = Sổ đi
