//! Every limit on what a command may carry, in one place. Characters are Unicode scalar values after NFC.

/// Bytes of an id.
pub const ID_BYTES: usize = 128;
/// Characters of a name of an agency, a unit, a recipient, an issuer (NĐ 30/2020 Phụ lục VI: 200).
pub const NAME: usize = 200;
/// Characters of an abbreviation used in notations.
pub const ABBREVIATION: usize = 20;
/// Characters of a mã định danh (QĐ 20/2020/QĐ-TTg).
pub const ORGAN_ID: usize = 35;
/// Characters of a place name (địa danh).
pub const PLACE: usize = 60;
/// Characters of a title (chức vụ; Phụ lục VI: 100).
pub const TITLE: usize = 100;
/// Characters of a person's name (Phụ lục VI: 50).
pub const FULL_NAME: usize = 50;
/// Bytes of a log-in name.
pub const LOGIN: usize = 64;
/// Bytes of an e-mail address (RFC 5321: 254).
pub const EMAIL: usize = 254;
/// Characters of a basis, e.g. number and date of a decision.
pub const BASIS: usize = 300;
/// Characters of the scope of a delegation.
pub const SCOPE: usize = 500;
/// Characters of a reason.
pub const REASON: usize = 500;
/// The name of a reason, as faults carry it, in bytes.
pub const REASON_NAME_BYTES: usize = 64;
/// Characters of a note on a document (Phụ lục VI: 500).
pub const NOTE: usize = 500;
/// Characters of what a person says: directions, progress, results, remarks.
pub const OPINION: usize = 2_000;
/// Bytes of a PHC string of argon2id.
pub const PASSWORD_HASH: usize = 512;
/// Characters of a document's own number (Phụ lục VI: CodeNumber 11).
pub const NUMBER: usize = 11;
/// Characters of a notation (Phụ lục VI: CodeNotation 30).
pub const NOTATION: usize = 30;
/// Characters of a subject (trích yếu; Phụ lục VI: 500).
pub const SUBJECT: usize = 500;
/// Characters of a language (Phụ lục VI: 30).
pub const LANGUAGE: usize = 30;
/// Pages of a document.
pub const PAGES: i32 = 99_999;
/// Characters of a kind in words (Phụ lục VI: TypeName 100).
pub const KIND_NAME: usize = 100;
/// Characters of “đơn vị hoặc người nhận” (Phụ lục VI: ToPlaces 1000).
pub const TO_PLACES: usize = 1_000;
/// Files of one document.
pub const FILES: usize = 50;
/// Bytes of the name of a file.
pub const FILE_NAME_BYTES: usize = 255;
/// Bytes of a media type.
pub const MEDIA_TYPE_BYTES: usize = 100;
/// Bytes of one file.
pub const FILE_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// Suggestions that the machine may make on one document.
pub const SUGGESTIONS: usize = 100;
/// Signatures in one report.
pub const SIGNATURES: usize = 200;
/// Revisions of a file in one report.
pub const REVISIONS: usize = 200;
/// Findings in one report or signature.
pub const FINDINGS: usize = 100;
/// Characters of one text of a report.
pub const FINDING_TEXT: usize = 1_000;
/// Assignments of one direction.
pub const ASSIGNMENTS: usize = 100;
/// Openings in one batch.
pub const OPENINGS: usize = 200;
/// Recipients of one document.
pub const RECIPIENTS: usize = 500;
/// Copies of one document.
pub const COPIES: i32 = 9_999;
/// Kinds of one series, capacities and roles of one position.
pub const CHOICES: usize = 40;
/// Days in one list of a holiday table.
pub const HOLIDAYS: usize = 120;
/// Characters of a suffix of a number.
pub const SUFFIX: usize = 3;
/// Rank of a unit in lists.
pub const RANK: i32 = 9_999;
/// How deep an assignment may be handed on.
pub const HAND_ON_DEPTH: usize = 8;
/// Records that one look-up of a rule reads at most.
pub const LOOK_UP: usize = 1_000;
/// Characters of a certificate's subject or issuer.
pub const DISTINGUISHED_NAME: usize = 500;
/// Hex digits of a serial number (RFC 5280: 20 octets).
pub const SERIAL_HEX: usize = 40;
/// Bytes of a stable code such as that of a finding.
pub const CODE_BYTES: usize = 64;
/// Largest file of evidence that is kept beside a received file, in bytes.
pub const EVIDENCE_BYTES: u64 = 64 * 1024 * 1024;
/// Statements on revocation that the record names of one file.
pub const EVIDENCE_SOURCES: usize = 50;
