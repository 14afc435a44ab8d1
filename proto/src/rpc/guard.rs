//! What every service is wrapped in, once, near or far: identity, deadline, panics caught, calls counted.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use tokio::sync::Semaphore;
use tonic::body::Body;
use tonic::server::NamedService;
use tower::Service;
use tracing::Instrument as _;

use crate::fault::Fault;
use crate::rpc::Clock;
use crate::rpc::identity::Identity;
use crate::rpc::seal::Trust;
use crate::rpc::status::status_of;

/// Calls that one service runs at once unless told otherwise.
const CALLS_MAX: usize = 512;

/// How long a call may take before its head must be there, where the caller asks for no less.
const DEADLINE: Duration = Duration::from_mins(2);

/// What a guard needs to know.
#[derive(Clone)]
pub struct Guard {
    trust: Arc<Trust>,
    clock: Clock,
    calls_max: usize,
    deadline: Duration,
}

impl Guard {
    /// A guard that believes `trust` at the time of `clock`.
    #[must_use]
    pub fn new(trust: Arc<Trust>, clock: Clock) -> Self {
        Self { trust, clock, calls_max: CALLS_MAX, deadline: DEADLINE }
    }

    /// At most `calls` at once; more are answered RESOURCE_EXHAUSTED.
    #[must_use]
    pub fn calls_max(mut self, calls: usize) -> Self {
        self.calls_max = calls;
        self
    }

    /// No call may take longer.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Wraps a service.
    pub fn wrap<S>(&self, inner: S) -> Guarded<S> {
        Guarded { inner, calls: Arc::new(Semaphore::new(self.calls_max)), guard: self.clone() }
    }
}

/// A wrapped service; keeps its name for routing.
#[derive(Clone)]
pub struct Guarded<S> {
    inner: S,
    calls: Arc<Semaphore>,
    guard: Guard,
}

impl<S: NamedService> NamedService for Guarded<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for Guarded<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let answer = |fault: Fault| Ok(status_of(fault).into_http());
        let path = request.uri().path().to_owned();
        let identity = match Identity::open(request.headers(), &path, &self.guard.trust, (self.guard.clock)())
        {
            Ok(identity) => identity,
            Err(fault) => {
                tracing::info!(path, %fault, "call refused at the door");
                return Box::pin(async move { answer(fault) });
            }
        };
        let Ok(permit) = Arc::clone(&self.calls).try_acquire_owned() else {
            let fault = Fault::Busy {
                reason: "TOO_MANY_CALLS",
                text: "too many calls at once; try again".to_owned(),
            };
            return Box::pin(async move { answer(fault) });
        };
        let deadline = asked_deadline(&request).map_or(self.guard.deadline, |d| d.min(self.guard.deadline));
        let span = tracing::info_span!("call", path, request_id = identity.request_id);
        request.extensions_mut().insert(identity);
        // The clone is what was polled ready; the next call polls the other.
        let mut inner = self.inner.clone();
        std::mem::swap(&mut inner, &mut self.inner);
        // A task of its own: a panic ends here, and a handler that writes runs to its end even when the caller leaves.
        let task = tokio::spawn(
            async move {
                let response = inner.call(request).await;
                drop(permit);
                response
            }
            .instrument(span),
        );
        Box::pin(async move {
            match tokio::time::timeout(deadline, task).await {
                Ok(Ok(response)) => response,
                Ok(Err(_)) => answer(Fault::broken(format!("{path} panicked"))),
                Err(_) => {
                    answer(Fault::unavailable("DEADLINE", format!("{path} took longer than {deadline:?}")))
                }
            }
        })
    }
}

/// The `grpc-timeout` that the caller set, e.g. `5S` or `200m`.
fn asked_deadline(request: &Request<Body>) -> Option<Duration> {
    let text = request.headers().get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let n: u64 = if digits.len() <= 8 { digits.parse().ok()? } else { return None };
    match unit {
        "H" => Some(Duration::from_hours(n)),
        "M" => Some(Duration::from_mins(n)),
        "S" => Some(Duration::from_secs(n)),
        "m" => Some(Duration::from_millis(n)),
        "u" => Some(Duration::from_micros(n)),
        "n" => Some(Duration::from_nanos(n)),
        _ => None,
    }
}
