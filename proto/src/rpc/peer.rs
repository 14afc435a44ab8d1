//! One type for every peer: a client cannot tell whether the other role is in this process or in another.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use http::{Request, Response};
use tonic::body::Body;
use tonic::transport::{Endpoint, Uri};
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt as _};

use crate::rpc::MESSAGE_BYTES_MAX;

/// A peer: what generated clients are built over.
pub type Peer = BoxCloneSyncService<Request<Body>, Response<Body>, tonic::Status>;

/// Where another process serves a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A Unix socket on this host.
    Unix(PathBuf),
    /// Host and port on the loopback.
    Tcp(String),
}

/// Why an address is not good.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// Neither `unix:PATH` nor `HOST:PORT`.
    #[error("{0:?} is neither unix:PATH nor HOST:PORT")]
    Shape(String),
    /// The transport refused it.
    #[error("address: {0}")]
    Transport(#[from] tonic::transport::Error),
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if let Some(path) = text.strip_prefix("unix:") {
            return Ok(Self::Unix(PathBuf::from(path)));
        }
        match text.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
                Ok(Self::Tcp(text.to_owned()))
            }
            _ => Err(AddressError::Shape(text.to_owned())),
        }
    }
}

/// A peer in this process.
pub fn local<S>(service: S) -> Peer
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
    BoxCloneSyncService::new(service.map_err(|never: Infallible| match never {}))
}

/// A peer in another process; connects when it is first called, and again when the connection was lost.
///
/// # Errors
/// [`AddressError`].
pub fn remote(address: &Address) -> Result<Peer, AddressError> {
    const CONNECT: Duration = Duration::from_secs(5);
    let channel = match address {
        Address::Tcp(authority) => {
            Endpoint::from_shared(format!("http://{authority}"))?.connect_timeout(CONNECT).connect_lazy()
        }
        Address::Unix(path) => {
            let path = path.clone();
            Endpoint::from_static("http://vanthu.invalid").connect_timeout(CONNECT).connect_with_connector_lazy(
                tower::service_fn(move |_: Uri| {
                    let path = path.clone();
                    async move {
                        tokio::net::UnixStream::connect(path).await.map(hyper_util::rt::TokioIo::new)
                    }
                }),
            )
        }
    };
    Ok(BoxCloneSyncService::new(channel.map_err(|e| {
        tracing::warn!(error = %e, "peer does not answer");
        tonic::Status::unavailable("a part of the system does not answer")
    })))
}

macro_rules! clients {
    ($($(#[$doc:meta])* $name:ident: $package:ident, $module:ident, $client:ident;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(peer: Peer) -> crate::$package::v1::$module::$client<Peer> {
                crate::$package::v1::$module::$client::new(peer)
                    .max_decoding_message_size(MESSAGE_BYTES_MAX)
                    .max_encoding_message_size(MESSAGE_BYTES_MAX)
            }
        )*
    };
}

clients! {
    /// A client of the archive.
    archive: archive, archive_client, ArchiveClient;
    /// A client of the directory.
    directory: directory, directory_client, DirectoryClient;
    /// A client of intake.
    intake: intake, intake_client, IntakeClient;
    /// A client of routing.
    routing: routing, routing_client, RoutingClient;
    /// A client of the signer.
    signer: signer, signer_client, SignerClient;
    /// A client of forms.
    forms: forms, forms_client, FormsClient;
}
