//! Measures how loud some sound is, as broadcasters do (ITU-R BS.1770, EBU R 128).
//!
//! Run it with `cargo run --example measure_loudness`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::f64::consts::TAU;
use std::ops::ControlFlow;

use studio_core::audio::analysis::{Measures, analyse};
use studio_core::audio::decode::Memory;

fn main() -> Result<(), Box<dyn Error>> {
    // The first test signal of EBU Tech 3341: twenty seconds of 1 kHz on both channels, whose
    // peaks are 23 dB below full scale. A meter must read -23.0 LUFS.
    let peak = 10.0_f64.powf(-23.0 / 20.0);
    let wave = (0..20 * 48_000).map(|frame| peak * (f64::from(frame) * 1e3 * TAU / 48e3).sin());
    let stereo = wave.flat_map(|sample| [sample as f32; 2]).collect();

    // Sound in memory; `audio::decode::open` gives that of a file, block by block.
    let mut sound = Memory::float(2, 48_000, stereo)?;
    // It is told how far it is after each block, and could be stopped there.
    let mut go_on = |_frames| ControlFlow::Continue(());
    let analysis = analyse(&mut sound, Measures::ALL, &mut go_on)?;

    let loudness = analysis.loudness.ok_or("too short, or of a strange rate")?;
    // There is no level where there is no sound: `None`, never minus infinity.
    println!("integrated   {:.1} LUFS", loudness.integrated.ok_or("it is silent")?);
    println!("range        {:.1} LU", loudness.range.ok_or("it is silent")?);
    println!("true peak    {:.1} dBTP", loudness.true_peak.ok_or("it is silent")?);
    println!("frames       {}", analysis.frames);
    // The same for the same samples in a file of another kind.
    println!("audio digest {}", analysis.audio_digest.ok_or("not all could be decoded")?);
    Ok(())
}
