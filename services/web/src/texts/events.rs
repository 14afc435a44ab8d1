//! The history of a document in words: what happened, by whom the page says.

use domain::calendar::date_of;
use proto::record::v1::event::Event as E;
use proto::record::v1::{AssignmentRole, Date, Event};

use crate::roll::Roll;
use crate::texts::terms;
use crate::view::day;
use crate::view::document::ordinal;

/// One event as the predicate of a sentence whose subject is the person: `vào sổ, số đến 2316`. `None` for what only the
/// machine needs to know.
pub(crate) fn words(event: &Event, roll: &Roll, today: &Date) -> Option<String> {
    let quoted = |text: &str| if text.is_empty() { String::new() } else { format!(": “{text}”") };
    let due =
        |date: Option<&Date>| date.map(|d| format!(", hạn {}", day::short(d, today))).unwrap_or_default();
    Some(match event.event.as_ref()? {
        E::Received(e) => {
            let channel = e.received.as_ref().map(|r| terms::channel(r.channel())).unwrap_or_default();
            let doubled = if e.duplicate_of.is_empty() { "" } else { ", có thể trùng" };
            format!("tiếp nhận ({channel}){doubled}")
        }
        E::Registered(e) => format!("vào sổ, số đến {}", e.number.as_ref().map(ordinal).unwrap_or_default()),
        E::Corrected(e) => format!("sửa thông tin{}", quoted(&e.reason)),
        E::ReturnedToSender(e) => format!("trả lại nơi gửi{}", quoted(&e.reason)),
        E::NumberVoided(e) | E::DocumentVoided(e) => format!("huỷ số{}", quoted(&e.reason)),
        E::Submitted(e) => format!("trình {}{}", roll.person(&e.leader_id), quoted(&e.note)),
        E::Directed(e) => {
            let text = e.direction.as_ref().map(|d| quoted(&d.text)).unwrap_or_default();
            format!("cho ý kiến{}{text}", due(e.due_date.as_ref()))
        }
        E::Assigned(e) => {
            let a = e.assignment.as_ref()?;
            let who = roll.principal(a.assignee.as_ref());
            match a.role() {
                AssignmentRole::ForInformation => format!("gửi {who} để biết"),
                role => {
                    format!("giao {who} {}{}", terms::part(role).to_lowercase(), due(a.due_date.as_ref()))
                }
            }
        }
        E::DirectionUndone(_) => "hoàn tác ý kiến chỉ đạo".to_owned(),
        E::Progressed(e) => format!("báo tiến độ{}", quoted(&e.text)),
        E::AssignmentCompleted(e) => format!("báo xong{}", quoted(&e.result)),
        E::DocumentCompleted(_) => "hoàn thành xử lý văn bản".to_owned(),
        E::DeadlineExtended(e) => format!(
            "gia hạn từ {} tới {}{}",
            e.from.as_ref().map(|d| day::short(d, today)).unwrap_or_default(),
            e.to.as_ref().map(|d| day::short(d, today)).unwrap_or_default(),
            quoted(&e.reason)
        ),
        E::AssignmentOpened(_) | E::Opened(_) => "mở văn bản".to_owned(),
        E::AssignmentWithdrawn(e) => format!("rút lại việc đã giao{}", quoted(&e.reason)),
        E::Drafted(_) => "soạn dự thảo".to_owned(),
        E::Revised(e) => format!("sửa dự thảo, bản {}{}", e.version, quoted(&e.note)),
        E::DraftWithdrawn(e) => format!("bỏ dự thảo{}", quoted(&e.reason)),
        E::DraftSubmitted(e) => format!("trình dự thảo{}", quoted(&e.text)),
        E::ContentReviewed(e) => format!("kiểm tra nội dung, đồng ý{}", quoted(&e.text)),
        E::FormChecked(e) => format!("kiểm tra thể thức, đạt{}", quoted(&e.text)),
        E::Initialed(e) => format!("ký nháy{}", quoted(&e.text)),
        E::DraftReturned(e) => format!("trả lại dự thảo{}", quoted(&e.text)),
        E::Approved(e) => format!("duyệt{}", quoted(&e.note)),
        E::Signed(_) => "ký số".to_owned(),
        E::SigningFailed(_) => "ký số không thành công".to_owned(),
        E::Numbered(e) => {
            let number = e.number.as_ref().map(ordinal).unwrap_or_default();
            let date = e.number.as_ref().and_then(|n| n.date.as_ref());
            format!("cấp số {number}/{}, ngày {}", e.notation, day::full(date))
        }
        E::Sealed(_) => "đóng dấu (ký số cơ quan)".to_owned(),
        E::Issued(e) => format!("phát hành tới {} nơi nhận", e.recipients.len()),
        E::DeliveryUpdated(e) => {
            format!("ghi tình trạng gửi: {}", terms::delivery(e.delivery()).to_lowercase())
        }
        E::Recalled(e) => format!("thu hồi{}", quoted(&e.reason)),
        // The draw, the handing-on and the kept version are told by the event beside them.
        _ => return None,
    })
}

/// `09:31`, `18/11 09:31`: the time of an act in the history.
pub(crate) fn when(at: Option<&prost_types::Timestamp>, today: &Date) -> String {
    at.map(|at| if date_of(at) == *today { day::hour(at) } else { day::lately(at, today) })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proto::record::v1::{RegisterNumber, Registered, Submitted};

    use super::*;

    #[test]
    fn acts_are_told_in_the_words_of_a_clerk() {
        let today = Date { year: 2026, month: 11, day: 18 };
        let roll = Roll::default();
        let number = RegisterNumber { ordinal: 2316, ..RegisterNumber::default() };
        let event = |e| Event { record_id: "in_1".to_owned(), event: Some(e) };
        let registered = event(E::Registered(Registered { number: Some(number), ..Registered::default() }));
        assert_eq!(words(&registered, &roll, &today).as_deref(), Some("vào sổ, số đến 2316"));
        let submitted =
            event(E::Submitted(Submitted { leader_id: "per_9".to_owned(), note: "gấp".to_owned() }));
        assert_eq!(words(&submitted, &roll, &today).as_deref(), Some("trình per_9: “gấp”"));
        assert_eq!(words(&Event::default(), &roll, &today), None);
    }
}
