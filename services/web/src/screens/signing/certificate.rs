//! A certificate as pages show it: whose, by whom, until when.

use proto::record::v1::Certificate;

use crate::texts::t;
use crate::view::day;

/// Days before the end within which people are told.
const SOON_DAYS: i64 = 120;
const DAY_MS: i64 = 86_400_000;

/// One certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CertificateView {
    /// Its record.
    pub(crate) id: String,
    /// The person, or the agency's seal.
    pub(crate) owner: String,
    /// True for the seal.
    pub(crate) seal: bool,
    /// True when its key is not with the server.
    pub(crate) outside: bool,
    /// Name in it.
    pub(crate) subject: String,
    /// Who issued it.
    pub(crate) issuer: String,
    /// Serial number in pairs.
    pub(crate) serial: String,
    /// First day.
    pub(crate) from: String,
    /// Last day.
    pub(crate) to: String,
    /// Valid, 106 days left, expired, withdrawn or not valid yet.
    pub(crate) words: String,
    /// Class of a tag.
    pub(crate) tag: &'static str,
    /// Icon of the words.
    pub(crate) icon: &'static str,
    /// True when it can be used now.
    pub(crate) usable: bool,
    /// True when it was withdrawn.
    pub(crate) withdrawn: bool,
    /// SHA-256.
    pub(crate) sha256: String,
}

fn millis(at: Option<&prost_types::Timestamp>) -> Option<i64> {
    at.map(domain::calendar::millis)
}

/// True when it is not withdrawn and within its time.
pub(crate) fn is_usable(it: &Certificate, now: i64) -> bool {
    let begun = millis(it.valid_from.as_ref()).is_some_and(|from| from <= now);
    let over = millis(it.valid_to.as_ref()).is_none_or(|to| to < now);
    !it.withdrawn && begun && !over
}

/// A certificate in a choice: its name, and whether its key is outside.
pub(crate) fn label(it: &Certificate) -> String {
    if it.outside { t::agent::label(&it.subject) } else { it.subject.clone() }
}

/// The ids of those whose key is outside, with blanks between.
pub(crate) fn outside(list: &[(String, Certificate)]) -> String {
    let ids: Vec<&str> = list.iter().filter(|(_, c)| c.outside).map(|(id, _)| id.as_str()).collect();
    ids.join(" ")
}

/// The last day with the days that are left; without them while there are many.
pub(crate) fn ends(it: &Certificate, now: i64) -> String {
    let day = date(it.valid_to.as_ref());
    match days_left(it, now) {
        Some(left) if left <= SOON_DAYS => t::signing::ends(day, left),
        _ => day,
    }
}

fn days_left(it: &Certificate, now: i64) -> Option<i64> {
    millis(it.valid_to.as_ref()).map(|to| to.saturating_sub(now).max(0) / DAY_MS)
}

fn date(at: Option<&prost_types::Timestamp>) -> String {
    at.map(|at| day::full(Some(&domain::calendar::date_of(at)))).unwrap_or_default()
}

/// `5A 0F 31 C8`.
fn pairs(serial: &str) -> String {
    let digits: Vec<char> = serial.to_uppercase().chars().collect();
    let odd = digits.len() % 2;
    let mut out = String::new();
    for (i, c) in digits.into_iter().enumerate() {
        if i > 0 && (i + odd).is_multiple_of(2) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// The view of a certificate.
pub(crate) fn view(id: &str, it: &Certificate, owner: String, now: i64) -> CertificateView {
    let begun = millis(it.valid_from.as_ref()).is_some_and(|from| from <= now);
    let over = millis(it.valid_to.as_ref()).is_none_or(|to| to < now);
    let left = days_left(it, now).unwrap_or_default();
    let (words, tag, icon) = if it.withdrawn {
        (t::signing::withdrawn().to_owned(), "", "x-lg")
    } else if over {
        (t::signing::over().to_owned(), "tag-stop", "x-lg")
    } else if !begun {
        (t::signing::not_begun().to_owned(), "tag-soon", "question-lg")
    } else if left <= SOON_DAYS {
        (t::signing::days_left(left), "tag-soon", "exclamation-lg")
    } else {
        (t::signing::in_force().to_owned(), "tag-good", "check-lg")
    };
    CertificateView {
        id: id.to_owned(),
        owner,
        seal: it.seal,
        outside: it.outside,
        subject: it.subject.clone(),
        issuer: it.issuer.clone(),
        serial: pairs(&it.serial),
        from: date(it.valid_from.as_ref()),
        to: date(it.valid_to.as_ref()),
        words,
        tag,
        icon,
        usable: is_usable(it, now),
        withdrawn: it.withdrawn,
        sha256: it.sha256.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valid(from_days: i64, to_days: i64, withdrawn: bool) -> Certificate {
        let at = |days: i64| Some(prost_types::Timestamp { seconds: days * 86_400, nanos: 0 });
        Certificate {
            valid_from: at(from_days),
            valid_to: at(to_days),
            withdrawn,
            serial: "a0f31".to_owned(),
            ..Certificate::default()
        }
    }

    fn words(it: &Certificate, day: i64) -> (String, bool) {
        let view = view("crt_1", it, String::new(), day * DAY_MS);
        (view.words, view.usable)
    }

    #[test]
    fn a_certificate_says_how_long_it_lasts() {
        let it = valid(100, 1_000, false);
        assert_eq!(words(&it, 50), ("Chưa có hiệu lực".to_owned(), false));
        assert_eq!(words(&it, 200), ("Còn hiệu lực".to_owned(), true));
        assert_eq!(words(&it, 894), ("Còn 106 ngày".to_owned(), true));
        assert_eq!(words(&it, 1_001), ("Đã hết hạn".to_owned(), false));
        assert_eq!(words(&valid(100, 1_000, true), 200), ("Đã thu hồi".to_owned(), false));
        assert!(!words(&Certificate::default(), 200).1);
    }

    #[test]
    fn serial_numbers_are_read_in_pairs() {
        assert_eq!(pairs("5a0f31c8"), "5A 0F 31 C8");
        assert_eq!(pairs("a0f31"), "A 0F 31");
        assert_eq!(pairs(""), "");
    }
}
