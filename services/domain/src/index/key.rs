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
