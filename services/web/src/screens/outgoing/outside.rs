//! Đóng dấu bằng khóa nằm ngoài máy chủ: as `signing::outside`, for the agency's seal: number, date and seal go into the
//! file, and each PDF attached is signed, under one confirmation of the agent on the clerk's machine.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use proto::fault::Fault;
use proto::record::v1::{Certificate, OutgoingDocument, OutgoingStatus};
use proto::routing::v1::{CompleteSealingRequest, PrepareSealingRequest};

use super::issue::{self, Given, Upto};
use crate::call;
use crate::desk::Desk;
use crate::failure::{Failure, see_other};
use crate::form::Form;
use crate::link;
use crate::screens::signing::agent::{self, Sent};
use crate::screens::signing::certificate;
use crate::screens::signing::run::{self, Named, Stage};
use crate::texts::t;
use crate::view::document::DocumentView;

/// The address of a run that begins.
pub(super) fn begun(ids: &[String], certificate_id: &str, act: &str) -> String {
    let path = link::with("/van-ban-di/khoa-ngoai", "ct", certificate_id);
    let path = link::with(&link::with(&path, "viec", act), "bat-dau", "1");
    ids.iter().fold(path, |path, id| link::with(&path, "vb", id))
}

/// True when the seal with this id has its key outside.
pub(super) fn is_outside(seals: &[(String, Certificate)], certificate_id: &str) -> bool {
    seals.iter().any(|(id, it)| it.outside && id == certificate_id)
}

/// Where a document stands on its way to the seal.
fn stage(document: &OutgoingDocument, _: i64) -> Stage {
    match document.status() {
        OutgoingStatus::Withdrawn => Stage::Gone,
        OutgoingStatus::Numbered => Stage::Waits,
        status if status >= OutgoingStatus::Sealed => Stage::Good,
        _ => Stage::Gone,
    }
}

/// The page of a run.
pub(super) async fn page(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let named = Named::of(&form);
    let seals = issue::seals(&desk).await?;
    let found = seals.iter().find(|(id, it)| it.outside && id == form.text("ct"));
    let (Some((id, it)), false) = (found, named.ids.is_empty()) else {
        return Ok(see_other("/van-ban-di/cho-dong-dau"));
    };
    let page = agent::Page {
        frame: desk.frame(t::agent::seal_title(), "/van-ban-di/cho-dong-dau").await?,
        agent: agent::address(),
        rows: run::rows_by(&desk, &named, stage).await?,
        certificate: certificate::view(id, it, desk.roll.agency.name.clone(), desk.app.now()),
        act: form.text("viec").to_owned(),
        path: "/van-ban-di/#/khoa-ngoai",
        ask: t::agent::seal_ask(&desk.roll.agency.name, "#"),
        back: ("/van-ban-di/cho-dong-dau", t::agent::back_to_seal()),
        again: "",
    };
    page.shown(&desk)
}

/// Prepares one document: what the agent is to sign, or its row with the reason.
pub(super) async fn prepare(desk: Desk, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let request =
        PrepareSealingRequest { document_id: id.clone(), certificate_id: form.text("ct").to_owned() };
    match call!(desk, routing.prepare_sealing(request)) {
        Ok(answer) => {
            let (_, document) = desk.calls().outgoing(&id).await?;
            let view = DocumentView::outgoing(&id, &document);
            Ok(agent::prepared(&format!("{} {}", view.notation, view.subject), &answer.files))
        }
        Err(fault) => after(&desk, &id, Err(fault), Upto::Seal).await,
    }
}

/// Takes the seal's signatures on one document, and issues it where that was asked; answers its row of the table.
pub(super) async fn complete(desk: Desk, Path(id): Path<String>, body: Bytes) -> Result<Response, Failure> {
    let sent = Sent::read(&body)?;
    let upto = Upto::of(&sent.viec);
    let request = CompleteSealingRequest {
        request_id: format!("{}-dau", sent.ma),
        document_id: id.clone(),
        files: sent.files()?,
    };
    let came = match call!(desk, routing.complete_sealing(request)) {
        Ok(_) => {
            let given = Given::default();
            issue::go_on(&desk, &id, OutgoingStatus::Sealed, upto, &given, &sent.ma).await
        }
        Err(fault) => Err(fault),
    };
    after(&desk, &id, came, upto).await
}

async fn after(desk: &Desk, id: &str, came: Result<(), Fault>, upto: Upto) -> Result<Response, Failure> {
    let (record, document) = desk.calls().outgoing(id).await?;
    let reached = if upto >= Upto::Issue { OutgoingStatus::Issued } else { OutgoingStatus::Sealed };
    let status = document.status();
    let stage = match came {
        Ok(()) => Stage::Good,
        Err(_) if status >= reached && status != OutgoingStatus::Withdrawn => Stage::Good,
        Err(fault) => {
            tracing::info!(%fault, document = id, "not sealed");
            run::of_fault(&fault)
        }
    };
    run::one_row(run::row(&record.id, &document, stage))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_waits_for_the_seal_once_it_has_its_number() {
        use OutgoingStatus as S;
        let at =
            |status: S| stage(&OutgoingDocument { status: status.into(), ..OutgoingDocument::default() }, 0);
        assert_eq!(at(S::Numbered), Stage::Waits);
        assert_eq!(at(S::Sealed), Stage::Good);
        assert_eq!(at(S::Issued), Stage::Good);
        for status in [S::Signed, S::Approved, S::Withdrawn] {
            assert_eq!(at(status), Stage::Gone);
        }
        let path = begun(&["out_1".to_owned()], "crt_1", "tron-goi");
        assert!(crate::failure::is_local(&path), "{path}");
    }
}
