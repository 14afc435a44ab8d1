# What may be done with a document or an assignment: the buttons.
register = Vào sổ
submit = Trình lãnh đạo
submit-other = Trình người khác
direct = Cho ý kiến
draft-answer = Soạn văn bản trả lời
correct = Sửa thông tin
print-slip = In phiếu giải quyết
undo-direction = Hoàn tác ý kiến
send-back = Trả lại nơi gửi
void-number = Huỷ số
hand-on = Giao người trong đơn vị
hand-on-short = Giao
report-done = Báo xong
report-progress = Báo tiến độ
extend = Gia hạn
