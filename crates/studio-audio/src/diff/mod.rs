//! What is different between two takes: nothing, when they begin, how loud they are, or
//! which parts of them.
//!
//! Both are decoded side by side, as often as needed: once if they begin together, once more
//! for each shift that is tried, and once more to look for clicks under a gain. What is kept
//! of them grows by some bytes for each 100 ms. Floats of 64 bits are compared as the nearest
//! of 32.

mod feed;
mod survey;
mod windows;

use std::ops::{ControlFlow, Range};

use studio_domain::Decibels;

use crate::decode::{MAX_CHANNELS, too_many_channels};
use crate::{Decode, Result, Sound};
use feed::{Feed, Progress};
use survey::Survey;
use windows::{Explained, Windows};

/// The most regions that are listed one by one.
pub const MOST_REGIONS: usize = 1000;

/// A shift must explain one in so many windows.
const LEAST_ALIKE: u64 = 8;

/// Opens a take for decoding from its start, as often as it is asked.
pub type Open<'a> = dyn Fn() -> Result<Box<dyn Decode>> + 'a;

/// How two takes differ, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// Every sample is equal, and there are as many.
    Identical,
    /// Every sample is equal; only the silence before or behind them is longer or shorter.
    Shifted,
    /// One is the other with another gain, perhaps inverted, but for rounding and what lies
    /// 80 dB below the sound, of which no sample stands out by more than 18 dB. Perhaps
    /// shifted too.
    Gain,
    /// Nothing but rounding is different, and what lies 80 dB below the sound as with a gain.
    /// Perhaps shifted too.
    Rounded,
    /// Parts are different, or only in one of them.
    Changed,
    /// Channels or sample rate are different: samples cannot be compared.
    Incomparable,
}

/// What is different between two takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// In one word.
    pub verdict: Verdict,
    /// What the first and the second take are.
    pub sounds: [Sound; 2],
    /// How many frames each has; `None` where they are incomparable.
    pub frames: Option<[u64; 2]>,
    /// By how many frames the second comes later than the first; earlier, if negative.
    pub shift: i64,
    /// By how much the second is louder than the first, where they are alike but for that.
    pub gain: Option<Decibels>,
    /// Whether the second is the first upside down.
    pub inverted: bool,
    /// The regions in which they are different, to 100 ms (400 frames below 4 kHz), in frames
    /// of the first take, in order; at most [`MOST_REGIONS`]. Only of what both have: see
    /// `before` and `behind` for the rest.
    pub regions: Vec<Range<u64>>,
    /// How many regions there are, listed or not.
    pub region_count: u64,
    /// How many frames lie in them.
    pub changed_frames: u64,
    /// What one take has before the other begins.
    pub before: Option<Excess>,
    /// What one take has behind the end of the other.
    pub behind: Option<Excess>,
}

/// A part that only one of two takes has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Excess {
    /// Whether the second take has it, not the first.
    pub in_second: bool,
    /// How many frames.
    pub frames: u64,
    /// Whether all of it is digital silence.
    pub silent: bool,
}

/// Compares two takes.
///
/// `progress` is told after each block how many frames were compared or passed over, of all
/// passes together; when it answers with a break, it ends with [`crate::Error::Cancelled`].
///
/// # Errors
/// What opening and decoding say, [`crate::Error::Cancelled`], and
/// [`crate::Error::Unsupported`] for more than [`MAX_CHANNELS`].
pub fn compare(
    first: &Open<'_>,
    second: &Open<'_>,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Comparison> {
    let (a, b) = (first()?, second()?);
    let sounds = [a.sound(), b.sound()];
    let [left, right] = sounds;
    if let Some(channels) = sounds.map(|sound| sound.channels).into_iter().max()
        && channels > MAX_CHANNELS
    {
        return Err(too_many_channels(channels));
    }
    if (left.channels, left.sample_rate) != (right.channels, right.sample_rate) {
        return Ok(Comparison::incomparable(sounds));
    }
    let mut progress = Progress { done: 0, tell: progress };
    let bitwise = left.bits.is_none() && right.bits.is_none();
    let mut pair = Pair { sound: left, bitwise, a: Feed::new(a), b: Feed::new(b) };
    let mut surveys = [Survey::new(), Survey::new()];
    let windows = pair.survey(&mut surveys, &mut progress)?;
    let step = step(left, pair.a.used_bits()).max(step(right, pair.b.used_bits()));
    let again = || -> Result<Pair> {
        Ok(Pair { sound: left, bitwise, a: Feed::new(first()?), b: Feed::new(second()?) })
    };
    let mut best = Found::new(0, windows, step, &surveys);
    let mut met = surveys[0].met_at_once(&surveys[1]);
    for candidate in surveys[0].shifts_to(&surveys[1]) {
        if best.is_perfect() {
            break;
        }
        // Where half is explained another shift is right only if the sound repeats itself.
        if best.is_likely() && !candidate.ends && candidate.met <= met {
            continue;
        }
        let windows = again()?.side_by_side(candidate.shift, &mut progress)?;
        let found = Found::new(candidate.shift, windows, step, &surveys);
        if found.is_better_than(&best) {
            (best, met) = (found, candidate.met);
        }
    }
    if let Some(gain) = best.explained.gain {
        let windows = &mut best.windows;
        again()?.common(best.shift, &mut progress, windows, |windows, from, a, b| {
            windows.mark_peaks(from, a, b, gain, step);
        })?;
    }
    Ok(best.into_comparison(sounds, &surveys, step))
}

/// The smallest step between two samples, of which so many bits were used: the header may
/// name too few. Of floats, that of 24 bits.
fn step(sound: Sound, used: u32) -> f64 {
    let bits = u32::from(sound.bits.unwrap_or(24)).max(used).clamp(1, 32);
    2.0_f64.powi(1 - bits.cast_signed())
}

/// Two takes that are decoded side by side.
struct Pair {
    sound: Sound,
    /// Whether both are floats, of which each bit counts.
    bitwise: bool,
    a: Feed,
    b: Feed,
}

impl Pair {
    /// From the first frames on, with a look at all of both.
    fn survey(
        &mut self,
        surveys: &mut [Survey; 2],
        progress: &mut Progress<'_>,
    ) -> Result<Windows> {
        let channels = usize::from(self.sound.channels);
        let mut windows = Windows::new(self.sound.sample_rate, channels, self.bitwise);
        loop {
            let (a, b) = (self.a.next()?, self.b.next()?);
            let frames = match (a.len() / channels, b.len() / channels) {
                (0, 0) => break,
                // The longer one goes on alone.
                (0, rest) | (rest, 0) => rest,
                (a, b) => a.min(b).min(windows.missing()),
            };
            let (a, b) =
                (&a[..a.len().min(frames * channels)], &b[..b.len().min(frames * channels)]);
            surveys[0].add(a, channels);
            surveys[1].add(b, channels);
            if a.len() == b.len() {
                windows.add(a, b);
            }
            let taken = [a.len() / channels, b.len() / channels];
            self.a.take(taken[0]);
            self.b.take(taken[1]);
            progress.add(frames)?;
        }
        surveys.iter_mut().for_each(Survey::finish);
        Ok(windows)
    }

    /// With the second one later by `shift` frames, as far as both go.
    fn side_by_side(&mut self, shift: i64, progress: &mut Progress<'_>) -> Result<Windows> {
        let channels = usize::from(self.sound.channels);
        let mut windows = Windows::new(self.sound.sample_rate, channels, self.bitwise);
        self.common(shift, progress, &mut windows, |windows, _, a, b| windows.add(a, b))?;
        Ok(windows)
    }

    /// Shows what both have when the second comes later by `shift` frames, a window or less
    /// at a time: behind how many frames it stands, and the samples of both.
    fn common(
        &mut self,
        shift: i64,
        progress: &mut Progress<'_>,
        windows: &mut Windows,
        mut each: impl FnMut(&mut Windows, u64, &[f64], &[f64]),
    ) -> Result<()> {
        let channels = usize::from(self.sound.channels);
        let late = if shift > 0 { &mut self.b } else { &mut self.a };
        late.skip(shift.unsigned_abs(), progress)?;
        let mut from = 0;
        loop {
            let (a, b) = (self.a.next()?, self.b.next()?);
            let frames = (a.len().min(b.len()) / channels).min(windows.missing_at(from));
            if frames == 0 {
                return Ok(());
            }
            each(windows, from, &a[..frames * channels], &b[..frames * channels]);
            from += frames as u64;
            self.a.take(frames);
            self.b.take(frames);
            progress.add(frames)?;
        }
    }
}

/// What was found at one shift.
struct Found {
    shift: i64,
    windows: Windows,
    explained: Explained,
    /// Frames in windows that are different.
    different: u64,
    /// Frames that only one of the takes has, those of them that are not silent, and how many
    /// there are at any shift.
    excess: u64,
    sounding: u64,
    least: u64,
}

impl Found {
    fn new(shift: i64, windows: Windows, step: f64, surveys: &[Survey; 2]) -> Self {
        let explained = windows.explain(step);
        let different = windows.unexplained(explained.gain, step, 0).frames;
        let ends: Vec<Excess> = excesses(shift, surveys).into_iter().flatten().collect();
        let [a, b] = surveys;
        Self {
            shift,
            windows,
            explained,
            different,
            excess: ends.iter().map(|end| end.frames).sum(),
            sounding: ends.iter().filter(|end| !end.silent).map(|end| end.frames).sum(),
            least: a.frames().abs_diff(b.frames()),
        }
    }

    /// Whether no other shift can leave less.
    fn is_perfect(&self) -> bool {
        self.different == 0 && (self.sounding == 0 || self.excess == self.least)
    }

    /// Whether half of it is explained: no other shift would explain more, unless the sound
    /// repeats itself.
    fn is_likely(&self) -> bool {
        self.explained.alike * 2 >= self.explained.sounding && self.explained.sounding > 0
    }

    /// Some bars of a loop are like others, and speak for no shift. Where two shifts leave as
    /// much unexplained, the one is right that leaves less over, and then the smaller one.
    fn is_better_than(&self, other: &Self) -> bool {
        let Explained { alike, sounding, .. } = self.explained;
        // What is different is so in both takes.
        let leaves = |found: &Self| {
            let unexplained = 2 * found.different + found.sounding;
            (unexplained, found.excess, found.shift.unsigned_abs(), found.shift)
        };
        leaves(self) < leaves(other) && alike > 0 && alike * LEAST_ALIKE >= sounding
    }

    fn into_comparison(self, sounds: [Sound; 2], surveys: &[Survey; 2], step: f64) -> Comparison {
        let Self { shift, windows, explained, .. } = self;
        let [a, b] = surveys;
        let start = if shift < 0 { shift.unsigned_abs() } else { 0 };
        let left = windows.unexplained(explained.gain, step, start);
        let ends @ [before, behind] = excesses(shift, surveys);
        let gain = explained.gain;
        let level = gain.and_then(|gain| Decibels::from_f64(20.0 * libm::log10(gain.abs())));
        let verdict = match () {
            () if left.count > 0 => Verdict::Changed,
            () if ends.iter().flatten().any(|excess| !excess.silent) => Verdict::Changed,
            () if gain.is_some_and(|gain| gain < 0.0) => Verdict::Gain,
            () if level.is_some_and(|level| level != Decibels::ZERO) => Verdict::Gain,
            () if gain.is_some() => Verdict::Rounded,
            () if ends == [None, None] => Verdict::Identical,
            () => Verdict::Shifted,
        };
        Comparison {
            verdict,
            sounds,
            frames: Some([a.frames(), b.frames()]),
            shift,
            gain: level,
            inverted: gain.is_some_and(|gain| gain < 0.0),
            regions: left.regions,
            region_count: left.count,
            changed_frames: left.frames,
            before,
            behind,
        }
    }
}

/// What only one of the takes has: before the other begins, and behind its end.
fn excesses(shift: i64, [a, b]: &[Survey; 2]) -> [Option<Excess>; 2] {
    let longer = (b.frames() as i64 - a.frames() as i64).saturating_sub(shift);
    [excess(shift, a, b, Survey::begins_silent), excess(longer, a, b, Survey::ends_silent)]
}

/// What the second take has too much, if positive, or the first, if negative.
fn excess(
    frames: i64,
    a: &Survey,
    b: &Survey,
    is_silent: impl Fn(&Survey, u64) -> bool,
) -> Option<Excess> {
    let in_second = frames > 0;
    let survey = if in_second { b } else { a };
    let frames = frames.unsigned_abs();
    (frames > 0).then(|| Excess { in_second, frames, silent: is_silent(survey, frames) })
}

impl Comparison {
    fn incomparable(sounds: [Sound; 2]) -> Self {
        Self {
            verdict: Verdict::Incomparable,
            sounds,
            frames: None,
            shift: 0,
            gain: None,
            inverted: false,
            regions: Vec::new(),
            region_count: 0,
            changed_frames: 0,
            before: None,
            behind: None,
        }
    }
}
