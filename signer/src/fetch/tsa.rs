//! Time stamps from a service (RFC 3161 over HTTP): asked for with a nonce, checked before they are used.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use der::asn1::ObjectIdentifier;
use openssl::x509::X509;

use super::http::{Ask, Client, Credentials, HttpError};
use super::limits;
use super::reach::Origin;
use crate::cms::TokenError;
use crate::cms::ber::{BerError, Element, Tag, write_tlv};
use crate::cms::oid;
use crate::cms::timestamp::{Asked, check_answer};

/// Random bytes of a nonce.
const NONCE_BYTES: usize = 16;
/// Space that is kept for a token of a service that has not answered yet, in bytes: enough for two certificates
/// of 4096-bit CAs.
const TOKEN_BYTES_DEFAULT: usize = 8 << 10;
/// Space beyond the largest token seen: serial number, accuracy and signature vary by some bytes.
const TOKEN_BYTES_SLACK: usize = 256;

/// Why there is no time stamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// The service could not be asked.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The answer is no time-stamp response.
    #[error("the time-stamp service's answer is no RFC 3161 response: {0}")]
    Unreadable(String),
    /// The service refused.
    #[error("the time-stamp service refused: status {status}{}", why(text))]
    Rejected {
        /// PKIStatus (RFC 3161, 2.4.2).
        status: i64,
        /// What it says, cut.
        text: String,
    },
    /// The token is not the answer.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// openssl has no random numbers.
    #[error("no random numbers for a nonce")]
    Random,
}

fn why(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" ({text})") }
}

impl StampError {
    /// Whether the same may succeed later: the service was down, slow or busy.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Http(error) if error.is_passing())
    }

    /// The stable code, for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Http(error) => error.code(),
            Self::Unreadable(_) => "timestamp_unreadable",
            Self::Rejected { .. } => "timestamp_rejected",
            Self::Token(error) => error.code(),
            Self::Random => "no_random_numbers",
        }
    }
}

/// A time-stamp service.
#[derive(Clone)]
pub struct TimestampAuthority {
    url: String,
    client: Client,
    credentials: Option<Credentials>,
    policy: Option<ObjectIdentifier>,
    /// The largest token seen so far.
    largest: Arc<AtomicUsize>,
}

impl fmt::Debug for TimestampAuthority {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TimestampAuthority").field("url", &self.url).finish_non_exhaustive()
    }
}

/// A time stamp.
#[derive(Debug, Clone)]
pub struct Token {
    /// The CMS message, DER.
    pub der: Vec<u8>,
    /// The time the service states, seconds since 1970.
    pub time: i64,
    /// The service's certificate.
    pub certificate: X509,
    /// All certificates that the token carries.
    pub certificates: Vec<X509>,
}

impl TimestampAuthority {
    /// The service at an http or https address.
    pub fn new(url: impl Into<String>, client: Client) -> Self {
        Self {
            url: url.into(),
            client,
            credentials: None,
            policy: None,
            largest: Arc::new(AtomicUsize::new(0)),
        }
    }

    /// With name and password.
    #[must_use]
    pub fn with_credentials(self, credentials: Credentials) -> Self {
        Self { credentials: Some(credentials), ..self }
    }

    /// Asking for one policy; tokens under another are refused.
    #[must_use]
    pub fn with_policy(self, policy: ObjectIdentifier) -> Self {
        Self { policy: Some(policy), ..self }
    }

    /// Where it is asked.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many bytes to keep for a token of this service.
    pub fn token_room(&self) -> usize {
        match self.largest.load(Ordering::Relaxed) {
            0 => TOKEN_BYTES_DEFAULT,
            seen => seen + TOKEN_BYTES_SLACK,
        }
    }

    /// A time stamp over data with this SHA-256.
    ///
    /// # Errors
    /// [`StampError`].
    pub fn stamp(&self, imprint: &[u8; 32]) -> Result<Token, StampError> {
        let nonce = nonce()?;
        let query = query(imprint, &nonce, self.policy);
        let answer = self.client.ask(&Ask {
            url: &self.url,
            body: Some(("application/timestamp-query", &query)),
            accept: "application/timestamp-reply",
            credentials: self.credentials.as_ref(),
            bytes_max: limits::STAMP_BYTES_MAX,
            redirects: 0,
            origin: Origin::Operator,
        })?;
        let token = read_response(&answer)?;
        let asked = Asked { imprint, nonce: &nonce, policy: self.policy };
        let checked = check_answer(token, &asked)?;
        self.largest.fetch_max(token.len(), Ordering::Relaxed);
        tracing::debug!(bytes = token.len(), time = checked.time, "time stamp received");
        Ok(Token {
            der: token.to_vec(),
            time: checked.time,
            certificate: checked.certificate,
            certificates: checked.certificates,
        })
    }
}

/// Content of a positive INTEGER in its shortest form.
fn nonce() -> Result<[u8; NONCE_BYTES], StampError> {
    let mut nonce = [0; NONCE_BYTES];
    openssl::rand::rand_bytes(&mut nonce).map_err(|_| StampError::Random)?;
    nonce[0] = nonce[0] & 0x7f | 0x40;
    Ok(nonce)
}

/// `TimeStampReq` (RFC 3161, 2.4.1) with the service's certificate asked for.
fn query(imprint: &[u8; 32], nonce: &[u8], policy: Option<ObjectIdentifier>) -> Vec<u8> {
    let tlv = |identifier: u8, content: &[u8]| {
        let mut out = Vec::new();
        write_tlv(&mut out, identifier, content);
        out
    };
    // NULL as parameters: services in use refuse a digest without them.
    let algorithm = [tlv(0x06, oid::SHA256.as_bytes()), tlv(0x05, b"")].concat();
    let imprint = [tlv(0x30, &algorithm), tlv(0x04, imprint)].concat();
    let policy = policy.map(|policy| tlv(0x06, policy.as_bytes())).unwrap_or_default();
    let fields =
        [tlv(0x02, b"\x01"), tlv(0x30, &imprint), policy, tlv(0x02, nonce), tlv(0x01, b"\xff")].concat();
    tlv(0x30, &fields)
}

/// The token of a `TimeStampResp` (RFC 3161, 2.4.2) that grants it.
fn read_response(answer: &[u8]) -> Result<&[u8], StampError> {
    let unreadable = |error: BerError| StampError::Unreadable(error.to_string());
    let (response, rest) = Element::read(answer).map_err(unreadable)?;
    if !rest.is_empty() {
        return Err(StampError::Unreadable(format!("{} bytes follow it", rest.len())));
    }
    let parts = response.expect(Tag::SEQUENCE, "TimeStampResp").and_then(|response| response.children());
    let parts = parts.map_err(unreadable)?;
    let missing = |expected| unreadable(BerError::Expected { expected });
    let about = parts.first().ok_or_else(|| missing("PKIStatusInfo"))?;
    let about = about.expect(Tag::SEQUENCE, "PKIStatusInfo").and_then(|about| about.children());
    let about = about.map_err(unreadable)?;
    let status = about.first().ok_or_else(|| missing("PKIStatus"))?.small_integer().map_err(unreadable)?;
    // Granted, or granted with changes, which are found in the token.
    if status != 0 && status != 1 {
        return Err(StampError::Rejected { status, text: status_text(&about) });
    }
    parts.get(1).map(Element::raw).ok_or_else(|| missing("a token beside the status"))
}

/// What the service says for people, printable and cut.
fn status_text(about: &[Element<'_>]) -> String {
    const CHARS_MAX: usize = 200;
    let free = about.iter().find(|part| part.is(Tag::SEQUENCE)).and_then(|free| free.children().ok());
    let texts: Vec<String> = free
        .unwrap_or_default()
        .iter()
        .take(8)
        .map(|text| String::from_utf8_lossy(text.content()).into_owned())
        .collect();
    texts.join("; ").chars().filter(|letter| !letter.is_control()).take(CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_a_positive_number_in_its_shortest_form() {
        for _ in 0..64 {
            let nonce = nonce().unwrap();
            assert!((0x40..0x80).contains(&nonce[0]));
        }
        assert_ne!(nonce().unwrap(), nonce().unwrap());
    }

    #[test]
    fn refusals_tell_status_and_text() {
        // status 2, text "bad", failure bad algorithm.
        let refused = b"\x30\x10\x30\x0e\x02\x01\x02\x30\x05\x0c\x03bad\x03\x02\x07\x80";
        let error = read_response(refused).unwrap_err();
        assert_eq!(error, StampError::Rejected { status: 2, text: "bad".to_owned() });
        assert!(!error.is_passing());
        assert!(error.to_string().ends_with("status 2 (bad)"));
    }

    #[test]
    fn what_is_no_response_is_unreadable() {
        let unreadable = |answer: &[u8]| matches!(read_response(answer), Err(StampError::Unreadable(_)));
        for answer in [
            &b""[..],
            b"<html>busy</html>",
            b"\x30\x05\x30\x03\x02\x01\x00",
            b"\x30\x00",
            b"\x30\x82\xff\xff",
        ] {
            assert!(unreadable(answer), "{answer:?}");
        }
        assert!(unreadable(b"\x30\x07\x30\x03\x02\x01\x00\x05\x00\x00"), "trailing bytes");
    }
}
