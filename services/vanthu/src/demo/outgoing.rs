//! Outgoing documents of the demo: drafted, reviewed, approved, signed, numbered, sealed, issued, in the law's order.

use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{
    AssignNumber, CheckForm, CreateDraft, DocumentFacts, DocumentKind, InitialDraft, Issue, Principal,
    Recall, Recipient, ReturnDraft, ReviewContent, SecurityMarking, SigningCapacity, SubmitDraft, Urgency,
    VoidNumber, principal,
};
use proto::routing::v1::{
    ApproveDraftRequest, AssignNumberRequest, CheckFormRequest, CreateDraftRequest, InitialDraftRequest,
    IssueDocumentRequest, RecallDocumentRequest, ReturnDraftRequest, ReviewContentRequest,
    SealDocumentRequest, SignDocumentRequest, SubmitDraftRequest,
};
use proto::rpc::{fault_of, outgoing};
use proto::signer::v1::UnlockRequest;

use super::incoming::Unit;
use super::letters::{Letter, drafted};
use super::people::{KEY_PASSWORD, made};
use super::stage::Stage;

/// How far an outgoing document of the demo goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Goal {
    /// With its drafter.
    Drafted,
    /// Sent back to its drafter.
    SentBack,
    /// Waits for the review of content.
    Submitted,
    /// Waits for the check of form.
    Reviewed,
    /// Waits for approval.
    Checked,
    /// Waits for the signature.
    Approved,
    /// Waits for a number.
    Signed,
    /// Waits for the seal.
    Numbered,
    /// Its number was voided.
    Voided,
    /// Waits for issue.
    Sealed,
    /// Issued.
    Issued,
    /// Recalled.
    Recalled,
}

/// One outgoing document to come.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub(super) goal: Goal,
    pub(super) ident: String,
    pub(super) kind: DocumentKind,
    pub(super) subject: String,
    pub(super) urgency: Urgency,
    pub(super) unit: &'static Unit,
    pub(super) signer: &'static str,
    pub(super) recipients: Vec<String>,
    /// The incoming document that it answers; empty when none.
    pub(super) answers_id: String,
}

/// What has come of an outgoing document so far.
#[derive(Debug, Default)]
pub(super) struct Trace {
    pub(super) document_id: String,
}

/// The step's time after drafting, in milliseconds.
pub(super) fn step_after(step: usize) -> i64 {
    const MINUTES: [i64; 10] = [0, 20, 45, 70, 100, 130, 150, 156, 162, 60 * 24 * 3];
    MINUTES.get(step).copied().unwrap_or(0) * 60_000
}

/// Takes one step; answers whether there is another.
pub(super) async fn step(
    stage: &mut Stage,
    document: &Outgoing,
    trace: &mut Trace,
    step: usize,
) -> Result<bool, Fault> {
    let goal = document.goal;
    let id = trace.document_id.clone();
    match step {
        0 => draft(stage, document, trace).await?,
        1 => submit(stage, document, id).await?,
        2 if goal == Goal::SentBack => {
            send_back(stage, document, id).await?;
            return Ok(false);
        }
        2 => review(stage, document, id).await?,
        3 => check(stage, id).await?,
        4 => approve(stage, document, id).await?,
        5 => sign(stage, document, &id).await?,
        6 => number(stage, id).await?,
        7 if goal == Goal::Voided => {
            void(stage, &id).await?;
            return Ok(false);
        }
        7 => seal(stage, &id).await?,
        8 => issue(stage, id).await?,
        9 => recall(stage, id).await?,
        _ => return Ok(false),
    }
    let last = match goal {
        Goal::Drafted => 0,
        Goal::Submitted => 1,
        Goal::SentBack | Goal::Reviewed => 2,
        Goal::Checked => 3,
        Goal::Approved => 4,
        Goal::Signed => 5,
        Goal::Numbered => 6,
        Goal::Voided | Goal::Sealed => 7,
        Goal::Issued => 8,
        Goal::Recalled => 9,
    };
    Ok(step < last)
}

async fn draft(stage: &mut Stage, document: &Outgoing, trace: &mut Trace) -> Result<(), Fault> {
    let signer = stage.actor(document.signer)?.clone();
    let head = "Giám đốc".to_owned();
    let (capacity, lines, position) = match document.signer {
        "giamdoc" => (SigningCapacity::Head, Vec::new(), signer.title.clone()),
        "chanhvanphong" => (SigningCapacity::ByOrder, vec![format!("TL. {head}")], signer.title.clone()),
        _ => (SigningCapacity::ForHead, vec![format!("KT. {head}")], signer.title.clone()),
    };
    let unit = stage.actor(document.unit.officer)?.unit_id.clone();
    let abbreviation = unit_abbreviation(stage, document.unit.officer, &unit).await?;
    let notation = domain::notation::default_notation(document.kind, "SNV", &abbreviation)
        .map_err(|e| Fault::broken(format!("{e:?}")))?;
    let letter = Letter {
        ident: document.ident.clone(),
        rendered_at_ms: stage.clock.now(),
        kind: document.kind,
        notation: notation.as_str().to_owned(),
        subject: &document.subject,
        urgency: document.urgency,
    };
    let letter = drafted(&letter, lines, &position, &signer.name, document.recipients.clone());
    let mut recipients: Vec<Recipient> = document
        .recipients
        .iter()
        .map(|name| Recipient { name: name.clone(), ..Recipient::default() })
        .collect();
    recipients.push(Recipient {
        inside: Some(Principal { who: Some(principal::Who::UnitId(unit)) }),
        name: "Đơn vị soạn thảo".to_owned(),
        ..Recipient::default()
    });
    let facts = DocumentFacts {
        kind: document.kind.into(),
        notation: notation.as_str().to_owned(),
        subject: document.subject.clone(),
        urgency: document.urgency.into(),
        marking: SecurityMarking::None.into(),
        ..DocumentFacts::default()
    };
    let request = CreateDraftRequest {
        request_id: stage.request_id(),
        draft: Some(CreateDraft {
            facts: Some(facts),
            signer_id: signer.person_id,
            signer_position_id: signer.position_id,
            capacity: capacity.into(),
            recipients,
            answers_id: document.answers_id.clone(),
            copies: 1,
            ..CreateDraft::default()
        }),
        letter: Some(letter),
    };
    let identity = stage.identity(document.unit.officer).await?;
    let answer =
        stage.peers.routing().create_draft(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
    trace.document_id = made(answer.into_inner().receipt, "out_")?;
    Ok(())
}

async fn unit_abbreviation(stage: &mut Stage, login: &str, unit_id: &str) -> Result<String, Fault> {
    let identity = stage.identity(login).await?;
    let request = proto::archive::v1::GetRequest { id: unit_id.to_owned(), at_least: 0 };
    let answer = stage.peers.archive().get(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
    match answer.into_inner().record.and_then(|r| r.state) {
        Some(State::Unit(unit)) => Ok(unit.abbreviation),
        _ => Err(Fault::unknown(unit_id)),
    }
}

/// An act of one command: who, which client method, which request.
macro_rules! act {
    ($stage:ident, $login:expr, $method:ident, $request:ident { $($command:tt)* }) => {{
        let request = $request {
            request_id: $stage.request_id(),
            command: Some($($command)*),
            expected_versions: Vec::new(),
        };
        let identity = $stage.identity($login).await?;
        let answer = $stage.peers.routing().$method(outgoing(&identity, request)).await;
        answer.map(drop).map_err(|s| fault_of(&s))
    }};
}

async fn submit(stage: &mut Stage, document: &Outgoing, document_id: String) -> Result<(), Fault> {
    act!(stage, document.unit.officer, submit_draft, SubmitDraftRequest { SubmitDraft { document_id, note: String::new() } })
}

async fn send_back(stage: &mut Stage, document: &Outgoing, document_id: String) -> Result<(), Fault> {
    let reason = "Bổ sung căn cứ pháp lý và số liệu đến hết tháng trước.".to_owned();
    act!(stage, document.unit.head, return_draft, ReturnDraftRequest { ReturnDraft { document_id, reason } })
}

async fn review(stage: &mut Stage, document: &Outgoing, document_id: String) -> Result<(), Fault> {
    let note = "Nội dung đạt.".to_owned();
    act!(stage, document.unit.head, review_content, ReviewContentRequest { ReviewContent { document_id: document_id.clone(), note } })?;
    act!(stage, document.unit.head, initial_draft, InitialDraftRequest { InitialDraft { document_id, note: String::new() } })
}

async fn check(stage: &mut Stage, document_id: String) -> Result<(), Fault> {
    let note = "Thể thức đúng Phụ lục I Nghị định 30/2020/NĐ-CP.".to_owned();
    act!(stage, "thethuc", check_form, CheckFormRequest { CheckForm { document_id, note } })
}

async fn approve(stage: &mut Stage, document: &Outgoing, document_id: String) -> Result<(), Fault> {
    let request = ApproveDraftRequest {
        request_id: stage.request_id(),
        document_id,
        places: Vec::new(),
        note: String::new(),
        expected_versions: Vec::new(),
    };
    let identity = stage.identity(document.signer).await?;
    let answer = stage.peers.routing().approve_draft(outgoing(&identity, request)).await;
    answer.map(drop).map_err(|s| fault_of(&s))
}

/// The digests of the files of a document: what its signer is shown.
async fn shown(stage: &mut Stage, login: &str, document_id: &str) -> Result<Vec<String>, Fault> {
    let identity = stage.identity(login).await?;
    let request = proto::archive::v1::GetRequest { id: document_id.to_owned(), at_least: 0 };
    let answer = stage.peers.archive().get(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
    match answer.into_inner().record.and_then(|r| r.state) {
        Some(State::Outgoing(document)) => Ok(document.files.into_iter().map(|f| f.digest).collect()),
        _ => Err(Fault::unknown(document_id)),
    }
}

/// Opens somebody's key for the files of one document.
async fn mandate(stage: &mut Stage, login: &str, document_id: &str) -> Result<String, Fault> {
    let digests = shown(stage, login, document_id).await?;
    let certificate_id = stage.actor(login)?.certificate_id.clone();
    let request = UnlockRequest { certificate_id, password: KEY_PASSWORD.to_owned(), digests };
    let identity = stage.identity(login).await?;
    let answer = stage.peers.signer().unlock(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
    Ok(answer.into_inner().mandate)
}

async fn sign(stage: &mut Stage, document: &Outgoing, document_id: &str) -> Result<(), Fault> {
    let mandate = mandate(stage, document.signer, document_id).await?;
    let request =
        SignDocumentRequest { request_id: stage.request_id(), document_id: document_id.to_owned(), mandate };
    let identity = stage.identity(document.signer).await?;
    let answer = stage.peers.routing().sign_document(outgoing(&identity, request)).await;
    answer.map(drop).map_err(|s| fault_of(&s))
}

async fn number(stage: &mut Stage, document_id: String) -> Result<(), Fault> {
    let identity = stage.identity("vanthu").await?;
    let request = proto::archive::v1::GetRequest { id: document_id.clone(), at_least: 0 };
    let answer = stage.peers.archive().get(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
    let Some(State::Outgoing(document)) = answer.into_inner().record.and_then(|r| r.state) else {
        return Err(Fault::unknown(document_id));
    };
    let notation = document.facts.map(|f| f.notation).unwrap_or_default();
    act!(stage, "vanthu", assign_number, AssignNumberRequest { AssignNumber { document_id, notation, ..AssignNumber::default() } })
}

async fn seal(stage: &mut Stage, document_id: &str) -> Result<(), Fault> {
    let mandate = mandate(stage, "vanthu", document_id).await?;
    let request =
        SealDocumentRequest { request_id: stage.request_id(), document_id: document_id.to_owned(), mandate };
    let identity = stage.identity("vanthu").await?;
    let answer = stage.peers.routing().seal_document(outgoing(&identity, request)).await;
    answer.map(drop).map_err(|s| fault_of(&s))
}

async fn issue(stage: &mut Stage, document_id: String) -> Result<(), Fault> {
    act!(stage, "vanthu", issue_document, IssueDocumentRequest { Issue { document_id } })
}

async fn recall(stage: &mut Stage, document_id: String) -> Result<(), Fault> {
    let reason = "Văn bản có sai sót về nội dung, sẽ ban hành văn bản thay thế.".to_owned();
    act!(stage, "vanthu", recall_document, RecallDocumentRequest { Recall { document_id, reason } })
}

/// Voids the number of a document that was numbered and will not go out.
async fn void(stage: &mut Stage, document_id: &str) -> Result<(), Fault> {
    let identity = stage.identity("vanthu").await?;
    let request = proto::archive::v1::GetRequest { id: document_id.to_owned(), at_least: 0 };
    let answer = stage.peers.archive().get(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
    let Some(State::Outgoing(document)) = answer.into_inner().record.and_then(|r| r.state) else {
        return Err(Fault::unknown(document_id));
    };
    let number = document.number.ok_or_else(|| Fault::broken("no number to void"))?;
    let entry_id = domain::id::register_entry(&number.series_id, number.year, number.ordinal, &number.suffix);
    let request = proto::intake::v1::VoidNumberRequest {
        request_id: stage.request_id(),
        command: Some(VoidNumber {
            entry_id, reason: "Lãnh đạo dừng ban hành sau khi đã lấy số".to_owned()
        }),
        expected_versions: Vec::new(),
    };
    let identity = stage.identity("vanthu").await?;
    let answer = stage.peers.intake().void_number(outgoing(&identity, request)).await;
    answer.map(drop).map_err(|s| fault_of(&s))
}
