//! Judges files by a profile: before an upload, one learns what is wrong with a take.
//!
//! Run it with `cargo run --example judge_a_file`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::io::Cursor;

use studio_core::audio::gate::{Profile, judge_header};
use studio_core::audio::probe::examine;
use studio_core::audio::write::{WavChunks, WavWriter};
use studio_core::audio::{AudioWriter as _, PcmFormat, SampleFormat, Samples};

fn main() -> Result<(), Box<dyn Error>> {
    // What the studio wants: 48 kHz and 24 bits, and no file that is damaged.
    let profile = Profile::ingest();

    let good = silence(48_000, SampleFormat::Int24)?;
    judge("good.wav", &good, &profile)?;
    judge("half.wav", &good[..good.len() / 2].to_vec(), &profile)?;
    judge("phone.wav", &silence(44_100, SampleFormat::Int16)?, &profile)?;
    judge("page.wav", &b"<!DOCTYPE html><title>Not found</title>".to_vec(), &profile)?;
    Ok(())
}

/// Only the header is read, a few KiB of it, however long the file is. A `Vec<u8>` is one
/// source of bytes, `audio::source::FileSource` is another.
fn judge(name: &str, file: &Vec<u8>, profile: &Profile) -> Result<(), Box<dyn Error>> {
    let verdict = judge_header(&examine(file)?, profile);
    println!("{name}: {}", if verdict.is_accepted() { "accepted" } else { "refused" });
    for finding in verdict.refusals {
        // The code stays the same for programs; the detail is for people.
        println!("  {}: {}", finding.rule, finding.detail);
    }
    Ok(())
}

/// A second of silence as a WAV file.
fn silence(sample_rate: u32, samples: SampleFormat) -> Result<Vec<u8>, Box<dyn Error>> {
    let format = PcmFormat { channels: 1, sample_rate, samples };
    let mut wav = WavWriter::new(Cursor::new(Vec::new()), format, &WavChunks::default())?;
    wav.write(Samples::Int(&vec![0; sample_rate as usize]))?;
    wav.finish()?;
    Ok(wav.into_inner().into_inner())
}
