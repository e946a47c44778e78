//! A small seeded random number generator: noise and human inaccuracy that
//! come out the same on every machine.

/// SplitMix64: one 64-bit word of state, no bad seeds.
pub(crate) struct Prng(u64);

impl Prng {
    /// A generator whose whole sequence follows from `seed`.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next value of white noise, uniform in -1..1.
    pub(crate) fn noise(&mut self) -> f64 {
        // 53 bits fit a double exactly, so no rounding is involved.
        (self.next() >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_repeatable_bounded_and_centred() {
        let draw = |seed| {
            let mut prng = Prng::new(seed);
            (0..10_000).map(|_| prng.noise()).collect::<Vec<_>>()
        };
        let values = draw(7);
        assert_eq!(values, draw(7));
        assert_ne!(values, draw(8));
        assert!(values.iter().all(|v| (-1.0..1.0).contains(v)));
        assert!((values.iter().sum::<f64>() / 10_000.0).abs() < 0.02);
    }
}
