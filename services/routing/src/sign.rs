//! The person signs: the signer appends the signature, the archive keeps the new file, the commit says so. What did not
//! come to a signature is kept too, with its reason, so that the signer finds it again.

use proto::archive::v1::CommitResponse;
use proto::fault::Fault;
use proto::record::v1::command::Command as Cmd;
use proto::record::v1::{
    FileRef, OutgoingDocument, OutgoingStatus, RecordSigned, RecordSigningFailed, SignatureReport,
};
use proto::routing::v1::SignDocumentRequest;
use proto::rpc::{Identity, fault_of, outgoing, pass};
use proto::signer::v1::{SignPersonRequest, SignPersonResponse};

use crate::ahead;
use crate::draft::main_file;
use crate::service::Inner;

/// Bytes of a request's id that stay when one is made from it; an id has at most 64.
const ID_BYTES_KEPT: usize = 61;

/// Signs under a mandate.
pub(crate) async fn sign(
    inner: &Inner,
    identity: &Identity,
    request: SignDocumentRequest,
) -> Result<CommitResponse, Fault> {
    let id = request.document_id.clone();
    let command = Cmd::RecordSigned(RecordSigned { document_id: id.clone(), ..RecordSigned::default() });
    let document = ahead::for_signer(inner, identity, &id, &command, OutgoingStatus::Approved, &[]).await?;
    let base_digest = main_file(&document, &id)?.digest.clone();
    let request_id = request.request_id.clone();
    match signed(inner, identity, &document, request).await {
        Err(fault) => Err(failed(inner, identity, id, base_digest, &request_id, fault).await),
        done => done,
    }
}

/// Why a document was not signed; kept with it where it lies there, so that its signer finds it again.
pub(crate) async fn failed(
    inner: &Inner,
    identity: &Identity,
    id: String,
    base_digest: String,
    request_id: &str,
    fault: Fault,
) -> Fault {
    let fault = ahead::why(inner, identity, &id, OutgoingStatus::Approved, fault).await;
    if let Some(reason) = of_the_document(&fault) {
        let failed = RecordSigningFailed { document_id: id, base_digest, reason: reason.to_owned() };
        let command = Cmd::RecordSigningFailed(failed);
        let kept = pass::commit(&inner.archive, identity, failure_id(request_id), command, Vec::new()).await;
        if let Err(error) = kept {
            // What is told to the caller is why it was not signed.
            tracing::warn!(%error, "a failed signing was not kept");
        }
    }
    fault
}

async fn signed(
    inner: &Inner,
    identity: &Identity,
    document: &OutgoingDocument,
    request: SignDocumentRequest,
) -> Result<CommitResponse, Fault> {
    let main = main_file(document, &request.document_id)?;
    let sign = SignPersonRequest {
        record_id: request.document_id.clone(),
        digest: main.digest.clone(),
        mandate: request.mandate,
    };
    let answer =
        inner.signer.clone().sign_person(outgoing(identity, sign)).await.map_err(|s| fault_of(&s))?;
    let SignPersonResponse { signed, report, certificate_id } = answer.into_inner();
    recorded(inner, identity, request.request_id, request.document_id, main, signed, report, certificate_id)
        .await
}

/// Commits that `main` was signed.
#[expect(clippy::too_many_arguments, reason = "what is recorded is the sum of its parts")]
pub(crate) async fn recorded(
    inner: &Inner,
    identity: &Identity,
    request_id: String,
    document_id: String,
    main: &FileRef,
    signed: Option<FileRef>,
    signatures: Option<SignatureReport>,
    certificate_id: String,
) -> Result<CommitResponse, Fault> {
    let signed = named_as(main, signed)?;
    let base_digest = main.digest.clone();
    let command = Cmd::RecordSigned(RecordSigned {
        document_id,
        signed: Some(signed),
        base_digest,
        certificate_id,
        signatures,
    });
    pass::commit(&inner.archive, identity, request_id, command, Vec::new()).await
}

/// What the signer made of a file, under the name that the file had.
pub(crate) fn named_as(file: &FileRef, made: Option<FileRef>) -> Result<FileRef, Fault> {
    let mut made = made.ok_or_else(|| Fault::broken("signer gave no file"))?;
    made.name.clone_from(&file.name);
    made.pages = file.pages;
    Ok(made)
}

/// The id of the commit that keeps the failure of a request: another one, and the same for the same request.
fn failure_id(request_id: &str) -> String {
    let kept: String = request_id.chars().take(ID_BYTES_KEPT).collect();
    format!("{kept}-f")
}

/// The reason, where it lies with the document, the key or the rules. A mandate or a preparation that ended, a service
/// that is away or a form that is old say nothing of the document: it was not tried.
fn of_the_document(fault: &Fault) -> Option<&str> {
    match fault {
        Fault::Refused { reason, .. } if !is_of_the_try(reason) => Some(*reason),
        Fault::Invalid(list) => list.first().map(|it| it.reason).filter(|reason| !is_of_the_try(reason)),
        Fault::Broken { .. } => Some("BROKEN"),
        _ => None,
    }
}

fn is_of_the_try(reason: &str) -> bool {
    reason.starts_with("MANDATE_") || reason.starts_with("STATE_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_with_the_document_is_kept_as_a_failure() {
        let broken = Fault::broken("x");
        let refused = |reason| Fault::refused(reason, "x");
        assert_eq!(of_the_document(&refused("CERTIFICATE_WITHDRAWN")), Some("CERTIFICATE_WITHDRAWN"));
        assert_eq!(of_the_document(&broken), Some("BROKEN"));
        assert_eq!(of_the_document(&Fault::invalid("digest", "DIGEST_SHAPE", "x")), Some("DIGEST_SHAPE"));
        for fault in [
            refused("MANDATE_ENDED"),
            refused("MANDATE_DOES_NOT_NAME_FILE"),
            refused("STATE_EXPIRED"),
            Fault::invalid("state", "STATE_DAMAGED", "x"),
            Fault::Unavailable { reason: "PEER_AWAY", detail: String::new() },
            Fault::Busy { reason: "TOO_MANY", text: String::new() },
            Fault::unknown("out_1"),
        ] {
            assert_eq!(of_the_document(&fault), None, "{fault}");
        }
    }

    #[test]
    fn the_id_of_a_failure_is_lawful_and_not_that_of_the_signature() {
        for id in ["12345678", &"a".repeat(64)] {
            let own = failure_id(id);
            assert!(own.len() <= 64 && own != id && own == failure_id(id));
        }
    }
}
