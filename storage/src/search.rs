//! Full text: a tantivy index made from the journal, thrown away at any doubt.
//!
//! It is fed in the order of positions and remembers in each commit how far it was fed. When it is
//! opened, all its files are compared with their checksums; anything wrong and it is emptied and
//! at position 0, and the caller feeds it again. Text is NFC; how it becomes words, [`Matcher`]
//! and the analyser tell.

mod analyser;
mod document;
mod facets;
mod query;
mod request;
mod snippet;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tantivy::collector::{Count, TopDocs};
use tantivy::index::Index;
use tantivy::indexer::{IndexWriter, IndexWriterOptions};
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, Occur, Query, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{DocAddress, IndexReader, Order, ReloadPolicy, Searcher, TantivyDocument, Term};

pub use document::{Document, PRINCIPALS_MAX, TEXT_BYTES_MAX};
pub use query::{Matcher, QUERY_BYTES_MAX, QUERY_WORDS_MAX, Text};
pub use request::{
    FILTER_VALUES_MAX, Facet, Filter, Found, Hit, OFFSET_MAX, PAGE_LIMIT_MAX, Request, Sort, Start,
};
pub use snippet::Snippet;

use document::Fields;
use facets::{Counts, FacetCounter};

/// The most values a facet shows.
pub const FACET_VALUES_MAX: usize = 100;
/// Changes after which a commit is made by itself.
pub const CHANGES_BEFORE_COMMIT: usize = 1_000;
/// Up to so many values a union of their lists is faster than a set over all documents.
const FEW_VALUES: usize = 32;
/// Memory for documents that wait to be committed.
const WRITER_BYTES: usize = 32 * 1024 * 1024;

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Puts a document in place of the one with the same id, if there is one.
    Put(Box<Document>),
    /// Takes the document of an id away.
    Delete(String),
}

/// An error of the search index.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The index answers wrongly or not at all: open it again, it is then made anew if need be.
    #[error("the search index is damaged ({what}): open it again and feed it from the journal")]
    Damaged {
        /// What was noticed.
        what: String,
    },
    /// A change is not newer than what was fed.
    #[error("position {position} was fed before: the search index is at {fed}")]
    NotNewer {
        /// The position of the change.
        position: u64,
        /// The last position fed.
        fed: u64,
    },
    /// More than a limit allows.
    #[error("{what} is {size}, at most {limit} is allowed")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// The directory could not be used.
    #[error("could not use {}: {source}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
}

/// The search index: one feeder, many readers.
pub struct Search {
    reader: IndexReader,
    fields: Fields,
    feeder: Mutex<Feeder>,
    committed: Mutex<u64>,
}

struct Feeder {
    writer: IndexWriter,
    fed: u64,
    waiting: usize,
}

/// What opening found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// An index that can be used as it is.
    AsItWas,
    /// There was none.
    New,
    /// It was thrown away, and why; it is empty now.
    ThrownAway(String),
}

impl Search {
    /// Opens the index in a directory. Feed it from [`Search::position`] + 1 on.
    ///
    /// # Errors
    /// [`SearchError::Directory`]; a damaged index is no error, it is emptied.
    pub fn open(dir: &Path, journal_size: u64) -> Result<(Self, Opened), SearchError> {
        let failed = |source| SearchError::Directory { path: dir.to_owned(), source };
        fs::create_dir_all(dir).map_err(failed)?;
        let is_new = fs::read_dir(dir).map_err(failed)?.next().is_none();
        if is_new {
            return Ok((create(dir)?, Opened::New));
        }
        match guarded(|| open_index(dir, journal_size)) {
            Ok(search) => Ok((search, Opened::AsItWas)),
            Err(error) => {
                tracing::warn!(%error, "search index is thrown away and made anew");
                fs::remove_dir_all(dir).map_err(failed)?;
                fs::create_dir_all(dir).map_err(failed)?;
                Ok((create(dir)?, Opened::ThrownAway(error.to_string())))
            }
        }
    }

    /// The position up to which changes are committed and found.
    #[must_use]
    pub fn position(&self) -> u64 {
        *self.committed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the changes that a position of the journal makes; positions only rise. They are found
    /// after the next [`Search::commit`], which comes by itself after
    /// [`CHANGES_BEFORE_COMMIT`] changes.
    ///
    /// # Errors
    /// [`SearchError::NotNewer`], [`SearchError::TooLarge`] before anything is taken;
    /// [`SearchError::Damaged`].
    pub fn apply(&self, position: u64, changes: &[Change]) -> Result<(), SearchError> {
        for change in changes {
            if let Change::Put(document) = change {
                document.check()?;
            }
        }
        let mut feeder = self.feeder();
        if position <= feeder.fed {
            return Err(SearchError::NotNewer { position, fed: feeder.fed });
        }
        guarded(|| {
            for change in changes {
                let id = match change {
                    Change::Put(document) => &document.id,
                    Change::Delete(id) => id,
                };
                feeder.writer.delete_term(Term::from_field_text(self.fields.id, id));
                if let Change::Put(document) = change {
                    feeder.writer.add_document(self.fields.document(document)).map_err(damaged)?;
                }
            }
            Ok(())
        })?;
        feeder.fed = position;
        feeder.waiting += changes.len();
        if feeder.waiting >= CHANGES_BEFORE_COMMIT {
            self.commit_with(&mut feeder)?;
        }
        Ok(())
    }

    /// Makes what was fed durable and found. It costs some tens of milliseconds: call it when
    /// nothing more is waiting, not for each document.
    ///
    /// # Errors
    /// [`SearchError::Damaged`].
    pub fn commit(&self) -> Result<u64, SearchError> {
        let mut feeder = self.feeder();
        if feeder.fed > self.position() {
            self.commit_with(&mut feeder)?;
        }
        Ok(feeder.fed)
    }

    fn commit_with(&self, feeder: &mut Feeder) -> Result<(), SearchError> {
        let position = feeder.fed;
        guarded(|| {
            let mut commit = feeder.writer.prepare_commit().map_err(damaged)?;
            commit.set_payload(&payload(position));
            commit.commit().map_err(damaged)?;
            self.reader.reload().map_err(damaged)
        })?;
        feeder.waiting = 0;
        *self.committed.lock().unwrap_or_else(PoisonError::into_inner) = position;
        Ok(())
    }

    /// How many documents there are.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Finds documents.
    ///
    /// # Errors
    /// [`SearchError::TooLarge`] of a filter or an offset; [`SearchError::Damaged`].
    pub fn find(&self, request: &Request<'_>) -> Result<Found, SearchError> {
        request.check()?;
        // Read before the searcher: it may know more than it says, never less.
        let position = self.position();
        guarded(|| self.find_at(request, position))
    }

    fn find_at(&self, request: &Request<'_>, position: u64) -> Result<Found, SearchError> {
        let searcher = self.reader.searcher();
        let matcher = Matcher::new(&request.text);
        let query = self.query(&matcher, &request.filter)?;
        let names: Vec<&'static str> = request.facets.iter().map(|facet| facet.field_name()).collect();
        let counters = (Count, FacetCounter(names));
        let (count, mut counts) = searcher.search(&query, &counters).map_err(damaged)?;
        let limit = request.limit.min(PAGE_LIMIT_MAX);
        let by_score = request.sort == Sort::Score && !matcher.is_everything();
        let addresses = if limit == 0 || count == 0 {
            Vec::new()
        } else if by_score {
            let offset = match request.from {
                Start::Offset(offset) => offset,
                Start::After(_) => 0,
            };
            let top = TopDocs::with_limit(limit).and_offset(offset).order_by_score();
            searcher.search(&query, &top).map_err(damaged)?
        } else {
            self.by_date(&searcher, query, request, limit)?
        };
        let hits =
            addresses.into_iter().map(|(score, address)| self.hit(&searcher, &matcher, score, address));
        let hits = hits.collect::<Result<_, _>>()?;
        let facets = request.facets.iter().map(|facet| (*facet, top_values(&mut counts, *facet))).collect();
        Ok(Found { hits, count: count as u64, facets, position })
    }

    fn by_date(
        &self,
        searcher: &Searcher,
        query: Box<dyn Query>,
        request: &Request<'_>,
        limit: usize,
    ) -> Result<Vec<(f32, DocAddress)>, SearchError> {
        let order = if request.sort == Sort::OldestFirst { Order::Asc } else { Order::Desc };
        let (query, offset) = match request.from {
            Start::Offset(offset) => (query, offset),
            Start::After(after) => {
                let after = Bound::Excluded(Term::from_field_u64(self.fields.order, after));
                let rest = match order {
                    Order::Asc => RangeQuery::new(after, Bound::Unbounded),
                    Order::Desc => RangeQuery::new(Bound::Unbounded, after),
                };
                let both = BooleanQuery::intersection(vec![query, Box::new(rest)]);
                (Box::new(both) as Box<dyn Query>, 0)
            }
        };
        let top =
            TopDocs::with_limit(limit).and_offset(offset).order_by_fast_field::<u64>(document::ORDER, order);
        let found = searcher.search(&query, &top).map_err(damaged)?;
        Ok(found.into_iter().map(|(_, address)| (0.0, address)).collect())
    }

    fn query(&self, matcher: &Matcher, filter: &Filter) -> Result<Box<dyn Query>, SearchError> {
        let fields = &self.fields;
        let mut must: Vec<Box<dyn Query>> = Vec::new();
        if let Some(words) = matcher.query(&fields.searched()).map_err(damaged)? {
            must.push(words);
        }
        let years: Vec<String> = filter.years.iter().map(i32::to_string).collect();
        if let Some(principals) = &filter.principals {
            must.push(any_of(fields.principal, principals));
        }
        for (field, values) in [
            (fields.kind, &filter.kinds),
            (fields.year, &years),
            (fields.state, &filter.states),
            (fields.agency, &filter.agencies),
            (fields.document_kind, &filter.document_kinds),
        ] {
            if !values.is_empty() {
                must.push(any_of(field, values));
            }
        }
        if filter.date_from.is_some() || filter.date_to.is_some() {
            let bound = |day: Option<i32>| {
                day.map_or(Bound::Unbounded, |day| {
                    Bound::Included(Term::from_field_i64(fields.date, i64::from(day)))
                })
            };
            let days = RangeQuery::new(bound(filter.date_from), bound(filter.date_to));
            must.push(Box::new(ConstScoreQuery::new(Box::new(days), 0.0)));
        }
        if must.is_empty() {
            return Ok(Box::new(AllQuery));
        }
        Ok(Box::new(BooleanQuery::new(must.into_iter().map(|query| (Occur::Must, query)).collect())))
    }

    fn hit(
        &self,
        searcher: &Searcher,
        matcher: &Matcher,
        score: f32,
        address: DocAddress,
    ) -> Result<Hit, SearchError> {
        let stored: TantivyDocument = searcher.doc(address).map_err(damaged)?;
        let orders = searcher.segment_reader(address.segment_ord).fast_fields().u64(document::ORDER);
        let order = orders.map_err(damaged)?.first(address.doc_id);
        let Some((id, order)) = self.fields.id_of(&stored).zip(order) else {
            return Err(SearchError::Damaged { what: "a document without its id".to_owned() });
        };
        let snippet = self.fields.snippet(&stored, matcher);
        Ok(Hit { id, order, score, snippet })
    }

    fn feeder(&self) -> MutexGuard<'_, Feeder> {
        self.feeder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search").field("position", &self.position()).finish_non_exhaustive()
    }
}

fn any_of(field: Field, values: &[String]) -> Box<dyn Query> {
    let terms = values.iter().map(|value| Term::from_field_text(field, value));
    let any: Box<dyn Query> = if values.len() <= FEW_VALUES {
        let one = |term| Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Query>;
        Box::new(BooleanQuery::union(terms.map(one).collect()))
    } else {
        Box::new(TermSetQuery::new(terms))
    };
    Box::new(ConstScoreQuery::new(any, 0.0))
}

fn top_values(counts: &mut Counts, facet: Facet) -> Vec<(String, u64)> {
    let counted: HashMap<String, u64> = counts.get(facet.field_name()).cloned().unwrap_or_default();
    let mut values: Vec<(String, u64)> = counted.into_iter().collect();
    values.sort_by(|(one, count), (other, other_count)| other_count.cmp(count).then_with(|| one.cmp(other)));
    values.truncate(FACET_VALUES_MAX);
    values
}

fn payload(position: u64) -> String {
    let text = position.to_string();
    format!("{text}:{:08x}", crc32c::crc32c(text.as_bytes()))
}

fn parse_payload(text: &str) -> Option<u64> {
    let position = text.split(':').next()?.parse().ok()?;
    (payload(position) == text).then_some(position)
}

fn create(dir: &Path) -> Result<Search, SearchError> {
    guarded(|| {
        let index = Index::create_in_dir(dir, document::schema()).map_err(damaged)?;
        Search::over(&index, 0)
    })
}

fn open_index(dir: &Path, journal_size: u64) -> Result<Search, SearchError> {
    let damage = |what: &str| SearchError::Damaged { what: what.to_owned() };
    let index = Index::open_in_dir(dir).map_err(damaged)?;
    if index.schema() != document::schema() {
        return Err(damage("it has other fields than this program"));
    }
    let broken = index.validate_checksum().map_err(damaged)?;
    if let Some(file) = broken.iter().min() {
        return Err(SearchError::Damaged { what: format!("checksum of {}", file.display()) });
    }
    let position = match index.load_metas().map_err(damaged)?.payload {
        None => 0,
        Some(payload) => parse_payload(&payload).ok_or_else(|| damage("its position"))?,
    };
    if position > journal_size {
        return Err(damage("it is ahead of the journal"));
    }
    Search::over(&index, position)
}

impl Search {
    fn over(index: &Index, position: u64) -> Result<Self, SearchError> {
        index.tokenizers().register(analyser::NAME, TextAnalyzer::from(analyser::Analyser));
        let fields = Fields::of(&index.schema()).map_err(damaged)?;
        let options =
            IndexWriterOptions::builder().memory_budget_per_thread(WRITER_BYTES).num_merge_threads(1).build();
        let writer = index.writer_with_options(options).map_err(damaged)?;
        let reader =
            index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(damaged)?;
        let feeder = Mutex::new(Feeder { writer, fed: position, waiting: 0 });
        Ok(Self { reader, fields, feeder, committed: Mutex::new(position) })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn damaged(error: tantivy::TantivyError) -> SearchError {
    SearchError::Damaged { what: error.to_string() }
}

/// Runs tantivy and takes a panic for what it is: damage.
fn guarded<T>(work: impl FnOnce() -> Result<T, SearchError>) -> Result<T, SearchError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(SearchError::Damaged { what: "tantivy panicked".to_owned() }))
}
