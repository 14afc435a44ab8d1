//! HTTP, bounded: in time, in size, in number at a time, in reach. No proxy, no cookie, nothing remembered.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION};
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body};
use zeroize::Zeroizing;

use super::limits;
use super::reach::{INSIDE, Origin, OutsideResolver, Reach};

/// Why a service could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// Not an address of HTTP with a host.
    #[error("{url:?} is no http or https address")]
    Address {
        /// What was given.
        url: String,
    },
    /// The address leads inside, where it may not reach.
    #[error("{url} leads to an address inside the network, which only a service named by the operator may")]
    Inside {
        /// What was asked.
        url: String,
    },
    /// No connection, or it broke.
    #[error("{url} cannot be reached: {why}")]
    Unreachable {
        /// What was asked.
        url: String,
        /// What the system says.
        why: String,
    },
    /// No answer in time.
    #[error("{url} gave no answer within {} seconds", time.as_secs_f32())]
    TooSlow {
        /// What was asked.
        url: String,
        /// The limit.
        time: Duration,
    },
    /// Another status than 200.
    #[error("{url} answered with HTTP status {status}")]
    Status {
        /// What was asked.
        url: String,
        /// The status.
        status: u16,
    },
    /// The answer is larger than is taken.
    #[error("{url} answered with more than {max} bytes")]
    TooLarge {
        /// What was asked.
        url: String,
        /// The limit.
        max: u64,
    },
    /// One redirect led to the next.
    #[error("{url} redirects more often than {max} times")]
    Redirects {
        /// What was asked first.
        url: String,
        /// The limit.
        max: usize,
    },
    /// All exchanges that may run at a time were running.
    #[error("{url} was not asked: too many exchanges are running")]
    Busy {
        /// What was to be asked.
        url: String,
    },
    /// All exchanges that one purpose may take were made, or its time is over.
    #[error("{url} was not asked: the limit of exchanges or of time for one file is reached")]
    Spent {
        /// What was to be asked.
        url: String,
    },
}

impl HttpError {
    /// The stable code, for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Address { .. } => "address_not_http",
            Self::Inside { .. } => "address_inside",
            Self::Unreachable { .. } => "service_unreachable",
            Self::TooSlow { .. } => "service_too_slow",
            Self::Status { .. } => "service_status",
            Self::TooLarge { .. } => "answer_too_large",
            Self::Redirects { .. } => "too_many_redirects",
            Self::Busy { .. } => "too_many_exchanges",
            Self::Spent { .. } => "exchanges_spent",
        }
    }

    /// Whether trying again may help.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TooSlow { .. } | Self::Busy { .. } => true,
            Self::Status { status, .. } => *status == 429 || *status >= 500,
            Self::Address { .. }
            | Self::Inside { .. }
            | Self::TooLarge { .. }
            | Self::Redirects { .. }
            | Self::Spent { .. } => false,
        }
    }
}

/// Name and password for a service that asks for them (RFC 7617).
#[derive(Clone)]
pub struct Credentials(Zeroizing<String>);

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Credentials(…)")
    }
}

impl Credentials {
    /// Reads `name:password` from the first line of a file's bytes; none where that is not what stands there.
    pub fn from_file(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..bytes.len().min(limits::CREDENTIALS_BYTES_MAX))?;
        let line = std::str::from_utf8(bytes).ok()?.lines().next()?;
        let (name, password) = line.split_once(':')?;
        if name.is_empty() || line.chars().any(char::is_control) {
            return None;
        }
        let encoded = openssl::base64::encode_block(format!("{name}:{password}").as_bytes());
        Some(Self(Zeroizing::new(format!("Basic {encoded}"))))
    }
}

/// How a [`Client`] asks.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Longest one exchange may take.
    pub time: Duration,
    /// How often an exchange is tried.
    pub attempts: u32,
    /// Wait before the second attempt.
    pub backoff: Duration,
    /// Exchanges at a time.
    pub concurrent: usize,
    /// How far.
    pub reach: Reach,
    /// Hosts that the operator named, which may lie inside whoever else names them: names or addresses as they
    /// stand in the address of the service.
    pub named: Vec<String>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            time: limits::EXCHANGE_TIME,
            attempts: limits::ATTEMPTS,
            backoff: limits::BACKOFF,
            concurrent: limits::CONCURRENT,
            reach: Reach::Anywhere,
            named: Vec::new(),
        }
    }
}

/// One thing to be asked.
pub(super) struct Ask<'a> {
    pub(super) url: &'a str,
    /// Sent by POST with its media type; without one it is a GET.
    pub(super) body: Option<(&'a str, &'a [u8])>,
    pub(super) accept: &'a str,
    pub(super) credentials: Option<&'a Credentials>,
    pub(super) bytes_max: u64,
    pub(super) redirects: usize,
    pub(super) origin: Origin,
}

/// Asks services. Cheap to clone: clones share the limit of exchanges at a time.
#[derive(Clone)]
pub struct Client {
    anywhere: Agent,
    outside: Agent,
    options: ClientOptions,
    gate: Arc<Gate>,
    purse: Option<Arc<Purse>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new(ClientOptions::default())
    }
}

impl Client {
    /// A client of these manners.
    pub fn new(options: ClientOptions) -> Self {
        let tls = TlsConfig::builder()
            .provider(TlsProvider::NativeTls)
            .root_certs(RootCerts::PlatformVerifier)
            .build();
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("vanthu")
            .accept_encoding("identity")
            .timeout_global(Some(options.time))
            .tls_config(tls)
            .build();
        let resolver = OutsideResolver(Arc::new(DefaultResolver::default()));
        Self {
            anywhere: Agent::with_parts(config.clone(), DefaultConnector::new(), DefaultResolver::default()),
            outside: Agent::with_parts(config, DefaultConnector::new(), resolver),
            gate: Arc::new(Gate::new(options.concurrent)),
            options,
            purse: None,
        }
    }

    /// The same client for one purpose, which may take so many exchanges, redirects counted, and so long in all.
    pub(super) fn bounded(&self, exchanges: usize, time: Duration) -> Self {
        let purse = Purse { left: AtomicUsize::new(exchanges), until: Instant::now() + time };
        Self { purse: Some(Arc::new(purse)), ..self.clone() }
    }

    /// Asks, again after a while where that may help.
    ///
    /// # Errors
    /// [`HttpError`] of the last attempt.
    pub(super) fn ask(&self, ask: &Ask<'_>) -> Result<Vec<u8>, HttpError> {
        let mut wait = self.options.backoff;
        for attempt in 1.. {
            match self.ask_once(ask) {
                Err(error) if error.is_passing() && attempt < self.options.attempts => {
                    tracing::debug!(%error, attempt, "a service is asked again");
                    std::thread::sleep(wait);
                    wait *= 2;
                }
                result => return result,
            }
        }
        Err(HttpError::Busy { url: ask.url.to_owned() })
    }

    fn ask_once(&self, ask: &Ask<'_>) -> Result<Vec<u8>, HttpError> {
        let _place =
            self.gate.enter(self.options.time).ok_or_else(|| HttpError::Busy { url: ask.url.to_owned() })?;
        let mut target = address(ask.url)?;
        let first_host = target.host().unwrap_or_default().to_owned();
        for _ in 0..=ask.redirects {
            let host = target.host().unwrap_or_default();
            // What a redirect names is the answering machine's word.
            let origin = if host.eq_ignore_ascii_case(&first_host) { ask.origin } else { Origin::Unproven };
            let inside = match origin {
                Origin::Operator => true,
                Origin::Trusted => self.options.reach == Reach::Anywhere || self.is_named(host),
                Origin::Unproven => self.is_named(host),
            };
            let agent = if inside { &self.anywhere } else { &self.outside };
            let url = target.to_string();
            if !self.purse.as_ref().is_none_or(|purse| purse.pays()) {
                return Err(HttpError::Spent { url });
            }
            let mut response = self.send(agent, &target, ask).map_err(|error| self.explain(&error, &url))?;
            let status = response.status();
            if status.is_redirection() && ask.redirects > 0 {
                let next = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
                target = follow(&target, next).ok_or(HttpError::Status { url, status: status.as_u16() })?;
                continue;
            }
            if status != 200 {
                return Err(HttpError::Status { url, status: status.as_u16() });
            }
            let body = response.body_mut().with_config().limit(ask.bytes_max).read_to_vec();
            return body.map_err(|error| match error {
                ureq::Error::BodyExceedsLimit(max) => HttpError::TooLarge { url, max },
                other => self.explain(&other, &url),
            });
        }
        Err(HttpError::Redirects { url: ask.url.to_owned(), max: ask.redirects })
    }

    fn is_named(&self, host: &str) -> bool {
        self.options.named.iter().any(|name| name.eq_ignore_ascii_case(host))
    }

    fn send(
        &self,
        agent: &Agent,
        target: &Uri,
        ask: &Ask<'_>,
    ) -> Result<ureq::http::Response<Body>, ureq::Error> {
        match ask.body {
            None => agent.get(target).header(ACCEPT, ask.accept).call(),
            Some((kind, body)) => {
                let mut request = agent.post(target).header(ACCEPT, ask.accept).header(CONTENT_TYPE, kind);
                if let Some(credentials) = ask.credentials {
                    request = request.header(AUTHORIZATION, credentials.0.as_str());
                }
                request.send(body)
            }
        }
    }

    fn explain(&self, error: &ureq::Error, url: &str) -> HttpError {
        let url = url.to_owned();
        match error {
            ureq::Error::Timeout(_) => HttpError::TooSlow { url, time: self.options.time },
            ureq::Error::Io(why)
                if why.kind() == std::io::ErrorKind::PermissionDenied && why.to_string() == INSIDE =>
            {
                HttpError::Inside { url }
            }
            other => HttpError::Unreachable { url, why: other.to_string() },
        }
    }
}

/// The host of an address, as it is compared with [`ClientOptions::named`].
pub fn host_of(url: &str) -> Option<String> {
    address(url).ok()?.host().map(str::to_owned)
}

/// Reads an address; only HTTP with a host and without a name and password in it will do.
fn address(url: &str) -> Result<Uri, HttpError> {
    let wrong = || HttpError::Address { url: url.chars().take(200).collect() };
    if url.len() > limits::URL_BYTES_MAX {
        return Err(wrong());
    }
    let parsed: Uri = url.trim().parse().map_err(|_| wrong())?;
    let known = matches!(parsed.scheme_str(), Some("http" | "https"));
    let plain = parsed.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    if known && plain && parsed.host().is_some_and(|host| !host.is_empty()) {
        Ok(parsed)
    } else {
        Err(wrong())
    }
}

/// Where a redirect leads: a whole address, or a path at the same host.
fn follow(from: &Uri, to: Option<&str>) -> Option<Uri> {
    let to = to?;
    if to.starts_with('/') && !to.starts_with("//") {
        let (scheme, authority) = (from.scheme_str()?, from.authority()?);
        return address(&format!("{scheme}://{authority}{to}")).ok();
    }
    address(to).ok()
}

/// Pays for so many exchanges, until its time is over.
#[derive(Debug)]
struct Purse {
    left: AtomicUsize,
    until: Instant,
}

impl Purse {
    fn pays(&self) -> bool {
        let take = |left: usize| left.checked_sub(1);
        Instant::now() < self.until
            && self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

/// Lets so many in at a time.
#[derive(Debug)]
struct Gate {
    free: Mutex<usize>,
    freed: Condvar,
}

struct Place<'g>(&'g Gate);

impl Gate {
    fn new(places: usize) -> Self {
        Self { free: Mutex::new(places.max(1)), freed: Condvar::new() }
    }

    /// A place, as soon as there is one; none when that takes too long.
    fn enter(&self, patience: Duration) -> Option<Place<'_>> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut free, _) = self
            .freed
            .wait_timeout_while(free, patience, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        if *free == 0 {
            return None;
        }
        *free -= 1;
        Some(Place(self))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_with_a_host_is_an_address() {
        for good in ["http://tsa.example.vn/tsa", "https://10.0.0.1:8443/", "http://[::1]:80/x?y"] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in
            ["ldap://x/y", "file:///etc/passwd", "http://", "tsa.example.vn", "http://a:b@host/", "http:// x"]
        {
            assert!(address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_redirect_is_a_whole_address_or_a_path() {
        let from = address("http://ca.example.vn:81/a/b").unwrap();
        let to = |text| follow(&from, Some(text)).map(|uri| uri.to_string());
        assert_eq!(to("/c").as_deref(), Some("http://ca.example.vn:81/c"));
        assert_eq!(to("https://other.example.vn/").as_deref(), Some("https://other.example.vn/"));
        assert_eq!(to("//other.example.vn/"), None);
        assert_eq!(to("gopher://x/"), None);
        assert_eq!(follow(&from, None), None);
    }

    #[test]
    fn credentials_are_one_line_and_never_shown() {
        let credentials = Credentials::from_file(b"van:thu\nmore").unwrap();
        assert_eq!(credentials.0.as_str(), "Basic dmFuOnRodQ==");
        assert_eq!(format!("{credentials:?}"), "Credentials(…)");
        assert!(Credentials::from_file(b"no colon").is_none());
        assert!(Credentials::from_file(b":x").is_none());
    }

    #[test]
    fn a_purse_pays_so_often_and_so_long() {
        let purse = |left, time| Purse { left: AtomicUsize::new(left), until: Instant::now() + time };
        let two = purse(2, Duration::from_secs(60));
        assert_eq!([two.pays(), two.pays(), two.pays(), two.pays()], [true, true, false, false]);
        assert!(!purse(2, Duration::ZERO).pays());
    }

    #[test]
    fn a_gate_lets_in_as_many_as_it_has_places() {
        let gate = Gate::new(1);
        let first = gate.enter(Duration::ZERO);
        assert!(first.is_some());
        assert!(gate.enter(Duration::from_millis(5)).is_none());
        drop(first);
        assert!(gate.enter(Duration::ZERO).is_some());
    }
}
