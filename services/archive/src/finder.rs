//! Searching: the index finds, the view says what may be shown.

use prost::Message;
use proto::archive::v1::{FacetCount, SearchHit, SearchKind, SearchRequest, SearchResponse, SnippetMark};
use proto::fault::Fault;
use proto::record::v1::{Caller, DocumentKind, Principal, principal::Who};
use storage::search::{Facet, Filter, Found, Request, SearchError, Snippet, Sort, Start, Text};

use crate::indexer::{INCOMING, OUTGOING, Wake, principal};
use crate::limits::{
    FACET_VALUES_MAX, QUERY_BYTES_MAX, SEARCH_DEPTH_MAX, SEARCH_PAGE_DEFAULT, SEARCH_PAGE_MAX,
};
use crate::page;
use crate::shared::Shared;
use crate::viewer::Viewer;

/// The facets, in the order they are told.
const FACETS: [(Facet, &str); 4] = [
    (Facet::Year, "year"),
    (Facet::DocumentKind, "kind"),
    (Facet::Agency, "issuer"),
    (Facet::State, "status"),
];

/// One page of hits.
pub(crate) fn search(
    shared: &Shared,
    caller: &Caller,
    request: &SearchRequest,
    behind: bool,
) -> Result<SearchResponse, Fault> {
    let size = page::size(request.page_size, SEARCH_PAGE_DEFAULT, SEARCH_PAGE_MAX)?;
    if request.query.len() > QUERY_BYTES_MAX {
        let text = format!("the query has {} bytes; give at most {QUERY_BYTES_MAX}", request.query.len());
        return Err(Fault::invalid("query", "TOO_LONG", text));
    }
    let filter = filter(caller, request)?;
    let scope = scope(request, caller);
    let start =
        page::read(&scope, &request.page_token)?.and_then(|key| key.try_into().ok()).map(u64::from_be_bytes);
    let by_date = request.newest_first || request.query.trim().is_empty();
    let from = match start {
        Some(order) if by_date => Start::After(order),
        Some(offset) => Start::Offset(usize::try_from(offset).unwrap_or(usize::MAX)),
        None => Start::Offset(0),
    };
    let found = find(
        shared,
        &Request {
            text: Text { text: &request.query, last_is_beginning: false },
            filter,
            sort: if by_date { Sort::NewestFirst } else { Sort::Score },
            from,
            // One more tells whether there is another page.
            limit: size + 1,
            facets: FACETS.iter().map(|(facet, _)| *facet).collect(),
        },
    )?;
    let more = found.hits.len() > size;
    let next = match (by_date, from) {
        (true, _) => found.hits.get(size.saturating_sub(1)).map(|hit| hit.order),
        (false, Start::Offset(offset)) => {
            let next = offset.saturating_add(size);
            (next + size < SEARCH_DEPTH_MAX).then_some(next as u64)
        }
        (false, Start::After(_)) => None,
    };
    let next_page_token = match next {
        Some(next) if more => page::token(&scope, &next.to_be_bytes()),
        _ => String::new(),
    };
    let total = u32::try_from(found.count).unwrap_or(u32::MAX);
    let facets = facets(&found);
    let viewer = Viewer::Person(caller.clone());
    let hits = shared.read_as(&viewer, |view| {
        let mut hits = Vec::with_capacity(size);
        for hit in found.hits.iter().take(size) {
            // The index may lag: what the caller may not see any more is left out.
            let record = view
                .record(&hit.id)?
                .filter(|record| viewer.sees(record) && !domain::index::is_secret(record));
            if let Some(record) = record {
                let (snippet, marks) = told(&hit.snippet);
                hits.push(SearchHit { record: Some(record), snippet, marks });
            }
        }
        Ok(hits)
    })?;
    Ok(SearchResponse { hits, total, facets, next_page_token, behind })
}

fn find(shared: &Shared, request: &Request<'_>) -> Result<Found, Fault> {
    let Some(search) = shared.search() else {
        return Err(Fault::unavailable("SEARCH_REBUILDING", "the search index is being opened again"));
    };
    search.find(request).map_err(|error| match error {
        SearchError::TooLarge { what, size, limit } => {
            Fault::invalid("query", "TOO_LONG", format!("{what} is {size}, at most {limit} is allowed"))
        }
        error => {
            tracing::error!(%error, "search index found damaged by a reader");
            // Without an indexer the archive is closing.
            let _ = shared.wake.send(Wake::Damaged);
            Fault::unavailable("SEARCH_REBUILDING", error)
        }
    })
}

fn filter(caller: &Caller, request: &SearchRequest) -> Result<Filter, Fault> {
    let kind = SearchKind::try_from(request.kind).map_err(|_| {
        Fault::invalid("kind", "UNKNOWN_CHOICE", "there is no such kind; name one of SearchKind or none")
    })?;
    let document_kind = DocumentKind::try_from(request.document_kind).map_err(|_| {
        Fault::invalid(
            "document_kind",
            "UNKNOWN_CHOICE",
            "there is no such kind; name one of DocumentKind or none",
        )
    })?;
    let named = |value: &str| if value.is_empty() { Vec::new() } else { vec![value.to_owned()] };
    Ok(Filter {
        principals: Some(principals(caller)),
        kinds: match kind {
            SearchKind::Unspecified => Vec::new(),
            SearchKind::Incoming => vec![INCOMING.to_owned()],
            SearchKind::Outgoing => vec![OUTGOING.to_owned()],
        },
        years: if request.year == 0 { Vec::new() } else { vec![request.year] },
        states: named(&request.status),
        agencies: named(&request.issuer),
        document_kinds: match document_kind {
            DocumentKind::Unspecified => Vec::new(),
            kind => vec![kind.as_str_name().trim_start_matches("DOCUMENT_KIND_").to_owned()],
        },
        date_from: None,
        date_to: None,
    })
}

/// Under which words of the index the caller finds documents.
fn principals(caller: &Caller) -> Vec<String> {
    let mut who = vec![Who::PersonId(caller.person_id.clone())];
    if !caller.unit_id.is_empty() {
        who.push(Who::UnitId(caller.unit_id.clone()));
    }
    who.extend(caller.roles.iter().filter(|role| **role != 0).map(|role| Who::Role(*role)));
    who.into_iter().filter_map(|who| principal(&Principal { who: Some(who) })).collect()
}

fn scope(request: &SearchRequest, caller: &Caller) -> Vec<u8> {
    let plain = SearchRequest { page_size: 0, page_token: String::new(), at_least: 0, ..request.clone() };
    let mut scope = b"search\0".to_vec();
    scope.extend(plain.encode_length_delimited_to_vec());
    scope.extend(caller.person_id.bytes().chain([0]).chain(caller.position_id.bytes()));
    scope
}

fn facets(found: &Found) -> Vec<FacetCount> {
    let mut counts = Vec::new();
    for (facet, name) in FACETS {
        let values =
            found.facets.iter().filter(|(counted, _)| *counted == facet).flat_map(|(_, values)| values);
        for (value, count) in values.filter(|(value, _)| !value.is_empty()).take(FACET_VALUES_MAX) {
            let count = u32::try_from(*count).unwrap_or(u32::MAX);
            counts.push(FacetCount { facet: name.to_owned(), value: value.clone(), count });
        }
    }
    counts
}

/// The snippet with its marks in characters.
fn told(snippet: &Snippet) -> (String, Vec<SnippetMark>) {
    let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let marks = snippet
        .ranges
        .iter()
        .filter_map(|range| {
            let before = snippet.text.get(..range.start)?;
            let marked = snippet.text.get(range.clone())?;
            Some(SnippetMark { start: count(before), length: count(marked) })
        })
        .collect();
    (snippet.text.clone(), marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_count_characters_not_bytes() {
        let text = "Về việc hội nghị".to_owned();
        let ranges = text.match_indices("hội").map(|(at, word)| at..at + word.len()).collect();
        let (_, marks) = told(&Snippet { ranges, text });
        assert_eq!(marks, [SnippetMark { start: 8, length: 3 }]);
    }
}
