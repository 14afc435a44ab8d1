# Documents with a secrecy marking.
entry = Văn bản mật đến
title = Vào sổ văn bản mật đến
rule-head = Chỉ đăng ký thông tin, theo bản giấy.
rule-text = Không đính kèm tệp, không nhập nội dung. Văn bản có sổ và dãy số riêng, chỉ văn thư thấy; không chuyển trên hệ thống, không tra cứu được, không xuất ra. Bản giấy giao tay theo quy định về bảo vệ bí mật nhà nước.
subject-may-be-empty = có thể để trống
register = Vào sổ mật
open-register = Mở sổ mật
registered = Đã vào sổ văn bản mật, số đến { $number }.
no-subject = Không ghi trích yếu
