//! What a page asks to be signed, and what becomes of it.

use std::collections::HashMap;

use openssl::memcmp;
use serde::Deserialize;
use serde_json::{Value, json};
use signer::cms::{ContentDigest, Digest, SignatureAlgorithm, Unsigned};
use signer::keys::{Signatory, SigningKey};

/// How long a request waits for its person, in seconds.
const LIFE_S: i64 = 5 * 60;
/// Requests that wait or are being signed at once.
const REQUESTS_MAX: usize = 16;
/// Requests that are remembered, answered ones too.
const KEPT_MAX: usize = 256;
/// Files of one request.
const FILES_MAX: usize = 200;
/// Characters of a title.
const TITLE_CHARS_MAX: usize = 300;

/// What a page asks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    title: String,
    files: Vec<AskedFile>,
}

/// One file of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedFile {
    /// What the person is shown.
    title: String,
    /// Such as “SHA-256”.
    digest_algorithm: String,
    /// The digest of the signed ranges, hexadecimal.
    document_digest: String,
    /// The signed attributes in DER, base64: compared with those made here.
    #[serde(default)]
    to_be_signed: Option<String>,
    /// “RSASSA-PSS” where an RSA key could do either.
    #[serde(default)]
    scheme: Option<String>,
}

/// A file that may be signed.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) title: String,
    pub(super) digest: ContentDigest,
    scheme: SignatureAlgorithm,
}

/// Why a request is not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotTaken {
    #[error("title has to have 1 to {TITLE_CHARS_MAX} characters")]
    Title,
    #[error("1 to {FILES_MAX} files are signed at once")]
    Count,
    #[error("files[{0}].digest_algorithm is not one that the key signs with")]
    Algorithm(usize),
    #[error("files[{0}].document_digest is not a digest of that algorithm in hexadecimal")]
    Digest(usize),
    #[error("files[{0}].to_be_signed is not what this certificate signs over that digest")]
    ToBeSigned(usize),
    #[error("files[{0}].scheme is not one of the key")]
    Scheme(usize),
    #[error("too many requests wait; answer them first")]
    Full,
}

/// Where a request stands.
#[derive(Debug, Clone, PartialEq)]
enum Stand {
    Waiting,
    Signing,
    Refused,
    /// One result a file.
    Signed(Vec<Value>),
}

#[derive(Debug)]
struct Request {
    title: String,
    files: Vec<File>,
    /// For the page of confirmation only.
    key: String,
    expires_at: i64,
    stand: Stand,
}

/// What the page of confirmation shows.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) title: String,
    pub(super) files: Vec<File>,
}

/// All that was asked.
#[derive(Debug, Default)]
pub(super) struct Requests {
    all: HashMap<String, Request>,
}

impl Asked {
    /// The files, each one that this signatory may sign.
    pub(super) fn files(&self, signatory: &Signatory) -> Result<Vec<File>, NotTaken> {
        check_title(&self.title)?;
        if self.files.is_empty() || self.files.len() > FILES_MAX {
            return Err(NotTaken::Count);
        }
        let one = |(at, file): (usize, &AskedFile)| {
            check_title(&file.title)?;
            let algorithm = Digest::for_signing(&file.digest_algorithm).ok_or(NotTaken::Algorithm(at))?;
            let value = unhex(&file.document_digest).ok_or(NotTaken::Digest(at))?;
            if ContentDigest::of(algorithm, &[]).is_none_or(|like| like.value.len() != value.len()) {
                return Err(NotTaken::Digest(at));
            }
            let pss = file.scheme.as_deref() == Some("RSASSA-PSS");
            let scheme = signatory.scheme(algorithm, pss).map_err(|_| NotTaken::Algorithm(at))?;
            if file.scheme.as_deref().is_some_and(|asked| asked != scheme.name()) {
                return Err(NotTaken::Scheme(at));
            }
            let digest = ContentDigest { algorithm, value };
            if let Some(asked) = &file.to_be_signed {
                let asked = openssl::base64::decode_block(asked).map_err(|_| NotTaken::ToBeSigned(at))?;
                if Unsigned::new(signatory, &digest, scheme).to_be_signed() != asked {
                    return Err(NotTaken::ToBeSigned(at));
                }
            }
            Ok(File { title: file.title.clone(), digest, scheme })
        };
        self.files.iter().enumerate().map(one).collect()
    }

    pub(super) fn title(&self) -> &str {
        &self.title
    }
}

impl Requests {
    /// Takes a request; `id` and `key` are secrets of their own.
    pub(super) fn take(
        &mut self,
        id: &str,
        key: &str,
        title: &str,
        files: Vec<File>,
        now_s: i64,
    ) -> Result<i64, NotTaken> {
        self.all.retain(|_, request| request.stand == Stand::Signing || now_s < request.expires_at);
        let open = |request: &Request| matches!(request.stand, Stand::Waiting | Stand::Signing);
        if self.all.values().filter(|request| open(request)).count() >= REQUESTS_MAX {
            return Err(NotTaken::Full);
        }
        if self.all.len() >= KEPT_MAX {
            let done = self.all.iter().filter(|(_, request)| !open(request));
            if let Some(oldest) = done.min_by_key(|(_, request)| request.expires_at).map(|(id, _)| id.clone())
            {
                self.all.remove(&oldest);
            }
        }
        let expires_at = now_s.saturating_add(LIFE_S);
        let request = Request {
            title: title.to_owned(),
            files,
            key: key.to_owned(),
            expires_at,
            stand: Stand::Waiting,
        };
        self.all.insert(id.to_owned(), request);
        Ok(expires_at)
    }

    /// What to show of a request that waits.
    pub(super) fn shown(&self, id: &str, key: &str, now_s: i64) -> Option<Shown> {
        let request = self.all.get(id).filter(|request| now_s < request.expires_at)?;
        let known = request.stand == Stand::Waiting && same(&request.key, key);
        known.then(|| Shown { title: request.title.clone(), files: request.files.clone() })
    }

    /// The person's decision, once: the files to be signed now.
    pub(super) fn decide(&mut self, id: &str, key: &str, yes: bool, now_s: i64) -> Option<Vec<File>> {
        self.shown(id, key, now_s)?;
        let request = self.all.get_mut(id)?;
        request.stand = if yes { Stand::Signing } else { Stand::Refused };
        Some(if yes { request.files.clone() } else { Vec::new() })
    }

    /// What was signed; it can be fetched for as long again as it could be confirmed.
    pub(super) fn signed(&mut self, id: &str, results: Vec<Value>, now_s: i64) {
        if let Some(request) = self.all.get_mut(id) {
            request.stand = Stand::Signed(results);
            request.expires_at = now_s.saturating_add(LIFE_S);
        }
    }

    /// Where a request stands, for the page that asked; none when it is not known or expired long ago.
    pub(super) fn told(&self, id: &str, now_s: i64) -> Option<Value> {
        let request = self.all.get(id)?;
        Some(match &request.stand {
            Stand::Waiting if now_s >= request.expires_at => json!({ "state": "expired" }),
            Stand::Waiting | Stand::Signing => json!({ "state": "waiting" }),
            Stand::Refused => json!({ "state": "refused" }),
            Stand::Signed(results) => json!({ "state": "signed", "files": results }),
        })
    }
}

/// Signs files one after the other: a result for each, whatever befell the others.
pub(super) fn sign(key: &SigningKey, files: &[File]) -> Vec<Value> {
    let one = |file: &File| {
        let unsigned = Unsigned::new(key.signatory(), &file.digest, file.scheme);
        let made = key.sign(file.scheme, unsigned.to_be_signed()).map_err(|e| e.to_string());
        let made = made.and_then(|signature| {
            let message = unsigned.finish(key.signatory(), &signature).map_err(|e| e.to_string())?;
            Ok((signature, message))
        });
        let document_digest = hex(&file.digest.value);
        match made {
            Ok((signature, message)) => json!({
                "document_digest": document_digest,
                "outcome": "signed",
                "signature": openssl::base64::encode_block(&signature),
                "cms": openssl::base64::encode_block(&message),
            }),
            Err(reason) => {
                tracing::warn!(reason, "a file was not signed");
                json!({ "document_digest": document_digest, "outcome": "failed", "reason": reason })
            }
        }
    };
    files.iter().map(one).collect()
}

fn same(known: &str, given: &str) -> bool {
    known.len() == given.len() && memcmp::eq(known.as_bytes(), given.as_bytes())
}

fn check_title(title: &str) -> Result<(), NotTaken> {
    let good = !title.trim().is_empty() && title.chars().count() <= TITLE_CHARS_MAX;
    if good { Ok(()) } else { Err(NotTaken::Title) }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}
