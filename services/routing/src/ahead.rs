//! What is asked before work is done for a command: may the caller give it, does the document stand where it begins, is
//! it what the form showed. The committer asks all of it again; this only spares work for somebody who may not.

use proto::archive::v1::ExpectedVersion;
use proto::fault::Fault;
use proto::record::v1::command::Command as Cmd;
use proto::record::v1::{OutgoingDocument, OutgoingStatus};
use proto::rpc::Identity;

use crate::service::Inner;

/// The document, where the caller may give `command` on it.
///
/// # Errors
/// [`Fault::Unknown`], [`Fault::Denied`] as the policy says it; [`Fault::Conflict`] when it is not what the form showed.
pub(crate) async fn document(
    inner: &Inner,
    identity: &Identity,
    id: &str,
    command: &Cmd,
    shown: &[ExpectedVersion],
) -> Result<OutgoingDocument, Fault> {
    let (record, document) = inner.outgoing(identity, id).await?;
    domain::policy::ask(identity.caller()?, command, Some(&record))?;
    match shown.iter().find(|it| it.record_id == id) {
        Some(it) if it.version != record.version => {
            Err(Fault::Conflict { record_id: id.to_owned(), version: record.version })
        }
        _ => Ok(document),
    }
}

/// The document, where the person named as its signer may approve or sign it now, in the position acted in.
///
/// # Errors
/// As [`document`]; [`Fault::Refused`] when it stands elsewhere; [`Fault::Denied`] in another position.
pub(crate) async fn for_signer(
    inner: &Inner,
    identity: &Identity,
    id: &str,
    command: &Cmd,
    needed: OutgoingStatus,
    shown: &[ExpectedVersion],
) -> Result<OutgoingDocument, Fault> {
    let document = document(inner, identity, id, command, shown).await?;
    domain::decide::must_be(needed, id, &document)?;
    domain::decide::in_signers_position(identity.caller()?, &document)?;
    Ok(document)
}

/// Why an act came to nothing. Where another hand was quicker, the file that was worked on is no longer the document's and
/// cannot be found: then the reason is that the document has moved on.
pub(crate) async fn why(
    inner: &Inner,
    identity: &Identity,
    id: &str,
    needed: OutgoingStatus,
    fault: Fault,
) -> Fault {
    if matches!(fault, Fault::Unknown { .. })
        && let Ok((_, document)) = inner.outgoing(identity, id).await
        && let Err(moved_on) = domain::decide::must_be(needed, id, &document)
    {
        return moved_on;
    }
    fault
}
