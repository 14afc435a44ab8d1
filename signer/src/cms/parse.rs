//! Reads `SignedData` (RFC 5652) from other makers' bytes, BER or DER, without judging it.

use std::borrow::Cow;

use der::asn1::ObjectIdentifier;
use openssl::x509::X509;

use super::ber::{BerError, Element, Tag};
use super::oid;

/// Most certificates that are taken from one message.
const CERTIFICATES_MAX: usize = 256;
/// Most signed or unsigned attributes of one signer.
const ATTRIBUTES_MAX: usize = 256;

/// A `SignedData` as it was written.
#[derive(Debug)]
pub(crate) struct SignedData<'a> {
    /// Type of what is signed.
    pub(crate) content_type: ObjectIdentifier,
    /// The content, where it is inside.
    pub(crate) content: Option<Cow<'a, [u8]>>,
    /// Certificates that could be read.
    pub(crate) certificates: Vec<X509>,
    /// Certificates that could not be read.
    pub(crate) unreadable_certificates: usize,
    /// CRLs (DER) carried along.
    pub(crate) crls: Vec<&'a [u8]>,
    /// OCSP responses (DER) carried along (RFC 5940).
    pub(crate) ocsp: Vec<&'a [u8]>,
    /// The signers.
    pub(crate) signers: Vec<SignerInfo<'a>>,
    /// Bytes after the message that are not zero.
    pub(crate) trailing: usize,
}

/// How the signer's certificate is named.
#[derive(Debug)]
pub(crate) enum SignerId<'a> {
    IssuerAndSerial { issuer: Element<'a>, serial: &'a [u8] },
    SubjectKey(&'a [u8]),
}

/// One signer as it was written.
#[derive(Debug)]
pub(crate) struct SignerInfo<'a> {
    pub(crate) id: SignerId<'a>,
    pub(crate) digest_algorithm: Element<'a>,
    pub(crate) signed: Option<SignedAttributes<'a>>,
    pub(crate) signature_algorithm: Element<'a>,
    pub(crate) signature: Cow<'a, [u8]>,
    pub(crate) unsigned: Vec<Attribute<'a>>,
}

/// The signed attributes with the bytes that the signature covers.
#[derive(Debug)]
pub(crate) struct SignedAttributes<'a> {
    /// As they were written, with the tag that is signed (SET, RFC 5652, 5.4).
    pub(crate) written: Vec<u8>,
    /// Re-encoded as DER, what the signature must cover.
    pub(crate) der: Vec<u8>,
    pub(crate) attributes: Vec<Attribute<'a>>,
}

/// One attribute.
#[derive(Debug)]
pub(crate) struct Attribute<'a> {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) values: Vec<Element<'a>>,
}

impl<'a> SignedAttributes<'a> {
    pub(crate) fn all(&self, oid: ObjectIdentifier) -> impl Iterator<Item = &Attribute<'a>> {
        self.attributes.iter().filter(move |attribute| attribute.oid == oid)
    }

    /// The only value of the only attribute of this type; `None` when absent, `Err` when doubled.
    pub(crate) fn single(&self, oid: ObjectIdentifier) -> Result<Option<Element<'a>>, ()> {
        let mut found = self.all(oid);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(Attribute { values, .. }), None) => match values.as_slice() {
                [value] => Ok(Some(*value)),
                _ => Err(()),
            },
            _ => Err(()),
        }
    }
}

impl<'a> SignedData<'a> {
    /// Reads a `ContentInfo` that holds a `SignedData`. Zero bytes behind it are padding, as
    /// `/Contents` of a PDF signature has them.
    ///
    /// # Errors
    /// When the bytes are not BER or not this structure.
    pub(crate) fn read(input: &'a [u8]) -> Result<SignedData<'a>, BerError> {
        let (info, rest) = Element::read(input)?;
        let trailing = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let mut signed_data = SignedData::from_content_info(&info)?;
        signed_data.trailing = trailing;
        Ok(signed_data)
    }

    /// Reads from a `ContentInfo` element.
    pub(crate) fn from_content_info(info: &Element<'a>) -> Result<SignedData<'a>, BerError> {
        let parts = info.expect(Tag::SEQUENCE, "ContentInfo")?.children()?;
        let [content_type, content, ..] = parts.as_slice() else {
            return Err(BerError::Expected { expected: "ContentInfo with content" });
        };
        if content_type.oid()? != oid::SIGNED_DATA {
            return Err(BerError::Expected { expected: "ContentInfo of type signedData" });
        }
        let inside = content.expect(Tag::context(0), "[0] content")?.children()?;
        let signed_data = inside.first().ok_or(BerError::Expected { expected: "SignedData" })?;
        SignedData::from_element(signed_data)
    }

    fn from_element(element: &Element<'a>) -> Result<SignedData<'a>, BerError> {
        let parts = element.expect(Tag::SEQUENCE, "SignedData")?.children()?;
        let [_version, _digests, encapsulated, rest @ ..] = parts.as_slice() else {
            return Err(BerError::Expected { expected: "SignedData with its four fields" });
        };
        let encapsulated = encapsulated.expect(Tag::SEQUENCE, "EncapsulatedContentInfo")?.children()?;
        let content_type =
            encapsulated.first().ok_or(BerError::Expected { expected: "eContentType" })?.oid()?;
        let content = match encapsulated.get(1) {
            None => None,
            Some(wrapper) => {
                let inside = wrapper.expect(Tag::context(0), "[0] eContent")?.children()?;
                let value = inside.first().ok_or(BerError::Expected { expected: "eContent" })?;
                // PKCS#7 v1.5 puts any type here and digests its content octets.
                Some(if value.is(Tag::OCTET_STRING) {
                    value.octets()?
                } else {
                    Cow::Borrowed(value.content())
                })
            }
        };
        let mut found = SignedData {
            content_type,
            content,
            certificates: Vec::new(),
            unreadable_certificates: 0,
            crls: Vec::new(),
            ocsp: Vec::new(),
            signers: Vec::new(),
            trailing: 0,
        };
        for part in rest {
            if part.is(Tag::context(0)) {
                found.read_certificates(part)?;
            } else if part.is(Tag::context(1)) {
                found.read_revocation(part)?;
            } else if part.is(Tag::SET) {
                for signer in part.children()? {
                    found.signers.push(read_signer(&signer)?);
                }
            }
        }
        Ok(found)
    }

    fn read_certificates(&mut self, set: &Element<'a>) -> Result<(), BerError> {
        for certificate in set.children()?.into_iter().take(CERTIFICATES_MAX) {
            // Attribute certificates and the like are tagged: not needed, not wrong.
            if !certificate.is(Tag::SEQUENCE) {
                continue;
            }
            match super::certificate::read(certificate.raw()) {
                Some(certificate) => self.certificates.push(certificate),
                None => self.unreadable_certificates += 1,
            }
        }
        Ok(())
    }

    fn read_revocation(&mut self, set: &Element<'a>) -> Result<(), BerError> {
        for choice in set.children()? {
            if choice.is(Tag::SEQUENCE) {
                self.crls.push(choice.raw());
            } else if choice.is(Tag::context(1)) {
                let other = choice.children()?;
                if let [kind, value] = other.as_slice()
                    && kind.oid()? == oid::RI_OCSP_RESPONSE
                {
                    self.ocsp.push(value.raw());
                }
            }
        }
        Ok(())
    }
}

fn read_signer<'a>(element: &Element<'a>) -> Result<SignerInfo<'a>, BerError> {
    let parts = element.expect(Tag::SEQUENCE, "SignerInfo")?.children()?;
    let mut parts = parts.into_iter().peekable();
    let missing = |expected| BerError::Expected { expected };
    parts.next().ok_or(missing("SignerInfo version"))?;
    let id = read_signer_id(&parts.next().ok_or(missing("signer identifier"))?)?;
    let digest_algorithm = parts.next().ok_or(missing("digest algorithm"))?;
    let signed = match parts.next_if(|part| part.is(Tag::context(0))) {
        Some(set) => Some(read_signed_attributes(&set)?),
        None => None,
    };
    let signature_algorithm = parts.next().ok_or(missing("signature algorithm"))?;
    let signature = parts.next().ok_or(missing("signature value"))?;
    let signature = signature.expect(Tag::OCTET_STRING, "signature OCTET STRING")?.octets()?;
    let unsigned = match parts.next_if(|part| part.is(Tag::context(1))) {
        Some(set) => read_attributes(&set)?,
        None => Vec::new(),
    };
    Ok(SignerInfo { id, digest_algorithm, signed, signature_algorithm, signature, unsigned })
}

fn read_signer_id<'a>(element: &Element<'a>) -> Result<SignerId<'a>, BerError> {
    if element.is(Tag::context(0)) {
        // IMPLICIT OCTET STRING; some makers wrote it EXPLICIT.
        return Ok(SignerId::SubjectKey(match element.children() {
            Ok(inner) => inner.first().map_or(&[], Element::content),
            Err(_) => element.content(),
        }));
    }
    let parts = element.expect(Tag::SEQUENCE, "IssuerAndSerialNumber")?.children()?;
    match parts.as_slice() {
        [issuer, serial] if serial.is(Tag::INTEGER) => {
            Ok(SignerId::IssuerAndSerial { issuer: *issuer, serial: serial.content() })
        }
        _ => Err(BerError::Expected { expected: "issuer and serial number" }),
    }
}

fn read_signed_attributes<'a>(set: &Element<'a>) -> Result<SignedAttributes<'a>, BerError> {
    let attributes = read_attributes(set)?;
    let mut written = set.raw().to_vec();
    if let Some(first) = written.first_mut() {
        *first = 0x31;
    }
    let parts = set.children()?.iter().map(Element::der).collect::<Result<Vec<_>, _>>()?;
    Ok(SignedAttributes { der: super::ber::der_set(&parts), written, attributes })
}

fn read_attributes<'a>(set: &Element<'a>) -> Result<Vec<Attribute<'a>>, BerError> {
    let children = set.children()?;
    if children.len() > ATTRIBUTES_MAX {
        return Err(BerError::Limit);
    }
    let mut attributes = Vec::with_capacity(children.len());
    for child in children {
        let parts = child.expect(Tag::SEQUENCE, "Attribute")?.children()?;
        let [name, values] = parts.as_slice() else {
            return Err(BerError::Expected { expected: "Attribute of type and values" });
        };
        attributes.push(Attribute {
            oid: name.oid()?,
            values: values.expect(Tag::SET, "attribute values")?.children()?,
        });
    }
    Ok(attributes)
}
