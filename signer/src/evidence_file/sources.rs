//! Who said something of revocation, and when.

use openssl::x509::{X509Crl, X509Name};
use proto::record::v1::{EvidenceSource, RevocationSource};

use crate::cms::ber::{Element, Tag};
use crate::cms::certificate::{full_name, unix_time};
use crate::validate::Known;

/// Sources that are named at most: what the record takes.
const SOURCES_MAX: usize = 50;
/// Characters of a name that are told at most: what the record takes of one.
const NAME_CHARS_MAX: usize = 500;

pub(super) fn of(known: &Known) -> Vec<EvidenceSource> {
    let responses = known.ocsp.iter().filter_map(|response| {
        let (by, at) = of_response(response)?;
        Some(source(RevocationSource::Ocsp, &by, at))
    });
    let lists = known.crls.iter().filter_map(|list| {
        let list = X509Crl::from_der(list).ok()?;
        let at = unix_time(list.last_update())?;
        Some(source(RevocationSource::Crl, &full_name(list.issuer_name()), at))
    });
    responses.chain(lists).take(SOURCES_MAX).collect()
}

fn source(source: RevocationSource, by: &str, seconds: i64) -> EvidenceSource {
    let by = by.chars().filter(|letter| !letter.is_control()).take(NAME_CHARS_MAX).collect();
    EvidenceSource { source: source.into(), by, at: Some(prost_types::Timestamp { seconds, nanos: 0 }) }
}

/// Name of the responder, empty where only its key is named, and when the response was made (RFC 6960, 4.2.1).
fn of_response(response: &[u8]) -> Option<(String, i64)> {
    let outer = Element::read(response).ok()?.0.children().ok()?;
    let bytes = outer.get(1)?.children().ok()?.first()?.children().ok()?;
    let basic = Element::read(bytes.get(1)?.content()).ok()?.0.children().ok()?;
    let data = basic.first()?.children().ok()?;
    let at = data.iter().find(|field| field.is(Tag::GENERALIZED_TIME))?.unix_time().ok()?;
    let named = data.iter().find(|field| field.is(Tag::context(1)));
    let name = named.and_then(|field| X509Name::from_der(field.content()).ok());
    Some((name.map(|name| full_name(&name)).unwrap_or_default(), at))
}
