//! Duyệt: the signer approves, and the four places are settled. Those of the draft are shown; those that nobody knows are
//! found by the text of the page, or placed by hand.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use proto::fault::Fault;
use proto::record::v1::{FieldPlace, OutgoingDocument, OutgoingStatus};
use proto::routing::v1::ApproveDraftRequest;
use proto::signer::v1::FindPlacesRequest;

use super::places::{self, Row};
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::expected;
use crate::texts::t;
use crate::toast::Toast;
use crate::view::document::DocumentView;
use crate::view::field::{Faults, Field, Note};
use crate::view::file::{self, FileView};

#[derive(Template)]
#[template(path = "outgoing/approve.html")]
struct Page {
    frame: Frame,
    id: String,
    document: DocumentView,
    unit: String,
    drafter: String,
    capacity: String,
    said: Vec<(String, String)>,
    files: Vec<FileView>,
    rows: Vec<Row>,
    /// How many places nobody knew.
    unknown: usize,
    text: Field,
    note: Option<Note>,
    places_fault: String,
    version: String,
    receivers: Vec<String>,
    mine: bool,
}

/// Where the places are: the draft's, else those that the text of the page tells.
async fn known(desk: &Desk, id: &str, document: &OutgoingDocument) -> Vec<FieldPlace> {
    if document.places.len() == places::FIELDS.len() {
        return document.places.clone();
    }
    let Some(main) = document.files.first() else { return Vec::new() };
    let request = FindPlacesRequest { record_id: id.to_owned(), digest: main.digest.clone() };
    match call!(desk, signer.find_places(request)) {
        Ok(found) => found.places,
        // A page without readable text: they are placed by hand.
        Err(fault) => {
            tracing::info!(%fault, document = id, "places were not found");
            Vec::new()
        }
    }
}

/// The form.
pub(super) async fn page(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    let (record, document) = desk.calls().outgoing(&id).await?;
    let known = known(&desk, &id, &document).await;
    let pages = document.files.first().map_or(1, |f| f.pages);
    let rows = places::rows(&known, pages);
    let mut form = Form::default();
    form.set("version", record.version.to_string());
    show(&desk, &id, &document, rows, &form, &Faults::default(), None).await
}

async fn show(
    desk: &Desk,
    id: &str,
    document: &OutgoingDocument,
    rows: Vec<Row>,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let mine = document.status() == OutgoingStatus::FormChecked && document.signer_id == desk.person_id;
    let other_position = mine && document.signer_position_id != desk.position_id;
    let standing = (!mine || other_position).then(|| Note {
        head: t::outgoing::not_now().to_owned(),
        text: if other_position {
            t::outgoing::sign_in_position(desk.roll.title(&document.signer_position_id))
        } else {
            t::outgoing::other_signer().to_owned()
        },
        look: other_position,
    });
    let remark = |what: &str, r: &Option<proto::record::v1::Remark>| {
        r.as_ref().map(|r| (t::outgoing::who_said(what, desk.roll.person(&r.person_id)), r.text.clone()))
    };
    let mut said: Vec<(String, String)> = [
        remark(t::outgoing::step_content(), &document.reviewed),
        remark(t::outgoing::step_form(), &document.form_checked),
    ]
    .into_iter()
    .flatten()
    .collect();
    said.extend(document.initials.iter().map(|r| {
        (t::outgoing::who_said(t::outgoing::initial_title(), desk.roll.person(&r.person_id)), r.text.clone())
    }));
    let page = Page {
        frame: desk.frame(t::outgoing::approve_draft(), "/van-ban-di/trinh-ky").await?,
        id: id.to_owned(),
        document: DocumentView::outgoing(id, document),
        unit: desk.roll.unit(&document.unit_id),
        drafter: desk.roll.person(&document.drafter_id),
        capacity: format!(
            "{} · {}",
            crate::texts::terms::capacity(document.capacity()),
            desk.roll.title(&document.signer_position_id)
        ),
        said,
        files: file::all(id, &document.files),
        unknown: rows.iter().filter(|r| !r.known).count(),
        rows,
        text: Field::new("note", t::outgoing::remark(), form).faults(faults, &[]),
        note: note.or(standing),
        places_fault: Field::new("places", "", form).faults(faults, &[]).fault,
        version: form.text("version").to_owned(),
        receivers: document.recipients.iter().map(|r| r.name.clone()).collect(),
        mine: mine && !other_position,
    };
    desk.page(&page)
}

/// Approves.
pub(super) async fn approve(desk: Desk, Path(id): Path<String>, mut form: Form) -> Result<Response, Failure> {
    let (record, document) = desk.calls().outgoing(&id).await?;
    let known = known(&desk, &id, &document).await;
    let done = match places::from_form(&mut form, &known) {
        Ok(places) => {
            let request = ApproveDraftRequest {
                request_id: form.request_id()?,
                document_id: id.clone(),
                places,
                note: form.text("note").to_owned(),
                expected_versions: expected(&id, form.text("version")),
            };
            call!(desk, routing.approve_draft(request)).map(drop)
        }
        Err(fault) => Err(fault),
    };
    match done {
        Ok(()) if form.is_set("ky-ngay") => {
            Ok(desk.go(&format!("/ky-so?vb={id}"), Toast::done(t::outgoing::approved_sign())))
        }
        Ok(()) => Ok(desk.go("/van-ban-di/trinh-ky", Toast::done(t::outgoing::approved_later()))),
        Err(fault) => {
            let (faults, note) = Faults::of(own_names(fault), &["note", "places"])?;
            let rows = places::typed_rows(&form, &known);
            form.set("version", record.version.to_string());
            show(&desk, &id, &document, rows, &form, &faults, note).await
        }
    }
}

/// Any field within the places is told at the places.
fn own_names(fault: Fault) -> Fault {
    match fault {
        Fault::Invalid(mut list) => {
            for violation in &mut list {
                if violation.field.starts_with("places[") || violation.field.starts_with("o.") {
                    "places".clone_into(&mut violation.field);
                }
            }
            Fault::Invalid(list)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proto::fault::Violation;

    use super::*;

    #[test]
    fn whatever_is_wrong_with_a_place_is_told_at_the_places() {
        let wrong = |field: &str| Violation::new(field, "OUT_OF_RANGE", "x");
        let fault =
            own_names(Fault::Invalid(vec![wrong("places[2].width"), wrong("o.so.cao"), wrong("note")]));
        let Fault::Invalid(list) = fault else { panic!("stays invalid") };
        let fields: Vec<_> = list.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["places", "places", "note"]);
    }
}
