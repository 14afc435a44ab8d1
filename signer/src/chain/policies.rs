//! Certificate policies along a path (RFC 5280, 6.1): where a CA demands one, every certificate below
//! must bear it. openssl's own check, as its binding offers it, wants a list of policies from the
//! caller and refuses every path that demands one; here any policy will do for the caller.

use std::collections::BTreeSet;

use openssl::x509::X509;

use crate::cms::ber::{BerError, Element, Tag};

/// certificatePolicies, 2.5.29.32, as it is encoded.
const POLICIES: &[u8] = &[0x55, 0x1d, 0x20];
/// policyMappings, 2.5.29.33.
const MAPPINGS: &[u8] = &[0x55, 0x1d, 0x21];
/// policyConstraints, 2.5.29.36.
const CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x24];
/// anyPolicy, 2.5.29.32.0.
const ANY: &[u8] = &[0x55, 0x1d, 0x20, 0x00];

type Set = BTreeSet<Vec<u8>>;

/// What one certificate says of policies.
#[derive(Default)]
struct Said {
    policies: Option<Set>,
    mappings: Vec<(Vec<u8>, Vec<u8>)>,
    /// requireExplicitPolicy: from how many certificates below on a policy is demanded.
    demanded_after: Option<i64>,
}

/// Whether a path (signer first, trusted root last) keeps to the policies that its CAs demand.
pub(super) fn hold(path: &[X509]) -> bool {
    let below_root = path.len().saturating_sub(1);
    // None: any policy.
    let mut valid: Option<Set> = None;
    let mut explicit = i64::MAX;
    for (place, certificate) in path.iter().take(below_root).enumerate().rev() {
        let Ok(said) = certificate.to_der().map_err(|_| BerError::Limit).and_then(|der| Said::read(&der))
        else {
            return false;
        };
        valid = match (valid, said.policies) {
            (_, None) => Some(Set::new()),
            (valid, Some(own)) if own.contains(ANY) => valid,
            (None, Some(own)) => Some(own),
            (Some(valid), Some(own)) => Some(valid.intersection(&own).cloned().collect()),
        };
        let is_signer = place == 0;
        if !is_signer {
            if let Some(valid) = &mut valid {
                let reached = said.mappings.iter().filter(|(from, _)| valid.contains(from));
                let reached: Vec<Vec<u8>> = reached.map(|(_, to)| to.clone()).collect();
                valid.extend(reached);
            }
            let self_issued = certificate
                .subject_name()
                .try_cmp(certificate.issuer_name())
                .is_ok_and(std::cmp::Ordering::is_eq);
            explicit -= i64::from(explicit > 0 && !self_issued);
        }
        if let Some(after) = said.demanded_after {
            explicit = explicit.min(if is_signer && after > 0 { explicit } else { after });
        }
        let none_left = valid.as_ref().is_some_and(Set::is_empty);
        if none_left && (explicit == 0 || is_signer && explicit <= 1) {
            return false;
        }
    }
    true
}

impl Said {
    fn read(der: &[u8]) -> Result<Said, BerError> {
        let mut said = Said::default();
        let (outer, _) = Element::read(der)?;
        let fields = outer.children()?.first().copied().ok_or(BerError::Limit)?.children()?;
        let Some(holder) = fields.iter().find(|field| field.is(Tag::context(3))) else { return Ok(said) };
        let list = holder.children()?.first().copied().ok_or(BerError::Limit)?;
        for extension in list.children()? {
            let parts = extension.children()?;
            let (Some(kind), Some(value)) = (parts.first(), parts.last()) else { continue };
            if ![POLICIES, MAPPINGS, CONSTRAINTS].contains(&kind.content()) {
                continue;
            }
            let (value, _) = Element::read(value.content())?;
            for item in value.children()? {
                match kind.content() {
                    POLICIES => {
                        let policy = item.children()?.first().copied().ok_or(BerError::Limit)?;
                        said.policies.get_or_insert_default().insert(policy.content().to_vec());
                    }
                    MAPPINGS => {
                        let pair = item.children()?;
                        let [from, to] = pair.as_slice() else { return Err(BerError::Limit) };
                        said.mappings.push((from.content().to_vec(), to.content().to_vec()));
                    }
                    _ if item.is(Tag::context(0)) => {
                        let number = item.content().iter().fold(0_i64, |number, byte| {
                            number.saturating_mul(256).saturating_add(i64::from(*byte))
                        });
                        said.demanded_after = Some(number);
                    }
                    _ => {}
                }
            }
        }
        Ok(said)
    }
}
