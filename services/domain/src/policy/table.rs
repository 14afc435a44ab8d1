//! The whole policy: which role, or which relation to the record, lets somebody give which command.

use proto::record::v1::Role;

use super::outgoing;
use crate::id::Kind;

/// What a caller may be to the record that a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// The person whom the command is about.
    Oneself,
    /// The document was submitted to the caller.
    SubmittedTo,
    /// The caller directed the document.
    Directed,
    /// The caller gave the assignment.
    Gave,
    /// The assignment is the caller's own.
    Assigned,
    /// The assignment is of the caller's unit.
    AssignedToUnit,
    /// The caller drafts the document.
    Drafter,
    /// The document is drafted by the caller's unit.
    InDraftingUnit,
    /// The caller is to sign the document.
    Signer,
}

/// One way to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grant {
    /// Everybody who acts in a position.
    Everybody,
    /// Nobody but a service with its own key, whoever the caller is.
    ServiceAlone,
    /// The role.
    Role(Role),
    /// The relation.
    Relation(Relation),
    /// The role and the relation together.
    Both(Role, Relation),
}

/// One row: a command, the kind of record it is about, and who may give it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// Name of the command.
    pub(crate) command: &'static str,
    /// The kind of the record that it is about, where there is one.
    pub(crate) subject: Option<Kind>,
    /// The service whose key must speak; none: any.
    pub(crate) service: Option<&'static str>,
    /// Any of these is enough.
    pub(crate) grants: &'static [Grant],
}

impl Row {
    /// A row without a service.
    pub(crate) const fn new(command: &'static str, subject: Option<Kind>, grants: &'static [Grant]) -> Self {
        Self { command, subject, service: None, grants }
    }

    /// A row that only the service with its own key may use.
    pub(crate) const fn by(command: &'static str, service: &'static str, grants: &'static [Grant]) -> Self {
        Self { command, subject: None, service: Some(service), grants }
    }
}

const ADMINISTRATOR: &[Grant] = &[Grant::Role(Role::Administrator)];
const CLERK: &[Grant] = &[Grant::Role(Role::Clerk)];

/// The rows of directory, intake and the routing of incoming documents.
const ROWS: &[Row] = &[
    Row::by("FoundAgency", "directory", &[Grant::ServiceAlone]),
    Row::new("ChangeAgency", None, ADMINISTRATOR),
    Row::new("AddUnit", None, ADMINISTRATOR),
    Row::new("ChangeUnit", Some(Kind::Unit), ADMINISTRATOR),
    Row::new("AddPerson", None, ADMINISTRATOR),
    Row::new("ChangePerson", Some(Kind::Person), ADMINISTRATOR),
    Row::new("Appoint", None, ADMINISTRATOR),
    Row::new("EndPosition", Some(Kind::Position), ADMINISTRATOR),
    Row::new("Delegate", None, ADMINISTRATOR),
    Row::new("EndDelegation", Some(Kind::Delegation), ADMINISTRATOR),
    Row::new("DefineSeries", None, ADMINISTRATOR),
    Row::new("CloseSeries", Some(Kind::Series), ADMINISTRATOR),
    Row::new("SetHolidays", None, ADMINISTRATOR),
    Row::new(
        "EnrolCertificate",
        None,
        &[Grant::Role(Role::Administrator), Grant::Relation(Relation::Oneself)],
    ),
    Row::new(
        "WithdrawCertificate",
        Some(Kind::Certificate),
        &[Grant::Role(Role::Administrator), Grant::Relation(Relation::Oneself)],
    ),
    Row::by(
        "SetCredential",
        "directory",
        &[Grant::Role(Role::Administrator), Grant::Relation(Relation::Oneself)],
    ),
    Row::new("SwitchSecretRegistration", None, ADMINISTRATOR),
    Row::new("ReceiveIncoming", None, CLERK),
    Row::new("RegisterIncoming", Some(Kind::Incoming), CLERK),
    Row::new("CorrectIncoming", Some(Kind::Incoming), CLERK),
    Row::new("ReturnIncoming", Some(Kind::Incoming), CLERK),
    Row::new("VoidNumber", Some(Kind::RegisterEntry), CLERK),
    Row::new("ReserveNumber", Some(Kind::Series), CLERK),
    Row::new("ReleaseNumber", Some(Kind::RegisterEntry), CLERK),
    Row::new("SubmitIncoming", Some(Kind::Incoming), CLERK),
    Row::new("DirectIncoming", Some(Kind::Incoming), &[Grant::Both(Role::Leader, Relation::SubmittedTo)]),
    Row::new("UndoDirection", Some(Kind::Incoming), &[Grant::Both(Role::Leader, Relation::Directed)]),
    Row::new(
        "HandOn",
        Some(Kind::Assignment),
        &[
            Grant::Both(Role::HeadOfUnit, Relation::AssignedToUnit),
            Grant::Both(Role::HeadOfUnit, Relation::Assigned),
        ],
    ),
    Row::new(
        "ReportProgress",
        Some(Kind::Assignment),
        &[Grant::Relation(Relation::Assigned), Grant::Relation(Relation::AssignedToUnit)],
    ),
    Row::new(
        "CompleteAssignment",
        Some(Kind::Assignment),
        &[Grant::Relation(Relation::Assigned), Grant::Both(Role::HeadOfUnit, Relation::AssignedToUnit)],
    ),
    Row::new("ExtendDeadline", Some(Kind::Assignment), &[Grant::Relation(Relation::Gave)]),
    Row::new("RecordOpened", None, &[Grant::Everybody]),
];

/// Every row of the policy.
pub(crate) fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().chain(outgoing::ROWS)
}
