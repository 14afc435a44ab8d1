//! What is asked of the index, and what it answers.

use super::SearchError;
use super::document;
use super::query::Text;
use super::snippet::Snippet;

/// The most hits one page has.
pub const PAGE_LIMIT_MAX: usize = 200;
/// How far down a list by score may be leafed; lists by date go on for ever.
pub const OFFSET_MAX: usize = 10_000;
/// The most values a filter may name.
pub const FILTER_VALUES_MAX: usize = 2_000;

/// Which values a document must have; an empty list asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Any of these principals must be among the document's. `None` shows all, whoever asks.
    pub principals: Option<Vec<String>>,
    /// Any of these kinds (incoming, outgoing …).
    pub kinds: Vec<String>,
    /// Any of these years.
    pub years: Vec<i32>,
    /// Any of these states.
    pub states: Vec<String>,
    /// Any of these agencies.
    pub agencies: Vec<String>,
    /// Any of these kinds of document (công văn, quyết định …).
    pub document_kinds: Vec<String>,
    /// Not before this day, in days since 1970-01-01.
    pub date_from: Option<i32>,
    /// Not after this day.
    pub date_to: Option<i32>,
}

/// In which order hits come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The best first. Without words as [`Sort::NewestFirst`].
    #[default]
    Score,
    /// By date and sequence, falling.
    NewestFirst,
    /// By date and sequence, rising.
    OldestFirst,
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// After so many hits; for lists by score.
    Offset(usize),
    /// After the hit with this [`Hit::order`]; for lists by date.
    After(u64),
}

/// A facet that can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the field of the document of the same name")]
pub enum Facet {
    Kind,
    Year,
    State,
    Agency,
    DocumentKind,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<'a> {
    /// What was typed; nothing finds everything.
    pub text: Text<'a>,
    /// What else must be so.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// From where.
    pub from: Start,
    /// How many, at most [`PAGE_LIMIT_MAX`].
    pub limit: usize,
    /// What to count over all that is found.
    pub facets: Vec<Facet>,
}

impl Default for Request<'_> {
    fn default() -> Self {
        Self {
            text: Text::default(),
            filter: Filter::default(),
            sort: Sort::default(),
            from: Start::Offset(0),
            limit: 20,
            facets: Vec::new(),
        }
    }
}

/// A document that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// Its place in lists by date.
    pub order: u64,
    /// How well it fits; 0 in lists by date.
    pub score: f32,
    /// Why it was found: a piece of its text, or else of its subject; empty where nothing was typed.
    pub snippet: Snippet,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// One page.
    pub hits: Vec<Hit>,
    /// How many there are in all; exact.
    pub count: u64,
    /// Values and how many have them, the most frequent first, in the order asked for.
    pub facets: Vec<(Facet, Vec<(String, u64)>)>,
    /// The index has been fed up to here.
    pub position: u64,
}

impl Request<'_> {
    /// Refuses what goes over a limit.
    pub(super) fn check(&self) -> Result<(), SearchError> {
        let filter = &self.filter;
        let lists = [&filter.kinds, &filter.states, &filter.agencies, &filter.document_kinds];
        let longest = lists.iter().map(|list| list.len()).chain([filter.years.len()]);
        let principals = filter.principals.as_ref().map_or(0, Vec::len);
        let size = longest.chain([principals]).max().unwrap_or(0);
        if size > FILTER_VALUES_MAX {
            return Err(SearchError::TooLarge {
                what: "the values of a filter",
                size,
                limit: FILTER_VALUES_MAX,
            });
        }
        match self.from {
            Start::Offset(size) if size > OFFSET_MAX => {
                Err(SearchError::TooLarge { what: "the offset of a page", size, limit: OFFSET_MAX })
            }
            _ => Ok(()),
        }
    }
}

impl Facet {
    pub(super) fn field_name(self) -> &'static str {
        match self {
            Self::Kind => document::KIND,
            Self::Year => document::YEAR,
            Self::State => document::STATE,
            Self::Agency => document::AGENCY,
            Self::DocumentKind => document::DOCUMENT_KIND,
        }
    }
}
