//! Listening: gRPC on a Unix socket or the loopback, screens on the loopback. Anything else needs TLS in front.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};

use proto::rpc::Address;
use tokio::net::{TcpListener, UnixListener};
use tokio_stream::wrappers::{TcpListenerStream, UnixListenerStream};

/// Why nobody can be listened to.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is not on this machine's loopback.
    #[error("{0} is not on the loopback; listen there and put a server that speaks TLS in front of it")]
    NotLoopback(String),
    /// The address names nothing.
    #[error("{address}: {source}")]
    Io {
        /// The address.
        address: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// gRPC could not be served.
    #[error("serving {0}")]
    Serve(#[from] tonic::transport::Error),
}

fn io(address: &str) -> impl FnOnce(std::io::Error) -> ListenError {
    let address = address.to_owned();
    move |source| ListenError::Io { address, source }
}

/// A TCP listener on the loopback.
///
/// # Errors
/// [`ListenError`].
pub async fn loopback(authority: &str) -> Result<TcpListener, ListenError> {
    let mut addresses = authority.to_socket_addrs().map_err(io(authority))?;
    let address: SocketAddr = addresses
        .next()
        .ok_or_else(|| io(authority)(std::io::Error::from(std::io::ErrorKind::AddrNotAvailable)))?;
    let local = match address.ip() {
        IpAddr::V4(ip) => ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_loopback(),
    };
    if !local {
        return Err(ListenError::NotLoopback(authority.to_owned()));
    }
    TcpListener::bind(address).await.map_err(io(authority))
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
    stop: impl Future<Output = ()>,
) -> Result<(), ListenError> {
    let server = tonic::transport::Server::builder().add_routes(routes);
    match address {
        Address::Unix(path) => {
            let listener = unix(path)?;
            let _removed = Removed(path.clone());
            server.serve_with_incoming_shutdown(UnixListenerStream::new(listener), stop).await?;
        }
        Address::Tcp(authority) => {
            let listener = loopback(authority).await?;
            server.serve_with_incoming_shutdown(TcpListenerStream::new(listener), stop).await?;
        }
    }
    Ok(())
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
