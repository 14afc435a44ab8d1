//! A bar for whoever waits at a terminal; lines of the log where nobody does.

use std::io::{IsTerminal as _, Write as _};

/// Signs in a whole bar.
const WIDTH: u64 = 30;

/// Shows how far a work is.
pub(crate) fn show(what: &str, done: u64, total: u64) {
    let mut out = std::io::stderr().lock();
    if !out.is_terminal() {
        tracing::info!(done, total, "{what}");
        return;
    }
    let end = if done >= total { "\n" } else { "" };
    // Nobody may be looking; that is no reason to end.
    let _ = write!(out, "\r{what} {}{end}", drawn(done, total)).and_then(|()| out.flush());
}

/// `[##########....................]  33 %  1000/3000`.
fn drawn(done: u64, total: u64) -> String {
    let done = done.min(total);
    let part = |whole: u64| done.saturating_mul(whole).checked_div(total).unwrap_or(whole);
    let full = part(WIDTH);
    let signs: String = (0..WIDTH).map(|at| if at < full { '#' } else { '.' }).collect();
    format!("[{signs}] {:>3} %  {done}/{total}", part(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills_from_left_to_right() {
        assert_eq!(drawn(0, 3_000), format!("[{}]   0 %  0/3000", ".".repeat(30)));
        assert_eq!(drawn(1_000, 3_000), format!("[{}{}]  33 %  1000/3000", "#".repeat(10), ".".repeat(20)));
        for (done, total) in [(3_000, 3_000), (9, 3), (0, 0)] {
            assert!(drawn(done, total).starts_with(&format!("[{}] 100 %", "#".repeat(30))), "{done}/{total}");
        }
    }
}
