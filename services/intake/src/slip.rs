//! Phiếu giải quyết văn bản đến (NĐ 30/2020 Phụ lục IV, mẫu VII): from the document, its direction and assignments.

use domain::calendar;
use proto::fault::Fault;
use proto::forms::v1::{
    FileStamp, Letterhead, RenderSlipRequest, RowNumber, SlipAssignee, SlipOpinion, UrgencyMark,
};
use proto::record::v1::record::State;
use proto::record::v1::{Assignment, AssignmentRole, AssignmentStatus, Urgency};
use proto::rpc::{Identity, fault_of, outgoing};

use crate::people::{Names, agency, principal_id, records};
use crate::service::Inner;

/// Typesets the slip of one document.
pub(crate) async fn print(inner: &Inner, identity: &Identity, document_id: &str) -> Result<Vec<u8>, Fault> {
    let mut archive = inner.archive.clone();
    let agency = agency(&mut archive, identity).await?;
    let record = records(&mut archive, identity, vec![document_id.to_owned()]).await?.pop();
    let Some(State::Incoming(document)) = record.and_then(|r| r.state) else {
        return Err(Fault::unknown(document_id));
    };
    let mut assignments: Vec<Assignment> = Vec::new();
    for batch in document.assignment_ids.chunks(200) {
        for record in records(&mut archive, identity, batch.to_vec()).await? {
            if let Some(State::Assignment(assignment)) = record.state
                && assignment.status() != AssignmentStatus::Withdrawn
            {
                assignments.push(assignment);
            }
        }
    }
    let direction = document.direction.clone().unwrap_or_default();
    let ids = assignments
        .iter()
        .filter_map(|a| a.assignee.as_ref())
        .filter_map(|p| principal_id(p).map(str::to_owned))
        .chain([direction.person_id.clone()])
        .collect();
    let names = Names::read(&mut archive, identity, ids).await?;
    let part = |role: AssignmentRole, handed_on: bool| -> Vec<SlipAssignee> {
        assignments
            .iter()
            .filter(|a| a.role() == role && a.parent_id.is_empty() != handed_on)
            .map(|a| SlipAssignee {
                name: names.of_principal(a.assignee.as_ref()).to_owned(),
                due_date: a.due_date,
            })
            .filter(|a| !a.name.is_empty())
            .collect()
    };
    let facts = document.facts.clone().unwrap_or_default();
    let now = (inner.clock)();
    let form = RenderSlipRequest {
        stamp: Some(FileStamp {
            ident: format!("slip {document_id}"),
            rendered_at: Some(calendar::timestamp(now)),
            demo: inner.demo,
        }),
        letterhead: Some(Letterhead { parent: agency.superior, agency: agency.name }),
        place_name: agency.place,
        dated: Some(calendar::date_at(now)),
        arrival_number: document.number.as_ref().map(|n| RowNumber {
            ordinal: i32::try_from(n.ordinal).unwrap_or(i32::MAX),
            suffix: n.suffix.clone(),
        }),
        arrived_on: document.arrival_date,
        kind_name: if facts.kind_name.is_empty() {
            domain::notation::kind_name(facts.kind()).to_owned()
        } else {
            facts.kind_name.clone()
        },
        notation: match (facts.number.is_empty(), facts.notation.is_empty()) {
            (false, false) => format!("{}/{}", facts.number, facts.notation),
            _ => format!("{}{}", facts.number, facts.notation),
        },
        document_date: facts.issued_date,
        author: facts.issuer.clone(),
        subject: facts.subject.clone(),
        urgency: match facts.urgency() {
            Urgency::Urgent => UrgencyMark::Urgent,
            Urgency::VeryUrgent => UrgencyMark::VeryUrgent,
            Urgency::Express => UrgencyMark::Express,
            Urgency::Normal | Urgency::Unspecified => UrgencyMark::Unspecified,
        }
        .into(),
        leads: part(AssignmentRole::Lead, false),
        supporting: part(AssignmentRole::Supporting, false),
        for_information: part(AssignmentRole::ForInformation, false),
        leader: Some(SlipOpinion {
            text: direction.text.clone(),
            given_by: names.of(&direction.person_id).to_owned(),
            given_on: direction.at.as_ref().map(calendar::date_of),
        }),
        handlers: part(AssignmentRole::Lead, true),
        unit_head: None,
        proposal: None,
    };
    let answer = inner.forms.clone().render_slip(outgoing(identity, form)).await.map_err(|s| fault_of(&s))?;
    Ok(answer.into_inner().pdf)
}
