//! One CRL (RFC 5280, 5): which certificates it speaks of, and what it says of one. A list that leaves some out proves
//! nothing good of those. Asked when evidence is judged, and when it is fetched.

use std::cmp::Ordering;

use openssl::pkey::{PKey, Public};
use openssl::x509::{X509, X509Crl, X509Name, X509NameRef};

use crate::cms::ber::{BerError, Element, Tag};
use crate::cms::certificate::{der, unix_time};
use crate::cms::certificate_names;
use crate::cms::extension::extension;
use crate::cms::oid;

// Extensions of lists and of their entries, as their identifiers are encoded.
/// Issuing distribution point, 2.5.29.28.
const ISSUING_POINT: &[u8] = &[0x55, 0x1d, 0x1c];
/// Delta CRL indicator, 2.5.29.27.
const DELTA: &[u8] = &[0x55, 0x1d, 0x1b];
/// Authority key identifier, 2.5.29.35: may be critical in old CRLs and is understood.
const AUTHORITY_KEY: &[u8] = &[0x55, 0x1d, 0x23];
/// Expired certificates on the list, 2.5.29.60 (`expiredCertsOnCRL` of X.509).
const EXPIRED_KEPT: &[u8] = &[0x55, 0x1d, 0x3c];
/// CRL number, 2.5.29.20.
const NUMBER: &[u8] = &[0x55, 0x1d, 0x14];
/// Where deltas are published (freshest CRL), 2.5.29.46; in certificates, too.
const FRESHEST: &[u8] = &[0x55, 0x1d, 0x2e];
/// Reason of an entry, 2.5.29.21.
const REASON: &[u8] = &[0x55, 0x1d, 0x15];
/// Invalidity date of an entry, 2.5.29.24.
const INVALIDITY: &[u8] = &[0x55, 0x1d, 0x18];
/// Issuer of an entry's certificate, 2.5.29.29.
const ENTRY_ISSUER: &[u8] = &[0x55, 0x1d, 0x1d];

/// The reason *certificateHold* (RFC 5280, 5.3.1).
pub(crate) const HOLD: u8 = 6;
/// The reason *removeFromCRL*.
const REMOVED: u8 = 8;

/// Reasons of revocation, as the bits of `ReasonFlags` (RFC 5280, 4.2.1.13), the unused bit 0 left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reasons(u16);

impl Reasons {
    /// None of them.
    pub(crate) const NONE: Reasons = Reasons(0);
    /// keyCompromise (bit 1) to aACompromise (bit 8).
    pub(crate) const ALL: Reasons = Reasons(0x01fe);

    /// Reads the named bits of a `ReasonFlags`, tagged as its place demands.
    fn read(flags: &Element<'_>) -> Reasons {
        // The first byte counts the bits that do not count at the end; in DER they are zero.
        let bits = flags.content().get(1..).unwrap_or_default();
        let named =
            |bit: u16| bits.get(usize::from(bit / 8)).is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0);
        Reasons((1..=8).filter(|bit| named(*bit)).fold(0, |mask, bit| mask | 1 << bit))
    }

    pub(crate) fn and(self, others: Reasons) -> Reasons {
        Reasons(self.0 | others.0)
    }

    fn also_in(self, others: Reasons) -> Reasons {
        Reasons(self.0 & others.0)
    }
}

/// How far a CRL can be believed about one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// Fully.
    Full,
    /// Where it says *revoked*; that it does not is true of some reasons only.
    Partial(Reasons),
    /// Only where it says *revoked*.
    RevokedOnly,
    /// Not at all.
    Nothing,
}

/// That a certificate is revoked, as a list or a responder says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Since when, seconds since 1970.
    pub(crate) at: i64,
    /// Suspended only: it may be released again.
    pub(crate) hold: bool,
    /// Since when the issuer holds the key to be lost or the certificate to be wrong (RFC 5280, 5.3.2).
    pub(crate) invalid_since: Option<i64>,
    /// Who says so.
    pub(crate) by: &'static str,
}

/// What a list says of one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// It is on the list.
    Revoked(Mark),
    /// A delta takes it off its base.
    Removed,
    /// It is not on the list.
    Absent,
    /// The entry cannot be read.
    Unreadable,
}

/// A CRL, read once.
pub(crate) struct List {
    crl: X509Crl,
    der: Vec<u8>,
    scope: Scope,
    /// When it was made, seconds since 1970.
    pub(crate) made: i64,
    /// Until when it says that it is current.
    pub(crate) until: Option<i64>,
}

/// What a CRL covers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Scope {
    only_users: bool,
    only_authorities: bool,
    /// Attribute certificates alone.
    only_attributes: bool,
    /// Of some reasons of revocation alone: of which.
    reasons: Option<Reasons>,
    /// Certificates of others may stand in it.
    indirect: bool,
    /// A critical extension, of the list or of an entry, is not known here.
    unclear: bool,
    /// The names of the point that it is published at, as they are encoded: it speaks of certificates that name one of
    /// them, and no others (RFC 5280, 6.3.3 (b)(2)(i)). None: of all.
    points: Option<Vec<Vec<u8>>>,
    /// The issuing distribution point as it is encoded; empty where there is none.
    issuing_point: Vec<u8>,
    /// Revoked certificates that ended since this time are still on it, seconds since 1970.
    keeps_since: Option<i64>,
    /// Where it says that deltas to it are published.
    freshest: Vec<String>,
    number: Option<Number>,
    /// Of a delta: the number of the list that it starts from.
    base: Option<Number>,
}

/// A CRL number: up to 20 bytes, so no machine integer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Number(Vec<u8>);

impl Number {
    fn read(value: &[u8]) -> Result<Number, BerError> {
        Ok(Number(bare(Element::read_all(value)?.expect(Tag::INTEGER, "CRL number")?.content()).to_vec()))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

/// A positive INTEGER without the zeros before it.
fn bare(mut integer: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = integer {
        integer = rest;
    }
    integer
}

/// One place at which a certificate says that lists are published.
struct Point {
    /// Its full names, each as it is encoded; none where it is named by the lists' issuer alone.
    names: Option<Vec<Vec<u8>>>,
    /// The reasons that the lists there are for.
    reasons: Reasons,
    /// The names of those who issue the lists there, where that is not the certificate's issuer.
    issuers: Vec<Vec<u8>>,
}

impl List {
    /// Reads a CRL in DER; none where it cannot be read.
    pub(crate) fn read(bytes: &[u8]) -> Option<List> {
        let crl = X509Crl::from_der(bytes).ok()?;
        let (made, until) = (unix_time(crl.last_update())?, crl.next_update().and_then(unix_time));
        let scope = Scope::read(bytes).ok()?;
        Some(List { crl, der: bytes.to_vec(), scope, made, until })
    }

    pub(crate) fn issuer(&self) -> &X509NameRef {
        self.crl.issuer_name()
    }

    pub(crate) fn is_signed_by(&self, key: &PKey<Public>) -> bool {
        self.crl.verify(key).unwrap_or(false)
    }

    /// Whether it says only what changed since another list.
    pub(crate) fn is_delta(&self) -> bool {
        self.scope.base.is_some()
    }

    /// Where deltas to it are published, by its own word and by that of a certificate (RFC 5280, 4.2.1.15, 5.2.6).
    pub(crate) fn freshest(&self, subject: &X509) -> Vec<String> {
        let of_subject = extension(&der(subject), oid::FRESHEST_CRL).and_then(|found| addresses(found.value));
        let mut found = of_subject.unwrap_or_default();
        found.extend(
            self.scope.freshest.iter().filter(|url| !found.contains(url)).cloned().collect::<Vec<_>>(),
        );
        found
    }

    /// Whether certificates of others may stand in it.
    pub(crate) fn is_indirect(&self) -> bool {
        self.scope.indirect
    }

    /// Since when certificates that ended stay on it; the end of time where it does not say.
    pub(crate) fn keeps_since(&self) -> i64 {
        self.scope.keeps_since.unwrap_or(i64::MAX)
    }

    /// Whether a delta tells what happened since this complete list (RFC 5280, 5.2.4). That one key signed both is for
    /// the caller to see.
    pub(crate) fn is_continued_by(&self, delta: &List) -> bool {
        let (Some(own), Some(base), Some(newer)) =
            (&self.scope.number, &delta.scope.base, &delta.scope.number)
        else {
            return false;
        };
        !self.is_delta()
            && !delta.scope.unclear
            && same_name(self.issuer(), delta.issuer())
            && self.scope.issuing_point == delta.scope.issuing_point
            && own >= base
            && own < newer
    }

    /// How far it can be believed about a certificate, whether it is complete or a delta. That its signer may speak for
    /// the certificate's issuer is for the caller to see.
    pub(crate) fn word_on(&self, subject: &X509) -> Word {
        let scope = &self.scope;
        let encoded = der(subject);
        let is_authority = is_authority(subject);
        let left_out = scope.only_users && is_authority || scope.only_authorities && !is_authority;
        if scope.only_attributes || left_out {
            return Word::Nothing;
        }
        let direct = same_name(self.issuer(), subject.issuer_name());
        let points = points_of(&encoded).unwrap_or_default();
        let own = |point: &Point| point.issuers.iter().any(|name| is_named(name, self.issuer()));
        let mut candidates: Vec<Point> =
            points.into_iter().filter(|point| own(point) || direct && point.issuers.is_empty()).collect();
        if !direct && (!scope.indirect || candidates.is_empty()) {
            return Word::Nothing;
        }
        if direct && !scope.indirect {
            // A list of the issuer counts wherever it was found (RFC 5280, 6.3.3, at its end).
            let name = self.issuer().to_der().map(|name| directory_name(&name));
            let names = Some(name.into_iter().collect());
            candidates.push(Point { names, reasons: Reasons::ALL, issuers: Vec::new() });
        }
        let fits = |point: &&Point| {
            let Some(published) = &scope.points else { return true };
            point.names.as_ref().unwrap_or(&point.issuers).iter().any(|name| published.contains(name))
        };
        // The interim reasons mask (RFC 5280, 6.3.3 (d)).
        let named = candidates.iter().filter(fits).fold(Reasons::NONE, |mask, point| mask.and(point.reasons));
        match named.also_in(scope.reasons.unwrap_or(Reasons::ALL)) {
            _ if scope.unclear => Word::RevokedOnly,
            Reasons::NONE => Word::RevokedOnly,
            Reasons::ALL => Word::Full,
            some => Word::Partial(some),
        }
    }

    /// What it says of a certificate.
    pub(crate) fn entry(&self, subject: &X509) -> Entry {
        self.find(subject).unwrap_or(Entry::Unreadable)
    }

    fn find(&self, subject: &X509) -> Result<Entry, BerError> {
        // As it was written: a number without its leading zero reads as negative, on the list as in the certificate.
        let serial = certificate_names(subject).ok_or(BerError::Limit)?.serial;
        // Of the entries of an indirect list, those of the issuer named last (RFC 5280, 5.3.3).
        let mut issuer: Option<Vec<u8>> = None;
        let mut found = Entry::Absent;
        let mut rest = entries(&self.der)?;
        while !rest.is_empty() {
            let (element, behind) = Element::read(rest)?;
            rest = behind;
            let (number, behind) = Element::read(element.content())?;
            let matches = bare(number.content()) == bare(&serial);
            if !matches && !self.scope.indirect {
                continue;
            }
            let row = Row::read(behind)?;
            if row.issuer.is_some() {
                issuer = row.issuer.clone();
            }
            let about = match &issuer {
                Some(name) => is_named(name, subject.issuer_name()),
                None => same_name(self.issuer(), subject.issuer_name()),
            };
            if !matches || !about {
                continue;
            }
            if row.reason == REMOVED {
                found = Entry::Removed;
                continue;
            }
            let (at, invalid_since) = (row.at, row.invalid_since);
            return Ok(Entry::Revoked(Mark { at, hold: row.reason == HOLD, invalid_since, by: "CRL" }));
        }
        Ok(found)
    }
}

/// Whether a certificate says that it is a CA's (RFC 5280, 4.2.1.9).
pub(crate) fn is_authority(certificate: &X509) -> bool {
    extension(&der(certificate), oid::BASIC_CONSTRAINTS)
        .and_then(|constraints| Element::read_all(constraints.value).ok()?.children().ok())
        .is_some_and(|parts| parts.first().is_some_and(|first| first.content() == [0xff]))
}

/// One entry behind its serial number.
struct Row {
    at: i64,
    reason: u8,
    invalid_since: Option<i64>,
    /// The names of its certificate's issuer, as they are encoded.
    issuer: Option<Vec<u8>>,
    /// It bears a critical extension that is not known here.
    unclear: bool,
}

impl Row {
    fn read(fields: &[u8]) -> Result<Row, BerError> {
        let (date, rest) = Element::read(fields)?;
        let at = date.unix_time().unwrap_or(i64::MIN);
        let mut row = Row { at, reason: 0, invalid_since: None, issuer: None, unclear: false };
        if rest.is_empty() {
            return Ok(row);
        }
        for extension in
            Element::read_all(rest)?.expect(Tag::SEQUENCE, "extensions of an entry")?.children()?
        {
            let (kind, critical, value) = parts_of(&extension)?;
            match kind {
                REASON => {
                    row.reason = Element::read_all(value)?.content().last().copied().unwrap_or(0);
                }
                INVALIDITY => row.invalid_since = Element::read_all(value)?.unix_time().ok(),
                ENTRY_ISSUER => row.issuer = Some(value.to_vec()),
                _ => row.unclear |= critical,
            }
        }
        Ok(row)
    }
}

/// Identifier, whether critical, and value of an extension.
fn parts_of<'a>(extension: &Element<'a>) -> Result<(&'a [u8], bool, &'a [u8]), BerError> {
    let parts = extension.children()?;
    let [kind, middle @ .., value] = parts.as_slice() else { return Err(BerError::Limit) };
    Ok((kind.content(), middle.first().is_some_and(|flag| flag.content() == [0xff]), value.content()))
}

/// The fields of what is signed.
fn fields(list: &[u8]) -> Result<Vec<Element<'_>>, BerError> {
    let (outer, _) = Element::read(list)?;
    outer.children()?.first().copied().ok_or(BerError::Limit)?.children()
}

/// The entries one after the other.
fn entries(list: &[u8]) -> Result<&[u8], BerError> {
    let is_time = |field: &Element<'_>| field.is(Tag::UTC_TIME) || field.is(Tag::GENERALIZED_TIME);
    let mut behind_times = fields(list)?.into_iter().skip_while(|field| !is_time(field));
    let next = behind_times.find(|field| !is_time(field));
    Ok(next.filter(|field| field.is(Tag::SEQUENCE)).map_or(&[], |field| field.content()))
}

impl Scope {
    fn read(list: &[u8]) -> Result<Scope, BerError> {
        let mut scope = Scope::default();
        let fields = fields(list)?;
        let holder = fields.iter().find(|field| field.is(Tag::context(0)));
        let extensions = holder.map(|holder| holder.children()).transpose()?.unwrap_or_default();
        for extension in extensions.first().map(Element::children).transpose()?.unwrap_or_default() {
            let (kind, critical, value) = parts_of(&extension)?;
            match kind {
                ISSUING_POINT => scope.read_point(value)?,
                DELTA => scope.base = Some(Number::read(value)?),
                NUMBER => scope.number = Some(Number::read(value)?),
                EXPIRED_KEPT => scope.keeps_since = Element::read_all(value)?.unix_time().ok(),
                FRESHEST => scope.freshest = addresses(value).unwrap_or_default(),
                AUTHORITY_KEY => {}
                _ => scope.unclear |= critical,
            }
        }
        scope.unclear |= has_unclear_entries(entries(list)?, scope.indirect)?;
        Ok(scope)
    }

    fn read_point(&mut self, value: &[u8]) -> Result<(), BerError> {
        self.issuing_point = value.to_vec();
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
                self.reasons = Some(Reasons::read(&field));
            } else if field.is(Tag::context(4)) {
                self.indirect |= set;
            } else if field.is(Tag::context(5)) {
                self.only_attributes |= set;
            }
        }
        Ok(())
    }
}

/// Whether an entry bears a critical extension that is not known, or an issuer where there is but one.
fn has_unclear_entries(mut entries: &[u8], indirect: bool) -> Result<bool, BerError> {
    /// BOOLEAN TRUE: without it nothing is critical, and nothing needs to be read.
    const TRUE: &[u8] = &[1, 1, 0xff];
    while !entries.is_empty() {
        let (entry, behind) = Element::read(entries)?;
        entries = behind;
        if !entry.content().windows(TRUE.len()).any(|window| window == TRUE) {
            continue;
        }
        let (_, fields) = Element::read(entry.content())?;
        let row = Row::read(fields)?;
        if row.unclear || row.issuer.is_some() && !indirect {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn same_name(left: &X509NameRef, right: &X509NameRef) -> bool {
    left.try_cmp(right).is_ok_and(Ordering::is_eq)
}

/// Whether names (one GeneralName, or several in a SEQUENCE) have a directory name that is this one.
fn is_named(names: &[u8], wanted: &X509NameRef) -> bool {
    let Ok(element) = Element::read_all(names) else { return false };
    if element.is(Tag::SEQUENCE) {
        return element.children().is_ok_and(|names| {
            names.iter().any(|name| !name.is(Tag::SEQUENCE) && is_named(name.raw(), wanted))
        });
    }
    element.is(Tag::context(4))
        && X509Name::from_der(element.content()).is_ok_and(|name| same_name(&name, wanted))
}

/// A GeneralName of a name.
fn directory_name(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    crate::cms::ber::write_tlv(&mut out, 0xa4, name);
    out
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

/// The addresses in distribution points, in their order.
fn addresses(points: &[u8]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for point in Element::read_all(points).ok()?.children().ok()? {
        for field in point.children().ok()?.iter().filter(|field| field.is(Tag::context(0))) {
            for choice in field.children().ok()?.iter().filter(|choice| choice.is(Tag::context(0))) {
                // uniformResourceIdentifier [6] IA5String.
                let names = choice.children().ok()?;
                let addresses = names.iter().filter(|name| name.raw().first() == Some(&0x86));
                found.extend(addresses.filter_map(|name| String::from_utf8(name.content().to_vec()).ok()));
            }
        }
    }
    Some(found)
}

/// All points at which a certificate says that its CRLs are published (RFC 5280, 4.2.1.13).
fn points_of(certificate: &[u8]) -> Option<Vec<Point>> {
    let extension = extension(certificate, oid::CRL_DISTRIBUTION_POINTS)?;
    let mut points = Vec::new();
    for one in Element::read_all(extension.value).ok()?.children().ok()? {
        let mut point = Point { names: None, reasons: Reasons::ALL, issuers: Vec::new() };
        for field in one.children().ok()? {
            if field.is(Tag::context(0)) {
                point.names = Some(full_names(&field).ok()?);
            } else if field.is(Tag::context(1)) {
                point.reasons = Reasons::read(&field);
            } else if field.is(Tag::context(2)) {
                point.issuers = field.children().ok()?.iter().map(|name| name.raw().to_vec()).collect();
            }
        }
        points.push(point);
    }
    Some(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_their_value() {
        let number =
            |content: &[u8]| Number::read(&[&[2, u8::try_from(content.len()).unwrap()], content].concat());
        assert!(number(&[9]).unwrap() < number(&[1, 0]).unwrap());
        assert!(number(&[0, 0x80]).unwrap() > number(&[0x7f]).unwrap());
        assert_eq!(number(&[0, 0x80]).unwrap(), number(&[0x80]).unwrap());
        assert!(number(&[0]).unwrap() < number(&[1]).unwrap());
    }
}
