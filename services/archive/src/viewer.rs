//! Who reads: a person by their seal, or directory or the signer by its own key.

use domain::index::{is_signed, sees};
use domain::moment::Moment;
use domain::policy::{DIRECTORY, SIGNER, verify_caller};
use domain::states::States;
use proto::fault::Fault;
use proto::record::v1::{Caller, OutgoingStatus, Record, record::State};
use proto::rpc::Identity;

/// Whose eyes a record is shown to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Viewer {
    /// A person acting in a position.
    Person(Caller),
    /// The service `directory` without a person: it sees the facts of the directory, no document and no credential.
    Directory,
    /// The service `signer` without a person: it sees issued and recalled documents, whose signatures it keeps provable, and
    /// received ones with signatures, about which it asks their authorities; nothing else.
    Signer,
}

impl Viewer {
    /// The viewer of a call. A person's seal counts even where a service speaks for them.
    ///
    /// # Errors
    /// [`Fault::Unauthenticated`] when neither a person nor directory nor the signer calls.
    pub(crate) fn of(identity: &Identity) -> Result<Self, Fault> {
        match (&identity.caller, identity.service.as_deref()) {
            (Some(caller), _) => Ok(Self::Person(caller.clone())),
            (None, Some(DIRECTORY)) => Ok(Self::Directory),
            (None, Some(SIGNER)) => Ok(Self::Signer),
            (None, _) => Err(Fault::Unauthenticated { text: "no seal in the call".to_owned() }),
        }
    }

    /// Makes sure that the viewer still is what their seal says: a person's position is held today, with those roles, as
    /// the committer asks of whoever commits.
    ///
    /// # Errors
    /// [`Fault::Unauthenticated`] otherwise.
    pub(crate) fn stands(&self, states: &dyn States, now: &Moment) -> Result<(), Fault> {
        match self {
            Self::Person(caller) => verify_caller(caller, states, now),
            Self::Directory | Self::Signer => Ok(()),
        }
    }

    /// Whose files of the last hour these are: the person's, or those of a service, which is nobody.
    pub(crate) fn putter(&self) -> &str {
        match self {
            Self::Person(caller) => &caller.person_id,
            Self::Directory | Self::Signer => "",
        }
    }

    /// The viewer of a call that lists records, or reads or appends to a file: directory has no part in it.
    ///
    /// # Errors
    /// As [`Viewer::of`].
    pub(crate) fn without_directory(identity: &Identity) -> Result<Self, Fault> {
        match Self::of(identity)? {
            Self::Directory => Err(Fault::Unauthenticated { text: "no seal in the call".to_owned() }),
            viewer => Ok(viewer),
        }
    }

    /// Whether the viewer may know of the record. Credentials are nobody's to see.
    pub(crate) fn sees(&self, record: &Record) -> bool {
        match self {
            Self::Person(caller) => sees(record, caller),
            Self::Directory => matches!(
                record.state,
                Some(
                    State::Agency(_)
                        | State::Unit(_)
                        | State::Person(_)
                        | State::Position(_)
                        | State::Delegation(_)
                        | State::Series(_)
                        | State::HolidayTable(_)
                        | State::Certificate(_)
                )
            ),
            Self::Signer => match &record.state {
                Some(State::Outgoing(document)) => {
                    matches!(document.status(), OutgoingStatus::Issued | OutgoingStatus::Recalled)
                }
                Some(State::Incoming(document)) => is_signed(document),
                _ => false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proto::record::v1::{Credential, FileRef, IncomingDocument, SignatureReport, SignatureResult, Unit};

    use super::*;

    fn record(state: State) -> Record {
        Record { id: "x_1".into(), state: Some(state), ..Record::default() }
    }

    #[test]
    fn nobody_sees_a_credential_and_directory_sees_no_document() {
        let person = Viewer::Person(Caller {
            person_id: "per_1".into(),
            position_id: "pos_1".into(),
            roles: (1..=7).collect(),
            ..Caller::default()
        });
        for viewer in [&person, &Viewer::Directory] {
            assert!(!viewer.sees(&record(State::Credential(Credential::default()))));
            assert!(!viewer.sees(&record(State::Incoming(IncomingDocument::default()))));
            assert!(viewer.sees(&record(State::Unit(Unit::default()))));
        }
    }

    #[test]
    fn the_signer_sees_what_was_issued_and_what_came_signed_and_nothing_else() {
        let at = |status: OutgoingStatus| {
            record(State::Outgoing(proto::record::v1::OutgoingDocument {
                status: status.into(),
                ..Default::default()
            }))
        };
        for number in 0..=20 {
            let Ok(status) = OutgoingStatus::try_from(number) else { continue };
            let issued = matches!(status, OutgoingStatus::Issued | OutgoingStatus::Recalled);
            assert_eq!(Viewer::Signer.sees(&at(status)), issued, "{status:?}");
        }
        for other in [
            State::Incoming(IncomingDocument::default()),
            State::Unit(Unit::default()),
            State::Credential(Credential::default()),
        ] {
            assert!(!Viewer::Signer.sees(&record(other)));
        }
        let signatures = |count: usize| {
            record(State::Incoming(IncomingDocument {
                files: vec![FileRef::default()],
                signatures: Some(SignatureReport {
                    signatures: vec![SignatureResult::default(); count],
                    ..SignatureReport::default()
                }),
                ..IncomingDocument::default()
            }))
        };
        assert!(Viewer::Signer.sees(&signatures(1)));
        assert!(!Viewer::Signer.sees(&signatures(0)));
    }

    #[test]
    fn only_directory_and_the_signer_read_without_a_person() {
        let with =
            |service: Option<&str>| Identity { service: service.map(str::to_owned), ..Identity::default() };
        assert!(matches!(Viewer::of(&with(Some("directory"))), Ok(Viewer::Directory)));
        assert!(matches!(Viewer::of(&with(Some("signer"))), Ok(Viewer::Signer)));
        for service in [None, Some("operator"), Some("web"), Some("")] {
            assert!(matches!(Viewer::of(&with(service)), Err(Fault::Unauthenticated { .. })), "{service:?}");
        }
        assert!(matches!(
            Viewer::without_directory(&with(Some("directory"))),
            Err(Fault::Unauthenticated { .. })
        ));
    }
}
