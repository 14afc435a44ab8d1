//! What can be wrong with a file, and what was tolerated while reading it.

use super::Ref;

/// Why a file, or one object of it, cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Error {
    /// Neither a header nor any object was found.
    #[error("not a PDF file: no %PDF- header and no objects")]
    NotPdf,
    /// The structure is broken and no reading of it gives a catalog with pages.
    #[error("damaged beyond trust at byte {offset}: {what}")]
    Damaged {
        /// Byte offset in the file.
        offset: usize,
        /// What was found missing or wrong.
        what: &'static str,
    },
    /// The bytes at this place are not the PDF syntax expected there.
    #[error("syntax error at byte {offset}: expected {expected}")]
    Syntax {
        /// Offset in the file, or in the decoded object stream.
        offset: usize,
        /// What should have stood there.
        expected: &'static str,
    },
    /// The cross-reference leads to a place where another object (or none) begins.
    #[error("object {wanted} is not at byte {offset} where the cross-reference says it is")]
    WrongObject {
        /// The object looked for.
        wanted: Ref,
        /// Where it should have been.
        offset: usize,
    },
    /// A value has another type than its place demands.
    #[error("{what} is not {expected}")]
    Type {
        /// Which value.
        what: &'static str,
        /// The type it should have.
        expected: &'static str,
    },
    /// A limit of [`super::limits`] was reached.
    #[error("{limit} exceeds the limit of the reader")]
    Limit {
        /// Which limit.
        limit: &'static str,
    },
    /// A stream filter is unknown or its data are corrupt.
    #[error("stream cannot be decoded: {0}")]
    Filter(&'static str),
    /// Strings or streams are encrypted and no key is at hand.
    #[error("encrypted: a password or key is needed")]
    Encrypted,
    /// The file lies on disk, and could not be read there.
    #[error("the file cannot be read: {0}")]
    Unreadable(std::io::ErrorKind),
    /// The file lies on disk, and was written while it was read.
    #[error("the file was changed while it was read; try again")]
    Changed,
}

impl Error {
    /// Whether it is the disk's and not the file's.
    pub fn is_of_disk(&self) -> bool {
        matches!(self, Self::Unreadable(_) | Self::Changed)
    }
}

/// Something tolerated while reading, that another reader may see differently. A validator reports each; a
/// signer decides by kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Anomaly {
    /// `%PDF-` begins only after this many bytes; offsets may count from there or from the first byte.
    BytesBeforeHeader(usize),
    /// No `%PDF-` in the first kilobyte.
    NoHeader,
    /// `%%EOF` is missing after the last `startxref`.
    NoEndMarker,
    /// Bytes after the last `%%EOF` and its end of line that are not white space, from this offset.
    TrailingBytes(usize),
    /// `startxref` is missing or leads nowhere; the file was scanned for objects instead.
    Recovered {
        /// Why the cross-reference could not be used.
        because: Error,
    },
    /// `/Prev` leads to a section already seen, or to zero.
    PrevLoop(usize),
    /// The chain of sections does not run from back to front and the file is not linearized.
    UnorderedSections(usize),
    /// `startxref` after this section does not name it: a reader of the file truncated there sees another.
    StartxrefDisagrees(usize),
    /// A section is not followed by `startxref` and `%%EOF`: the end of its revision is unknown.
    UnmarkedRevision(usize),
    /// Subsections of one section overlap.
    OverlappingSubsections(usize),
    /// A cross-reference entry is not in the form the standard demands.
    XrefEntry(usize),
    /// The table's first subsection begins at 1 but its first entry is that of object 0.
    XrefOffByOne(usize),
    /// An object in use in the cross-reference, but its place holds something else.
    WrongObject {
        /// The object looked for.
        wanted: Ref,
        /// Where it should have been.
        offset: usize,
    },
    /// `/Length` of the stream at this offset disagrees with `endstream`.
    StreamLength(usize),
    /// References that lead to references without end, this one among them.
    EndlessReference(Ref),
    /// The deflate data of the stream at this offset break off, or fail their checksum.
    StreamData(usize),
    /// The catalog leads to no page tree: there is nothing to be shown.
    NoPages,
    /// A dictionary at this offset holds a key twice or a key without a value.
    IrregularDictionary(usize),
    /// The object stream holds the object at another index than the cross-reference says.
    ObjectStreamIndex(u32),
}

impl std::fmt::Display for Anomaly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BytesBeforeHeader(n) => write!(f, "{n} bytes before the header"),
            Self::NoHeader => write!(f, "no %PDF- header"),
            Self::NoEndMarker => write!(f, "no %%EOF after the last startxref"),
            Self::TrailingBytes(at) => write!(f, "bytes after the last %%EOF, from byte {at}"),
            Self::Recovered { because } => {
                write!(f, "cross-reference unusable ({because}); objects were searched")
            }
            Self::PrevLoop(at) => write!(f, "/Prev of the section at byte {at} leads nowhere new"),
            Self::UnorderedSections(at) => write!(f, "section at byte {at} is out of order"),
            Self::StartxrefDisagrees(at) => {
                write!(f, "startxref after the section at byte {at} names another")
            }
            Self::UnmarkedRevision(at) => write!(f, "no startxref and %%EOF after the section at byte {at}"),
            Self::OverlappingSubsections(at) => {
                write!(f, "overlapping subsections in the section at byte {at}")
            }
            Self::XrefEntry(at) => write!(f, "malformed cross-reference entry at byte {at}"),
            Self::XrefOffByOne(at) => {
                write!(f, "cross-reference table at byte {at} begins at 1 instead of 0")
            }
            Self::WrongObject { wanted, offset } => write!(f, "object {wanted} is not at byte {offset}"),
            Self::StreamLength(at) => write!(f, "wrong /Length of the stream at byte {at}"),
            Self::EndlessReference(id) => {
                write!(f, "the reference to object {id} leads to references without end")
            }
            Self::StreamData(at) => {
                write!(f, "data of the stream at byte {at} break off or fail their checksum")
            }
            Self::NoPages => write!(f, "the catalog leads to no pages"),
            Self::IrregularDictionary(at) => {
                write!(f, "doubled key or missing value in the dictionary at byte {at}")
            }
            Self::ObjectStreamIndex(n) => write!(f, "object {n} has another index in its object stream"),
        }
    }
}
