//! Digest and signature algorithms: which are known, which of them are still good, and the
//! checking of a raw signature with openssl.

use der::asn1::ObjectIdentifier;
use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::hash::{Hasher, MessageDigest};
use openssl::pkey::{Id, PKey, PKeyRef, Public};
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Verifier};

use super::ber::{BerError, Element, Tag, write_tlv};
use super::content::Content;
use super::oid;

/// Smallest RSA modulus that TT 15/2025/TT-BKHCN, Phụ lục I allows, in bits.
pub const RSA_BITS_MIN: u32 = 2048;
/// Smallest elliptic-curve key that TT 15/2025/TT-BKHCN, Phụ lục I allows, in bits.
pub const EC_BITS_MIN: u32 = 256;

/// Digest algorithms that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digest {
    /// MD5: collisions are made in seconds; never trusted.
    Md5,
    /// SHA-1: historical only.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SHA-512/256.
    Sha512_256,
    /// SHA3-224.
    Sha3_224,
    /// SHA3-256.
    Sha3_256,
    /// SHA3-384.
    Sha3_384,
    /// SHA3-512.
    Sha3_512,
    /// SHAKE256 with 512 bits of output, as Ed448 uses it (RFC 8419).
    Shake256,
}

impl Digest {
    /// What documents are signed with here.
    pub const SIGNING: [Digest; 6] = [
        Digest::Sha256,
        Digest::Sha384,
        Digest::Sha512,
        Digest::Sha3_256,
        Digest::Sha3_384,
        Digest::Sha3_512,
    ];

    /// The one of [`Digest::SIGNING`] with this name, such as `SHA-256` or `sha3-512`; hyphens and case do not
    /// count.
    pub fn for_signing(name: &str) -> Option<Digest> {
        let plain = |text: &str| text.replace('-', "").to_ascii_uppercase();
        Digest::SIGNING.into_iter().find(|digest| plain(digest.name()) == plain(name))
    }

    /// A number for saved states: its place in [`Digest::SIGNING`], which never changes.
    pub(crate) fn signing_code(self) -> Option<u8> {
        Digest::SIGNING.iter().position(|one| *one == self).and_then(|at| u8::try_from(at).ok())
    }

    /// The digest behind a number of [`Digest::signing_code`].
    pub(crate) fn of_signing_code(code: u8) -> Option<Digest> {
        Digest::SIGNING.get(usize::from(code)).copied()
    }

    /// Length of its values in bytes; none for those that documents are not signed with.
    pub(crate) fn signing_len(self) -> Option<u8> {
        Some(match self {
            Digest::Sha256 | Digest::Sha3_256 => 32,
            Digest::Sha384 | Digest::Sha3_384 => 48,
            Digest::Sha512 | Digest::Sha3_512 => 64,
            _ => return None,
        })
    }

    /// Its object identifier, for those that documents are signed with.
    fn signing_oid(self) -> Option<ObjectIdentifier> {
        Some(match self {
            Digest::Sha256 => oid::SHA256,
            Digest::Sha384 => oid::SHA384,
            Digest::Sha512 => oid::SHA512,
            Digest::Sha3_256 => oid::SHA3_256,
            Digest::Sha3_384 => oid::SHA3_384,
            Digest::Sha3_512 => oid::SHA3_512,
            _ => return None,
        })
    }

    /// Its `AlgorithmIdentifier` as CMS wants it: without parameters (RFC 5754, 2).
    pub(crate) fn identifier(self) -> Option<Vec<u8>> {
        Some(identifier(self.signing_oid()?, &[]))
    }

    /// Its `AlgorithmIdentifier` within the parameters of PSS: SHA-2 with NULL (RFC 4055, 2.1).
    fn identifier_in_pss(self) -> Option<Vec<u8>> {
        let with_null = matches!(self, Digest::Sha256 | Digest::Sha384 | Digest::Sha512);
        Some(identifier(self.signing_oid()?, if with_null { NULL } else { &[] }))
    }

    /// The digest that an object identifier names.
    pub(crate) fn from_oid(oid: &ObjectIdentifier) -> Option<Digest> {
        Some(match *oid {
            oid::MD5 => Digest::Md5,
            oid::SHA1 => Digest::Sha1,
            oid::SHA224 => Digest::Sha224,
            oid::SHA256 => Digest::Sha256,
            oid::SHA384 => Digest::Sha384,
            oid::SHA512 => Digest::Sha512,
            oid::SHA512_256 => Digest::Sha512_256,
            oid::SHA3_224 => Digest::Sha3_224,
            oid::SHA3_256 => Digest::Sha3_256,
            oid::SHA3_384 => Digest::Sha3_384,
            oid::SHA3_512 => Digest::Sha3_512,
            oid::SHAKE256 | oid::SHAKE256_LEN => Digest::Shake256,
            // Some makers name the signature algorithm where the digest belongs.
            other => return SignatureAlgorithm::implied_digest(&other),
        })
    }

    /// The usual name.
    pub fn name(self) -> &'static str {
        match self {
            Digest::Md5 => "MD5",
            Digest::Sha1 => "SHA-1",
            Digest::Sha224 => "SHA-224",
            Digest::Sha256 => "SHA-256",
            Digest::Sha384 => "SHA-384",
            Digest::Sha512 => "SHA-512",
            Digest::Sha512_256 => "SHA-512/256",
            Digest::Sha3_224 => "SHA3-224",
            Digest::Sha3_256 => "SHA3-256",
            Digest::Sha3_384 => "SHA3-384",
            Digest::Sha3_512 => "SHA3-512",
            Digest::Shake256 => "SHAKE256",
        }
    }

    /// openssl's digest.
    pub(crate) fn message_digest(self) -> Option<MessageDigest> {
        Some(match self {
            Digest::Md5 => MessageDigest::md5(),
            Digest::Sha1 => MessageDigest::sha1(),
            Digest::Sha224 => MessageDigest::sha224(),
            Digest::Sha256 => MessageDigest::sha256(),
            Digest::Sha384 => MessageDigest::sha384(),
            Digest::Sha512 => MessageDigest::sha512(),
            Digest::Sha512_256 => return MessageDigest::from_name("SHA512-256"),
            Digest::Sha3_224 => MessageDigest::sha3_224(),
            Digest::Sha3_256 => MessageDigest::sha3_256(),
            Digest::Sha3_384 => MessageDigest::sha3_384(),
            Digest::Sha3_512 => MessageDigest::sha3_512(),
            Digest::Shake256 => MessageDigest::shake_256(),
        })
    }

    /// The digest of the parts one after the other; `None` when openssl lacks the algorithm.
    pub(crate) fn hash(self, parts: &[&[u8]]) -> Option<Vec<u8>> {
        self.hash_of(Content::Parts(parts))
    }

    /// As [`Digest::hash`]; none also when the content cannot be read.
    pub(crate) fn hash_of(self, content: Content<'_>) -> Option<Vec<u8>> {
        let mut hasher = Hasher::new(self.message_digest()?).ok()?;
        if !content.each(|piece| hasher.update(piece).is_ok()) {
            return None;
        }
        if self == Digest::Shake256 {
            let mut out = vec![0; 64];
            hasher.finish_xof(&mut out).ok()?;
            return Some(out);
        }
        Some(hasher.finish().ok()?.to_vec())
    }
}

/// Signature algorithms that are read, with the digest where the identifier names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(Option<Digest>),
    /// RSASSA-PSS with its parameters.
    RsaPss {
        /// Digest of the message.
        digest: Digest,
        /// Digest inside the mask function.
        mask: Digest,
        /// Salt length in bytes.
        salt_len: u8,
    },
    /// ECDSA with a DER-encoded pair.
    Ecdsa(Option<Digest>),
    /// DSA; read for old files only.
    Dsa(Option<Digest>),
    /// `Ed25519`.
    Ed25519,
    /// Ed448.
    Ed448,
}

/// A `DigestInfo`, what PKCS#1 v1.5 pads (RFC 8017, 9.2); its algorithm has NULL for all digests.
pub(crate) fn digest_info(digest: Digest, value: &[u8]) -> Option<Vec<u8>> {
    Some(sequence(&[&identifier(digest.signing_oid()?, NULL), &tagged(0x04, value)]))
}

/// The DER pair of an ECDSA signature that came as two numbers of the same length (IEEE P1363, PKCS#11).
pub(crate) fn ecdsa_pair_to_der(pair: &[u8]) -> Option<Vec<u8>> {
    let (r, s) = pair.split_at(pair.len() / 2);
    let number = |bytes| BigNum::from_slice(bytes).ok();
    EcdsaSig::from_private_components(number(r)?, number(s)?).ok()?.to_der().ok()
}

/// NULL in DER.
const NULL: &[u8] = &[0x05, 0x00];

fn identifier(name: ObjectIdentifier, parameters: &[u8]) -> Vec<u8> {
    sequence(&[&tagged(0x06, name.as_bytes()), parameters])
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tagged(0x30, &parts.concat())
}

fn tagged(identifier: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 6);
    write_tlv(&mut out, identifier, content);
    out
}

impl SignatureAlgorithm {
    /// Its `AlgorithmIdentifier` in a signature made here. PKCS#1 v1.5 stands as `rsaEncryption`, which every reader
    /// takes (RFC 5754, 3.2): pyHanko does not know the names that include SHA-3.
    pub(crate) fn identifier(self) -> Option<Vec<u8>> {
        Some(match self {
            SignatureAlgorithm::RsaPkcs1(Some(_)) => identifier(oid::RSA, NULL),
            SignatureAlgorithm::RsaPss { digest, mask, salt_len } => {
                let mask = identifier(oid::MGF1, &mask.identifier_in_pss()?);
                let parameters = sequence(&[
                    &tagged(0xa0, &digest.identifier_in_pss()?),
                    &tagged(0xa1, &mask),
                    // At most 64 here, or what a key of up to 127 bytes of salt asks for.
                    &tagged(0xa2, &tagged(0x02, &[salt_len])),
                ]);
                identifier(oid::RSA_PSS, &parameters)
            }
            SignatureAlgorithm::Ecdsa(Some(digest)) => {
                let name = match digest {
                    Digest::Sha256 => oid::ECDSA_SHA256,
                    Digest::Sha384 => oid::ECDSA_SHA384,
                    Digest::Sha512 => oid::ECDSA_SHA512,
                    Digest::Sha3_256 => oid::ECDSA_SHA3_256,
                    Digest::Sha3_384 => oid::ECDSA_SHA3_384,
                    Digest::Sha3_512 => oid::ECDSA_SHA3_512,
                    _ => return None,
                };
                identifier(name, &[])
            }
            _ => return None,
        })
    }

    /// Reads an `AlgorithmIdentifier`; `Ok(None)` when the algorithm is not known here.
    pub(crate) fn read(identifier: &Element<'_>) -> Result<Option<SignatureAlgorithm>, BerError> {
        let parts = identifier.expect(Tag::SEQUENCE, "AlgorithmIdentifier")?.children()?;
        let name = parts.first().ok_or(BerError::Expected { expected: "OBJECT IDENTIFIER" })?.oid()?;
        Ok(match name {
            oid::RSA => Some(SignatureAlgorithm::RsaPkcs1(None)),
            oid::RSA_PSS => read_pss(parts.get(1))?,
            oid::EC_PUBLIC_KEY => Some(SignatureAlgorithm::Ecdsa(None)),
            oid::DSA => Some(SignatureAlgorithm::Dsa(None)),
            oid::ED25519 => Some(SignatureAlgorithm::Ed25519),
            oid::ED448 => Some(SignatureAlgorithm::Ed448),
            other => {
                let digest = SignatureAlgorithm::implied_digest(&other);
                digest.and_then(|digest| SignatureAlgorithm::family(&other, digest))
            }
        })
    }

    fn family(oid: &ObjectIdentifier, digest: Digest) -> Option<SignatureAlgorithm> {
        Some(match *oid {
            oid::RSA_MD5
            | oid::RSA_SHA1
            | oid::RSA_SHA1_OIW
            | oid::RSA_SHA224
            | oid::RSA_SHA256
            | oid::RSA_SHA384
            | oid::RSA_SHA512
            | oid::RSA_SHA3_224
            | oid::RSA_SHA3_256
            | oid::RSA_SHA3_384
            | oid::RSA_SHA3_512 => SignatureAlgorithm::RsaPkcs1(Some(digest)),
            oid::DSA_SHA1 | oid::DSA_SHA224 | oid::DSA_SHA256 => SignatureAlgorithm::Dsa(Some(digest)),
            oid::ECDSA_SHA1
            | oid::ECDSA_SHA224
            | oid::ECDSA_SHA256
            | oid::ECDSA_SHA384
            | oid::ECDSA_SHA512
            | oid::ECDSA_SHA3_224
            | oid::ECDSA_SHA3_256
            | oid::ECDSA_SHA3_384
            | oid::ECDSA_SHA3_512 => SignatureAlgorithm::Ecdsa(Some(digest)),
            _ => return None,
        })
    }

    /// The digest that a signature algorithm's identifier includes.
    fn implied_digest(oid: &ObjectIdentifier) -> Option<Digest> {
        Some(match *oid {
            oid::RSA_MD5 => Digest::Md5,
            oid::RSA_SHA1 | oid::RSA_SHA1_OIW | oid::ECDSA_SHA1 | oid::DSA_SHA1 => Digest::Sha1,
            oid::RSA_SHA224 | oid::ECDSA_SHA224 | oid::DSA_SHA224 => Digest::Sha224,
            oid::RSA_SHA256 | oid::ECDSA_SHA256 | oid::DSA_SHA256 => Digest::Sha256,
            oid::RSA_SHA384 | oid::ECDSA_SHA384 => Digest::Sha384,
            oid::RSA_SHA512 | oid::ECDSA_SHA512 => Digest::Sha512,
            oid::RSA_SHA3_224 | oid::ECDSA_SHA3_224 => Digest::Sha3_224,
            oid::RSA_SHA3_256 | oid::ECDSA_SHA3_256 => Digest::Sha3_256,
            oid::RSA_SHA3_384 | oid::ECDSA_SHA3_384 => Digest::Sha3_384,
            oid::RSA_SHA3_512 | oid::ECDSA_SHA3_512 => Digest::Sha3_512,
            _ => return None,
        })
    }

    /// The digest that the algorithm itself fixes.
    pub(crate) fn digest(self) -> Option<Digest> {
        match self {
            SignatureAlgorithm::RsaPkcs1(digest)
            | SignatureAlgorithm::Ecdsa(digest)
            | SignatureAlgorithm::Dsa(digest) => digest,
            SignatureAlgorithm::RsaPss { digest, .. } => Some(digest),
            SignatureAlgorithm::Ed25519 => Some(Digest::Sha512),
            SignatureAlgorithm::Ed448 => Some(Digest::Shake256),
        }
    }

    /// The usual name of the scheme, without its digest.
    pub fn name(self) -> &'static str {
        match self {
            SignatureAlgorithm::RsaPkcs1(_) => "RSA PKCS#1 v1.5",
            SignatureAlgorithm::RsaPss { .. } => "RSASSA-PSS",
            SignatureAlgorithm::Ecdsa(_) => "ECDSA",
            SignatureAlgorithm::Dsa(_) => "DSA",
            SignatureAlgorithm::Ed25519 => "Ed25519",
            SignatureAlgorithm::Ed448 => "Ed448",
        }
    }

    /// Whether TT 15/2025/TT-BKHCN, Phụ lục I lists the scheme.
    pub(crate) fn is_listed(self) -> bool {
        matches!(
            self,
            SignatureAlgorithm::RsaPkcs1(_)
                | SignatureAlgorithm::RsaPss { .. }
                | SignatureAlgorithm::Ecdsa(_)
        )
    }

    fn fits(self, key: Id) -> bool {
        match self {
            SignatureAlgorithm::RsaPkcs1(_) => key == Id::RSA,
            SignatureAlgorithm::RsaPss { .. } => key == Id::RSA || key == Id::RSA_PSS,
            SignatureAlgorithm::Ecdsa(_) => key == Id::EC,
            SignatureAlgorithm::Dsa(_) => key == Id::DSA,
            SignatureAlgorithm::Ed25519 => key == Id::ED25519,
            SignatureAlgorithm::Ed448 => key == Id::ED448,
        }
    }

    /// Whether `signature` over the parts is right. `fallback` is the signer's digest algorithm: it
    /// counts where the signature algorithm names none, and also where the two contradict each other
    /// (some makers pair SHA-384 with `sha256WithRSAEncryption`; a PKCS#1 signature names its digest
    /// inside once more). Any failure of openssl counts as *not right*.
    pub(crate) fn verify(
        self,
        key: &PKeyRef<Public>,
        fallback: Digest,
        parts: &[&[u8]],
        signature: &[u8],
    ) -> bool {
        self.verify_over(key, fallback, Content::Parts(parts), signature)
    }

    /// As [`SignatureAlgorithm::verify`]; content that cannot be read counts as *not right* too.
    pub(crate) fn verify_over(
        self,
        key: &PKeyRef<Public>,
        fallback: Digest,
        content: Content<'_>,
        signature: &[u8],
    ) -> bool {
        if !self.fits(key.id()) {
            return false;
        }
        let with = |algorithm: SignatureAlgorithm| {
            algorithm.try_verify(key, fallback, content, signature).unwrap_or(false)
        };
        with(self)
            || match self {
                SignatureAlgorithm::RsaPkcs1(Some(named)) if named != fallback => {
                    with(SignatureAlgorithm::RsaPkcs1(None))
                }
                SignatureAlgorithm::Ecdsa(Some(named)) if named != fallback => {
                    with(SignatureAlgorithm::Ecdsa(None))
                }
                _ => false,
            }
    }

    fn try_verify(
        self,
        key: &PKeyRef<Public>,
        fallback: Digest,
        content: Content<'_>,
        signature: &[u8],
    ) -> Option<bool> {
        if matches!(self, SignatureAlgorithm::Ed25519 | SignatureAlgorithm::Ed448) {
            let mut verifier = Verifier::new_without_digest(key).ok()?;
            return verifier.verify_oneshot(signature, &content.gathered()?).ok();
        }
        let digest = self.digest().unwrap_or(fallback);
        let mut verifier = Verifier::new(digest.message_digest()?, key).ok()?;
        if let SignatureAlgorithm::RsaPss { mask, salt_len, .. } = self {
            verifier.set_rsa_padding(Padding::PKCS1_PSS).ok()?;
            verifier.set_rsa_pss_saltlen(RsaPssSaltlen::custom(i32::from(salt_len))).ok()?;
            verifier.set_rsa_mgf1_md(mask.message_digest()?).ok()?;
        }
        if !content.each(|piece| verifier.update(piece).is_ok()) {
            return None;
        }
        verifier.verify(signature).ok()
    }
}

/// RSASSA-PSS-params (RFC 4055, 3.1); everything left out has SHA-1's defaults.
fn read_pss(parameters: Option<&Element<'_>>) -> Result<Option<SignatureAlgorithm>, BerError> {
    let (mut digest, mut mask, mut salt_len) = (Some(Digest::Sha1), Some(Digest::Sha1), 20);
    let fields = match parameters {
        Some(parameters) if parameters.is(Tag::SEQUENCE) => parameters.children()?,
        _ => Vec::new(),
    };
    for field in fields {
        let inner = field.children()?;
        let value = inner.first().ok_or(BerError::Expected { expected: "RSASSA-PSS parameter" })?;
        if field.is(Tag::context(0)) {
            digest = digest_of_identifier(value)?;
        } else if field.is(Tag::context(1)) {
            let parts = value.children()?;
            let is_mgf1 = parts.first().map(Element::oid).transpose()? == Some(oid::MGF1);
            mask = match parts.get(1) {
                Some(hash) if is_mgf1 => digest_of_identifier(hash)?,
                _ => None,
            };
        } else if field.is(Tag::context(2)) {
            salt_len = value.small_integer()?;
        }
    }
    Ok(match (digest, mask, u8::try_from(salt_len)) {
        (Some(digest), Some(mask), Ok(salt_len)) => {
            Some(SignatureAlgorithm::RsaPss { digest, mask, salt_len })
        }
        _ => None,
    })
}

/// The digest named by an `AlgorithmIdentifier`.
pub(crate) fn digest_of_identifier(identifier: &Element<'_>) -> Result<Option<Digest>, BerError> {
    let parts = identifier.expect(Tag::SEQUENCE, "AlgorithmIdentifier")?.children()?;
    let name = parts.first().ok_or(BerError::Expected { expected: "OBJECT IDENTIFIER" })?.oid()?;
    Ok(Digest::from_oid(&name))
}

/// Why a public key is too weak to be relied on, if it is.
pub(crate) fn weakness(key: &PKey<Public>) -> Option<String> {
    let bits = key.bits();
    match key.id() {
        Id::RSA | Id::RSA_PSS if bits < RSA_BITS_MIN => {
            Some(format!("RSA key of {bits} bits, at least {RSA_BITS_MIN} are asked"))
        }
        Id::EC if bits < EC_BITS_MIN => {
            Some(format!("elliptic-curve key of {bits} bits, at least {EC_BITS_MIN} are asked"))
        }
        Id::DSA => Some(format!("DSA key of {bits} bits, no longer allowed")),
        _ => None,
    }
}
