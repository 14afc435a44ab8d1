//! Whether the one who is named to sign may do so, today, in the capacity that is named (Điều 13).

use proto::fault::Fault;
use proto::record::v1::{Caller, CreateDraft, Date, OutgoingDocument, SignerInfo, SigningCapacity};

use crate::capacity::{self, Authorization};
use crate::states::States;
use crate::{read, reasons};

/// Who is to sign, and on what ground.
pub(super) struct Named<'a> {
    person_id: &'a str,
    position_id: &'a str,
    capacity: i32,
    delegation_id: &'a str,
}

impl<'a> From<&'a CreateDraft> for Named<'a> {
    fn from(draft: &'a CreateDraft) -> Self {
        Self {
            person_id: &draft.signer_id,
            position_id: &draft.signer_position_id,
            capacity: draft.capacity,
            delegation_id: &draft.delegation_id,
        }
    }
}

impl<'a> From<&'a OutgoingDocument> for Named<'a> {
    fn from(document: &'a OutgoingDocument) -> Self {
        Self {
            person_id: &document.signer_id,
            position_id: &document.signer_position_id,
            capacity: document.capacity,
            delegation_id: &document.delegation_id,
        }
    }
}

/// Why the one who is named may not sign.
pub(super) struct Objection {
    /// The field of a draft that is wrong.
    pub(super) field: &'static str,
    /// The reason.
    pub(super) reason: &'static str,
    /// One English sentence.
    pub(super) text: String,
}

impl Objection {
    fn new(field: &'static str, reason: &'static str, text: impl Into<String>) -> Self {
        Self { field, reason, text: text.into() }
    }

    /// As the rule that says no.
    pub(super) fn refused(self) -> Fault {
        Fault::refused(self.reason, self.text)
    }
}

/// Whether the one who is named may sign `today`; if so, chức vụ and họ tên for the metadata.
pub(super) fn may_sign(
    states: &dyn States,
    named: &Named<'_>,
    today: Date,
) -> Result<Result<SignerInfo, Objection>, Fault> {
    let Some(person) = read::person(states, named.person_id)?.filter(|person| person.active) else {
        return Ok(Err(Objection::new("signer_id", reasons::NOT_THERE, "no such person works here")));
    };
    let Some(position) = read::position(states, named.position_id)? else {
        return Ok(Err(Objection::new(
            "signer_position_id",
            reasons::NOT_THERE,
            "there is no such position",
        )));
    };
    if position.person_id != named.person_id {
        let text = "the position is held by somebody else; name a position of the signer";
        return Ok(Err(Objection::new("signer_position_id", reasons::SIGNER_NOT_IN_POSITION, text)));
    }
    let agency = read::agency(states)?.ok_or_else(|| Fault::broken("there are documents but no agency"))?;
    let delegation = match named.delegation_id {
        "" => None,
        id => match read::delegation(states, id)? {
            Some(delegation) => Some(delegation),
            None => {
                return Ok(Err(Objection::new(
                    "delegation_id",
                    reasons::NOT_THERE,
                    "there is no such delegation",
                )));
            }
        },
    };
    let giver = match &delegation {
        Some(delegation) => read::position(states, &delegation.from_position_id)?,
        None => None,
    };
    let authorization = delegation
        .as_ref()
        .zip(giver.as_ref())
        .map(|(delegation, giver)| Authorization { delegation, giver });
    let capacity = SigningCapacity::try_from(named.capacity).unwrap_or(SigningCapacity::Unspecified);
    if let Err(error) =
        capacity::permitted(capacity, named.position_id, &position, &agency, authorization, today)
    {
        return Ok(Err(Objection::new("capacity", error.reason(), error.to_string())));
    }
    Ok(Ok(SignerInfo { position: position.title, full_name: person.full_name }))
}

/// The signer approves and signs in the position that the document names, with the right to do so today.
pub(super) fn acts_now(
    states: &dyn States,
    caller: &Caller,
    document: &OutgoingDocument,
    today: Date,
) -> Result<(), Fault> {
    in_signers_position(caller, document)?;
    may_sign(states, &Named::from(document), today)?.map(|_| ()).map_err(Objection::refused)
}

/// The caller acts in the position that the document names for its signer.
///
/// # Errors
/// [`Fault::Denied`] in another one.
pub fn in_signers_position(caller: &Caller, document: &OutgoingDocument) -> Result<(), Fault> {
    if caller.position_id == document.signer_position_id {
        return Ok(());
    }
    let text = "the document is signed in another position of the signer; change to that position";
    Err(Fault::denied(reasons::SIGNS_IN_OTHER_POSITION, text))
}
