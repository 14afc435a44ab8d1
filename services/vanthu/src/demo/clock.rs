//! A clock that the demo sets: an empty store is filled as if the year had passed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use proto::rpc::Clock;

/// A clock that stands until it is set; never goes back.
#[derive(Debug, Clone)]
pub struct SetClock {
    at_ms: Arc<AtomicI64>,
}

impl SetClock {
    /// A clock that stands at `at_ms`.
    #[must_use]
    pub fn new(at_ms: i64) -> Self {
        Self { at_ms: Arc::new(AtomicI64::new(at_ms)) }
    }

    /// Moves on to `at_ms`; an earlier time is left out.
    pub fn set(&self, at_ms: i64) {
        self.at_ms.fetch_max(at_ms, Ordering::SeqCst);
    }

    /// The time it stands at.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.at_ms.load(Ordering::SeqCst)
    }

    /// As the services take it.
    #[must_use]
    pub fn clock(&self) -> Clock {
        let at_ms = Arc::clone(&self.at_ms);
        Arc::new(move || at_ms.load(Ordering::SeqCst))
    }
}
