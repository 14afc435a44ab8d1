//! The way of an incoming document, step by step.

use proto::archive::v1::CommitResponse;
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{
    AssignmentRole, Channel, Date, DirectIncoming, DocumentFacts, DocumentKind, HandOn, NewAssignment,
    Principal, RegisterIncoming, SecurityMarking, SignerInfo, SubmitIncoming, Urgency, principal,
};

use crate::desk::made;
use crate::world::World;

/// Facts of a letter as a clerk confirms them.
#[must_use]
pub fn facts(number: &str, subject: &str, issued: Date) -> DocumentFacts {
    DocumentFacts {
        kind: DocumentKind::Letter.into(),
        number: number.to_owned(),
        notation: "STC-NS".to_owned(),
        issued_date: Some(issued),
        issuer: "Sở Tài chính".to_owned(),
        subject: subject.to_owned(),
        pages: 1,
        signer: Some(SignerInfo {
            position: "Giám đốc".to_owned(), full_name: "Trần Văn Mẫu".to_owned()
        }),
        urgency: Urgency::Normal.into(),
        marking: SecurityMarking::None.into(),
        ..DocumentFacts::default()
    }
}

/// Nothing known yet but that it is neither urgent nor secret.
#[must_use]
pub fn unknown_facts() -> DocumentFacts {
    DocumentFacts {
        urgency: Urgency::Normal.into(),
        marking: SecurityMarking::None.into(),
        ..DocumentFacts::default()
    }
}

/// A person as a principal.
#[must_use]
pub fn person(id: &str) -> Principal {
    Principal { who: Some(principal::Who::PersonId(id.to_owned())) }
}

/// A unit as a principal.
#[must_use]
pub fn unit(id: &str) -> Principal {
    Principal { who: Some(principal::Who::UnitId(id.to_owned())) }
}

/// An assignment to be made, without a deadline of its own.
#[must_use]
pub fn assignment(role: AssignmentRole, assignee: Principal) -> NewAssignment {
    NewAssignment { role: role.into(), assignee: Some(assignee), ..NewAssignment::default() }
}

impl World {
    /// The clerk receives a document that came on paper, without a file.
    ///
    /// # Errors
    /// Intake's fault.
    pub async fn receive_paper(&self) -> Result<String, Fault> {
        let receipt = self.desk("vanthu").receive(unknown_facts(), Vec::new(), Channel::Paper).await?;
        Ok(made(&receipt, "in_"))
    }

    /// The clerk receives a file.
    ///
    /// # Errors
    /// Intake's fault.
    pub async fn receive_file(&self, name: &str, bytes: Vec<u8>) -> Result<String, Fault> {
        let clerk = self.desk("vanthu");
        let file = clerk.put(name, bytes).await?;
        let receipt = clerk.receive(unknown_facts(), vec![file], Channel::Electronic).await?;
        Ok(made(&receipt, "in_"))
    }

    /// The clerk registers a document that arrived today.
    ///
    /// # Errors
    /// Intake's fault.
    pub async fn register(&self, document_id: &str, facts: DocumentFacts) -> Result<CommitResponse, Fault> {
        let command = RegisterIncoming {
            document_id: document_id.to_owned(),
            facts: Some(facts),
            arrival_date: Some(self.today()),
            to_places: "Ban Giám đốc".to_owned(),
            ..RegisterIncoming::default()
        };
        self.desk("vanthu").register_incoming_document(command).await
    }

    /// The clerk submits it to a leader.
    ///
    /// # Errors
    /// Routing's fault.
    pub async fn submit(&self, document_id: &str, leader: &str) -> Result<CommitResponse, Fault> {
        let command = SubmitIncoming {
            document_id: document_id.to_owned(),
            leader_id: self.member(leader).person_id.clone(),
            note: String::new(),
        };
        self.desk("vanthu").submit_incoming_document(command).await
    }

    /// The director gives it to the officers' unit to lead, the other unit to help, the form checker to know; due in a week.
    ///
    /// # Errors
    /// Routing's fault.
    pub async fn direct(&self, document_id: &str) -> Result<CommitResponse, Fault> {
        let command = DirectIncoming {
            document_id: document_id.to_owned(),
            text: "Giao đơn vị chủ trì tham mưu trả lời".to_owned(),
            assignments: vec![
                assignment(AssignmentRole::Lead, unit(&self.member("truongphong").unit_id)),
                assignment(AssignmentRole::Supporting, unit(&self.member("chuyenvien2").unit_id)),
                assignment(AssignmentRole::ForInformation, person(&self.member("thethuc").person_id)),
            ],
            due_date: Some(domain::calendar::add_days(self.today(), 7)),
        };
        self.desk("giamdoc").direct_incoming_document(command).await
    }

    /// The head of the leading unit hands the work on to the officer; gives the officer's assignment.
    ///
    /// # Errors
    /// Routing's fault.
    pub async fn hand_on(&self, lead_assignment_id: &str) -> Result<String, Fault> {
        let command = HandOn {
            assignment_id: lead_assignment_id.to_owned(),
            person_id: self.member("chuyenvien").person_id.clone(),
            instruction: "Dự thảo văn bản trả lời".to_owned(),
            due_date: None,
        };
        let receipt = self.desk("truongphong").hand_on(command).await?;
        let child = receipt
            .records
            .into_iter()
            .find(|r| matches!(&r.state, Some(State::Assignment(a)) if a.parent_id == lead_assignment_id));
        child.map(|r| r.id).ok_or_else(|| Fault::broken("handing on made no assignment"))
    }
}
