//! Waveforms as SVG.

use std::fmt::Write as _;

use studio_domain::Sketch;

/// The height of a wave, in the units of its drawing.
pub(crate) const HEIGHT: u32 = 32;

/// How many bars all waves of one page have together at most: so many fit into its bytes.
const MOST_BARS: usize = 1_800;

/// How many bars each wave of a page with so many of them has.
pub(crate) fn bars_each(waves: usize) -> usize {
    (MOST_BARS / waves.max(1)).min(Sketch::MOST_BARS)
}

/// A wave: how wide it is, and the path of its bars, each of which stands on the middle of a
/// unit and is as wide as the stroke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wave {
    pub(crate) width: usize,
    pub(crate) path: String,
}

impl Wave {
    /// The wave of a sketch with at most so many bars; nothing where there is nothing to draw.
    pub(crate) fn of(sketch: &Sketch, most: usize) -> Option<Self> {
        let bars = sketch.coarser(most);
        if bars.is_empty() || most < 8 {
            return None;
        }
        let highest = u32::from(bars.iter().copied().max().unwrap_or(0)).max(1);
        let mut path = String::with_capacity(bars.len() * 9);
        for (at, bar) in bars.iter().enumerate() {
            // Silence is a dot, the highest bar as high as there is room: a wave shows the course of
            // a recording, and its loudness stands beside it.
            let height = (u32::from(*bar) * HEIGHT / highest).max(1);
            let top = (HEIGHT - height) / 2;
            // Writing to a text does not fail.
            let _ = write!(path, "M{at} {top}v{height}");
        }
        Some(Self { width: bars.len(), path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_around_the_middle() {
        let sketch = Sketch { bars: vec![0, 255, 128, 1, 1, 1, 1, 1], ..Sketch::default() };
        let wave = Wave::of(&sketch, 120).expect("a wave");
        assert_eq!(wave.width, 8);
        assert!(wave.path.starts_with("M0 15v1M1 0v32M2 8v16M3 15v1"), "{}", wave.path);
        assert_eq!(Wave::of(&Sketch::default(), 120), None);
    }

    #[test]
    fn a_page_has_room_for_its_waves() {
        assert_eq!(bars_each(0), 120);
        assert_eq!(bars_each(15), 120);
        assert_eq!(bars_each(100), 18);
        let sketch = Sketch { bars: vec![255; 120], ..Sketch::default() };
        for waves in [1, 20, 40, 60, 100, 300, 1000] {
            let wave = Wave::of(&sketch, bars_each(waves));
            let bytes = wave.map_or(0, |wave| wave.path.len()) * waves;
            assert!(bytes < 19_000, "{waves}: {bytes}");
        }
    }
}
