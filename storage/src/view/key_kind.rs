//! The first byte of every key in the view.

/// What a key of the view is about. The byte is for ever: it is never changed, and the byte of a
/// kind that is no longer used stays here, retired, so that nobody takes it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum KeyKind {
    // 0x00 is the view's own.
    /// What the caller keeps about the view as a whole, such as the version of its keys.
    Meta = 0x01,
    /// The present state of a record, by its id.
    State = 0x02,
    /// A line of a list, ordered as the list is shown.
    List = 0x03,
    /// From a value to the id of what has it.
    Lookup = 0x04,
    /// From a record to the positions in the journal that concern it.
    History = 0x05,
    /// The first answer to a request id.
    Request = 0x06,
    /// The last number drawn of a series, and the numbers reserved, void or released.
    Series = 0x07,
    /// Who names a file, by the file's digest.
    FileReference = 0x08,
    /// What only the directory may read.
    Credential = 0x09,
    /// Who opened what first, and when.
    Opened = 0x0a,
    /// Numbers of lines, kept so that nobody need count.
    Count = 0x0b,
    /// Things to be done at a time, ordered by it.
    Due = 0x0c,
    /// Who may see a record.
    Reader = 0x0d,
}

impl KeyKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Meta,
        Self::State,
        Self::List,
        Self::Lookup,
        Self::History,
        Self::Request,
        Self::Series,
        Self::FileReference,
        Self::Credential,
        Self::Opened,
        Self::Count,
        Self::Due,
        Self::Reader,
    ];

    /// The byte.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_those_that_were_given_out() {
        let bytes: Vec<u8> = KeyKind::ALL.into_iter().map(KeyKind::byte).collect();
        assert_eq!(bytes, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    }
}
