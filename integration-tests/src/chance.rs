//! Chance from a seed: splitmix64.

/// Numbers that look drawn; the same seed draws the same.
#[derive(Debug, Clone)]
pub struct Chance {
    state: u64,
}

impl Chance {
    /// A sequence from a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The seed of this run: `VANTHU_SEED`, or one drawn.
    ///
    /// # Panics
    /// When `VANTHU_SEED` is no number or there is no randomness.
    #[must_use]
    pub fn seed() -> u64 {
        if let Ok(text) = std::env::var("VANTHU_SEED") {
            return text.parse().expect("VANTHU_SEED is a number");
        }
        let mut bytes = [0; 8];
        openssl::rand::rand_bytes(&mut bytes).expect("randomness");
        // Short enough to be typed again.
        u64::from_le_bytes(bytes) % 1_000_000_000
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 to `n` − 1; 0 for no choice.
    pub fn below(&mut self, n: u64) -> u64 {
        self.draw() % n.max(1)
    }
}
