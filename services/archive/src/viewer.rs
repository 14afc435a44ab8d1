//! Who reads: a person by their seal, or directory by its own key.

use domain::index::sees;
use domain::moment::Moment;
use domain::policy::{DIRECTORY, verify_caller};
use domain::states::States;
use proto::fault::Fault;
use proto::record::v1::{Caller, Record, record::State};
use proto::rpc::Identity;

/// Whose eyes a record is shown to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Viewer {
    /// A person acting in a position.
    Person(Caller),
    /// The service `directory` without a person: it sees the facts of the directory, no document and no credential.
    Directory,
}

impl Viewer {
    /// The viewer of a call. A person's seal counts even where a service speaks for them.
    ///
    /// # Errors
    /// [`Fault::Unauthenticated`] when neither a person nor directory calls.
    pub(crate) fn of(identity: &Identity) -> Result<Self, Fault> {
        match (&identity.caller, identity.service.as_deref()) {
            (Some(caller), _) => Ok(Self::Person(caller.clone())),
            (None, Some(DIRECTORY)) => Ok(Self::Directory),
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
            Self::Directory => Ok(()),
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
        }
    }
}

#[cfg(test)]
mod tests {
    use proto::record::v1::{Credential, IncomingDocument, Unit};

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
    fn only_directory_reads_without_a_person() {
        let with =
            |service: Option<&str>| Identity { service: service.map(str::to_owned), ..Identity::default() };
        assert!(matches!(Viewer::of(&with(Some("directory"))), Ok(Viewer::Directory)));
        for service in [None, Some("signer"), Some("web"), Some("")] {
            assert!(matches!(Viewer::of(&with(service)), Err(Fault::Unauthenticated { .. })), "{service:?}");
        }
    }
}
