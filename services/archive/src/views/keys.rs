//! Keys of the view. Their first byte is [`KeyKind`]'s; what follows is laid out here.

use storage::Digest;
use storage::view::{KEY_BYTES_MAX, KeyKind};

/// Where an index key is cut: what is left of [`KEY_BYTES_MAX`] takes the digest of the whole.
const INDEX_KEY_CUT: usize = KEY_BYTES_MAX - 64;

/// The kind that keeps an index key: lists below 0x80, look-ups from there on (`domain::index::Code`).
pub(crate) fn index_kind(key: &[u8]) -> KeyKind {
    match key.first() {
        Some(code) if *code >= 0x80 => KeyKind::Lookup,
        _ => KeyKind::List,
    }
}

/// An index key as it is kept: one that is too long is cut and ends with the digest of the whole, so that it stays
/// unique and sorts right by its first 960 bytes.
pub(crate) fn index(key: Vec<u8>) -> Vec<u8> {
    if key.len() <= INDEX_KEY_CUT {
        return key;
    }
    let digest = Digest::of(&key);
    let mut cut = key;
    cut.truncate(INDEX_KEY_CUT);
    cut.extend_from_slice(digest.as_bytes());
    cut
}

/// A part of a record beyond the first.
pub(crate) fn record_part(id: &str, part: u16) -> Vec<u8> {
    let mut key = id.as_bytes().to_vec();
    key.push(0);
    key.extend_from_slice(&part.to_be_bytes());
    key
}

/// What all keys of one record's history start with.
pub(crate) fn history_of(id: &str) -> Vec<u8> {
    let mut key = id.as_bytes().to_vec();
    key.push(0);
    key
}

/// Key of one entry in a record's history.
pub(crate) fn history(id: &str, position: u64) -> Vec<u8> {
    let mut key = history_of(id);
    key.extend_from_slice(&position.to_be_bytes());
    key
}

/// The position at the end of a key of history.
pub(crate) fn position_of(key: &[u8]) -> Option<u64> {
    key.last_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes))
}

/// Key of an answer's age; instants before 1970 sort first.
pub(crate) fn answer_age(at_ms: i64, request_id: &str) -> Vec<u8> {
    let mut key = (at_ms.cast_unsigned() ^ (1 << 63)).to_be_bytes().to_vec();
    key.extend_from_slice(request_id.as_bytes());
    key
}

/// Time and request id of a key of an answer's age.
pub(crate) fn age_of(key: &[u8]) -> Option<(i64, String)> {
    let (at, request_id) = key.split_first_chunk::<8>()?;
    let at_ms = (u64::from_be_bytes(*at) ^ (1 << 63)).cast_signed();
    Some((at_ms, String::from_utf8(request_id.to_vec()).ok()?))
}

/// What the keys of all records that named a file start with.
pub(crate) fn file_records(digest: &str) -> Vec<u8> {
    let mut key = digest.as_bytes().to_vec();
    key.push(0);
    key
}

/// Key that says that a record named a file.
pub(crate) fn file_record(digest: &str, id: &str) -> Vec<u8> {
    let mut key = file_records(digest);
    key.extend_from_slice(id.as_bytes());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_sort_by_time_and_read_back() {
        let times = [i64::MIN, -1, 0, 1, 1_790_000_000_000, i64::MAX];
        let keys: Vec<_> = times.iter().map(|&at| answer_age(at, "req-1234")).collect();
        assert!(keys.is_sorted());
        for (key, at) in keys.iter().zip(times) {
            assert_eq!(age_of(key), Some((at, "req-1234".into())));
        }
    }

    #[test]
    fn one_records_history_is_not_anothers() {
        assert!(!history("in_12", 1).starts_with(&history_of("in_1")));
        assert_eq!(position_of(&history("in_1", 77)), Some(77));
    }

    #[test]
    fn a_long_index_key_fits_and_stays_unique() {
        let long = |last: u8| {
            let mut key = vec![7; 4_000];
            key.push(last);
            key
        };
        let (one, other) = (index(long(1)), index(long(2)));
        assert!(one.len() <= KEY_BYTES_MAX && other.len() <= KEY_BYTES_MAX);
        assert_ne!(one, other);
        assert_eq!(index(long(1)), one);
        assert_eq!(index(vec![1, 2, 3]), [1, 2, 3]);
    }
}
