//! Seed values: what the maker of an empty field demands of its signature (ISO 32000-1, 12.7.4.5, table 234; the
//! last two entries from ISO 32000-2, table 237). What is demanded is met or the field is not signed.

use openssl::x509::{X509, X509Ref, X509VerifyResult};

use super::choices::Choices;
use super::refusal::Refusal;
use crate::cms::Digest;
use crate::keys::Signatory;
use crate::pdf::{Dict, Object, View};

/// Flags of a seed value dictionary: which entries are demands rather than wishes.
mod flag {
    pub(super) const FILTER: i64 = 1;
    pub(super) const SUB_FILTER: i64 = 1 << 1;
    pub(super) const VERSION: i64 = 1 << 2;
    pub(super) const REASONS: i64 = 1 << 3;
    pub(super) const LEGAL_ATTESTATION: i64 = 1 << 4;
    pub(super) const REVOCATION: i64 = 1 << 5;
    pub(super) const DIGEST: i64 = 1 << 6;
    pub(super) const LOCK_DOCUMENT: i64 = 1 << 7;
    pub(super) const APPEARANCE_FILTER: i64 = 1 << 8;
}

/// Flags of a certificate seed value dictionary (table 235).
mod certificate_flag {
    pub(super) const SUBJECT: i64 = 1;
    pub(super) const ISSUER: i64 = 1 << 1;
    pub(super) const POLICY: i64 = 1 << 2;
    pub(super) const SUBJECT_DN: i64 = 1 << 3;
    pub(super) const KEY_USAGE: i64 = 1 << 5;
}

/// Newest parser of seed values that is met here: 3 is that of ISO 32000-2.
const VERSION_MAX: f64 = 3.0;
/// Most values of one list that are read.
const VALUES_MAX: usize = 256;

/// How the signature's value is labelled (`/SubFilter`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SubFilter {
    /// PAdES.
    Cades,
    /// ISO 32000-1: the same message is one of these, too.
    Pkcs7,
}

impl SubFilter {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cades => "ETSI.CAdES.detached",
            Self::Pkcs7 => "adbe.pkcs7.detached",
        }
    }
}

/// What a signature is made with, once wishes and demands are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) sub_filter: SubFilter,
    pub(crate) digest: Digest,
}

impl Settled {
    /// For a field that demands nothing.
    pub(crate) fn freely(choices: &Choices) -> Self {
        let usual = || choices.signatory.as_ref().map_or(Digest::Sha256, Signatory::usual_digest);
        Self { sub_filter: SubFilter::Cades, digest: choices.digest.unwrap_or_else(usual) }
    }

    /// For a field that may carry seed values.
    pub(crate) fn with_seed(
        view: View<'_>,
        field: &Dict,
        choices: &Choices,
        reason: Option<&str>,
    ) -> Result<Self, Refusal> {
        let free = Self::freely(choices);
        match view.value(field, b"SV")? {
            Object::Dict(dict) => Seed::read(view, dict)?.settle(choices, reason, free),
            _ => Ok(free),
        }
    }
}

struct Seed<'d> {
    view: View<'d>,
    dict: Dict,
    flags: i64,
}

fn unmet(entry: &'static str, wanted: impl Into<String>) -> Refusal {
    Refusal::SeedValueUnmet { entry, wanted: wanted.into() }
}

impl<'d> Seed<'d> {
    fn read(view: View<'d>, dict: Dict) -> Result<Self, Refusal> {
        let flags = view.value(&dict, b"Ff")?.as_integer().unwrap_or(0);
        Ok(Self { view, dict, flags })
    }

    fn demands(&self, flag: i64) -> bool {
        self.flags & flag != 0
    }

    fn value(&self, key: &[u8]) -> Result<Object, Refusal> {
        Ok(self.view.value(&self.dict, key)?)
    }

    fn settle(&self, choices: &Choices, reason: Option<&str>, free: Settled) -> Result<Settled, Refusal> {
        if let Some(filter) = self.value(b"Filter")?.as_name().filter(|name| *name != b"Adobe.PPKLite")
            && self.demands(flag::FILTER)
        {
            return Err(unmet("Filter", String::from_utf8_lossy(filter)));
        }
        if let Some(version) = self.value(b"V")?.as_number().filter(|version| *version > VERSION_MAX)
            && self.demands(flag::VERSION)
        {
            return Err(unmet("V", version.to_string()));
        }
        self.check_reason(reason)?;
        self.check_certification(choices)?;
        self.check_evidence(choices)?;
        if let Object::Dict(dict) = self.value(b"Cert")? {
            check_certificate(self.view, &dict, choices.signatory.as_ref())?;
        }
        Ok(Settled { sub_filter: self.sub_filter(free)?, digest: self.digest(choices, free)? })
    }

    /// Names or strings of a list.
    fn list(&self, key: &[u8]) -> Result<Option<Vec<String>>, Refusal> {
        let Object::Array(array) = self.value(key)? else { return Ok(None) };
        let mut list = Vec::new();
        for item in array.iter().take(VALUES_MAX) {
            match self.view.resolve(item)? {
                Object::Name(name) => list.push(name.to_text().into_owned()),
                Object::String(text) => list.push(text.to_text()),
                _ => {}
            }
        }
        Ok(Some(list))
    }

    /// The list is in the order of the maker's preference.
    fn sub_filter(&self, free: Settled) -> Result<SubFilter, Refusal> {
        let Some(list) = self.list(b"SubFilter")? else { return Ok(free.sub_filter) };
        if !self.demands(flag::SUB_FILTER) || list.iter().any(|name| name == free.sub_filter.name()) {
            return Ok(free.sub_filter);
        }
        if list.iter().any(|name| name == SubFilter::Pkcs7.name()) {
            return Ok(SubFilter::Pkcs7);
        }
        Err(unmet("SubFilter", list.join(", ")))
    }

    fn digest(&self, choices: &Choices, free: Settled) -> Result<Digest, Refusal> {
        let Some(list) = self.list(b"DigestMethod")? else { return Ok(free.digest) };
        let known: Vec<Digest> = list.iter().filter_map(|name| signing_digest(name)).collect();
        match choices.digest {
            None if known.contains(&free.digest) => Ok(free.digest),
            None if !known.is_empty() => Ok(known[0]),
            Some(digest) if known.contains(&digest) => Ok(digest),
            _ if self.demands(flag::DIGEST) => Err(unmet("DigestMethod", list.join(", "))),
            _ => Ok(free.digest),
        }
    }

    /// A list that is demanded but empty, or a lone full stop, forbids any reason.
    fn check_reason(&self, reason: Option<&str>) -> Result<(), Refusal> {
        if !self.demands(flag::REASONS) {
            return Ok(());
        }
        let list = self.list(b"Reasons")?.unwrap_or_default();
        let none = list.is_empty() || matches!(&list[..], [only] if only == ".");
        match reason {
            None if none => Ok(()),
            Some(_) if none => Err(unmet("Reasons", "no reason")),
            Some(reason) if list.iter().any(|one| one == reason) => Ok(()),
            _ => Err(unmet("Reasons", list.join(", "))),
        }
    }

    fn check_certification(&self, choices: &Choices) -> Result<(), Refusal> {
        if let Object::Dict(mdp) = self.value(b"MDP")?
            && let Some(level) = self.view.value(&mdp, b"P")?.as_integer()
        {
            let chosen = choices.certification.map_or(0, |one| i64::from(one.level()));
            if chosen != level {
                return Err(unmet(
                    "MDP",
                    if level == 0 {
                        "no certification".to_owned()
                    } else {
                        format!("certification of level {level}")
                    },
                ));
            }
        }
        let locks = self.value(b"LockDocument")?;
        let against_changes =
            choices.certification.is_some_and(|one| one == super::certify::Certification::NoChanges);
        if locks.as_name() == Some(b"true") && self.demands(flag::LOCK_DOCUMENT) && !against_changes {
            return Err(unmet("LockDocument", "certification of level 1"));
        }
        if self.demands(flag::LEGAL_ATTESTATION) && choices.certification.is_some() {
            let list = self.list(b"LegalAttestation")?.unwrap_or_default();
            return Err(unmet("LegalAttestation", list.join(", ")));
        }
        if self.demands(flag::APPEARANCE_FILTER) {
            return Err(unmet("AppearanceFilter", "an appearance known to its maker"));
        }
        Ok(())
    }

    /// Revocation data within the message is not made here: PAdES keeps it beside the signature.
    fn check_evidence(&self, choices: &Choices) -> Result<(), Refusal> {
        if let Object::Dict(stamp) = self.value(b"TimeStamp")?
            && self.view.value(&stamp, b"Ff")?.as_integer().unwrap_or(0) & 1 != 0
            && !choices.time_stamp
        {
            let url = self.view.value(&stamp, b"URL")?;
            let url = url.as_string().map(|url| url.to_text()).unwrap_or_default();
            return Err(unmet("TimeStamp", format!("a time stamp, of {url}")));
        }
        if matches!(self.value(b"AddRevInfo")?, Object::Bool(true)) && self.demands(flag::REVOCATION) {
            return Err(unmet("AddRevInfo", "revocation data within the signature"));
        }
        Ok(())
    }
}

/// The digests that are signed with, by their names in a list.
fn signing_digest(name: &str) -> Option<Digest> {
    Digest::SIGNING.into_iter().find(|digest| digest.name().replacen("SHA-", "SHA", 1) == name)
}

fn check_certificate(view: View<'_>, dict: &Dict, signatory: Option<&Signatory>) -> Result<(), Refusal> {
    let flags = view.value(dict, b"Ff")?.as_integer().unwrap_or(0);
    if flags == 0 {
        return Ok(());
    }
    let Some(signatory) = signatory else {
        return Err(unmet("Cert", "a certificate that is known beforehand"));
    };
    let own = signatory.certificate();
    let listed = |key: &[u8]| -> Result<Vec<Vec<u8>>, Refusal> {
        let mut list = Vec::new();
        if let Object::Array(array) = view.value(dict, key)? {
            for item in array.iter().take(VALUES_MAX) {
                if let Some(text) = view.resolve(item)?.as_string() {
                    list.push(text.bytes().to_vec());
                }
            }
        }
        Ok(list)
    };
    if flags & certificate_flag::SUBJECT != 0 {
        let der = own.to_der().unwrap_or_default();
        if !listed(b"Subject")?.contains(&der) {
            return Err(unmet("Cert", "one of certain certificates"));
        }
    }
    if flags & certificate_flag::ISSUER != 0 {
        let issuers: Vec<X509> =
            listed(b"Issuer")?.iter().filter_map(|der| X509::from_der(der).ok()).collect();
        let mut path = std::iter::once(own).chain(signatory.chain());
        if !path.any(|one| issuers.iter().any(|issuer| is_issued_by(one, issuer))) {
            return Err(unmet("Cert", "a certificate of one of certain issuers"));
        }
    }
    if flags & certificate_flag::KEY_USAGE != 0 {
        let patterns = listed(b"KeyUsage")?;
        if !patterns.iter().any(|pattern| usage_fits(pattern, own)) {
            return Err(unmet("Cert", "a certificate of a certain key usage"));
        }
    }
    if flags & certificate_flag::POLICY != 0 {
        return Err(unmet("Cert", "a certificate of certain policies"));
    }
    if flags & certificate_flag::SUBJECT_DN != 0 {
        return Err(unmet("Cert", "a certificate of certain names"));
    }
    Ok(())
}

fn is_issued_by(certificate: &X509Ref, issuer: &X509Ref) -> bool {
    issuer.issued(certificate) == X509VerifyResult::OK
        && issuer.public_key().is_ok_and(|key| certificate.verify(&key).unwrap_or(false))
}

/// `1` demands a bit, `0` forbids it, `X` leaves it open; from digitalSignature on (RFC 5280, 4.2.1.3).
fn usage_fits(pattern: &[u8], certificate: &X509Ref) -> bool {
    /// openssl's bits, in the order of the RFC.
    const BITS: [u32; 9] = [0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01, 0x8000];
    let set = certificate.key_usage().map_or(0, |usage| usage.bits());
    pattern.iter().zip(BITS).all(|(wanted, bit)| match wanted {
        b'0' => set & bit == 0,
        b'1' => set & bit != 0,
        _ => true,
    })
}
