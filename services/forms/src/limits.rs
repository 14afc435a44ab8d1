//! Every limit of this crate, in one place. Lengths count characters after NFC.
//! The fields' own comments in `forms_service.proto` say the same numbers.

/// Greatest PDF that is handed out: what fits a message of the wire (4 MiB) with room to spare.
pub const PDF_BYTES_MAX: usize = 3_500_000;
/// Documents typeset at the same time; each may use a whole core for some seconds.
pub const TYPESETTING_AT_ONCE: usize = 2;
/// Requests that may wait for their turn; more are told to come back.
pub const TYPESETTING_WAITING: usize = 64;
/// Registers of more pages are not tagged: tags are seven eighths of such a file.
pub const TAGGED_PAGES_MAX: usize = 10;

/// Rows of one register volume.
pub const REGISTER_ROWS_MAX: usize = 2_000;
/// Greatest ordinal of a row.
pub const ORDINAL_MAX: i32 = 999_999_999;
/// Greatest number of copies of a document.
pub const COPIES_MAX: i32 = 999_999;
/// Greatest quyển số.
pub const VOLUME_MAX: i32 = 999;

/// Paragraphs of one letter, all appendices included.
pub const PARAGRAPHS_MAX: usize = 500;
/// Characters of one paragraph.
pub const PARAGRAPH_CHARS_MAX: usize = 10_000;
/// Characters of all paragraphs of a letter, appendices included.
pub const LETTER_CHARS_MAX: usize = 200_000;
/// Appendices in the same file.
pub const APPENDICES_MAX: usize = 20;
/// Lines of kính gửi, of căn cứ, of nơi nhận.
pub const LIST_LINES_MAX: usize = 50;
/// Lines of quyền hạn above the position.
pub const CAPACITY_LINES_MAX: usize = 3;

/// Trích yếu (NĐ 30/2020 Phụ lục VI: Subject 500).
pub const SUBJECT_CHARS_MAX: usize = 500;
/// Names of agencies, units, recipients (Phụ lục VI: OrganName 200).
pub const NAME_CHARS_MAX: usize = 200;
/// Tên loại (Phụ lục VI: TypeName 100).
pub const KIND_NAME_CHARS_MAX: usize = 100;
/// Số (Phụ lục VI: CodeNumber 11).
pub const NUMBER_CHARS_MAX: usize = 11;
/// Ký hiệu (Phụ lục VI: CodeNotation 30).
pub const NOTATION_CHARS_MAX: usize = 30;
/// Số, ký hiệu together: 11 + "/" + 30, and a little for foreign forms.
pub const NUMBER_NOTATION_CHARS_MAX: usize = 45;
/// Suffix of a number.
pub const SUFFIX_CHARS_MAX: usize = 2;
/// Địa danh.
pub const PLACE_NAME_CHARS_MAX: usize = 50;
/// One căn cứ.
pub const GROUND_CHARS_MAX: usize = 1_000;
/// One line of quyền hạn or chức vụ.
pub const POSITION_CHARS_MAX: usize = 120;
/// Họ và tên.
pub const FULL_NAME_CHARS_MAX: usize = 80;
/// What follows "Lưu:".
pub const FILED_AT_CHARS_MAX: usize = 100;
/// Ký hiệu người soạn thảo.
pub const DRAFTER_MARK_CHARS_MAX: usize = 40;
/// Address and telephone at the foot of the first page.
pub const CONTACT_CHARS_MAX: usize = 200;
/// Title of an appendix.
pub const APPENDIX_TITLE_CHARS_MAX: usize = 300;
/// Notes and reasons in a register.
pub const NOTE_CHARS_MAX: usize = 500;
/// Đơn vị hoặc người nhận (Phụ lục VI: ToPlaces 1000), tiến độ.
pub const HANDED_TO_CHARS_MAX: usize = 1_000;
/// Người ký in the register.
pub const SIGNER_CHARS_MAX: usize = 100;
/// An opinion on a slip.
pub const OPINION_CHARS_MAX: usize = 3_000;
/// Units that lead on a slip.
pub const SLIP_LEADS_MAX: usize = 5;
/// Units that support on a slip.
pub const SLIP_SUPPORTING_MAX: usize = 50;
/// Units that are informed on a slip.
pub const SLIP_INFORMED_MAX: usize = 100;
/// Persons that handle, on a slip.
pub const SLIP_HANDLERS_MAX: usize = 20;
/// Identity of a file.
pub const IDENT_CHARS_MAX: usize = 200;

/// Years that may be printed as the time of a file or the year of a register.
pub const YEARS: std::ops::RangeInclusive<i32> = 2000..=2199;
/// Years of a calendar date on a document.
pub const DATE_YEARS: std::ops::RangeInclusive<i32> = 1900..=9999;
/// Diameter of the agency's seal where none is told, tenths of a millimetre.
pub const SEAL_DIAMETER_DEFAULT: i32 = 360;
/// Diameters of seals that exist, tenths of a millimetre.
pub const SEAL_DIAMETERS: std::ops::RangeInclusive<i32> = 200..=450;
/// Violations told at once; a request with more is told so.
pub const VIOLATIONS_MAX: usize = 50;

/// Widths in em of the columns that text stands in, in the templates' sizes: a run without a place to break that is
/// wider gets one. The templates say the widths in millimetres; 1 em is the size of the text.
pub(crate) mod widths {
    /// Content of a letter: 165 mm less the indent, 14 pt.
    pub(crate) const BODY: f64 = 30.0;
    /// Titles and addressees, 14 pt.
    pub(crate) const TITLE: f64 = 27.0;
    /// The left column of the head, 72 mm, 12 pt.
    pub(crate) const AGENCY: f64 = 16.5;
    /// Trích yếu of a công văn, 66 mm, 12 pt.
    pub(crate) const CONCERNING: f64 = 15.0;
    /// Nơi nhận beside the widest signature, 58 mm, 11 pt.
    pub(crate) const COPIES: f64 = 14.5;
    /// The signature, 90 mm, 14 pt.
    pub(crate) const SIGNATURE: f64 = 17.5;
    /// The foot, 165 mm, 11 pt.
    pub(crate) const CONTACT: f64 = 40.0;
    /// Số, ký hiệu and the place name, in the head, 13 pt.
    pub(crate) const NOTATION: f64 = 9.0;
    /// A line of a slip, 13 pt.
    pub(crate) const SLIP: f64 = 25.0;

    /// A cell of a register of so many millimetres: less the inset, 10 pt.
    pub(crate) fn cell(millimetres: u32) -> f64 {
        (f64::from(millimetres) - 2.6) / 25.4 * 72.0 / 10.0
    }
}
