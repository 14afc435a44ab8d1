//! The agency seals: number, date and seal go into the file in one increment; attachments are signed as the law says
//! for those in another file (NĐ 30/2020 Phụ lục I, II.8).

use domain::notation;
use proto::archive::v1::CommitResponse;
use proto::fault::Fault;
use proto::record::v1::command::Command as Cmd;
use proto::record::v1::{FileRef, OutgoingDocument, OutgoingStatus, RecordSealed, SignatureReport};
use proto::routing::v1::SealDocumentRequest;
use proto::rpc::{Identity, fault_of, outgoing, pass};
use proto::signer::v1::{SealAgencyRequest, SealAgencyResponse, SealAttachmentRequest};

use crate::ahead;
use crate::draft::main_file;
use crate::service::Inner;
use crate::sign::named_as;

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
    let texts = Texts::of(document)?;
    let seal = SealAgencyRequest {
        record_id: request.document_id.clone(),
        digest: main.digest.clone(),
        mandate: request.mandate.clone(),
        number_text: texts.number,
        date_text: texts.date,
    };
    let answer =
        inner.signer.clone().seal_agency(outgoing(identity, seal)).await.map_err(|s| fault_of(&s))?;
    let SealAgencyResponse { sealed, report, certificate_id } = answer.into_inner();
    let mut attachments = Vec::new();
    for file in pdfs_attached(document) {
        let attach = SealAttachmentRequest {
            record_id: request.document_id.clone(),
            digest: file.digest.clone(),
            mandate: request.mandate.clone(),
            number_text: texts.notation.clone(),
        };
        let answer = inner.signer.clone().seal_attachment(outgoing(identity, attach)).await;
        attachments.push(answer.map_err(|s| fault_of(&s))?.into_inner().sealed);
    }
    let made = Sealed { main: sealed, attachments, report, certificate_id };
    recorded(inner, identity, request.request_id, request.document_id, document, made).await
}

/// What is written into the files that are sealed.
pub(crate) struct Texts {
    /// “05”.
    pub(crate) number: String,
    /// “ngày 05 tháng 02 năm 2026”.
    pub(crate) date: String,
    /// Số và ký hiệu.
    pub(crate) notation: String,
}

impl Texts {
    /// The texts of a numbered document.
    pub(crate) fn of(document: &OutgoingDocument) -> Result<Self, Fault> {
        let number = document.number.as_ref().ok_or_else(|| Fault::broken("numbered without a number"))?;
        let date = number.date.ok_or_else(|| Fault::broken("number without a date"))?;
        let symbol = document.facts.as_ref().map_or("", |f| f.notation.as_str());
        Ok(Self {
            number: notation::number_text(number.ordinal, &number.suffix),
            date: notation::date_text(date),
            notation: notation::display(number.ordinal, &number.suffix, symbol),
        })
    }
}

/// The attachments that are signed with the seal, in their order.
pub(crate) fn pdfs_attached(document: &OutgoingDocument) -> impl Iterator<Item = &FileRef> {
    document.files.iter().skip(1).filter(|file| file.media_type == PDF)
}

/// What the signer made.
pub(crate) struct Sealed {
    /// Of the document's file.
    pub(crate) main: Option<FileRef>,
    /// Of each of [`pdfs_attached`].
    pub(crate) attachments: Vec<Option<FileRef>>,
    /// What validation says of the document's file.
    pub(crate) report: Option<SignatureReport>,
    /// The certificate used.
    pub(crate) certificate_id: String,
}

/// Commits that a document was sealed: its file, and beside it every attachment, signed where it is a PDF.
pub(crate) async fn recorded(
    inner: &Inner,
    identity: &Identity,
    request_id: String,
    document_id: String,
    document: &OutgoingDocument,
    made: Sealed,
) -> Result<CommitResponse, Fault> {
    let main = main_file(document, &document_id)?;
    let sealed = named_as(main, made.main)?;
    let mut signed = made.attachments.into_iter();
    let mut attachments = Vec::new();
    for file in document.files.iter().skip(1) {
        attachments.push(match file.media_type.as_str() {
            PDF => named_as(file, signed.next().flatten())?,
            _ => file.clone(),
        });
    }
    let command = Cmd::RecordSealed(RecordSealed {
        base_digest: main.digest.clone(),
        document_id,
        sealed: Some(sealed),
        attachments,
        certificate_id: made.certificate_id,
        signatures: made.report,
    });
    pass::commit(&inner.archive, identity, request_id, command, Vec::new()).await
}
