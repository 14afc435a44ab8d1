//! The person signs: the signer appends the signature, the archive keeps the new file, the commit says so.

use proto::archive::v1::CommitResponse;
use proto::fault::Fault;
use proto::record::v1::command::Command as Cmd;
use proto::record::v1::{OutgoingStatus, RecordSigned};
use proto::routing::v1::SignDocumentRequest;
use proto::rpc::{Identity, fault_of, outgoing, pass};
use proto::signer::v1::SignPersonRequest;

use crate::draft::main_file;
use crate::service::Inner;

/// Signs under a mandate.
pub(crate) async fn sign(
    inner: &Inner,
    identity: &Identity,
    request: SignDocumentRequest,
) -> Result<CommitResponse, Fault> {
    let document = inner.outgoing(identity, &request.document_id).await?;
    // The committer decides; this only spares a signature that could not be recorded.
    if document.status() != OutgoingStatus::Approved {
        return Err(Fault::refused(
            "NOT_APPROVED",
            "the document has not been approved, or is signed already",
        ));
    }
    let main = main_file(&document, &request.document_id)?;
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
