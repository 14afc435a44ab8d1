//! How often a log-in may fail: each name waits longer after each failure.

use std::collections::HashMap;
use std::sync::Mutex;

use proto::fault::Fault;

/// Failures that cost nothing.
const FREE_FAILURES: u32 = 4;
/// The first wait, in milliseconds; doubles with each failure.
const FIRST_WAIT_MS: i64 = 2_000;
/// The longest wait, in milliseconds.
const LONGEST_WAIT_MS: i64 = 15 * 60 * 1_000;
/// Failures are forgotten after this long, in milliseconds.
const FORGET_MS: i64 = 60 * 60 * 1_000;
/// Names that are remembered; beyond it the oldest half is forgotten.
const NAMES_MAX: usize = 10_000;

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last_ms: i64,
}

/// Counts failures by log-in name, known or not.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    failures: Mutex<HashMap<String, Failures>>,
}

impl Throttle {
    /// Refuses a try that comes too early, before any password is looked at.
    pub(crate) fn admit(&self, login: &str, now_ms: i64) -> Result<(), Fault> {
        let failures = self.failures.lock().map_err(Fault::broken)?;
        let Some(f) = failures.get(login) else { return Ok(()) };
        let wait = wait_ms(f.count);
        if now_ms < f.last_ms.saturating_add(wait) {
            let seconds = (f.last_ms.saturating_add(wait) - now_ms).div_euclid(1_000) + 1;
            return Err(Fault::Busy {
                reason: "LOG_IN_THROTTLED",
                text: format!("too many failed log-ins; wait {seconds} s"),
            });
        }
        Ok(())
    }

    pub(crate) fn failed(&self, login: &str, now_ms: i64) {
        let Ok(mut failures) = self.failures.lock() else { return };
        if failures.len() >= NAMES_MAX {
            let mut times: Vec<i64> = failures.values().map(|f| f.last_ms).collect();
            times.sort_unstable();
            let cut = times.get(times.len() / 2).copied().unwrap_or(now_ms);
            failures.retain(|_, f| f.last_ms > cut);
        }
        let f = failures.entry(login.to_owned()).or_insert(Failures { count: 0, last_ms: now_ms });
        f.count = if now_ms - f.last_ms > FORGET_MS { 1 } else { f.count.saturating_add(1) };
        f.last_ms = now_ms;
    }

    pub(crate) fn succeeded(&self, login: &str) {
        if let Ok(mut failures) = self.failures.lock() {
            failures.remove(login);
        }
    }
}

fn wait_ms(count: u32) -> i64 {
    if count < FREE_FAILURES {
        return 0;
    }
    let doublings = (count - FREE_FAILURES).min(20);
    (FIRST_WAIT_MS << doublings).min(LONGEST_WAIT_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_is_bounded_and_ends_with_success() {
        let throttle = Throttle::default();
        let mut now = 0;
        for _ in 0..FREE_FAILURES {
            throttle.admit("lan", now).unwrap();
            throttle.failed("lan", now);
        }
        assert!(throttle.admit("lan", now).is_err());
        assert!(throttle.admit("mai", now).is_ok(), "others do not wait");
        now += FIRST_WAIT_MS;
        throttle.admit("lan", now).unwrap();
        for _ in 0..40 {
            throttle.failed("lan", now);
        }
        assert!(throttle.admit("lan", now + LONGEST_WAIT_MS - 1).is_err());
        assert!(throttle.admit("lan", now + LONGEST_WAIT_MS).is_ok());
        throttle.succeeded("lan");
        assert!(throttle.admit("lan", now).is_ok());
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for n in 0..i64::try_from(NAMES_MAX).unwrap() * 2 {
            throttle.failed(&format!("name{n}"), n);
        }
        assert!(throttle.failures.lock().unwrap().len() <= NAMES_MAX);
    }
}
