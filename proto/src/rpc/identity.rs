//! The one interceptor: opens the seal of a call, and forwards it as it is.

use bytes::Bytes;
use http::HeaderMap;
use tonic::metadata::{MetadataMap, MetadataValue};

use crate::fault::Fault;
use crate::record::v1::Caller;
use crate::rpc::seal::{ServiceKey, Trust};

/// Metadata key of the person's seal.
pub const SEAL_HEADER: &str = "vanthu-seal-bin";
/// Metadata key of the service's token.
pub const SERVICE_HEADER: &str = "vanthu-service-bin";
/// Metadata key of the request id that joins the spans of all roles.
pub const REQUEST_ID_HEADER: &str = "x-request-id";

/// Calls that need neither seal nor token. Everything else is refused without one.
pub const OPEN_METHODS: [&str; 8] = [
    "/vanthu.directory.v1.Directory/LogIn",
    "/vanthu.directory.v1.Directory/LogOut",
    "/vanthu.directory.v1.Directory/Seal",
    "/vanthu.directory.v1.Directory/Found",
    "/vanthu.directory.v1.Directory/State",
    "/vanthu.directory.v1.Directory/ServiceKeys",
    "/vanthu.signer.v1.Signer/ValidateUpload",
    "/vanthu.signer.v1.Signer/ValidateFile",
];

/// The only call for a person whose password must be changed first.
pub const PASSWORD_METHOD: &str = "/vanthu.directory.v1.Directory/ChangePassword";

/// Who calls: put into the extensions of every request that a guarded service sees.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    /// The person, when the call carries a good seal.
    pub caller: Option<Caller>,
    /// The service, when the call carries a good service token.
    pub service: Option<String>,
    /// The seal as it came, to be forwarded.
    pub seal: Option<Bytes>,
    /// Joins the log lines of one act across the roles; for logs only.
    pub request_id: String,
}

impl Identity {
    /// The identity that the guard put into a request.
    ///
    /// # Errors
    /// [`Fault::Broken`] when the service was mounted without its guard.
    pub fn of<T>(request: &tonic::Request<T>) -> Result<Self, Fault> {
        request
            .extensions()
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Fault::broken("service mounted without its guard"))
    }

    /// The person who calls.
    ///
    /// # Errors
    /// [`Fault::Unauthenticated`] when no person does.
    pub fn caller(&self) -> Result<&Caller, Fault> {
        self.caller.as_ref().ok_or_else(|| Fault::Unauthenticated { text: "no seal in the call".to_owned() })
    }

    /// Reads and opens what a call carries.
    pub(crate) fn open(headers: &HeaderMap, path: &str, trust: &Trust, now_ms: i64) -> Result<Self, Fault> {
        let map = MetadataMap::from_headers(headers.clone());
        let mut identity = Self { request_id: request_id(&map), ..Self::default() };
        let bytes = |key: &str| -> Result<Option<Bytes>, Fault> {
            map.get_bin(key)
                .map(|v| v.to_bytes().map_err(|_| unauthenticated(format!("metadata {key} is not base64"))))
                .transpose()
        };
        if let Some(token) = bytes(SERVICE_HEADER)? {
            let service =
                trust.open_service(&token, now_ms).map_err(|e| unauthenticated(format!("service {e}")))?;
            identity.service = Some(service);
        }
        if let Some(token) = bytes(SEAL_HEADER)? {
            let body = trust.open_seal(&token, now_ms).map_err(|e| unauthenticated(format!("seal {e}")))?;
            if body.must_change_password && path != PASSWORD_METHOD && !OPEN_METHODS.contains(&path) {
                return Err(Fault::denied("PASSWORD_MUST_CHANGE", "the password must be changed first"));
            }
            identity.caller = body.caller;
            identity.seal = Some(token);
        }
        if identity.caller.is_none() && identity.service.is_none() && !OPEN_METHODS.contains(&path) {
            return Err(unauthenticated("no seal in the call".to_owned()));
        }
        Ok(identity)
    }
}

fn unauthenticated(text: String) -> Fault {
    Fault::Unauthenticated { text }
}

fn request_id(map: &MetadataMap) -> String {
    map.get(REQUEST_ID_HEADER)
        .and_then(|v| v.to_str().ok())
        .filter(|v| v.len() <= 64 && v.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b)))
        .unwrap_or_default()
        .to_owned()
}

/// A request to a peer that carries the caller's seal and request id on.
pub fn outgoing<T>(identity: &Identity, message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    let map = request.metadata_mut();
    if let Some(seal) = &identity.seal {
        map.insert_bin(SEAL_HEADER, MetadataValue::from_bytes(seal));
    }
    if let Ok(id) = identity.request_id.parse() {
        map.insert(REQUEST_ID_HEADER, id);
    }
    request
}

/// As [`outgoing`], and says which service speaks.
///
/// # Errors
/// [`Fault::Broken`] when the token cannot be signed.
pub fn outgoing_as<T>(
    key: &ServiceKey,
    now_ms: i64,
    identity: &Identity,
    message: T,
) -> Result<tonic::Request<T>, Fault> {
    let mut request = outgoing(identity, message);
    let token = key.service_token(now_ms).map_err(Fault::broken)?;
    request.metadata_mut().insert_bin(SERVICE_HEADER, MetadataValue::from_bytes(&token));
    Ok(request)
}
