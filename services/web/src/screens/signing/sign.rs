//! Ký: the password once, one mandate for the files that were shown, a result for each. A failure of one does not stop the
//! others; nothing is signed that was not opened in this session as it is now.

use std::collections::HashMap;

use askama::Template;
use axum::extract::RawQuery;
use axum::http::HeaderMap;
use axum::response::Response;
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{OutgoingDocument, OutgoingStatus, ReturnDraft};
use proto::routing::v1::{ReturnDraftRequest, SignDocumentRequest};
use proto::signer::v1::{EndMandateRequest, UnlockRequest};

use super::outcome::{self, Outcome};
use super::{opened, waiting};
use crate::call;
use crate::desk::Desk;
use crate::failure::{Failure, see_other};
use crate::form::Form;
use crate::frame::Frame;
use crate::toast::Toast;
use crate::view::field::{Faults, Note};

/// Signs what was chosen.
pub(super) async fn sign(desk: Desk, headers: HeaderMap, mut form: Form) -> Result<Response, Failure> {
    match try_sign(&desk, &headers, &mut form).await {
        Ok(path) => Ok(see_other(&path)),
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &["certificate_id", "mat-khau", "password"])?;
            waiting::show(&desk, &headers, &form, false, &faults, note).await
        }
    }
}

async fn try_sign(desk: &Desk, headers: &HeaderMap, form: &mut Form) -> Result<String, Fault> {
    let request_id = form.request_id()?;
    let ids = chosen(form)?;
    if form.text("mat-khau").is_empty() {
        form.wrong("mat-khau", "REQUIRED", "the password of the key is needed");
    }
    if form.text("certificate_id").is_empty() {
        form.wrong("certificate_id", "REQUIRED", "a certificate is needed");
    }
    form.checked()?;
    let documents = documents(desk, &ids).await?;
    shown_and_opened(desk, headers, form, &documents)?;
    let request = UnlockRequest {
        certificate_id: form.text("certificate_id").to_owned(),
        password: form.text("mat-khau").to_owned(),
        digests: documents.iter().map(|(_, d)| digest(d).to_owned()).collect(),
    };
    let mandate = call!(desk, signer.unlock(request))?.mandate;
    let mut stopped = HashMap::new();
    for (n, (id, _)) in documents.iter().enumerate() {
        let request = SignDocumentRequest {
            request_id: format!("{request_id}-{n}"),
            document_id: id.clone(),
            mandate: mandate.clone(),
        };
        if let Err(fault) = call!(desk, routing.sign_document(request)) {
            tracing::info!(%fault, document = id.as_str(), "not signed");
            stopped.insert(id.clone(), outcome::code(&fault).to_owned());
        }
    }
    if let Err(fault) = call!(desk, signer.end_mandate(EndMandateRequest { mandate })) {
        tracing::warn!(%fault, "mandate was not ended");
    }
    Ok(outcome::path("/ky-so/ket-qua", &ids, &stopped, "ky"))
}

/// What was chosen, each once.
fn chosen(form: &Form) -> Result<Vec<String>, Fault> {
    let mut ids: Vec<String> = Vec::new();
    for id in form.all("vb") {
        if !ids.iter().any(|i| i == id) {
            ids.push(id.to_owned());
        }
    }
    let most = usize::try_from(waiting::MANY_MAX).unwrap_or(200);
    if ids.is_empty() || ids.len() > most {
        return Err(Fault::refused("NOTHING_CHOSEN", format!("choose 1 to {most} documents")));
    }
    Ok(ids)
}

async fn documents(desk: &Desk, ids: &[String]) -> Result<Vec<(String, OutgoingDocument)>, Fault> {
    let found: Vec<(String, OutgoingDocument)> = desk
        .calls()
        .batch(ids)
        .await?
        .into_iter()
        .filter_map(|record| match record.state {
            Some(State::Outgoing(document)) => Some((record.id, document)),
            _ => None,
        })
        .collect();
    if found.len() != ids.len() {
        return Err(Fault::refused("CHANGED_MEANWHILE", "a document is not there any more"));
    }
    Ok(found)
}

fn digest(document: &OutgoingDocument) -> &str {
    document.files.first().map_or("", |f| f.digest.as_str())
}

/// Every file is the one that the page named, and was opened in this session.
fn shown_and_opened(
    desk: &Desk,
    headers: &HeaderMap,
    form: &Form,
    documents: &[(String, OutgoingDocument)],
) -> Result<(), Fault> {
    let marks = waiting::marks(headers, form, desk);
    for (id, document) in documents {
        let digest = digest(document);
        if form.text(&format!("bam.{id}")) != digest {
            return Err(Fault::refused(
                "CHANGED_MEANWHILE",
                format!("{id} has another file than the page showed"),
            ));
        }
        if !opened::holds(desk.token(), digest, marks.iter().map(String::as_str))? {
            return Err(Fault::refused("NOT_OPENED", format!("{id} was not opened in this session")));
        }
    }
    Ok(())
}

#[derive(Template)]
#[template(path = "signing/results.html")]
struct Results {
    frame: Frame,
    outcomes: Vec<Outcome>,
    good: usize,
    bad: usize,
}

/// What came of it.
pub(super) async fn results(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let outcomes = outcome::read(&desk, &form, OutgoingStatus::Signed).await?;
    let good = outcomes.iter().filter(|o| o.good).count();
    let page = Results {
        frame: desk.frame("Kết quả ký số", "/ky-so").await?,
        good,
        bad: outcomes.len() - good,
        outcomes,
    };
    desk.page(&page)
}

/// Sends one back with a reason, without leaving the screen.
pub(super) async fn give_back(desk: Desk, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    let request = ReturnDraftRequest {
        request_id: form.request_id()?,
        command: Some(ReturnDraft {
            document_id: form.text("document_id").to_owned(),
            reason: form.text("reason").to_owned(),
        }),
        expected_versions: Vec::new(),
    };
    match call!(desk, routing.return_draft(request)) {
        Ok(_) => Ok(desk.go("/ky-so", Toast::done("Đã trả lại dự thảo."))),
        Err(fault) => {
            let note = match fault {
                Fault::Invalid(_) => Note {
                    head: "Chưa trả lại được.".to_owned(),
                    text: "Cần ghi lý do trả lại.".to_owned(),
                    look: false,
                },
                other => Note::of(other)?,
            };
            waiting::show(&desk, &headers, &Form::default(), false, &Faults::default(), Some(note)).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_and_too_much_are_not_signed_and_nothing_is_signed_twice() {
        assert!(chosen(&Form::parse("")).is_err());
        assert_eq!(chosen(&Form::parse("vb=out_1&vb=out_2&vb=out_1")).expect("two"), ["out_1", "out_2"]);
        let many: String = (0..201).map(|i| format!("vb=out_{i}&")).collect();
        assert!(chosen(&Form::parse(&many)).is_err());
    }
}
