//! The signatures and document time stamps that a file holds, with their messages: what raising starts from.

use std::ops::Range;

use bytes::Bytes;
use openssl::x509::X509;

use super::refusal::Refusal;
use crate::cms::{SignerReport, Timestamp, verify_detached_over, verify_timestamp_over};
use crate::pdf::{Document, FieldKind, Input, Location, Object, PdfString};
use crate::ranges::Ranges;

/// Most signatures of one file that are raised.
const SIGNATURES_MAX: usize = 64;

/// What kind of thing a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeldKind {
    Signature,
    DocumentTimestamp,
}

/// One signature or document time stamp.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) field: String,
    pub(super) kind: HeldKind,
    /// `/Contents` in the file, delimiters included.
    pub(super) hole: Range<usize>,
    /// Its bytes with the padding behind the message.
    pub(super) contents: Bytes,
    /// Where the signed bytes end.
    pub(super) end: usize,
    pub(super) signer: SignerReport,
    /// The time that a document time stamp states.
    pub(super) stamped: Option<i64>,
}

impl Held {
    /// The certificate, and all that the message carries.
    pub(super) fn certificates(&self) -> impl Iterator<Item = &X509> {
        let stamps = self.signer.timestamps.iter().flat_map(|stamp| stamp.report.certificates.iter());
        self.signer.certificates.iter().chain(stamps)
    }

    /// Signature time stamps that are right in themselves.
    pub(super) fn timestamps(&self) -> impl Iterator<Item = &Timestamp> {
        self.signer.timestamps.iter().filter(|stamp| stamp.report.is_intact() && stamp.time.is_some())
    }

    /// Whether the file as it ends here is what was signed.
    pub(super) fn covers(&self, file: &Input) -> bool {
        file.all(self.end..file.len(), |byte| byte.is_ascii_whitespace())
    }
}

/// Reads them, oldest first. What validation calls unreadable is left out: nothing is raised on such a file.
pub(super) fn read_held(document: &Document) -> Result<Vec<Held>, Refusal> {
    let view = document.latest();
    let mut found = Vec::new();
    for field in view.fields()?.iter().filter(|field| field.kind == FieldKind::Signature) {
        if found.len() >= SIGNATURES_MAX {
            break;
        }
        let Some(id) = field.value.as_ref() else { continue };
        let Some(loaded) = view.load(id)? else { continue };
        let (Object::Dict(dict), Location::Offset(_)) = (&loaded.object, loaded.location) else { continue };
        let Some(entry) = dict.entry(b"Contents") else { continue };
        let Object::Array(range) = view.value(dict, b"ByteRange")? else { continue };
        let numbers: Vec<usize> = range
            .iter()
            .filter_map(|number| number.as_integer().and_then(|number| usize::try_from(number).ok()))
            .collect();
        let [0, hole_start, hole_end, tail] = numbers[..] else { continue };
        let file = document.file();
        let end = hole_end.saturating_add(tail);
        let hole = entry.value_span.clone();
        if hole != (hole_start..hole_end) || end > file.len() {
            continue;
        }
        let contents = PdfString { source: file.get(hole.clone()).unwrap_or_default() }.bytes();
        let ranges = Ranges { file, ranges: &[0..hole_start, hole_end..end] };
        let is_stamp = dict.is_name(b"SubFilter", b"ETSI.RFC3161");
        let (kind, signer, stamped) = if is_stamp {
            let Timestamp { time, report, .. } = verify_timestamp_over(&contents, ranges.content());
            (HeldKind::DocumentTimestamp, report, time)
        } else {
            let pades = dict.is_name(b"SubFilter", b"ETSI.CAdES.detached");
            (HeldKind::Signature, verify_detached_over(&contents, ranges.content(), pades), None)
        };
        found.push(Held { field: field.name.clone(), kind, hole, contents, end, signer, stamped });
    }
    document.file().check()?;
    found.sort_by_key(|held| held.end);
    Ok(found)
}
