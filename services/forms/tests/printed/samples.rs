//! Requests as an office of the fictional province Minh Giang would make them.

use std::sync::LazyLock;

use forms::Press;
use proto::forms::v1::{
    FileStamp, IncomingRow, LetterKind, Letterhead, Paragraph, PrintMark, RenderLetterRequest, RowNumber,
    SignatureBlock,
};
use proto::record::v1::Date;

pub(crate) static PRESS: LazyLock<Press> = LazyLock::new(|| Press::new().unwrap());

/// 2026-11-18 09:20:00 in Viet Nam.
pub(crate) const AT: prost_types::Timestamp = prost_types::Timestamp { seconds: 1_794_968_400, nanos: 0 };

pub(crate) fn stamp() -> Option<FileStamp> {
    Some(FileStamp { ident: "doc-1/v1".into(), rendered_at: Some(AT), demo: true })
}

pub(crate) fn letterhead() -> Option<Letterhead> {
    Some(Letterhead { parent: "UBND tỉnh Minh Giang".into(), agency: "Sở Nội vụ".into() })
}

pub(crate) fn day(year: i32, month: i32, day: i32) -> Option<Date> {
    Some(Date { year, month, day })
}

pub(crate) fn number(ordinal: i32) -> Option<RowNumber> {
    Some(RowNumber { ordinal, suffix: String::new() })
}

pub(crate) fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

pub(crate) fn paragraphs(values: &[&str]) -> Vec<Paragraph> {
    values.iter().map(|value| Paragraph { style: 0, text: (*value).to_owned() }).collect()
}

/// What all letters share.
pub(crate) fn letter(kind: LetterKind) -> RenderLetterRequest {
    RenderLetterRequest {
        stamp: stamp(),
        kind: kind.into(),
        letterhead: letterhead(),
        notation: "SNV-VP".into(),
        place_name: "Minh Giang".into(),
        subject: "rà soát, cập nhật danh mục hồ sơ năm 2027".into(),
        body: paragraphs(&["Đề nghị các cơ quan, đơn vị quan tâm thực hiện."]),
        signature: Some(SignatureBlock {
            capacity: vec![],
            position: "Giám đốc".into(),
            full_name: "Nguyễn Văn Hòa".into(),
        }),
        copies_to: strings(&["UBND tỉnh (để báo cáo)", "Giám đốc, các Phó Giám đốc Sở"]),
        filed_at: "VT, VP".into(),
        ..Default::default()
    }
}

pub(crate) fn official_letter() -> RenderLetterRequest {
    RenderLetterRequest {
        addressees: strings(&["Văn phòng UBND tỉnh", "Các sở, ban, ngành thuộc tỉnh", "UBND các xã, phường"]),
        body: paragraphs(&[
            "Thực hiện Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư, Sở Nội vụ đề nghị các cơ quan, đơn vị triển khai một số nội dung sau:",
            "I. NỘI DUNG RÀ SOÁT",
            "1. Rà soát, thống kê hồ sơ hình thành trong năm 2026",
            "a) Đối chiếu với danh mục hồ sơ đã được phê duyệt;",
            "b) Lập danh sách hồ sơ chưa nộp lưu.",
            "II. TỔ CHỨC THỰC HIỆN",
            "Đề nghị các cơ quan, đơn vị gửi kết quả về Sở Nội vụ trước ngày 15 tháng 12 năm 2026.",
        ]),
        signature: Some(SignatureBlock {
            capacity: strings(&["KT. Giám đốc"]),
            position: "Phó Giám đốc".into(),
            full_name: "Trần Thị Minh Nguyệt".into(),
        }),
        contact: "Địa chỉ: số 12 đường Hùng Vương, phường Minh Giang\nĐiện thoại: 0200 3 123 456".into(),
        drafter_mark: "PL.(30)".into(),
        ..letter(LetterKind::OfficialLetter)
    }
}

pub(crate) fn decision() -> RenderLetterRequest {
    RenderLetterRequest {
        notation: "QĐ-SNV".into(),
        subject: "Về việc ban hành Quy chế công tác văn thư, lưu trữ của Sở Nội vụ".into(),
        authority: "Giám đốc Sở Nội vụ".into(),
        grounds: strings(&[
            "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025",
            "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư;",
            "Theo đề nghị của Chánh Văn phòng Sở",
        ]),
        body: paragraphs(&[
            "Điều 1. Ban hành kèm theo Quyết định này Quy chế công tác văn thư, lưu trữ của Sở Nội vụ.",
            "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.",
            "Điều 3. Chánh Văn phòng Sở, Trưởng các phòng, đơn vị thuộc Sở chịu trách nhiệm thi hành Quyết định này.",
        ]),
        ..letter(LetterKind::Decision)
    }
}

pub(crate) fn print_mark() -> Option<PrintMark> {
    Some(PrintMark {
        printed_by: "Vũ Thị Hạnh – Văn thư".into(),
        printed_at: Some(AT),
        tree_head: (0..32).collect(),
        tree_size: 12_345,
    })
}

/// A line of the incoming register; every seventh has a long subject.
pub(crate) fn incoming(ordinal: i32) -> IncomingRow {
    IncomingRow {
        number: number(ordinal),
        arrived_on: day(2026, 1 + ordinal % 11, 1 + ordinal % 28),
        author: "Sở Tài chính tỉnh Minh Giang".into(),
        notation: format!("{ordinal}/STC-QLNS"),
        document_date: day(2026, 1 + ordinal % 11, 1 + ordinal % 28),
        kind_name: "Công văn".into(),
        subject: if ordinal % 7 == 0 {
            "hướng dẫn lập dự toán, phân bổ và giao dự toán chi thường xuyên năm 2027 cho các cơ quan, đơn vị, địa phương trên địa bàn tỉnh"
        } else {
            "báo cáo kết quả thực hiện quý III"
        }
        .into(),
        handed_to: "Phòng Tổ chức, biên chế".into(),
        handed_on: day(2026, 1 + ordinal % 11, 1 + ordinal % 28),
        ..Default::default()
    }
}
