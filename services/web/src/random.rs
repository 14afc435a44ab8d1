//! Unguessable text for request ids and form cookies.

use proto::fault::Fault;

/// `bytes` random bytes as lower-case hex.
///
/// # Errors
/// [`Fault::Broken`] when the machine has no randomness.
pub(crate) fn hex(bytes: usize) -> Result<String, Fault> {
    let mut buffer = vec![0_u8; bytes];
    openssl::rand::rand_bytes(&mut buffer).map_err(Fault::broken)?;
    Ok(to_hex(&buffer))
}

/// Lower-case hex.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes from lower- or upper-case hex; `None` when it is not hex.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect()
}
