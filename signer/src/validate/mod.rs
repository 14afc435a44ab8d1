//! Validation of signed PDF files: a report with parts and one bottom line.
