//! The agency seals: number, date and seal go into the file in one increment; attachments are signed as the law says
//! for those in another file (NĐ 30/2020 Phụ lục I, II.8).

use domain::notation;
use proto::archive::v1::CommitResponse;
use proto::fault::Fault;
use proto::record::v1::command::Command as Cmd;
use proto::record::v1::{OutgoingDocument, OutgoingStatus, RecordSealed};
use proto::routing::v1::SealDocumentRequest;
use proto::rpc::{Identity, fault_of, outgoing, pass};
use proto::signer::v1::{SealAgencyRequest, SealAttachmentRequest};

use crate::ahead;
use crate::draft::main_file;
use crate::service::Inner;

/// Media type of what can be signed.
const PDF: &str = "application/pdf";

/// Seals under a mandate.
pub(crate) async fn seal(
    inner: &Inner,
    identity: &Identity,
    request: SealDocumentRequest,
) -> Result<CommitResponse, Fault> {
    let command = Cmd::RecordSealed(RecordSealed {
        document_id: request.document_id.clone(),
        ..RecordSealed::default()
    });
    let id = request.document_id.clone();
    let document = ahead::document(inner, identity, &id, &command, &[]).await?;
    domain::decide::must_be(OutgoingStatus::Numbered, &id, &document)?;
    match sealed(inner, identity, &document, request).await {
        Err(fault) => Err(ahead::why(inner, identity, &id, OutgoingStatus::Numbered, fault).await),
        done => done,
    }
}

async fn sealed(
    inner: &Inner,
    identity: &Identity,
    document: &OutgoingDocument,
    request: SealDocumentRequest,
) -> Result<CommitResponse, Fault> {
    let main = main_file(document, &request.document_id)?;
    let number = document.number.as_ref().ok_or_else(|| Fault::broken("numbered without a number"))?;
    let date = number.date.ok_or_else(|| Fault::broken("number without a date"))?;
    let symbol = document.facts.as_ref().map_or("", |f| f.notation.as_str());
    let seal = SealAgencyRequest {
        record_id: request.document_id.clone(),
        digest: main.digest.clone(),
        mandate: request.mandate.clone(),
        number_text: notation::number_text(number.ordinal, &number.suffix),
        date_text: notation::date_text(date),
    };
    let answer =
        inner.signer.clone().seal_agency(outgoing(identity, seal)).await.map_err(|s| fault_of(&s))?;
    let answer = answer.into_inner();
    let mut sealed = answer.sealed.ok_or_else(|| Fault::broken("signer gave no file"))?;
    sealed.name.clone_from(&main.name);
    sealed.pages = main.pages;
    let mut attachments = Vec::new();
    for file in document.files.iter().skip(1) {
        if file.media_type != PDF {
            attachments.push(file.clone());
            continue;
        }
        let attach = SealAttachmentRequest {
            record_id: request.document_id.clone(),
            digest: file.digest.clone(),
            mandate: request.mandate.clone(),
            number_text: notation::display(number.ordinal, &number.suffix, symbol),
        };
        let answer = inner
            .signer
            .clone()
            .seal_attachment(outgoing(identity, attach))
            .await
            .map_err(|s| fault_of(&s))?;
        let mut signed = answer.into_inner().sealed.ok_or_else(|| Fault::broken("signer gave no file"))?;
        signed.name.clone_from(&file.name);
        signed.pages = file.pages;
        attachments.push(signed);
    }
    let command = Cmd::RecordSealed(RecordSealed {
        document_id: request.document_id,
        sealed: Some(sealed),
        base_digest: main.digest.clone(),
        attachments,
        certificate_id: answer.certificate_id,
        signatures: answer.report,
    });
    pass::commit(&inner.archive, identity, request.request_id, command, Vec::new()).await
}
