//! Documents like one in hand.

use domain::duplicates::{Twin, twins};
use proto::archive::v1::{Duplicate, FindDuplicatesRequest, FindDuplicatesResponse, Likeness};
use proto::fault::Fault;
use proto::record::v1::Caller;

use crate::limits::{DUPLICATES_MAX, RECORD_ID_MAX};
use crate::shared::Shared;
use crate::transfer::digest;
use crate::viewer::Viewer;

/// As far as the caller may see them.
pub(crate) fn find(
    shared: &Shared,
    caller: &Caller,
    request: &FindDuplicatesRequest,
) -> Result<FindDuplicatesResponse, Fault> {
    let facts = request.facts.clone().unwrap_or_default();
    for (field, text, most) in [
        ("document_id", &request.document_id, RECORD_ID_MAX),
        ("facts.number", &facts.number, TEXT_BYTES_MAX),
        ("facts.notation", &facts.notation, TEXT_BYTES_MAX),
        ("facts.issuer", &facts.issuer, TEXT_BYTES_MAX),
    ] {
        if text.len() > most {
            let why = format!("has {} bytes; give at most {most}", text.len());
            return Err(Fault::invalid(field, "TOO_LONG", why));
        }
    }
    if !request.main_file_digest.is_empty() {
        digest("main_file_digest", &request.main_file_digest)?;
    }
    let viewer = Viewer::Person(caller.clone());
    shared.read_as(&viewer, |view| {
        let found = twins(view, &facts, &request.main_file_digest, &request.document_id)?;
        let duplicates = found
            .into_iter()
            .filter(|twin| viewer.sees(&twin.record))
            .take(DUPLICATES_MAX)
            .map(told)
            .collect();
        Ok(FindDuplicatesResponse { duplicates })
    })
}

/// More than any field of a document that is kept.
const TEXT_BYTES_MAX: usize = 1_000;

fn told(twin: Twin) -> Duplicate {
    let likeness = Likeness { number: twin.same_number, main_file: twin.same_file };
    Duplicate { record: Some(twin.record), likeness: Some(likeness) }
}
