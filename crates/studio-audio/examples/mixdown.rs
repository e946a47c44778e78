//! Mixes files of sound into a WAV file:
//! `mixdown [--threads N] [--gain DB] [--rate HZ] [--float | --no-dither] TARGET STEM...`

use std::error::Error;
use std::fs::File;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::sync::Arc;

use studio_audio::source::FileSource;
use studio_audio::write::{WavChunks, WavWriter};
use studio_audio::{
    AudioWriter as _, Dither, MixOptions, PcmFormat, SampleFormat, Stem, decode, mixdown,
};
use studio_domain::{Decibels, Pan};

fn main() -> Result<(), Box<dyn Error>> {
    let mut options = MixOptions::default();
    let mut gain = Decibels::ZERO;
    let mut format = PcmFormat { channels: 2, sample_rate: 48_000, samples: SampleFormat::Int24 };
    let mut files = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--threads" => options.threads = value()?.parse()?,
            "--gain" => gain = value()?.parse()?,
            "--rate" => {
                format.sample_rate = value()?.parse()?;
                options.convert = true;
            }
            "--float" => format.samples = SampleFormat::Float32,
            "--no-dither" => options.dither = Dither::Off,
            _ => files.push(argument),
        }
    }
    let (target, stems) = files.split_first().ok_or("no file named")?;
    let stem = |path: &String| -> Result<Stem, Box<dyn Error>> {
        let source = FileSource::new(File::open(path)?)?;
        let sound = decode::open(Arc::new(source))?;
        Ok(Stem { name: path.clone(), sound, gain, pan: Pan::CENTRE, offset: 0, mute: false })
    };
    let stems = stems.iter().map(stem).collect::<Result<Vec<_>, _>>()?;
    let mut writer = WavWriter::new(File::create(target)?, format, &WavChunks::default())?;
    let report = mixdown(stems, &options, &mut writer, &mut |_| ControlFlow::Continue(()))?;
    writer.finish()?;
    writeln!(std::io::stdout(), "{} frames, {} samples clipped", report.frames, report.clipped)?;
    Ok(())
}
