//! Who signs, without the secret: a certificate that may sign, and those above it.

use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, PKeyRef, Public};
use openssl::x509::{X509, X509KeyUsage};

use super::KeyError;
use crate::cms::ber::{Element, Tag, write_tlv};
use crate::cms::certificate::{der, unix_time};
use crate::cms::{CertificateInfo, Digest, RSA_BITS_MIN, SignatureAlgorithm};

/// Most certificates beside the signer's that are carried into signatures.
pub const CHAIN_MAX: usize = 10;

/// A certificate that may sign documents, and those above it. Knows no secret: the key may be anywhere.
#[derive(Debug, Clone)]
pub struct Signatory {
    certificate: X509,
    chain: Vec<X509>,
    public: PKey<Public>,
    /// What an RSASSA-PSS key is restricted to (RFC 4055, 3.3).
    restricted: Option<SignatureAlgorithm>,
    encoded: Encoded,
}

/// What every signature repeats, encoded once.
#[derive(Debug, Clone)]
pub(crate) struct Encoded {
    /// The signer's certificate and the chain, as `SET OF` in DER without its identifier and length.
    pub(crate) certificates: Vec<u8>,
    /// `IssuerAndSerialNumber`, its names and number as the certificate writes them: re-encoding could change
    /// their bytes.
    pub(crate) issuer_and_serial: Vec<u8>,
    /// SHA-256 of the certificate.
    pub(crate) certificate_hash: [u8; 32],
}

impl Signatory {
    /// Joins a certificate and those above it, in any order.
    ///
    /// # Errors
    /// When the key is weak or of another kind, or the key usage forbids signing.
    pub fn new(certificate: X509, chain: Vec<X509>) -> Result<Self, KeyError> {
        let public = certificate.public_key()?;
        check_strength(&public)?;
        check_usage(&certificate)?;
        let own = certificate.to_der()?;
        let restricted = if public.id() == Id::RSA_PSS { restriction(&own)? } else { None };
        let chain = ordered_chain(&certificate, chain);
        let encoded = Encoded::of(&own, &chain).ok_or(KeyError::NoCertificate)?;
        Ok(Self { certificate, chain, public, restricted, encoded })
    }

    /// Reads one certificate in DER, or one or more in PEM; the first is the file's own.
    ///
    /// # Errors
    /// [`KeyError::CertificateUnreadable`] when there is none.
    pub fn read_certificates(file: &[u8]) -> Result<Vec<X509>, KeyError> {
        if let Ok(certificate) = X509::from_der(file) {
            return Ok(vec![certificate]);
        }
        match X509::stack_from_pem(file) {
            Ok(found) if !found.is_empty() => Ok(found),
            _ => Err(KeyError::CertificateUnreadable),
        }
    }

    /// The signer's certificate.
    pub fn certificate(&self) -> &X509 {
        &self.certificate
    }

    /// The certificates above the signer's, nearest first.
    pub fn chain(&self) -> &[X509] {
        &self.chain
    }

    /// The signer's certificate and those above it.
    pub fn path(&self) -> Vec<X509> {
        std::iter::once(&self.certificate).chain(&self.chain).cloned().collect()
    }

    /// What the certificate says, for people.
    pub fn info(&self) -> CertificateInfo {
        CertificateInfo::of(&self.certificate)
    }

    /// The public key.
    pub fn public_key(&self) -> &PKeyRef<Public> {
        &self.public
    }

    /// Refuses a certificate that is not valid at a time (seconds since 1970).
    ///
    /// # Errors
    /// [`KeyError::Expired`] and [`KeyError::NotYetValid`].
    pub fn check_valid_at(&self, at: i64) -> Result<(), KeyError> {
        let not_before = unix_time(self.certificate.not_before()).unwrap_or(i64::MAX);
        let not_after = unix_time(self.certificate.not_after()).unwrap_or(i64::MIN);
        if at < not_before {
            return Err(KeyError::NotYetValid { not_before });
        }
        if at > not_after {
            return Err(KeyError::Expired { not_after });
        }
        Ok(())
    }

    /// The digest that is usual for the key: what it is restricted to, else SHA-384 for P-384, SHA-512 for
    /// P-521, SHA-256 for all others.
    pub fn usual_digest(&self) -> Digest {
        if let Some(digest) = self.restricted.and_then(SignatureAlgorithm::digest) {
            return digest;
        }
        match self.public.ec_key().ok().and_then(|key| key.group().curve_name()) {
            Some(Nid::SECP384R1) => Digest::Sha384,
            Some(Nid::SECP521R1) => Digest::Sha512,
            _ => Digest::Sha256,
        }
    }

    /// How the key signs with this digest: ECDSA, RSASSA-PSS for a PSS key and where `pss` asks for it, else RSA
    /// PKCS#1 v1.5. The salt of PSS is as long as the digest, its mask of the same digest (RFC 8017, 9.1).
    ///
    /// # Errors
    /// [`KeyError::DigestNotForKey`] for a digest that is not signed with, or one that the key is restricted
    /// against.
    pub fn scheme(&self, digest: Digest, pss: bool) -> Result<SignatureAlgorithm, KeyError> {
        let refused = KeyError::DigestNotForKey { digest: digest.name() };
        let Some(length) = digest.signing_len() else { return Err(refused) };
        match self.restricted {
            Some(SignatureAlgorithm::RsaPss { digest: only, mask, salt_len }) => {
                if only != digest {
                    return Err(refused);
                }
                return Ok(SignatureAlgorithm::RsaPss { digest, mask, salt_len: salt_len.max(length) });
            }
            Some(_) => return Err(refused),
            None => {}
        }
        Ok(match self.public.id() {
            Id::EC => SignatureAlgorithm::Ecdsa(Some(digest)),
            Id::RSA if !pss => SignatureAlgorithm::RsaPkcs1(Some(digest)),
            _ => SignatureAlgorithm::RsaPss { digest, mask: digest, salt_len: length },
        })
    }

    pub(crate) fn encoded(&self) -> &Encoded {
        &self.encoded
    }

    /// Size of a raw signature in bytes, at most.
    pub(crate) fn signature_len_max(&self) -> usize {
        self.public.size()
    }
}

impl Encoded {
    fn of(own: &[u8], chain: &[X509]) -> Option<Encoded> {
        let mut certificates = vec![own.to_vec()];
        certificates.extend(chain.iter().map(der).filter(|bytes| !bytes.is_empty()));
        certificates.sort();
        let (issuer, serial) = issuer_and_serial(own)?;
        let mut issuer_and_serial = Vec::new();
        write_tlv(&mut issuer_and_serial, 0x30, &[issuer, serial].concat());
        let certificate_hash = openssl::sha::sha256(own);
        Some(Encoded { certificates: certificates.concat(), issuer_and_serial, certificate_hash })
    }
}

fn fields_of(certificate: &[u8]) -> Option<Vec<Element<'_>>> {
    let outer = Element::read_all(certificate).ok()?;
    let mut fields = outer.children().ok()?.first()?.children().ok()?;
    // The version is left out of version 1.
    if fields.first()?.is(Tag::context(0)) {
        fields.remove(0);
    }
    Some(fields)
}

fn issuer_and_serial(certificate: &[u8]) -> Option<(&[u8], &[u8])> {
    let fields = fields_of(certificate)?;
    Some((fields.get(2)?.raw(), fields.first()?.raw()))
}

/// The parameters of an RSASSA-PSS key; a key without any may be used with all digests.
fn restriction(certificate: &[u8]) -> Result<Option<SignatureAlgorithm>, KeyError> {
    let fields = fields_of(certificate).ok_or(KeyError::Unsupported)?;
    let key = fields.get(5).and_then(|key| key.children().ok()).unwrap_or_default();
    let identifier = key.first().ok_or(KeyError::Unsupported)?;
    if identifier.children().map_or(0, |parts| parts.len()) < 2 {
        return Ok(None);
    }
    match SignatureAlgorithm::read(identifier) {
        Ok(Some(scheme @ SignatureAlgorithm::RsaPss { digest, mask, salt_len }))
            if digest.signing_len().is_some() && mask.signing_len().is_some() && salt_len < 128 =>
        {
            Ok(Some(scheme))
        }
        _ => Err(KeyError::Unsupported),
    }
}

fn check_strength(key: &PKeyRef<Public>) -> Result<(), KeyError> {
    match key.id() {
        Id::RSA | Id::RSA_PSS if key.bits() < RSA_BITS_MIN => {
            Err(KeyError::Weak { kind: "RSA", bits: key.bits(), minimum: RSA_BITS_MIN })
        }
        Id::RSA | Id::RSA_PSS => Ok(()),
        Id::EC => match key.ec_key()?.group().curve_name() {
            Some(Nid::X9_62_PRIME256V1 | Nid::SECP384R1 | Nid::SECP521R1) => Ok(()),
            _ if key.bits() < 256 => {
                Err(KeyError::Weak { kind: "elliptic-curve", bits: key.bits(), minimum: 256 })
            }
            _ => Err(KeyError::Unsupported),
        },
        _ => Err(KeyError::Unsupported),
    }
}

/// Certificates of the state agencies' PKI allow non-repudiation only: either bit will do, and no
/// extended key usage is asked for.
fn check_usage(certificate: &X509) -> Result<(), KeyError> {
    match certificate.key_usage() {
        Some(usage) if !usage.intersects(X509KeyUsage::DIGITAL_SIGNATURE | X509KeyUsage::NON_REPUDIATION) => {
            Err(KeyError::UsageForbidsSigning)
        }
        _ => Ok(()),
    }
}

/// The path upwards from the certificate as far as the others reach; strangers are left out.
fn ordered_chain(certificate: &X509, mut others: Vec<X509>) -> Vec<X509> {
    let mut chain: Vec<X509> = Vec::new();
    while chain.len() < CHAIN_MAX {
        let last = chain.last().unwrap_or(certificate);
        let is_issuer = |candidate: &X509| {
            candidate.issued(last) == openssl::x509::X509VerifyResult::OK
                && candidate.public_key().is_ok_and(|key| last.verify(&key).unwrap_or(false))
        };
        if is_issuer(last) {
            break;
        }
        let Some(position) = others.iter().position(is_issuer) else { break };
        chain.push(others.swap_remove(position));
    }
    chain
}
