//! Thể thức đề ký: in which capacity a position may sign, and how that is printed (NĐ 30/2020 Điều 13, Phụ lục I mục II.7).

use proto::record::v1::{Agency, Date, Delegation, Position, Role, SigningCapacity};
use thiserror::Error;

use crate::{calendar, read, reasons};

/// Why somebody may not sign in a capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CapacityError {
    /// No capacity was named.
    #[error("no signing capacity is named; choose one")]
    Missing,
    /// The position has not begun, is over or was ended.
    #[error("the signer's position is not held today; choose a signer who holds one")]
    PositionNotHeld,
    /// The position's list of capacities does not hold this one.
    #[error(
        "the signer's position does not carry this capacity; the administrator enters what the working rules give"
    )]
    NotGiven,
    /// TM. in an agency under a single head.
    #[error("the agency is not a collective, so nobody signs on its behalf (TM.)")]
    NotCollective,
    /// KT. by somebody who is no deputy of the agency's head.
    #[error("only a deputy of the head signs in the head's place (KT.)")]
    NotDeputy,
    /// TL. by somebody who neither heads a unit nor is a deputy in it.
    #[error("only the head of a unit, or that unit's deputy, signs by order (TL.)")]
    NotHeadOfUnit,
    /// The head's capacity, or Q., by somebody who is not a leader.
    #[error("only a leader of the agency signs as its head or acting head")]
    NotLeader,
    /// TUQ. without a delegation.
    #[error("signing by authorization (TUQ.) needs a written delegation; name it")]
    NoDelegation,
    /// A delegation to another position.
    #[error("the delegation is to another position")]
    DelegationToOther,
    /// A delegation without a written basis or without both dates.
    #[error("the delegation lacks its written basis or one of its dates")]
    DelegationIncomplete,
    /// A delegation that has not begun, is over or was ended.
    #[error("the delegation is not in force today")]
    DelegationNotInForce,
    /// A delegation by somebody who has the power only from others.
    #[error(
        "the power was given by one who does not hold it himself; a delegated power is not delegated again"
    )]
    Redelegated,
    /// A delegation named where the capacity rests on none.
    #[error("a delegation is named, but only signing by authorization (TUQ.) rests on one")]
    DelegationNotAsked,
}

impl CapacityError {
    /// The stable reason that the screens map to a sentence.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Missing => reasons::REQUIRED,
            Self::PositionNotHeld => reasons::CAPACITY_POSITION_NOT_HELD,
            Self::NotGiven => reasons::CAPACITY_NOT_GIVEN,
            Self::NotCollective => reasons::CAPACITY_NOT_COLLECTIVE,
            Self::NotDeputy => reasons::CAPACITY_NOT_DEPUTY,
            Self::NotHeadOfUnit => reasons::CAPACITY_NOT_HEAD_OF_UNIT,
            Self::NotLeader => reasons::CAPACITY_NOT_LEADER,
            Self::NoDelegation => reasons::CAPACITY_NO_DELEGATION,
            Self::DelegationToOther => reasons::CAPACITY_DELEGATION_TO_OTHER,
            Self::DelegationIncomplete => reasons::CAPACITY_DELEGATION_INCOMPLETE,
            Self::DelegationNotInForce => reasons::CAPACITY_DELEGATION_NOT_IN_FORCE,
            Self::Redelegated => reasons::CAPACITY_REDELEGATED,
            Self::DelegationNotAsked => reasons::CAPACITY_DELEGATION_NOT_ASKED,
        }
    }
}

/// What a signature by authorization rests on: the delegation and the position of the one who gave it.
#[derive(Debug, Clone, Copy)]
pub struct Authorization<'a> {
    /// The written, limited delegation.
    pub delegation: &'a Delegation,
    /// The position whose power it is.
    pub giver: &'a Position,
}

/// Whether the holder of `position` (whose id is `position_id`) may sign in `capacity` on the day `today`.
///
/// All but TUQ. rest on the position's own list, which stands for the working rules (quy chế làm việc) and the decisions
/// on acting heads. TUQ. rests on the delegation alone, because it is an exception to that list.
///
/// # Errors
/// The condition of Điều 13 that does not hold.
pub fn permitted(
    capacity: SigningCapacity,
    position_id: &str,
    position: &Position,
    agency: &Agency,
    authorization: Option<Authorization<'_>>,
    today: Date,
) -> Result<(), CapacityError> {
    if !read::is_held(position, today) {
        return Err(CapacityError::PositionNotHeld);
    }
    if capacity == SigningCapacity::Unspecified {
        return Err(CapacityError::Missing);
    }
    if capacity == SigningCapacity::ByAuthorization {
        return by_authorization(position_id, authorization, today);
    }
    if authorization.is_some() {
        return Err(CapacityError::DelegationNotAsked);
    }
    if !carries(position, capacity) {
        return Err(CapacityError::NotGiven);
    }
    let leads = has_role(position, Role::Leader);
    let is_deputy = headed(&position.title).is_some();
    match capacity {
        SigningCapacity::OnBehalf if !agency.collective => Err(CapacityError::NotCollective),
        SigningCapacity::Head | SigningCapacity::Acting | SigningCapacity::OnBehalf if !leads => {
            Err(CapacityError::NotLeader)
        }
        SigningCapacity::ForHead if !(leads && is_deputy) => Err(CapacityError::NotDeputy),
        SigningCapacity::ByOrder if !(has_role(position, Role::HeadOfUnit) || is_deputy) => {
            Err(CapacityError::NotHeadOfUnit)
        }
        _ => Ok(()),
    }
}

fn by_authorization(
    position_id: &str,
    authorization: Option<Authorization<'_>>,
    today: Date,
) -> Result<(), CapacityError> {
    let Some(Authorization { delegation, giver }) = authorization else {
        return Err(CapacityError::NoDelegation);
    };
    if delegation.to_position_id != position_id {
        return Err(CapacityError::DelegationToOther);
    }
    let limited = delegation.valid_from.is_some() && delegation.valid_to.is_some();
    if !limited || delegation.basis.trim().is_empty() {
        return Err(CapacityError::DelegationIncomplete);
    }
    if delegation.ended || !calendar::within(today, delegation.valid_from, delegation.valid_to) {
        return Err(CapacityError::DelegationNotInForce);
    }
    // Điều 13.4: the head delegates, and whoever was authorized does not pass it on. So the giver must hold the power of
    // the head himself, today.
    let own = [SigningCapacity::Head, SigningCapacity::OnBehalf, SigningCapacity::Acting];
    if !read::is_held(giver, today) || !own.iter().any(|capacity| carries(giver, *capacity)) {
        return Err(CapacityError::Redelegated);
    }
    Ok(())
}

/// Every capacity in which the holder may sign today without a delegation, in the order of the vocabulary.
#[must_use]
pub fn of_position(position: &Position, agency: &Agency, today: Date) -> Vec<SigningCapacity> {
    [
        SigningCapacity::Head,
        SigningCapacity::OnBehalf,
        SigningCapacity::ForHead,
        SigningCapacity::ByOrder,
        SigningCapacity::Acting,
    ]
    .into_iter()
    .filter(|capacity| permitted(*capacity, "", position, agency, None, today).is_ok())
    .collect()
}

/// The lines above a signature, in capitals, as the letter prints them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLines {
    /// Lines that begin `TM.`, `KT.`, `TL.`, `TUQ.` or `Q.`; empty where the head signs as head.
    pub capacity: Vec<String>,
    /// Chức vụ; empty after `Q.`, which says it already.
    pub position: String,
}

impl SignatureLines {
    /// All lines, from the top.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        let position = Some(self.position.as_str()).filter(|line| !line.is_empty());
        self.capacity.iter().map(String::as_str).chain(position)
    }
}

/// How `capacity` is printed over the signature of somebody with this `title` in this agency.
///
/// Deputies add the line of the one whose place they take: `TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH / PHÓ CHỦ TỊCH`,
/// `TL. GIÁM ĐỐC / KT. CHÁNH VĂN PHÒNG / PHÓ CHÁNH VĂN PHÒNG`.
#[must_use]
pub fn lines(capacity: SigningCapacity, title: &str, agency: &Agency) -> SignatureLines {
    let head = capitals(&agency.head_title);
    let own = capitals(title);
    let in_place_of = headed(title).map(|headed| format!("KT. {}", capitals(headed)));
    let (capacity, position) = match capacity {
        SigningCapacity::Unspecified | SigningCapacity::Head => (vec![], own),
        SigningCapacity::OnBehalf => {
            let mut above = vec![format!("TM. {}", capitals(collective_name(&agency.name)))];
            above.extend(in_place_of);
            (above, own)
        }
        SigningCapacity::ForHead => (vec![format!("KT. {head}")], own),
        SigningCapacity::ByOrder => {
            let mut above = vec![format!("TL. {head}")];
            above.extend(in_place_of);
            (above, own)
        }
        SigningCapacity::ByAuthorization => (vec![format!("TUQ. {head}")], own),
        SigningCapacity::Acting => (vec![format!("Q. {head}")], String::new()),
    };
    SignatureLines { capacity, position }
}

/// The title that a deputy's title is deputy of: “Chánh Văn phòng” of “Phó Chánh Văn phòng”; none for other titles.
fn headed(title: &str) -> Option<&str> {
    let (first, rest) = title.trim().split_once(' ')?;
    let rest = rest.trim_start();
    (first.to_lowercase() == "phó" && !rest.is_empty()).then_some(rest)
}

/// The name after TM.: a people's committee or council is named without its place (Phụ lục I mục II.7a).
fn collective_name(agency: &str) -> &str {
    ["Ủy ban nhân dân", "Uỷ ban nhân dân", "Hội đồng nhân dân"]
        .into_iter()
        .find(|name| agency.starts_with(name))
        .unwrap_or(agency)
}

fn capitals(text: &str) -> String {
    text.trim().to_uppercase()
}

fn carries(position: &Position, capacity: SigningCapacity) -> bool {
    position.capacities.contains(&i32::from(capacity))
}

fn has_role(position: &Position, role: Role) -> bool {
    position.roles.contains(&i32::from(role))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date { year: 2026, month: 5, day: 26 };

    fn agency(collective: bool) -> Agency {
        Agency {
            name: if collective {
                "Ủy ban nhân dân phường Tân An"
            } else {
                "Sở Nội vụ tỉnh Minh Giang"
            }
            .into(),
            head_title: if collective { "Chủ tịch" } else { "Giám đốc" }.into(),
            collective,
            ..Agency::default()
        }
    }

    fn position(title: &str, role: Role, capacities: &[SigningCapacity]) -> Position {
        Position {
            person_id: "per_1".into(),
            title: title.into(),
            roles: vec![role.into()],
            capacities: capacities.iter().map(|c| i32::from(*c)).collect(),
            valid_from: Some(Date { year: 2026, month: 1, day: 1 }),
            ..Position::default()
        }
    }

    fn delegation() -> Delegation {
        Delegation {
            from_position_id: "pos_head".into(),
            to_position_id: "pos_1".into(),
            basis: "Giấy ủy quyền số 01/GUQ-SNV ngày 04/5/2026".into(),
            valid_from: Some(Date { year: 2026, month: 5, day: 4 }),
            valid_to: Some(Date { year: 2026, month: 5, day: 26 }),
            ..Delegation::default()
        }
    }

    #[test]
    fn each_capacity_has_its_condition() {
        use CapacityError as E;
        use Role as R;
        use SigningCapacity as C;
        let table = [
            (C::Head, "Giám đốc", R::Leader, C::Head, false, Ok(())),
            (C::Head, "Giám đốc", R::Leader, C::ForHead, false, Err(E::NotGiven)),
            (C::Head, "Chuyên viên", R::Officer, C::Head, false, Err(E::NotLeader)),
            (C::ForHead, "Phó Giám đốc", R::Leader, C::ForHead, false, Ok(())),
            (C::ForHead, "Giám đốc", R::Leader, C::ForHead, false, Err(E::NotDeputy)),
            (C::ForHead, "Phó Chánh Văn phòng", R::Officer, C::ForHead, false, Err(E::NotDeputy)),
            (C::ByOrder, "Chánh Văn phòng", R::HeadOfUnit, C::ByOrder, false, Ok(())),
            (C::ByOrder, "Phó Chánh Văn phòng", R::Officer, C::ByOrder, false, Ok(())),
            (C::ByOrder, "Chuyên viên", R::Officer, C::ByOrder, false, Err(E::NotHeadOfUnit)),
            (C::ByOrder, "Chánh Văn phòng", R::HeadOfUnit, C::ForHead, false, Err(E::NotGiven)),
            (C::OnBehalf, "Chủ tịch", R::Leader, C::OnBehalf, true, Ok(())),
            (C::OnBehalf, "Giám đốc", R::Leader, C::OnBehalf, false, Err(E::NotCollective)),
            (C::Acting, "Phó Giám đốc", R::Leader, C::Acting, false, Ok(())),
            (C::Acting, "Phó Giám đốc", R::Leader, C::ForHead, false, Err(E::NotGiven)),
            (C::Acting, "Chuyên viên", R::Officer, C::Acting, false, Err(E::NotLeader)),
            (C::Unspecified, "Giám đốc", R::Leader, C::Head, false, Err(E::Missing)),
        ];
        for (capacity, title, role, carried, collective, expected) in table {
            let position = position(title, role, &[carried]);
            let answer = permitted(capacity, "pos_1", &position, &agency(collective), None, TODAY);
            assert_eq!(answer, expected, "{capacity:?} by {title}, {role:?}, carrying {carried:?}");
        }
    }

    #[test]
    fn a_position_that_is_not_held_signs_nothing() {
        let held = position("Giám đốc", Role::Leader, &[SigningCapacity::Head]);
        let head = |position: &Position| {
            permitted(SigningCapacity::Head, "pos_1", position, &agency(false), None, TODAY)
        };
        for (what, changed) in [
            ("ended", Position { ended: true, ..held.clone() }),
            ("over", Position { valid_to: Some(Date { day: 25, ..TODAY }), ..held.clone() }),
            ("not begun", Position { valid_from: Some(Date { day: 27, ..TODAY }), ..held.clone() }),
        ] {
            assert_eq!(head(&changed), Err(CapacityError::PositionNotHeld), "{what}");
        }
        let first_and_last_day = Position { valid_to: Some(TODAY), valid_from: Some(TODAY), ..held };
        assert_eq!(head(&first_and_last_day), Ok(()));
    }

    #[test]
    fn signing_by_authorization_needs_a_written_delegation_of_the_head_limited_in_time() {
        use CapacityError as E;
        let head = position("Giám đốc", Role::Leader, &[SigningCapacity::Head]);
        let deputy = position("Phó Giám đốc", Role::Leader, &[SigningCapacity::ForHead]);
        let good = delegation();
        let table = [
            ("good, on its last day", good.clone(), &head, Ok(())),
            (
                "to another",
                Delegation { to_position_id: "pos_2".into(), ..good.clone() },
                &head,
                Err(E::DelegationToOther),
            ),
            (
                "no basis",
                Delegation { basis: " ".into(), ..good.clone() },
                &head,
                Err(E::DelegationIncomplete),
            ),
            ("no end", Delegation { valid_to: None, ..good.clone() }, &head, Err(E::DelegationIncomplete)),
            (
                "no start",
                Delegation { valid_from: None, ..good.clone() },
                &head,
                Err(E::DelegationIncomplete),
            ),
            ("ended", Delegation { ended: true, ..good.clone() }, &head, Err(E::DelegationNotInForce)),
            (
                "over",
                Delegation { valid_to: Some(Date { day: 25, ..TODAY }), ..good.clone() },
                &head,
                Err(E::DelegationNotInForce),
            ),
            ("passed on", good.clone(), &deputy, Err(E::Redelegated)),
        ];
        let signer = position("Trưởng phòng Tổng hợp", Role::HeadOfUnit, &[]);
        let by = |rests_on: Option<Authorization<'_>>| {
            permitted(SigningCapacity::ByAuthorization, "pos_1", &signer, &agency(false), rests_on, TODAY)
        };
        for (what, delegation, giver, expected) in table {
            assert_eq!(by(Some(Authorization { delegation: &delegation, giver })), expected, "{what}");
        }
        assert_eq!(by(None), Err(E::NoDelegation));
        let rests_on = Authorization { delegation: &good, giver: &head };
        let needless =
            permitted(SigningCapacity::Head, "pos_1", &head, &agency(false), Some(rests_on), TODAY);
        assert_eq!(needless, Err(E::DelegationNotAsked));
    }

    #[test]
    fn the_lines_are_printed_as_the_decree_draws_them() {
        use SigningCapacity as C;
        let table: [(SigningCapacity, &str, bool, &[&str]); 9] = [
            (C::Head, "Giám đốc", false, &["GIÁM ĐỐC"]),
            (C::ForHead, "Phó Giám đốc", false, &["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]),
            (C::ByOrder, "Chánh Văn phòng", false, &["TL. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG"]),
            (
                C::ByOrder,
                "Phó Chánh Văn phòng",
                false,
                &["TL. GIÁM ĐỐC", "KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"],
            ),
            (C::ByAuthorization, "Trưởng phòng Tổng hợp", false, &["TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG TỔNG HỢP"]),
            (C::Acting, "Phó Giám đốc", false, &["Q. GIÁM ĐỐC"]),
            (C::OnBehalf, "Chủ tịch", true, &["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]),
            (C::OnBehalf, "Phó Chủ tịch", true, &["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]),
            (C::ByOrder, "Chánh Văn phòng", true, &["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"]),
        ];
        for (capacity, title, collective, expected) in table {
            let lines = lines(capacity, title, &agency(collective));
            assert_eq!(lines.all().collect::<Vec<_>>(), expected, "{capacity:?} {title}");
            assert!(lines.capacity.len() <= 3, "the letter's layout has room for three lines");
        }
    }

    #[test]
    fn a_position_is_told_its_capacities() {
        let both =
            position("Phó Giám đốc", Role::Leader, &[SigningCapacity::ForHead, SigningCapacity::Acting]);
        let told = of_position(&both, &agency(false), TODAY);
        assert_eq!(told, [SigningCapacity::ForHead, SigningCapacity::Acting]);
        let ended = Position { ended: true, ..both };
        assert!(of_position(&ended, &agency(false), TODAY).is_empty());
    }
}
