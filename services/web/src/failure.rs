//! What a handler could not do, as an answer to the browser. The page itself is made by the outermost layer, which knows
//! the request's code.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use proto::fault::Fault;

/// Why there is no page.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A fault: an error page.
    Fault(Fault),
    /// Somewhere else first: log-in, change of password, founding.
    Elsewhere(String),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            // The session ended between two calls of one request.
            Fault::Unauthenticated { .. } => Self::Elsewhere("/dang-nhap".to_owned()),
            Fault::Denied { reason: "PASSWORD_MUST_CHANGE", .. } => {
                Self::Elsewhere("/doi-mat-khau".to_owned())
            }
            other => Self::Fault(other),
        }
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Self::Fault(Fault::broken(format!("template: {error}")))
    }
}

/// Marks a response whose page the outermost layer still has to make.
#[derive(Clone)]
pub(crate) struct Unwritten(pub(crate) Arc<Fault>);

/// The status that a fault has in the browser.
pub(crate) fn status(fault: &Fault) -> StatusCode {
    match fault {
        Fault::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Fault::Unknown { .. } => StatusCode::NOT_FOUND,
        Fault::Denied { .. } => StatusCode::FORBIDDEN,
        Fault::Unauthenticated { .. } => StatusCode::UNAUTHORIZED,
        Fault::Refused { .. } | Fault::Conflict { .. } => StatusCode::CONFLICT,
        Fault::Busy { .. } => StatusCode::TOO_MANY_REQUESTS,
        Fault::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Fault::Broken { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Fault(fault) => {
                let mut response = status(&fault).into_response();
                response.extensions_mut().insert(Unwritten(Arc::new(fault)));
                response
            }
            Self::Elsewhere(path) => see_other(&path),
        }
    }
}

/// A redirect after a POST, or to a page that comes first.
pub(crate) fn see_other(path: &str) -> Response {
    let mut headers = HeaderMap::new();
    let target = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    headers.insert(header::LOCATION, target);
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// True for a path of ours: what may stand in `tiep=`.
pub(crate) fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|b| (0x21..0x7f).contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_paths_are_followed() {
        assert!(is_local("/so/den?nam=2026"));
        for path in
            ["//evil.example", "https://evil.example", "/\\evil.example", "so/den", "/a b", "", "/a\r\nx: y"]
        {
            assert!(!is_local(path), "{path:?}");
        }
    }
}
