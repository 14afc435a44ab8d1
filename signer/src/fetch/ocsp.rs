//! OCSP (RFC 6960): asked for one certificate with a nonce; the answer must be this issuer's or its delegate's, about
//! this certificate, and current. A nonce that comes back must be the one sent; responders that answer from a store
//! send none back (RFC 8954, 2.1).

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::ocsp::{
    OcspBasicResponse, OcspCertId, OcspCertStatus, OcspRequest, OcspResponse, OcspResponseStatus,
};
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509StoreContext};

use super::crl::{Standing, check_times};
use super::evidence::Fault;
use super::issuers::is_issuer;
use crate::chain::response::{Inside, is_signed_by};
use crate::cms::ber::{Element, write_tlv};
use crate::cms::certificate::{der, printed_time};
use crate::cms::extension::extension;
use crate::cms::oid;

/// Bytes of a nonce; 32 is what RFC 8954 lets every responder take.
pub(super) const NONCE_BYTES: usize = 32;

/// A request, and what its answer must repeat if it repeats anything.
pub(super) struct Question {
    pub(super) der: Vec<u8>,
    pub(super) nonce: [u8; NONCE_BYTES],
}

fn identify(subject: &X509, issuer: &X509) -> Result<OcspCertId, ErrorStack> {
    // SHA-1 names the issuer only; many responders know no other.
    OcspCertId::from_cert(MessageDigest::sha1(), subject, issuer)
}

/// A request for one certificate.
pub(super) fn question(subject: &X509, issuer: &X509) -> Result<Question, Fault> {
    let mut nonce = [0; NONCE_BYTES];
    openssl::rand::rand_bytes(&mut nonce).map_err(|_| Fault::OpenSsl)?;
    let plain = || -> Result<Vec<u8>, ErrorStack> {
        let mut request = OcspRequest::new()?;
        request.add_id(identify(subject, issuer)?)?;
        request.to_der()
    };
    let plain = plain().map_err(|_| Fault::OpenSsl)?;
    let der = with_nonce(&plain, &nonce).ok_or(Fault::OpenSsl)?;
    Ok(Question { der, nonce })
}

/// Adds the nonce, which openssl's binding cannot, to the request's extensions.
fn with_nonce(request: &[u8], nonce: &[u8]) -> Option<Vec<u8>> {
    let tlv = |identifier: u8, content: &[u8]| {
        let mut out = Vec::new();
        write_tlv(&mut out, identifier, content);
        out
    };
    let outer = Element::read_all(request).ok()?;
    let parts = outer.children().ok()?;
    let to_be_signed = parts.first()?;
    let value = tlv(0x04, &tlv(0x04, nonce));
    let one = tlv(0x30, &[tlv(0x06, oid::OCSP_NONCE.as_bytes()), value].concat());
    let extensions = tlv(0xa2, &tlv(0x30, &one));
    Some(tlv(0x30, &tlv(0x30, &[to_be_signed.content(), &extensions].concat())))
}

/// A checked response.
pub(super) struct Answer {
    pub(super) standing: Standing,
    /// Whether it says until when it holds.
    pub(super) dated: bool,
    /// The delegate's certificate, where the issuer did not sign itself and the certificate is not exempt from
    /// being checked (RFC 6960, 4.2.2.2.1).
    pub(super) delegate: Option<X509>,
    /// All certificates it carries.
    pub(super) certificates: Vec<X509>,
}

/// Checks a response for a certificate. `nonce` is none for one that was kept.
pub(super) fn check(
    bytes: &[u8],
    subject: &X509,
    issuer: &X509,
    nonce: Option<&[u8; NONCE_BYTES]>,
    now: i64,
) -> Result<Answer, Fault> {
    let response = OcspResponse::from_der(bytes).map_err(|_| Fault::Unreadable)?;
    if response.status() != OcspResponseStatus::SUCCESSFUL {
        return Err(Fault::Refused(response.status().as_raw()));
    }
    let basic = response.basic().map_err(|_| Fault::Unreadable)?;
    let inside = Inside::read(bytes).ok_or(Fault::Unreadable)?;
    if let (Some(sent), Some(came)) = (nonce, inside.nonce)
        && came != sent
    {
        return Err(Fault::Nonce);
    }
    let signer = authorised(&basic, &inside.certificates, issuer, now)?;
    let id = identify(subject, issuer).map_err(|_| Fault::OpenSsl)?;
    let status = basic.find_status(&id).ok_or(Fault::OtherCertificate)?;
    let made = printed_time(&status.this_update.to_string()).ok_or(Fault::Unreadable)?;
    let until = status.next_update().and_then(|time| printed_time(&time.to_string()));
    check_times(made, until, now)?;
    let standing = match status.status {
        OcspCertStatus::GOOD => Standing::Good,
        OcspCertStatus::REVOKED => {
            let at = status.revocation_time.and_then(|time| printed_time(&time.to_string()));
            Standing::Revoked(at.unwrap_or(i64::MIN))
        }
        _ => return Err(Fault::UnknownCertificate),
    };
    let exempt = |signer: &X509| extension(&der(signer), oid::OCSP_NO_CHECK).is_some();
    let delegate = signer.filter(|signer| !exempt(signer));
    Ok(Answer { standing, dated: until.is_some(), delegate, certificates: inside.certificates })
}

/// The issuer signed it (none), or a delegate whose certificate the issuer itself signed for that purpose.
fn authorised(
    basic: &OcspBasicResponse,
    carried: &[X509],
    issuer: &X509,
    now: i64,
) -> Result<Option<X509>, Fault> {
    if is_signed_by(basic, issuer) {
        return Ok(None);
    }
    let delegate = carried.iter().find(|one| is_issuer(issuer, one) && is_signed_by(basic, one));
    let delegate = delegate.ok_or(Fault::NotAuthorised)?;
    if !answers_ocsp(delegate) || !is_current(delegate, issuer, now) {
        return Err(Fault::NotAuthorised);
    }
    Ok(Some(delegate.clone()))
}

/// Whether a certificate is for answering in its issuer's stead.
pub(super) fn answers_ocsp(certificate: &X509) -> bool {
    let der = der(certificate);
    let usage = extension(&der, oid::EXTENDED_KEY_USAGE);
    let purposes = usage.and_then(|usage| Element::read_all(usage.value).ok()?.children().ok());
    purposes.is_some_and(|list| list.iter().any(|one| one.oid() == Ok(oid::OCSP_SIGNING)))
}

/// Valid now, and with no extension that is not understood.
fn is_current(certificate: &X509, issuer: &X509, now: i64) -> bool {
    let check = || -> Result<bool, ErrorStack> {
        let mut store = X509StoreBuilder::new()?;
        store.add_cert(issuer.clone())?;
        let mut parameters = X509VerifyParam::new()?;
        parameters.set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
        parameters.set_time(now);
        store.set_param(&parameters)?;
        let none = Stack::new()?;
        X509StoreContext::new()?.init(&store.build(), certificate, &none, |context| context.verify_cert())
    };
    check().unwrap_or(false)
}
