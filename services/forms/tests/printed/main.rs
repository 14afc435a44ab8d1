//! Prints whole documents and reads them back with other people's tools (poppler, qpdf).

mod letters;
mod paper;
mod registers;
mod rpc;
mod samples;
mod slips;
