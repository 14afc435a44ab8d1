//! A process that serves is killed at random, or the power of its disk is cut, again and again, while clients outside write
//! down every acknowledged commit with fdatasync. After each start everything written down is there, numbers have no gaps,
//! every document is in a state that the law knows, and what was not acknowledged can be asked for again under the same
//! request id.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and says what it did")]

mod clients;
mod kills;
mod loop_disk;
mod office;
mod power;
