//! Words for enums: kinds of document (NĐ 30/2020 Điều 7), urgency, roles, states.

use proto::record::v1::{
    AssignmentRole, Book, Channel, DeliveryStatus, DocumentFacts, DocumentKind, IncomingStatus,
    OutgoingStatus, Role, SigningCapacity, Urgency,
};

/// Every kind with its name and abbreviation, in the order of NĐ 30/2020 Điều 7.
pub(crate) const KINDS: [(DocumentKind, &str, &str); 30] = [
    (DocumentKind::Letter, "Công văn", ""),
    (DocumentKind::Resolution, "Nghị quyết", "NQ"),
    (DocumentKind::Decision, "Quyết định", "QĐ"),
    (DocumentKind::Directive, "Chỉ thị", "CT"),
    (DocumentKind::Regulation, "Quy chế", "QC"),
    (DocumentKind::Rule, "Quy định", "QyĐ"),
    (DocumentKind::Communique, "Thông cáo", "TC"),
    (DocumentKind::Notice, "Thông báo", "TB"),
    (DocumentKind::Guidance, "Hướng dẫn", "HD"),
    (DocumentKind::Programme, "Chương trình", "CTr"),
    (DocumentKind::Plan, "Kế hoạch", "KH"),
    (DocumentKind::Scheme, "Phương án", "PA"),
    (DocumentKind::Proposal, "Đề án", "ĐA"),
    (DocumentKind::Project, "Dự án", "DA"),
    (DocumentKind::Report, "Báo cáo", "BC"),
    (DocumentKind::Minutes, "Biên bản", "BB"),
    (DocumentKind::Submission, "Tờ trình", "TTr"),
    (DocumentKind::Contract, "Hợp đồng", "HĐ"),
    (DocumentKind::Telegram, "Công điện", "CĐ"),
    (DocumentKind::Memorandum, "Bản ghi nhớ", "BGN"),
    (DocumentKind::Agreement, "Bản thỏa thuận", "BTT"),
    (DocumentKind::Authorization, "Giấy ủy quyền", "GUQ"),
    (DocumentKind::Invitation, "Giấy mời", "GM"),
    (DocumentKind::Introduction, "Giấy giới thiệu", "GGT"),
    (DocumentKind::Leave, "Giấy nghỉ phép", "GNP"),
    (DocumentKind::DispatchSlip, "Phiếu gửi", "PG"),
    (DocumentKind::ForwardingSlip, "Phiếu chuyển", "PC"),
    (DocumentKind::NoticeSlip, "Phiếu báo", "PB"),
    (DocumentKind::OfficialLetter, "Thư công", ""),
    (DocumentKind::Other, "Loại khác", ""),
];

/// Name of a kind; empty when unknown.
pub(crate) fn kind(kind: DocumentKind) -> &'static str {
    KINDS.iter().find(|(k, _, _)| *k == kind).map_or("", |(_, name, _)| name)
}

/// Name of the kind of a document: in words where it is of another kind.
pub(crate) fn kind_of(facts: &DocumentFacts) -> String {
    if facts.kind() == DocumentKind::Other && !facts.kind_name.is_empty() {
        facts.kind_name.clone()
    } else {
        kind(facts.kind()).to_owned()
    }
}

/// The kind that a name or an abbreviation says, or the name of the enum's value.
pub(crate) fn kind_named(text: &str) -> Option<DocumentKind> {
    let wanted = text.trim();
    if let Some(found) = DocumentKind::from_str_name(wanted) {
        return Some(found);
    }
    let lower = wanted.to_lowercase();
    KINDS
        .iter()
        .find(|(k, name, short)| {
            name.to_lowercase() == lower
                || (!short.is_empty() && *short == wanted)
                || k.as_str_name().trim_start_matches("DOCUMENT_KIND_") == wanted
        })
        .map(|(k, _, _)| *k)
}

/// `6127/BNV-VTLTNN`; only what is there.
pub(crate) fn number_and_notation(facts: &DocumentFacts) -> String {
    match (facts.number.is_empty(), facts.notation.is_empty()) {
        (false, false) => format!("{}/{}", facts.number, facts.notation),
        (false, true) => facts.number.clone(),
        (true, false) => facts.notation.clone(),
        (true, true) => String::new(),
    }
}

/// Độ khẩn; Thường is not written.
pub(crate) fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Unspecified | Urgency::Normal => "",
        Urgency::Urgent => "Khẩn",
        Urgency::VeryUrgent => "Thượng khẩn",
        Urgency::Express => "Hỏa tốc",
    }
}

/// Choices of a form.
pub(crate) const URGENCIES: [(Urgency, &str); 4] = [
    (Urgency::Normal, "Thường"),
    (Urgency::Urgent, "Khẩn"),
    (Urgency::VeryUrgent, "Thượng khẩn"),
    (Urgency::Express, "Hỏa tốc"),
];

/// Cách đến.
pub(crate) fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Unspecified => "",
        Channel::Paper => "bản giấy",
        Channel::Electronic => "tệp điện tử",
        Channel::Exchange => "liên thông",
    }
}

/// Where an incoming document stands.
pub(crate) fn incoming_status(status: IncomingStatus) -> &'static str {
    match status {
        IncomingStatus::Unspecified => "",
        IncomingStatus::Received => "Chờ vào sổ",
        IncomingStatus::Registered => "Chờ trình",
        IncomingStatus::Submitted => "Chờ cho ý kiến",
        IncomingStatus::Directed => "Đang xử lý",
        IncomingStatus::Completed => "Đã hoàn thành",
        IncomingStatus::Returned => "Đã trả lại",
        IncomingStatus::Void => "Số huỷ",
    }
}

/// Where an outgoing document stands.
pub(crate) fn outgoing_status(status: OutgoingStatus) -> &'static str {
    match status {
        OutgoingStatus::Unspecified => "",
        OutgoingStatus::Drafted => "Dự thảo",
        OutgoingStatus::Submitted => "Chờ kiểm tra nội dung",
        OutgoingStatus::Reviewed => "Chờ kiểm tra thể thức",
        OutgoingStatus::FormChecked => "Chờ duyệt",
        OutgoingStatus::Approved => "Chờ ký số",
        OutgoingStatus::Signed => "Chờ cấp số",
        OutgoingStatus::Numbered => "Chờ đóng dấu",
        OutgoingStatus::Sealed => "Chờ phát hành",
        OutgoingStatus::Issued => "Đã phát hành",
        OutgoingStatus::Recalled => "Đã thu hồi",
        OutgoingStatus::Withdrawn => "Đã bỏ dự thảo",
    }
}

/// The part in a document.
pub(crate) fn part(role: AssignmentRole) -> &'static str {
    match role {
        AssignmentRole::Unspecified => "",
        AssignmentRole::Lead => "Chủ trì",
        AssignmentRole::Supporting => "Phối hợp",
        AssignmentRole::ForInformation => "Để biết",
    }
}

/// Whom a role stands for.
pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Unspecified => "",
        Role::Clerk => "Văn thư",
        Role::Leader => "Lãnh đạo",
        Role::HeadOfUnit => "Trưởng đơn vị",
        Role::Officer => "Chuyên viên",
        Role::FormChecker => "Kiểm tra thể thức",
        Role::Archivist => "Lưu trữ",
        Role::Administrator => "Quản trị",
    }
}

/// Thẩm quyền ký (NĐ 30/2020 Điều 13).
pub(crate) fn capacity(capacity: SigningCapacity) -> &'static str {
    match capacity {
        SigningCapacity::Unspecified => "",
        SigningCapacity::Head => "Ký trực tiếp",
        SigningCapacity::OnBehalf => "TM. (thay mặt)",
        SigningCapacity::ForHead => "KT. (ký thay)",
        SigningCapacity::ByOrder => "TL. (thừa lệnh)",
        SigningCapacity::ByAuthorization => "TUQ. (thừa ủy quyền)",
        SigningCapacity::Acting => "Q. (quyền)",
    }
}

/// Sending to a recipient.
pub(crate) fn delivery(status: DeliveryStatus) -> &'static str {
    match status {
        DeliveryStatus::Unspecified | DeliveryStatus::Pending => "Chưa gửi",
        DeliveryStatus::Sent => "Đã gửi",
        DeliveryStatus::Acknowledged => "Đã xác nhận",
        DeliveryStatus::Failed => "Gửi không được",
    }
}

/// Which book.
pub(crate) fn book(book: Book) -> &'static str {
    match book {
        Book::Unspecified => "",
        Book::Incoming => "Sổ đến",
        Book::Outgoing => "Sổ đi",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_name_and_is_found_by_it() {
        for i in 1..=40 {
            let Ok(k) = DocumentKind::try_from(i) else { continue };
            assert!(!kind(k).is_empty(), "{k:?}");
            assert_eq!(kind_named(kind(k)), Some(k));
            assert_eq!(kind_named(k.as_str_name()), Some(k));
        }
        assert_eq!(kind_named("QĐ"), Some(DocumentKind::Decision));
        assert_eq!(kind_named("công văn"), Some(DocumentKind::Letter));
        assert_eq!(kind_named("lạ"), None);
    }

    #[test]
    fn only_what_is_there_of_number_and_notation_is_written() {
        let facts = |number: &str, notation: &str| DocumentFacts {
            number: number.to_owned(),
            notation: notation.to_owned(),
            ..DocumentFacts::default()
        };
        assert_eq!(number_and_notation(&facts("15a", "QĐ-BNV")), "15a/QĐ-BNV");
        assert_eq!(number_and_notation(&facts("", "BNV")), "BNV");
        assert_eq!(number_and_notation(&facts("", "")), "");
    }
}
