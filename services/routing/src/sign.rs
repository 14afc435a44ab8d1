//! The person signs: the signer appends the signature, the archive keeps the new file, the commit says so. What did not
//! come to a signature is kept too, with its reason, so that the signer finds it again.

use proto::archive::v1::CommitResponse;
use proto::fault::Fault;
use proto::record::v1::command::Command as Cmd;
use proto::record::v1::{OutgoingDocument, OutgoingStatus, RecordSigned, RecordSigningFailed};
use proto::routing::v1::SignDocumentRequest;
use proto::rpc::{Identity, fault_of, outgoing, pass};
use proto::signer::v1::SignPersonRequest;

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
    let own_id = failure_id(&request.request_id);
    match signed(inner, identity, &document, request).await {
        Err(fault) => {
            let fault = ahead::why(inner, identity, &id, OutgoingStatus::Approved, fault).await;
            if let Some(reason) = of_the_document(&fault) {
                let failed = RecordSigningFailed { document_id: id, base_digest, reason: reason.to_owned() };
                let command = Cmd::RecordSigningFailed(failed);
                let kept = pass::commit(&inner.archive, identity, own_id, command, Vec::new()).await;
                if let Err(error) = kept {
                    // What is told to the caller is why it was not signed.
                    tracing::warn!(%error, "a failed signing was not kept");
                }
            }
            Err(fault)
        }
        done => done,
    }
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
    let answer = answer.into_inner();
    let mut signed = answer.signed.ok_or_else(|| Fault::broken("signer gave no file"))?;
    signed.name.clone_from(&main.name);
    signed.pages = main.pages;
    let command = Cmd::RecordSigned(RecordSigned {
        document_id: request.document_id,
        signed: Some(signed),
        base_digest: main.digest.clone(),
        certificate_id: answer.certificate_id,
        signatures: answer.report,
    });
    pass::commit(&inner.archive, identity, request.request_id, command, Vec::new()).await
}

/// The id of the commit that keeps the failure of a request: another one, and the same for the same request.
fn failure_id(request_id: &str) -> String {
    let kept: String = request_id.chars().take(ID_BYTES_KEPT).collect();
    format!("{kept}-f")
}

/// The reason, where it lies with the document, the key or the rules. A mandate that ended, a service that is away or a
/// form that is old say nothing of the document: it was not tried.
fn of_the_document(fault: &Fault) -> Option<&str> {
    match fault {
        Fault::Refused { reason, .. } if !reason.starts_with("MANDATE_") => Some(*reason),
        Fault::Invalid(list) => list.first().map(|violation| violation.reason),
        Fault::Broken { .. } => Some("BROKEN"),
        _ => None,
    }
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
