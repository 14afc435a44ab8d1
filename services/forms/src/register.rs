//! One volume of a register: from the request to what `register.typ` reads.

use jiff::civil;
use proto::forms::v1::render_register_request::Book;
use proto::forms::v1::{
    FollowUpRow, IncomingRow, OutgoingRow, PrintMark, RenderRegisterRequest, RenderRegisterResponse,
};
use serde_json::{Value, json};

use crate::error::Error;
use crate::fields::{Fields, Need};
use crate::letterhead::{self, Number};
use crate::press::{Press, Sheet, Stamp};
use crate::typeface::Typeface;
use crate::{dates, limits};

/// A column: title of the annex, width in millimetres (265 together), whether its cells are centred.
type Column = (&'static str, u32, bool);

/// NĐ 30/2020, Phụ lục IV, mẫu VI.
const INCOMING: [Column; 10] = [
    ("Ngày đến", 19, true),
    ("Số đến", 14, true),
    ("Tác giả", 32, false),
    ("Số, ký hiệu văn bản", 33, true),
    ("Ngày tháng văn bản", 19, true),
    ("Tên loại và trích yếu nội dung văn bản", 63, false),
    ("Đơn vị hoặc người nhận", 30, false),
    ("Ngày chuyển", 19, true),
    ("Ký nhận", 17, false),
    ("Ghi chú", 19, false),
];

/// NĐ 30/2020, Phụ lục IV, mẫu I.
const OUTGOING: [Column; 10] = [
    ("Số, ký hiệu văn bản", 30, true),
    ("Ngày tháng văn bản", 19, true),
    ("Tên loại và trích yếu nội dung văn bản", 62, false),
    ("Người ký", 26, false),
    ("Nơi nhận văn bản", 34, false),
    ("Đơn vị, người nhận bản lưu", 24, false),
    ("Số lượng bản", 13, true),
    ("Ngày chuyển", 19, true),
    ("Ký nhận", 17, false),
    ("Ghi chú", 21, false),
];

/// NĐ 30/2020, Phụ lục IV, mẫu VIII.
const FOLLOW_UP: [Column; 7] = [
    ("Số đến", 14, true),
    ("Tên loại, số và ký hiệu, ngày tháng, cơ quan ban hành văn bản", 80, false),
    ("Đơn vị hoặc người nhận", 42, false),
    ("Thời hạn giải quyết", 22, true),
    ("Tiến độ giải quyết", 50, false),
    ("Số, ký hiệu văn bản trả lời", 32, true),
    ("Ghi chú", 25, false),
];

impl Press {
    /// Typesets one volume of a register.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every faulty field; [`Error::TooLarge`].
    pub fn register(&self, request: &RenderRegisterRequest) -> Result<RenderRegisterResponse, Error> {
        let mut fields = Fields::new(self);
        let stamp = Stamp::read(&mut fields, request.stamp.as_ref());
        let data = read(&mut fields, request, stamp.as_ref().is_some_and(|stamp| stamp.demo));
        fields.finish()?;
        // A request without a stamp has a violation.
        let Some(stamp) = stamp else { return Err(Error::Broken("stamp unread".into())) };
        let printed = self.print(Sheet::Register, &data, &stamp)?;
        Ok(RenderRegisterResponse { pdf: printed.pdf, page_count: printed.page_count })
    }
}

/// One line, ready to print.
struct Row {
    number: Option<Number>,
    /// The date that the cover counts from and to.
    date: Option<civil::Date>,
    cells: Vec<String>,
    void: bool,
}

impl Row {
    /// The cells, with places to break where something does not fit its column.
    fn shown(&self, columns: &[Column], typeface: &Typeface) -> Vec<String> {
        let cells = self.cells.iter().zip(columns);
        cells.map(|(cell, column)| typeface.soften_regular(cell, limits::widths::cell(column.1))).collect()
    }

    /// Whether some cell may need more lines than half a page has; about one character goes on two millimetres.
    fn is_long(&self, columns: &[Column]) -> bool {
        const LINES: usize = 18;
        self.cells.iter().zip(columns).any(|(cell, column)| {
            let chars_of_line = (column.1 as usize / 2).max(1);
            cell.split('\n').map(|line| line.chars().count() / chars_of_line + 1).sum::<usize>() > LINES
        })
    }
}

fn read(fields: &mut Fields<'_>, request: &RenderRegisterRequest, demo: bool) -> Value {
    let agency = letterhead::agency(fields, request.letterhead.as_ref());
    fields.range("year", request.year, &limits::YEARS);
    fields.range("volume", request.volume, &(0..=limits::VOLUME_MAX));
    let series_name =
        fields.line("series_name", &request.series_name, limits::KIND_NAME_CHARS_MAX, Need::Optional);
    let (name, columns, rows): (&str, &[Column], Vec<Row>) = match &request.book {
        Some(Book::Incoming(book)) => {
            ("SỔ ĐĂNG KÝ VĂN BẢN ĐẾN", &INCOMING, rows(fields, "incoming", &book.rows, incoming))
        }
        Some(Book::Outgoing(book)) => {
            ("SỔ ĐĂNG KÝ VĂN BẢN ĐI", &OUTGOING, rows(fields, "outgoing", &book.rows, outgoing))
        }
        Some(Book::FollowUp(book)) => (
            "SỔ THEO DÕI GIẢI QUYẾT VĂN BẢN ĐẾN",
            &FOLLOW_UP,
            rows(fields, "follow_up", &book.rows, follow_up),
        ),
        None => {
            fields.wrong("book", "FIELD_EMPTY", "must be incoming, outgoing or follow_up");
            ("", &[], Vec::new())
        }
    };
    let print = print_mark(fields, request.printed.as_ref());
    let span = Span::of(&rows);
    let void = rows.iter().filter(|row| row.void).count();

    let mut cover =
        vec![["Từ ngày:".to_owned(), span.dates.clone()], ["Từ số:".to_owned(), span.numbers.clone()]];
    if request.volume > 0 {
        cover.push(["Quyển số:".to_owned(), format!("{:02}", request.volume)]);
    }
    let mut closing = vec![if rows.is_empty() {
        "Sổ này chưa có dòng nào.".to_owned()
    } else {
        format!("Sổ này gồm {} dòng, từ số {}.", rows.len(), span.numbers)
    }];
    if void > 0 {
        closing.push(format!("Trong đó có {void} số hủy, gạch ngang và ghi lý do ở cột Ghi chú."));
    }
    closing.extend(print.closing);

    json!({
        "title": format!("{name} năm {}", request.year),
        "name": name,
        "parent": agency.parent,
        "agency": agency.name,
        "year": request.year,
        "series_name": series_name,
        "cover": cover,
        "columns": columns.iter().map(|(title, width, centred)| json!({
            "title": title, "width": width, "centred": centred,
        })).collect::<Vec<_>>(),
        "rows": rows.iter().map(|row| json!({ "cells": row.shown(columns, fields.typeface()), "void": row.void, "long": row.is_long(columns) })).collect::<Vec<_>>(),
        "print_line": format!("{} năm {} · {}", capital_first_only(name), request.year, print.line),
        "closing": closing,
        "printed_by": print.by,
        "demo": demo,
    })
}

/// "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN" in running text: "Sổ đăng ký văn bản đến".
fn capital_first_only(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_string() + &chars.as_str().to_lowercase()).unwrap_or_default()
}

/// From which to which date and number a volume goes.
struct Span {
    dates: String,
    numbers: String,
}

impl Span {
    fn of(rows: &[Row]) -> Self {
        let between = |first: Option<String>, last: Option<String>, word: &str| match (first, last) {
            (Some(first), Some(last)) => format!("{first} đến {word} {last}"),
            _ => format!("………… đến {word} …………"),
        };
        let dates = || rows.iter().filter_map(|row| row.date);
        let numbers = || rows.iter().filter_map(|row| row.number.as_ref());
        Self {
            dates: between(dates().min().map(dates::short), dates().max().map(dates::short), "ngày"),
            numbers: between(
                numbers().next().map(Number::plain),
                numbers().next_back().map(Number::plain),
                "số",
            ),
        }
    }
}

/// Reads the rows and refuses any that does not ascend: a register has no line out of its place.
fn rows<T>(
    fields: &mut Fields<'_>,
    book: &str,
    rows: &[T],
    read: impl Fn(&mut Fields<'_>, &str, &T) -> Row,
) -> Vec<Row> {
    if !fields.count(&format!("{book}.rows"), rows.len(), 0, limits::REGISTER_ROWS_MAX) {
        return Vec::new();
    }
    let mut out: Vec<Row> = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let field = format!("{book}.rows[{i}]");
        let row = read(fields, &field, row);
        if let (Some(before), Some(this)) = (out.last().and_then(|row| row.number.as_ref()), &row.number)
            && this <= before
        {
            let text = format!("must ascend: {} follows {}", this.plain(), before.plain());
            fields.wrong(&format!("{field}.number"), "ROWS_NOT_ASCENDING", text);
        }
        out.push(row);
    }
    out
}

fn incoming(fields: &mut Fields<'_>, field: &str, row: &IncomingRow) -> Row {
    let mut cells = Cells { fields, field };
    let number = cells.number(row.number.as_ref());
    let arrived_on = cells.date("arrived_on", row.arrived_on.as_ref(), Need::Required);
    let texts = vec![
        arrived_on.map(dates::short).unwrap_or_default(),
        number.as_ref().map(Number::plain).unwrap_or_default(),
        cells.text("author", &row.author, limits::NAME_CHARS_MAX),
        cells.text("notation", &row.notation, limits::NUMBER_NOTATION_CHARS_MAX),
        cells.short_date("document_date", row.document_date.as_ref()),
        cells.kind_and_subject(&row.kind_name, &row.subject),
        cells.text("handed_to", &row.handed_to, limits::HANDED_TO_CHARS_MAX),
        cells.short_date("handed_on", row.handed_on.as_ref()),
        cells.text("received_by", &row.received_by, limits::NAME_CHARS_MAX),
        cells.note(&row.note, row.void, &row.void_reason),
    ];
    Row { number, date: arrived_on, cells: texts, void: row.void }
}

fn outgoing(fields: &mut Fields<'_>, field: &str, row: &OutgoingRow) -> Row {
    let mut cells = Cells { fields, field };
    let number = cells.number(row.number.as_ref());
    let dated = cells.date("document_date", row.document_date.as_ref(), Need::Required);
    let notation = cells.text("notation", &row.notation, limits::NOTATION_CHARS_MAX);
    let digits = number.as_ref().map(Number::two_digits).unwrap_or_default();
    cells.fields.range(&format!("{field}.copies"), row.copies, &(0..=limits::COPIES_MAX));
    let texts = vec![
        if notation.is_empty() { digits } else { format!("{digits}/{notation}") },
        dated.map(dates::short).unwrap_or_default(),
        cells.kind_and_subject(&row.kind_name, &row.subject),
        cells.text("signer", &row.signer, limits::SIGNER_CHARS_MAX),
        cells.text("recipients", &row.recipients, limits::HANDED_TO_CHARS_MAX),
        cells.text("filed_with", &row.filed_with, limits::NAME_CHARS_MAX),
        if row.copies == 0 { String::new() } else { format!("{:02}", row.copies) },
        cells.short_date("handed_on", row.handed_on.as_ref()),
        cells.text("received_by", &row.received_by, limits::NAME_CHARS_MAX),
        cells.note(&row.note, row.void, &row.void_reason),
    ];
    Row { number, date: dated, cells: texts, void: row.void }
}

fn follow_up(fields: &mut Fields<'_>, field: &str, row: &FollowUpRow) -> Row {
    let mut cells = Cells { fields, field };
    let number = cells.number(row.number.as_ref());
    let dated = cells.date("document_date", row.document_date.as_ref(), Need::Optional);
    let notation = cells.text("notation", &row.notation, limits::NUMBER_NOTATION_CHARS_MAX);
    let kind_name = cells.text("kind_name", &row.kind_name, limits::KIND_NAME_CHARS_MAX);
    let author = cells.text("author", &row.author, limits::NAME_CHARS_MAX);
    let mut which = kind_name;
    for (opening, part) in
        [(" số ", notation), (" ngày ", dated.map(dates::short).unwrap_or_default()), (" của ", author)]
    {
        if !part.is_empty() {
            which.push_str(opening);
            which.push_str(&part);
        }
    }
    let texts = vec![
        number.as_ref().map(Number::plain).unwrap_or_default(),
        which.trim().to_owned(),
        cells.text("handed_to", &row.handed_to, limits::HANDED_TO_CHARS_MAX),
        cells.short_date("due_date", row.due_date.as_ref()),
        cells.text("progress", &row.progress, limits::HANDED_TO_CHARS_MAX),
        cells.text("reply", &row.reply, limits::NAME_CHARS_MAX),
        cells.text("note", &row.note, limits::NOTE_CHARS_MAX),
    ];
    Row { number, date: dated, cells: texts, void: false }
}

/// Reads the cells of one row.
struct Cells<'f, 'p> {
    fields: &'f mut Fields<'p>,
    field: &'f str,
}

impl Cells<'_, '_> {
    fn number(&mut self, number: Option<&proto::forms::v1::RowNumber>) -> Option<Number> {
        Number::read(self.fields, &format!("{}.number", self.field), number)
    }

    fn text(&mut self, name: &str, value: &str, max: usize) -> String {
        self.fields.lines(&format!("{}.{name}", self.field), value, max, Need::Optional)
    }

    fn date(
        &mut self,
        name: &str,
        value: Option<&proto::record::v1::Date>,
        need: Need,
    ) -> Option<civil::Date> {
        self.fields.date(&format!("{}.{name}", self.field), value, need)
    }

    fn short_date(&mut self, name: &str, value: Option<&proto::record::v1::Date>) -> String {
        self.date(name, value, Need::Optional).map(dates::short).unwrap_or_default()
    }

    /// "Tên loại: trích yếu", or the one there is.
    fn kind_and_subject(&mut self, kind_name: &str, subject: &str) -> String {
        let kind_name = self.text("kind_name", kind_name, limits::KIND_NAME_CHARS_MAX);
        let subject = self.text("subject", subject, limits::SUBJECT_CHARS_MAX);
        match (kind_name.is_empty(), subject.is_empty()) {
            (false, false) => format!("{kind_name}: {subject}"),
            _ => kind_name + &subject,
        }
    }

    /// Ghi chú; of a void number its reason comes first.
    fn note(&mut self, note: &str, void: bool, reason: &str) -> String {
        let note = self.text("note", note, limits::NOTE_CHARS_MAX);
        let reason = self.text("void_reason", reason, limits::NOTE_CHARS_MAX);
        let field = format!("{}.void_reason", self.field);
        match (void, reason.is_empty()) {
            (true, true) => self.fields.wrong(&field, "FIELD_EMPTY", "must say why the number is void"),
            (false, false) => {
                self.fields.wrong(&field, "FIELD_NOT_ALLOWED", "must be empty unless the number is void");
            }
            _ => {}
        }
        match (void, note.is_empty()) {
            (true, true) => format!("Số hủy: {reason}"),
            (true, false) => format!("Số hủy: {reason}\n{note}"),
            (false, _) => note,
        }
    }
}

/// Who printed, when, and what proves it.
#[derive(Default)]
struct Print {
    by: String,
    line: String,
    closing: Vec<String>,
}

fn print_mark(fields: &mut Fields<'_>, mark: Option<&PrintMark>) -> Print {
    let Some(mark) = mark else {
        fields.wrong("printed", "FIELD_EMPTY", "must be set");
        return Print::default();
    };
    let by = fields.line("printed.printed_by", &mark.printed_by, limits::NAME_CHARS_MAX, Need::Required);
    let at =
        fields.instant("printed.printed_at", mark.printed_at.as_ref()).map(dates::moment).unwrap_or_default();
    if !matches!(mark.tree_head.len(), 0 | 32) {
        let text = format!("must be empty or 32 bytes, got {}", mark.tree_head.len());
        fields.wrong("printed.tree_head", "TREE_HEAD_INVALID", text);
    }
    if mark.tree_size < 0 {
        let text = format!("must be 0 or more, got {}", mark.tree_size);
        fields.wrong("printed.tree_size", "NUMBER_OUT_OF_RANGE", text);
    }
    let mut line = format!("In từ hệ thống Văn Thư lúc {at} · Người in: {by}");
    let mut closing = vec![format!("In từ hệ thống Văn Thư lúc {at} (giờ Việt Nam).")];
    if !mark.tree_head.is_empty() {
        let groups: Vec<String> = mark.tree_head.chunks(2).map(hex).collect();
        // The foot of every page has the first 64 bits, the closing page the whole code.
        line.push_str(&format!(" · Mã xác minh: {}", groups[..groups.len().min(4)].join(" ")));
        closing.push(format!("Mã xác minh: {}", groups.join(" ")));
        closing.push(format!("Số mục của nhật ký khi in: {}", mark.tree_size));
    }
    Print { by, line, closing }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_the_legal_ones_and_fill_the_page() {
        for columns in [&INCOMING[..], &OUTGOING[..], &FOLLOW_UP[..]] {
            assert_eq!(columns.iter().map(|column| column.1).sum::<u32>(), 265);
        }
        assert_eq!(INCOMING[1].0, "Số đến");
        assert_eq!((INCOMING.len(), OUTGOING.len(), FOLLOW_UP.len()), (10, 10, 7));
    }

    #[test]
    fn names_of_registers_read_in_running_text() {
        assert_eq!(capital_first_only("SỔ ĐĂNG KÝ VĂN BẢN ĐẾN"), "Sổ đăng ký văn bản đến");
    }
}
