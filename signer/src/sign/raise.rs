//! Raising what is signed: from any level to a higher one, and a new time stamp over all before the last one ages out.
//! Everything is appended; the file is judged before and after, and no signature may come out worse.

use bytes::Bytes;
use openssl::x509::X509;

use super::document_timestamp::stamp_document;
use super::dss::{Contents, Entry, Store};
use super::held::{Held, HeldKind, read_held};
use super::level::{Level, LevelError, Services};
use super::refusal::Refusal;
use super::rules::open_for_signing;
use super::source::Source;
use crate::chain::{Evidence, Trust, TrustRoots, check_path, check_revocation};
use crate::fetch::{Moment, encoded, valid_until};
use crate::pdf::{Document, Increment, Input};
use crate::validate::{Options, Report, SignatureReport, Verdict, validate_document};

/// A document time stamp is renewed so long before its service's certificate ends, in seconds: 90 days.
pub const RENEWAL_MARGIN: i64 = 90 * 86_400;

/// A raised file.
#[derive(Debug, Clone)]
pub struct Raised {
    file: Input,
    /// All that was appended.
    tail: Vec<u8>,
    renew_at: Option<i64>,
}

impl Raised {
    /// The file; it begins with what was raised, byte for byte.
    pub fn file(&self) -> &Input {
        &self.file
    }

    /// What is to be appended to what was raised.
    pub fn tail(&self) -> &[u8] {
        &self.tail
    }

    /// The file in memory; empty when it lies on disk and can no longer be read: [`Raised::file`] is better for those.
    pub fn bytes(&self) -> Bytes {
        self.file.to_bytes().unwrap_or_default()
    }

    /// Whether anything had to be added: a file that has its level already stays as it is.
    pub fn is_changed(&self) -> bool {
        !self.tail.is_empty()
    }

    /// When the newest document time stamp is to be renewed, seconds since 1970; none without one.
    pub fn renew_at(&self) -> Option<i64> {
        self.renew_at
    }
}

/// When a file's newest document time stamp is to be renewed, seconds since 1970; none where it has none.
///
/// # Errors
/// When the file cannot be read.
pub fn renewal_due(file: impl Into<Source>) -> Result<Option<i64>, Refusal> {
    let document = open(&file.into())?;
    Ok(renewal_of(&read_held(&document)?))
}

fn renewal_of(held: &[Held]) -> Option<i64> {
    let newest = held.iter().rfind(|one| one.kind == HeldKind::DocumentTimestamp)?;
    let own = newest.signer.certificate.iter().cloned();
    // What it carries is its path: the first to end ends it all.
    let path: Vec<X509> = own.chain(newest.signer.certificates.iter().cloned()).collect();
    Some(valid_until(&path)? - RENEWAL_MARGIN)
}

/// The level that all signatures of a file have reached, as far as the file itself shows; none without a signature.
/// `roots` are trusted, `now` is the time of judging, seconds since 1970.
///
/// # Errors
/// When the file cannot be read.
pub fn level_of(file: impl Into<Source>, roots: &TrustRoots, now: i64) -> Result<Option<Level>, Refusal> {
    let document = open(&file.into())?;
    let held = read_held(&document)?;
    if held.iter().all(|one| one.kind == HeldKind::DocumentTimestamp) {
        return Ok(None);
    }
    let store = Store::read(document.latest())?;
    Ok(Some(Standing { held: &held, store: &store, file: document.file() }.level(roots, now)))
}

/// Brings every signature of a file to a level: B-T by a document time stamp where a signature has no time stamp of its
/// own, B-LT by certificates and revocation data, B-LTA by a document time stamp over them. A file that is archived
/// already gets a new one only when the old one is [due](renewal_due). `now` is in seconds since 1970.
///
/// # Errors
/// [`LevelError`].
pub fn raise(
    file: impl Into<Source>,
    level: Level,
    services: &Services,
    now: i64,
) -> Result<Raised, LevelError> {
    let mut source = file.into();
    let roots = services.evidence.roots();
    let options = Options::new(roots.clone(), now);
    let document = open(&source)?;
    let before = validate_document(&document, &options);
    refuse_bad(&before)?;
    let mut tail = Vec::new();

    let standing = |source: &Source| -> Result<(Vec<Held>, Store), LevelError> {
        let document = open(source)?;
        Ok((read_held(&document)?, Store::read(document.latest())?))
    };
    let (held, store) = standing(&source)?;
    let reached = Standing { held: &held, store: &store, file: &source.file };
    let due = renewal_of(&held).is_some_and(|due| due <= now);
    let archived = reached.is_archived(&roots, now);
    if level == Level::Basic || archived && (level < Level::Archived || !due) {
        return Ok(Raised { file: source.file, tail, renew_at: renewal_of(&held) });
    }
    refuse_certified(&before)?;
    if !reached.is_timestamped() {
        let signed = stamp_document(&source, services, level, now)?;
        append(&mut source, &mut tail, signed.tail());
    }
    if level >= Level::LongTerm {
        let (held, store) = standing(&source)?;
        let entries = collect(&held, &store, services, now)?;
        let needed = entries
            .iter()
            .any(|entry| !store.has_entry(&entry.key) || !entry.contents.is_within(store.contents()));
        if needed {
            let more = store_appended(&source, &entries)?;
            append(&mut source, &mut tail, &more);
        }
    }
    if level == Level::Archived {
        let signed = stamp_document(&source, services, level, now)?;
        append(&mut source, &mut tail, signed.tail());
    }
    let document = open(&source)?;
    if !tail.is_empty() {
        check_no_worse(&before, &validate_document(&document, &options))?;
    }
    let renew_at = renewal_of(&read_held(&document)?);
    Ok(Raised { file: source.file, tail, renew_at })
}

/// Goes on with a file that has grown.
fn append(source: &mut Source, tail: &mut Vec<u8>, more: &[u8]) {
    source.file = source.file.with_tail(more);
    tail.extend_from_slice(more);
}

fn open(source: &Source) -> Result<Document, Refusal> {
    let password = source.password.as_deref().unwrap_or_default();
    Ok(Document::open_with_password(source.file.clone(), password)?)
}

fn reasons(report: &SignatureReport) -> String {
    report.reasons().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn refuse_bad(report: &Report) -> Result<(), LevelError> {
    match report.verdict {
        Verdict::Unsigned => return Err(LevelError::Unsigned),
        Verdict::Unreadable => {
            let what = report.findings.first().map(ToString::to_string).unwrap_or_default();
            return Err(LevelError::BadSignature { field: String::new(), why: what });
        }
        _ => {}
    }
    match report.signatures.iter().find(|one| one.verdict == Verdict::Invalid) {
        Some(bad) => Err(LevelError::BadSignature { field: bad.field.clone(), why: reasons(bad) }),
        None => Ok(()),
    }
}

/// ISO 32000-2 permits evidence even here; readers in use do not, and would call the certification broken.
fn refuse_certified(report: &Report) -> Result<(), Refusal> {
    let certified = report.signatures.iter().any(|one| one.certifies == Some(1));
    if certified { Err(Refusal::CertifiedNoChanges) } else { Ok(()) }
}

/// Every signature that was there is there, and judged no worse.
fn check_no_worse(before: &Report, after: &Report) -> Result<(), LevelError> {
    let rank = |verdict| match verdict {
        Verdict::Valid => 2,
        Verdict::Indeterminate => 1,
        Verdict::Invalid | Verdict::Unsigned | Verdict::Unreadable => 0,
    };
    for was in &before.signatures {
        let is = after.signatures.iter().find(|is| is.kind == was.kind && is.field == was.field);
        let worse = |why| LevelError::Harms { field: was.field.clone(), why };
        match is {
            None => return Err(worse("it is not found any more".to_owned())),
            Some(is) if rank(is.verdict) < rank(was.verdict) => return Err(worse(reasons(is))),
            Some(_) => {}
        }
    }
    Ok(())
}

/// A certificate that must be shown to have been good.
struct Target<'h> {
    certificate: &'h X509,
    moment: Moment,
}

/// What a file holds.
struct Standing<'h> {
    held: &'h [Held],
    store: &'h Store,
    file: &'h Input,
}

impl<'h> Standing<'h> {
    fn signatures(&self) -> impl Iterator<Item = &'h Held> {
        self.held.iter().filter(|one| one.kind == HeldKind::Signature)
    }

    /// A time stamp of its own, or a document time stamp over it.
    fn is_timestamped(&self) -> bool {
        self.signatures().all(|one| proof_of(one, self.held).is_some())
    }

    fn level(&self, roots: &TrustRoots, now: i64) -> Level {
        if !self.is_timestamped() {
            Level::Basic
        } else if self.is_archived(roots, now) {
            Level::Archived
        } else if self.is_proven(self.held, roots, now) {
            Level::LongTerm
        } else {
            Level::Timestamped
        }
    }

    /// The newest thing is a document time stamp over all, and what it covers is complete.
    fn is_archived(&self, roots: &TrustRoots, now: i64) -> bool {
        let Some((newest, older)) = self.held.split_last() else { return false };
        newest.kind == HeldKind::DocumentTimestamp
            && newest.signer.is_intact()
            && newest.covers(self.file)
            && self.is_timestamped()
            && !older.is_empty()
            && self.is_proven(older, roots, now)
    }

    /// Whether the file carries what shows these signatures' certificates good. Without roots every path that ends at
    /// a certificate that signed itself will do.
    fn is_proven(&self, of: &[Held], roots: &TrustRoots, now: i64) -> bool {
        let mut evidence = Evidence::default();
        self.store.contents().evidence(&mut evidence);
        let mut others = self.store.contents().certificates();
        for one in self.held {
            others.extend(one.certificates().cloned());
            one.signer.crls.iter().for_each(|crl| evidence.add_crl(crl));
            one.signer.ocsp.iter().for_each(|response| evidence.add_ocsp(response));
        }
        let others = crate::chain::distinct(others);
        let mut own = roots.clone();
        if roots.is_empty() {
            for top in others.iter().filter(|one| one.issued(one) == openssl::x509::X509VerifyResult::OK) {
                // One that cannot be written again is no root.
                let _ = top.to_pem().map(|pem| own.add(&pem, "carried"));
            }
        }
        of.iter().all(|one| {
            let Ok(targets) = targets(one, self.held, now) else { return false };
            targets.iter().all(|target| {
                let Moment { at, proven, .. } = target.moment;
                let path = check_path(target.certificate, &others, &own, at);
                let root_itself = path.path.len() == 1;
                path.trust == Trust::Trusted
                    && (root_itself
                        || check_revocation(&path.path, &others, &own, &evidence, at, proven).is_good())
            })
        })
    }
}

/// The earliest time that proves a signature to have been there: its own time stamp, or a document time stamp over it.
fn proof_of(one: &Held, all: &[Held]) -> Option<i64> {
    let own = one.timestamps().filter_map(|stamp| stamp.time).min();
    own.into_iter().chain(covering(one, all)).min()
}

/// The times of document time stamps over one signature or time stamp.
fn covering<'h>(one: &'h Held, all: &'h [Held]) -> impl Iterator<Item = i64> + 'h {
    all.iter()
        .filter(move |other| other.kind == HeldKind::DocumentTimestamp && other.end > one.end)
        .filter(|other| other.signer.is_intact())
        .filter_map(|other| other.stamped)
}

/// The certificates behind a signature or time stamp, and when each must have been good.
fn targets<'h>(one: &'h Held, all: &'h [Held], now: i64) -> Result<Vec<Target<'h>>, LevelError> {
    let moment = |proof: Option<i64>| Moment { at: proof.unwrap_or(now), proven: proof.is_some(), now };
    let missing = || LevelError::BadSignature {
        field: one.field.clone(),
        why: "the message carries no certificate of its signer".to_owned(),
    };
    let own = one.signer.certificate.as_ref().ok_or_else(missing)?;
    let mut found = Vec::new();
    match one.kind {
        HeldKind::Signature => {
            found.push(Target { certificate: own, moment: moment(proof_of(one, all)) });
            for stamp in one.timestamps() {
                let certificate = stamp.report.certificate.as_ref().ok_or_else(missing)?;
                found.push(Target { certificate, moment: moment(covering(one, all).min()) });
            }
        }
        HeldKind::DocumentTimestamp => {
            found.push(Target { certificate: own, moment: moment(covering(one, all).min()) });
        }
    }
    Ok(found)
}

/// What each signature and time stamp needs; what the file holds already is used again where it still serves.
fn collect(held: &[Held], store: &Store, services: &Services, now: i64) -> Result<Vec<Entry>, LevelError> {
    let roots = services.evidence.roots();
    let mut entries = Vec::new();
    for one in held {
        let key = Entry::key_of(&one.contents);
        let complete = Standing { held, store, file: &Input::from(b"") }.is_proven(
            std::slice::from_ref(one),
            &roots,
            now,
        );
        if complete && store.has_entry(&key) {
            continue;
        }
        let mut carried: Vec<X509> = one.certificates().cloned().collect();
        carried.extend(store.contents().certificates());
        let mut contents = Contents::default();
        for target in targets(one, held, now)? {
            let found = services.evidence.evidence(target.certificate, &carried, target.moment)?;
            contents.merge(&Contents::new(encoded(&found.certificates), found.crls, found.ocsp));
        }
        entries.push(Entry { key, contents });
    }
    Ok(entries)
}

/// What an update with these entries appends.
fn store_appended(source: &Source, entries: &[Entry]) -> Result<Vec<u8>, LevelError> {
    let tail = open_for_signing(source, |document| {
        let store = Store::read(document.latest())?;
        let mut increment = Increment::new(document);
        store.write(&mut increment, entries)?;
        Ok(increment.finish()?.bytes)
    })?;
    Ok(tail)
}
