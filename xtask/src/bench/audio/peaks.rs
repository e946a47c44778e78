//! Peaks of a file, and that they are right.

use std::path::Path;

use super::signals::{CHANNELS, HEADER, RATE, Take};
use super::{Bench, Verdict, installed, must, peers};
use crate::Result;

const MINUTES: u32 = 10;
const FRAMES_PER_PAIR: usize = 256;
/// The part of a peer's CPU time, and the CPU seconds, that it may take.
const MOST_OF_PEER: f64 = 0.1;
const MOST_SECONDS: f64 = 0.1;

pub(super) fn rows(bench: &Bench) -> Result<Vec<Verdict>> {
    let (file, ours) = (bench.path("peaks.wav"), bench.path("peaks.dat"));
    Take { seconds: MINUTES * 60, seed: 1, ..Take::default() }.write(&file)?;
    let mut programs = vec![bench.studio("peaks", &[&file, &ours])];
    programs.extend(installed([
        peers::ffmpeg_showwavespic(&file, &bench.path("peaks.png")),
        peers::sox_stats(&file),
    ]));
    let case = format!("peaks, {MINUTES} minutes");
    let (own, mut verdicts) = bench.race(&case, programs, &file, MOST_OF_PEER)?;
    let what = format!("{case}: CPU");
    verdicts.push(Verdict { what, found: own.cpu(), unit: "s", most: MOST_SECONDS });
    let same = std::fs::read(&ours)? == recipe(&file)?;
    verdicts.push(must(format!("{case}: the .dat is, byte for byte, as the recipe says"), same));
    std::fs::remove_file(&file)?;
    Ok(verdicts)
}

/// audiowaveform's recipe for a mixed 8-bit `.dat`, written down as it reads: 24 bits to 16
/// by dropping the lowest byte, the sum of both channels halved and cut towards zero, the
/// lowest and highest of each 256 frames, each divided by 256 and cut towards zero.
fn recipe(file: &Path) -> Result<Vec<u8>> {
    let bytes = std::fs::read(file)?;
    let sample = |bytes: &[u8]| i32::from(i16::from_le_bytes([bytes[1], bytes[2]]));
    let mut mixed = Vec::new();
    for frame in bytes[HEADER..].chunks_exact(3 * usize::from(CHANNELS)) {
        mixed.push((sample(&frame[..3]) + sample(&frame[3..])) / 2);
    }
    let pairs = mixed.len().div_ceil(FRAMES_PER_PAIR) as u32;
    let header = [1, 1, RATE, FRAMES_PER_PAIR as u32, pairs];
    let mut dat: Vec<u8> = header.iter().flat_map(|number| number.to_le_bytes()).collect();
    for frames in mixed.chunks(FRAMES_PER_PAIR) {
        let (mut min, mut max) = (frames[0], frames[0]);
        for frame in frames {
            min = min.min(*frame);
            max = max.max(*frame);
        }
        dat.extend([(min / 256) as i8 as u8, (max / 256) as i8 as u8]);
    }
    Ok(dat)
}
