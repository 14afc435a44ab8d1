//! A whole office in one process, crash tests, interoperability, the browser: tests that need more than one crate.
