//! Many documents are signed under one mandate: a few at a time, each with its result, in their order. What is signed is on
//! its record, so a run that broke off is asked for again as it was.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use proto::fault::Fault;
use proto::record::v1::OutgoingStatus;
use proto::routing::v1::sign_documents_response::Outcome;
use proto::routing::v1::{
    AlreadySigned, NotSigned, SignDocumentRequest, SignDocumentsRequest, SignDocumentsResponse,
};
use proto::rpc::{Identity, status_of};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::service::Inner;
use crate::sign;

/// Documents in one run: what one mandate names at most.
const DOCUMENTS_MAX: usize = 200;
/// Length of a run's id: room is left for what tells its documents apart.
const ID_LENGTH: std::ops::RangeInclusive<usize> = 8..=40;
/// Documents of one run that are in hand at once: while one waits for the disk the next is signed.
const AT_ONCE: usize = 3;
/// Results that wait for the caller to read them.
const RESULTS_WAITING: usize = 4;

/// What the caller reads.
pub(crate) type Results = ReceiverStream<Result<SignDocumentsResponse, Status>>;

/// Signs under a mandate. Where the caller goes away the documents in hand are signed to their end, and no other is begun.
pub(crate) fn sign(
    inner: &Arc<Inner>,
    identity: &Identity,
    request: SignDocumentsRequest,
) -> Result<Results, Fault> {
    identity.caller()?;
    check(&request)?;
    let (results, read) = mpsc::channel(RESULTS_WAITING);
    let (inner, identity) = (Arc::clone(inner), identity.clone());
    tokio::spawn(async move {
        let SignDocumentsRequest { request_id, document_ids, mandate } = request;
        let mut waiting = document_ids.into_iter();
        let mut in_hand = VecDeque::new();
        loop {
            while in_hand.len() < AT_ONCE
                && let Some(document_id) = waiting.next()
            {
                let one = SignDocumentRequest {
                    request_id: own_id(&request_id, &document_id),
                    document_id,
                    mandate: mandate.clone(),
                };
                in_hand.push_back(tokio::spawn(signed(Arc::clone(&inner), identity.clone(), one)));
            }
            let Some(first) = in_hand.pop_front() else { return };
            let told = first.await.map_err(|error| status_of(Fault::broken(error)));
            if results.send(told).await.is_err() {
                // What is in hand goes on by itself.
                tracing::info!("nobody reads the results any more; the run stops");
                return;
            }
        }
    });
    Ok(ReceiverStream::new(read))
}

async fn signed(inner: Arc<Inner>, identity: Identity, one: SignDocumentRequest) -> SignDocumentsResponse {
    let document_id = one.document_id.clone();
    let outcome = match sign::sign(&inner, &identity, one).await {
        Ok(receipt) => Outcome::Receipt(receipt),
        Err(fault) => not_signed(&inner, &identity, &document_id, fault).await,
    };
    SignDocumentsResponse { document_id, outcome: Some(outcome) }
}

async fn not_signed(inner: &Inner, identity: &Identity, id: &str, fault: Fault) -> Outcome {
    if matches!(fault, Fault::Refused { .. })
        && let Ok((_, document)) = inner.outgoing(identity, id).await
    {
        let status = document.status();
        if status >= OutgoingStatus::Signed && status != OutgoingStatus::Withdrawn {
            return Outcome::Already(AlreadySigned {});
        }
    }
    tracing::info!(%fault, document = id, "not signed");
    let passing =
        matches!(fault, Fault::Unavailable { .. } | Fault::Busy { .. } | Fault::Unauthenticated { .. });
    Outcome::Refused(NotSigned { reason: reason(&fault).to_owned(), text: fault.to_string(), passing })
}

fn check(request: &SignDocumentsRequest) -> Result<(), Fault> {
    let id = &request.request_id;
    if !ID_LENGTH.contains(&id.len())
        || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    {
        let text = "8 to 40 characters of A-Z, a-z, 0-9, - and _";
        return Err(Fault::invalid("request_id", "BAD_FORMAT", text));
    }
    let count = request.document_ids.len();
    let all: HashSet<&String> = request.document_ids.iter().collect();
    if count == 0 || count > DOCUMENTS_MAX || all.len() != count {
        let text = format!("1 to {DOCUMENTS_MAX} documents, each once");
        return Err(Fault::invalid("document_ids", "DOCUMENTS_COUNT", text));
    }
    Ok(())
}

/// The id of one document's commit in a run: the same when the run is asked for again.
fn own_id(request_id: &str, document_id: &str) -> String {
    format!("{request_id}-{document_id}")
}

/// The reason of a fault.
fn reason(fault: &Fault) -> &str {
    match fault {
        Fault::Invalid(list) => list.first().map_or("INVALID", |violation| violation.reason),
        Fault::Refused { reason, .. }
        | Fault::Denied { reason, .. }
        | Fault::Busy { reason, .. }
        | Fault::Unavailable { reason, .. } => reason,
        Fault::Unknown { .. } => "NOT_THERE",
        Fault::Unauthenticated { .. } => "SESSION_ENDED",
        Fault::Conflict { .. } => "CHANGED_MEANWHILE",
        Fault::Broken { .. } => "BROKEN",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(id: &str, documents: &[&str]) -> SignDocumentsRequest {
        SignDocumentsRequest {
            request_id: id.to_owned(),
            document_ids: documents.iter().map(|one| (*one).to_owned()).collect(),
            mandate: String::new(),
        }
    }

    #[test]
    fn a_run_names_each_document_once_and_not_too_many() {
        assert!(check(&run("12345678", &["out_1", "out_2"])).is_ok());
        for (id, documents) in [
            ("1234567", vec!["out_1"]),
            ("1234567 ", vec!["out_1"]),
            ("12345678", vec![]),
            ("12345678", vec!["out_1", "out_1"]),
        ] {
            assert!(check(&run(id, &documents)).is_err(), "{id} {documents:?}");
        }
        let many: Vec<String> = (0..=DOCUMENTS_MAX).map(|n| format!("out_{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(check(&run("12345678", &many)).is_err());
        assert!(check(&run("12345678", &many[1..])).is_ok());
    }

    #[test]
    fn the_id_of_a_document_in_a_run_is_lawful_and_its_own() {
        let run = "a".repeat(*ID_LENGTH.end());
        let (one, two) = (own_id(&run, "out_1234567890"), own_id(&run, "out_1234567891"));
        assert!(one.len() <= 61 && one != two, "{one}");
    }
}
