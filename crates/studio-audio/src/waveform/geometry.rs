//! Where the marks of a picture lie.

use super::{Pair, Waveform};
use crate::{Error, Result};

/// The most pixels of a side, and of a picture.
const MOST_SIDE: u32 = 16_384;
const MOST_PIXELS: u64 = 1 << 25;
/// The part of a picture's height that lies between two lanes.
const BETWEEN: f32 = 0.06;

/// How a waveform is drawn. All lanes are drawn, one below the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Picture {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom, of all lanes together.
    pub height: u32,
    /// What is drawn.
    pub shape: Shape,
    /// How high.
    pub scale: Scale,
}

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// Upright bars with round ends.
    Bars {
        /// The width of a bar, in pixels.
        width: f32,
        /// The room between two bars, in pixels.
        gap: f32,
    },
    /// A filled curve.
    Envelope,
}

/// How high something is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Full scale of the sound is the height of a lane.
    Full,
    /// The largest sample of all lanes is; silence stays flat.
    Fit,
}

impl Picture {
    /// Bars of two pixels with one between them, as high as there is room.
    pub const fn bars(width: u32, height: u32) -> Self {
        let shape = Shape::Bars { width: 2.0, gap: 1.0 };
        Self { width, height, shape, scale: Scale::Fit }
    }

    /// A filled curve, full scale being full height.
    pub const fn envelope(width: u32, height: u32) -> Self {
        Self { width, height, shape: Shape::Envelope, scale: Scale::Full }
    }

    /// The marks from left to right, lane by lane.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for a picture of no or too many pixels, and for bars that are no
    /// bars.
    pub(super) fn marks(&self, waveform: &Waveform) -> Result<Marks> {
        let sides = 1..=MOST_SIDE;
        let pixels = u64::from(self.width) * u64::from(self.height);
        if !sides.contains(&self.width) || !sides.contains(&self.height) || pixels > MOST_PIXELS {
            let what = format!("cannot draw {} x {} pixels", self.width, self.height);
            return Err(Error::Mismatch { what });
        }
        let width = self.width as f32;
        let (thickness, pitch) = match self.shape {
            Shape::Envelope => (1.0, 1.0),
            Shape::Bars { width: bar, gap } => {
                // False for NaN too.
                if !(bar >= 0.5 && gap >= 0.0 && bar + gap <= width.max(1.0)) {
                    let what = format!("cannot draw bars of {bar} pixels with {gap} between");
                    return Err(Error::Mismatch { what });
                }
                (bar, bar + gap)
            }
        };
        // The last bar has no gap behind it.
        let count = (((width - thickness) / pitch).floor() as usize + 1).max(1);
        // Whole, so that bars of whole pixels have sharp edges.
        let margin = ((width - (count - 1) as f32 * pitch - thickness) / 2.0).floor();
        let lanes = self.lanes(waveform, count, thickness);
        Ok(Marks { thickness, first: margin + thickness / 2.0, pitch, lanes })
    }

    fn lanes(&self, waveform: &Waveform, count: usize, thickness: f32) -> Vec<Vec<Span>> {
        let full = match self.scale {
            Scale::Full => 32_768.0,
            Scale::Fit => f32::from(waveform.largest().max(1)),
        };
        let number = waveform.lanes().len() as f32;
        let height = self.height as f32;
        let between = if number > 1.0 { height * BETWEEN.min(0.3 / number) } else { 0.0 };
        let lane_height = (height - between * (number - 1.0)) / number;
        let lanes = waveform.lanes().iter().enumerate().map(|(n, lane)| {
            let top = n as f32 * (lane_height + between);
            let middle = top + lane_height / 2.0;
            let at = |value: i16| middle - f32::from(value) / full * lane_height / 2.0;
            let span = |pair: Pair| {
                let (above, below) = (at(pair.max), at(pair.min));
                // Never shorter than wide, so that silence is a row of dots; and in the lane.
                let length = (below - above).max(thickness).min(lane_height);
                let last = (top + lane_height - length).max(top);
                let above = ((above + below - length) / 2.0).clamp(top, last);
                Span { top: above, bottom: above + length }
            };
            columns(lane, count).map(span).collect()
        });
        lanes.collect()
    }
}

/// What a picture shows.
#[derive(Debug)]
pub(super) struct Marks {
    /// The width of a mark.
    pub(super) thickness: f32,
    /// Where the middle of the first mark is, from the left.
    pub(super) first: f32,
    /// From the middle of a mark to that of the next.
    pub(super) pitch: f32,
    /// The marks of each lane: the same number.
    pub(super) lanes: Vec<Vec<Span>>,
}

impl Marks {
    /// The marks of a lane, each with the place of its middle, from the left.
    pub(super) fn placed<'a>(&self, lane: &'a [Span]) -> impl Iterator<Item = (f32, Span)> + 'a {
        let (first, pitch) = (self.first, self.pitch);
        lane.iter().enumerate().map(move |(n, span)| (first + n as f32 * pitch, *span))
    }
}

/// Where a mark begins and ends, from above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    pub(super) top: f32,
    pub(super) bottom: f32,
}

/// The pairs of a lane as so many columns. Each column has all pairs that it touches; of
/// fewer pairs than columns each is repeated.
pub(super) fn columns(lane: &[Pair], count: usize) -> impl Iterator<Item = Pair> + '_ {
    (0..count).map(move |column| {
        let begin = column * lane.len() / count;
        let end = ((column + 1) * lane.len()).div_ceil(count).max(begin + 1);
        let pairs = lane.get(begin..end.min(lane.len())).unwrap_or_default();
        pairs.iter().copied().reduce(Pair::merged).unwrap_or_default()
    })
}
