//! One type for every peer: a client cannot tell whether the other role is in this process or in another.

use std::convert::Infallible;
use std::path::PathBuf;
use std::pin::Pin;
use std::str::FromStr;
use std::time::Duration;

use http::{Request, Response};
use openssl::ssl::{SslConnector, SslMethod};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;
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
    /// Host and port of another machine, over TLS; whom to believe is told by the system's certificates, or by
    /// those that the environment's `SSL_CERT_FILE` names.
    Tls(String),
}

/// Why an address is not good.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// None of the three kinds.
    #[error("{0:?} is neither unix:PATH nor HOST:PORT nor https://HOST:PORT")]
    Shape(String),
    /// Plain text would leave the machine.
    #[error("{0} is not on the loopback: say https://{0}")]
    NotLoopback(String),
    /// openssl refused.
    #[error("tls: {0}")]
    Tls(#[from] openssl::error::ErrorStack),
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
        let (authority, tls) = text.strip_prefix("https://").map_or((text, false), |rest| (rest, true));
        match authority.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
                let authority = authority.to_owned();
                Ok(if tls { Self::Tls(authority) } else { Self::Tcp(authority) })
            }
            _ => Err(AddressError::Shape(text.to_owned())),
        }
    }
}

/// The host of `HOST:PORT`, an IPv6 address without its brackets.
fn host(authority: &str) -> &str {
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
}

fn is_loopback(authority: &str) -> bool {
    let host = host(authority);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Connects and shakes hands; the other's certificate must be for the host that was asked for.
async fn tls_connect(
    connector: SslConnector,
    authority: String,
) -> Result<hyper_util::rt::TokioIo<SslStream<TcpStream>>, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(&authority).await?;
    stream.set_nodelay(true)?;
    let mut stream = SslStream::new(connector.configure()?.into_ssl(host(&authority))?, stream)?;
    Pin::new(&mut stream).connect().await?;
    Ok(hyper_util::rt::TokioIo::new(stream))
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
        Address::Tcp(authority) if !is_loopback(authority) => {
            return Err(AddressError::NotLoopback(authority.clone()));
        }
        Address::Tls(authority) => {
            let mut connector = SslConnector::builder(SslMethod::tls_client())?;
            connector.set_alpn_protos(b"\x02h2")?;
            let connector = connector.build();
            let authority = authority.clone();
            // The endpoint's own scheme would ask for tonic's TLS; ours is below it.
            Endpoint::from_shared(format!("http://{authority}"))?
                .connect_timeout(CONNECT)
                .connect_with_connector_lazy(tower::service_fn(move |_: Uri| {
                    tls_connect(connector.clone(), authority.clone())
                }))
        }
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
