//! How a recording looks from afar, and how loud it is.

use crate::Decibels;

/// What a page shows of some sound before anybody hears it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sketch {
    /// The highest sample, of either sign, of each of at most [`MOST_BARS`](Self::MOST_BARS)
    /// stretches of equal length: 255 is full scale. Empty for what cannot be decoded.
    pub bars: Vec<u8>,
    /// The integrated loudness (LUFS, ITU-R BS.1770), where there is one.
    pub loudness: Option<Decibels>,
    /// The true peak (dBTP), where there is one.
    pub true_peak: Option<Decibels>,
}

impl Sketch {
    /// The most bars.
    pub const MOST_BARS: usize = 120;

    /// At most so many bars: each the highest of those that it stands for.
    pub fn coarser(&self, most: usize) -> Vec<u8> {
        let each = self.bars.len().div_ceil(most.max(1)).max(1);
        self.bars.chunks(each).filter_map(|some| some.iter().copied().max()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coarser_bars_keep_the_highest() {
        let sketch = Sketch { bars: vec![1, 9, 3, 4, 200, 6, 7], ..Sketch::default() };
        assert_eq!(sketch.coarser(120), sketch.bars);
        assert_eq!(sketch.coarser(4), [9, 4, 200, 7]);
        assert_eq!(sketch.coarser(1), [200]);
        assert_eq!(sketch.coarser(0), [200]);
        assert_eq!(Sketch::default().coarser(4), [0; 0]);
    }
}
