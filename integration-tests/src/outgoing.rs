//! The way of an outgoing document, step by step, by the usual hands.

use proto::archive::v1::CommitResponse;
use proto::fault::Fault;
use proto::record::v1::{
    AssignNumber, CheckForm, CreateDraft, DocumentFacts, DocumentKind, FileRef, InitialDraft, Issue,
    OutgoingStatus, Recipient, ReviewContent, SecurityMarking, SigningCapacity, SubmitDraft, Urgency,
};

use crate::desk::made;
use crate::incoming::unit;
use crate::letter;
use crate::world::World;

/// Ký hiệu of the letters of the officers' unit.
pub const NOTATION: &str = "SNV-CCVC";

impl World {
    /// A draft that the director is to sign; one recipient outside, the other unit inside.
    #[must_use]
    pub fn draft(&self, subject: &str, answers_id: &str, files: Vec<FileRef>) -> CreateDraft {
        let director = self.member("giamdoc");
        CreateDraft {
            facts: Some(DocumentFacts {
                kind: DocumentKind::Letter.into(),
                notation: NOTATION.to_owned(),
                subject: subject.to_owned(),
                urgency: Urgency::Normal.into(),
                marking: SecurityMarking::None.into(),
                ..DocumentFacts::default()
            }),
            files,
            signer_id: director.person_id.clone(),
            signer_position_id: director.position_id.clone(),
            capacity: SigningCapacity::Head.into(),
            recipients: vec![
                Recipient { name: "UBND tỉnh Minh Giang".to_owned(), ..Recipient::default() },
                Recipient { inside: Some(unit(&self.member("chuyenvien2").unit_id)), ..Recipient::default() },
            ],
            answers_id: answers_id.to_owned(),
            copies: 1,
            ..CreateDraft::default()
        }
    }

    /// The letter of such a draft.
    #[must_use]
    pub fn letter(&self, subject: &str) -> proto::forms::v1::RenderLetterRequest {
        let director = self.member("giamdoc");
        let signer = (director.name.as_str(), &[][..], director.title.as_str());
        letter::drafted(subject, self.time.now(), NOTATION, subject, signer)
    }

    /// The officer drafts a letter in the template.
    ///
    /// # Errors
    /// Routing's fault.
    pub async fn draft_letter(&self, subject: &str, answers_id: &str) -> Result<String, Fault> {
        let draft = self.draft(subject, answers_id, Vec::new());
        let receipt = self.desk("chuyenvien").create_draft(draft, Some(self.letter(subject))).await?;
        Ok(made(&receipt, "out_"))
    }

    /// Takes the next step of the law's order, by the hand whose step it is; `None` once it is issued.
    ///
    /// # Errors
    /// Routing's or the signer's fault.
    pub async fn next_step(
        &self,
        document_id: &str,
        status: OutgoingStatus,
    ) -> Result<Option<CommitResponse>, Fault> {
        let (id, note) = (document_id.to_owned(), String::new());
        let done = match status {
            OutgoingStatus::Drafted => {
                self.desk("chuyenvien").submit_draft(SubmitDraft { document_id: id, note }).await
            }
            OutgoingStatus::Submitted => {
                self.desk("truongphong").review_content(ReviewContent { document_id: id, note }).await
            }
            OutgoingStatus::Reviewed => {
                self.desk("thethuc").check_form(CheckForm { document_id: id, note }).await
            }
            OutgoingStatus::FormChecked => self.desk("giamdoc").approve_draft(document_id, Vec::new()).await,
            OutgoingStatus::Approved => {
                let director = self.desk("giamdoc");
                let mandate = director.unlock(document_id).await?;
                director.sign_document(document_id, &mandate).await
            }
            OutgoingStatus::Signed => {
                let command = AssignNumber { document_id: id, ..AssignNumber::default() };
                self.desk("vanthu").assign_number(command).await
            }
            OutgoingStatus::Numbered => {
                let clerk = self.desk("vanthu");
                let mandate = clerk.unlock(document_id).await?;
                clerk.seal_document(document_id, &mandate).await
            }
            OutgoingStatus::Sealed => self.desk("vanthu").issue_document(Issue { document_id: id }).await,
            _ => return Ok(None),
        };
        done.map(Some)
    }

    /// The head of the unit initials.
    ///
    /// # Errors
    /// Routing's fault.
    pub async fn initial(&self, document_id: &str) -> Result<CommitResponse, Fault> {
        let command = InitialDraft { document_id: document_id.to_owned(), note: String::new() };
        self.desk("truongphong").initial_draft(command).await
    }

    /// Takes steps until the document stands at `to`.
    ///
    /// # Errors
    /// The fault of the first step that failed.
    pub async fn carry(&self, document_id: &str, to: OutgoingStatus) -> Result<(), Fault> {
        loop {
            let status = self.desk("chuyenvien").outgoing(document_id).await?.status();
            if status == to {
                return Ok(());
            }
            if self.next_step(document_id, status).await?.is_none() {
                return Err(Fault::broken(format!(
                    "{document_id} is {} and goes no further",
                    status.as_str_name()
                )));
            }
        }
    }
}
