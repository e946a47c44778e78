//! The mixdown: many stems, one sum.
//!
//! Each stem is decoded, brought to the mix's sample rate if that was asked for, put in its
//! place and added in f64, in the order given. The sum is then reduced to what the writer
//! takes. The result is the same to the last bit on every run, machine and number of threads:
//! for each sample the stems are added in their order, and nothing is used but operations
//! that IEEE 754 defines exactly and `libm`'s functions, which are code and not the
//! processor's. That holds for what is done with decoded samples: stems of lossless files give
//! the same ones everywhere, but the decoders of lossy files use the platform's sines, so that
//! the last bits of such a stem, and of its mix, may differ between machines.
//!
//! # Channels
//! - One channel into a stereo mix: constant power, 0.7071 (-3.01 dB) on both sides in the
//!   middle, all on one side at the ends (sine and cosine of a quarter circle).
//! - Two channels into a stereo mix: a balance. In the middle both stay as they are; the
//!   farther the place is, the quieter the other side gets (a quarter of a cosine), to
//!   silence at the end.
//! - Two channels into a mix of one: half of each. One into one, and any other number into
//!   the same: as they are. A place other than the middle is refused there.
//!
//! # Time
//! A stem begins `offset` frames of the mix after it, or before it: what lies before the
//! mix's start is cut. The mix ends with the stem that ends last.
//!
//! # Reduction
//! To whole numbers: noise of a triangular distribution, 2 units of the last bit from peak to
//! peak, is added, and the sum is rounded to the nearest number, ties to even. It comes from
//! a counter (SplitMix64 over seed, channel and frame), so that it does not depend on blocks.
//! Where all stems say that they are exact in the output's bits, none is added before the
//! first frame of the sum that is not. To floats:
//! rounded to the nearest `f32`. What lies beyond full scale is clamped and counted.

mod law;
mod reduce;
mod stem;
#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use studio_domain::{Decibels, Pan};

use crate::write::PcmFormat;
use crate::{AudioWriter, Decode, Error, Result, Sound};
use reduce::Reducer;
use stem::Feed;

/// Samples of a block of the sum, at most: 64 KiB, which stays in the processor's cache.
const BLOCK: usize = 8192;
/// Blocks that may wait between two threads.
const WAITING: usize = 4;
/// The most threads that are worth their memory.
const MOST_THREADS: usize = 32;
/// What reducing and writing cost, compared with adding one channel of a stem.
const OWN_WEIGHT: usize = 8;

/// One stem of a mix.
pub struct Stem {
    /// What it is called in errors and in the report.
    pub name: String,
    /// Its samples.
    pub sound: Box<dyn Decode>,
    /// How much louder it gets.
    pub gain: Decibels,
    /// Where it stands.
    pub pan: Pan,
    /// How many frames of the mix after the mix's start it begins; before it where negative,
    /// and what lies there is cut. At most a day either way.
    pub offset: i64,
    /// Leaves it out: not decoded, and its length does not count.
    pub mute: bool,
}

/// How a mix is made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MixOptions {
    /// How much louder the sum gets.
    pub gain: Decibels,
    /// What is done about the bits that are lost.
    pub dither: Dither,
    /// Converts stems of another sample rate; without it they are refused.
    pub convert: bool,
    /// How many threads decode and add. The result does not depend on it.
    pub threads: NonZeroUsize,
}

impl Default for MixOptions {
    /// No gain, dither from the seed 0, no conversion, one thread.
    fn default() -> Self {
        Self {
            gain: Decibels::ZERO,
            dither: Dither::Tpdf { seed: 0 },
            convert: false,
            threads: NonZeroUsize::MIN,
        }
    }
}

/// What is done about the bits that are lost in a reduction to whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dither {
    /// Rounds to the nearest, ties to even.
    Off,
    /// Adds triangular noise first, where any bits are lost: the same for the same seed.
    Tpdf {
        /// Where the noise begins.
        seed: u64,
    },
}

/// What came of a mix.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MixReport {
    /// Frames that were written.
    pub frames: u64,
    /// Samples that lay beyond full scale and were clamped, of all channels together.
    pub clipped: u64,
    /// The largest sample before the reduction: 1.0 is full scale.
    pub peak: f64,
    /// Whether noise was added. Not where the sum was exact in the output's bits already, as
    /// its stems said.
    pub dithered: bool,
    /// The stems that were mixed, in their order; those left out are missing.
    pub stems: Vec<StemReport>,
}

impl MixReport {
    /// The largest sample before the reduction (dBFS); `None` in digital silence.
    pub fn peak_level(&self) -> Option<Decibels> {
        (self.peak > 0.0).then(|| Decibels::from_f64(20.0 * libm::log10(self.peak))).flatten()
    }
}

/// What a stem was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StemReport {
    /// What it is called.
    pub name: String,
    /// What its decoder gave.
    pub sound: Sound,
    /// Its own length (frames at its own rate).
    pub frames: u64,
    /// Samples that were no finite number: silence was taken for them.
    pub invalid: u64,
}

/// Mixes stems into whatever the writer takes; the writer is left for the caller to finish.
/// After each block `progress` is told how many frames were written, and can break it off.
///
/// # Errors
/// [`Error::Mismatch`] when there is no stem to mix, or one does not go into the mix: all
/// those at another sample rate are named at once. [`Error::Malformed`] when a stem gives
/// more or fewer frames than it says that it has. [`Error::Cancelled`]; what decoding a stem
/// and writing say.
pub fn mixdown(
    stems: Vec<Stem>,
    options: &MixOptions,
    writer: &mut dyn AudioWriter,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<MixReport> {
    let frames = BLOCK / usize::from(writer.format().channels.clamp(1, 64));
    mix_in_blocks(stems, options, frames, writer, progress)
}

fn mix_in_blocks(
    stems: Vec<Stem>,
    options: &MixOptions,
    block_frames: usize,
    writer: &mut dyn AudioWriter,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<MixReport> {
    let format = writer.format();
    format.check()?;
    let mut feeds = take(stems, format, options)?;
    let exact = options.gain == Decibels::ZERO
        && feeds.iter().all(|feed| feed.is_exact(format.samples.bits()));
    let factor = law::linear(options.gain);
    let mut reducer = Reducer::new(factor, format, options.dither, exact);
    let shape = Shape { channels: usize::from(format.channels), frames: block_frames };
    let groups = groups(&mut feeds, options.threads.get().min(MOST_THREADS));
    add_in_stages(groups, shape, &mut |block| {
        let frames = if block.more { shape.frames } else { block.reach };
        reducer.write(&block.sum[..frames * shape.channels], writer)?;
        match progress(reducer.frames) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        }
    })?;
    Ok(MixReport {
        frames: reducer.frames,
        clipped: reducer.clipped,
        peak: reducer.peak,
        dithered: reducer.dithers(),
        stems: feeds.into_iter().map(Feed::into_report).collect(),
    })
}

/// The stems that are heard, ready to be added.
fn take(stems: Vec<Stem>, format: PcmFormat, options: &MixOptions) -> Result<Vec<Feed>> {
    let heard: Vec<Stem> = stems.into_iter().filter(|stem| !stem.mute).collect();
    if heard.is_empty() {
        return Err(Error::Mismatch { what: "there is no stem to mix".to_owned() });
    }
    let rate = format.sample_rate;
    let other = |stem: &&Stem| !options.convert && stem.sound.sound().sample_rate != rate;
    let others: Vec<String> = heard
        .iter()
        .filter(other)
        .map(|stem| format!("`{}` ({} Hz)", stem.name, stem.sound.sound().sample_rate))
        .collect();
    if !others.is_empty() {
        let what = format!("not at the {rate} Hz of the mix: {}", others.join(", "));
        return Err(Error::Mismatch { what });
    }
    let mut converters = Vec::new();
    heard.into_iter().map(|stem| Feed::new(stem, format, options, &mut converters)).collect()
}

/// Neighbours in the order of the stems, about as much work in each group; the last has the
/// writing to do as well.
fn groups(feeds: &mut [Feed], threads: usize) -> Vec<&mut [Feed]> {
    let total: usize = feeds.iter().map(Feed::weight).sum::<usize>() + OWN_WEIGHT;
    let (mut groups, mut rest, mut done) = (Vec::new(), feeds, 0);
    for group in 1..threads {
        let mut length = 0;
        while let Some(feed) = rest.get(length)
            && (done + feed.weight()) * threads <= total * group
        {
            done += feed.weight();
            length += 1;
        }
        if length > 0 {
            let (some, others) = rest.split_at_mut(length);
            groups.push(some);
            rest = others;
        }
    }
    groups.push(rest);
    groups
}

/// How large the blocks of the sum are.
#[derive(Clone, Copy)]
struct Shape {
    channels: usize,
    frames: usize,
}

/// A block of the sum on its way from group to group.
struct Block {
    sum: Vec<f64>,
    /// How many of its frames the stems so far reach.
    reach: usize,
    /// Whether one of the stems so far goes on behind it.
    more: bool,
}

impl Block {
    fn silent(shape: Shape) -> Self {
        Self { sum: vec![0.0; shape.frames * shape.channels], reach: 0, more: false }
    }

    fn add(&mut self, feeds: &mut [Feed], shape: Shape) -> Result<()> {
        for feed in feeds {
            self.reach = self.reach.max(feed.add(&mut self.sum, shape.channels)?);
            self.more |= !feed.ended();
        }
        Ok(())
    }
}

/// Sends each block through all groups, each on a thread of its own, the last on this one:
/// every sample gets the stems in their order, however many threads there are.
fn add_in_stages(
    mut groups: Vec<&mut [Feed]>,
    shape: Shape,
    write: &mut dyn FnMut(&Block) -> Result<()>,
) -> Result<()> {
    let last = groups.pop().unwrap_or_default();
    thread::scope(|scope| {
        let mut source: Option<Receiver<Result<Block>>> = None;
        for feeds in groups {
            let (sender, receiver) = sync_channel(WAITING);
            let earlier = source.replace(receiver);
            scope.spawn(move || run_stage(feeds, shape, earlier, &sender));
        }
        loop {
            let mut block = next(source.as_ref(), shape)?;
            block.add(last, shape)?;
            write(&block)?;
            if !block.more {
                return Ok(());
            }
        }
    })
}

/// A group between others: ends when nobody takes its blocks any more.
fn run_stage(
    feeds: &mut [Feed],
    shape: Shape,
    source: Option<Receiver<Result<Block>>>,
    sink: &SyncSender<Result<Block>>,
) {
    loop {
        let block = next(source.as_ref(), shape)
            .and_then(|mut block| block.add(feeds, shape).map(|()| block));
        let failed = block.is_err();
        if sink.send(block).is_err() || failed {
            return;
        }
    }
}

fn next(source: Option<&Receiver<Result<Block>>>, shape: Shape) -> Result<Block> {
    match source {
        None => Ok(Block::silent(shape)),
        // It ends without a word only where it panicked, which the scope passes on.
        Some(earlier) => earlier.recv().unwrap_or(Err(Error::Cancelled)),
    }
}
