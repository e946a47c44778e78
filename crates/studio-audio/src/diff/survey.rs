//! Landmarks of some sound, and by how much two sounds may be shifted.
//!
//! A landmark is a frame that is larger than all others for a while around it. Which frames
//! those are depends neither on the gain nor on the polarity nor on what comes long before
//! or after, and two sounds of which one is shifted have the same landmarks, shifted. Of
//! frames that are as large as each other the one counts that has more around it: what is
//! limited or clipped has many at full scale.

use std::collections::{HashMap, HashSet};

/// For so many frames behind a landmark there is no larger one. More than a period of the
/// lowest tone, and few enough landmarks for little memory.
const REACH: u64 = 2_048;
/// The frames around one that decide between equals: half of them before it.
const AROUND: usize = 1_024;
/// What 1.0 is as a whole number: sums of those do not depend on where they began.
const ONE: f64 = 17_592_186_044_416.0;
/// The largest size of a frame that is told from others; also of one in which something is
/// no finite number. So many of them as decide between equals can be summed up.
const BEYOND: f64 = 256.0;
/// A row of distances that comes more often than this tells nothing.
const MOST_ALIKE: usize = 8;
/// The most shifts that are tried, but for that at which the ends meet.
const MOST_CANDIDATES: usize = 4;
/// With so many landmarks, a shift must bring some of them together to be tried.
const MANY: usize = 8;
const LEAST_MET: usize = 3;

/// A frame as it is compared with others: its size, then the sum of those around it.
type Weight = (i64, i64);

/// What one look at some sound found.
#[derive(Debug)]
pub(super) struct Survey {
    frames: u64,
    /// The first and last frame that is not silent.
    sounding: Option<(u64, u64)>,
    /// The first and the last of the largest frames.
    largest: (u64, u64, Weight),
    landmarks: Vec<u64>,
    /// The largest frame since the last landmark.
    candidate: Option<(u64, Weight)>,
    /// The sizes of the last frames, in a ring, and their sum.
    recent: Box<[i64; AROUND]>,
    sum: i64,
    /// How many sizes were pushed.
    pushed: u64,
    /// The least size that is to be judged, and how many may be pushed before any is.
    floor: i64,
    limit: u64,
}

/// A shift that may be the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    /// By how many frames the other comes later; earlier, if negative.
    pub(super) shift: i64,
    /// How many landmarks it brings together.
    pub(super) met: usize,
    /// Whether both end together then.
    pub(super) ends: bool,
}

impl Survey {
    pub(super) fn new() -> Self {
        Self {
            frames: 0,
            sounding: None,
            largest: (0, 0, (0, 0)),
            landmarks: Vec::new(),
            candidate: None,
            recent: Box::new([0; AROUND]),
            sum: 0,
            pushed: 0,
            floor: 1,
            limit: u64::MAX,
        }
    }

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
        let (from, mut count) = (self.frames, 0);
        let mut sounding = None;
        let sizes = frames.map(|frame| {
            let size: f64 = frame.as_ref().iter().map(|sample| sample.abs()).sum();
            if size != 0.0 {
                sounding = Some((sounding.map_or(count, |(first, _)| first), count));
            }
            count += 1;
            // Of what is no number and the bound it is the bound.
            (size.min(BEYOND) * ONE) as i64
        });
        self.push(sizes);
        self.frames += count;
        if let Some((first, last)) = sounding {
            self.sounding =
                Some((self.sounding.map_or(from + first, |(first, _)| first), from + last));
        }
    }

    /// Judges what was looked at last, as if silence followed.
    pub(super) fn finish(&mut self) {
        self.push(std::iter::repeat_n(0, AROUND / 2));
    }

    /// Takes the sizes of frames, and judges as many of half of [`AROUND`] before.
    fn push(&mut self, sizes: impl Iterator<Item = i64>) {
        // Out of `self` what every frame needs stays in registers.
        let (mut pushed, mut sum) = (self.pushed, self.sum);
        for size in sizes {
            let slot = (pushed % AROUND as u64) as usize;
            sum += size - self.recent[slot];
            self.recent[slot] = size;
            let middle = self.recent[(slot + AROUND / 2) % AROUND];
            pushed += 1;
            // Nearly all are smaller than the candidate, and near it.
            if middle >= self.floor || pushed > self.limit {
                self.judge(pushed, (middle, sum));
            }
        }
        (self.pushed, self.sum) = (pushed, sum);
    }

    /// Judges the frame in the middle of those around it, when so many were pushed.
    fn judge(&mut self, pushed: u64, weight: Weight) {
        let Some(at) = pushed.checked_sub(AROUND as u64 / 2 + 1) else { return };
        match self.candidate {
            Some((place, largest)) if weight <= largest && at - place < REACH => {}
            Some((place, largest)) if weight <= largest => {
                self.landmarks.push(place);
                self.candidate = (weight.0 > 0).then_some((at, weight));
            }
            _ if weight.0 > 0 => self.candidate = Some((at, weight)),
            _ => {}
        }
        (self.floor, self.limit) = match self.candidate {
            Some((place, (size, _))) => (size, place + REACH + AROUND as u64 / 2),
            None => (1, u64::MAX),
        };
        if weight > self.largest.2 && weight.0 > 0 {
            self.largest = (at, at, weight);
        } else if weight == self.largest.2 {
            self.largest.1 = at;
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
    /// likeliest first. That at which both end together is always among them.
    pub(super) fn shifts_to(&self, other: &Self) -> Vec<Candidate> {
        let by = |from: u64, to: u64| to as i64 - from as i64;
        let (mine, others) = (self.sounding(), other.sounding());
        let together = by(self.frames, other.frames);
        let mut shifts = self.voted(other);
        shifts.extend([
            together,
            by(mine.start, others.start),
            by(mine.end, others.end),
            by(self.largest.0, other.largest.0),
            by(self.largest.1, other.largest.1),
        ]);
        let mut tried = HashSet::from([0]);
        shifts.retain(|shift| tried.insert(*shift));
        let known: HashSet<u64> = other.landmarks.iter().copied().collect();
        let few = self.landmarks.len().min(known.len()) < MANY;
        let candidate =
            |shift: i64| Candidate { shift, met: self.met(&known, shift), ends: shift == together };
        let mut found: Vec<Candidate> = shifts.into_iter().map(candidate).collect();
        found.retain(|candidate| few || candidate.met >= LEAST_MET || candidate.ends);
        found.sort_by_key(|candidate| {
            (usize::MAX - candidate.met, !candidate.ends, candidate.shift.abs(), candidate.shift)
        });
        let mut others = 0;
        found.retain(|candidate| {
            others += usize::from(!candidate.ends);
            candidate.ends || others <= MOST_CANDIDATES
        });
        found
    }

    /// How many landmarks of both are at the same places.
    pub(super) fn met_at_once(&self, other: &Self) -> usize {
        self.met(&other.landmarks.iter().copied().collect(), 0)
    }

    /// How many landmarks a shift brings to those of another sound.
    fn met(&self, known: &HashSet<u64>, shift: i64) -> usize {
        let shifted = self.landmarks.iter().filter_map(|at| at.checked_add_signed(shift));
        shifted.filter(|at| known.contains(at)).count()
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
