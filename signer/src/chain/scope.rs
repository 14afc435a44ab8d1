//! Which certificates a CRL speaks of (RFC 5280, 5.2.4 and 5.2.5): one that leaves some out proves
//! nothing good of those.

use openssl::x509::{X509, X509KeyUsage};

use crate::cms::ber::{BerError, Element, Tag};

/// Issuing distribution point, 2.5.29.28, as it is encoded.
const ISSUING_POINT: &[u8] = &[0x55, 0x1d, 0x1c];
/// Delta CRL indicator, 2.5.29.27.
const DELTA: &[u8] = &[0x55, 0x1d, 0x1b];
/// Authority key identifier, 2.5.29.35: may be critical in old CRLs and is understood.
const AUTHORITY_KEY: &[u8] = &[0x55, 0x1d, 0x23];
/// CRL number, 2.5.29.20.
const NUMBER: &[u8] = &[0x55, 0x1d, 0x14];

/// What a CRL covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Scope {
    only_users: bool,
    only_authorities: bool,
    /// Certificates of others stand in it, or attribute certificates alone.
    foreign: bool,
    /// Revocations may be missing: a delta, some reasons only, or rules that are not known here.
    partial: bool,
}

/// How far a CRL can be believed about one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Fully.
    Full,
    /// Only where it says *revoked*.
    RevokedOnly,
    /// Not at all.
    Nothing,
}

impl Scope {
    /// Reads the scope of a CRL in DER; what cannot be read covers nothing.
    pub(super) fn read(der: &[u8]) -> Scope {
        let unreadable = Scope { foreign: true, ..Scope::default() };
        Scope::try_read(der).unwrap_or(unreadable)
    }

    fn try_read(der: &[u8]) -> Result<Scope, BerError> {
        let (outer, _) = Element::read(der)?;
        let fields = outer.children()?.first().copied().ok_or(BerError::Limit)?.children()?;
        let mut scope = Scope::default();
        let Some(holder) = fields.iter().find(|field| field.is(Tag::context(0))) else { return Ok(scope) };
        let list = holder.children()?.first().copied().ok_or(BerError::Limit)?;
        for extension in list.children()? {
            let parts = extension.children()?;
            let [kind, middle @ .., value] = parts.as_slice() else { return Err(BerError::Limit) };
            let critical = middle.first().is_some_and(|flag| flag.content() == [0xff]);
            match kind.content() {
                ISSUING_POINT => scope.read_point(value.content())?,
                DELTA => scope.partial = true,
                AUTHORITY_KEY | NUMBER => {}
                _ if critical => scope.partial = true,
                _ => {}
            }
        }
        Ok(scope)
    }

    fn read_point(&mut self, value: &[u8]) -> Result<(), BerError> {
        let (point, _) = Element::read(value)?;
        for field in point.children()? {
            let set = field.content() == [0xff];
            if field.is(Tag::context(1)) {
                self.only_users |= set;
            } else if field.is(Tag::context(2)) {
                self.only_authorities |= set;
            } else if field.is(Tag::context(3)) {
                self.partial = true;
            } else if field.is(Tag::context(4)) || field.is(Tag::context(5)) {
                self.foreign |= set;
            }
        }
        Ok(())
    }

    /// How far the CRL can be believed about a certificate of its issuer.
    pub(super) fn word_on(self, subject: &X509) -> Word {
        let is_authority =
            subject.key_usage().is_some_and(|usage| usage.contains(X509KeyUsage::KEY_CERT_SIGN));
        let left_out = self.only_users && is_authority || self.only_authorities && !is_authority;
        if self.foreign || left_out {
            Word::Nothing
        } else if self.partial {
            Word::RevokedOnly
        } else {
            Word::Full
        }
    }
}
