//! The running sum over all pairs of a view.

use crate::digest::Hasher;

const LANES: usize = 4;
const BYTES: usize = 8 * (2 + LANES);

/// What a view comes to at a position: how many pairs, and a sum of their hashes in which their
/// order does not matter. It finds faults, not forgers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ViewDigest {
    /// The last position applied.
    pub position: u64,
    /// How many pairs there are.
    pub pairs: u64,
    /// The sum, in four numbers.
    pub sum: [u64; LANES],
}

fn lanes(key: &[u8], value: &[u8]) -> [u64; LANES] {
    let mut hasher = Hasher::new();
    hasher.update(&(key.len() as u64).to_le_bytes());
    hasher.update(key);
    hasher.update(value);
    let digest = hasher.finish().0;
    let (chunks, _) = digest.as_chunks::<8>();
    std::array::from_fn(|lane| chunks.get(lane).map_or(0, |chunk| u64::from_le_bytes(*chunk)))
}

impl ViewDigest {
    pub(super) fn add(&mut self, key: &[u8], value: &[u8]) {
        self.pairs = self.pairs.wrapping_add(1);
        for (sum, lane) in self.sum.iter_mut().zip(lanes(key, value)) {
            *sum = sum.wrapping_add(lane);
        }
    }

    pub(super) fn remove(&mut self, key: &[u8], value: &[u8]) {
        self.pairs = self.pairs.wrapping_sub(1);
        for (sum, lane) in self.sum.iter_mut().zip(lanes(key, value)) {
            *sum = sum.wrapping_sub(lane);
        }
    }

    pub(super) fn to_bytes(self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        let numbers = [self.position, self.pairs].into_iter().chain(self.sum);
        for (chunk, number) in bytes.chunks_exact_mut(8).zip(numbers) {
            chunk.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; BYTES] = bytes.try_into().ok()?;
        let (numbers, _) = bytes.as_chunks::<8>();
        let mut numbers = numbers.iter().map(|chunk| u64::from_le_bytes(*chunk));
        let (position, pairs) = (numbers.next()?, numbers.next()?);
        let mut sum = [0; LANES];
        for lane in &mut sum {
            *lane = numbers.next()?;
        }
        Some(Self { position, pairs, sum })
    }
}
