//! What a signature is over: bytes in memory, or bytes that are too many to be held and are given piece by piece.

/// Most bytes that are read on demand and held in one piece: only Ed25519 and Ed448 without signed attributes ask for it.
const GATHERED_BYTES_MAX: usize = 256 << 20;

/// Bytes that are given piece by piece, as often as they are asked for.
pub trait Pieces {
    /// Gives all bytes in order until `take` wants no more; `false` when not all could be given.
    fn each(&self, take: &mut dyn FnMut(&[u8]) -> bool) -> bool;
}

/// The content of a detached signature: parts, one after the other.
#[derive(Clone, Copy)]
pub enum Content<'c> {
    /// In memory.
    Parts(&'c [&'c [u8]]),
    /// Read on demand.
    Pieces(&'c dyn Pieces),
}

impl Content<'_> {
    /// Gives all bytes in order; `false` when `take` or the reading failed.
    pub(crate) fn each(self, mut take: impl FnMut(&[u8]) -> bool) -> bool {
        match self {
            Self::Parts(parts) => parts.iter().all(|part| take(part)),
            Self::Pieces(pieces) => pieces.each(&mut take),
        }
    }

    /// All bytes in one piece, for the schemes that cannot do without; none when too many are read on demand.
    pub(crate) fn gathered(self) -> Option<Vec<u8>> {
        let most = if matches!(self, Self::Parts(_)) { usize::MAX } else { GATHERED_BYTES_MAX };
        let mut whole = Vec::new();
        let fits = self.each(|piece| {
            let fits = whole.len() + piece.len() <= most;
            if fits {
                whole.extend_from_slice(piece);
            }
            fits
        });
        fits.then_some(whole)
    }
}

impl std::fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Parts(_) => "Content in memory",
            Self::Pieces(_) => "Content read on demand",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cms::Digest;

    struct Counted(usize);

    impl Pieces for Counted {
        fn each(&self, take: &mut dyn FnMut(&[u8]) -> bool) -> bool {
            (0..self.0).all(|n| take(&[u8::try_from(n % 251).unwrap_or(0)]))
        }
    }

    #[test]
    fn pieces_are_hashed_as_the_whole_is() {
        let whole: Vec<u8> = (0..1_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
        for digest in [Digest::Sha256, Digest::Sha3_512, Digest::Shake256] {
            let held = digest.hash(&[&whole[..300], &whole[300..]]);
            assert!(held.is_some());
            assert_eq!(held, digest.hash_of(Content::Pieces(&Counted(1_000))));
            assert_ne!(held, digest.hash_of(Content::Pieces(&Counted(999))));
        }
        assert_eq!(Content::Pieces(&Counted(10)).gathered(), Some(whole[..10].to_vec()));
    }
}
