//! Pages of lists and their sizes: the ranges of one list, merged.

use std::cmp::Ordering;
use std::collections::VecDeque;

use domain::index::{KeyRange, range};
use domain::reasons::ONLY_SERVICE;
use prost::Message;
use proto::archive::v1::{CountRequest, CountResponse, ListItem, ListName, ListRequest, ListResponse};
use proto::fault::Fault;
use proto::record::v1::{Caller, Record};

use crate::limits::{COUNT_LISTS_MAX, COUNT_MAX, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, SCAN_CHUNK, SCAN_MAX};
use crate::page;
use crate::shared::Shared;
use crate::viewer::Viewer;
use crate::views::{View, document_of, still_in};

/// One page.
pub(crate) fn list(shared: &Shared, viewer: &Viewer, request: &ListRequest) -> Result<ListResponse, Fault> {
    let size = page::size(request.page_size, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX)?;
    let caller = caller_of(viewer);
    let ranges = ranges(viewer, &caller, request)?;
    let scope = scope(request, &caller);
    let after = page::read(&scope, &request.page_token)?;
    shared.read_as(viewer, |view| {
        let position = view.position();
        let mut merged =
            Merged::new(view, &ranges, after.as_deref(), SCAN_CHUNK.max(size + 1).min(PAGE_SIZE_MAX + 1));
        let mut items: Vec<ListItem> = Vec::with_capacity(size);
        let mut last: Vec<u8> = Vec::new();
        let mut looked_at = 0;
        let mut more = false;
        while let Some((sort, id)) = merged.next()? {
            if items.len() == size || looked_at == SCAN_MAX {
                more = true;
                break;
            }
            looked_at += 1;
            let record =
                view.record(&id)?.filter(|record| viewer.sees(record) && still_in(record, &ranges, &sort));
            last = sort;
            if let Some(record) = record {
                let document = joined(view, viewer, &record)?;
                items.push(ListItem { record: Some(record), document });
            }
        }
        let next_page_token = if more { page::token(&scope, &last) } else { String::new() };
        Ok(ListResponse { items, next_page_token, position })
    })
}

/// The person whose lists are asked for; a service is nobody.
fn caller_of(viewer: &Viewer) -> Caller {
    match viewer {
        Viewer::Person(caller) => caller.clone(),
        Viewer::Directory | Viewer::Signer => Caller::default(),
    }
}

/// The ranges of a list, where it is the viewer's to ask for: two lists are the signer's alone, all others are people's.
fn ranges(viewer: &Viewer, caller: &Caller, request: &ListRequest) -> Result<Vec<KeyRange>, Fault> {
    let ranges = range(request, caller)?;
    match (viewer, request.list()) {
        (Viewer::Signer, ListName::ByEvidence | ListName::Unchecked) => Ok(ranges),
        (Viewer::Person(_), ListName::ByEvidence | ListName::Unchecked) => {
            Err(Fault::denied(ONLY_SERVICE, "only the key of signer may ask for this list"))
        }
        (Viewer::Person(_), _) => Ok(ranges),
        (Viewer::Directory | Viewer::Signer, _) => {
            Err(Fault::Unauthenticated { text: "no seal in the call".to_owned() })
        }
    }
}

/// Sizes. Being in one of the caller's ranges is being seen: no record is read.
pub(crate) fn count(
    shared: &Shared,
    viewer: &Viewer,
    request: &CountRequest,
) -> Result<CountResponse, Fault> {
    if request.lists.len() > COUNT_LISTS_MAX {
        let text = format!("{} lists are asked for; ask for at most {COUNT_LISTS_MAX}", request.lists.len());
        return Err(Fault::invalid("lists", "TOO_LONG", text));
    }
    let caller = caller_of(viewer);
    let mut all_ranges = Vec::with_capacity(request.lists.len());
    for (index, list) in request.lists.iter().enumerate() {
        all_ranges.push(ranges(viewer, &caller, list).map_err(|fault| within(fault, index))?);
    }
    shared.read_as(viewer, |view| {
        let position = view.position();
        let mut counts = Vec::with_capacity(all_ranges.len());
        for ranges in &all_ranges {
            let mut merged = Merged::new(view, ranges, None, COUNT_MAX);
            let mut count = 0;
            while count < COUNT_MAX && merged.next()?.is_some() {
                count += 1;
            }
            counts.push(u32::try_from(count).unwrap_or(u32::MAX));
        }
        Ok(CountResponse { counts, position })
    })
}

/// The fault of one of several lists, with its place.
fn within(fault: Fault, index: usize) -> Fault {
    match fault {
        Fault::Invalid(mut violations) => {
            for violation in &mut violations {
                violation.field = format!("lists[{index}].{}", violation.field);
            }
            Fault::Invalid(violations)
        }
        other => other,
    }
}

/// What a page token belongs to: the list with its parameters, and the caller, whose ranges it goes through.
fn scope(request: &ListRequest, caller: &Caller) -> Vec<u8> {
    let list = ListRequest { page_size: 0, page_token: String::new(), at_least: 0, ..request.clone() };
    let mut scope = b"list\0".to_vec();
    scope.extend(list.encode_length_delimited_to_vec());
    scope.extend(caller.person_id.bytes().chain([0]).chain(caller.position_id.bytes()));
    scope
}

/// The document of an assignment or of a register line, where the viewer may see it.
fn joined(view: &View, viewer: &Viewer, record: &Record) -> Result<Option<Record>, Fault> {
    match document_of(record) {
        Some(id) => Ok(view.record(id)?.filter(|document| viewer.sees(document))),
        None => Ok(None),
    }
}

/// The entries of several ranges in one order, each record once.
struct Merged<'a> {
    view: &'a View,
    sources: Vec<Source<'a>>,
    reverse: bool,
    chunk: usize,
    last: Option<Vec<u8>>,
}

struct Source<'a> {
    range: &'a KeyRange,
    /// Read and not yet given.
    ready: VecDeque<(Vec<u8>, String)>,
    /// Read on behind this; the outer `None`: at the end.
    next: Option<Option<Vec<u8>>>,
}

impl<'a> Merged<'a> {
    fn new(view: &'a View, ranges: &'a [KeyRange], after: Option<&[u8]>, chunk: usize) -> Self {
        let sources = ranges
            .iter()
            .map(|range| Source { range, ready: VecDeque::new(), next: Some(after.map(<[u8]>::to_vec)) })
            .collect();
        let reverse = ranges.iter().any(|range| range.reverse);
        Self { view, sources, reverse, chunk, last: None }
    }

    /// The next entry: sort part and record id.
    fn next(&mut self) -> Result<Option<(Vec<u8>, String)>, Fault> {
        loop {
            let Some((sort, id)) = self.pop()? else { return Ok(None) };
            // The same record under another principal of the caller.
            if self.last.as_ref() == Some(&sort) {
                continue;
            }
            self.last = Some(sort.clone());
            return Ok(Some((sort, id)));
        }
    }

    fn pop(&mut self) -> Result<Option<(Vec<u8>, String)>, Fault> {
        let mut best: Option<usize> = None;
        for index in 0..self.sources.len() {
            self.fill(index)?;
            let Some((sort, _)) = self.sources[index].ready.front() else { continue };
            let first = best.and_then(|best| self.sources[best].ready.front()).is_none_or(|(other, _)| {
                sort.cmp(other) == if self.reverse { Ordering::Greater } else { Ordering::Less }
            });
            if first {
                best = Some(index);
            }
        }
        Ok(best.and_then(|best| self.sources[best].ready.pop_front()))
    }

    fn fill(&mut self, index: usize) -> Result<(), Fault> {
        let source = &mut self.sources[index];
        while source.ready.is_empty() {
            let Some(after) = source.next.take() else { return Ok(()) };
            let page = self.view.range(source.range, after.as_deref(), self.chunk)?;
            source.ready = page.entries.into();
            source.next = page.next.map(Some);
        }
        Ok(())
    }
}
