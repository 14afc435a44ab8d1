//! Cấp số, đóng dấu, phát hành of one document: what it will get, the exception of a suffix, who gets it; and the state of
//! the sending. One button does all that is left; every stop between is lawful, and the next act goes on from it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use proto::archive::v1::ListName;
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{AssignNumber, Certificate, Issue, OutgoingDocument, OutgoingStatus, UpdateDelivery};
use proto::routing::v1::{
    AssignNumberRequest, IssueDocumentRequest, SealDocumentRequest, UpdateDeliveryRequest,
};
use proto::signer::v1::{EndMandateRequest, UnlockRequest};

use super::number::{Expected, Standing};
use super::{detail, list, outside, reserve};
use crate::call;
use crate::desk::Desk;
use crate::failure::{Failure, see_other};
use crate::form::Form;
use crate::frame::Frame;
use crate::office::list_of;
use crate::screens::signing::certificate;
use crate::texts::{reasons, t};
use crate::toast::Toast;
use crate::view::day;
use crate::view::document::DocumentView;
use crate::view::field::{Faults, Field, Mark, Note};
use crate::view::file::{self, FileView};

/// Pages of certificates that are read.
const PAGES_MAX: usize = 10;

/// How far an act goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Upto {
    /// Number and date.
    Number,
    /// Number, date and seal.
    Seal,
    /// All three.
    Issue,
}

impl Upto {
    /// What a button says.
    pub(super) fn of(text: &str) -> Self {
        match text {
            "cap-so" => Self::Number,
            "dong-dau" => Self::Seal,
            _ => Self::Issue,
        }
    }
}

/// What is needed besides the document.
#[derive(Debug, Clone, Default)]
pub(super) struct Given {
    /// The seal's mandate; empty where nothing is to be sealed.
    pub(super) mandate: String,
    /// The exception of a suffix.
    pub(super) suffix: String,
    /// The number that it hangs on.
    pub(super) suffix_of: u32,
    /// Why.
    pub(super) suffix_reason: String,
    /// The notation as the clerk wrote it; empty: the draft's or the default.
    pub(super) notation: String,
    /// The line of a kept number to take; empty: the next number.
    pub(super) reserved: String,
}

/// Does what is left up to `upto`, in the order of the law. Stops where it fails; what was done before stays done.
///
/// # Errors
/// The fault of the act that failed.
pub(super) async fn go_on(
    desk: &Desk,
    id: &str,
    status: OutgoingStatus,
    upto: Upto,
    given: &Given,
    request_id: &str,
) -> Result<(), Fault> {
    let document_id = id.to_owned();
    if status == OutgoingStatus::Signed {
        let command = AssignNumber {
            document_id: document_id.clone(),
            notation: given.notation.clone(),
            suffix: given.suffix.clone(),
            suffix_of: given.suffix_of,
            suffix_reason: given.suffix_reason.clone(),
            reserved_entry_id: given.reserved.clone(),
        };
        let request_id = format!("{request_id}-so");
        let request =
            AssignNumberRequest { request_id, command: Some(command), expected_versions: Vec::new() };
        call!(desk, routing.assign_number(request))?;
    }
    if upto >= Upto::Seal && status <= OutgoingStatus::Numbered {
        let request = SealDocumentRequest {
            request_id: format!("{request_id}-dau"),
            document_id: document_id.clone(),
            mandate: given.mandate.clone(),
        };
        call!(desk, routing.seal_document(request))?;
    }
    if upto >= Upto::Issue {
        let request = IssueDocumentRequest {
            request_id: format!("{request_id}-ph"),
            command: Some(Issue { document_id }),
            expected_versions: Vec::new(),
        };
        call!(desk, routing.issue_document(request))?;
    }
    Ok(())
}

/// The seals of the agency that can be used now, with their records' ids.
pub(super) async fn seals(desk: &Desk) -> Result<Vec<(String, Certificate)>, Fault> {
    let items = desk.calls().list_all(list_of(ListName::Certificates), PAGES_MAX).await?.0;
    let now = desk.app.now();
    Ok(items
        .into_iter()
        .filter_map(|item| item.record)
        .filter_map(|record| match record.state {
            Some(State::Certificate(it)) if it.seal && certificate::is_usable(&it, now) => {
                Some((record.id, it))
            }
            _ => None,
        })
        .collect())
}

/// Opens the seal for the files that will be sealed: the main file and the PDFs attached.
///
/// # Errors
/// [`Fault::Invalid`] at the password or the certificate; the signer's fault.
pub(super) async fn unlock(
    desk: &Desk,
    certificate_id: &str,
    password: &str,
    documents: &[&OutgoingDocument],
) -> Result<String, Fault> {
    let mut digests: Vec<String> = documents
        .iter()
        .flat_map(|d| d.files.iter().filter(|f| f.media_type == "application/pdf"))
        .map(|f| f.digest.clone())
        .collect();
    digests.sort_unstable();
    digests.dedup();
    let request =
        UnlockRequest { certificate_id: certificate_id.to_owned(), password: password.to_owned(), digests };
    Ok(call!(desk, signer.unlock(request))?.mandate)
}

/// Ends a mandate; that it could not be ended is no failure of the act: it ends by itself.
pub(super) async fn lock(desk: &Desk, mandate: String) {
    if mandate.is_empty() {
        return;
    }
    if let Err(fault) = call!(desk, signer.end_mandate(EndMandateRequest { mandate })) {
        tracing::warn!(%fault, "mandate was not ended");
    }
}

/// True when the document still has to be sealed on the way.
pub(super) fn needs_seal(status: OutgoingStatus, upto: Upto) -> bool {
    upto >= Upto::Seal && matches!(status, OutgoingStatus::Signed | OutgoingStatus::Numbered)
}

#[derive(Template)]
#[template(path = "outgoing/issue.html")]
struct Page {
    frame: Frame,
    id: String,
    document: DocumentView,
    unit: String,
    signer: String,
    signed: String,
    files: Vec<FileView>,
    note: Option<Note>,
    expected: Expected,
    step: u8,
    notation: Field,
    /// The kept numbers that fit; none where there are none.
    kept: Option<Field>,
    suffix: Field,
    suffix_of: Field,
    suffix_reason: Field,
    seal: Field,
    seal_ends: String,
    /// Ids of the seals whose keys are outside.
    outside: String,
    password: Field,
    receivers: Vec<(String, bool)>,
    no_seal: bool,
    version: String,
    more: bool,
}

/// The form.
pub(super) async fn page(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    show(&desk, &id, &Form::default(), &Faults::default(), None).await
}

async fn show(
    desk: &Desk,
    id: &str,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let (record, document) = desk.calls().outgoing(id).await?;
    let seals = seals(desk).await?;
    let expected = Standing::read(desk).await?.next(desk, &document);
    let status = document.status();
    let step = match status {
        OutgoingStatus::Signed => 1,
        OutgoingStatus::Numbered => 2,
        OutgoingStatus::Sealed => 3,
        _ => 0,
    };
    let standing = (step == 0).then(|| Note {
        head: t::outgoing::not_now().to_owned(),
        text: if status < OutgoingStatus::Signed {
            t::outgoing::not_signed_yet().to_owned()
        } else {
            t::outgoing::issued_or_recalled().to_owned()
        },
        look: false,
    });
    let field = |name: &str, label: &str| Field::new(name, label, form).faults(faults, &[]);
    let here = list::clerk_tab(status).map_or("/van-ban-di/tat-ca", |t| t.href);
    let suffix = field("suffix", t::outgoing::suffix()).with("placeholder", "a").with("maxlength", "3");
    let more = form.is_set("suffix") || form.is_set("suffix_of") || form.is_set("suffix_reason");
    let mut notation = field("notation", t::outgoing::notation());
    if notation.value.is_empty() {
        notation.value.clone_from(&expected.notation);
    }
    let kept =
        if step == 1 { reserve::choices(desk, &expected.series_id, &document).await? } else { Vec::new() };
    let kept = (!kept.is_empty()).then(|| {
        let next = (String::new(), t::outgoing::next_number(&expected.number));
        let choices = std::iter::once(next).chain(kept);
        Field::choice("reserved_entry_id", t::outgoing::which_number(), form, choices).faults(faults, &[])
    });
    let page = Page {
        frame: desk.frame(t::outgoing::number_seal_issue(), here).await?,
        id: id.to_owned(),
        unit: desk.roll.unit(&document.unit_id),
        signer: desk.roll.person(&document.signer_id),
        signed: day::moment(document.signed_at.as_ref()),
        files: file::all(id, &document.files),
        note: note.or(standing),
        step,
        // What stands in the signed file cannot be written otherwise in the register.
        notation: if document.facts.as_ref().is_some_and(|f| !f.notation.is_empty()) {
            notation.with("readonly", "").marked(Mark::Sure(t::outgoing::in_signed().to_owned()))
        } else {
            notation.marked(Mark::Remark(t::outgoing::by_rule().to_owned()))
        },
        kept,
        suffix,
        suffix_of: field("suffix_of", t::outgoing::suffix_of()).with("inputmode", "numeric"),
        suffix_reason: field("suffix_reason", t::outgoing::reason()),
        seal_ends: seals.first().map(|(_, c)| certificate::ends(c, desk.app.now())).unwrap_or_default(),
        no_seal: seals.is_empty(),
        outside: certificate::outside(&seals),
        seal: Field::choice(
            "certificate_id",
            t::outgoing::seal(),
            form,
            seals.into_iter().map(|(id, c)| (id, certificate::label(&c))),
        )
        .faults(faults, &["certificate_id"]),
        password: Field::new("mat-khau", t::outgoing::seal_password(), &Form::default())
            .typed("password")
            .with("autocomplete", "off")
            .faults(faults, &["password"]),
        receivers: document.recipients.iter().map(|r| (r.name.clone(), r.inside.is_some())).collect(),
        version: record.version.to_string(),
        more,
        expected,
        document: DocumentView::outgoing(id, &document),
    };
    desk.page(&page)
}

/// Does what the button says.
pub(super) async fn run(desk: Desk, Path(id): Path<String>, mut form: Form) -> Result<Response, Failure> {
    match try_run(&desk, &id, &mut form).await {
        Ok(Went::ToAgent(path)) => Ok(see_other(&path)),
        Ok(Went::Upto(upto)) => {
            Ok(desk.go(&crate::link::document(&id), Toast::done(done(&desk, &id, upto).await)))
        }
        Err(fault) => {
            let shown = [
                "notation",
                "reserved_entry_id",
                "suffix",
                "suffix_of",
                "suffix_reason",
                "certificate_id",
                "mat-khau",
                "password",
            ];
            let (faults, note) = Faults::of(fault, &shown)?;
            show(&desk, &id, &form, &faults, note).await
        }
    }
}

/// How far it went.
enum Went {
    /// To the end of the act.
    Upto(Upto),
    /// To the number; the seal is put by a key outside, on another page.
    ToAgent(String),
}

async fn try_run(desk: &Desk, id: &str, form: &mut Form) -> Result<Went, Fault> {
    let request_id = form.request_id()?;
    let upto = Upto::of(form.text("viec"));
    let (_, document) = desk.calls().outgoing(id).await?;
    let status = document.status();
    let seals = needs_seal(status, upto);
    let certificate_id = form.text("certificate_id").to_owned();
    let outside = seals && outside::is_outside(&self::seals(desk).await?, &certificate_id);
    if seals && !outside && form.text("mat-khau").is_empty() {
        form.wrong("mat-khau", "REQUIRED", "the password of the seal is needed");
    }
    let suffix_of = u32::try_from(form.int("suffix_of")).unwrap_or(0);
    form.checked()?;
    let mut given = Given {
        notation: form.text("notation").to_owned(),
        reserved: form.text("reserved_entry_id").to_owned(),
        suffix: form.text("suffix").to_lowercase(),
        suffix_of,
        suffix_reason: form.text("suffix_reason").to_owned(),
        ..Given::default()
    };
    if outside {
        go_on(desk, id, status, Upto::Number, &given, &request_id).await?;
        return Ok(Went::ToAgent(outside::begun(&[id.to_owned()], &certificate_id, form.text("viec"))));
    }
    if seals {
        // The seal is opened before the number is drawn: a wrong password takes no number.
        given.mandate = unlock(desk, &certificate_id, form.text("mat-khau"), &[&document]).await?;
    }
    let went = go_on(desk, id, status, upto, &given, &request_id).await;
    lock(desk, given.mandate).await;
    went.map(|()| Went::Upto(upto))
}

async fn done(desk: &Desk, id: &str, upto: Upto) -> String {
    let number = match desk.calls().outgoing(id).await {
        Ok((record, document)) => DocumentView::outgoing(&record.id, &document).notation,
        Err(_) => String::new(),
    };
    match upto {
        Upto::Number => t::outgoing::numbered(number),
        Upto::Seal => t::outgoing::sealed(number),
        Upto::Issue => t::outgoing::issued_done(number),
    }
}

/// The state of the sending to one outside.
pub(super) async fn deliver(desk: Desk, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let number = |name: &str| form.text(name).parse::<i32>().unwrap_or(-1);
    let command = UpdateDelivery {
        document_id: id.clone(),
        recipient: number("recipient"),
        delivery: number("delivery").max(0),
        note: form.text("note").to_owned(),
    };
    let request = UpdateDeliveryRequest {
        request_id: form.request_id()?,
        command: Some(command),
        expected_versions: Vec::new(),
    };
    match call!(desk, routing.update_delivery(request)) {
        Ok(_) => Ok(desk.go(
            &format!("{}#noi-nhan", crate::link::document(&id)),
            Toast::done(t::outgoing::delivery_done()),
        )),
        Err(Fault::Invalid(list)) => {
            let text = list.iter().map(reasons::of_violation_with_field).collect::<Vec<_>>().join(" ");
            let note = Note { head: t::outgoing::not_recorded().to_owned(), text, look: false };
            detail::show(&desk, &id, Some(note)).await
        }
        Err(fault) => {
            let note = Note::of(fault)?;
            detail::show(&desk, &id, Some(note)).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seal_is_only_asked_for_when_it_is_on_the_way() {
        use OutgoingStatus as S;
        assert!(needs_seal(S::Signed, Upto::Issue) && needs_seal(S::Numbered, Upto::Seal));
        assert!(!needs_seal(S::Signed, Upto::Number));
        assert!(!needs_seal(S::Sealed, Upto::Issue));
        assert_eq!(Upto::of("cap-so"), Upto::Number);
        assert_eq!(Upto::of("tron-goi"), Upto::Issue);
    }
}
