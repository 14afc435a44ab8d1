//! The agent on the user's own machine, which holds a key that the server never sees: the page that goes through it, and
//! what its script and this server tell each other. The browser alone speaks to the agent; the server never does.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use proto::fault::Fault;
use proto::routing::v1::{AnsweredFile, PreparedFile};
use proto::signer::v1::Preparation;
use serde::Deserialize;
use serde_json::{Value, json};

use super::certificate::CertificateView;
use super::run::{Row, Stage};
use crate::desk::Desk;
use crate::failure::{self, Failure};
use crate::frame::Frame;
use crate::link;
use crate::outermost::policy_with_agent;
use crate::random::to_hex;
use crate::screens::signing::outcome;
use crate::settings::AGENT_PORT;
use crate::texts::{reasons, t};

/// Largest body that the script sends, in bytes: the answers of one document with its attachments.
pub(crate) const BODY_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Where the agent listens.
pub(crate) fn address() -> String {
    format!("http://127.0.0.1:{AGENT_PORT}")
}

/// A page that speaks to the agent.
pub(crate) fn speaking(mut response: Response) -> Response {
    if let Ok(policy) = HeaderValue::from_str(&policy_with_agent()) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The page of a run through the agent.
#[derive(Template)]
#[template(path = "signing/outside.html")]
pub(crate) struct Page {
    /// The frame.
    pub(crate) frame: Frame,
    /// Where the agent listens.
    pub(crate) agent: String,
    /// The documents.
    pub(crate) rows: Vec<Row>,
    /// With which certificate.
    pub(crate) certificate: CertificateView,
    /// How far the act goes, as the script sends it back.
    pub(crate) act: String,
    /// The path of one document's requests, with `#` for its id.
    pub(crate) path: &'static str,
    /// What the agent's own page is headed with, with `#` for how many.
    pub(crate) ask: String,
    /// Where the way back leads, and its words.
    pub(crate) back: (&'static str, &'static str),
    /// The list to sign again what failed; empty where there is none.
    pub(crate) again: &'static str,
}

impl Page {
    fn count(&self, of: fn(&Stage) -> bool) -> usize {
        self.rows.iter().filter(|row| of(&row.stage)).count()
    }

    fn good(&self) -> usize {
        self.count(|stage| *stage == Stage::Good)
    }

    fn bad(&self) -> usize {
        self.count(|stage| matches!(stage, Stage::Bad(_)))
    }

    fn left(&self) -> usize {
        self.count(Stage::is_left)
    }

    /// The way to sign again what failed.
    fn failed(&self) -> String {
        let failed = self.rows.iter().filter(|row| matches!(row.stage, Stage::Bad(_)));
        failed.fold(self.again.to_owned(), |path, row| link::with(&path, "vb", &row.document.id))
    }

    /// The page as an answer.
    ///
    /// # Errors
    /// [`Failure`] when the template fails.
    pub(crate) fn shown(&self, desk: &Desk) -> Result<Response, Failure> {
        desk.page(self).map(speaking)
    }
}

/// What a key is asked, for the script.
pub(crate) fn asked(preparation: &Preparation) -> Value {
    let base64 = |bytes: &[u8]| openssl::base64::encode_block(bytes).replace('\n', "");
    json!({
        "state": base64(&preparation.state),
        "expires_ms": preparation.expires_at.as_ref().map_or(0, domain::calendar::millis),
        "digest_algorithm": preparation.digest_algorithm,
        "document_digest": to_hex(&preparation.document_digest),
        "to_be_signed": base64(&preparation.to_be_signed),
        "scheme": preparation.scheme,
    })
}

/// The prepared files of a document, for the script.
pub(crate) fn prepared(title: &str, files: &[PreparedFile]) -> Response {
    let one = |file: &PreparedFile| {
        let mut value = file.preparation.as_ref().map_or(Value::Null, asked);
        value["digest"] = json!(file.digest);
        value["name"] = json!(file.name);
        value
    };
    told(StatusCode::OK, &json!({ "title": title, "files": files.iter().map(one).collect::<Vec<_>>() }))
}

/// JSON for the script.
pub(crate) fn told(status: StatusCode, value: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (status, kind, value.to_string()).into_response()
}

/// Why something came to nothing, in a sentence for the script.
///
/// # Errors
/// A session that has ended leads to the page of log-in.
pub(crate) fn refused(fault: Fault) -> Result<Response, Failure> {
    if matches!(fault, Fault::Unauthenticated { .. }) {
        return Err(fault.into());
    }
    let why = reasons::sentence(outcome::code(&fault));
    tracing::info!(%fault, "refused to the script");
    Ok(told(failure::status(&fault), &json!({ "why": why })))
}

/// What the script sends back for one document.
#[derive(Debug, Deserialize)]
pub(crate) struct Sent {
    /// The id of the request.
    pub(crate) ma: String,
    /// How far the act goes.
    #[serde(default)]
    pub(crate) viec: String,
    files: Vec<SentFile>,
}

#[derive(Debug, Deserialize)]
struct SentFile {
    digest: String,
    state: String,
    answer: String,
}

impl Sent {
    /// Reads it.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for what is no such message.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Fault> {
        serde_json::from_slice(body).map_err(|e| Fault::invalid("", "FORM_SHAPE", e.to_string()))
    }

    /// The files as routing takes them.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for what is no base64.
    pub(crate) fn files(&self) -> Result<Vec<AnsweredFile>, Fault> {
        let one = |file: &SentFile| {
            Ok(AnsweredFile {
                digest: file.digest.clone(),
                state: bytes("state", &file.state)?,
                answer: bytes("answer", &file.answer)?,
            })
        };
        self.files.iter().map(one).collect()
    }
}

/// Base64 undone.
///
/// # Errors
/// [`Fault::Invalid`] at `field`.
pub(crate) fn bytes(field: &str, base64: &str) -> Result<Vec<u8>, Fault> {
    openssl::base64::decode_block(base64)
        .map_err(|_| Fault::invalid(field, "FORM_SHAPE", "is no base64 in one line"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_script_sends_is_read_and_nonsense_is_not() {
        let sent = br#"{"ma":"abcdefgh","files":[{"digest":"d","state":"AQI=","answer":"Aw=="}]}"#;
        let files = Sent::read(sent).expect("message").files().expect("base64");
        assert_eq!((files[0].state.as_slice(), files[0].answer.as_slice()), (&[1, 2][..], &[3][..]));
        assert!(Sent::read(b"{}").is_err() && Sent::read(b"").is_err());
        let nonsense = br#"{"ma":"abcdefgh","files":[{"digest":"d","state":"*","answer":""}]}"#;
        assert!(Sent::read(nonsense).expect("message").files().is_err());
    }

    #[test]
    fn only_the_agents_address_is_added_to_what_a_page_may_reach() {
        let policy = policy_with_agent();
        assert!(policy.contains("connect-src 'self' http://127.0.0.1:27127;"), "{policy}");
        assert_eq!(policy.matches("http").count(), 1);
        assert!(policy.contains("script-src 'self';") && policy.contains("default-src 'none'"));
    }
}
