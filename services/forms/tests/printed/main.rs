//! Prints whole documents and reads them back with other people's tools (poppler, qpdf).

#[cfg(test)]
mod letters;
#[cfg(test)]
mod paper;
#[cfg(test)]
mod registers;
#[cfg(test)]
mod rpc;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod slips;
