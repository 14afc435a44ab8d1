//! A table as a file for a spreadsheet: RFC 4180, UTF-8 with a byte order mark (without it Excel reads Latin-1), sent row
//! by row as it is made.

use std::borrow::Cow;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use proto::fault::Fault;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::screens::files;
use crate::texts::language;

/// Bytes that are gathered before they are sent.
const CHUNK_BYTES: usize = 16 * 1024;
/// Chunks made ahead of a slow reader.
const CHUNKS_AHEAD: usize = 4;

/// A cell that no spreadsheet takes for a formula: what begins with `=`, `+`, `-`, `@`, a tab or a line end is preceded by
/// an apostrophe.
fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Adds a row to `out`: cells with a comma, a quote or a line end are quoted, quotes doubled, CR LF at the end.
fn write_row<T: AsRef<str>>(out: &mut String, cells: &[T]) {
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        let cell = harmless(cell.as_ref());
        if cell.contains(['"', ',', '\r', '\n']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

/// The reader has left; nothing more needs to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Left;

/// Where the rows go.
pub(crate) struct Sheet {
    rows: mpsc::Sender<Result<Bytes, std::io::Error>>,
    gathered: String,
}

impl Sheet {
    /// One row.
    ///
    /// # Errors
    /// [`Left`] when nobody reads any more.
    pub(crate) async fn row<T: AsRef<str>>(&mut self, cells: &[T]) -> Result<(), Left> {
        write_row(&mut self.gathered, cells);
        if self.gathered.len() >= CHUNK_BYTES { self.send().await } else { Ok(()) }
    }

    async fn send(&mut self) -> Result<(), Left> {
        let chunk = std::mem::take(&mut self.gathered);
        self.rows.send(Ok(Bytes::from(chunk))).await.map_err(|_| Left)
    }
}

/// What ends a table before its last row.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Nobody reads any more.
    Left,
    /// A service failed: the file breaks off, which the browser tells.
    Fault(Fault),
}

impl From<Left> for Stop {
    fn from(Left: Left) -> Self {
        Self::Left
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A file `name` with the rows that `fill` writes, in the language of the request.
pub(crate) fn download<F>(name: &str, head: &[&str], fill: impl FnOnce(Sheet) -> F) -> Response
where
    F: Future<Output = Result<Sheet, Stop>> + Send + 'static,
{
    let (tx, rx) = mpsc::channel(CHUNKS_AHEAD);
    let mut gathered = "\u{feff}".to_owned();
    write_row(&mut gathered, head);
    let rows = fill(Sheet { rows: tx.clone(), gathered });
    tokio::spawn(language::carried().speaking(async move {
        match rows.await {
            // What is left of the rows; that nobody reads them any more is no fault.
            Ok(mut sheet) => drop(sheet.send().await),
            Err(Stop::Left) => {}
            Err(Stop::Fault(fault)) => {
                tracing::warn!(%fault, "table broke off");
                drop(tx.send(Err(std::io::Error::other("table broke off"))).await);
            }
        }
    }));
    files::made(Body::from_stream(ReceiverStream::new(rx)), "text/csv; charset=utf-8", "attachment", name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> String {
        let mut out = String::new();
        write_row(&mut out, cells);
        out
    }

    #[test]
    fn a_row_is_one_of_rfc_4180() {
        assert_eq!(row(&["05", "Sở Nội vụ", ""]), "05,Sở Nội vụ,\r\n");
        assert_eq!(row(&["a,b", "nói “x”", "\"y\"", "1\n2"]), "\"a,b\",nói “x”,\"\"\"y\"\"\",\"1\n2\"\r\n");
    }

    #[test]
    fn no_cell_is_taken_for_a_formula() {
        for cell in ["=1+1", "+84", "-2", "@SUM(A1)", "\t=1", "\r=1"] {
            let made = row(&[cell]);
            assert!(made.trim_start_matches('"').starts_with('\''), "{made:?}");
        }
        assert_eq!(
            row(&["=HYPERLINK(\"http://x\",\"y\")"]),
            "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"\r\n"
        );
        assert_eq!(row(&["2-3", "a=b"]), "2-3,a=b\r\n");
    }
}
