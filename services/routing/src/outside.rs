//! Signing and sealing with keys that the server never sees, in two steps: what is to be signed is prepared; what came back
//! is taken and recorded, if the document still stands where it stood. In between nothing is held here and nothing is
//! recorded: the state of a preparation is with the caller, sealed by the signer, and expires.

use proto::archive::v1::CommitResponse;
use proto::fault::Fault;
use proto::record::v1::command::Command as Cmd;
use proto::record::v1::{FileRef, OutgoingDocument, OutgoingStatus, RecordSealed, RecordSigned};
use proto::routing::v1::{
    AnsweredFile, CompleteSealingRequest, CompleteSigningRequest, PrepareSealingRequest,
    PrepareSealingResponse, PrepareSigningRequest, PrepareSigningResponse, PreparedFile,
};
use proto::rpc::{Identity, fault_of, outgoing};
use proto::signer::v1::{
    CompleteAttachmentRequest, CompletePersonRequest, CompletePersonResponse, CompleteSealRequest,
    CompleteSealResponse, Preparation, PrepareAttachmentRequest, PreparePersonRequest, PrepareSealRequest,
};

use crate::draft::main_file;
use crate::seal::{Sealed, Texts, pdfs_attached};
use crate::service::Inner;
use crate::{ahead, seal, sign};

/// Prepares the person's signature.
pub(crate) async fn prepare_signing(
    inner: &Inner,
    identity: &Identity,
    request: PrepareSigningRequest,
) -> Result<PrepareSigningResponse, Fault> {
    let id = request.document_id;
    let document = to_be_signed(inner, identity, &id).await?;
    let main = main_file(&document, &id)?;
    let prepare = PreparePersonRequest {
        record_id: id.clone(),
        digest: main.digest.clone(),
        certificate_id: request.certificate_id,
    };
    match inner.signer.clone().prepare_person(outgoing(identity, prepare)).await {
        Ok(answer) => {
            let file = prepared(main, answer.into_inner().preparation);
            Ok(PrepareSigningResponse { file: Some(file) })
        }
        Err(status) => {
            let (digest, fault) = (main.digest.clone(), fault_of(&status));
            Err(sign::failed(inner, identity, id, digest, &request.request_id, fault).await)
        }
    }
}

/// Takes the person's signature.
pub(crate) async fn complete_signing(
    inner: &Inner,
    identity: &Identity,
    request: CompleteSigningRequest,
) -> Result<CommitResponse, Fault> {
    let (id, request_id) = (request.document_id, request.request_id);
    let document = to_be_signed(inner, identity, &id).await?;
    let main = main_file(&document, &id)?;
    let [file] = answered([main], request.file.into_iter().collect())?;
    let complete = CompletePersonRequest {
        record_id: id.clone(),
        digest: file.digest,
        state: file.state,
        answer: file.answer,
    };
    let done = match inner.signer.clone().complete_person(outgoing(identity, complete)).await {
        Ok(answer) => {
            let CompletePersonResponse { signed, report, certificate_id } = answer.into_inner();
            let own_id = request_id.clone();
            sign::recorded(inner, identity, own_id, id.clone(), main, signed, report, certificate_id).await
        }
        Err(status) => Err(fault_of(&status)),
    };
    match done {
        Err(fault) => Err(sign::failed(inner, identity, id, main.digest.clone(), &request_id, fault).await),
        done => done,
    }
}

/// Prepares number, date and seal, and the seal's signature on each PDF attached.
pub(crate) async fn prepare_sealing(
    inner: &Inner,
    identity: &Identity,
    request: PrepareSealingRequest,
) -> Result<PrepareSealingResponse, Fault> {
    let PrepareSealingRequest { document_id, certificate_id } = request;
    let document = to_be_sealed(inner, identity, &document_id).await?;
    match files_prepared(inner, identity, &document_id, &certificate_id, &document).await {
        Err(fault) => Err(ahead::why(inner, identity, &document_id, OutgoingStatus::Numbered, fault).await),
        Ok(files) => Ok(PrepareSealingResponse { files }),
    }
}

async fn files_prepared(
    inner: &Inner,
    identity: &Identity,
    id: &str,
    certificate_id: &str,
    document: &OutgoingDocument,
) -> Result<Vec<PreparedFile>, Fault> {
    let main = main_file(document, id)?;
    let texts = Texts::of(document)?;
    let prepare = PrepareSealRequest {
        record_id: id.to_owned(),
        digest: main.digest.clone(),
        certificate_id: certificate_id.to_owned(),
        number_text: texts.number,
        date_text: texts.date,
    };
    let mut signer = inner.signer.clone();
    let answer = signer.prepare_seal(outgoing(identity, prepare)).await.map_err(|s| fault_of(&s))?;
    let mut files = vec![prepared(main, answer.into_inner().preparation)];
    for file in pdfs_attached(document) {
        let prepare = PrepareAttachmentRequest {
            record_id: id.to_owned(),
            digest: file.digest.clone(),
            certificate_id: certificate_id.to_owned(),
            number_text: texts.notation.clone(),
        };
        let answer = signer.prepare_attachment(outgoing(identity, prepare)).await;
        files.push(prepared(file, answer.map_err(|s| fault_of(&s))?.into_inner().preparation));
    }
    Ok(files)
}

/// Takes the seal's signatures: of all files, or of none.
pub(crate) async fn complete_sealing(
    inner: &Inner,
    identity: &Identity,
    request: CompleteSealingRequest,
) -> Result<CommitResponse, Fault> {
    let id = request.document_id.clone();
    let document = to_be_sealed(inner, identity, &id).await?;
    match sealed(inner, identity, &document, request).await {
        Err(fault) => Err(ahead::why(inner, identity, &id, OutgoingStatus::Numbered, fault).await),
        done => done,
    }
}

async fn sealed(
    inner: &Inner,
    identity: &Identity,
    document: &OutgoingDocument,
    request: CompleteSealingRequest,
) -> Result<CommitResponse, Fault> {
    let CompleteSealingRequest { request_id, document_id: id, files } = request;
    let attached: Vec<&FileRef> = pdfs_attached(document).collect();
    if files.len() != attached.len() + 1 {
        return Err(changed());
    }
    let mut files = files.into_iter();
    let [first] = answered([main_file(document, &id)?], files.by_ref().take(1).collect())?;
    let complete = CompleteSealRequest {
        record_id: id.clone(),
        digest: first.digest,
        state: first.state,
        answer: first.answer,
    };
    let mut signer = inner.signer.clone();
    let answer = signer.complete_seal(outgoing(identity, complete)).await.map_err(|s| fault_of(&s))?;
    let CompleteSealResponse { sealed, report, certificate_id } = answer.into_inner();
    let mut attachments = Vec::new();
    for (kept, file) in attached.into_iter().zip(files) {
        let [file] = answered([kept], vec![file])?;
        let complete = CompleteAttachmentRequest {
            record_id: id.clone(),
            digest: file.digest,
            state: file.state,
            answer: file.answer,
        };
        let answer = signer.complete_attachment(outgoing(identity, complete)).await;
        let answer = answer.map_err(|s| fault_of(&s))?.into_inner();
        if answer.certificate_id != certificate_id {
            let text = "all files of a document are sealed with one certificate; prepare them together";
            return Err(Fault::invalid("files", "STATE_DAMAGED", text));
        }
        attachments.push(answer.sealed);
    }
    let made = Sealed { main: sealed, attachments, report, certificate_id };
    seal::recorded(inner, identity, request_id, id, document, made).await
}

/// The document, where the caller may sign it now.
async fn to_be_signed(inner: &Inner, identity: &Identity, id: &str) -> Result<OutgoingDocument, Fault> {
    let command = Cmd::RecordSigned(RecordSigned { document_id: id.to_owned(), ..RecordSigned::default() });
    ahead::for_signer(inner, identity, id, &command, OutgoingStatus::Approved, &[]).await
}

/// The document, where the caller may seal it now.
async fn to_be_sealed(inner: &Inner, identity: &Identity, id: &str) -> Result<OutgoingDocument, Fault> {
    let command = Cmd::RecordSealed(RecordSealed { document_id: id.to_owned(), ..RecordSealed::default() });
    let document = ahead::document(inner, identity, id, &command, &[]).await?;
    domain::decide::must_be(OutgoingStatus::Numbered, id, &document)?;
    Ok(document)
}

fn prepared(file: &FileRef, preparation: Option<Preparation>) -> PreparedFile {
    PreparedFile { digest: file.digest.clone(), name: file.name.clone(), preparation }
}

/// The answers, where each is for the file that the document has now.
fn answered<const N: usize>(
    kept: [&FileRef; N],
    files: Vec<AnsweredFile>,
) -> Result<[AnsweredFile; N], Fault> {
    let files: [AnsweredFile; N] = files.try_into().map_err(|_| changed())?;
    if kept.iter().zip(&files).all(|(kept, file)| kept.digest == file.digest) {
        Ok(files)
    } else {
        Err(changed())
    }
}

fn changed() -> Fault {
    let text = "the document has other files than those that were prepared; prepare them again";
    Fault::refused("PREPARED_FILES_CHANGED", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_for_another_file_than_the_documents_is_refused() {
        let kept = FileRef { digest: "a".to_owned(), ..FileRef::default() };
        let file = |digest: &str| AnsweredFile { digest: digest.to_owned(), ..AnsweredFile::default() };
        assert!(answered([&kept], vec![file("a")]).is_ok());
        for wrong in [Vec::new(), vec![file("b")], vec![file("a"), file("a")]] {
            let Err(Fault::Refused { reason, .. }) = answered([&kept], wrong) else { panic!("it was taken") };
            assert_eq!(reason, "PREPARED_FILES_CHANGED");
        }
    }
}
