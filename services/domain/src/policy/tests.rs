//! The whole policy as text that a person reviews: the rows of the table, and what they mean to eleven people.
//!
//! When a row changes on purpose, run the tests with `UPDATE_SNAPSHOTS=1` and review the difference.

use std::collections::BTreeSet;
use std::fmt::Write;

use prost::Message;
use proto::record::v1::command::Command as C;
use proto::record::v1::event::Event as E;
use proto::record::v1::{
    Approved, AssignmentRole, Certificate, CreateDraft, Credential, Delegation, Drafted, Event, RecordSigned,
    Said,
};

use super::table::{self, Grant};
use super::{authorize, name};
use crate::check::Checked;
use crate::testing::{Office, give, letter, pdf, person, unit};

fn snapshot(file: &str, text: &str) {
    let path = format!("{}/tests/snapshots/{file}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, text).expect("the snapshot can be written");
    }
    let kept = std::fs::read_to_string(&path).expect("the snapshot is there");
    assert_eq!(text, kept, "{path} differs; review, then run with UPDATE_SNAPSHOTS=1");
}

#[test]
fn every_command_has_exactly_one_row() {
    let set = prost_types::FileDescriptorSet::decode(proto::FILE_DESCRIPTOR_SET).expect("descriptors");
    let commands: Vec<String> = set
        .file
        .iter()
        .filter(|file| file.package() == "vanthu.record.v1")
        .flat_map(|file| &file.message_type)
        .find(|message| message.name() == "Command")
        .expect("the message Command")
        .field
        .iter()
        .map(|field| field.type_name().rsplit('.').next().unwrap_or_default().to_owned())
        .collect();
    let rows: Vec<String> = table::rows().map(|row| row.command.to_owned()).collect();
    assert_eq!(rows.len(), rows.iter().collect::<BTreeSet<_>>().len(), "a command has two rows");
    assert_eq!(rows.iter().collect::<BTreeSet<_>>(), commands.iter().collect::<BTreeSet<_>>());
}

#[test]
fn the_table_is_as_reviewed() {
    let mut text = String::new();
    for row in table::rows() {
        let subject = row.subject.map_or("-", |kind| kind.prefix());
        let grants: Vec<String> = row
            .grants
            .iter()
            .map(|grant| match grant {
                Grant::Everybody => "everybody".to_owned(),
                Grant::ServiceAlone => "the service alone".to_owned(),
                Grant::Role(role) => format!("{role:?}"),
                Grant::Relation(relation) => format!("if {relation:?}"),
                Grant::Both(role, relation) => format!("{role:?} if {relation:?}"),
            })
            .collect();
        let service = row.service.map(|service| format!(" [key of {service}]")).unwrap_or_default();
        writeln!(text, "{:<26} {:<5} {}{service}", row.command, subject, grants.join(" | "))
            .expect("a string");
    }
    snapshot("policy.txt", &text);
}

/// Every command about a record of the world below.
fn commands(office: &mut Office) -> Vec<C> {
    let assignments = vec![
        give(AssignmentRole::Lead, unit(&office.unit)),
        give(AssignmentRole::Supporting, person(&office.office_officer.person_id)),
    ];
    let (incoming, assigned) = office.direct(letter("1"), assignments, None);
    let assignment = assigned[0].clone();
    let find = |office: &Office, prefix: &str| -> String {
        office
            .world
            .records()
            .keys()
            .find(|id| id.starts_with(prefix))
            .cloned()
            .expect("a record of the kind")
    };
    let (line, series) = (find(office, "reg_"), find(office, "ser_"));
    let (officer_id, position) = (office.officer.person_id.clone(), office.officer.position_id.clone());
    let certificate = || Certificate { person_id: officer_id.clone(), ..Certificate::default() };
    let credential = Credential { person_id: officer_id.clone(), ..Credential::default() };

    // A draft of the second unit that waits for the check of form, and a document that is signed.
    let by = office.officer.clone();
    let draft = "out_900".to_owned();
    let signed = "out_901".to_owned();
    let (delegation, own) = ("del_902".to_owned(), "crt_903".to_owned());
    let mut events = Vec::new();
    for id in [&draft, &signed] {
        let drafted = Drafted {
            draft: Some(CreateDraft {
                facts: Some(letter("")),
                files: vec![pdf(1)],
                signer_id: office.leader.person_id.clone(),
                signer_position_id: office.leader.position_id.clone(),
                ..CreateDraft::default()
            }),
            version: 1,
            unit_id: office.unit.clone(),
            ..Drafted::default()
        };
        for event in
            [E::Drafted(drafted), E::DraftSubmitted(Said::default()), E::ContentReviewed(Said::default())]
        {
            events.push(Event { record_id: id.clone(), event: Some(event) });
        }
    }
    for event in [
        E::FormChecked(Said::default()),
        E::Approved(Approved { prepared: Some(pdf(2)), ..Approved::default() }),
        E::Signed(RecordSigned {
            document_id: signed.clone(),
            signed: Some(pdf(3)),
            ..RecordSigned::default()
        }),
    ] {
        events.push(Event { record_id: signed.clone(), event: Some(event) });
    }
    events.push(Event { record_id: delegation.clone(), event: Some(E::Delegated(Delegation::default())) });
    events.push(Event { record_id: own.clone(), event: Some(E::CertificateEnrolled(certificate())) });
    office.world.record(&by, events).expect("a map can be read");
    let (unit, certificate_id) = (office.unit.clone(), own);
    vec![
        C::FoundAgency(Default::default()),
        C::ChangeAgency(Default::default()),
        C::AddUnit(Default::default()),
        C::ChangeUnit(proto::record::v1::ChangeUnit { unit_id: unit.clone(), ..Default::default() }),
        C::AddPerson(Default::default()),
        C::ChangePerson(proto::record::v1::ChangePerson {
            person_id: officer_id.clone(),
            ..Default::default()
        }),
        C::Appoint(Default::default()),
        C::EndPosition(proto::record::v1::EndPosition {
            position_id: position.clone(),
            ..Default::default()
        }),
        C::Delegate(Default::default()),
        C::EndDelegation(proto::record::v1::EndDelegation {
            delegation_id: delegation.clone(),
            ..Default::default()
        }),
        C::DefineSeries(Default::default()),
        C::CloseSeries(proto::record::v1::CloseSeries { series_id: series.clone(), ..Default::default() }),
        C::SetHolidays(Default::default()),
        C::EnrolCertificate(proto::record::v1::EnrolCertificate { certificate: Some(certificate()) }),
        C::WithdrawCertificate(proto::record::v1::WithdrawCertificate {
            certificate_id,
            ..Default::default()
        }),
        C::SetCredential(proto::record::v1::SetCredential { credential: Some(credential) }),
        C::SwitchSecretRegistration(Default::default()),
        C::ReceiveIncoming(Default::default()),
        C::RegisterIncoming(proto::record::v1::RegisterIncoming {
            document_id: incoming.clone(),
            ..Default::default()
        }),
        C::CorrectIncoming(proto::record::v1::CorrectIncoming {
            document_id: incoming.clone(),
            ..Default::default()
        }),
        C::ReturnIncoming(proto::record::v1::ReturnIncoming {
            document_id: incoming.clone(),
            ..Default::default()
        }),
        C::VoidNumber(proto::record::v1::VoidNumber { entry_id: line.clone(), ..Default::default() }),
        C::ReserveNumber(proto::record::v1::ReserveNumber {
            series_id: series.clone(),
            ..Default::default()
        }),
        C::ReleaseNumber(proto::record::v1::ReleaseNumber { entry_id: line.clone(), ..Default::default() }),
        C::SubmitIncoming(proto::record::v1::SubmitIncoming {
            document_id: incoming.clone(),
            ..Default::default()
        }),
        C::DirectIncoming(proto::record::v1::DirectIncoming {
            document_id: incoming.clone(),
            ..Default::default()
        }),
        C::UndoDirection(proto::record::v1::UndoDirection { document_id: incoming.clone() }),
        C::HandOn(proto::record::v1::HandOn { assignment_id: assignment.clone(), ..Default::default() }),
        C::ReportProgress(proto::record::v1::ReportProgress {
            assignment_id: assignment.clone(),
            ..Default::default()
        }),
        C::CompleteAssignment(proto::record::v1::CompleteAssignment {
            assignment_id: assignment.clone(),
            ..Default::default()
        }),
        C::ExtendDeadline(proto::record::v1::ExtendDeadline {
            assignment_id: assignment.clone(),
            ..Default::default()
        }),
        C::RecordOpened(Default::default()),
        C::CreateDraft(Default::default()),
        C::ReviseDraft(proto::record::v1::ReviseDraft { document_id: draft.clone(), ..Default::default() }),
        C::WithdrawDraft(proto::record::v1::WithdrawDraft {
            document_id: draft.clone(),
            ..Default::default()
        }),
        C::SubmitDraft(proto::record::v1::SubmitDraft { document_id: draft.clone(), ..Default::default() }),
        C::ReviewContent(proto::record::v1::ReviewContent {
            document_id: draft.clone(),
            ..Default::default()
        }),
        C::CheckForm(proto::record::v1::CheckForm { document_id: draft.clone(), ..Default::default() }),
        C::InitialDraft(proto::record::v1::InitialDraft { document_id: draft.clone(), ..Default::default() }),
        C::ReturnDraft(proto::record::v1::ReturnDraft { document_id: draft.clone(), ..Default::default() }),
        C::ApproveDraft(proto::record::v1::ApproveDraft { document_id: draft.clone(), ..Default::default() }),
        C::RecordSigned(proto::record::v1::RecordSigned { document_id: draft.clone(), ..Default::default() }),
        C::RecordSigningFailed(proto::record::v1::RecordSigningFailed {
            document_id: draft.clone(),
            ..Default::default()
        }),
        C::KeepEvidence(proto::record::v1::KeepEvidence {
            document_id: incoming.clone(),
            ..Default::default()
        }),
        C::AddEvidence(proto::record::v1::AddEvidence { document_id: signed.clone(), ..Default::default() }),
        C::AssignNumber(proto::record::v1::AssignNumber {
            document_id: signed.clone(),
            ..Default::default()
        }),
        C::RecordSealed(proto::record::v1::RecordSealed {
            document_id: signed.clone(),
            ..Default::default()
        }),
        C::Issue(proto::record::v1::Issue { document_id: signed.clone() }),
        C::UpdateDelivery(proto::record::v1::UpdateDelivery {
            document_id: signed.clone(),
            ..Default::default()
        }),
        C::Recall(proto::record::v1::Recall { document_id: signed.clone(), ..Default::default() }),
    ]
}

#[test]
fn the_table_means_to_eleven_people_what_was_reviewed() {
    let mut office = Office::new();
    let commands = commands(&mut office);
    assert_eq!(commands.len(), table::rows().count());
    let people = office.everybody();
    let mut text = String::from(
        "+ may · n not this role · o somebody else's · - does not see it · s only the service\n\n",
    );
    write!(text, "{:<26}", "").expect("a string");
    for (who, _) in people {
        write!(text, " {who:<14}").expect("a string");
    }
    text.push('\n');
    for command in commands {
        write!(text, "{:<26}", name(&command)).expect("a string");
        for (_, caller) in people {
            let ask = |service: Option<&str>| {
                authorize(
                    caller,
                    service,
                    Checked::unchecked(command.clone()),
                    &office.world,
                    &office.world.moment(),
                )
            };
            let verdict = |answer: Result<super::Permit, proto::fault::Fault>| match answer {
                Ok(_) => "+",
                Err(proto::fault::Fault::Unknown { .. }) => "-",
                Err(proto::fault::Fault::Denied { reason: "NOT_YOUR_ROLE", .. }) => "n",
                Err(proto::fault::Fault::Denied { reason: "NOT_YOURS", .. }) => "o",
                Err(proto::fault::Fault::Denied { reason: "ONLY_SERVICE", .. }) => "s",
                Err(other) => panic!("{other}"),
            };
            let alone = verdict(ask(None));
            let shown = if alone == "s" {
                let row = table::rows().find(|row| row.command == name(&command));
                format!("s, by its key {}", verdict(ask(row.and_then(|row| row.service))))
            } else {
                alone.to_owned()
            };
            write!(text, " {shown:<14}").expect("a string");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    snapshot("policy_by_person.txt", &text);
}
