//! Who may do what with outgoing documents: rows of the one table, and what the relations to a document mean.

use proto::record::v1::{Caller, OutgoingDocument, Role};

use super::table::{Grant, Relation, Row};
use crate::id::Kind;

/// The rows of the commands on outgoing documents.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        "CreateDraft",
        None,
        &[
            Grant::Role(Role::Officer),
            Grant::Role(Role::HeadOfUnit),
            Grant::Role(Role::Leader),
            Grant::Role(Role::Clerk),
        ],
    ),
    Row::new("ReviseDraft", Some(Kind::Outgoing), &[Grant::Relation(Relation::Drafter)]),
    Row::new("WithdrawDraft", Some(Kind::Outgoing), &[Grant::Relation(Relation::Drafter)]),
    Row::new("SubmitDraft", Some(Kind::Outgoing), &[Grant::Relation(Relation::Drafter)]),
    Row::new(
        "ReviewContent",
        Some(Kind::Outgoing),
        &[Grant::Both(Role::HeadOfUnit, Relation::InDraftingUnit)],
    ),
    Row::new("CheckForm", Some(Kind::Outgoing), &[Grant::Role(Role::FormChecker)]),
    Row::new(
        "InitialDraft",
        Some(Kind::Outgoing),
        &[Grant::Role(Role::FormChecker), Grant::Both(Role::HeadOfUnit, Relation::InDraftingUnit)],
    ),
    Row::new(
        "ReturnDraft",
        Some(Kind::Outgoing),
        &[
            Grant::Role(Role::FormChecker),
            Grant::Both(Role::HeadOfUnit, Relation::InDraftingUnit),
            Grant::Relation(Relation::Signer),
        ],
    ),
    Row::new("ApproveDraft", Some(Kind::Outgoing), &[Grant::Relation(Relation::Signer)]),
    Row::new("RecordSigned", Some(Kind::Outgoing), &[Grant::Relation(Relation::Signer)]),
    Row::new("AssignNumber", Some(Kind::Outgoing), &[Grant::Role(Role::Clerk)]),
    Row::new("RecordSealed", Some(Kind::Outgoing), &[Grant::Role(Role::Clerk)]),
    Row::new("Issue", Some(Kind::Outgoing), &[Grant::Role(Role::Clerk)]),
    Row::new("UpdateDelivery", Some(Kind::Outgoing), &[Grant::Role(Role::Clerk)]),
    Row::new("Recall", Some(Kind::Outgoing), &[Grant::Role(Role::Clerk)]),
];

/// True when `relation` holds between the caller and an outgoing document.
pub(super) fn holds(relation: Relation, caller: &Caller, document: &OutgoingDocument) -> bool {
    match relation {
        Relation::Drafter => document.drafter_id == caller.person_id,
        Relation::InDraftingUnit => document.unit_id == caller.unit_id,
        Relation::Signer => document.signer_id == caller.person_id,
        _ => false,
    }
}
