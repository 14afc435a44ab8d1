//! Tra cứu: one box, snippets, facets. Works without diacritics and respects them when typed.

mod export;
mod mark;

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;
use proto::archive::v1::{FacetCount, SearchKind, SearchRequest};
use proto::record::v1::record::State;
use proto::record::v1::{DocumentKind, IncomingStatus, OutgoingStatus, Record, Role};

use crate::app::App;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::menu::{Entry, Part};
use crate::texts::t::{self, Words};
use crate::texts::terms;
use crate::view::day;
use crate::view::document::DocumentView;
use crate::{call, link};
use mark::{Piece, fold, marked_words, snippet};

/// Hits on a page.
const HITS: i32 = 20;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/tra-cuu", get(page)).route("/tra-cuu/xuat", get(export::csv))
}

/// Entries in the menu.
pub(crate) fn entries(desk: &Desk) -> Vec<Entry> {
    if !desk.has_any(&[
        Role::Clerk,
        Role::Leader,
        Role::HeadOfUnit,
        Role::Officer,
        Role::FormChecker,
        Role::Archivist,
    ]) {
        return Vec::new();
    }
    vec![Entry::new(Part::Search, t::search::title(), "/tra-cuu")]
}

struct Hit {
    document: DocumentView,
    pieces: Vec<Piece>,
    /// What is told of it in one line.
    told: String,
    subject: Vec<Piece>,
}

/// One value that results can be narrowed to.
struct Choice {
    label: String,
    count: String,
    href: String,
    chosen: bool,
}

struct Facet {
    name: &'static str,
    choices: Vec<Choice>,
}

/// A narrowing that is in force.
struct Narrowed {
    label: String,
    href: String,
}

#[derive(Template)]
#[template(path = "search/search.html")]
struct Page {
    frame: Frame,
    query: String,
    asked: bool,
    total: String,
    hits: Vec<Hit>,
    facets: Vec<Facet>,
    narrowed: Vec<Narrowed>,
    hidden: Vec<(&'static str, String)>,
    newest: bool,
    behind: bool,
    next: String,
    export: String,
    kinds: [Choice; 3],
}

/// What can be narrowed: the query's name, the facet's, its words.
const FACETS: [(&str, &str, Words); 4] = [
    ("nam", "year", t::search::year),
    ("loai", "kind", t::search::kind),
    ("cq", "issuer", t::search::issuer),
    ("tt", "status", t::search::status),
];

/// True when something is searched for.
fn is_asked(form: &Form) -> bool {
    FACETS.iter().map(|f| f.0).chain(["q", "chieu"]).any(|name| form.is_set(name))
}

/// What the form searches for.
fn request(form: &Form) -> SearchRequest {
    let direction = match form.text("chieu") {
        "den" => SearchKind::Incoming,
        "di" => SearchKind::Outgoing,
        _ => SearchKind::Unspecified,
    };
    SearchRequest {
        query: form.text("q").chars().take(500).collect(),
        kind: direction as i32,
        year: form.text("nam").parse().unwrap_or(0),
        issuer: form.text("cq").to_owned(),
        document_kind: terms::kind_named(form.text("loai")).unwrap_or(DocumentKind::Unspecified) as i32,
        status: form.text("tt").to_owned(),
        page_size: HITS,
        page_token: form.text("trang").to_owned(),
        // Before anything is asked the newest documents are shown.
        newest_first: form.text("xep") == "moi" || !is_asked(form),
        at_least: 0,
    }
}

async fn page(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let asked = is_asked(&form);
    let request = request(&form);
    let newest = request.newest_first;
    let answer = call!(desk, archive.search(request))?;
    let words: Vec<String> =
        form.text("q").split_whitespace().map(|w| fold(w.trim_matches(['"', '“', '”']))).collect();
    let hits = answer
        .hits
        .iter()
        .filter_map(|h| {
            let document = document(h.record.as_ref()?, &desk)?;
            // No words, nothing found in the text: the subject is not said twice.
            let pieces = if words.is_empty() { Vec::new() } else { snippet(h) };
            Some(Hit {
                subject: marked_words(&document.subject, &words),
                told: told(&document),
                pieces,
                document,
            })
        })
        .collect();
    let next = if answer.next_page_token.is_empty() {
        String::new()
    } else {
        address(&form, "trang", &answer.next_page_token)
    };
    let direction_choice = |value: &str, label: &str| Choice {
        label: label.to_owned(),
        count: String::new(),
        href: address(&form, "chieu", value),
        chosen: form.text("chieu") == value,
    };
    let page = Page {
        frame: desk.frame(t::search::title(), "/tra-cuu").await?,
        query: form.text("q").to_owned(),
        asked,
        total: day::number(u64::from(answer.total)),
        hits,
        facets: facets(&answer.facets, &form),
        narrowed: narrowed(&form),
        hidden: FACETS
            .iter()
            .map(|f| f.0)
            .chain(["chieu"])
            .filter(|n| form.is_set(n))
            .map(|n| (n, form.text(n).to_owned()))
            .collect(),
        newest,
        behind: answer.behind,
        next,
        export: address(&form, "", "").replacen("/tra-cuu", "/tra-cuu/xuat", 1),
        kinds: [
            direction_choice("", t::search::both()),
            direction_choice("den", t::search::incoming()),
            direction_choice("di", t::search::outgoing()),
        ],
    };
    desk.page(&page)
}

/// A document that was found: while nobody has described it, as the machine read it.
fn document(record: &Record, desk: &Desk) -> Option<DocumentView> {
    let today = desk.today();
    match record.state.as_ref()? {
        State::Incoming(document) => Some(super::receive::named(&record.id, document, &today, desk)),
        _ => DocumentView::of(record, today, &desk.roll.work),
    }
}

/// Who issued it, when, its number, where it stands.
fn told(document: &DocumentView) -> String {
    let number = match (document.outgoing, document.number.is_empty()) {
        (true, _) => t::search::outgoing().to_lowercase(),
        (false, false) => t::search::incoming_number(&document.number),
        (false, true) => String::new(),
    };
    let all = [document.issuer.as_str(), &document.issued, &number, document.status];
    all.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// This search with `name` set to `value` (or taken away), from its first page.
fn address(form: &Form, name: &str, value: &str) -> String {
    let mut path = "/tra-cuu".to_owned();
    for other in ["q", "nam", "loai", "cq", "tt", "chieu", "xep"] {
        let kept = if other == name { value } else { form.text(other) };
        if !kept.is_empty() {
            path = link::with(&path, other, kept);
        }
    }
    if name == "trang" { link::with(&path, "trang", value) } else { path }
}

fn facets(counts: &[FacetCount], form: &Form) -> Vec<Facet> {
    FACETS
        .iter()
        .filter_map(|(name, facet, label)| {
            let mut choices: Vec<Choice> = counts
                .iter()
                .filter(|c| c.facet == *facet && !c.value.is_empty())
                .map(|c| {
                    let chosen = form.text(name) == c.value;
                    Choice {
                        label: label_of(facet, &c.value),
                        count: day::number(u64::from(c.count)),
                        href: address(form, name, if chosen { "" } else { &c.value }),
                        chosen,
                    }
                })
                .collect();
            if *facet == "year" {
                choices.sort_by(|a, b| b.label.cmp(&a.label));
            }
            (!choices.is_empty()).then_some(Facet { name: label(), choices })
        })
        .collect()
}

fn narrowed(form: &Form) -> Vec<Narrowed> {
    FACETS
        .iter()
        .filter(|(name, ..)| form.is_set(name))
        .map(|(name, facet, label)| Narrowed {
            label: format!("{}: {}", label(), label_of(facet, form.text(name))),
            href: address(form, name, ""),
        })
        .collect()
}

/// The words for a value of a facet.
fn label_of(facet: &str, value: &str) -> String {
    match facet {
        "kind" => {
            let by_number = value.parse::<i32>().ok().and_then(|n| DocumentKind::try_from(n).ok());
            by_number
                .or_else(|| terms::kind_named(value))
                .filter(|k| *k != DocumentKind::Unspecified)
                .map_or_else(|| t::search::kind_unknown().to_owned(), |k| terms::kind(k).to_owned())
        }
        "status" => {
            let incoming = IncomingStatus::from_str_name(&format!("INCOMING_STATUS_{value}"))
                .map(terms::incoming_status);
            let outgoing = OutgoingStatus::from_str_name(&format!("OUTGOING_STATUS_{value}"))
                .map(terms::outgoing_status);
            incoming.or(outgoing).unwrap_or(value).to_owned()
        }
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_the_search_and_goes_back_to_the_first_page() {
        let form = Form::parse("q=ch%E1%BB%AF+k%C3%BD&nam=2026&trang=x&xep=moi");
        assert_eq!(address(&form, "nam", ""), "/tra-cuu?q=ch%E1%BB%AF%20k%C3%BD&xep=moi");
        assert!(address(&form, "trang", "y").ends_with("&trang=y"));
    }

    #[test]
    fn facets_are_told_in_words() {
        assert_eq!(label_of("status", "DIRECTED"), "Đang xử lý");
        assert_eq!(label_of("status", "ISSUED"), "Đã phát hành");
        assert_eq!(label_of("kind", "18"), "Công văn");
        assert_eq!(label_of("kind", "DOCUMENT_KIND_DECISION"), "Quyết định");
        assert_eq!(label_of("kind", "UNSPECIFIED"), "Chưa ghi loại");
        assert_eq!(label_of("issuer", "Bộ Nội vụ"), "Bộ Nội vụ");
    }
}
