//! Mixes stems without a studio: gain, pan, offset and dither, into a file in memory.
//!
//! Run it with `cargo run --example mix_stems`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::f64::consts::TAU;
use std::io::Cursor;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use studio_core::audio::decode::Memory;
use studio_core::audio::write::{WavChunks, WavWriter};
use studio_core::audio::{
    AudioWriter as _, MixOptions, MixReport, PcmFormat, SampleFormat, Stem, mixdown,
};

fn main() -> Result<(), Box<dyn Error>> {
    let (report, one) = mix(1)?;
    println!("{} frames, {} samples clipped", report.frames, report.clipped);
    println!("peak {:.1} dBFS", report.peak_level().ok_or("silence")?);
    // However many threads add, every bit is the same.
    let (_, four) = mix(4)?;
    println!("the same with four threads: {}", one == four);
    Ok(())
}

fn mix(threads: usize) -> Result<(MixReport, Vec<u8>), Box<dyn Error>> {
    let stems = vec![
        stem("bass", 55.0, "-3", "C", 0)?,
        stem("guitar", 220.0, "-9.5", "L40", 0)?,
        // The keys begin half a second later.
        stem("keys", 330.0, "-9.5", "R40", 24_000)?,
    ];
    let mut options = MixOptions::default();
    options.threads = NonZeroUsize::new(threads).ok_or("no threads")?;
    let format = PcmFormat { channels: 2, sample_rate: 48_000, samples: SampleFormat::Int24 };
    let mut wav = WavWriter::new(Cursor::new(Vec::new()), format, &WavChunks::default())?;
    let report = mixdown(stems, &options, &mut wav, &mut |_| ControlFlow::Continue(()))?;
    wav.finish()?;
    Ok((report, wav.into_inner().into_inner()))
}

/// Two seconds of a tone. Stems are decoded as the mix needs them: `audio::decode::open`
/// gives one from a file of any length.
fn stem(name: &str, hz: f64, gain: &str, pan: &str, offset: i64) -> Result<Stem, Box<dyn Error>> {
    let tone = (0..96_000).map(|n| 0.5 * (f64::from(n) * hz * TAU / 48e3).sin() as f32);
    let sound = Box::new(Memory::float(1, 48_000, tone.collect())?);
    let (name, gain, pan) = (name.to_owned(), gain.parse()?, pan.parse()?);
    Ok(Stem { name, sound, gain, pan, offset, mute: false })
}
