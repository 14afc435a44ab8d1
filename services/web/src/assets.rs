//! The front end as the build embedded it: addresses with their content's hash, kept by browsers for ever.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// One embedded file.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Its address.
    pub(crate) url: &'static str,
    /// Its media type.
    pub(crate) media_type: &'static str,
    /// Its bytes.
    pub(crate) body: &'static [u8],
    /// The same, compressed, where that is worth it.
    pub(crate) gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// What pdf.js's worker may do: decode JPEG 2000 and JBIG2 scans with its own WebAssembly, and nothing else.
const WORKER_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

/// The asset at `url`.
#[must_use]
pub(crate) fn find(url: &str) -> Option<&'static Asset> {
    ASSETS.binary_search_by(|a| a.url.cmp(url)).ok().and_then(|i| ASSETS.get(i))
}

/// Serves `/tinh/…`.
pub(crate) async fn serve(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = find(&format!("/tinh/{path}")) else { return StatusCode::NOT_FOUND.into_response() };
    let takes_gzip = accepts_gzip(&headers);
    let (body, encoding) = match asset.gzip {
        Some(zipped) if takes_gzip => (zipped, Some("gzip")),
        _ => (asset.body, None),
    };
    let mut response = ([(header::CONTENT_TYPE, asset.media_type)], body).into_response();
    let map = response.headers_mut();
    map.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    map.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        map.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if asset.url.ends_with("pdf.worker.min.mjs") {
        map.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(WORKER_POLICY));
    }
    response
}

/// True when the browser takes gzip.
pub(crate) fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.split(',').any(|e| e.split(';').next().is_some_and(|name| name.trim() == "gzip")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_asset_is_found_by_its_address() {
        assert!(ASSETS.len() > 20);
        for asset in ASSETS {
            assert!(find(asset.url).is_some_and(|a| std::ptr::eq(a, asset)), "{}", asset.url);
        }
        assert!(find("/tinh/../Cargo.toml").is_none());
    }

    #[test]
    fn what_a_list_page_loads_leaves_room_under_the_budget() {
        let total: usize = [BOOTSTRAP_CSS, APP_CSS, HTMX_JS, APP_JS]
            .iter()
            .map(|url| find(url).and_then(|a| a.gzip).map_or(usize::MAX / 8, <[u8]>::len))
            .sum();
        assert!(
            total < 72 * 1024,
            "{total} bytes of style and script leave too little of the 80 KB for a page"
        );
    }

    #[test]
    fn every_icon_that_a_template_names_is_embedded() {
        let css = String::from_utf8(find(APP_CSS).expect("style").body.to_vec()).expect("text");
        let mut missing = Vec::new();
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"))];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("templates") {
                let path = entry.expect("entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).expect("template");
                for (_, rest) in text.match_indices("class=\"i i-").map(|(i, m)| (i, &text[i + m.len()..])) {
                    let name = rest.split(['"', ' ', '{']).next().unwrap_or_default();
                    if !name.is_empty() && !css.contains(&format!(".i-{name} {{")) {
                        missing.push(format!("{name} in {}", path.display()));
                    }
                }
            }
        }
        assert!(missing.is_empty(), "{missing:?}");
    }
}
