//! Files of documents: streamed from the archive, in ranges, only through a record that names them.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use proto::archive::v1::{GetFileRequest, GetFileResponse};
use proto::fault::Fault;
use proto::record::v1::FileRef;
use proto::record::v1::record::State;
use tokio_stream::StreamExt as _;

use crate::app::App;
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::link;
use crate::view::document::ordinal;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/tep/{record}/{index}", get(file))
}

/// The files that a record names.
pub(crate) fn files_of(state: Option<&State>) -> &[FileRef] {
    match state {
        Some(State::Incoming(document)) => &document.files,
        Some(State::Outgoing(document)) => &document.files,
        Some(State::DraftVersion(version)) => &version.files,
        _ => &[],
    }
}

async fn file(
    desk: Desk,
    Path((record_id, index)): Path<(String, usize)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let record = desk.calls().get(&record_id).await?;
    let file =
        files_of(record.state.as_ref()).get(index).cloned().ok_or_else(|| Fault::unknown(&record_id))?;
    let tag = format!("\"{}\"", file.digest);
    let unchanged = headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == tag.as_bytes());
    if unchanged {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    let asked = headers.get(header::RANGE).and_then(|v| v.to_str().ok()).map(|v| range(v, file.size));
    if asked == Some(None) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
        set(&mut response, header::CONTENT_RANGE, &format!("bytes */{}", file.size));
        return Ok(response);
    }
    let (start, length) = asked.flatten().unwrap_or((0, file.size));
    let request =
        GetFileRequest { digest: file.digest.clone(), offset: start, length, record_id: record_id.clone() };
    let answers = call!(desk, archive.get_file(request))?;
    let mut response = Response::new(body(answers));
    if asked.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let last = (start + length).saturating_sub(1);
        set(&mut response, header::CONTENT_RANGE, &format!("bytes {start}-{last}/{}", file.size));
    }
    let pdf = file.media_type == "application/pdf";
    let download = !pdf || query.as_deref().is_some_and(|q| q.split('&').any(|p| p == "tai=1"));
    let place = if download { "attachment" } else { "inline" };
    let name = name_of(record.state.as_ref(), index, &file);
    let name = format!("{place}; filename=\"{}\"; filename*=UTF-8''{}", ascii(&name), link::escape(&name));
    set(&mut response, header::CONTENT_DISPOSITION, &name);
    // Only what we can show is named; anything else is bytes to be kept.
    set(
        &mut response,
        header::CONTENT_TYPE,
        if pdf { "application/pdf" } else { "application/octet-stream" },
    );
    set(&mut response, header::CONTENT_LENGTH, &length.to_string());
    set(&mut response, header::ACCEPT_RANGES, "bytes");
    set(&mut response, header::ETAG, &tag);
    set(&mut response, header::CACHE_CONTROL, "private, no-cache");
    // A stranger's file is never a page of ours.
    set(
        &mut response,
        header::CONTENT_SECURITY_POLICY,
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    );
    Ok(response)
}

/// The name under which a file is taken away: a document with a number goes by number and notation, and not by what its
/// draft was called.
fn name_of(state: Option<&State>, index: usize, file: &FileRef) -> String {
    match state {
        Some(State::Outgoing(document)) if index == 0 && file.media_type == "application/pdf" => {
            let (Some(number), Some(facts)) = (&document.number, &document.facts) else {
                return file.name.clone();
            };
            format!("{}-{}.pdf", ordinal(number), facts.notation.replace('/', "-"))
        }
        _ => file.name.clone(),
    }
}

/// A body of the chunks of an answer.
fn body(answers: tonic::Streaming<GetFileResponse>) -> Body {
    stream(answers.map(|answer| answer.map(|a| a.chunk)))
}

/// A body of chunks; a failure on the way ends it short, which the browser notices by the length.
pub(crate) fn stream(
    chunks: impl tokio_stream::Stream<Item = Result<Bytes, tonic::Status>> + Send + 'static,
) -> Body {
    Body::from_stream(chunks.map(|chunk| {
        chunk.map_err(|status| {
            tracing::warn!(%status, "file broke off");
            std::io::Error::other("file broke off")
        })
    }))
}

/// A PDF made for this request, shown in the browser under `name`.
pub(crate) fn made_pdf(
    chunks: impl tokio_stream::Stream<Item = Result<Bytes, tonic::Status>> + Send + 'static,
    name: &str,
) -> Response {
    made(stream(chunks), "application/pdf", "inline", name)
}

/// A file made for this request: its media type, whether it is shown (`inline`) or kept (`attachment`), its name.
pub(crate) fn made(body: Body, media_type: &str, place: &str, name: &str) -> Response {
    let mut response = Response::new(body);
    set(&mut response, header::CONTENT_TYPE, media_type);
    set(&mut response, header::CONTENT_DISPOSITION, &format!("{place}; filename=\"{}\"", ascii(name)));
    response
}

fn set(response: &mut Response, name: axum::http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn ascii(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_. ()".contains(c) { c } else { '_' }).collect()
}

/// The one range of `bytes=…`: first byte and length. `None`: not satisfiable or not one range.
fn range(text: &str, size: u64) -> Option<(u64, u64)> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let (start, end) = match (first.trim(), last.trim()) {
        ("", n) => (size.saturating_sub(n.parse().ok()?), size),
        (n, "") => (n.parse().ok()?, size),
        (a, b) => (a.parse().ok()?, b.parse::<u64>().ok()?.checked_add(1)?.min(size)),
    };
    (start < end).then(|| (start, end - start))
}

#[cfg(test)]
mod tests {
    use proto::record::v1::{DocumentFacts, OutgoingDocument, RegisterNumber};

    use super::*;

    #[test]
    fn a_document_with_a_number_is_taken_away_under_it() {
        let file = |media_type: &str| FileRef {
            name: "du-thao.pdf".to_owned(),
            media_type: media_type.to_owned(),
            ..FileRef::default()
        };
        let pdf = file("application/pdf");
        let mut document = OutgoingDocument {
            facts: Some(DocumentFacts { notation: "QĐ-SNV".to_owned(), ..DocumentFacts::default() }),
            ..OutgoingDocument::default()
        };
        let name = |document: &OutgoingDocument, index, file| {
            name_of(Some(&State::Outgoing(document.clone())), index, file)
        };
        assert_eq!(name(&document, 0, &pdf), "du-thao.pdf", "a draft");
        document.number = Some(RegisterNumber { ordinal: 1, ..RegisterNumber::default() });
        assert_eq!(name(&document, 0, &pdf), "01-QĐ-SNV.pdf");
        assert_eq!(name(&document, 1, &pdf), "du-thao.pdf", "an attachment");
        assert_eq!(name(&document, 0, &file("text/plain")), "du-thao.pdf");
    }

    #[test]
    fn one_range_is_understood_and_nonsense_is_not() {
        assert_eq!(range("bytes=0-99", 1000), Some((0, 100)));
        assert_eq!(range("bytes=900-", 1000), Some((900, 100)));
        assert_eq!(range("bytes=-10", 1000), Some((990, 10)));
        assert_eq!(range("bytes=500-5000", 1000), Some((500, 500)));
        for text in [
            "bytes=1000-",
            "bytes=5-4",
            "bytes=a-b",
            "items=0-1",
            "bytes=0-1,3-4",
            "bytes=-",
            "bytes=18446744073709551615-18446744073709551615",
        ] {
            assert_eq!(range(text, 1000), None, "{text}");
        }
    }

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        assert_eq!(ascii("a\"b\r\nc đ.pdf"), "a_b__c _.pdf");
    }
}
