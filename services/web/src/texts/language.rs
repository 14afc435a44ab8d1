//! The language of a request: chosen by a small switch, kept in a cookie, carried beside the request so that whoever
//! writes words need not be told.

use axum::http::header;
use axum::http::request::Parts;

use crate::cookie;
use crate::failure::is_local;

/// A language that the pages speak.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Language {
    /// Vietnamese: first, and where nothing was chosen.
    #[default]
    Vi,
    /// English.
    En,
}

impl Language {
    /// Every language.
    pub(crate) const ALL: [Self; 2] = [Self::Vi, Self::En];

    /// Its code in `lang=` and in the cookie.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// The language of a code.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.code() == code)
    }

    /// The one that the switch offers.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Vi => Self::En,
            Self::En => Self::Vi,
        }
    }

    /// Its name in itself.
    pub(crate) fn own_name(self) -> &'static str {
        match self {
            Self::Vi => "Tiếng Việt",
            Self::En => "English",
        }
    }
}

/// What is spoken in a request, and where the switch leads back to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spoken {
    language: Language,
    back: String,
}

tokio::task_local! {
    static SPOKEN: Spoken;
}

impl Spoken {
    /// What the request says.
    pub(crate) fn of(parts: &Parts, tls: bool) -> Self {
        let language = cookie::read(&parts.headers, cookie::LANGUAGE, tls)
            .and_then(Language::of_code)
            .unwrap_or_default();
        let here = if parts.method == axum::http::Method::GET && !parts.headers.contains_key("hx-request") {
            parts.uri.path_and_query().map(|p| p.as_str().to_owned())
        } else {
            // A form that came back with faults, or a part of a page: the page it was sent from.
            parts
                .headers
                .get(header::REFERER)
                .and_then(|v| v.to_str().ok())
                .and_then(|v| v.split_once("://"))
                .and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)))
                .map(str::to_owned)
        };
        Self { language, back: here.filter(|path| is_local(path)).unwrap_or_else(|| "/".to_owned()) }
    }

    /// Runs a request in its language.
    pub(crate) async fn speaking<F: Future>(self, request: F) -> F::Output {
        SPOKEN.scope(self, request).await
    }
}

/// What is spoken in the request that runs, for work that goes on beside it.
pub(crate) fn carried() -> Spoken {
    SPOKEN.try_with(Clone::clone).unwrap_or_default()
}

/// The language of the request that runs; Vietnamese outside of one.
pub(crate) fn language() -> Language {
    SPOKEN.try_with(|s| s.language).unwrap_or_default()
}

/// Where the switch leads: to the other language, and back to this page.
pub(crate) fn switch() -> String {
    let back = SPOKEN.try_with(|s| s.back.clone()).unwrap_or_default();
    crate::link::with(&format!("/ngon-ngu/{}", language().other().code()), "tiep", &back)
}

/// Runs `work` in a language; for tests.
#[cfg(test)]
pub(crate) fn in_language<T>(language: Language, work: impl FnOnce() -> T) -> T {
    SPOKEN.sync_scope(Spoken { language, back: "/".to_owned() }, work)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn parts(request: axum::http::request::Builder) -> Parts {
        request.body(()).expect("request").into_parts().0
    }

    #[test]
    fn nothing_chosen_is_vietnamese_and_a_strange_choice_too() {
        let spoken = |cookie: &str| {
            Spoken::of(&parts(Request::builder().uri("/so/den?nam=2026").header("cookie", cookie)), false)
        };
        assert_eq!(spoken("x=1").language, Language::Vi);
        assert_eq!(spoken("vanthu-ngon-ngu=en").language, Language::En);
        assert_eq!(spoken("vanthu-ngon-ngu=xx").language, Language::Vi);
        assert_eq!(spoken("").back, "/so/den?nam=2026");
    }

    #[test]
    fn the_switch_leads_back_to_a_page_of_ours_that_can_be_opened() {
        let post = |referer: &str| {
            Spoken::of(
                &parts(Request::builder().method("POST").uri("/viec/1/giao").header("referer", referer)),
                false,
            )
            .back
        };
        assert_eq!(post("http://van.thu:8080/viec/1/giao?x=1"), "/viec/1/giao?x=1");
        assert_eq!(post("http://van.thu"), "/");
        assert_eq!(post("http://x//evil.example/"), "/");
        in_language(Language::En, || assert_eq!(switch(), "/ngon-ngu/vi?tiep=%2F"));
    }
}
