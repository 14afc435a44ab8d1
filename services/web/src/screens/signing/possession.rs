//! A certificate whose key stays outside comes in: the script reads it from the agent, the server makes a challenge, the
//! agent has its key sign it, and the certificate is bound.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;
use proto::fault::Fault;
use proto::signer::v1::{ChallengeOutsideKeyRequest, EnrolOutsideKeyRequest};
use serde::Deserialize;
use serde_json::json;

use super::agent;
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::texts::t;
use crate::toast::Toast;

/// What the administrator's form sends for the agency's seal.
pub(crate) const SEAL: &str = "dau";

/// What the script sends.
#[derive(Debug, Deserialize)]
struct Sent {
    #[serde(default)]
    ma: String,
    /// A person, or [`SEAL`].
    owner: String,
    /// PEM.
    certificates: String,
    #[serde(default)]
    image: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    answer: String,
}

impl Sent {
    fn read(body: &[u8]) -> Result<Self, Fault> {
        let sent: Self =
            serde_json::from_slice(body).map_err(|e| Fault::invalid("", "FORM_SHAPE", e.to_string()))?;
        if sent.owner.is_empty() {
            return Err(Fault::invalid("person_id", "REQUIRED", "choose whose key it is"));
        }
        Ok(sent)
    }

    fn person_id(&self) -> String {
        if self.owner == SEAL { String::new() } else { self.owner.clone() }
    }
}

/// Asks for a challenge.
pub(super) async fn challenge(desk: Desk, body: Bytes) -> Result<Response, Failure> {
    let asked = async {
        let sent = Sent::read(&body)?;
        let request = ChallengeOutsideKeyRequest {
            person_id: sent.person_id(),
            certificates: sent.certificates.into_bytes(),
        };
        call!(desk, signer.challenge_outside_key(request))
    };
    match asked.await {
        Ok(answer) => {
            let challenge = answer.challenge.as_ref().map_or(json!(null), agent::asked);
            Ok(agent::told(StatusCode::OK, &challenge))
        }
        Err(fault) => agent::refused(fault),
    }
}

/// Enrols the certificate of a key that has answered.
pub(super) async fn enrol(desk: Desk, body: Bytes) -> Result<Response, Failure> {
    let done = async {
        let sent = Sent::read(&body)?;
        let request = EnrolOutsideKeyRequest {
            person_id: sent.person_id(),
            image_png: agent::bytes("image_png", &sent.image)?,
            state: agent::bytes("state", &sent.state)?,
            answer: agent::bytes("answer", &sent.answer)?,
            request_id: sent.ma,
            certificates: sent.certificates.into_bytes(),
        };
        call!(desk, signer.enrol_outside_key(request))
    };
    match done.await {
        Ok(_) => {
            let answer = agent::told(StatusCode::OK, &json!({}));
            Ok(Toast::done(t::signing::enrolled()).put(answer, desk.app.settings.tls))
        }
        Err(fault) => agent::refused(fault),
    }
}
