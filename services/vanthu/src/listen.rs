//! Listening: gRPC on a Unix socket, both gRPC and screens on TCP. Off the loopback, TCP means TLS.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use openssl::ssl::{AlpnError, Ssl, SslAcceptor, SslFiletype, SslMethod, select_next_proto};
use proto::rpc::Address;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::sync::{Semaphore, mpsc};
use tokio_openssl::SslStream;
use tokio_stream::wrappers::{ReceiverStream, UnixListenerStream};

/// How long a browser or peer may take for the TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes under way at once; who comes later waits in the queue of the system.
const HANDSHAKES_MAX: usize = 256;
/// Connections accepted and not yet taken up.
const WAITING_MAX: usize = 16;
/// How long after a failed `accept` (too many open files, mostly) it is tried again.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);

/// Why nobody can be listened to.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is not on this machine's loopback, and there is no TLS.
    #[error(
        "{0} is not on the loopback: give --tls-certificate and --tls-key, or listen on the loopback behind a server that speaks TLS"
    )]
    NotLoopback(String),
    /// The address names nothing.
    #[error("{address}: {source}")]
    Io {
        /// The address.
        address: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Certificate and key are not to be had or do not belong together.
    #[error("{path}: {source}")]
    Tls {
        /// The file.
        path: PathBuf,
        /// What openssl said.
        source: openssl::error::ErrorStack,
    },
    /// gRPC could not be served.
    #[error("serving {0}")]
    Serve(#[from] tonic::transport::Error),
}

fn io(address: &str) -> impl FnOnce(std::io::Error) -> ListenError {
    let address = address.to_owned();
    move |source| ListenError::Io { address, source }
}

/// Certificate and key with which this process speaks TLS.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The certificate and those above it, PEM, its own first.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
}

impl Tls {
    /// TLS 1.2 and 1.3 with the ciphers that Mozilla calls intermediate; `protocol` is the one ALPN name offered.
    fn acceptor(&self, protocol: &'static [u8]) -> Result<SslAcceptor, ListenError> {
        let of = |path: &Path| {
            let path = path.to_owned();
            move |source| ListenError::Tls { path, source }
        };
        let mut tls =
            SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).map_err(of(&self.certificate))?;
        tls.set_certificate_chain_file(&self.certificate).map_err(of(&self.certificate))?;
        tls.set_private_key_file(&self.key, SslFiletype::PEM).map_err(of(&self.key))?;
        tls.check_private_key().map_err(of(&self.key))?;
        tls.set_alpn_select_callback(move |_, offered| {
            select_next_proto(protocol, offered).ok_or(AlpnError::ALERT_FATAL)
        });
        Ok(tls.build())
    }
}

/// What browsers speak to us.
pub const HTTP_1: &[u8] = b"\x08http/1.1";
/// What gRPC is spoken over.
const HTTP_2: &[u8] = b"\x02h2";

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// One connection, whatever carries it.
pub struct Connection(Box<dyn Wire>);

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl tonic::transport::server::Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

/// A TCP address that is listened to.
pub struct Listening {
    /// Where, with the port that the system chose for port 0.
    pub bound: SocketAddr,
    /// The connections as they come. Those that fail their handshake are left out.
    pub connections: ReceiverStream<Connection>,
}

/// Listens on TCP: on the loopback, or anywhere with TLS.
///
/// # Errors
/// [`ListenError`].
pub async fn tcp(
    authority: &str,
    tls: Option<&Tls>,
    protocol: &'static [u8],
) -> Result<Listening, ListenError> {
    let mut addresses = authority.to_socket_addrs().map_err(io(authority))?;
    let address: SocketAddr = addresses
        .next()
        .ok_or_else(|| io(authority)(std::io::Error::from(std::io::ErrorKind::AddrNotAvailable)))?;
    let local = match address.ip() {
        IpAddr::V4(ip) => ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_loopback(),
    };
    if !local && tls.is_none() {
        return Err(ListenError::NotLoopback(authority.to_owned()));
    }
    let acceptor = tls.map(|tls| tls.acceptor(protocol)).transpose()?;
    let listener = TcpListener::bind(address).await.map_err(io(authority))?;
    let bound = listener.local_addr().map_err(io(authority))?;
    let (ready, connections) = mpsc::channel(WAITING_MAX);
    tokio::spawn(accept(listener, acceptor, ready));
    Ok(Listening { bound, connections: ReceiverStream::new(connections) })
}

/// Accepts until nobody takes up connections any more.
async fn accept(listener: TcpListener, acceptor: Option<SslAcceptor>, ready: mpsc::Sender<Connection>) {
    let places = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = ready.closed() => return,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
                continue;
            }
        };
        // Small answers must not wait for more.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "connection is gone");
            continue;
        }
        let Some(acceptor) = &acceptor else {
            if ready.send(Connection(Box::new(stream))).await.is_err() {
                return;
            }
            continue;
        };
        // A slow handshake must not keep the others waiting.
        let (acceptor, ready) = (acceptor.clone(), ready.clone());
        tokio::spawn(async move {
            let _place = place;
            match tokio::time::timeout(HANDSHAKE, handshake(&acceptor, stream)).await {
                Ok(Ok(stream)) => {
                    // An error means that serving has ended.
                    let _ = ready.send(Connection(Box::new(stream))).await;
                }
                Ok(Err(error)) => tracing::debug!(%error, "tls handshake failed"),
                Err(_) => tracing::debug!("tls handshake took too long"),
            }
        });
    }
}

async fn handshake(
    acceptor: &SslAcceptor,
    stream: TcpStream,
) -> Result<SslStream<TcpStream>, openssl::ssl::Error> {
    let mut stream = SslStream::new(Ssl::new(acceptor.context())?, stream)?;
    Pin::new(&mut stream).accept().await?;
    Ok(stream)
}

/// A Unix socket, readable by its owner only; one left by a process that is gone is replaced.
fn unix(path: &Path) -> Result<UnixListener, ListenError> {
    use std::os::unix::fs::PermissionsExt as _;
    let name = path.display().to_string();
    match std::os::unix::net::UnixStream::connect(path) {
        Ok(_) => {
            return Err(io(&name)(std::io::Error::from(std::io::ErrorKind::AddrInUse)));
        }
        Err(e) if e.kind() == std::io::ErrorKind::ConnectionRefused => {
            std::fs::remove_file(path).map_err(io(&name))?;
        }
        Err(_) => {}
    }
    let listener = UnixListener::bind(path).map_err(io(&name))?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(io(&name))?;
    Ok(listener)
}

/// Serves gRPC until `stop` is done.
///
/// # Errors
/// [`ListenError`].
pub async fn grpc(
    routes: tonic::service::Routes,
    address: &Address,
    tls: Option<&Tls>,
    stop: impl Future<Output = ()>,
) -> Result<(), ListenError> {
    use tokio_stream::StreamExt as _;
    let server = tonic::transport::Server::builder().add_routes(routes);
    match address {
        Address::Unix(path) => {
            let listener = unix(path)?;
            let _removed = Removed(path.clone());
            server.serve_with_incoming_shutdown(UnixListenerStream::new(listener), stop).await?;
        }
        Address::Tcp(authority) => {
            let listening = tcp(authority, None, HTTP_2).await?;
            server.serve_with_incoming_shutdown(listening.connections.map(never_fails), stop).await?;
        }
        Address::Tls(authority) => {
            let tls = tls.ok_or_else(|| ListenError::NotLoopback(authority.clone()))?;
            let listening = tcp(authority, Some(tls), HTTP_2).await?;
            server.serve_with_incoming_shutdown(listening.connections.map(never_fails), stop).await?;
        }
    }
    Ok(())
}

fn never_fails(connection: Connection) -> Result<Connection, std::io::Error> {
    Ok(connection)
}

/// Removes the socket when serving ends.
struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::debug!(%error, "socket was gone already");
        }
    }
}
