//! Ký bằng khóa nằm ngoài máy chủ: the documents of a run are prepared one by one, the script has the agent on the
//! person's machine sign them all under one confirmation, and each is completed here. Where each stands is read from its
//! record: a reload tells the truth, and what is left is gone on with.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::http::HeaderMap;
use axum::response::Response;
use proto::fault::Fault;
use proto::routing::v1::{CompleteSigningRequest, PrepareSigningRequest};

use super::agent::{self, Sent};
use super::run::{self, Named};
use super::{certificate, opened, waiting};
use crate::call;
use crate::desk::Desk;
use crate::failure::{Failure, see_other};
use crate::form::Form;
use crate::link;
use crate::texts::t;
use crate::view::document::DocumentView;

/// The address of a run that begins.
pub(super) fn begun(desk: &Desk, ids: &[String], certificate_id: &str) -> String {
    let path = link::with("/ky-so/ngoai", "luc", &desk.app.now().to_string());
    let path = link::with(&link::with(&path, "ct", certificate_id), "bat-dau", "1");
    ids.iter().fold(path, |path, id| link::with(&path, "vb", id))
}

/// The page of a run.
pub(super) async fn page(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let named = Named::of(&form);
    let usable = waiting::usable(&desk).await?;
    let found = usable.iter().find(|(id, it)| it.outside && id == form.text("ct"));
    let (Some((id, it)), false) = (found, named.ids.is_empty()) else { return Ok(see_other("/ky-so")) };
    let rows = run::rows(&desk, &named).await?;
    let page = agent::Page {
        frame: desk.frame(t::agent::sign_title(), "/ky-so").await?,
        agent: agent::address(),
        rows,
        certificate: certificate::view(id, it, desk.person.full_name.clone(), desk.app.now()),
        act: String::new(),
        path: "/ky-so/ngoai/#",
        ask: t::agent::sign_ask(&desk.roll.agency.name, "#"),
        back: ("/ky-so", t::signing::back()),
        again: "/ky-so",
    };
    page.shown(&desk)
}

/// Prepares one document: what the agent is to sign, or its row with the reason.
pub(super) async fn prepare(
    desk: Desk,
    headers: HeaderMap,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let (_, document) = desk.calls().outgoing(&id).await?;
    let digest = document.files.first().map_or("", |f| f.digest.as_str());
    let marks = waiting::marks(&headers, &form, &desk);
    let came = if opened::holds(desk.token(), digest, marks.iter().map(String::as_str))? {
        let request = PrepareSigningRequest {
            request_id: form.request_id()?,
            document_id: id.clone(),
            certificate_id: form.text("ct").to_owned(),
        };
        call!(desk, routing.prepare_signing(request))
    } else {
        Err(Fault::refused("NOT_OPENED", format!("{id} was not opened in this session")))
    };
    match came {
        Ok(answer) => {
            let view = DocumentView::outgoing(&id, &document);
            let title = format!("{} {}", view.kind, view.subject);
            Ok(agent::prepared(&title, answer.file.as_slice()))
        }
        Err(fault) => run::after(&desk, &id, Err(fault)).await,
    }
}

/// Takes the signature of one document; answers its row of the table.
pub(super) async fn complete(desk: Desk, Path(id): Path<String>, body: Bytes) -> Result<Response, Failure> {
    let sent = Sent::read(&body)?;
    let file = sent.files()?.into_iter().next();
    let request = CompleteSigningRequest { request_id: sent.ma, document_id: id.clone(), file };
    let came = call!(desk, routing.complete_signing(request)).map(drop);
    run::after(&desk, &id, came).await
}
