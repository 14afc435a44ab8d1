//! What CRLs and OCSP responses say of the certificates of a path (RFC 5280, 6.3; RFC 6960).
//!
//! A revocation is final and counts wherever it is said; *on hold* lasts until a newer statement lifts it. Nothing good
//! is believed of a statement that leaves the certificate out, is out of date, or was made after the certificate ended
//! by somebody who keeps no record of such.

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::ocsp::{
    OcspBasicResponse, OcspCertId, OcspCertStatus, OcspFlag, OcspResponse, OcspRevokedStatus, OcspStatus,
};
use openssl::stack::Stack;
use openssl::x509::verify::X509VerifyFlags;
use openssl::x509::{X509, X509KeyUsage};

use super::list::{Entry, List, Mark, Reasons, Word, same_name};
use super::response::{Inside, is_signed_by};
use super::{CERTIFICATES_MAX, EVIDENCE_MAX, Trust, TrustRoots, check_path, store};
use crate::cms::certificate::{der, fingerprint, full_name, printed_time, unix_time};
use crate::cms::extension::extension;
use crate::cms::oid;

/// How often those who speak of revocation are asked about in turn: a responder, and whoever speaks of it.
const TURNS_MAX: usize = 2;

/// What is known of revocation along a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revocation {
    /// Every certificate below the root is known not to be revoked.
    Good,
    /// As good, and a certificate was revoked after the time that counts, which is proven.
    RevokedSince {
        /// When, seconds since 1970.
        at: i64,
        /// Since when the issuer holds the certificate to be wrong, where it says so and that is no later than the time
        /// that counts.
        invalid_since: Option<i64>,
        /// Whose certificate, and by which evidence.
        what: String,
    },
    /// A certificate was suspended at the time that counts; it may be released or revoked.
    OnHold {
        /// Since when, seconds since 1970.
        since: i64,
        /// Whose certificate, and by which evidence.
        what: String,
    },
    /// A certificate was revoked.
    Revoked {
        /// When, seconds since 1970.
        at: i64,
        /// Whose certificate, and by which evidence.
        what: String,
    },
    /// Nothing, or not enough, is known.
    NotChecked(String),
}

impl Revocation {
    /// Whether the certificates are known to have been good at the time that counts.
    pub fn is_good(&self) -> bool {
        matches!(self, Revocation::Good | Revocation::RevokedSince { invalid_since: None, .. })
    }
}

/// CRLs and OCSP responses found in a file, read once.
#[derive(Default)]
pub struct Evidence {
    lists: Vec<List>,
    responses: Vec<Response>,
}

struct Response {
    basic: OcspBasicResponse,
    der: Vec<u8>,
}

impl Evidence {
    /// Adds a CRL in DER; what cannot be read is left out.
    pub fn add_crl(&mut self, der: &[u8]) {
        if self.lists.len() < EVIDENCE_MAX {
            self.lists.extend(List::read(der));
        }
    }

    /// Adds an OCSP response in DER; what cannot be read is left out.
    pub fn add_ocsp(&mut self, der: &[u8]) {
        if self.responses.len() < EVIDENCE_MAX
            && let Ok(response) = OcspResponse::from_der(der)
            && let Ok(basic) = response.basic()
        {
            self.responses.push(Response { basic, der: der.to_vec() });
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.responses.is_empty()
    }
}

/// What the evidence says of the certificates of a trusted path (leaf first, root last) at a time.
///
/// `proven` tells that the time is proven by a time stamp: then a later revocation does no harm.
/// Where it is only claimed, any revocation in the evidence counts, with its date.
pub fn check_revocation(
    path: &[X509],
    others: &[X509],
    roots: &TrustRoots,
    evidence: &Evidence,
    at: i64,
    proven: bool,
) -> Revocation {
    let desk = Desk { others, roots, evidence };
    let (mut unknown, mut held, mut since) = (None, None, None);
    for pair in path.windows(2) {
        let [subject, issuer] = pair else { continue };
        let said = |mark: &Mark| format!("{}, by {}", full_name(subject.subject_name()), mark.by);
        match desk.standing(subject, issuer, at, TURNS_MAX) {
            Standing::Revoked(mark) if !proven || mark.at <= at => {
                return Revocation::Revoked { at: mark.at, what: said(&mark) };
            }
            Standing::Revoked(mark) => {
                let invalid_since = mark.invalid_since.filter(|from| *from <= at);
                let found = Revocation::RevokedSince { at: mark.at, invalid_since, what: said(&mark) };
                if invalid_since.is_some() || since.is_none() {
                    since = Some(found);
                }
            }
            Standing::OnHold(mark) => {
                held.get_or_insert(Revocation::OnHold { since: mark.at, what: said(&mark) });
            }
            Standing::Good => {}
            Standing::Unknown(why) => {
                unknown.get_or_insert(why);
            }
        }
    }
    if path.len() < 2 {
        // A root that signs documents itself: nobody above could revoke it.
        return Revocation::NotChecked("the signer's certificate is itself a trust root".to_owned());
    }
    let doubtful = since.take_if(|found| !found.is_good());
    let unknown = unknown.map(|why| Revocation::NotChecked(why.to_owned()));
    held.or(doubtful).or(unknown).or(since).unwrap_or(Revocation::Good)
}

/// The steps of a trusted path (certificate and issuer) of which the evidence does not say how they stood at a time, and
/// those of responders whose word waits for somebody else's.
pub(crate) fn unknown_steps(
    path: &[X509],
    others: &[X509],
    roots: &TrustRoots,
    evidence: &Evidence,
    at: i64,
) -> Vec<[X509; 2]> {
    let desk = Desk { others, roots, evidence };
    let mut steps = Vec::new();
    for pair in path.windows(2) {
        let [subject, issuer] = pair else { continue };
        if matches!(desk.standing(subject, issuer, at, TURNS_MAX), Standing::Unknown(_)) {
            steps.push([subject.clone(), issuer.clone()]);
            steps.extend(desk.waiting_delegates(subject, issuer).map(|delegate| [delegate, issuer.clone()]));
        }
    }
    steps
}

/// Whether a key may sign CRLs: where its usages are named, that is among them (RFC 5280, 4.2.1.3 and 6.3.3 (f)).
pub(crate) fn signs_lists(issuer: &X509) -> bool {
    issuer.key_usage().is_none_or(|usage| usage.contains(X509KeyUsage::CRL_SIGN))
}

/// What the evidence says of one certificate.
enum Standing {
    Good,
    /// The certificate was revoked for good.
    Revoked(Mark),
    /// It was suspended at the time asked about.
    OnHold(Mark),
    Unknown(&'static str),
}

/// What one list or response says of a certificate.
struct Statement {
    /// When it was made, seconds since 1970.
    made: i64,
    status: Status,
}

enum Status {
    Good {
        /// Until when the statement claims to be current.
        until: i64,
        /// Certificates that ended since then are still named when they were revoked; never: the end of time.
        keeps_since: i64,
    },
    Revoked(Mark),
}

/// How far somebody who speaks for an issuer can be believed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Delegate {
    Believed,
    /// Only where he says *revoked*: whether he is revoked himself is not known.
    Waiting,
    Revoked,
}

#[derive(Clone, Copy)]
struct Desk<'a> {
    others: &'a [X509],
    roots: &'a TrustRoots,
    evidence: &'a Evidence,
}

impl Desk<'_> {
    fn standing(self, subject: &X509, issuer: &X509, at: i64, turns: usize) -> Standing {
        let mut found = self.by_ocsp(subject, issuer, turns);
        found.extend(self.by_lists(subject, issuer, turns));
        let marks = || {
            found.iter().filter_map(|one| match &one.status {
                Status::Revoked(mark) => Some((one.made, *mark)),
                Status::Good { .. } => None,
            })
        };
        // A revocation is final (RFC 5280, 3.3): a newer statement that does not name it does not undo it.
        if let Some((_, mark)) = marks().filter(|(_, mark)| !mark.hold).min_by_key(|(_, mark)| mark.at) {
            return Standing::Revoked(mark);
        }
        let ended = unix_time(subject.not_after()).unwrap_or(i64::MIN);
        // The newest statement is the one that counts.
        let newest = found.iter().max_by_key(|one| (one.made, matches!(one.status, Status::Revoked(_))));
        match newest.map(|one| (one.made, &one.status)) {
            Some((_, Status::Revoked(mark))) if mark.at <= at => Standing::OnHold(*mark),
            // Suspended after the time asked about.
            Some((_, Status::Revoked(_))) => Standing::Good,
            Some((_, Status::Good { until, .. })) if *until < at => {
                Standing::Unknown("the revocation data were out of date at that time")
            }
            // Who was revoked is taken off the list some time after his certificate ended (RFC 5280, 3.3), so that a
            // later statement says nothing good of him, unless it tells that it keeps them.
            Some((made, Status::Good { keeps_since, .. })) if made > ended && *keeps_since > ended => {
                Standing::Unknown(
                    "the revocation data are younger than the end of the certificate they are about",
                )
            }
            Some((made, Status::Good { .. })) => {
                // A hold that was lifted: when exactly is not known, only that it was by then.
                let lifted = marks().find(|(_, mark)| mark.at <= at && at < made);
                lifted.map_or(Standing::Good, |(_, mark)| Standing::OnHold(mark))
            }
            None => Standing::Unknown("there are no revocation data for every certificate of the path"),
        }
    }

    fn by_lists(self, subject: &X509, issuer: &X509, turns: usize) -> Vec<Statement> {
        let mut complete = Vec::new();
        let mut deltas = Vec::new();
        let mut partial = Vec::new();
        for list in &self.evidence.lists {
            let word = list.word_on(subject);
            if word == Word::Nothing {
                continue;
            }
            let (signer, delegate) = if same_name(list.issuer(), issuer.subject_name()) {
                (issuer.clone(), Delegate::Believed)
            } else if let Some(found) = self.signer_of_indirect(list, issuer, turns) {
                found
            } else {
                continue;
            };
            let signed = signer.public_key().is_ok_and(|key| list.is_signed_by(&key));
            if !signs_lists(&signer) || !signed || delegate == Delegate::Revoked {
                continue;
            }
            let full = word == Word::Full && delegate == Delegate::Believed;
            if let Word::Partial(reasons) = word
                && delegate == Delegate::Believed
                && !list.is_delta()
                && list.entry(subject) == Entry::Absent
            {
                partial.push((list, reasons));
            }
            let one = (list, full, fingerprint(&signer));
            if list.is_delta() { deltas.push(one) } else { complete.push(one) }
        }
        let mut found = Vec::new();
        let until = |list: &List| list.until.unwrap_or(i64::MAX);
        let good = |list: &List| Status::Good { until: until(list), keeps_since: list.keeps_since() };
        for (list, full, signer) in &complete {
            match list.entry(subject) {
                Entry::Revoked(mark) => {
                    found.push(Statement { made: list.made, status: Status::Revoked(mark) });
                }
                Entry::Absent if *full => found.push(Statement { made: list.made, status: good(list) }),
                // Only a delta takes anything off; a complete list that does says nothing.
                Entry::Absent | Entry::Removed | Entry::Unreadable => continue,
            }
            for (delta, sound, by) in &deltas {
                if !*full || !*sound || by != signer || !list.is_continued_by(delta) {
                    continue;
                }
                let status = match (delta.entry(subject), list.entry(subject)) {
                    (Entry::Removed, _) | (Entry::Absent, Entry::Absent) => good(delta),
                    (Entry::Absent, Entry::Revoked(mark)) => Status::Revoked(mark),
                    // What the delta adds is told below; what cannot be read tells nothing.
                    _ => continue,
                };
                found.push(Statement { made: delta.made, status });
            }
        }
        found.extend(added_up(partial));
        // What a delta adds is true whether its base is there or not.
        for (delta, ..) in &deltas {
            if let Entry::Revoked(mark) = delta.entry(subject) {
                found.push(Statement { made: delta.made, status: Status::Revoked(mark) });
            }
        }
        found
    }

    /// Who signed an indirect list, and how far he can be believed: the certificate named him, and his own path ends at
    /// a root that is trusted, too (RFC 5280, 6.3.3 (f)).
    fn signer_of_indirect(self, list: &List, issuer: &X509, turns: usize) -> Option<(X509, Delegate)> {
        if !list.is_indirect() || turns == 0 {
            return None;
        }
        let named = |one: &&X509| same_name(one.subject_name(), list.issuer());
        let candidates = self.others.iter().chain(self.roots.certificates()).filter(named);
        for signer in candidates {
            if !signer.public_key().is_ok_and(|key| list.is_signed_by(&key)) {
                continue;
            }
            let report = check_path(signer, self.others, self.roots, list.made);
            let ours = check_path(issuer, self.others, self.roots, list.made);
            let root = |path: &[X509]| path.last().map(|root| fingerprint(root));
            if report.trust != Trust::Trusted || root(&report.path) != root(&ours.path) {
                continue;
            }
            let mut delegate = Delegate::Believed;
            for pair in report.path.windows(2) {
                let [one, above] = pair else { continue };
                match self.standing(one, above, list.made, turns - 1) {
                    Standing::Good => {}
                    Standing::Unknown(_) | Standing::OnHold(_) if delegate == Delegate::Believed => {
                        delegate = Delegate::Waiting;
                    }
                    Standing::Unknown(_) | Standing::OnHold(_) => {}
                    Standing::Revoked(_) => delegate = Delegate::Revoked,
                }
            }
            return Some((signer.clone(), delegate));
        }
        None
    }

    fn by_ocsp(self, subject: &X509, issuer: &X509, turns: usize) -> Vec<Statement> {
        let mut found = Vec::new();
        for response in &self.evidence.responses {
            let Some(status) = status_of(&response.basic, subject, issuer) else { continue };
            let Some(made) = printed_time(&status.this_update.to_string()) else { continue };
            if !self.is_authentic(&response.basic, issuer, made) {
                continue;
            }
            let Some(inside) = Inside::read(&response.der) else { continue };
            let Some(status) = read_status(&status, inside.keeps_since(subject)) else { continue };
            let delegate = if is_signed_by(&response.basic, issuer) {
                Delegate::Believed
            } else {
                match self.delegate_of(response, &inside, issuer) {
                    // Nobody vouches for himself.
                    Some(delegate) if der(&delegate) == der(subject) => Delegate::Waiting,
                    Some(delegate) => self.belief(&delegate, issuer, made, turns),
                    None => continue,
                }
            };
            match (delegate, &status) {
                (Delegate::Believed, _) | (Delegate::Waiting, Status::Revoked(_)) => {
                    found.push(Statement { made, status });
                }
                (Delegate::Waiting | Delegate::Revoked, _) => {}
            }
        }
        found
    }

    /// Whether somebody who answers for an issuer was himself good (RFC 6960, 4.2.2.2.1): his certificate says that he is
    /// not to be checked, or the evidence says it. Where it names no way to find out, the standard leaves it to us, and
    /// he is believed.
    fn belief(self, delegate: &X509, issuer: &X509, made: i64, turns: usize) -> Delegate {
        let encoded = der(delegate);
        if extension(&encoded, oid::OCSP_NO_CHECK).is_some() {
            return Delegate::Believed;
        }
        let standing = if turns == 0 {
            Standing::Unknown("too many speak of each other")
        } else {
            self.standing(delegate, issuer, made, turns - 1)
        };
        let can_be_checked = [oid::CRL_DISTRIBUTION_POINTS, oid::AUTHORITY_ACCESS]
            .iter()
            .any(|kind| extension(&encoded, *kind).is_some());
        match standing {
            Standing::Good => Delegate::Believed,
            Standing::Revoked(_) | Standing::OnHold(_) => Delegate::Revoked,
            Standing::Unknown(_) if can_be_checked => Delegate::Waiting,
            Standing::Unknown(_) => Delegate::Believed,
        }
    }

    /// The certificate that signed a response in the issuer's stead.
    fn delegate_of(self, response: &Response, inside: &Inside<'_>, issuer: &X509) -> Option<X509> {
        let candidates = inside.certificates.iter().chain(self.others);
        let mut below = candidates.filter(|one| same_name(one.issuer_name(), issuer.subject_name()));
        below.find(|one| is_signed_by(&response.basic, one)).cloned()
    }

    /// The delegates whose answers about a certificate wait for a word on themselves.
    fn waiting_delegates(self, subject: &X509, issuer: &X509) -> impl Iterator<Item = X509> {
        self.evidence.responses.iter().filter_map(move |response| {
            let status = status_of(&response.basic, subject, issuer)?;
            let made = printed_time(&status.this_update.to_string())?;
            if is_signed_by(&response.basic, issuer) {
                return None;
            }
            let delegate = self.delegate_of(response, &Inside::read(&response.der)?, issuer)?;
            (self.belief(&delegate, issuer, made, TURNS_MAX) == Delegate::Waiting).then_some(delegate)
        })
    }

    /// The response is signed by the issuer or its delegate (RFC 6960, 4.2.2.2), with certificates
    /// that were valid when it was made.
    fn is_authentic(self, response: &OcspBasicResponse, issuer: &X509, made: i64) -> bool {
        let check = || -> Result<(), ErrorStack> {
            let store = store(self.roots, made, X509VerifyFlags::PARTIAL_CHAIN)?;
            let mut certificates = Stack::new()?;
            certificates.push(issuer.clone())?;
            for other in self.others.iter().take(CERTIFICATES_MAX) {
                certificates.push(other.clone())?;
            }
            response.verify(&certificates, &store, OcspFlag::empty())
        };
        check().is_ok()
    }
}

/// What lists for some reasons each say together, the certificate being on none of them: good where they cover all
/// reasons (RFC 5280, 6.3.3, `reasons_mask`), as of the oldest that is needed.
fn added_up(mut lists: Vec<(&List, Reasons)>) -> Option<Statement> {
    lists.sort_by_key(|(list, _)| std::cmp::Reverse(list.made));
    let mut covered = Reasons::NONE;
    let (mut made, mut until, mut keeps_since) = (i64::MAX, i64::MAX, i64::MIN);
    for (list, reasons) in lists {
        if covered.and(reasons) == covered {
            continue;
        }
        covered = covered.and(reasons);
        made = made.min(list.made);
        until = until.min(list.until.unwrap_or(i64::MAX));
        keeps_since = keeps_since.max(list.keeps_since());
    }
    (covered == Reasons::ALL).then_some(Statement { made, status: Status::Good { until, keeps_since } })
}

/// What a response says of a certificate, by whichever digest it names it.
fn status_of<'a>(response: &'a OcspBasicResponse, subject: &X509, issuer: &X509) -> Option<OcspStatus<'a>> {
    let digests =
        [MessageDigest::sha1(), MessageDigest::sha256(), MessageDigest::sha384(), MessageDigest::sha512()];
    digests.into_iter().find_map(|digest| {
        let id = OcspCertId::from_cert(digest, subject, issuer).ok()?;
        response.find_status(&id)
    })
}

fn read_status(status: &OcspStatus<'_>, keeps_since: Option<i64>) -> Option<Status> {
    let until = status.next_update().and_then(|time| printed_time(&time.to_string()));
    match status.status {
        OcspCertStatus::GOOD => Some(Status::Good {
            until: until.unwrap_or(i64::MAX),
            keeps_since: keeps_since.unwrap_or(i64::MAX),
        }),
        OcspCertStatus::REVOKED => {
            let at = status.revocation_time.and_then(|time| printed_time(&time.to_string()));
            let hold = status.reason == OcspRevokedStatus::STATUS_CERTIFICATE_HOLD;
            Some(Status::Revoked(Mark { at: at.unwrap_or(i64::MIN), hold, invalid_since: None, by: "OCSP" }))
        }
        _ => None,
    }
}
