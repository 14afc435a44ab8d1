//! Building keys whose bytes sort as what they stand for.

use proto::record::v1::{Date, Principal, Role, principal::Who};

use super::code::Code;

/// A key in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(Vec<u8>);

impl Key {
    /// Starts with the code.
    #[must_use]
    pub fn of(code: Code) -> Self {
        Self(vec![code as u8])
    }

    /// A principal; one that names nobody is told apart from all others.
    #[must_use]
    pub fn principal(self, principal: &Principal) -> Self {
        match &principal.who {
            Some(Who::PersonId(id)) => self.person(id),
            Some(Who::UnitId(id)) => self.unit(id),
            Some(Who::Role(role)) => self.u8(3).i32(*role),
            None => self.u8(0),
        }
    }

    /// The principal that is one person.
    #[must_use]
    pub fn person(self, id: &str) -> Self {
        self.u8(1).text(id)
    }

    /// The principal that is everybody of a unit.
    #[must_use]
    pub fn unit(self, id: &str) -> Self {
        self.u8(2).text(id)
    }

    /// The principal that is everybody with a role.
    #[must_use]
    pub fn role(self, role: Role) -> Self {
        self.u8(3).i32(role.into())
    }

    /// A text, ended by a byte below all others. NUL bytes within are left out.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.0.extend(text.bytes().filter(|byte| *byte != 0));
        self.0.push(0);
        self
    }

    /// One byte.
    #[must_use]
    pub fn u8(mut self, value: u8) -> Self {
        self.0.push(value);
        self
    }

    /// True sorts after false.
    #[must_use]
    pub fn flag(self, value: bool) -> Self {
        self.u8(u8::from(value))
    }

    /// Four bytes, ascending.
    #[must_use]
    pub fn u32(mut self, value: u32) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    /// Four bytes, ascending, negative before positive.
    #[must_use]
    pub fn i32(self, value: i32) -> Self {
        self.u32(value.cast_unsigned() ^ 0x8000_0000)
    }

    /// Four bytes, descending.
    #[must_use]
    pub fn i32_down(self, value: i32) -> Self {
        self.u32(!(value.cast_unsigned() ^ 0x8000_0000))
    }

    /// An instant in milliseconds, earliest first; an absent one is the epoch.
    #[must_use]
    pub fn instant(mut self, at: Option<&prost_types::Timestamp>) -> Self {
        let ms = at.map_or(0, crate::calendar::millis);
        self.0.extend((ms.cast_unsigned() ^ (1 << 63)).to_be_bytes());
        self
    }

    /// An instant in milliseconds, newest first; an absent one is the epoch.
    #[must_use]
    pub fn instant_down(mut self, at: Option<&prost_types::Timestamp>) -> Self {
        let ms = at.map_or(0, crate::calendar::millis);
        self.0.extend((!(ms.cast_unsigned() ^ (1 << 63))).to_be_bytes());
        self
    }

    /// A day in four bytes, earliest first, none last.
    #[must_use]
    pub fn date(mut self, date: Option<&Date>) -> Self {
        self.0.extend(date_bytes(date));
        self
    }

    /// A day in four bytes, newest first, none first.
    #[must_use]
    pub fn date_down(mut self, date: Option<&Date>) -> Self {
        self.0.extend(date_bytes(date).map(|byte| !byte));
        self
    }

    /// Ends the key with the id of its record, which makes it unique.
    #[must_use]
    pub fn id(mut self, id: &str) -> Vec<u8> {
        self.0.extend(id.bytes());
        self.0
    }

    /// The bytes so far: a prefix.
    #[must_use]
    pub fn prefix(self) -> Vec<u8> {
        self.0
    }
}

fn date_bytes(date: Option<&Date>) -> [u8; 4] {
    let Some(date) = date else { return [0xff; 4] };
    let [high, low] = u16::try_from(date.year.clamp(0, 0xfffe)).unwrap_or(0).to_be_bytes();
    let small = |value: i32| u8::try_from(value.clamp(0, 0xff)).unwrap_or(0);
    [high, low, small(date.month), small(date.day)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> Key {
        Key::of(Code::MyLead)
    }

    proptest! {
        #[test]
        fn bytes_sort_as_numbers_do(a in any::<i32>(), b in any::<i32>()) {
            prop_assert_eq!(key().i32(a).prefix().cmp(&key().i32(b).prefix()), a.cmp(&b));
            prop_assert_eq!(key().i32_down(a).prefix().cmp(&key().i32_down(b).prefix()), b.cmp(&a));
        }

        #[test]
        fn bytes_sort_as_instants_do(a in -9_000_000_000_000i64..9_000_000_000_000, b in -9_000_000_000_000i64..9_000_000_000_000) {
            let at = crate::calendar::timestamp;
            let up = |ms: i64| key().instant(Some(&at(ms))).prefix();
            let down = |ms: i64| key().instant_down(Some(&at(ms))).prefix();
            prop_assert_eq!(up(a).cmp(&up(b)), a.cmp(&b));
            prop_assert_eq!(down(a).cmp(&down(b)), b.cmp(&a));
        }

        #[test]
        fn a_text_that_is_the_start_of_another_sorts_before_it(a in "[a-z]{0,6}", b in "[a-z]{0,6}", x in any::<u8>(), y in any::<u8>()) {
            // What follows never decides before the text does.
            if a != b {
                prop_assert_eq!(key().text(&a).u8(x).prefix().cmp(&key().text(&b).u8(y).prefix()), a.cmp(&b));
            }
        }

        #[test]
        fn bytes_sort_as_days_do(a in 0i64..200_000, b in 0i64..200_000) {
            let day = |n: i64| crate::calendar::add_days(Date { year: 1900, month: 1, day: 1 }, n);
            let up = |n: i64| key().date(Some(&day(n))).prefix();
            let down = |n: i64| key().date_down(Some(&day(n))).prefix();
            prop_assert_eq!(up(a).cmp(&up(b)), a.cmp(&b));
            prop_assert_eq!(down(a).cmp(&down(b)), b.cmp(&a));
            prop_assert!(key().date(None).prefix() > up(a));
        }
    }

    #[test]
    fn principals_of_different_kinds_never_meet() {
        let who = [
            key().person("unit_1").prefix(),
            key().unit("unit_1").prefix(),
            key().role(Role::Clerk).prefix(),
            key().principal(&Principal::default()).prefix(),
        ];
        for (i, one) in who.iter().enumerate() {
            for other in &who[i + 1..] {
                assert!(!one.starts_with(other) && !other.starts_with(one));
            }
        }
        let one = Principal { who: Some(Who::PersonId("per_1".to_owned())) };
        assert_eq!(key().principal(&one).prefix(), key().person("per_1").prefix());
        assert!(!key().person("per_12").prefix().starts_with(&key().person("per_1").prefix()));
    }

    #[test]
    fn codes_are_frozen() {
        // A code once used is never given another meaning: this list only grows.
        let frozen = [
            (Code::Units as u8, 1),
            (Code::People as u8, 2),
            (Code::Positions as u8, 3),
            (Code::Delegations as u8, 4),
            (Code::Series as u8, 5),
            (Code::Holidays as u8, 6),
            (Code::Certificates as u8, 7),
            (Code::SeriesYears as u8, 8),
            (Code::Register as u8, 20),
            (Code::IncomingByStatus as u8, 21),
            (Code::IncomingForDirection as u8, 22),
            (Code::IncomingAll as u8, 23),
            (Code::ReservedNumbers as u8, 24),
            (Code::VoidNumbers as u8, 25),
            (Code::Unchecked as u8, 26),
            (Code::MyLead as u8, 30),
            (Code::MySupporting as u8, 31),
            (Code::MyInformation as u8, 32),
            (Code::MyCompleted as u8, 33),
            (Code::GivenByMe as u8, 34),
            (Code::OpenAssignments as u8, 35),
            (Code::OutgoingByStatus as u8, 50),
            (Code::MyDrafts as u8, 51),
            (Code::MyReturnedDrafts as u8, 52),
            (Code::DraftsForReview as u8, 53),
            (Code::DraftsForFormCheck as u8, 54),
            (Code::DraftsForApproval as u8, 55),
            (Code::ForSignature as u8, 56),
            (Code::SignedByMe as u8, 57),
            (Code::OutgoingAll as u8, 58),
            (Code::SigningFailed as u8, 59),
            (Code::ByEvidence as u8, 60),
            (Code::PersonByLogin as u8, 0x80),
            (Code::PositionsOfPerson as u8, 0x81),
            (Code::PositionsOfUnit as u8, 0x82),
            (Code::PositionsOfRole as u8, 0x83),
            (Code::DelegationsToPosition as u8, 0x84),
            (Code::DelegationsFromPosition as u8, 0x85),
            (Code::CertificatesOfPerson as u8, 0x86),
            (Code::SealCertificates as u8, 0x87),
            (Code::CertificateByDigest as u8, 0x88),
            (Code::RegisterLines as u8, 0x89),
            (Code::IncomingByNumber as u8, 0x8a),
            (Code::IncomingByMainFile as u8, 0x8b),
            (Code::AssignmentsOfDocument as u8, 0x8c),
            (Code::AssignmentsOfParent as u8, 0x8d),
            (Code::ActiveSeries as u8, 0x8e),
            (Code::RegisterByDay as u8, 0x8f),
            (Code::OutgoingByNumber as u8, 0xa0),
            (Code::AnswersTo as u8, 0xa1),
            (Code::OutgoingByMainFile as u8, 0xa2),
        ];
        for (is, was) in frozen {
            assert_eq!(is, was);
        }
    }
}
