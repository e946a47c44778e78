//! The mixdown against `sox -m` and ffmpeg's `amix`, and against the sum by the book.

use std::collections::VecDeque;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use studio_audio::source::FileSource;
use studio_audio::write::{WavChunks, WavWriter};
use studio_audio::{AudioWriter as _, Decode, PcmFormat, SampleFormat, Samples, decode};

use super::{Verdict, example, is_there, medians, must};
use crate::Result;
use crate::bench::meter::Usage;
use crate::cargo::{print, run, say};
use crate::files::{Random, compare};

/// Files with different sounds; more stems than those are the same files again.
const DISTINCT: usize = 8;
/// Four minutes.
const FRAMES: usize = 240 * 48_000;
const BLOCK: usize = 1 << 16;
/// The gain of each stem, such that 64 of them do not clip.
const GAIN: &str = "-12.041";
/// How many stems, and how many times less CPU the mix takes at least.
const CASES: [(usize, f64); 3] = [(8, 3.0), (24, 5.0), (64, 8.0)];
/// The most memory that a mix may take.
const MOST_MIB: f64 = 64.0;
/// Full scale of 24 bits.
const FULL_24: f64 = 8_388_608.0;

/// Measures the mixdown in a directory that takes some 800 MB.
pub(super) fn rows(place: &Path, rounds: u32) -> Result<Vec<Verdict>> {
    let program = example("mixdown")?;
    let stems: Vec<PathBuf> = (0..DISTINCT).map(|n| place.join(format!("stem{n}.wav"))).collect();
    for (seed, stem) in (1..).zip(&stems) {
        make_stem(stem, seed)?;
    }
    let mut verdicts = Vec::new();
    print("| mix of 4-minute stems (48 kHz, 24 bits, stereo) | CPU s | wall s | peak MiB |");
    print("|---|---|---|---|");
    for (count, times) in CASES {
        verdicts.extend(race(place, &program, &stems, count, times, rounds)?);
    }
    verdicts.extend(errors(place, &program, &stems)?);
    conversion(place, &program, &stems[0], rounds)?;
    Ok(verdicts)
}

/// Noise at a tenth of full scale.
fn make_stem(path: &Path, seed: u64) -> Result {
    let format = PcmFormat { channels: 2, sample_rate: 48_000, samples: SampleFormat::Int24 };
    let file = BufWriter::new(File::create(path)?);
    let mut writer = WavWriter::new(file, format, &WavChunks::default())?;
    let (mut random, mut left) = (Random::new(seed), 2 * FRAMES);
    while left > 0 {
        let some = left.min(BLOCK);
        let sample = |bits: u64| (((bits >> 32) as u32).cast_signed() / 10) & !0xFF;
        let block: Vec<i32> = (0..some).map(|_| sample(random.next())).collect();
        writer.write(Samples::Int(&block))?;
        left -= some;
    }
    Ok(writer.finish()?)
}

/// The programs on so many stems.
fn race(
    place: &Path,
    program: &Path,
    distinct: &[PathBuf],
    count: usize,
    times: f64,
    rounds: u32,
) -> Result<Vec<Verdict>> {
    let stems: Vec<&PathBuf> = distinct.iter().cycle().take(count).collect();
    let mut names = vec!["studio"];
    let mut commands = vec![ours(program, &["--threads", "1"], &place.join("ours.wav"), &stems)];
    for (name, command) in [
        ("sox -m", sox(&place.join("sox.wav"), &stems)),
        ("ffmpeg amix", ffmpeg(&place.join("ffmpeg.wav"), &stems)),
    ] {
        match is_there(command.get_program()) {
            true => {
                names.push(name);
                commands.push(command);
            }
            false => say(&format!("not compared with {name}: it is not installed")),
        }
    }
    let usages = medians(&commands, distinct, rounds)?;
    for (name, usage) in names.iter().zip(&usages) {
        let Usage { wall, peak_mib, .. } = usage;
        print(&format!("| {count}: {name} | {:.2} | {wall:.2} | {peak_mib:.1} |", usage.cpu()));
    }
    let (own, peers) = usages.split_first().ok_or("no run")?;
    let memory = Verdict {
        what: format!("memory of a mix of {count} stems"),
        found: own.peak_mib,
        unit: "MiB",
        most: MOST_MIB,
    };
    let best = peers.iter().map(Usage::cpu).min_by(f64::total_cmp);
    let ratio = best.map(|best| Verdict {
        what: format!("CPU of a mix of {count} stems, against the better of sox and ffmpeg"),
        found: own.cpu() / best,
        unit: "times",
        most: 1.0 / times,
    });
    Ok(ratio.into_iter().chain([memory]).collect())
}

fn ours(program: &Path, options: &[&str], target: &Path, stems: &[&PathBuf]) -> Command {
    let mut command = Command::new(program);
    command.args(options).args(["--gain", GAIN]).arg(target).args(stems);
    command
}

fn sox(target: &Path, stems: &[&PathBuf]) -> Command {
    let mut command = Command::new("sox");
    command.arg("-m");
    for stem in stems {
        command.args(["-v", "0.25"]).arg(stem);
    }
    command.args(["-b", "24"]).arg(target);
    command
}

fn ffmpeg(target: &Path, stems: &[&PathBuf]) -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-y"]);
    for stem in stems {
        command.arg("-i").arg(stem);
    }
    let inputs: String = (0..stems.len()).map(|n| format!("[{n}:a]")).collect();
    let filter = format!("{inputs}amix=inputs={}:normalize=0,volume=0.25", stems.len());
    command.args(["-filter_complex", &filter, "-c:a", "pcm_s24le"]).arg(target);
    command
}

/// How far three mixes lie from the sum in f64: rounded, dithered, in floats. Two threads
/// must give the bytes of one.
fn errors(place: &Path, program: &Path, stems: &[PathBuf]) -> Result<Vec<Verdict>> {
    let stems: Vec<&PathBuf> = stems.iter().collect();
    let mix = |name: &str, options: &[&str]| -> Result<PathBuf> {
        let target = place.join(name);
        run(&mut ours(program, options, &target, &stems))?;
        Ok(target)
    };
    let rounded = mix("rounded.wav", &["--no-dither"])?;
    let dithered = mix("dithered.wav", &[])?;
    let floats = mix("floats.wav", &["--float"])?;
    let threaded = mix("threads.wav", &["--threads", "2"])?;
    let same = compare(&dithered, &threaded).is_ok();
    let mut sources = stems.iter().map(|stem| Stream::open(stem)).collect::<Result<Vec<_>>>()?;
    let mut mixes = [Stream::open(&rounded)?, Stream::open(&dithered)?, Stream::open(&floats)?];
    let gain = 10_f64.powf(GAIN.parse::<f64>()? / 20.0);
    let mut found = [Errors::default(); 3];
    let mut left = 2 * FRAMES;
    while left > 0 {
        let some = left.min(BLOCK);
        let mut sum = vec![0.0; some];
        for source in &mut sources {
            sum.iter_mut().zip(source.take(some)?).for_each(|(sum, sample)| *sum += sample * gain);
        }
        for (mix, found) in mixes.iter_mut().zip(&mut found) {
            mix.take(some)?.zip(&sum).for_each(|(sample, sum)| found.count(sample - sum));
        }
        left -= some;
    }
    let [rounded, dithered, floats] = found;
    let verdict = |what: &str, found, unit, most| {
        let what = format!("{what}, 8 stems of 4 minutes against f64");
        Verdict { what, found, unit, most }
    };
    Ok(vec![
        // Its own rounding makes the reference differ by some 1e-9 of a bit.
        verdict("largest error without dither", rounded.worst * FULL_24, "LSB", 0.500_001),
        verdict(
            "RMS error with dither, away from 0.50 LSB",
            (dithered.rms() * FULL_24 - 0.5).abs(),
            "LSB",
            0.01,
        ),
        verdict("mean error with dither", dithered.mean().abs() * FULL_24, "LSB", 0.005),
        verdict("what a null test leaves", 20.0 * floats.rms().log10(), "dBFS", -140.0),
        must("two threads give the bytes of one, 8 stems".to_owned(), same),
    ])
}

/// Differences, 1.0 being full scale.
#[derive(Debug, Clone, Copy, Default)]
struct Errors {
    count: f64,
    sum: f64,
    squares: f64,
    worst: f64,
}

impl Errors {
    fn count(&mut self, error: f64) {
        self.count += 1.0;
        self.sum += error;
        self.squares += error * error;
        self.worst = self.worst.max(error.abs());
    }

    fn mean(&self) -> f64 {
        self.sum / self.count
    }

    fn rms(&self) -> f64 {
        (self.squares / self.count).sqrt()
    }
}

/// The samples of a file, any number at a time.
struct Stream {
    decoder: Box<dyn Decode>,
    kept: VecDeque<f64>,
}

impl Stream {
    fn open(path: &Path) -> Result<Self> {
        let source = FileSource::new(File::open(path)?)?;
        Ok(Self { decoder: decode::open(Arc::new(source))?, kept: VecDeque::new() })
    }

    fn take(&mut self, count: usize) -> Result<impl Iterator<Item = f64>> {
        while self.kept.len() < count {
            match self.decoder.next_block()?.ok_or("a mix is too short")? {
                Samples::Int(samples) => {
                    self.kept.extend(samples.iter().map(|s| f64::from(*s) / 2_147_483_648.0));
                }
                Samples::Float(samples) => self.kept.extend(samples.iter().map(|s| f64::from(*s))),
            }
        }
        Ok(self.kept.drain(..count))
    }
}

/// Another sample rate, against sox at its best quality: told, not judged.
fn conversion(place: &Path, program: &Path, stem: &PathBuf, rounds: u32) -> Result {
    if !is_there("sox") {
        say("not compared with sox rate: it is not installed");
        return Ok(());
    }
    let target = place.join("converted.wav");
    let ours = ours(program, &["--rate", "44100", "--threads", "1"], &target, &[stem]);
    let mut sox = Command::new("sox");
    sox.arg(stem).args(["-b", "24"]).arg(&target).args(["rate", "-v", "44100"]);
    let usages = medians(&[ours, sox], std::slice::from_ref(stem), rounds)?;
    print("");
    print("| 4 minutes from 48 to 44.1 kHz | CPU s | wall s | peak MiB |");
    print("|---|---|---|---|");
    for (name, usage) in ["studio", "sox rate -v"].iter().zip(&usages) {
        let Usage { wall, peak_mib, .. } = usage;
        print(&format!("| {name} | {:.2} | {wall:.2} | {peak_mib:.1} |", usage.cpu()));
    }
    Ok(())
}
