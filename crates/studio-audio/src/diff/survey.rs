//! Landmarks of some sound, and by how much two sounds may be shifted.
//!
//! A landmark is a frame that is larger than all others for a while around it. Which frames
//! those are depends neither on the gain nor on the polarity nor on what comes long before
//! or after, and two sounds of which one is shifted have the same landmarks, shifted.

use std::collections::{HashMap, HashSet};

/// For so many frames behind a landmark there is no larger one. More than a period of the
/// lowest tone, and few enough landmarks for little memory.
const REACH: u64 = 2_048;
/// The size of a frame in which something is no finite number.
const BEYOND: f64 = 1e40;
/// A row of distances that comes more often than this tells nothing.
const MOST_ALIKE: usize = 8;
/// The most shifts that are tried.
const MOST_CANDIDATES: usize = 4;
/// With so many landmarks, a shift must bring some of them together to be tried.
const MANY: usize = 8;
const LEAST_MET: usize = 3;

/// What one look at some sound found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    frames: u64,
    /// The first and last frame that is not silent.
    sounding: Option<(u64, u64)>,
    /// The largest frame.
    largest: (u64, f64),
    landmarks: Vec<u64>,
    /// The largest frame since the last landmark.
    candidate: Option<(u64, f64)>,
}

impl Survey {
    /// Takes the next frames, interleaved.
    pub(super) fn add(&mut self, samples: &[f64], channels: usize) {
        match channels {
            // With the width known it takes half the time.
            1 => self.add_all(samples.as_chunks::<1>().0.iter()),
            2 => self.add_all(samples.as_chunks::<2>().0.iter()),
            _ => self.add_all(samples.chunks_exact(channels)),
        }
    }

    fn add_all<F: AsRef<[f64]>>(&mut self, frames: impl Iterator<Item = F>) {
        for frame in frames {
            let size: f64 = frame.as_ref().iter().map(|sample| sample.abs()).sum();
            let size = if size.is_finite() { size } else { BEYOND };
            self.add_frame(size);
        }
    }

    #[inline]
    fn add_frame(&mut self, size: f64) {
        let at = self.frames;
        self.frames += 1;
        if size > 0.0 {
            self.sounding = Some((self.sounding.map_or(at, |(first, _)| first), at));
        }
        match self.candidate {
            Some((place, largest)) if size <= largest && at - place < REACH => {}
            Some((place, largest)) if size <= largest => {
                self.landmarks.push(place);
                self.candidate = (size > 0.0).then_some((at, size));
            }
            _ if size > 0.0 => {
                self.candidate = Some((at, size));
                if size > self.largest.1 {
                    self.largest = (at, size);
                }
            }
            _ => {}
        }
    }

    pub(super) fn frames(&self) -> u64 {
        self.frames
    }

    /// The first frame that is not silent and the one behind the last; equal if all is.
    fn sounding(&self) -> std::ops::Range<u64> {
        self.sounding.map_or(0..0, |(first, last)| first..last + 1)
    }

    /// Whether the first frames are silent.
    pub(super) fn begins_silent(&self, frames: u64) -> bool {
        self.sounding.is_none_or(|(first, _)| first >= frames)
    }

    /// Whether the last frames are silent.
    pub(super) fn ends_silent(&self, frames: u64) -> bool {
        self.sounding.is_none_or(|(_, last)| last < self.frames.saturating_sub(frames))
    }

    /// By how many frames `other` may come later (or earlier, if negative), without 0: the
    /// likeliest first.
    pub(super) fn shifts_to(&self, other: &Self) -> Vec<i64> {
        let by = |from: u64, to: u64| to as i64 - from as i64;
        let mut shifts: Vec<i64> = self.voted(other);
        let (mine, others) = (self.sounding(), other.sounding());
        shifts.push(by(mine.start, others.start));
        shifts.push(by(self.largest.0, other.largest.0));
        shifts.push(by(mine.end, others.end));
        let known: HashSet<u64> = other.landmarks.iter().copied().collect();
        let few = self.landmarks.len().min(known.len()) < MANY;
        let met = |shift: i64| {
            let shifted = self.landmarks.iter().filter_map(|at| at.checked_add_signed(shift));
            shifted.filter(|at| known.contains(at)).take(LEAST_MET).count()
        };
        let mut tried = HashSet::from([0]);
        shifts.retain(|shift| tried.insert(*shift) && (few || met(*shift) >= LEAST_MET));
        shifts.truncate(MOST_CANDIDATES);
        shifts
    }

    /// The shifts that most rows of three landmarks speak for.
    fn voted(&self, other: &Self) -> Vec<i64> {
        let rows = |landmarks: &[u64]| -> HashMap<(u64, u64), Vec<u64>> {
            let mut rows: HashMap<_, Vec<u64>> = HashMap::new();
            for row in landmarks.array_windows::<3>() {
                let places = rows.entry((row[1] - row[0], row[2] - row[1])).or_default();
                if places.len() <= MOST_ALIKE {
                    places.push(row[0]);
                }
            }
            rows
        };
        let (mine, others) = (rows(&self.landmarks), rows(&other.landmarks));
        let mut votes: HashMap<i64, u32> = HashMap::new();
        for (row, places) in &mine {
            let there = others.get(row).map_or(&[][..], Vec::as_slice);
            if places.len() > MOST_ALIKE || there.len() > MOST_ALIKE {
                continue;
            }
            for from in places {
                for to in there {
                    *votes.entry(*to as i64 - *from as i64).or_default() += 1;
                }
            }
        }
        let mut votes: Vec<(i64, u32)> = votes.into_iter().collect();
        // The order must not depend on that of the map.
        votes.sort_unstable_by_key(|(shift, count)| (u32::MAX - count, shift.abs(), *shift));
        votes.into_iter().map(|(shift, _)| shift).take(2).collect()
    }
}
