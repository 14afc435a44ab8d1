//! The life of outgoing documents, from the draft to the recall: through check, policy, decision and application, as the
//! committer runs them.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod answer;
mod drafts;
mod evidence;
mod issue;
mod number;
mod office;
mod order;
mod property;
mod reserved;
mod seen;
mod signing;

/// How many worlds a property is tried in: `PROPTEST_CASES` asks for more than the usual.
fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
