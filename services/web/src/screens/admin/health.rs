//! Sức khỏe hệ thống: whether each service answers, and the head of the journal.

use askama::Template;
use axum::response::Response;
use proto::archive::v1::TreeHeadRequest;
use proto::directory::v1::StateRequest;
use proto::fault::Fault;
use proto::intake::v1::FindDuplicatesRequest;
use proto::routing::v1::RecordOpenedRequest;
use proto::signer::v1::EndMandateRequest;

use super::Admin;
use crate::call;
use crate::failure::Failure;
use crate::frame::Frame;
use crate::screens::evidence::{QueueView, state};
use crate::texts::{reasons, t};
use crate::view::day;

struct Service {
    name: &'static str,
    what: &'static str,
    good: bool,
    words: String,
}

#[derive(Template)]
#[template(path = "admin/health.html")]
struct Page {
    frame: Frame,
    services: Vec<Service>,
    bad: usize,
    entries: String,
    root: String,
    /// Damaged places in journal and files.
    damaged: u64,
    /// When they were last read again; empty: not since the start.
    checked: String,
    now: String,
    people: usize,
    missing_year: Option<i32>,
    /// Long-term evidence; nothing where the signer could not be asked.
    evidence: Option<QueueView>,
}

/// A service is well when it answers at all: a refusal is an answer too.
fn service(name: &'static str, what: &'static str, answer: &Result<(), Fault>) -> Service {
    let trouble = match answer {
        Err(Fault::Unavailable { reason, .. } | Fault::Busy { reason, .. }) => {
            reasons::sentence(reason).to_owned()
        }
        Err(Fault::Broken { .. }) => t::administration::broken().to_owned(),
        Ok(()) | Err(_) => String::new(),
    };
    let good = trouble.is_empty();
    Service { name, what, good, words: if good { t::administration::answers().to_owned() } else { trouble } }
}

/// The page. Services that have nothing to read are asked with an empty message, which they refuse: that they do is the
/// answer.
pub(super) async fn page(Admin(desk): Admin) -> Result<Response, Failure> {
    let (head, directory, intake, routing, signer, evidence) = tokio::join!(
        async { call!(desk, archive.tree_head(TreeHeadRequest {})) },
        async { call!(desk, directory.state(StateRequest {})).map(drop) },
        async { call!(desk, intake.find_duplicates(FindDuplicatesRequest::default())).map(drop) },
        async { call!(desk, routing.record_opened(RecordOpenedRequest::default())).map(drop) },
        async { call!(desk, signer.end_mandate(EndMandateRequest::default())).map(drop) },
        state(&desk),
    );
    let (entries, root) = head
        .as_ref()
        .map_or_else(|_| (String::new(), String::new()), |h| (day::number(h.size), h.root.clone()));
    let upkeep = head.as_ref().ok().and_then(|h| h.upkeep).unwrap_or_default();
    let services = vec![
        service(
            t::administration::service_archive(),
            t::administration::service_archive_what(),
            &head.map(drop),
        ),
        service(
            t::administration::service_directory(),
            t::administration::service_directory_what(),
            &directory,
        ),
        service(t::administration::service_intake(), t::administration::service_intake_what(), &intake),
        service(t::administration::service_routing(), t::administration::service_routing_what(), &routing),
        service(t::administration::service_signer(), t::administration::service_signer_what(), &signer),
    ];
    let year = desk.today().year;
    let page = Page {
        frame: desk.frame(t::administration::health(), "/quan-tri/suc-khoe").await?,
        bad: services.iter().filter(|s| !s.good).count(),
        services,
        entries,
        root,
        damaged: upkeep.damaged,
        checked: upkeep.checked_at.as_ref().map(|at| day::moment(Some(at))).unwrap_or_default(),
        now: day::moment(Some(&domain::calendar::timestamp(desk.app.now()))),
        people: desk.roll.all_people().filter(|(_, p)| p.active).count(),
        evidence: evidence.ok().as_ref().map(QueueView::of),
        missing_year: (!desk.roll.holidays.iter().any(|t| t.year == year)).then_some(year),
    };
    desk.page(&page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_an_answer_and_silence_is_none() {
        assert!(service("a", "b", &Ok(())).good);
        assert!(service("a", "b", &Err(Fault::invalid("command", "COMMAND_MISSING", "x"))).good);
        assert!(service("a", "b", &Err(Fault::denied("NOT_YOUR_ROLE", "x"))).good);
        assert!(!service("a", "b", &Err(Fault::unavailable("DEADLINE", "x"))).good);
        assert!(!service("a", "b", &Err(Fault::broken("x"))).good);
    }
}
