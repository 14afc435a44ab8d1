//! Checks a signed message: digest, attributes, signature, the binding of the certificate.
//!
//! Trust in the certificate is not judged here: [`crate::chain`] does that.

use der::asn1::ObjectIdentifier;
use openssl::x509::X509;

use super::algorithm::{Digest, SignatureAlgorithm, digest_of_identifier, weakness};
use super::ber::{BerError, Element, Tag, write_tlv};
use super::content::Content;
use super::finding::{Finding, Severity};
use super::oid;
use super::parse::{SignedAttributes, SignedData, SignerId, SignerInfo};
use super::timestamp::{Timestamp, verify_timestamp_element};

/// Most signature time stamps that are looked at in one signature.
const TIMESTAMPS_MAX: usize = 8;
/// Most CRLs and OCSP responses that are taken from one signature.
const REVOCATION_MAX: usize = 64;

/// What the check of one signer found.
#[derive(Debug, Default)]
pub struct SignerReport {
    /// The certificate whose key made the signature, where it was found.
    pub certificate: Option<X509>,
    /// All certificates in the message.
    pub certificates: Vec<X509>,
    /// Digest of the content.
    pub digest: Option<Digest>,
    /// Scheme of the signature.
    pub algorithm: Option<SignatureAlgorithm>,
    /// Signing time that the signer claims in the signed attributes, seconds since 1970.
    pub claimed_time: Option<i64>,
    /// Time stamps over the signature value.
    pub timestamps: Vec<Timestamp>,
    /// CRLs (DER) carried in the message.
    pub crls: Vec<Vec<u8>>,
    /// OCSP responses (DER) carried in the message.
    pub ocsp: Vec<Vec<u8>>,
    /// Everything noticed.
    pub findings: Vec<Finding>,
}

impl SignerReport {
    /// Whether nothing wrong was proven: digest and signature are right.
    pub fn is_intact(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity != Severity::Broken)
    }

    pub(crate) fn note(&mut self, finding: Finding) {
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    pub(crate) fn unreadable(error: &BerError) -> SignerReport {
        SignerReport {
            findings: vec![Finding::broken(
                "cms_unreadable",
                format!("the signature is not a readable CMS message: {error}"),
            )],
            ..SignerReport::default()
        }
    }
}

/// Checks a detached signature (`adbe.pkcs7.detached`, `ETSI.CAdES.detached`) over the parts of
/// the content, one after the other. `pades` asks for what ETSI EN 319 142-1 requires of
/// `ETSI.CAdES.detached` besides.
pub fn verify_detached(message: &[u8], content: &[&[u8]], pades: bool) -> SignerReport {
    verify_detached_over(message, Content::Parts(content), pades)
}

/// As [`verify_detached`], over content that may be read on demand.
pub(crate) fn verify_detached_over(message: &[u8], content: Content<'_>, pades: bool) -> SignerReport {
    let signed_data = match SignedData::read(message) {
        Ok(signed_data) => signed_data,
        Err(error) => return SignerReport::unreadable(&error),
    };
    let mut report = SignerReport::default();
    if signed_data.content.is_some() {
        report.note(Finding::broken(
            "content_inside",
            "the signature carries content of its own, so it does not sign the file (ISO 32000-2, 12.8.3.3)",
        ));
    }
    if signed_data.content_type != oid::DATA {
        // What a key signed as something else, a statement or a request, is no signature on a document.
        report.note(Finding::undecided(
            "content_type_other",
            "the signature says that it signs something else than plain data",
        ));
    }
    check_signer(&signed_data, content, pades, &mut report);
    report
}

/// Checks an `adbe.pkcs7.sha1` signature: the SHA-1 of the content is what the message signs.
pub fn verify_wrapped_digest(message: &[u8], content: &[&[u8]]) -> SignerReport {
    verify_wrapped_digest_over(message, Content::Parts(content))
}

/// As [`verify_wrapped_digest`], over content that may be read on demand.
pub(crate) fn verify_wrapped_digest_over(message: &[u8], content: Content<'_>) -> SignerReport {
    let signed_data = match SignedData::read(message) {
        Ok(signed_data) => signed_data,
        Err(error) => return SignerReport::unreadable(&error),
    };
    let mut report = SignerReport::default();
    let inside = signed_data.content.clone().unwrap_or_default();
    if Digest::Sha1.hash_of(content).as_deref() != Some(inside.as_ref()) {
        report.note(Finding::broken(
            "digest_mismatch",
            "the file is not the one that was signed: the signed SHA-1 differs",
        ));
    }
    report.note(Finding::warning(
        "sha1",
        "the file is bound by SHA-1 only, which is no longer allowed for new signatures",
    ));
    check_signer(&signed_data, Content::Parts(&[&inside]), false, &mut report);
    report
}

/// Checks an `adbe.x509.rsa_sha1` signature: a bare RSA value over the content, the certificates
/// beside it, the signer's first (ISO 32000-1, 12.8.3.2).
pub fn verify_bare_rsa(value: &[u8], certificates: &[X509], content: &[&[u8]]) -> SignerReport {
    verify_bare_rsa_over(value, certificates, Content::Parts(content))
}

/// As [`verify_bare_rsa`], over content that may be read on demand.
pub(crate) fn verify_bare_rsa_over(
    value: &[u8],
    certificates: &[X509],
    content: Content<'_>,
) -> SignerReport {
    let mut report = SignerReport {
        certificates: certificates.to_vec(),
        digest: Some(Digest::Sha1),
        algorithm: Some(SignatureAlgorithm::RsaPkcs1(Some(Digest::Sha1))),
        certificate: certificates.first().cloned(),
        ..SignerReport::default()
    };
    let value = Element::read(value)
        .and_then(|(element, _)| element.expect(Tag::OCTET_STRING, "OCTET STRING")?.octets());
    let value = match value {
        Ok(value) => value,
        Err(error) => return SignerReport::unreadable(&error),
    };
    let Some(key) = certificates.first().and_then(|certificate| certificate.public_key().ok()) else {
        report.note(Finding::undecided(
            "certificate_missing",
            "the signer's certificate is not in the signature dictionary",
        ));
        return report;
    };
    report.note(Finding::warning(
        "sha1",
        "the signature rests on SHA-1, which is no longer allowed for new signatures",
    ));
    if let Some(weakness) = weakness(&key) {
        report.note(Finding::undecided("weak_key", weakness));
    }
    let digests = [Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512];
    let fits = |digest: &Digest| {
        SignatureAlgorithm::RsaPkcs1(Some(*digest)).verify_over(&key, *digest, content, &value)
    };
    match digests.iter().find(|digest| fits(digest)) {
        Some(digest) => report.digest = Some(*digest),
        None => report.note(Finding::broken(
            "signature_wrong",
            "the signature value does not fit the file and the signer's key",
        )),
    }
    report
}

/// The checks that all kinds of message share; results go to `report`.
pub(crate) fn check_signer(
    signed_data: &SignedData<'_>,
    content: Content<'_>,
    pades: bool,
    report: &mut SignerReport,
) {
    report.certificates.clone_from(&signed_data.certificates);
    report.crls.extend(signed_data.crls.iter().take(REVOCATION_MAX).map(|crl| crl.to_vec()));
    report.ocsp.extend(signed_data.ocsp.iter().take(REVOCATION_MAX).map(|response| response.to_vec()));
    if signed_data.unreadable_certificates > 0 {
        let count = signed_data.unreadable_certificates;
        report.note(Finding::warning(
            "certificate_unreadable",
            format!("{count} of the carried certificates cannot be read"),
        ));
    }
    if signed_data.trailing > 0 {
        let count = signed_data.trailing;
        report.note(Finding::warning(
            "cms_trailing_bytes",
            format!("{count} bytes that are no padding follow the signature message"),
        ));
    }
    let [signer, others @ ..] = signed_data.signers.as_slice() else {
        report.note(Finding::broken("no_signer", "the signature message names no signer"));
        return;
    };
    if !others.is_empty() {
        report.note(Finding::broken(
            "several_signers",
            "the signature message has more than one signer, exactly one is allowed (ETSI EN 319 142-1)",
        ));
    }
    check_one(signer, signed_data.content_type, content, pades, report);
}

fn check_one(
    signer: &SignerInfo<'_>,
    content_type: ObjectIdentifier,
    content: Content<'_>,
    pades: bool,
    report: &mut SignerReport,
) {
    let digest = digest_of_identifier(&signer.digest_algorithm).ok().flatten();
    let algorithm = SignatureAlgorithm::read(&signer.signature_algorithm).ok().flatten();
    report.digest = digest;
    report.algorithm = algorithm;
    if let Some(signed) = &signer.signed {
        check_attributes(signed, content_type, digest, content, report);
        check_algorithm_protection(signed, signer, report);
    } else if pades {
        report.note(Finding::broken(
            "signed_attributes_missing",
            "the signature has no signed attributes, ETSI.CAdES.detached requires them",
        ));
    } else if content_type != oid::DATA {
        report.note(Finding::broken(
            "signed_attributes_missing",
            "the signature has no signed attributes, which content other than plain data requires (RFC 5652, 5.3)",
        ));
    } else {
        report.note(Finding::warning("signed_attributes_missing", "the signature has no signed attributes"));
    }
    collect_revocation(signer, report);

    let (Some(digest), Some(algorithm)) = (digest, algorithm) else {
        report
            .note(Finding::undecided("unknown_algorithm", "the digest or signature algorithm is not known"));
        return;
    };
    note_algorithms(digest, algorithm, report);
    let candidates = candidates(signer, &report.certificates);
    if candidates.is_empty() {
        report.note(Finding::undecided(
            "certificate_missing",
            "the signer's certificate is not in the signature message",
        ));
        return;
    }
    let Some((certificate, der)) = find_verifying(signer, &candidates, algorithm, digest, content) else {
        report.certificate = candidates.into_iter().next();
        report.note(Finding::broken(
            "signature_wrong",
            "the signature value does not fit the signed data and the signer's key",
        ));
        return;
    };
    if !der {
        report.note(Finding::warning(
            "attributes_not_der",
            "the signed attributes are not in DER and were signed as written",
        ));
    }
    if let Ok(key) = certificate.public_key()
        && let Some(weakness) = weakness(&key)
    {
        report.note(Finding::undecided("weak_key", weakness));
    }
    if let Some(signed) = &signer.signed {
        check_signing_certificate(signed, &certificate, content_type, pades, report);
    }
    report.certificate = Some(certificate);
    for attribute in signer.unsigned.iter().filter(|attribute| attribute.oid == oid::SIGNATURE_TIME_STAMP) {
        for token in &attribute.values {
            if report.timestamps.len() < TIMESTAMPS_MAX {
                report.timestamps.push(verify_timestamp_element(token, &[&signer.signature]));
            }
        }
    }
}

fn check_attributes(
    signed: &SignedAttributes<'_>,
    content_type: ObjectIdentifier,
    digest: Option<Digest>,
    content: Content<'_>,
    report: &mut SignerReport,
) {
    match signed.single(oid::CONTENT_TYPE) {
        Ok(Some(value)) if value.oid() == Ok(content_type) => {}
        Ok(Some(_)) => report.note(Finding::broken(
            "content_type_mismatch",
            "the signed content type differs from the message's",
        )),
        Ok(None) => report.note(Finding::broken(
            "content_type_missing",
            "the signed attributes lack the content type (RFC 5652, 11.1)",
        )),
        Err(()) => report.note(Finding::broken(
            "attribute_doubled",
            "the content type stands more than once in the signed attributes",
        )),
    }
    match signed.single(oid::MESSAGE_DIGEST) {
        Ok(Some(value)) => {
            let expected = digest.and_then(|digest| digest.hash_of(content));
            let signed = value.octets().unwrap_or_default();
            if let Some(expected) = expected
                && expected.as_slice() != signed.as_ref()
            {
                report.note(Finding::broken(
                    "digest_mismatch",
                    "the content is not the one that was signed: its digest differs",
                ));
            }
        }
        Ok(None) => report.note(Finding::broken(
            "digest_missing",
            "the signed attributes lack the message digest (RFC 5652, 11.2)",
        )),
        Err(()) => report.note(Finding::broken(
            "attribute_doubled",
            "the message digest stands more than once in the signed attributes",
        )),
    }
    if let Ok(Some(value)) = signed.single(oid::SIGNING_TIME) {
        report.claimed_time = value.unix_time().ok();
    }
}

/// RFC 6211: where the attribute stands, its algorithms must be those used.
fn check_algorithm_protection(
    signed: &SignedAttributes<'_>,
    signer: &SignerInfo<'_>,
    report: &mut SignerReport,
) {
    let value = match signed.single(oid::ALGORITHM_PROTECTION) {
        Ok(Some(value)) => value,
        Ok(None) => return,
        Err(()) => {
            report.note(Finding::broken(
                "attribute_doubled",
                "the algorithm protection stands more than once in the signed attributes",
            ));
            return;
        }
    };
    let parts = value.children().unwrap_or_default();
    let digest_fits = parts
        .first()
        .is_some_and(|digest| digest_of_identifier(digest) == digest_of_identifier(&signer.digest_algorithm));
    let signature_fits = parts.get(1).is_none_or(|signature| {
        !signature.is(Tag::context(1)) || first_oid(signature) == first_oid(&signer.signature_algorithm)
    });
    if !digest_fits || !signature_fits {
        report.note(Finding::broken(
            "algorithm_substituted",
            "the algorithms used are not those that the signer protected (RFC 6211)",
        ));
    }
}

fn first_oid(element: &Element<'_>) -> Option<ObjectIdentifier> {
    element.children().ok()?.first()?.oid().ok()
}

fn note_algorithms(digest: Digest, algorithm: SignatureAlgorithm, report: &mut SignerReport) {
    let used = [Some(digest), algorithm.digest()];
    if used.contains(&Some(Digest::Md5)) {
        report.note(Finding::undecided(
            "md5",
            "the signature rests on MD5, for which collisions are made at will",
        ));
    }
    if used.contains(&Some(Digest::Sha1)) {
        report.note(Finding::warning(
            "sha1",
            "the signature rests on SHA-1, which is no longer allowed for new signatures",
        ));
    }
    if algorithm.digest().is_some_and(|own| own != digest) {
        report.note(Finding::warning(
            "digests_differ",
            "the content and the signed attributes are digested with different algorithms",
        ));
    }
    if let SignatureAlgorithm::RsaPss { digest, mask, salt_len } = algorithm
        && (mask != digest
            || digest.message_digest().map(|usual| usual.size()) != Some(usize::from(salt_len)))
    {
        report.note(Finding::warning(
            "pss_unusual",
            format!(
                "RSASSA-PSS with {} masks with {} and takes {salt_len} bytes of salt: RFC 4055 recommends the digest and its length for both",
                digest.name(),
                mask.name()
            ),
        ));
    }
    let unlisted = [Digest::Sha224, Digest::Sha512_256, Digest::Sha3_224, Digest::Shake256];
    if !algorithm.is_listed() || unlisted.contains(&digest) {
        let text = format!(
            "{} with {} is not among the algorithms of TT 15/2025/TT-BKHCN for PDF signatures",
            algorithm.name(),
            digest.name()
        );
        report.note(Finding::warning("algorithm_unlisted", text));
    }
}

/// Serial number content, issuer and subject of a certificate as they were written.
pub(crate) struct CertificateNames {
    pub(crate) serial: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
}

pub(crate) fn certificate_names(certificate: &X509) -> Option<CertificateNames> {
    let der = certificate.to_der().ok()?;
    let (outer, _) = Element::read(&der).ok()?;
    let parts = outer.children().ok()?;
    let fields = parts.first()?.children().ok()?;
    let start = usize::from(fields.first()?.is(Tag::context(0)));
    let serial = fields.get(start)?.content().to_vec();
    let issuer = fields.get(start + 2)?.raw().to_vec();
    Some(CertificateNames { serial, issuer })
}

/// The certificates that the signer identifier may mean, those written byte for byte first.
fn candidates(signer: &SignerInfo<'_>, certificates: &[X509]) -> Vec<X509> {
    let mut exact = Vec::new();
    let mut alike = Vec::new();
    for certificate in certificates {
        match &signer.id {
            SignerId::IssuerAndSerial { issuer, serial } => {
                let Some(names) = certificate_names(certificate) else { continue };
                if names.serial != *serial {
                    continue;
                }
                if names.issuer == issuer.raw() {
                    exact.push(certificate.clone());
                } else if same_name(&names.issuer, issuer.raw()) {
                    alike.push(certificate.clone());
                }
            }
            SignerId::SubjectKey(key) => {
                if certificate.subject_key_id().is_some_and(|id| id.as_slice() == *key) {
                    exact.push(certificate.clone());
                }
            }
        }
    }
    exact.extend(alike);
    exact
}

fn same_name(left: &[u8], right: &[u8]) -> bool {
    use openssl::x509::X509Name;
    match (X509Name::from_der(left), X509Name::from_der(right)) {
        (Ok(left), Ok(right)) => left.try_cmp(&right).is_ok_and(std::cmp::Ordering::is_eq),
        _ => false,
    }
}

/// The first candidate whose key made the signature, and whether it covers the DER encoding.
fn find_verifying(
    signer: &SignerInfo<'_>,
    candidates: &[X509],
    algorithm: SignatureAlgorithm,
    digest: Digest,
    content: Content<'_>,
) -> Option<(X509, bool)> {
    let preferred = |certificate: &&X509| {
        let bound =
            signer.signed.as_ref().is_some_and(|signed| ess_binding(signed, certificate) == Binding::Fits);
        !bound
    };
    let mut ordered: Vec<&X509> = candidates.iter().collect();
    ordered.sort_by_key(preferred);
    for certificate in ordered {
        let Ok(key) = certificate.public_key() else { continue };
        match &signer.signed {
            None => {
                if algorithm.verify_over(&key, digest, content, &signer.signature) {
                    return Some((certificate.clone(), true));
                }
            }
            Some(signed) => {
                if algorithm.verify(&key, digest, &[&signed.der], &signer.signature) {
                    return Some((certificate.clone(), true));
                }
                if signed.written != signed.der
                    && algorithm.verify(&key, digest, &[&signed.written], &signer.signature)
                {
                    return Some((certificate.clone(), false));
                }
            }
        }
    }
    None
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Binding {
    Absent,
    Fits,
    /// The hash fits, issuer or serial number beside it do not.
    NamesDiffer,
    Differs,
    Unreadable,
}

/// How the ESS signing-certificate attributes (RFC 2634, RFC 5035) bind the certificate.
fn ess_binding(signed: &SignedAttributes<'_>, certificate: &X509) -> Binding {
    let v2 = signed.single(oid::SIGNING_CERTIFICATE_V2);
    let v1 = signed.single(oid::SIGNING_CERTIFICATE);
    let mut result = Binding::Absent;
    for (attribute, is_v2) in [(v2, true), (v1, false)] {
        let binding = match attribute {
            Ok(None) => continue,
            Ok(Some(value)) => one_ess_binding(&value, is_v2, certificate).unwrap_or(Binding::Unreadable),
            Err(()) => Binding::Unreadable,
        };
        result = match (result, binding) {
            (Binding::Absent | Binding::Fits, other) => other,
            (worse, Binding::Fits) => worse,
            (Binding::NamesDiffer, other) => other,
            (worse, _) => worse,
        };
    }
    result
}

fn one_ess_binding(value: &Element<'_>, is_v2: bool, certificate: &X509) -> Result<Binding, BerError> {
    let outer = value.expect(Tag::SEQUENCE, "SigningCertificate")?.children()?;
    let identifiers =
        outer.first().ok_or(BerError::Expected { expected: "certificate identifiers" })?.children()?;
    let first =
        identifiers.first().ok_or(BerError::Expected { expected: "certificate identifier" })?.children()?;
    let mut fields = first.iter().peekable();
    let mut digest = if is_v2 { Digest::Sha256 } else { Digest::Sha1 };
    if is_v2 && let Some(algorithm) = fields.next_if(|field| field.is(Tag::SEQUENCE)) {
        match digest_of_identifier(algorithm)? {
            Some(named) => digest = named,
            None => return Ok(Binding::Unreadable),
        }
    }
    let hash = fields.next().ok_or(BerError::Expected { expected: "certificate hash" })?.octets()?;
    let der = certificate.to_der().map_err(|_| BerError::Expected { expected: "certificate" })?;
    if digest.hash(&[&der]).as_deref() != Some(hash.as_ref()) {
        return Ok(Binding::Differs);
    }
    let Some(issuer_serial) = fields.next() else { return Ok(Binding::Fits) };
    Ok(if issuer_serial_fits(issuer_serial, certificate) { Binding::Fits } else { Binding::NamesDiffer })
}

fn issuer_serial_fits(issuer_serial: &Element<'_>, certificate: &X509) -> bool {
    let Some(names) = certificate_names(certificate) else { return false };
    let Ok(parts) = issuer_serial.children() else { return false };
    let [general_names, serial, ..] = parts.as_slice() else { return false };
    let issuer_fits = general_names.children().is_ok_and(|general_names| {
        general_names.iter().filter(|name| name.is(Tag::context(4))).any(|name| {
            name.children().is_ok_and(|inner| {
                inner
                    .first()
                    .is_some_and(|name| name.raw() == names.issuer || same_name(name.raw(), &names.issuer))
            })
        })
    });
    issuer_fits && serial.content() == names.serial
}

fn check_signing_certificate(
    signed: &SignedAttributes<'_>,
    certificate: &X509,
    content_type: ObjectIdentifier,
    pades: bool,
    report: &mut SignerReport,
) {
    match ess_binding(signed, certificate) {
        Binding::Fits => {}
        Binding::Absent if content_type == oid::TST_INFO => report.note(Finding::undecided(
            "timestamp_unbound",
            "the time stamp does not bind its service's certificate, as RFC 3161, 2.4.2 and RFC 5816 require",
        )),
        Binding::Absent if pades => report.note(Finding::warning(
            "signing_certificate_missing",
            "the signed attributes do not bind the signer's certificate, PAdES requires signing-certificate-v2",
        )),
        Binding::Absent => {}
        Binding::NamesDiffer => report.note(Finding::warning(
            "signing_certificate_names",
            "issuer or serial number in the signing-certificate attribute differ from the certificate, its hash fits",
        )),
        Binding::Differs => report.note(Finding::broken(
            "signing_certificate_differs",
            "the signer bound another certificate than the one carried (RFC 5035)",
        )),
        Binding::Unreadable => report.note(Finding::undecided(
            "signing_certificate_unreadable",
            "the signing-certificate attribute cannot be read or stands more than once",
        )),
    }
}

/// Revocation data that Adobe's tools put into the signed attributes and CAdES into the unsigned.
fn collect_revocation(signer: &SignerInfo<'_>, report: &mut SignerReport) {
    if let Some(signed) = &signer.signed {
        for attribute in signed.all(oid::ADBE_REVOCATION) {
            for value in &attribute.values {
                collect_from(value, false, report);
            }
        }
    }
    for attribute in signer.unsigned.iter().filter(|attribute| attribute.oid == oid::REVOCATION_VALUES) {
        for value in &attribute.values {
            collect_from(value, true, report);
        }
    }
}

fn collect_from(value: &Element<'_>, basic: bool, report: &mut SignerReport) {
    for field in value.children().unwrap_or_default() {
        let Some(list) = field.children().ok().and_then(|inner| inner.first().copied()) else { continue };
        for item in list.children().unwrap_or_default().into_iter().take(REVOCATION_MAX) {
            if field.is(Tag::context(0)) {
                report.crls.push(item.raw().to_vec());
            } else if field.is(Tag::context(1)) {
                report.ocsp.push(if basic { wrap_basic_ocsp(item.raw()) } else { item.raw().to_vec() });
            }
        }
    }
}

/// An `OCSPResponse` around a `BasicOCSPResponse` (RFC 6960, 4.2.1).
fn wrap_basic_ocsp(basic: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_tlv(&mut bytes, 0x06, oid::OCSP_BASIC.as_bytes());
    write_tlv(&mut bytes, 0x04, basic);
    let mut sequence = Vec::new();
    write_tlv(&mut sequence, 0x30, &bytes);
    let mut inner = vec![0x0a, 1, 0];
    write_tlv(&mut inner, 0xa0, &sequence);
    let mut response = Vec::new();
    write_tlv(&mut response, 0x30, &inner);
    response
}
