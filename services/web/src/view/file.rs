//! Files of a document as pages link them.

use proto::record::v1::FileRef;

use crate::link;
use crate::view::day;

/// One file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FileView {
    /// Its name.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) href: String,
    /// `412 KB`.
    pub(crate) size: String,
    /// Pages; 0 when not known.
    pub(crate) pages: i32,
    /// True when the viewer can show it.
    pub(crate) is_pdf: bool,
    /// SHA-256.
    pub(crate) digest: String,
}

/// The files of a record, main one first.
pub(crate) fn all(record_id: &str, files: &[FileRef]) -> Vec<FileView> {
    files
        .iter()
        .enumerate()
        .map(|(i, file)| FileView {
            name: file.name.clone(),
            href: link::file(record_id, i),
            size: day::size(file.size),
            pages: file.pages,
            is_pdf: file.media_type == "application/pdf",
            digest: file.digest.clone(),
        })
        .collect()
}

impl FileView {
    /// The digest in short: `a41c 09e7 … 5be3`.
    pub(crate) fn short_digest(&self) -> String {
        short(&self.digest)
    }
}

/// `a41c 09e7 72d8 … 5be3`.
pub(crate) fn short(digest: &str) -> String {
    match (
        digest.get(0..4),
        digest.get(4..8),
        digest.get(8..12),
        digest.get(digest.len().saturating_sub(4)..),
    ) {
        (Some(a), Some(b), Some(c), Some(z)) if digest.len() > 16 => format!("{a} {b} {c} … {z}"),
        _ => digest.to_owned(),
    }
}
