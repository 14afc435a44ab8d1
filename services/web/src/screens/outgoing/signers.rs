//! Who may sign, and in which capacity: every lawful choice as one line, from the positions and delegations of today
//! (NĐ 30/2020 Điều 13). The rules are the domain's; here is their list.

use domain::capacity::{Authorization, of_position, permitted};
use proto::archive::v1::ListName;
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{Delegation, OutgoingDocument, Position, SigningCapacity};

use crate::desk::Desk;
use crate::office::list_of;
use crate::texts::terms;

/// Pages of delegations that are read.
const PAGES_MAX: usize = 5;

/// Who is to sign.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// The person.
    pub(super) person_id: String,
    /// The position acted in.
    pub(super) position_id: String,
    /// In which capacity.
    pub(super) capacity: SigningCapacity,
    /// The delegation, for TUQ.
    pub(super) delegation_id: String,
}

impl Named {
    /// As an input holds it.
    pub(super) fn value(&self) -> String {
        value(&self.position_id, self.capacity, &self.delegation_id)
    }

    /// Who is to sign a document.
    pub(super) fn of(document: &OutgoingDocument) -> Self {
        Self {
            person_id: document.signer_id.clone(),
            position_id: document.signer_position_id.clone(),
            capacity: document.capacity(),
            delegation_id: document.delegation_id.clone(),
        }
    }

    /// What an input says; empty when it says nothing. Whether it is lawful is for the archive to say.
    pub(super) fn read(text: &str, desk: &Desk) -> Self {
        let mut parts = text.splitn(3, '/');
        let (Some(position_id), Some(capacity)) = (parts.next(), parts.next()) else {
            return Self::default();
        };
        let delegation_id = parts.next().unwrap_or_default();
        Self {
            person_id: desk.roll.position(position_id).map(|p| p.person_id.clone()).unwrap_or_default(),
            position_id: position_id.to_owned(),
            capacity: capacity
                .parse::<i32>()
                .ok()
                .and_then(|c| SigningCapacity::try_from(c).ok())
                .unwrap_or_default(),
            delegation_id: delegation_id.to_owned(),
        }
    }
}

fn value(position_id: &str, capacity: SigningCapacity, delegation_id: &str) -> String {
    format!("{position_id}/{}/{delegation_id}", capacity as i32)
}

/// Every lawful choice today: what is sent, and its words. Leaders first.
pub(super) async fn choices(desk: &Desk) -> Result<Vec<(String, String)>, Fault> {
    let delegations = desk.calls().list_all(list_of(ListName::Delegations), PAGES_MAX).await?.0;
    let delegations: Vec<(String, Delegation)> = delegations
        .into_iter()
        .filter_map(|item| item.record)
        .filter_map(|record| match record.state {
            Some(State::Delegation(delegation)) => Some((record.id, delegation)),
            _ => None,
        })
        .collect();
    let today = desk.today();
    let agency = &desk.roll.agency;
    let mut found: Vec<(usize, String, String)> = Vec::new();
    for (id, position) in desk.roll.held(&today) {
        for capacity in of_position(position, agency, today) {
            found.push((rank(capacity), value(id, capacity, ""), label(desk, position, capacity)));
        }
        for (delegation_id, delegation) in delegations.iter().filter(|(_, d)| d.to_position_id == id) {
            let Some(giver) = desk.roll.position(&delegation.from_position_id) else { continue };
            let authorization = Some(Authorization { delegation, giver });
            let capacity = SigningCapacity::ByAuthorization;
            if permitted(capacity, id, position, agency, authorization, today).is_ok() {
                found.push((
                    rank(capacity),
                    value(id, capacity, delegation_id),
                    label(desk, position, capacity),
                ));
            }
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, value, label)| (value, label)).collect())
}

fn rank(capacity: SigningCapacity) -> usize {
    const ORDER: [SigningCapacity; 6] = [
        SigningCapacity::OnBehalf,
        SigningCapacity::Head,
        SigningCapacity::Acting,
        SigningCapacity::ForHead,
        SigningCapacity::ByOrder,
        SigningCapacity::ByAuthorization,
    ];
    ORDER.iter().position(|c| *c == capacity).unwrap_or(ORDER.len())
}

/// `Nguyễn Quốc Việt · Giám đốc · ký trực tiếp`.
fn label(desk: &Desk, position: &Position, capacity: SigningCapacity) -> String {
    format!("{} · {} · {}", desk.roll.person(&position.person_id), position.title, terms::capacity(capacity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_says_position_capacity_and_delegation() {
        let named = Named {
            position_id: "pos_7".to_owned(),
            capacity: SigningCapacity::ByAuthorization,
            delegation_id: "del_2".to_owned(),
            ..Named::default()
        };
        assert_eq!(named.value(), "pos_7/5/del_2");
    }
}
