//! The page of confirmation: what is asked, by whom, with which certificate; yes or no.

use signer::cms::CertificateInfo;

use super::guard::Origin;
use super::requests::{Shown, hex};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}\
                     li{margin:.5rem 0}code{overflow-wrap:anywhere;font-size:.8em}\
                     button{font:inherit;padding:.6rem 1.6rem;margin-right:1rem}dt{font-weight:600}";

/// The style's hash for the content security policy.
pub(super) fn style_hash() -> String {
    openssl::base64::encode_block(&openssl::sha::sha256(STYLE.as_bytes()))
}

/// Asks.
pub(super) fn confirm(id: &str, key: &str, shown: &Shown, origin: &Origin, info: &CertificateInfo) -> String {
    let files: String = shown
        .files
        .iter()
        .map(|file| {
            format!(
                "<li>{}<br><code>{} {}</code></li>",
                escaped(&file.title),
                file.digest.algorithm.name(),
                hex(&file.digest.value)
            )
        })
        .collect();
    let count = shown.files.len();
    let body = format!(
        "<h1>Xác nhận ký số</h1><p><strong>{title}</strong></p>\
         <dl><dt>Trang yêu cầu</dt><dd>{origin}</dd>\
         <dt>Chứng thư số</dt><dd>{subject} ({issuer}), số {serial}</dd>\
         <dt>Số tệp</dt><dd>{count}</dd></dl><ol>{files}</ol>\
         <form method=\"post\" action=\"/confirm/{id}\"><input type=\"hidden\" name=\"key\" value=\"{key}\">\
         <button name=\"decision\" value=\"yes\">Ký</button>\
         <button name=\"decision\" value=\"no\">Không ký</button></form>",
        title = escaped(&shown.title),
        origin = escaped(&origin.to_string()),
        subject = escaped(&info.subject),
        issuer = escaped(&info.issuer),
        serial = escaped(&info.serial),
    );
    page("Xác nhận ký số", &body)
}

/// A sentence and nothing to do.
pub(super) fn notice(text: &str) -> String {
    page("Ký số", &format!("<h1>{}</h1><p>Có thể đóng trang này.</p>", escaped(text)))
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <style>{STYLE}</style></head><body>{body}</body></html>"
    )
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // What turns or hides text: a title must read as it is.
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => {
                out.push('\u{fffd}');
            }
            other if other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_shows_as_text_and_as_it_is() {
        assert_eq!(escaped("<b>&\"'"), "&lt;b&gt;&amp;&quot;&#39;");
        assert_eq!(escaped("a\u{202e}b\nc"), "a\u{fffd}b c");
        assert!(notice("<script>").contains("&lt;script&gt;"));
    }
}
