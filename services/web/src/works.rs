//! What works of what an office may leave out. The menu shows nothing else: a page that only says that it is off helps
//! nobody. The answers are kept for a while, as every page has a menu.

use std::sync::Mutex;

use crate::desk::Desk;
use crate::screens::evidence;

/// How long an answer counts, in milliseconds: nobody turns these on and off without starting a role anew.
const LIFE_MS: i64 = 30_000;

/// The answers with the moment at which they were got, in milliseconds since 1970; shared by all requests.
pub(crate) type Kept = Mutex<Option<(i64, Works)>>;

/// What works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Works {
    /// Long-term evidence is got for what the office keeps: its own documents, or those that it received.
    pub(crate) evidence: bool,
    /// Authorities are asked about the signatures of received documents.
    pub(crate) online_evidence: bool,
}

impl Works {
    /// What works for this person. Whatever cannot be asked now is taken to work: its page tells what is the matter.
    pub(crate) async fn of(desk: &Desk) -> Self {
        // Nobody else may ask.
        if !evidence::concerns(desk) {
            return Self { evidence: false, online_evidence: false };
        }
        let (now, kept) = (desk.app.now(), &desk.app.works);
        if let Ok(kept) = kept.lock()
            && let Some((at, works)) = *kept
            && (0..LIFE_MS).contains(&now.saturating_sub(at))
        {
            return works;
        }
        match evidence::settings(desk).await {
            Ok(answer) => {
                let raises = answer.queue.is_some_and(|state| evidence::raises(&state));
                let online_evidence = answer.checks.is_some_and(|checks| checks.on);
                let works = Self { evidence: raises || online_evidence, online_evidence };
                if let Ok(mut kept) = kept.lock() {
                    *kept = Some((now, works));
                }
                works
            }
            Err(fault) => {
                tracing::warn!(%fault, "cannot ask whether evidence is kept; the menu shows its page");
                Self { evidence: true, online_evidence: false }
            }
        }
    }
}
