//! What proves a certificate good: its path to a trust root, and for every step of it an OCSP response or a CRL.
//! Nothing but issuers' certificates is fetched before it is known that the path ends at a root.

mod lists;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use openssl::x509::X509;

use super::cache::Cache;
use super::crl::Standing;
use super::http::{Ask, Client, HttpError};
use super::issuers::{is_issuer, issuer_urls, ocsp_urls, read_certificates};
use super::limits;
use super::ocsp;
use super::reach::Origin;
use crate::chain::{PATH_LEN_MAX, Trust, TrustRoots, check_path, distinct};
use crate::cms::certificate::{der, fingerprint, full_name, unix_time};

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not what was asked for, or damaged.
    #[error("it cannot be read")]
    Unreadable,
    /// Signed neither by the issuer nor by its delegate for that purpose.
    #[error("neither the issuer nor its delegate signed it")]
    NotAuthorised,
    /// Its time is over.
    #[error("it is out of date")]
    Stale,
    /// Its time has not come.
    #[error("it is dated in the future")]
    FromFuture,
    /// The nonce is another than was sent.
    #[error("its nonce is not the one that was sent")]
    Nonce,
    /// It says nothing of the certificate.
    #[error("it is about another certificate")]
    OtherCertificate,
    /// The responder does not know the certificate.
    #[error("the responder does not know the certificate")]
    UnknownCertificate,
    /// OCSP: the responder refused, with this status (RFC 6960, 4.2.1).
    #[error("the responder refused with status {0}")]
    Refused(i32),
    /// A CRL that leaves certificates of this kind out.
    #[error("it is a partial list that leaves out certificates of this kind")]
    Partial,
    /// openssl failed.
    #[error("openssl failed")]
    OpenSsl,
}

/// Why there is no evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// No path to a trust root.
    #[error("{subject} has no path to a trust root, nothing is fetched for it: {why}")]
    NotTrusted {
        /// Whose certificate.
        subject: String,
        /// What openssl says.
        why: String,
    },
    /// The certificate names no place to ask over plain HTTP.
    #[error("the certificate of {subject} names neither an OCSP responder nor a CRL over http")]
    NoSource {
        /// Whose certificate.
        subject: String,
    },
    /// A service could not be asked.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The certificate of an issuer could not be asked for. Whether the path would end at a root is not known, so that
    /// the address is nobody's word yet.
    #[error("the issuer of {subject} could not be asked for: {down}")]
    Issuer {
        /// Whose issuer.
        subject: String,
        /// What happened.
        down: HttpError,
    },
    /// What came back cannot be used.
    #[error("the answer of {url} on {subject} cannot be used: {fault}")]
    Answer {
        /// Who answered.
        url: String,
        /// Whose certificate was asked about.
        subject: String,
        /// What is wrong.
        fault: Fault,
    },
    /// A certificate of the path is revoked.
    #[error("the certificate of {subject} was revoked at {at} (seconds since 1970)")]
    Revoked {
        /// Whose certificate.
        subject: String,
        /// When.
        at: i64,
    },
}

impl EvidenceError {
    /// Whether the same may succeed later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Http(error) | Self::Issuer { down: error, .. } => error.is_passing(),
            // Lists that are late are made in the end; `tryLater` and `internalError` say it themselves.
            Self::Answer { fault: Fault::Stale | Fault::Refused(2 | 3), .. } => true,
            _ => false,
        }
    }

    /// The stable code, for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotTrusted { .. } => "not_trusted",
            Self::NoSource { .. } => "no_revocation_source",
            Self::Http(error) | Self::Issuer { down: error, .. } => error.code(),
            Self::Revoked { .. } => "revoked",
            Self::Answer { fault, .. } => match fault {
                Fault::Unreadable => "revocation_unreadable",
                Fault::NotAuthorised => "revocation_not_authorised",
                Fault::Stale => "revocation_out_of_date",
                Fault::FromFuture => "revocation_from_future",
                Fault::Nonce => "revocation_nonce",
                Fault::OtherCertificate => "revocation_of_another",
                Fault::UnknownCertificate => "certificate_unknown",
                Fault::Refused(_) => "revocation_refused",
                Fault::Partial => "revocation_partial",
                Fault::OpenSsl => "openssl_failed",
            },
        }
    }
}

/// Where paths must end for anything to be fetched.
#[derive(Debug, Clone)]
pub enum Anchors {
    /// At these roots.
    Roots(TrustRoots),
    /// At the top of the path as the file carries it: for a person who answers for the file at hand, never for a
    /// service that takes strangers' files. Requests reach public addresses and hosts that were named only.
    Carried,
}

/// When a certificate must have been good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since 1970.
    pub at: i64,
    /// Whether a time stamp proves it: a later revocation does no harm then.
    pub proven: bool,
    /// Now, seconds since 1970.
    pub now: i64,
}

/// Everything that proves one certificate good.
#[derive(Debug, Clone, Default)]
pub struct ChainEvidence {
    /// The path and the delegates that signed OCSP responses.
    pub certificates: Vec<X509>,
    /// CRLs, DER.
    pub crls: Vec<Vec<u8>>,
    /// OCSP responses, DER.
    pub ocsp: Vec<Vec<u8>>,
}

impl ChainEvidence {
    fn add(&mut self, others: ChainEvidence) {
        self.certificates.extend(others.certificates);
        self.crls.extend(others.crls);
        self.ocsp.extend(others.ocsp);
    }
}

/// Fetches, checks and keeps evidence. Cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    cache: Arc<Cache>,
    anchors: Anchors,
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Fetcher").field("cache", &self.cache).finish_non_exhaustive()
    }
}

impl Fetcher {
    /// Asks through `client`, keeps in `cache`, for paths that end at `anchors`.
    pub fn new(client: Client, cache: Cache, anchors: Anchors) -> Self {
        Self { client, cache: Arc::new(cache), anchors }
    }

    /// The same, sharing the cache, for one purpose: so many exchanges, and so long in all.
    pub(crate) fn bounded(&self, exchanges: usize, time: Duration) -> Self {
        Self { client: self.client.bounded(exchanges, time), ..self.clone() }
    }

    /// The trust roots; none where paths end as they are carried.
    pub fn roots(&self) -> TrustRoots {
        match &self.anchors {
            Anchors::Roots(roots) => roots.clone(),
            Anchors::Carried => TrustRoots::none(),
        }
    }

    /// Whether no path can end anywhere.
    pub(crate) fn trusts_nobody(&self) -> bool {
        matches!(&self.anchors, Anchors::Roots(roots) if roots.is_empty())
    }

    /// The path of a certificate to its anchor, as it was at a time; issuers that `carried` lacks are looked for.
    ///
    /// # Errors
    /// [`EvidenceError::NotTrusted`]; [`EvidenceError::Issuer`] where an issuer could not be asked for and may be later.
    pub fn path(
        &self,
        certificate: &X509,
        carried: &[X509],
        moment: Moment,
    ) -> Result<Vec<X509>, EvidenceError> {
        let mut known = distinct(carried.iter().cloned());
        if let Anchors::Roots(roots) = &self.anchors {
            let first = check_path(certificate, &known, roots, moment.at);
            if first.trust == Trust::Trusted {
                return Ok(first.path);
            }
            known.extend(roots.certificates().iter().cloned());
        }
        let (top, down) = self.complete(certificate, &mut known, moment.now);
        let roots = match &self.anchors {
            Anchors::Roots(roots) => roots.clone(),
            Anchors::Carried => {
                let mut roots = TrustRoots::none();
                let pem = top.to_pem().unwrap_or_default();
                roots
                    .add(&pem, "top of the path")
                    .map_err(|error| not_trusted(certificate, &error.to_string()))?;
                roots
            }
        };
        let report = check_path(certificate, &known, &roots, moment.at);
        match report.trust {
            Trust::Trusted => Ok(report.path),
            Trust::Unknown(why) => Err(match down {
                Some(down) => EvidenceError::Issuer { subject: full_name(certificate.subject_name()), down },
                None => not_trusted(certificate, &why),
            }),
            Trust::OutOfValidity(why) | Trust::Forged(why) => Err(not_trusted(certificate, &why)),
        }
    }

    /// Climbs from issuer to issuer, fetching those that are not known; answers the highest, and why there is none above
    /// it where that may pass.
    fn complete(&self, certificate: &X509, known: &mut Vec<X509>, now: i64) -> (X509, Option<HttpError>) {
        let mut top = certificate.clone();
        let mut fetched = 0;
        for _ in 0..PATH_LEN_MAX {
            if is_issuer(&top, &top) {
                break;
            }
            if let Some(issuer) = known.iter().find(|candidate| is_issuer(candidate, &top)) {
                top = issuer.clone();
                continue;
            }
            if fetched == limits::ISSUERS_MAX {
                break;
            }
            fetched += 1;
            match self.fetch_issuer(&top, now) {
                Ok(Some(issuer)) => {
                    known.push(issuer.clone());
                    top = issuer;
                }
                Ok(None) => break,
                Err(down) => return (top, Some(down)),
            }
        }
        (top, None)
    }

    /// The issuer, where its certificate is found; an error where that may pass.
    fn fetch_issuer(&self, subject: &X509, now: i64) -> Result<Option<X509>, HttpError> {
        let mut down = None;
        for url in issuer_urls(subject) {
            let key = format!("issuer {} {url}", now.div_euclid(limits::ISSUER_AGE_MAX));
            let _held = self.cache.hold(key.as_bytes());
            let find = |bytes: &[u8]| {
                read_certificates(bytes).into_iter().find(|candidate| is_issuer(candidate, subject))
            };
            if let Some(found) =
                self.cache.get(key.as_bytes(), limits::ISSUER_BYTES_MAX).and_then(|kept| find(&kept))
            {
                return Ok(Some(found));
            }
            // Where the path ends is not known yet.
            match self.get(&url, "application/pkix-cert, */*", limits::ISSUER_BYTES_MAX, Origin::Unproven) {
                Ok(bytes) => {
                    if let Some(found) = find(&bytes) {
                        self.cache.put(key.as_bytes(), &bytes);
                        return Ok(Some(found));
                    }
                    tracing::debug!(url, "the file of an issuer holds another certificate");
                }
                Err(error) => {
                    tracing::debug!(%error, "an issuer's certificate was not found");
                    down = Some(error).filter(HttpError::is_passing).or(down);
                }
            }
        }
        down.map_or(Ok(None), Err)
    }

    /// Everything that proves a certificate good at a moment.
    ///
    /// # Errors
    /// [`EvidenceError`]: what is missing or wrong for the first certificate of the path where anything is.
    pub fn evidence(
        &self,
        certificate: &X509,
        carried: &[X509],
        moment: Moment,
    ) -> Result<ChainEvidence, EvidenceError> {
        let path = self.path(certificate, carried, moment)?;
        let mut found = ChainEvidence { certificates: path.clone(), ..ChainEvidence::default() };
        for pair in path.windows(2) {
            let [subject, issuer] = pair else { continue };
            let delegate = match self.standing(subject, issuer, moment, &mut found) {
                Ok(delegate) => delegate,
                Err(error @ EvidenceError::Revoked { .. }) => return Err(error),
                Err(error) => {
                    let besides = self.by_indirect(subject, issuer, carried, moment)?.ok_or(error)?;
                    found.add(besides);
                    None
                }
            };
            let Some(delegate) = delegate else { continue };
            // A delegate that may itself be revoked: by a CRL, since it cannot speak for itself. Not every CA gives
            // one out; then a CRL about the certificate itself does better, and where there is none either the response
            // stands alone, for whoever judges it.
            if let Err(error) =
                self.by_crl(&delegate, issuer, Moment { proven: false, at: moment.now, ..moment }, &mut found)
            {
                if let EvidenceError::Revoked { .. } = error {
                    return Err(error);
                }
                tracing::debug!(%error, "nothing is known of the revocation of an OCSP delegate");
                if let Err(error @ EvidenceError::Revoked { .. }) =
                    self.by_crl(subject, issuer, moment, &mut found)
                {
                    return Err(error);
                }
            }
        }
        found.certificates = distinct(found.certificates);
        found.crls.sort();
        found.crls.dedup();
        Ok(found)
    }

    /// What an indirect list says of a certificate, with all that proves its signer good; none where there is no such list.
    ///
    /// # Errors
    /// [`EvidenceError::Revoked`] where it says so.
    fn by_indirect(
        &self,
        subject: &X509,
        issuer: &X509,
        carried: &[X509],
        moment: Moment,
    ) -> Result<Option<ChainEvidence>, EvidenceError> {
        let Some(found) = self.indirect_crl(subject, issuer, carried, moment.now) else { return Ok(None) };
        judge(found.standing, subject, moment)?;
        let Some(mut evidence) = self.vouched(&found.signer, carried, moment.now) else { return Ok(None) };
        evidence.crls.push(found.bytes);
        Ok(Some(evidence))
    }

    /// What proves good today whoever signs lists in another's stead: his path, and lists that are his issuer's own.
    fn vouched(&self, signer: &X509, carried: &[X509], now: i64) -> Option<ChainEvidence> {
        let moment = Moment { at: now, proven: false, now };
        let path = self.path(signer, carried, moment).ok()?;
        let mut found = ChainEvidence { certificates: path.clone(), ..ChainEvidence::default() };
        for pair in path.windows(2) {
            let [one, above] = pair else { continue };
            if let Err(error) = self.by_crl(one, above, moment, &mut found) {
                tracing::debug!(%error, "nothing is known of the revocation of who signs an indirect list");
                return None;
            }
        }
        Some(found)
    }

    /// What is said of one certificate of a trusted path now, good or bad, to be judged by whoever asked: from what is
    /// kept, by OCSP, by CRL.
    ///
    /// # Errors
    /// [`EvidenceError`] when nobody says anything that can be used.
    pub(crate) fn statement(
        &self,
        subject: &X509,
        issuer: &X509,
        carried: &[X509],
        now: i64,
    ) -> Result<ChainEvidence, EvidenceError> {
        let by_lists = |crls: Vec<Vec<u8>>| ChainEvidence { crls, ..ChainEvidence::default() };
        // A responder cannot speak for itself, and often it is the one that its certificate names.
        if ocsp::answers_ocsp(subject)
            && let Ok((lists, _)) = self.ask_crl(subject, issuer, now)
        {
            return Ok(by_lists(lists));
        }
        if let Some((kept, _)) = self.kept_crl(subject, issuer, now) {
            return Ok(by_lists(kept));
        }
        let by_ocsp = match self.ask_ocsp(subject, issuer, now) {
            Ok((bytes, answer)) => {
                let certificates = answer.certificates;
                return Ok(ChainEvidence { certificates, ocsp: vec![bytes], crls: Vec::new() });
            }
            Err(error) => error,
        };
        let by_list = match self.ask_crl(subject, issuer, now) {
            Ok((lists, _)) => return Ok(by_lists(lists)),
            Err(EvidenceError::NoSource { .. }) => return Err(by_ocsp),
            Err(error) => error,
        };
        // Whoever judges sees whether its signer may speak, and asks about him in the next round.
        let Some(indirect) = self.indirect_crl(subject, issuer, carried, now) else { return Err(by_list) };
        let mut found = self.vouched(&indirect.signer, carried, now).unwrap_or_default();
        found.crls.push(indirect.bytes);
        Ok(found)
    }

    /// Finds out about one certificate: from what is kept, by OCSP, by CRL. Answers the OCSP delegate to be checked.
    fn standing(
        &self,
        subject: &X509,
        issuer: &X509,
        moment: Moment,
        found: &mut ChainEvidence,
    ) -> Result<Option<X509>, EvidenceError> {
        if let Some((kept, standing)) = self.kept_crl(subject, issuer, moment.now) {
            judge(standing, subject, moment)?;
            found.crls.extend(kept);
            return Ok(None);
        }
        let by_ocsp = match self.by_ocsp(subject, issuer, moment, found) {
            Ok(delegate) => return Ok(delegate),
            Err(error @ EvidenceError::Revoked { .. }) => return Err(error),
            Err(error) => error,
        };
        match self.by_crl(subject, issuer, moment, found) {
            Ok(()) => Ok(None),
            // The one that says more.
            Err(EvidenceError::NoSource { .. }) => Err(by_ocsp),
            Err(error) => Err(error),
        }
    }

    fn by_ocsp(
        &self,
        subject: &X509,
        issuer: &X509,
        moment: Moment,
        found: &mut ChainEvidence,
    ) -> Result<Option<X509>, EvidenceError> {
        let (bytes, answer) = self.ask_ocsp(subject, issuer, moment.now)?;
        judge(answer.standing, subject, moment)?;
        found.ocsp.push(bytes);
        found.certificates.extend(answer.certificates);
        Ok(answer.delegate)
    }

    /// What an OCSP responder says of a certificate below a trusted path, good or bad.
    fn ask_ocsp(
        &self,
        subject: &X509,
        issuer: &X509,
        now: i64,
    ) -> Result<(Vec<u8>, ocsp::Answer), EvidenceError> {
        let mut last = EvidenceError::NoSource { subject: named(subject) };
        for url in ocsp_urls(subject) {
            let key = format!("ocsp {url} {} {}", fingerprint(issuer), fingerprint(subject));
            let _held = self.cache.hold(key.as_bytes());
            let kept = self.cache.get(key.as_bytes(), limits::OCSP_BYTES_MAX);
            let kept = kept.and_then(|kept| {
                let answer = ocsp::check(&kept, subject, issuer, None, now).ok()?;
                Some((kept, answer))
            });
            let wrong = |fault| EvidenceError::Answer { url: url.clone(), subject: named(subject), fault };
            let asked = || -> Result<(Vec<u8>, ocsp::Answer), EvidenceError> {
                let question = ocsp::question(subject, issuer).map_err(wrong)?;
                let bytes = self.client.ask(&Ask {
                    url: &url,
                    body: Some(("application/ocsp-request", &question.der)),
                    accept: "application/ocsp-response",
                    credentials: None,
                    bytes_max: limits::OCSP_BYTES_MAX,
                    redirects: 0,
                    origin: self.origin(),
                })?;
                let answer =
                    ocsp::check(&bytes, subject, issuer, Some(&question.nonce), now).map_err(wrong)?;
                if answer.dated {
                    self.cache.put(key.as_bytes(), &bytes);
                }
                Ok((bytes, answer))
            };
            match kept.map_or_else(asked, Ok) {
                Ok(found) => return Ok(found),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn by_crl(
        &self,
        subject: &X509,
        issuer: &X509,
        moment: Moment,
        found: &mut ChainEvidence,
    ) -> Result<(), EvidenceError> {
        let (lists, standing) = self.ask_crl(subject, issuer, moment.now)?;
        judge(standing, subject, moment)?;
        found.crls.extend(lists);
        Ok(())
    }

    fn get(&self, url: &str, accept: &str, bytes_max: u64, origin: Origin) -> Result<Vec<u8>, HttpError> {
        self.client.ask(&Ask {
            url,
            body: None,
            accept,
            credentials: None,
            bytes_max,
            redirects: limits::REDIRECTS_MAX,
            origin,
        })
    }

    fn origin(&self) -> Origin {
        match self.anchors {
            Anchors::Roots(_) => Origin::Trusted,
            Anchors::Carried => Origin::Unproven,
        }
    }
}

fn named(certificate: &X509) -> String {
    full_name(certificate.subject_name())
}

fn not_trusted(certificate: &X509, why: &str) -> EvidenceError {
    EvidenceError::NotTrusted { subject: named(certificate), why: why.to_owned() }
}

fn judge(standing: Standing, subject: &X509, moment: Moment) -> Result<(), EvidenceError> {
    match standing {
        Standing::Revoked(at) if !moment.proven || at <= moment.at => {
            Err(EvidenceError::Revoked { subject: named(subject), at })
        }
        Standing::Good | Standing::Revoked(_) => Ok(()),
    }
}

/// Until when all certificates are valid.
pub(crate) fn valid_until(certificates: &[X509]) -> Option<i64> {
    certificates.iter().filter_map(|certificate| unix_time(certificate.not_after())).min()
}

/// The bytes of certificates, for the store in the file.
pub(crate) fn encoded(certificates: &[X509]) -> Vec<Vec<u8>> {
    certificates.iter().map(der).filter(|bytes| !bytes.is_empty()).collect()
}
