//! Ký: the password once, one mandate for the files that were shown, then the run. Nothing is signed that was not opened
//! in this session as it is now.

use axum::http::HeaderMap;
use axum::response::Response;
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{OutgoingDocument, ReturnDraft};
use proto::routing::v1::ReturnDraftRequest;
use proto::signer::v1::UnlockRequest;

use super::mandate::Held;
use super::{opened, outside, run, waiting};
use crate::call;
use crate::desk::Desk;
use crate::failure::{Failure, see_other};
use crate::form::Form;
use crate::texts::t;
use crate::toast::Toast;
use crate::view::field::{Faults, Note};

/// Signs what was chosen.
pub(super) async fn sign(desk: Desk, headers: HeaderMap, mut form: Form) -> Result<Response, Failure> {
    match try_sign(&desk, &headers, &mut form).await {
        Ok(response) => Ok(response),
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &["certificate_id", "mat-khau", "password"])?;
            waiting::show(&desk, &headers, &form, false, &faults, note).await
        }
    }
}

async fn try_sign(desk: &Desk, headers: &HeaderMap, form: &mut Form) -> Result<Response, Fault> {
    let ids = chosen(form)?;
    let certificate_id = form.text("certificate_id").to_owned();
    let usable = waiting::usable(desk).await?;
    let outside = usable.iter().any(|(id, it)| it.outside && *id == certificate_id);
    if !outside {
        complete(form)?;
    }
    let documents = documents(desk, &ids).await?;
    shown_and_opened(desk, headers, form, &documents)?;
    if outside {
        // Its password is asked where the key is.
        return Ok(see_other(&outside::begun(desk, &ids, &certificate_id)));
    }
    let digests = documents.iter().map(|(_, d)| digest(d).to_owned()).collect();
    let held = unlocked(desk, form, digests).await?;
    run::start(desk, form, ids, held).await
}

/// The password and the certificate are there.
fn complete(form: &mut Form) -> Result<(), Fault> {
    if form.text("mat-khau").is_empty() {
        form.wrong("mat-khau", "REQUIRED", "the password of the key is needed");
    }
    if form.text("certificate_id").is_empty() {
        form.wrong("certificate_id", "REQUIRED", "a certificate is needed");
    }
    form.checked()
}

/// Opens the key that the form names, for these files.
///
/// # Errors
/// [`Fault::Invalid`] at the password or the certificate; the signer's fault.
pub(super) async fn unlocked(desk: &Desk, form: &mut Form, digests: Vec<String>) -> Result<Held, Fault> {
    complete(form)?;
    let request = UnlockRequest {
        certificate_id: form.text("certificate_id").to_owned(),
        password: form.text("mat-khau").to_owned(),
        digests,
    };
    let answer = call!(desk, signer.unlock(request))?;
    Ok(Held::new(answer.mandate, answer.ends_at.as_ref()))
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
        Ok(_) => Ok(desk.go("/ky-so", Toast::done(t::signing::returned()))),
        Err(fault) => {
            let note = match fault {
                Fault::Invalid(_) => Note {
                    head: t::signing::not_returned().to_owned(),
                    text: t::signing::return_needs_reason().to_owned(),
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
