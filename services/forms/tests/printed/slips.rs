use forms::Error;
use proto::forms::v1::{RenderSlipRequest, SlipAssignee, SlipOpinion, UrgencyMark};

use crate::paper::Paper;
use crate::samples::{self, PRESS, day, number};

fn slip() -> RenderSlipRequest {
    RenderSlipRequest {
        stamp: samples::stamp(),
        letterhead: samples::letterhead(),
        place_name: "Minh Giang".into(),
        dated: day(2026, 11, 18),
        arrival_number: number(1234),
        arrived_on: day(2026, 11, 17),
        kind_name: "Công văn".into(),
        notation: "45/STC-NS".into(),
        document_date: day(2026, 11, 16),
        author: "Sở Tài chính tỉnh Minh Giang".into(),
        subject: "V/v hướng dẫn lập dự toán chi thường xuyên năm 2027".into(),
        ..Default::default()
    }
}

#[test]
fn a_slip_with_directions_prints_them() {
    let assignee = |name: &str, due| SlipAssignee { name: name.into(), due_date: due };
    let request = RenderSlipRequest {
        urgency: UrgencyMark::Express.into(),
        leads: vec![assignee("Phòng Tổ chức, biên chế", day(2026, 11, 28))],
        supporting: vec![assignee("Văn phòng Sở", None), assignee("Thanh tra Sở", None)],
        for_information: vec![assignee("Phó Giám đốc Trần Thị Minh Nguyệt", None)],
        leader: Some(SlipOpinion {
            text: "Tham mưu văn bản trả lời Sở Tài chính.\nBáo cáo Giám đốc trước ngày 25/11.".into(),
            given_by: "Giám đốc Nguyễn Văn Hòa".into(),
            given_on: day(2026, 11, 18),
        }),
        ..slip()
    };
    let printed = PRESS.slip(&request).unwrap();
    let paper = Paper::of(&printed.pdf);
    paper.assert_sound();
    let flat = paper.flat();
    for text in [
        "PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN",
        "Minh Giang, ngày 18 tháng 11 năm 2026",
        "HỎA TỐC",
        "1234, ngày đến 17/11/2026",
        "Công văn số 45/STC-NS ngày 16/11/2026",
        "- Giao chủ trì: Phòng Tổ chức, biên chế (thời hạn 28/11/2026)",
        "- Giao phối hợp: Văn phòng Sở; Thanh tra Sở",
        "- Để biết: Phó Giám đốc Trần Thị Minh Nguyệt",
        "- Ý kiến chỉ đạo: Tham mưu văn bản trả lời Sở Tài chính. Báo cáo Giám đốc trước ngày 25/11.",
        "Giám đốc Nguyễn Văn Hòa. Ngày cho ý kiến: 18/11/2026",
    ] {
        assert!(flat.contains(text), "{text}: {flat}");
    }
    assert_eq!(printed.page_count, 1);
    assert_eq!(printed, PRESS.slip(&request).unwrap());
}

#[test]
fn an_empty_slip_leaves_room_for_a_hand() {
    let printed =
        PRESS.slip(&RenderSlipRequest { arrival_number: None, arrived_on: None, ..slip() }).unwrap();
    let flat = Paper::of(&printed.pdf).flat();
    assert!(flat.contains("- Giao chủ trì: ………") && flat.contains("(3) Ý kiến đề xuất"), "{flat}");
    assert!(!flat.contains("Để biết"));
    assert_eq!(printed.page_count, 1);
}

#[test]
fn faulty_fields_of_a_slip_are_named() {
    let request = RenderSlipRequest {
        author: String::new(),
        dated: None,
        leads: vec![SlipAssignee::default()],
        leader: Some(SlipOpinion { text: "x".repeat(3001), ..Default::default() }),
        ..slip()
    };
    let Err(Error::Invalid(violations)) = PRESS.slip(&request) else { panic!("must be refused") };
    let named: Vec<_> = violations.iter().map(|v| v.field.as_str()).collect();
    assert_eq!(named, ["dated", "author", "leads[0].name", "leader.text"]);
}
