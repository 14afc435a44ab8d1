//! What came of an act on several documents: said by the address of a page, so that it can be looked at again; where each
//! document stands is read from its record.

use std::collections::HashMap;

use proto::fault::Fault;
use proto::record::v1::OutgoingStatus;
use proto::record::v1::record::State;

use crate::desk::Desk;
use crate::form::Form;
use crate::link;
use crate::texts::{reasons, t};
use crate::view::document::DocumentView;

/// The reason of a fault, as an address says it.
pub(crate) fn code(fault: &Fault) -> &'static str {
    match fault {
        Fault::Refused { reason, .. }
        | Fault::Denied { reason, .. }
        | Fault::Busy { reason, .. }
        | Fault::Unavailable { reason, .. } => reason,
        Fault::Invalid(list) => list.first().map_or("OTHER", |v| v.reason),
        Fault::Unknown { .. } => "NOT_THERE",
        Fault::Conflict { .. } => "CHANGED_MEANWHILE",
        Fault::Unauthenticated { .. } => "SESSION_ENDED",
        Fault::Broken { .. } => "BROKEN",
    }
}

/// The path of the page of results: each document, with the reason where it stopped.
pub(crate) fn path(page: &str, ids: &[String], stopped: &HashMap<String, String>, act: &str) -> String {
    let mut path = link::with(page, "viec", act);
    for id in ids {
        let said = stopped.get(id).map_or_else(|| id.clone(), |reason| format!("{id}~{reason}"));
        path = link::with(&path, "k", &said);
    }
    path
}

/// One result.
pub(crate) struct Outcome {
    /// The document, as it stands now.
    pub(crate) document: DocumentView,
    /// True when it got where the act was to bring it.
    pub(crate) good: bool,
    /// Why it stopped; empty when it did not.
    pub(crate) why: String,
}

/// What came of each document.
///
/// # Errors
/// The archive's fault.
pub(crate) async fn read(desk: &Desk, form: &Form, reached: OutgoingStatus) -> Result<Vec<Outcome>, Fault> {
    let said: Vec<(String, String)> = form.all("k").map(split).collect();
    let ids: Vec<String> = said.iter().map(|(id, _)| id.clone()).collect();
    let records = desk.calls().batch(&ids).await?;
    Ok(records
        .iter()
        .filter_map(|record| {
            let Some(State::Outgoing(document)) = record.state.as_ref() else { return None };
            let good = document.status() >= reached && document.status() != OutgoingStatus::Withdrawn;
            let reason = said.iter().find(|(id, _)| *id == record.id).map_or("", |(_, r)| r.as_str());
            let why = match (good, reason) {
                (true, _) => String::new(),
                (false, "") => t::signing::not_done().to_owned(),
                (false, reason) => reasons::sentence(reason).to_owned(),
            };
            Some(Outcome { document: DocumentView::outgoing(&record.id, document), good, why })
        })
        .collect())
}

fn split(said: &str) -> (String, String) {
    let (id, reason) = said.split_once('~').unwrap_or((said, ""));
    (id.to_owned(), reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_results_says_what_stopped_and_why() {
        let ids = ["out_1".to_owned(), "out_2".to_owned()];
        let stopped = HashMap::from([("out_2".to_owned(), "NO_RECIPIENTS".to_owned())]);
        let path = path("/van-ban-di/ket-qua", &ids, &stopped, "tron-goi");
        assert_eq!(path, "/van-ban-di/ket-qua?viec=tron-goi&k=out_1&k=out_2~NO_RECIPIENTS");
        assert!(crate::failure::is_local(&path));
        let form = Form::parse(path.split_once('?').map_or("", |(_, q)| q));
        let back: Vec<_> = form.all("k").map(split).collect();
        assert_eq!(back[1], ("out_2".to_owned(), "NO_RECIPIENTS".to_owned()));
    }

    #[test]
    fn every_fault_has_a_code_with_a_sentence() {
        let faults = [
            Fault::refused("NO_RECIPIENTS", ""),
            Fault::unknown("x"),
            Fault::Conflict { record_id: String::new(), version: 1 },
            Fault::Unauthenticated { text: String::new() },
            Fault::broken("x"),
        ];
        for fault in faults {
            let code = code(&fault);
            assert_ne!(reasons::sentence(code), reasons::sentence("no such reason"), "{code}");
        }
    }
}
