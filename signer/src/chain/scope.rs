//! Which certificates a CRL speaks of (RFC 5280, 5.2.4 and 5.2.5): one that leaves some out proves
//! nothing good of those. Asked when evidence is judged, and when it is fetched.

use openssl::x509::X509;

use crate::cms::ber::{BerError, Element, Tag};
use crate::cms::certificate::der;
use crate::cms::extension::extension;
use crate::cms::oid;

/// Issuing distribution point, 2.5.29.28, as it is encoded.
const ISSUING_POINT: &[u8] = &[0x55, 0x1d, 0x1c];
/// Delta CRL indicator, 2.5.29.27.
const DELTA: &[u8] = &[0x55, 0x1d, 0x1b];
/// Authority key identifier, 2.5.29.35: may be critical in old CRLs and is understood.
const AUTHORITY_KEY: &[u8] = &[0x55, 0x1d, 0x23];
/// Expired certificates on the list, 2.5.29.60 (`expiredCertsOnCRL` of X.509).
const EXPIRED_KEPT: &[u8] = &[0x55, 0x1d, 0x3c];
/// CRL number, 2.5.29.20.
const NUMBER: &[u8] = &[0x55, 0x1d, 0x14];

/// What a CRL covers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    only_users: bool,
    only_authorities: bool,
    /// Certificates of others stand in it, or attribute certificates alone.
    foreign: bool,
    /// Revocations may be missing: a delta, some reasons only, or rules that are not known here.
    partial: bool,
    /// The names of the point that it is published at, as they are encoded: it speaks of certificates that name one of
    /// them, and no others (RFC 5280, 6.3.3 (b)(2)(i)). None: of all.
    points: Option<Vec<Vec<u8>>>,
    /// Revoked certificates that ended since this time are still on it, seconds since 1970.
    keeps_since: Option<i64>,
}

/// How far a CRL can be believed about one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// Fully.
    Full,
    /// Only where it says *revoked*.
    RevokedOnly,
    /// Not at all.
    Nothing,
}

impl Scope {
    /// Reads the scope of a CRL in DER; what cannot be read covers nothing.
    pub(crate) fn read(der: &[u8]) -> Scope {
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
                EXPIRED_KEPT => {
                    scope.keeps_since = Element::read_all(value.content())?.unix_time().ok();
                }
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
            if field.is(Tag::context(0)) {
                self.points = Some(full_names(&field)?);
            } else if field.is(Tag::context(1)) {
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

    /// Since when certificates that ended stay on it; the end of time where it does not say.
    pub(crate) fn keeps_since(&self) -> i64 {
        self.keeps_since.unwrap_or(i64::MAX)
    }

    /// How far the CRL can be believed about a certificate of its issuer.
    pub(crate) fn word_on(&self, subject: &X509) -> Word {
        let subject = der(subject);
        let is_authority = extension(&subject, oid::BASIC_CONSTRAINTS)
            .and_then(|constraints| Element::read_all(constraints.value).ok()?.children().ok())
            .is_some_and(|parts| parts.first().is_some_and(|first| first.content() == [0xff]));
        let elsewhere = self.points.as_ref().is_some_and(|points| {
            let named = points_of(&subject).unwrap_or_default();
            !points.iter().any(|point| named.contains(point))
        });
        let left_out = self.only_users && is_authority || self.only_authorities && !is_authority;
        if self.foreign || left_out {
            Word::Nothing
        } else if self.partial || elsewhere {
            Word::RevokedOnly
        } else {
            Word::Full
        }
    }
}

/// The full names of a DistributionPointName, each as it is encoded; a name relative to the issuer is none of them.
fn full_names(point: &Element<'_>) -> Result<Vec<Vec<u8>>, BerError> {
    let mut names = Vec::new();
    for choice in point.children()?.iter().filter(|choice| choice.is(Tag::context(0))) {
        for name in choice.children()? {
            names.push(name.raw().to_vec());
        }
    }
    Ok(names)
}

/// The full names of all points at which a certificate says that its CRLs are published (RFC 5280, 4.2.1.13).
fn points_of(certificate: &[u8]) -> Option<Vec<Vec<u8>>> {
    let points = extension(certificate, oid::CRL_DISTRIBUTION_POINTS)?;
    let mut names = Vec::new();
    for point in Element::read_all(points.value).ok()?.children().ok()? {
        for field in point.children().ok()?.iter().filter(|field| field.is(Tag::context(0))) {
            names.extend(full_names(field).ok()?);
        }
    }
    Some(names)
}
