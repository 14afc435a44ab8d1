//! Incoming documents of the demo: each goes its way step by step, at times of the year that has passed.

use bytes::Bytes;
use proto::fault::Fault;
use proto::intake::v1::{
    ReceiveIncomingDocumentRequest, RegisterIncomingDocumentRequest, ReturnIncomingDocumentRequest,
    VoidNumberRequest,
};
use proto::record::v1::record::State;
use proto::record::v1::{
    AssignmentRole, Channel, CompleteAssignment, Date, DirectIncoming, DocumentFacts, DocumentKind, FileRef,
    HandOn, NewAssignment, OpenedNow, Principal, RecordOpened, RegisterIncoming, ReportProgress,
    ReturnIncoming, SecurityMarking, SignerInfo, SubmitIncoming, Urgency, VoidNumber, principal,
};
use proto::routing::v1::{
    CompleteAssignmentRequest, DirectIncomingDocumentRequest, HandOnRequest, RecordOpenedRequest,
    ReportProgressRequest, SubmitIncomingDocumentRequest,
};
use proto::rpc::stream::{file_ref, put_file};
use proto::rpc::{fault_of, outgoing};

use super::people::made;
use super::stage::Stage;

/// How far an incoming document of the demo goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Goal {
    /// Received only.
    Received,
    /// Returned to its sender.
    Returned,
    /// Registered, and its number voided.
    Voided,
    /// Registered.
    Registered,
    /// Submitted to a leader.
    Submitted,
    /// Directed to a unit.
    Directed,
    /// Handed on to an officer, with progress told.
    InProgress,
    /// Completed by its lead.
    Completed,
}

/// One incoming document to come.
#[derive(Debug, Clone)]
pub(super) struct Incoming {
    pub(super) goal: Goal,
    pub(super) issuer: String,
    pub(super) number: u32,
    pub(super) notation: String,
    pub(super) kind: DocumentKind,
    pub(super) subject: String,
    pub(super) urgency: Urgency,
    pub(super) issued_on: Date,
    pub(super) channel: Channel,
    /// Working days that the leader gives; 0: no deadline.
    pub(super) due_in: u32,
    pub(super) leader: &'static str,
    pub(super) unit: &'static Unit,
    pub(super) supporting: Option<&'static Unit>,
    pub(super) pdf: Option<Vec<u8>>,
    pub(super) pages: i32,
}

/// Who works in a unit.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) head: &'static str,
    pub(super) officer: &'static str,
}

/// The units that are given work.
pub(super) const UNITS: [Unit; 4] = [
    Unit { head: "truongphong", officer: "chuyenvien" },
    Unit { head: "truongphong2", officer: "chuyenvien2" },
    Unit { head: "truongphong3", officer: "chuyenvien3" },
    Unit { head: "truongphong4", officer: "chuyenvien4" },
];

/// What has come of an incoming document so far.
#[derive(Debug, Default)]
pub(super) struct Trace {
    pub(super) document_id: String,
    pub(super) lead_id: String,
    pub(super) child_id: String,
}

/// Minutes between two steps of the same document.
const STEP_MS: [i64; 7] = [0, 12, 25, 95, 120, 60 * 24, 60 * 48];

/// The step's time after arrival, in milliseconds.
pub(super) fn step_after(step: usize) -> i64 {
    STEP_MS.get(step).copied().unwrap_or(0) * 60_000
}

/// Takes one step; answers whether there is another.
pub(super) async fn step(
    stage: &mut Stage,
    document: &Incoming,
    trace: &mut Trace,
    step: usize,
    holidays: &[Date],
) -> Result<bool, Fault> {
    match step {
        0 => receive(stage, document, trace).await?,
        1 if document.goal == Goal::Returned => {
            return_to_sender(stage, trace).await?;
            return Ok(false);
        }
        1 => register(stage, document, trace).await?,
        2 if document.goal == Goal::Voided => void(stage, trace).await?,
        2 => submit(stage, document, trace).await?,
        3 => direct(stage, document, trace, holidays).await?,
        4 => hand_on(stage, document, trace).await?,
        5 => progress(stage, document, trace).await?,
        6 => complete(stage, document, trace).await?,
        _ => return Ok(false),
    }
    Ok(match document.goal {
        Goal::Received => false,
        Goal::Returned | Goal::Registered => step < 1,
        Goal::Voided | Goal::Submitted => step < 2,
        Goal::Directed => step < 3,
        Goal::InProgress => step < 5,
        Goal::Completed => step < 6,
    })
}

async fn receive(stage: &mut Stage, document: &Incoming, trace: &mut Trace) -> Result<(), Fault> {
    let identity = stage.identity("vanthu").await?;
    let mut files: Vec<FileRef> = Vec::new();
    if let Some(pdf) = &document.pdf {
        let bytes = Bytes::from(pdf.clone());
        let (digest, size) = put_file(&mut stage.peers.archive(), &identity, bytes.clone()).await?;
        let symbol = document.notation.replace('/', "-");
        let name = format!("{}-{symbol}.pdf", document.number);
        files.push(file_ref(digest, size, &name, &bytes, document.pages));
    }
    let facts = DocumentFacts {
        urgency: document.urgency.into(),
        marking: SecurityMarking::None.into(),
        ..DocumentFacts::default()
    };
    let request = ReceiveIncomingDocumentRequest {
        request_id: stage.request_id(),
        facts: Some(facts),
        files,
        channel: document.channel.into(),
        arrival_date: None,
    };
    let answer = stage.peers.intake().receive_incoming_document(outgoing(&identity, request)).await;
    trace.document_id = made(answer.map_err(|s| fault_of(&s))?.into_inner().receipt, "in_")?;
    Ok(())
}

async fn register(stage: &mut Stage, document: &Incoming, trace: &Trace) -> Result<(), Fault> {
    let facts = DocumentFacts {
        kind: document.kind.into(),
        number: document.number.to_string(),
        notation: document.notation.clone(),
        issued_date: Some(document.issued_on),
        issuer: document.issuer.clone(),
        subject: document.subject.clone(),
        language: String::new(),
        pages: document.pages,
        note: String::new(),
        signer: Some(SignerInfo {
            position: "Thủ trưởng đơn vị".to_owned(),
            full_name: "Trần Văn Mẫu (demo)".to_owned(),
        }),
        urgency: document.urgency.into(),
        marking: SecurityMarking::None.into(),
        reply_due: None,
        kind_name: String::new(),
    };
    let request = RegisterIncomingDocumentRequest {
        request_id: stage.request_id(),
        command: Some(RegisterIncoming {
            document_id: trace.document_id.clone(),
            facts: Some(facts),
            arrival_date: Some(domain::calendar::date_at(stage.clock.now())),
            to_places: "Ban Giám đốc".to_owned(),
            despite_duplicate: true,
            submit_to: String::new(),
        }),
        expected_versions: Vec::new(),
    };
    let identity = stage.identity("vanthu").await?;
    let answer = stage.peers.intake().register_incoming_document(outgoing(&identity, request)).await;
    answer.map(drop).map_err(|s| fault_of(&s))
}

async fn return_to_sender(stage: &mut Stage, trace: &Trace) -> Result<(), Fault> {
    let request = ReturnIncomingDocumentRequest {
        request_id: stage.request_id(),
        command: Some(ReturnIncoming {
            document_id: trace.document_id.clone(),
            reason: "Văn bản gửi nhầm nơi nhận, không thuộc thẩm quyền giải quyết của Sở".to_owned(),
        }),
        expected_versions: Vec::new(),
    };
    let identity = stage.identity("vanthu").await?;
    let answer = stage.peers.intake().return_incoming_document(outgoing(&identity, request)).await;
    answer.map(drop).map_err(|s| fault_of(&s))
}

/// Voids the number of a document that was registered by mistake.
async fn void(stage: &mut Stage, trace: &Trace) -> Result<(), Fault> {
    let identity = stage.identity("vanthu").await?;
    let request = proto::archive::v1::GetRequest { id: trace.document_id.clone(), at_least: 0 };
    let answer = stage.peers.archive().get(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
    let Some(State::Incoming(document)) = answer.into_inner().record.and_then(|r| r.state) else {
        return Err(Fault::unknown(&trace.document_id));
    };
    let number = document.number.ok_or_else(|| Fault::broken("no number to void"))?;
    let entry_id = domain::id::register_entry(&number.series_id, number.year, number.ordinal, &number.suffix);
    let request = VoidNumberRequest {
        request_id: stage.request_id(),
        command: Some(VoidNumber {
            entry_id,
            reason: "Vào sổ nhầm: văn bản đã đăng ký ở số khác".to_owned(),
        }),
        expected_versions: Vec::new(),
    };
    let answer = stage.peers.intake().void_number(outgoing(&identity, request)).await;
    answer.map(drop).map_err(|s| fault_of(&s))
}

async fn submit(stage: &mut Stage, document: &Incoming, trace: &Trace) -> Result<(), Fault> {
    let request = SubmitIncomingDocumentRequest {
        request_id: stage.request_id(),
        command: Some(SubmitIncoming {
            document_id: trace.document_id.clone(),
            leader_id: stage.actor(document.leader)?.person_id.clone(),
            note: String::new(),
        }),
        expected_versions: Vec::new(),
    };
    let identity = stage.identity("vanthu").await?;
    let answer = stage.peers.routing().submit_incoming_document(outgoing(&identity, request)).await;
    answer.map(drop).map_err(|s| fault_of(&s))
}

async fn direct(
    stage: &mut Stage,
    document: &Incoming,
    trace: &mut Trace,
    off: &[Date],
) -> Result<(), Fault> {
    let today = domain::calendar::date_at(stage.clock.now());
    let unit = |stage: &Stage, head: &str, role: AssignmentRole| -> Result<NewAssignment, Fault> {
        let unit_id = stage.actor(head)?.unit_id.clone();
        let assignee = Some(Principal { who: Some(principal::Who::UnitId(unit_id)) });
        Ok(NewAssignment { role: role.into(), assignee, due_date: None, instruction: String::new() })
    };
    let mut assignments = vec![unit(stage, document.unit.head, AssignmentRole::Lead)?];
    if let Some(helper) = document.supporting.filter(|u| u.head != document.unit.head) {
        assignments.push(unit(stage, helper.head, AssignmentRole::Supporting)?);
    }
    let informed = stage.actor("chanhvanphong")?.person_id.clone();
    assignments.push(NewAssignment {
        role: AssignmentRole::ForInformation.into(),
        assignee: Some(Principal { who: Some(principal::Who::PersonId(informed)) }),
        ..NewAssignment::default()
    });
    let due_date = (document.due_in > 0).then(|| working_days_after(today, document.due_in, off));
    let text = if document.urgency == Urgency::Normal {
        "Giao đơn vị chủ trì nghiên cứu, tham mưu thực hiện; báo cáo kết quả đúng hạn."
    } else {
        "Văn bản khẩn: triển khai ngay, báo cáo Ban Giám đốc kết quả trong thời hạn."
    };
    let request = DirectIncomingDocumentRequest {
        request_id: stage.request_id(),
        command: Some(DirectIncoming {
            document_id: trace.document_id.clone(),
            text: text.to_owned(),
            assignments,
            due_date,
        }),
        expected_versions: Vec::new(),
    };
    let identity = stage.identity(document.leader).await?;
    let answer = stage.peers.routing().direct_incoming_document(outgoing(&identity, request)).await;
    let records = answer.map_err(|s| fault_of(&s))?.into_inner().receipt.unwrap_or_default().records;
    trace.lead_id = records
        .into_iter()
        .find_map(|record| match record.state {
            Some(State::Incoming(document)) => Some(document.lead_assignment_id),
            _ => None,
        })
        .ok_or_else(|| Fault::broken("the direction names no document"))?;
    Ok(())
}

async fn hand_on(stage: &mut Stage, document: &Incoming, trace: &mut Trace) -> Result<(), Fault> {
    let identity = stage.identity(document.unit.head).await?;
    let at = Some(domain::calendar::timestamp(stage.clock.now()));
    let request = RecordOpenedRequest {
        request_id: stage.request_id(),
        command: Some(RecordOpened {
            opened: vec![OpenedNow { document_id: trace.document_id.clone(), at }],
        }),
        expected_versions: Vec::new(),
    };
    stage.peers.routing().record_opened(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
    let request = HandOnRequest {
        request_id: stage.request_id(),
        command: Some(HandOn {
            assignment_id: trace.lead_id.clone(),
            person_id: stage.actor(document.unit.officer)?.person_id.clone(),
            instruction: "Chủ trì tham mưu, trình dự thảo trước hạn.".to_owned(),
            due_date: None,
        }),
        expected_versions: Vec::new(),
    };
    let answer =
        stage.peers.routing().hand_on(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
    let records = answer.into_inner().receipt.unwrap_or_default().records;
    trace.child_id = records
        .into_iter()
        .find(|r| matches!(&r.state, Some(State::Assignment(a)) if a.parent_id == trace.lead_id))
        .map(|r| r.id)
        .ok_or_else(|| Fault::broken("handing on made no assignment"))?;
    Ok(())
}

async fn progress(stage: &mut Stage, document: &Incoming, trace: &Trace) -> Result<(), Fault> {
    let request = ReportProgressRequest {
        request_id: stage.request_id(),
        command: Some(ReportProgress {
            assignment_id: trace.child_id.clone(),
            text: "Đã rà soát hồ sơ, đang tổng hợp ý kiến các đơn vị liên quan.".to_owned(),
        }),
        expected_versions: Vec::new(),
    };
    let identity = stage.identity(document.unit.officer).await?;
    let answer = stage.peers.routing().report_progress(outgoing(&identity, request)).await;
    answer.map(drop).map_err(|s| fault_of(&s))
}

async fn complete(stage: &mut Stage, document: &Incoming, trace: &Trace) -> Result<(), Fault> {
    let request = CompleteAssignmentRequest {
        request_id: stage.request_id(),
        command: Some(CompleteAssignment {
            assignment_id: trace.child_id.clone(),
            result: "Đã thực hiện xong và báo cáo kết quả.".to_owned(),
        }),
        expected_versions: Vec::new(),
    };
    let identity = stage.identity(document.unit.officer).await?;
    let answer = stage.peers.routing().complete_assignment(outgoing(&identity, request)).await;
    answer.map(drop).map_err(|s| fault_of(&s))
}

/// The day that lies `days` working days after `from`.
pub(super) fn working_days_after(from: Date, days: u32, off: &[Date]) -> Date {
    let mut day = from;
    let mut left = days;
    while left > 0 {
        day = domain::calendar::add_days(day, 1);
        if !domain::calendar::is_weekend(day) && !off.contains(&day) {
            left -= 1;
        }
    }
    day
}
