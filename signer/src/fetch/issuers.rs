//! Issuers' certificates that a message does not carry (RFC 5280, 4.2.2.1), and the addresses that a certificate names.

use openssl::nid::Nid;
use openssl::pkcs7::Pkcs7;
use openssl::x509::{X509, X509VerifyResult};

use super::limits;

/// Addresses of plain HTTP that a certificate names: what is fetched is signed, and needs no TLS, which would itself
/// need such fetching (RFC 5280, 8).
pub(super) fn plain_http(url: &str) -> Option<String> {
    let head = url.get(..7)?;
    head.eq_ignore_ascii_case("http://").then(|| url.to_owned())
}

/// Where the issuer's certificate lies.
pub(super) fn issuer_urls(certificate: &X509) -> Vec<String> {
    let Some(access) = certificate.authority_info() else { return Vec::new() };
    access
        .iter()
        .filter(|one| one.method().nid() == Nid::AD_CA_ISSUERS)
        .filter_map(|one| plain_http(one.location().uri()?))
        .take(limits::SOURCES_MAX)
        .collect()
}

/// Where an OCSP responder answers for it.
pub(super) fn ocsp_urls(certificate: &X509) -> Vec<String> {
    let Some(access) = certificate.authority_info() else { return Vec::new() };
    access
        .iter()
        .filter(|one| one.method().nid() == Nid::AD_OCSP)
        .filter_map(|one| plain_http(one.location().uri()?))
        .take(limits::SOURCES_MAX)
        .collect()
}

/// Where its issuer's CRL lies.
pub(super) fn crl_urls(certificate: &X509) -> Vec<String> {
    let Some(points) = certificate.crl_distribution_points() else { return Vec::new() };
    let names = points.iter().filter_map(|point| point.distpoint()?.fullname());
    names
        .flat_map(|names| names.iter().filter_map(|name| plain_http(name.uri()?)).collect::<Vec<_>>())
        .take(limits::SOURCES_MAX)
        .collect()
}

/// Certificates in a file of an issuer: one in DER or PEM, or several in a certs-only message.
pub(super) fn read_certificates(bytes: &[u8]) -> Vec<X509> {
    if let Ok(certificate) = X509::from_der(bytes) {
        return vec![certificate];
    }
    if let Ok(found) = X509::stack_from_pem(bytes)
        && !found.is_empty()
    {
        return found.into_iter().take(limits::ISSUER_CERTIFICATES_MAX).collect();
    }
    let Ok(message) = Pkcs7::from_der(bytes) else { return Vec::new() };
    let Some(certificates) = message.signed().and_then(|signed| signed.certificates()) else {
        return Vec::new();
    };
    certificates.iter().take(limits::ISSUER_CERTIFICATES_MAX).map(ToOwned::to_owned).collect()
}

/// Whether a certificate signed another.
pub(super) fn is_issuer(candidate: &X509, subject: &X509) -> bool {
    candidate.issued(subject) == X509VerifyResult::OK
        && candidate.public_key().is_ok_and(|key| subject.verify(&key).unwrap_or(false))
}
