//! The tree over the journal's entries (RFC 6962, section 2.1): what lets a register prove that
//! no line was slipped in, changed or taken out.
//!
//! Kept in memory are only the nodes over blocks of 64 leaves and the leaves of the last block:
//! about one byte an entry. The leaves of another block are read from the journal when asked for.

use crate::digest::{Digest, Hasher};

/// Leaves in a block.
pub(super) const BLOCK_LEAVES: u64 = 64;
const BLOCK_LEVEL: u32 = BLOCK_LEAVES.trailing_zeros();

/// The tree at some size: its root stands for every entry up to there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// Entries in the tree.
    pub size: u64,
    /// The root; of no entries, the SHA-256 of nothing.
    pub root: Digest,
}

/// That an entry is in the tree of a size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// The entry's position, from 1.
    pub position: u64,
    /// Size of the tree it is proven in.
    pub size: u64,
    /// The nodes beside the way from leaf to root, lowest first.
    pub path: Vec<Digest>,
}

/// That the tree of one size begins with the tree of another, smaller one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// Size of the smaller tree.
    pub old_size: u64,
    /// Size of the greater tree.
    pub new_size: u64,
    /// Nodes as in RFC 6962, section 2.1.2.
    pub path: Vec<Digest>,
}

/// A tree that grows.
#[derive(Debug, Clone, Default)]
pub(super) struct MerkleTree {
    size: u64,
    /// `levels[k]` are the roots of the complete subtrees of 64·2^k leaves.
    levels: Vec<Vec<Digest>>,
    /// The leaves after the last complete block.
    tail: Vec<Digest>,
    /// The roots of the complete subtrees the tree is made of, the greatest first, with log2 of
    /// their sizes.
    peaks: Vec<(u32, Digest)>,
}

fn node(left: &Digest, right: &Digest) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(&[1]);
    hasher.update(left.as_bytes());
    hasher.update(right.as_bytes());
    hasher.finish()
}

/// Greatest power of two below `size`, for sizes above 1.
fn split(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

fn root_of(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(b""),
        [leaf] => *leaf,
        _ => {
            let half = usize::try_from(split(leaves.len() as u64)).unwrap_or(leaves.len());
            let (left, right) = leaves.split_at(half);
            node(&root_of(left), &root_of(right))
        }
    }
}

impl MerkleTree {
    pub(super) fn push(&mut self, leaf: Digest) {
        self.size += 1;
        self.tail.push(leaf);
        let (mut level, mut root) = (0, leaf);
        while let Some(&(left_level, left)) = self.peaks.last()
            && left_level == level
        {
            self.peaks.pop();
            root = node(&left, &root);
            level += 1;
            self.keep(level, root);
        }
        self.peaks.push((level, root));
    }

    fn keep(&mut self, level: u32, root: Digest) {
        let Some(index) = level.checked_sub(BLOCK_LEVEL) else { return };
        if index == 0 {
            self.tail.clear();
        }
        let index = index as usize;
        if self.levels.len() == index {
            self.levels.push(Vec::new());
        }
        self.levels[index].push(root);
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn head(&self) -> TreeHead {
        let root = self.peaks.iter().rev().map(|(_, root)| *root).reduce(|right, left| node(&left, &right));
        TreeHead { size: self.size, root: root.unwrap_or_else(|| Digest::of(b"")) }
    }

    /// The root over `length` leaves from `start`, which is a node of some tree: within a block,
    /// or aligned to blocks.
    fn range<E>(&self, start: u64, length: u64, leaves: &mut Leaves<'_, E>) -> Result<Digest, E> {
        if length >= BLOCK_LEAVES && length.is_power_of_two() && start.is_multiple_of(length) {
            let level = (length.trailing_zeros() - BLOCK_LEVEL) as usize;
            let at = usize::try_from(start / length).unwrap_or(usize::MAX);
            if let Some(root) = self.levels.get(level).and_then(|roots| roots.get(at)) {
                return Ok(*root);
            }
        }
        if length <= BLOCK_LEAVES {
            let block = start / BLOCK_LEAVES;
            let from = usize::try_from(start % BLOCK_LEAVES).unwrap_or(0);
            let until = from + usize::try_from(length).unwrap_or(0);
            let known = if block == self.size / BLOCK_LEAVES { &self.tail } else { leaves.of(block)? };
            return Ok(root_of(known.get(from..until).unwrap_or_default()));
        }
        let half = split(length);
        let left = self.range(start, half, leaves)?;
        Ok(node(&left, &self.range(start + half, length - half, leaves)?))
    }

    /// The root as it was at a size that is not greater than the present one.
    pub(super) fn head_at<E>(&self, size: u64, leaves: &mut Leaves<'_, E>) -> Result<TreeHead, E> {
        let root = if size == 0 { Digest::of(b"") } else { self.range(0, size, leaves)? };
        Ok(TreeHead { size, root })
    }

    /// RFC 6962, section 2.1.1; the position counts from 1 and lies within the size.
    pub(super) fn prove<E>(
        &self,
        position: u64,
        size: u64,
        leaves: &mut Leaves<'_, E>,
    ) -> Result<InclusionProof, E> {
        let mut path = Vec::new();
        let (mut start, mut length, index) = (0, size, position - 1);
        while length > 1 {
            let half = split(length);
            if index - start < half {
                path.push(self.range(start + half, length - half, leaves)?);
                length = half;
            } else {
                path.push(self.range(start, half, leaves)?);
                start += half;
                length -= half;
            }
        }
        path.reverse();
        Ok(InclusionProof { position, size, path })
    }

    /// RFC 6962, section 2.1.2; `0 < old_size <= new_size <= self.size`.
    pub(super) fn prove_consistency<E>(
        &self,
        old_size: u64,
        new_size: u64,
        leaves: &mut Leaves<'_, E>,
    ) -> Result<ConsistencyProof, E> {
        let mut path = Vec::new();
        let (mut start, mut length, mut wanted, mut complete) = (0, new_size, old_size, true);
        while wanted != length {
            let half = split(length);
            if wanted <= half {
                path.push(self.range(start + half, length - half, leaves)?);
                length = half;
            } else {
                path.push(self.range(start, half, leaves)?);
                start += half;
                length -= half;
                wanted -= half;
                complete = false;
            }
        }
        if !complete {
            path.push(self.range(start, length, leaves)?);
        }
        path.reverse();
        Ok(ConsistencyProof { old_size, new_size, path })
    }
}

/// Where the leaves of a block come from when they are asked for.
type Fetch<'a, E> = dyn FnMut(u64) -> Result<Vec<Digest>, E> + 'a;

/// Where the leaves of complete blocks come from; remembers those it was asked for.
pub(super) struct Leaves<'a, E> {
    fetch: Box<Fetch<'a, E>>,
    known: Vec<(u64, Vec<Digest>)>,
}

impl<'a, E> Leaves<'a, E> {
    pub(super) fn new(fetch: impl FnMut(u64) -> Result<Vec<Digest>, E> + 'a) -> Self {
        Self { fetch: Box::new(fetch), known: Vec::new() }
    }

    fn of(&mut self, block: u64) -> Result<&Vec<Digest>, E> {
        let at = match self.known.iter().position(|(known, _)| *known == block) {
            Some(at) => at,
            None => {
                self.known.push((block, (self.fetch)(block)?));
                self.known.len() - 1
            }
        };
        Ok(&self.known[at].1)
    }
}

/// Whether the proof leads from the leaf to the root (RFC 9162, section 2.1.3.2).
#[must_use]
pub fn verify_inclusion(leaf: &Digest, proof: &InclusionProof, root: &Digest) -> bool {
    if proof.position == 0 || proof.position > proof.size {
        return false;
    }
    let (mut index, mut last, mut result) = (proof.position - 1, proof.size - 1, *leaf);
    for beside in &proof.path {
        if last == 0 {
            return false;
        }
        if index & 1 == 1 || index == last {
            result = node(beside, &result);
            while index & 1 == 0 && index != 0 {
                index >>= 1;
                last >>= 1;
            }
        } else {
            result = node(&result, beside);
        }
        index >>= 1;
        last >>= 1;
    }
    last == 0 && result == *root
}

/// Whether the new tree begins with the old one (RFC 9162, section 2.1.4.2).
#[must_use]
pub fn verify_consistency(proof: &ConsistencyProof, old_root: &Digest, new_root: &Digest) -> bool {
    let (old, new) = (proof.old_size, proof.new_size);
    if old == 0 || old > new {
        return false;
    }
    if old == new {
        return proof.path.is_empty() && old_root == new_root;
    }
    let mut path = proof.path.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { path.next() };
    let Some(first) = first else { return false };
    let (mut index, mut last) = (old - 1, new - 1);
    while index & 1 == 1 {
        index >>= 1;
        last >>= 1;
    }
    let (mut old_result, mut new_result) = (*first, *first);
    for beside in path {
        if last == 0 {
            return false;
        }
        if index & 1 == 1 || index == last {
            old_result = node(beside, &old_result);
            new_result = node(beside, &new_result);
            while index & 1 == 0 && index != 0 {
                index >>= 1;
                last >>= 1;
            }
        } else {
            new_result = node(&new_result, beside);
        }
        index >>= 1;
        last >>= 1;
    }
    last == 0 && old_result == *old_root && new_result == *new_root
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaf(index: u64) -> Digest {
        Digest::of(&index.to_le_bytes())
    }

    fn tree(size: u64) -> MerkleTree {
        let mut tree = MerkleTree::default();
        (0..size).for_each(|index| tree.push(leaf(index)));
        tree
    }

    fn leaves<'a>() -> Leaves<'a, ()> {
        Leaves::new(|block| Ok((block * BLOCK_LEAVES..(block + 1) * BLOCK_LEAVES).map(leaf).collect()))
    }

    #[test]
    fn the_root_is_that_of_the_plain_definition() {
        for size in (0..300).chain([511, 512, 513, 1000]) {
            let all: Vec<Digest> = (0..size).map(leaf).collect();
            assert_eq!(tree(size).head(), TreeHead { size, root: root_of(&all) }, "{size}");
        }
    }

    #[test]
    fn known_answers_of_rfc_6962_hold() {
        // Test vectors of the Certificate Transparency reference code: leaves "", 00, 10.
        let hash = |data: &[u8]| Digest::of(&[&[0], data].concat());
        let mut tree = MerkleTree::default();
        tree.push(hash(b""));
        let one = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(tree.head().root.to_string(), one);
        tree.push(hash(&[0]));
        let two = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
        assert_eq!(tree.head().root.to_string(), two);
        tree.push(hash(&[0x10]));
        let three = "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77";
        assert_eq!(tree.head().root.to_string(), three);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn every_entry_is_proven_in_every_later_tree(total in 1_u64..700, a in any::<u64>(), b in any::<u64>()) {
            let size = a % total + 1;
            let position = b % size + 1;
            let tree = tree(total);
            let head = tree.head_at(size, &mut leaves()).unwrap();
            let proof = tree.prove(position, size, &mut leaves()).unwrap();
            prop_assert!(verify_inclusion(&leaf(position - 1), &proof, &head.root));
            prop_assert!(!verify_inclusion(&leaf(position), &proof, &head.root), "another leaf");
            if size > 1 {
                let other = InclusionProof { position: position % size + 1, ..proof.clone() };
                prop_assert!(!verify_inclusion(&leaf(position - 1), &other, &head.root), "another place");
                for at in 0..proof.path.len() {
                    let mut bad = proof.clone();
                    bad.path[at].0[at % 32] ^= 1;
                    prop_assert!(!verify_inclusion(&leaf(position - 1), &bad, &head.root), "another node");
                }
                let mut short = proof.clone();
                short.path.pop();
                prop_assert!(!verify_inclusion(&leaf(position - 1), &short, &head.root));
            }
        }

        #[test]
        fn a_tree_proves_that_it_begins_with_every_earlier_one(total in 1_u64..700, a in any::<u64>(), b in any::<u64>()) {
            let new_size = a % total + 1;
            let old_size = b % new_size + 1;
            let tree = tree(total);
            let old = tree.head_at(old_size, &mut leaves()).unwrap();
            let new = tree.head_at(new_size, &mut leaves()).unwrap();
            let proof = tree.prove_consistency(old_size, new_size, &mut leaves()).unwrap();
            prop_assert!(verify_consistency(&proof, &old.root, &new.root));
            prop_assert!(!verify_consistency(&proof, &leaf(9999), &new.root));
            prop_assert!(!verify_consistency(&proof, &old.root, &leaf(9999)));
            for at in 0..proof.path.len() {
                let mut bad = proof.clone();
                bad.path[at].0[at % 32] ^= 1;
                prop_assert!(!verify_consistency(&bad, &old.root, &new.root));
            }
        }
    }
}
