//! Certificate policies along a path (RFC 5280, 6.1, with the corrections of RFC 9618): explicit policies, mappings,
//! and what a CA forbids of *any policy* and of mapping. openssl's own check, as its binding offers it, wants a list of
//! policies from the caller and refuses every path that demands one; here any policy will do for the caller.
//!
//! RFC 9618 makes a graph of what was a tree that grows without bound. Since any policy will do, only whether the graph
//! is empty is asked, and that its last level alone tells: each level is worked out from the one before, and no more is
//! kept.

use std::collections::{BTreeMap, BTreeSet};

use openssl::x509::X509;

use crate::cms::ber::{BerError, Element, Tag};

/// certificatePolicies, 2.5.29.32, as it is encoded.
const POLICIES: &[u8] = &[0x55, 0x1d, 0x20];
/// policyMappings, 2.5.29.33.
const MAPPINGS: &[u8] = &[0x55, 0x1d, 0x21];
/// policyConstraints, 2.5.29.36.
const CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x24];
/// inhibitAnyPolicy, 2.5.29.54.
const INHIBIT_ANY: &[u8] = &[0x55, 0x1d, 0x36];
/// anyPolicy, 2.5.29.32.0.
const ANY: &[u8] = &[0x55, 0x1d, 0x20, 0x00];

type Policy = Vec<u8>;
type Set = BTreeSet<Policy>;
/// The last level of the graph: policies that hold there, each with those that will do for it in the next certificate.
type Level = BTreeMap<Policy, Set>;

/// What one certificate says of policies.
#[derive(Default)]
struct Said {
    policies: Option<Set>,
    mappings: Option<BTreeMap<Policy, Set>>,
    /// requireExplicitPolicy: from how many certificates below on a policy is demanded.
    demanded_after: Option<usize>,
    /// inhibitPolicyMapping: from how many certificates below on nothing is mapped.
    unmapped_after: Option<usize>,
    /// inhibitAnyPolicy: from how many certificates below on *any policy* is none.
    any_ends_after: Option<usize>,
}

/// Whether a path (signer first, trusted root last) keeps to the policies that its CAs demand.
pub(super) fn hold(path: &[X509]) -> bool {
    let below_root = path.len().saturating_sub(1);
    let mut state = State::new(below_root);
    path.iter().take(below_root).enumerate().rev().all(|(place, certificate)| {
        let Ok(der) = certificate.to_der() else { return false };
        let Ok(said) = Said::read(&der) else { return false };
        let self_issued = certificate
            .subject_name()
            .try_cmp(certificate.issuer_name())
            .is_ok_and(std::cmp::Ordering::is_eq);
        state.step(&said, place == 0, self_issued)
    })
}

/// The variables of RFC 5280, 6.1.2.
struct State {
    level: Level,
    explicit: usize,
    mapping: usize,
    any: usize,
}

impl State {
    fn new(certificates: usize) -> State {
        let level = Level::from([(ANY.to_vec(), Set::from([ANY.to_vec()]))]);
        State { level, explicit: certificates + 1, mapping: certificates + 1, any: certificates + 1 }
    }

    /// Takes the next certificate; tells whether the path still holds.
    fn step(&mut self, said: &Said, is_last: bool, self_issued: bool) -> bool {
        let any_counts = self.any > 0 || self_issued && !is_last;
        self.level = match &said.policies {
            Some(policies) => self.below(policies, any_counts),
            None => Level::new(),
        };
        if self.explicit == 0 && self.level.is_empty() {
            return false;
        }
        if is_last {
            // 6.1.5 (a) and (b).
            self.explicit = self.explicit.saturating_sub(1);
            if said.demanded_after == Some(0) {
                self.explicit = 0;
            }
            return self.explicit > 0 || !self.level.is_empty();
        }
        if let Some(mappings) = &said.mappings
            && !self.map(mappings)
        {
            return false;
        }
        // 6.1.4 (h), (i), (j).
        let less = usize::from(!self_issued);
        let next = |count: usize, said: Option<usize>| {
            let count = count.saturating_sub(less);
            said.map_or(count, |said| count.min(said))
        };
        self.explicit = next(self.explicit, said.demanded_after);
        self.mapping = next(self.mapping, said.unmapped_after);
        self.any = next(self.any, said.any_ends_after);
        true
    }

    /// 6.1.3 (d).
    fn below(&self, policies: &Set, any_counts: bool) -> Level {
        let mut level = Level::new();
        let mut hold = |policy: &Policy| {
            level.entry(policy.clone()).or_insert_with(|| Set::from([policy.clone()]));
        };
        let expected: Set = self.level.values().flatten().cloned().collect();
        for policy in policies.iter().filter(|policy| policy.as_slice() != ANY) {
            if expected.contains(policy) || self.level.contains_key(ANY) {
                hold(policy);
            }
        }
        if any_counts && policies.contains(ANY) {
            expected.iter().for_each(hold);
        }
        level
    }

    /// 6.1.4 (a) and (b).
    fn map(&mut self, mappings: &BTreeMap<Policy, Set>) -> bool {
        if mappings.contains_key(ANY) || mappings.values().any(|to| to.contains(ANY)) {
            return false;
        }
        let any_holds = self.level.contains_key(ANY);
        for (from, to) in mappings {
            if self.mapping == 0 {
                self.level.remove(from);
            } else if any_holds || self.level.contains_key(from) {
                self.level.insert(from.clone(), to.clone());
            }
        }
        true
    }
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
            match kind.content() {
                POLICIES => said.read_policies(value.content())?,
                MAPPINGS => said.read_mappings(value.content())?,
                CONSTRAINTS => said.read_constraints(value.content())?,
                INHIBIT_ANY => said.any_ends_after = Some(number(&Element::read_all(value.content())?)),
                _ => {}
            }
        }
        Ok(said)
    }

    fn read_policies(&mut self, value: &[u8]) -> Result<(), BerError> {
        let policies = self.policies.get_or_insert_default();
        for item in Element::read_all(value)?.children()? {
            let policy = item.children()?.first().copied().ok_or(BerError::Limit)?;
            policies.insert(policy.content().to_vec());
        }
        Ok(())
    }

    fn read_mappings(&mut self, value: &[u8]) -> Result<(), BerError> {
        let mappings = self.mappings.get_or_insert_default();
        for item in Element::read_all(value)?.children()? {
            let pair = item.children()?;
            let [from, to] = pair.as_slice() else { return Err(BerError::Limit) };
            mappings.entry(from.content().to_vec()).or_default().insert(to.content().to_vec());
        }
        Ok(())
    }

    fn read_constraints(&mut self, value: &[u8]) -> Result<(), BerError> {
        for item in Element::read_all(value)?.children()? {
            if item.is(Tag::context(0)) {
                self.demanded_after = Some(number(&item));
            } else if item.is(Tag::context(1)) {
                self.unmapped_after = Some(number(&item));
            }
        }
        Ok(())
    }
}

/// A count of certificates.
fn number(element: &Element<'_>) -> usize {
    let digits = element.content().iter();
    digits.fold(0_usize, |number, byte| number.saturating_mul(256).saturating_add(usize::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &str) -> Set {
        let policy = |name: &str| if name == "*" { ANY.to_vec() } else { name.as_bytes().to_vec() };
        names.split_whitespace().map(policy).collect()
    }

    /// `bears a b; maps a=x a=y; explicit 0; unmapped 0; any 0; self`, separated by semicolons.
    fn said(text: &str) -> (Said, bool) {
        let (mut said, mut self_issued) = (Said::default(), false);
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (word, rest) = part.split_once(' ').unwrap_or((part, ""));
            let count = || Some(rest.parse().unwrap());
            match word {
                "bears" => said.policies = Some(set(rest)),
                "maps" => {
                    let maps = said.mappings.get_or_insert_default();
                    for (from, to) in rest.split(' ').map(|pair| pair.split_once('=').unwrap()) {
                        let from = set(from).into_iter().next().unwrap();
                        maps.entry(from).or_default().extend(set(to));
                    }
                }
                "explicit" => said.demanded_after = count(),
                "unmapped" => said.unmapped_after = count(),
                "any" => said.any_ends_after = count(),
                "self" => self_issued = true,
                other => panic!("{other}"),
            }
        }
        (said, self_issued)
    }

    /// A path from the certificate below the root down to the signer.
    fn holds(path: &[&str]) -> bool {
        let mut state = State::new(path.len());
        path.iter().enumerate().all(|(place, text)| {
            let (said, self_issued) = said(text);
            state.step(&said, place + 1 == path.len(), self_issued)
        })
    }

    #[test]
    fn a_policy_is_demanded_from_where_a_ca_says() {
        assert!(holds(&["", ""]), "nobody demands one");
        assert!(!holds(&["explicit 0; bears a", ""]));
        assert!(holds(&["explicit 0; bears a", "bears a"]));
        assert!(!holds(&["explicit 0; bears a", "bears b"]));
        assert!(!holds(&["explicit 0", "bears a"]), "a CA that bears none passes none on");
        assert!(!holds(&["explicit 1; bears a", ""]), "after one more certificate: the signer is that one");
        assert!(holds(&["explicit 2; bears a", ""]));
        assert!(!holds(&["explicit 2; bears a", "bears a", ""]));
        assert!(!holds(&["bears a", "explicit 0"]), "the signer may demand it of himself");
        assert!(holds(&["bears a", "explicit 1"]));
        assert!(holds(&["explicit 1; bears a", "self; bears a", "bears a"]));
    }

    #[test]
    fn any_policy_is_every_policy_until_a_ca_ends_it() {
        assert!(holds(&["explicit 0; bears *", "bears a"]));
        assert!(holds(&["explicit 0; bears a", "bears *"]));
        assert!(!holds(&["explicit 0; bears a; any 0", "bears *"]));
        assert!(holds(&["explicit 0; bears a; any 0", "bears a"]));
        assert!(holds(&["explicit 0; bears a; any 1", "bears *", "bears a"]));
        assert!(!holds(&["explicit 0; bears a; any 1", "bears *", "bears *"]));
        assert!(holds(&["explicit 0; bears a; any 0", "self; bears *", "bears a"]), "self-issued ones may");
        assert!(!holds(&["explicit 0; bears a; any 0", "self; bears *"]), "the last one may not");
    }

    #[test]
    fn policies_are_mapped_until_a_ca_ends_that() {
        assert!(holds(&["explicit 0; bears a; maps a=x", "bears x"]));
        assert!(!holds(&["explicit 0; bears a; maps a=x", "bears a"]), "what was mapped is no more itself");
        assert!(holds(&["explicit 0; bears a; maps a=x a=y", "bears y"]));
        assert!(holds(&["explicit 0; bears *; maps a=x", "bears x"]), "any policy is mapped too");
        assert!(!holds(&["explicit 0; bears b; maps a=x", "bears x"]));
        assert!(!holds(&["explicit 0; unmapped 0; bears a", "bears a; maps a=x", "bears x"]));
        assert!(
            !holds(&["explicit 0; unmapped 0; bears a", "bears a; maps a=x", "bears a"]),
            "it is taken away"
        );
        assert!(holds(&["explicit 0; unmapped 1; bears a", "bears a; maps a=x", "bears x"]));
        assert!(!holds(&["bears a; maps *=x", "bears x"]), "any policy is mapped by nobody");
        assert!(!holds(&["bears a; maps a=*", "bears x"]));
    }

    #[test]
    fn a_path_that_doubles_policies_at_every_step_takes_no_time() {
        // A tree would have 2^30 leaves (RFC 9618, 2).
        let step = "bears a b; maps a=a a=b b=a b=b";
        let mut path = vec!["explicit 0; bears a b; maps a=a a=b b=a b=b"];
        path.extend([step; 30]);
        path.push("bears a");
        assert!(holds(&path));
    }
}
