//! Acts on a draft that need no more than a word: trình, kiểm tra, ký nháy, trả lại, bỏ, thu hồi. The document on the
//! left, the word on the right.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use proto::fault::Fault;
use proto::record::v1::{
    CheckForm, InitialDraft, OutgoingDocument, Recall, ReturnDraft, ReviewContent, SubmitDraft, WithdrawDraft,
};
use proto::routing::v1::{
    CheckFormRequest, InitialDraftRequest, RecallDocumentRequest, ReturnDraftRequest, ReviewContentRequest,
    SubmitDraftRequest, WithdrawDraftRequest,
};

use super::places::{BoxView, boxes};
use super::{acts, list};
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::expected;
use crate::texts::t::{self, Words};
use crate::toast::Toast;
use crate::view::document::DocumentView;
use crate::view::field::{Faults, Field, Note};
use crate::view::file::{self, FileView};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Submit,
    Review,
    CheckForm,
    Initial,
    Return,
    Withdraw,
    Recall,
}

/// How an act looks.
struct Look {
    slug: &'static str,
    act: Act,
    title: Words,
    /// What it does, in a sentence.
    lead: Words,
    button: Words,
    label: Words,
    /// True when a reason must be given.
    needed: bool,
    /// Said when it is done.
    done: Words,
}

const LOOKS: [Look; 7] = [
    Look {
        slug: "trinh",
        act: Act::Submit,
        title: t::outgoing::submit_title,
        lead: t::outgoing::submit_lead,
        button: t::outgoing::submit_button,
        label: t::outgoing::submit_note,
        needed: false,
        done: t::outgoing::submit_done,
    },
    Look {
        slug: "kiem-tra-noi-dung",
        act: Act::Review,
        title: t::outgoing::review_title,
        lead: t::outgoing::review_lead,
        button: t::outgoing::review_button,
        label: t::outgoing::remark,
        needed: false,
        done: t::outgoing::review_done,
    },
    Look {
        slug: "kiem-tra-the-thuc",
        act: Act::CheckForm,
        title: t::outgoing::check_title,
        lead: t::outgoing::check_lead,
        button: t::outgoing::check_button,
        label: t::outgoing::note,
        needed: false,
        done: t::outgoing::check_done,
    },
    Look {
        slug: "ky-nhay",
        act: Act::Initial,
        title: t::outgoing::initial_title,
        lead: t::outgoing::initial_lead,
        button: t::outgoing::initial_button,
        label: t::outgoing::note,
        needed: false,
        done: t::outgoing::initial_done,
    },
    Look {
        slug: "tra-lai",
        act: Act::Return,
        title: t::outgoing::give_back_title,
        lead: t::outgoing::give_back_lead,
        button: t::outgoing::give_back_button,
        label: t::outgoing::reason,
        needed: true,
        done: t::outgoing::give_back_done,
    },
    Look {
        slug: "bo",
        act: Act::Withdraw,
        title: t::outgoing::withdraw_title,
        lead: t::outgoing::withdraw_lead,
        button: t::outgoing::withdraw_button,
        label: t::outgoing::reason,
        needed: true,
        done: t::outgoing::withdraw_done,
    },
    Look {
        slug: "thu-hoi",
        act: Act::Recall,
        title: t::outgoing::recall_title,
        lead: t::outgoing::recall_lead,
        button: t::outgoing::recall_button,
        label: t::outgoing::reason,
        needed: true,
        done: t::outgoing::recall_done,
    },
];

/// The nine mandatory parts (Điều 8 Nghị định 30/2020/NĐ-CP), in its order: name of the input, words, what to look at.
const PARTS: [(&str, Words, Words); 9] = [
    ("quoc-hieu", t::outgoing::part_quoc_hieu, t::outgoing::part_quoc_hieu_hint),
    ("co-quan", t::outgoing::part_co_quan, t::outgoing::part_co_quan_hint),
    ("so-ky-hieu", t::outgoing::part_so_ky_hieu, t::outgoing::part_so_ky_hieu_hint),
    ("dia-danh", t::outgoing::part_dia_danh, t::outgoing::part_dia_danh_hint),
    ("trich-yeu", t::outgoing::part_trich_yeu, t::outgoing::part_trich_yeu_hint),
    ("noi-dung", t::outgoing::part_noi_dung, t::outgoing::part_noi_dung_hint),
    ("nguoi-ky", t::outgoing::part_nguoi_ky, t::outgoing::part_nguoi_ky_hint),
    ("dau", t::outgoing::part_dau, t::outgoing::part_dau_hint),
    ("noi-nhan", t::outgoing::part_noi_nhan, t::outgoing::part_noi_nhan_hint),
];

struct Part {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    ticked: bool,
    /// True for the first one that nobody ticked.
    first: bool,
}

#[derive(Template)]
#[template(path = "outgoing/act.html")]
struct Page {
    frame: Frame,
    id: String,
    slug: &'static str,
    title: &'static str,
    lead: &'static str,
    button: &'static str,
    back_look: bool,
    document: DocumentView,
    unit: String,
    drafter: String,
    holder: String,
    files: Vec<FileView>,
    boxes: Vec<BoxView>,
    parts: Vec<Part>,
    text: Field,
    note: Option<Note>,
    version: String,
    receivers: Vec<String>,
}

fn look(slug: &str) -> Result<&'static Look, Fault> {
    LOOKS.iter().find(|l| l.slug == slug).ok_or_else(|| Fault::unknown(slug))
}

/// The form of an act.
pub(super) async fn page(desk: Desk, Path((id, slug)): Path<(String, String)>) -> Result<Response, Failure> {
    let look = look(&slug)?;
    let (record, document) = desk.calls().outgoing(&id).await?;
    let mut form = Form::default();
    form.set("version", record.version.to_string());
    let wanted = format!("/van-ban-di/{id}/{slug}");
    let valid = acts::on(&id, &document, &desk.caller()).iter().any(|a| a.href == wanted);
    let note = (!valid).then(|| Note {
        head: t::outgoing::not_now().to_owned(),
        text: t::outgoing::other_step().to_owned(),
        look: false,
    });
    show(&desk, &id, &document, look, &form, &Faults::default(), note).await
}

async fn show(
    desk: &Desk,
    id: &str,
    document: &OutgoingDocument,
    look: &Look,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let today = desk.today();
    let mut text =
        Field::new(if look.needed { "reason" } else { "note" }, (look.label)(), form).faults(faults, &[]);
    let parts = if look.act == Act::CheckForm { parts(form) } else { Vec::new() };
    // Where the work begins: the first part that nobody ticked, else the word.
    if parts.iter().all(|p| p.ticked) {
        text = text.with("autofocus", "");
    }
    if look.needed {
        text = text.required();
    }
    let page = Page {
        frame: desk.frame((look.title)(), "/van-ban-di/tat-ca").await?,
        id: id.to_owned(),
        slug: look.slug,
        title: (look.title)(),
        lead: (look.lead)(),
        button: (look.button)(),
        back_look: matches!(look.act, Act::Return | Act::Withdraw | Act::Recall),
        document: DocumentView::outgoing(id, document),
        unit: desk.roll.unit(&document.unit_id),
        drafter: desk.roll.person(&document.drafter_id),
        holder: list::holder(document, &desk.roll, &today),
        files: file::all(id, &document.files),
        // Once it is signed the page itself shows what stands there.
        boxes: if acts::is_unsigned(document.status()) { boxes(&document.places) } else { Vec::new() },
        parts,
        text,
        note,
        version: form.text("version").to_owned(),
        receivers: document.recipients.iter().map(|r| r.name.clone()).collect(),
    };
    desk.page(&page)
}

fn parts(form: &Form) -> Vec<Part> {
    let ticked = |name: &str| form.all("da-xem").any(|v| v == name);
    let first = PARTS.iter().map(|(name, ..)| *name).find(|name| !ticked(name));
    PARTS
        .iter()
        .map(|(name, label, hint)| Part {
            name,
            label: label(),
            hint: hint(),
            ticked: ticked(name),
            first: first == Some(name),
        })
        .collect()
}

/// What was ticked is told with the remark: who reads the history sees what was looked at.
fn checked_note(form: &Form) -> Result<String, Fault> {
    let missing = PARTS.iter().filter(|(name, ..)| !form.all("da-xem").any(|v| v == *name)).count();
    if missing > 0 {
        let text = format!("{missing} parts of the form are not ticked");
        return Err(Fault::refused("FORM_PARTS_NOT_TICKED", text));
    }
    let said = form.text("note");
    let told = "Đã xem đủ 9 thành phần thể thức.";
    Ok(if said.is_empty() { told.to_owned() } else { format!("{told} {said}") })
}

/// Does it.
pub(super) async fn done(
    desk: Desk,
    Path((id, slug)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let look = look(&slug)?;
    match act(&desk, &id, look.act, &form).await {
        Ok(()) => {
            let there = form.text("ve");
            let back =
                if crate::failure::is_local(there) { there.to_owned() } else { crate::link::document(&id) };
            Ok(desk.go(&back, Toast::done((look.done)())))
        }
        Err(fault) => {
            let (record, document) = desk.calls().outgoing(&id).await?;
            let (faults, note) = Faults::of(fault, &["note", "reason"])?;
            // The next try is about what the page shows now.
            let mut form = form;
            form.set("version", record.version.to_string());
            show(&desk, &id, &document, look, &form, &faults, note).await
        }
    }
}

async fn act(desk: &Desk, id: &str, act: Act, form: &Form) -> Result<(), Fault> {
    let request_id = form.request_id()?;
    let document_id = id.to_owned();
    let note = form.text("note").to_owned();
    let reason = form.text("reason").to_owned();
    let expected_versions = expected(id, form.text("version"));
    match act {
        Act::Submit => {
            let command = Some(SubmitDraft { document_id, note });
            call!(desk, routing.submit_draft(SubmitDraftRequest { request_id, command, expected_versions }))
                .map(drop)
        }
        Act::Review => {
            let command = Some(ReviewContent { document_id, note });
            call!(
                desk,
                routing.review_content(ReviewContentRequest { request_id, command, expected_versions })
            )
            .map(drop)
        }
        Act::CheckForm => {
            let command = Some(CheckForm { document_id, note: checked_note(form)? });
            call!(desk, routing.check_form(CheckFormRequest { request_id, command, expected_versions }))
                .map(drop)
        }
        Act::Initial => {
            let command = Some(InitialDraft { document_id, note });
            call!(desk, routing.initial_draft(InitialDraftRequest { request_id, command, expected_versions }))
                .map(drop)
        }
        Act::Return => {
            let command = Some(ReturnDraft { document_id, reason });
            call!(desk, routing.return_draft(ReturnDraftRequest { request_id, command, expected_versions }))
                .map(drop)
        }
        Act::Withdraw => {
            let command = Some(WithdrawDraft { document_id, reason });
            call!(
                desk,
                routing.withdraw_draft(WithdrawDraftRequest { request_id, command, expected_versions })
            )
            .map(drop)
        }
        Act::Recall => {
            let command = Some(Recall { document_id, reason });
            call!(
                desk,
                routing.recall_document(RecallDocumentRequest { request_id, command, expected_versions })
            )
            .map(drop)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_called_right_only_when_all_nine_parts_were_looked_at() {
        let all: String = PARTS.iter().map(|(name, ..)| format!("&da-xem={name}")).collect();
        let form = Form::parse(&format!("note=Tot{all}"));
        assert_eq!(checked_note(&form).expect("note"), "Đã xem đủ 9 thành phần thể thức. Tot");
        let eight = all.replacen("&da-xem=dau", "", 1);
        let Err(Fault::Refused { reason, .. }) = checked_note(&Form::parse(&eight)) else {
            panic!("eight are not nine")
        };
        assert_eq!(reason, "FORM_PARTS_NOT_TICKED");
    }

    #[test]
    fn every_act_has_its_own_path() {
        let mut slugs: Vec<_> = LOOKS.iter().map(|l| l.slug).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), LOOKS.len());
    }
}
