//! Lists and look-ups of outgoing documents and draft versions.

use proto::archive::v1::{ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::{Caller, DraftVersion, OutgoingDocument, Record};

use super::range::KeyRange;

/// The keys of an outgoing document.
pub(super) fn document(_record: &Record, _document: &OutgoingDocument, _keys: &mut Vec<Vec<u8>>) {}

/// The keys of a version of a draft.
pub(super) fn draft_version(_record: &Record, _version: &DraftVersion, _keys: &mut Vec<Vec<u8>>) {}

/// The ranges of the lists of outgoing documents.
pub(super) fn range(
    _list: ListName,
    _request: &ListRequest,
    _caller: &Caller,
) -> Result<Vec<KeyRange>, Fault> {
    Ok(Vec::new())
}
