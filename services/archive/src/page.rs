//! Page tokens: opaque to callers, checked when they come back, independent of the position of the view.
//!
//! A token says what list it belongs to and after which key to go on. It carries no right: what a caller may see is
//! decided anew for every line, so the check is there against mix-ups and cut strings, not against forgers.

use proto::fault::Fault;
use storage::Digest;

use crate::limits::PAGE_TOKEN_MAX;

const CHECK_BYTES: usize = 8;

/// A token to go on after `key` in what `scope` describes (the request without its page fields, and the caller).
pub(crate) fn token(scope: &[u8], key: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(2 * (CHECK_BYTES + key.len()));
    for byte in check(scope, key).iter().chain(key) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The key of a token made for the same `scope`; `None` for the empty token, the first page.
pub(crate) fn read(scope: &[u8], token: &str) -> Result<Option<Vec<u8>>, Fault> {
    if token.is_empty() {
        return Ok(None);
    }
    let wrong = || {
        Fault::invalid(
            "page_token",
            "PAGE_TOKEN_INVALID",
            "the page token is not one that this list gave; ask for the first page",
        )
    };
    let digits = token.as_bytes();
    if digits.len() > PAGE_TOKEN_MAX || !digits.len().is_multiple_of(2) || digits.len() < 2 * CHECK_BYTES {
        return Err(wrong());
    }
    let mut bytes = Vec::with_capacity(digits.len() / 2);
    for pair in digits.chunks_exact(2) {
        let (Some(high), Some(low)) = (nibble(pair[0]), nibble(pair[1])) else { return Err(wrong()) };
        bytes.push(high << 4 | low);
    }
    let key = bytes.split_off(CHECK_BYTES);
    if check(scope, &key) != bytes.as_slice() { Err(wrong()) } else { Ok(Some(key)) }
}

fn check(scope: &[u8], key: &[u8]) -> [u8; CHECK_BYTES] {
    let mut bytes = b"vanthu page token 1\0".to_vec();
    bytes.extend_from_slice(&(scope.len() as u64).to_be_bytes());
    bytes.extend_from_slice(scope);
    bytes.extend_from_slice(key);
    let mut short = [0; CHECK_BYTES];
    short.copy_from_slice(&Digest::of(&bytes).as_bytes()[..CHECK_BYTES]);
    short
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// The number of lines to give: `asked` within 1 and `max`, `default` for 0.
pub(crate) fn size(asked: i32, default: usize, max: usize) -> Result<usize, Fault> {
    match usize::try_from(asked) {
        Ok(0) => Ok(default),
        Ok(size) if size <= max => Ok(size),
        _ => Err(Fault::invalid(
            "page_size",
            "PAGE_SIZE_OUT_OF_RANGE",
            format!("page_size is {asked}; give 1 to {max}, or 0 for {default}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_only_for_its_own_list() {
        let given = token(b"register 2026", b"\x00key\xff");
        assert_eq!(read(b"register 2026", &given).unwrap().unwrap(), b"\x00key\xff");
        assert!(read(b"register 2025", &given).is_err());
        assert_eq!(read(b"register 2025", "").unwrap(), None);
    }

    #[test]
    fn a_changed_token_is_refused() {
        let given = token(b"scope", b"key");
        for at in 0..given.len() {
            let mut changed = given.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            assert!(read(b"scope", std::str::from_utf8(&changed).unwrap()).is_err(), "digit {at}");
        }
        for bad in ["0", "zz", "é", &given[..given.len() - 2], &"0".repeat(PAGE_TOKEN_MAX + 2)] {
            assert!(read(b"scope", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_page_is_never_larger_than_its_limit() {
        assert_eq!(size(0, 50, 200).unwrap(), 50);
        assert_eq!(size(200, 50, 200).unwrap(), 200);
        assert!(size(201, 50, 200).is_err());
        assert!(size(-1, 50, 200).is_err());
    }
}
