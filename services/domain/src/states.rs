//! What the rules may read: records by id, and ids by index key.

use proto::fault::Fault;
use proto::record::v1::Record;

/// Read access to the states at one position. The committer implements it over the view and what its open group has
/// decided so far (see [`crate::overlay::Overlay`]); tests over a map.
pub trait States {
    /// The record with this id.
    ///
    /// # Errors
    /// [`Fault::Broken`] or [`Fault::Unavailable`] when the view cannot be read.
    fn get(&self, id: &str) -> Result<Option<Record>, Fault>;

    /// Index entries (key, record id) whose key starts with `prefix` and sorts after `after`, ascending, at most `limit`.
    ///
    /// # Errors
    /// As [`States::get`].
    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, String)>, Fault>;
}
