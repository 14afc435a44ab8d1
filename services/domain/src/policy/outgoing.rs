//! Who may do what with outgoing documents: rows of the one table, and what the relations to a document mean.

use proto::record::v1::{Caller, OutgoingDocument, Role};

use super::table::{Grant, Relation, Row};
use crate::id::Kind;

/// Whoever drafts the document, or heads the unit that drafts it.
const DRAFTER: &[Grant] =
    &[Grant::Relation(Relation::Drafter), Grant::Both(Role::HeadOfUnit, Relation::InDraftingUnit)];
const CLERK: &[Grant] = &[Grant::Role(Role::Clerk)];
const SIGNER: &[Grant] = &[Grant::Relation(Relation::Signer)];

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
    Row::new("ReviseDraft", Some(Kind::Outgoing), DRAFTER),
    Row::new("WithdrawDraft", Some(Kind::Outgoing), DRAFTER),
    Row::new("SubmitDraft", Some(Kind::Outgoing), DRAFTER),
    // Điều 12.1: the head of the drafting unit answers for the content. The unit of the leaders has no head but them.
    Row::new(
        "ReviewContent",
        Some(Kind::Outgoing),
        &[
            Grant::Both(Role::HeadOfUnit, Relation::InDraftingUnit),
            Grant::Both(Role::Leader, Relation::InDraftingUnit),
        ],
    ),
    Row::new("CheckForm", Some(Kind::Outgoing), &[Grant::Role(Role::FormChecker)]),
    Row::new(
        "InitialDraft",
        Some(Kind::Outgoing),
        &[
            Grant::Role(Role::FormChecker),
            Grant::Both(Role::HeadOfUnit, Relation::InDraftingUnit),
            Grant::Both(Role::Leader, Relation::InDraftingUnit),
        ],
    ),
    // Each at the own step only: the deciding function tells them apart by the state.
    Row::new(
        "ReturnDraft",
        Some(Kind::Outgoing),
        &[
            Grant::Role(Role::FormChecker),
            Grant::Both(Role::HeadOfUnit, Relation::InDraftingUnit),
            Grant::Both(Role::Leader, Relation::InDraftingUnit),
            Grant::Relation(Relation::Signer),
        ],
    ),
    Row::new("ApproveDraft", Some(Kind::Outgoing), SIGNER),
    Row::new("RecordSigned", Some(Kind::Outgoing), SIGNER),
    Row::new("RecordSigningFailed", Some(Kind::Outgoing), SIGNER),
    Row::new("AssignNumber", Some(Kind::Outgoing), CLERK),
    // Điều 32.2: the seal is the clerk's, in person.
    Row::new("RecordSealed", Some(Kind::Outgoing), CLERK),
    Row::new("Issue", Some(Kind::Outgoing), CLERK),
    // Nobody's act: the office keeps what was signed provable. No person gives it, whatever their role.
    Row::by("AddEvidence", super::SIGNER, &[Grant::ServiceAlone]),
    Row::by("KeepEvidence", super::SIGNER, &[Grant::ServiceAlone]),
    Row::new("UpdateDelivery", Some(Kind::Outgoing), CLERK),
    Row::new("Recall", Some(Kind::Outgoing), &[Grant::Role(Role::Clerk), Grant::Role(Role::Leader)]),
];

/// True when `relation` holds between the caller and an outgoing document.
pub(super) fn holds(relation: Relation, caller: &Caller, document: &OutgoingDocument) -> bool {
    match relation {
        Relation::Drafter => document.drafter_id == caller.person_id,
        Relation::InDraftingUnit => !document.unit_id.is_empty() && document.unit_id == caller.unit_id,
        Relation::Signer => document.signer_id == caller.person_id,
        _ => false,
    }
}
