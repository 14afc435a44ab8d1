//! The office of the crate's own tests, with names, and what it takes to walk an outgoing document through it.

use std::collections::BTreeMap;

use domain::index::{range, sees};
use domain::states::States;
use domain::testing::{self, World};
use proto::archive::v1::{ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::event::Event as E;
use proto::record::v1::record::State;
use proto::record::v1::*;

pub(crate) use domain::testing::{DAY_MS, person, unit};

/// The day on which every office opens, a Monday.
pub(crate) const TODAY: Date = Date { year: 2026, month: 3, day: 2 };

/// Sở Nội vụ. `drafter`, `colleague`, `clerk`, `checker` and their head `chief` are of one unit; the others are not.
#[derive(Clone)]
pub(crate) struct Office {
    pub(crate) world: World,
    people: BTreeMap<&'static str, Caller>,
    /// The unit of the drafter.
    pub(crate) drafting_unit: String,
    /// Another unit.
    pub(crate) other_unit: String,
    files: u64,
}

impl Office {
    pub(crate) fn new() -> Self {
        let base = testing::Office::new();
        let people = BTreeMap::from([
            ("head", base.leader),
            ("deputy", base.deputy),
            ("boss", base.office_head),
            ("chief", base.head),
            ("drafter", base.officer),
            ("colleague", base.other_officer),
            ("officer", base.office_officer),
            ("clerk2", base.clerk),
            ("checker2", base.form_checker),
            ("keeper", base.archivist),
            ("admin", base.administrator),
        ]);
        let mut office = Self {
            world: base.world,
            people,
            drafting_unit: base.unit,
            other_unit: base.office_unit,
            files: 0,
        };
        office.employ("clerk", Role::Clerk);
        office.employ("checker", Role::FormChecker);
        let decisions = Series {
            name: "Quyết định".into(),
            book: Book::Outgoing.into(),
            kinds: vec![DocumentKind::Decision.into()],
            active: true,
            ..Series::default()
        };
        office.run("admin", C::DefineSeries(DefineSeries { series: Some(decisions) })).unwrap();
        let (head, deputy) = (office.per("head"), office.per("deputy"));
        for (name, person_id, seal) in
            [("head", head, false), ("deputy", deputy, false), ("seal", String::new(), true)]
        {
            let at = |days| Some(domain::calendar::timestamp(office.world.at_ms + days * DAY_MS));
            let certificate = Certificate {
                person_id,
                subject: format!("DEMO {name}"),
                issuer: "DEMO CA".into(),
                serial: "01".into(),
                sha256: sha256(name),
                valid_from: at(-30),
                valid_to: at(3_000),
                seal,
                ..Certificate::default()
            };
            office.set(&format!("crt_{name}"), E::CertificateEnrolled(certificate));
        }
        office
    }

    fn employ(&mut self, name: &'static str, role: Role) {
        let person = Person {
            full_name: format!("Người {name}"),
            login: name.into(),
            active: true,
            ..Person::default()
        };
        let made = self.run("admin", C::AddPerson(AddPerson { person: Some(person) })).unwrap();
        let person_id = made.iter().find(|record| record.id.starts_with("per_")).unwrap().id.clone();
        let position = Position {
            person_id,
            unit_id: self.drafting_unit.clone(),
            title: "Chuyên viên".into(),
            roles: vec![role.into()],
            valid_from: Some(Date { year: 2026, month: 1, day: 1 }),
            ..Position::default()
        };
        let made = self.run("admin", C::Appoint(Appoint { position: Some(position) })).unwrap();
        let position_id = made.iter().find(|record| record.id.starts_with("pos_")).unwrap().id.clone();
        let caller = self.world.caller(&position_id);
        self.people.insert(name, caller);
    }

    /// Records an event as the administrator would, without asking the rules.
    pub(crate) fn set(&mut self, id: &str, event: E) {
        let caller = self.caller("admin");
        self.world.record(&caller, vec![Event { record_id: id.into(), event: Some(event) }]).unwrap();
    }

    pub(crate) fn caller(&self, name: &str) -> Caller {
        self.people[name].clone()
    }

    /// The id of the person.
    pub(crate) fn per(&self, name: &str) -> String {
        self.people[name].person_id.clone()
    }

    /// The id of the person's position.
    pub(crate) fn pos(&self, name: &str) -> String {
        self.people[name].position_id.clone()
    }

    pub(crate) fn person(&self, name: &str) -> Person {
        match self.world.state(&self.per(name)) {
            State::Person(person) => person.clone(),
            other => panic!("{name} is {other:?}"),
        }
    }

    /// Runs a command by `name`; answers the records it made or changed.
    pub(crate) fn run(&mut self, name: &str, command: C) -> Result<Vec<Record>, Fault> {
        let caller = self.caller(name);
        self.world.run(&caller, command)
    }

    /// Ends the position of `name` today.
    pub(crate) fn end_position(&mut self, name: &str) {
        let position_id = self.pos(name);
        self.run("admin", C::EndPosition(EndPosition { position_id, reason: "Nghỉ hưu".into() })).unwrap();
    }

    /// A delegation between two positions, in force for ten days.
    pub(crate) fn delegate(&mut self, id: &str, from: &str, to: &str) {
        let delegation = Delegation {
            from_position_id: self.pos(from),
            to_position_id: self.pos(to),
            basis: "Giấy ủy quyền số 01/GUQ-SNV ngày 27/02/2026".into(),
            scope: "Ký công văn mời họp".into(),
            valid_from: Some(TODAY),
            valid_to: Some(Date { day: TODAY.day + 10, ..TODAY }),
            ended: false,
        };
        self.set(id, E::Delegated(delegation));
    }

    pub(crate) fn record(&self, id: &str) -> &Record {
        &self.world.records()[id]
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = &Record> {
        self.world.records().values()
    }

    pub(crate) fn document(&self, id: &str) -> OutgoingDocument {
        match self.record(id).state.clone() {
            Some(State::Outgoing(document)) => document,
            other => panic!("{id} is {other:?}"),
        }
    }

    pub(crate) fn status(&self, id: &str) -> OutgoingStatus {
        self.document(id).status()
    }

    pub(crate) fn version(&self, id: &str, ordinal: i32) -> DraftVersion {
        match self.record(&format!("drv_{id}_{ordinal}")).state.clone() {
            Some(State::DraftVersion(version)) => version,
            other => panic!("{id} has no version {ordinal}: {other:?}"),
        }
    }

    pub(crate) fn assignments(&self, document_id: &str) -> Vec<Assignment> {
        self.records()
            .filter_map(|record| match &record.state {
                Some(State::Assignment(it)) if it.document_id == document_id => Some(it.clone()),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn sees(&self, name: &str, id: &str) -> bool {
        sees(self.record(id), &self.caller(name))
    }

    /// The ids of a list as `name` gets it.
    pub(crate) fn list(&self, name: &str, list: ListName, status: OutgoingStatus) -> Vec<String> {
        let caller = self.caller(name);
        let request =
            ListRequest { list: list.into(), outgoing_status: status.into(), ..ListRequest::default() };
        self.found(&request, &caller).into_iter().filter(|id| sees(self.record(id), &caller)).collect()
    }

    /// The ids in the ranges of a request, in their order, whoever sees them.
    pub(crate) fn found(&self, request: &ListRequest, caller: &Caller) -> Vec<String> {
        let mut lines = BTreeMap::new();
        for range in range(request, caller).unwrap() {
            for (key, id) in self.world.scan(&range.prefix, None, usize::MAX).unwrap() {
                let sort = key[range.prefix.len()..].to_vec();
                if sort >= range.from && (range.to.is_empty() || sort < range.to) {
                    lines.insert(sort, id);
                }
            }
        }
        lines.into_values().collect()
    }

    /// A new file, never one that was there before.
    pub(crate) fn file(&mut self, name: &str, size: u64) -> FileRef {
        self.files += 1;
        FileRef {
            digest: sha256(&format!("{name}{}", self.files)),
            name: format!("{name}.pdf"),
            media_type: "application/pdf".into(),
            size,
            pages: 2,
        }
    }

    /// A decision drafted in the office, signed by the head, to a unit inside and an agency outside.
    pub(crate) fn draft(&mut self) -> CreateDraft {
        CreateDraft {
            facts: Some(DocumentFacts {
                kind: DocumentKind::Decision.into(),
                subject: "Về việc kiện toàn Tổ công tác".into(),
                urgency: Urgency::Normal.into(),
                marking: SecurityMarking::None.into(),
                ..DocumentFacts::default()
            }),
            files: vec![self.file("du-thao", 1_000), self.file("phu-luc", 400)],
            signer_id: self.per("head"),
            signer_position_id: self.pos("head"),
            capacity: SigningCapacity::Head.into(),
            recipients: vec![
                Recipient { inside: Some(unit(&self.other_unit)), ..Recipient::default() },
                Recipient {
                    name: "Sở Tài chính".into(), organ_id: "H41.5".into(), ..Recipient::default()
                },
            ],
            copies: 12,
            ..CreateDraft::default()
        }
    }

    /// Drafts by `drafter`; answers the new document's id.
    pub(crate) fn create(&mut self, draft: CreateDraft) -> String {
        self.create_by("drafter", draft).expect("the draft is good")
    }

    pub(crate) fn create_by(&mut self, name: &str, draft: CreateDraft) -> Result<String, Fault> {
        let records = self.run(name, C::CreateDraft(draft))?;
        let id = records.into_iter().map(|record| record.id).find(|id| id.starts_with("out_"));
        Ok(id.expect("a document was made"))
    }

    /// The command that takes a document one step on from where it stands, and who gives it.
    pub(crate) fn next_step(&mut self, id: &str) -> (&'static str, C) {
        match self.status(id) {
            OutgoingStatus::Drafted => ("drafter", submit(id)),
            OutgoingStatus::Submitted => ("chief", review(id)),
            OutgoingStatus::Reviewed => ("checker", check_form(id)),
            OutgoingStatus::FormChecked => ("head", C::ApproveDraft(self.approve(id))),
            OutgoingStatus::Approved => ("head", C::RecordSigned(self.sign(id, "head"))),
            OutgoingStatus::Signed => ("clerk", number(id, "")),
            OutgoingStatus::Numbered => ("clerk", C::RecordSealed(self.seal(id))),
            OutgoingStatus::Sealed => ("clerk", issue(id)),
            OutgoingStatus::Issued => ("clerk", recall(id)),
            other => panic!("no step leads on from {other:?}"),
        }
    }

    /// Takes the document on to `status`, step by step.
    pub(crate) fn walk(&mut self, id: &str, status: OutgoingStatus) {
        while self.status(id) != status {
            let (name, command) = self.next_step(id);
            self.run(name, command).unwrap_or_else(|fault| panic!("on the way to {status:?}: {fault}"));
        }
    }

    /// A document at `status`.
    pub(crate) fn document_at(&mut self, status: OutgoingStatus) -> String {
        let draft = self.draft();
        let id = self.create(draft);
        if status == OutgoingStatus::Withdrawn {
            self.run("drafter", withdraw(&id)).unwrap();
        } else {
            self.walk(&id, status);
        }
        id
    }

    pub(crate) fn approve(&mut self, id: &str) -> ApproveDraft {
        let prepared = self.file("du-thao-o-ky", 1_500);
        ApproveDraft {
            document_id: id.into(),
            prepared: Some(prepared),
            places: four_places(),
            note: "Đồng ý".into(),
        }
    }

    pub(crate) fn sign(&mut self, id: &str, certificate: &str) -> RecordSigned {
        let base = self.document(id).files[0].clone();
        RecordSigned {
            document_id: id.into(),
            signed: Some(self.file("da-ky", base.size + 20_000)),
            base_digest: base.digest,
            certificate_id: format!("crt_{certificate}"),
            signatures: Some(report(&[certificate])),
        }
    }

    pub(crate) fn seal(&mut self, id: &str) -> RecordSealed {
        let files = self.document(id).files;
        let attachments =
            files[1..].iter().map(|file| FileRef { size: file.size + 9_000, ..file.clone() }).collect();
        RecordSealed {
            document_id: id.into(),
            sealed: Some(self.file("da-dong-dau", files[0].size + 20_000)),
            base_digest: files[0].digest.clone(),
            attachments,
            certificate_id: "crt_seal".into(),
            signatures: Some(report(&["head", "seal"])),
        }
    }
}

/// A report that shows signatures by these certificates, the last over the whole file.
pub(crate) fn report(certificates: &[&str]) -> SignatureReport {
    let last = certificates.len() - 1;
    let signatures = certificates.iter().enumerate().map(|(at, name)| SignatureResult {
        verdict: Verdict::Indeterminate.into(),
        certificate_sha256: sha256(name),
        intact: true,
        covers: if at == last { Coverage::WholeFile } else { Coverage::Revision }.into(),
        ..SignatureResult::default()
    });
    SignatureReport {
        verdict: Verdict::Indeterminate.into(),
        signatures: signatures.collect(),
        ..SignatureReport::default()
    }
}

/// 64 hex digits that differ with `text`.
pub(crate) fn sha256(text: &str) -> String {
    let mut hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    hex.truncate(64);
    format!("{hex:0>64}")
}

pub(crate) fn four_places() -> Vec<FieldPlace> {
    [FieldName::Number, FieldName::Date, FieldName::Signer, FieldName::Seal]
        .into_iter()
        .map(|name| FieldPlace {
            name: name.into(),
            page: 1,
            x: 10_000,
            y: 20_000,
            width: 9_000,
            height: 2_000,
            ..FieldPlace::default()
        })
        .collect()
}

pub(crate) fn submit(id: &str) -> C {
    C::SubmitDraft(SubmitDraft { document_id: id.into(), note: String::new() })
}

pub(crate) fn review(id: &str) -> C {
    C::ReviewContent(ReviewContent { document_id: id.into(), note: "Nội dung phù hợp".into() })
}

pub(crate) fn check_form(id: &str) -> C {
    C::CheckForm(CheckForm { document_id: id.into(), note: "Đúng thể thức".into() })
}

pub(crate) fn initial(id: &str) -> C {
    C::InitialDraft(InitialDraft { document_id: id.into(), note: String::new() })
}

pub(crate) fn send_back(id: &str) -> C {
    C::ReturnDraft(ReturnDraft { document_id: id.into(), reason: "Bổ sung căn cứ".into() })
}

pub(crate) fn withdraw(id: &str) -> C {
    C::WithdrawDraft(WithdrawDraft { document_id: id.into(), reason: "Không ban hành nữa".into() })
}

pub(crate) fn number(id: &str, notation: &str) -> C {
    C::AssignNumber(AssignNumber {
        document_id: id.into(),
        notation: notation.into(),
        ..AssignNumber::default()
    })
}

pub(crate) fn issue(id: &str) -> C {
    C::Issue(Issue { document_id: id.into() })
}

pub(crate) fn delivery(id: &str, recipient: i32, delivery: DeliveryStatus) -> C {
    C::UpdateDelivery(UpdateDelivery {
        document_id: id.into(),
        recipient,
        delivery: delivery.into(),
        note: "Gửi qua bưu điện".into(),
    })
}

pub(crate) fn recall(id: &str) -> C {
    C::Recall(Recall { document_id: id.into(), reason: "Sai căn cứ pháp lý".into() })
}

/// The reason of a fault; of the first violation where fields are wrong.
pub(crate) fn reason(fault: &Fault) -> &'static str {
    match fault {
        Fault::Invalid(violations) => violations[0].reason,
        Fault::Refused { reason, .. } | Fault::Denied { reason, .. } => reason,
        Fault::Unknown { .. } => "UNKNOWN",
        Fault::Unauthenticated { .. } => "UNAUTHENTICATED",
        other => panic!("unexpected: {other}"),
    }
}

/// The reason that a command ends with, or OK.
pub(crate) fn outcome<T>(result: &Result<T, Fault>) -> &'static str {
    result.as_ref().map_or_else(reason, |_| "OK")
}
