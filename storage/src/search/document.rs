//! What is indexed of a document.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::{Score, TantivyDocument};
use unicode_normalization::UnicodeNormalization;

use super::SearchError;
use super::analyser;
use super::query::{Matcher, cut};
use super::snippet::Snippet;

/// The most bytes of a text field that are searched; what is beyond is not found.
pub const TEXT_BYTES_MAX: usize = 2 * 1024 * 1024;
/// The most principals a document may have.
pub const PRINCIPALS_MAX: usize = 10_000;
/// How much of the text is kept to make snippets from.
const KEPT_BYTES_MAX: usize = 16 * 1024;
/// The most bytes of an id, a principal or a value that is filtered by.
const VALUE_BYTES_MAX: usize = 1_000;

pub(super) const KIND: &str = "kind";
pub(super) const YEAR: &str = "year";
pub(super) const STATE: &str = "state";
pub(super) const AGENCY: &str = "agency";
pub(super) const DOCUMENT_KIND: &str = "document_kind";
pub(super) const ORDER: &str = "order";

/// A document as the index sees it. Secret ones are not to be given here at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Its id, the same for ever.
    pub id: String,
    /// What it is in the office: incoming, outgoing …
    pub kind: String,
    /// Number in the register.
    pub number: String,
    /// Number and notation on the document (12/QĐ-UBND).
    pub notation: String,
    /// What it is about.
    pub subject: String,
    /// Who issued it.
    pub sender: String,
    /// The text of its files.
    pub text: String,
    /// Who may see it: persons, units, roles.
    pub principals: Vec<String>,
    /// The year of its register.
    pub year: i32,
    /// Its date, in days since 1970-01-01.
    pub date: i32,
    /// Tells documents of one day apart, such as the first position; only its last 32 bits count.
    pub sequence: u64,
    /// Its state.
    pub state: String,
    /// The agency it is about or from; empty where there is none.
    pub agency: String,
    /// Kind of document (công văn, quyết định …); empty where there is none.
    pub document_kind: String,
}

impl Document {
    pub(super) fn check(&self) -> Result<(), SearchError> {
        let too_large = |what, size, limit| Err(SearchError::TooLarge { what, size, limit });
        if self.principals.len() > PRINCIPALS_MAX {
            return too_large("the principals of a document", self.principals.len(), PRINCIPALS_MAX);
        }
        let values = [&self.id, &self.kind, &self.state, &self.agency, &self.document_kind];
        let longest = values.into_iter().chain(&self.principals).map(String::len).max().unwrap_or(0);
        if longest > VALUE_BYTES_MAX {
            return too_large("the bytes of a value to filter by", longest, VALUE_BYTES_MAX);
        }
        Ok(())
    }

    /// Date and sequence as one number that sorts as they do.
    fn order(&self) -> u64 {
        let day = u64::from(self.date.cast_unsigned() ^ (1 << 31));
        day << 32 | (self.sequence & u64::from(u32::MAX))
    }
}

pub(super) fn schema() -> Schema {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(analyser::NAME)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let words = TextOptions::default().set_indexing_options(indexing);
    let kept = TextOptions::default().set_stored();
    builder.add_text_field("id", STRING | STORED);
    builder.add_text_field("principal", STRING);
    for name in [KIND, YEAR, STATE, AGENCY, DOCUMENT_KIND] {
        builder.add_text_field(name, STRING | FAST);
    }
    for name in ["number", "notation", "sender", "text"] {
        builder.add_text_field(name, words.clone());
    }
    builder.add_text_field("subject", words.set_stored());
    builder.add_text_field("beginning", kept);
    builder.add_i64_field("date", INDEXED | FAST);
    builder.add_u64_field(ORDER, INDEXED | FAST);
    builder.build()
}

/// The fields of the index.
pub(super) struct Fields {
    pub(super) id: Field,
    pub(super) principal: Field,
    pub(super) kind: Field,
    pub(super) year: Field,
    pub(super) state: Field,
    pub(super) agency: Field,
    pub(super) document_kind: Field,
    number: Field,
    notation: Field,
    sender: Field,
    subject: Field,
    text: Field,
    beginning: Field,
    pub(super) date: Field,
    pub(super) order: Field,
}

impl Fields {
    pub(super) fn of(schema: &Schema) -> tantivy::Result<Self> {
        let field = |name| schema.get_field(name);
        Ok(Self {
            id: field("id")?,
            principal: field("principal")?,
            kind: field(KIND)?,
            year: field(YEAR)?,
            state: field(STATE)?,
            agency: field(AGENCY)?,
            document_kind: field(DOCUMENT_KIND)?,
            number: field("number")?,
            notation: field("notation")?,
            sender: field("sender")?,
            subject: field("subject")?,
            text: field("text")?,
            beginning: field("beginning")?,
            date: field("date")?,
            order: field(ORDER)?,
        })
    }

    /// The fields that words are looked for in, with what they count.
    pub(super) fn searched(&self) -> [(Field, Score); 5] {
        [(self.number, 5.0), (self.notation, 4.0), (self.subject, 3.0), (self.sender, 2.0), (self.text, 1.0)]
    }

    pub(super) fn document(&self, document: &Document) -> TantivyDocument {
        let mut out = TantivyDocument::default();
        out.add_text(self.id, &document.id);
        for principal in &document.principals {
            out.add_text(self.principal, principal);
        }
        out.add_text(self.year, document.year.to_string());
        for (field, value) in [
            (self.kind, &document.kind),
            (self.state, &document.state),
            (self.agency, &document.agency),
            (self.document_kind, &document.document_kind),
        ] {
            if !value.is_empty() {
                out.add_text(field, value);
            }
        }
        for (field, text) in [
            (self.number, &document.number),
            (self.notation, &document.notation),
            (self.sender, &document.sender),
            (self.subject, &document.subject),
            (self.text, &document.text),
        ] {
            out.add_text(field, nfc(cut(text, TEXT_BYTES_MAX)));
        }
        out.add_text(self.beginning, nfc(cut(&document.text, KEPT_BYTES_MAX)));
        out.add_i64(self.date, i64::from(document.date));
        out.add_u64(self.order, document.order());
        out
    }

    pub(super) fn id_of(&self, stored: &TantivyDocument) -> Option<String> {
        Some(stored.get_first(self.id)?.as_str()?.to_owned())
    }

    pub(super) fn snippet(&self, stored: &TantivyDocument, matcher: &Matcher) -> Snippet {
        let text =
            |field| stored.get_first(field).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let from_text = matcher.snippet(&text(self.beginning));
        if from_text.ranges.is_empty() { matcher.snippet(&text(self.subject)) } else { from_text }
    }
}

fn nfc(text: &str) -> String {
    text.nfc().collect()
}
