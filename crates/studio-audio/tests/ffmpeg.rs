//! Files as an encoder in daily use writes them, where there is one on the machine.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use studio_audio::probe::probe;
use studio_audio::{Samples, decode};
use studio_domain::Codec;
use studio_testkit::wav::{Wav, signal};

/// Frames of the sound that is encoded: two and a half seconds.
const FRAMES: u64 = 120_000;

/// What ffmpeg makes of a WAV file; `None` when it cannot.
fn encoded(dir: &Path, name: &str, options: &[&str]) -> Option<Vec<u8>> {
    let (input, output) = (dir.join("in.wav"), dir.join(name));
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-y", "-i"]).arg(&input).args(options).arg(&output);
    ffmpeg.output().ok().filter(|ran| ran.status.success())?;
    std::fs::read(output).ok()
}

/// The name and how it is made, the codec, whether the file tells its length, how many frames
/// decoding gives.
const ENCODED: [(&str, &str, Codec, bool, u64); 10] = [
    ("a.flac", "-c:a flac", Codec::Flac, true, FRAMES),
    ("a.m4a", "-c:a alac -sample_fmt s32p", Codec::Alac, true, FRAMES),
    ("aac.m4a", "-c:a aac", Codec::Aac, true, FRAMES),
    ("fast.m4a", "-c:a aac -movflags faststart", Codec::Aac, true, FRAMES),
    ("parts.m4a", "-c:a aac -movflags frag_keyframe+empty_moov", Codec::Aac, false, 119 * 1_024),
    ("cbr.mp3", "-c:a libmp3lame", Codec::Mp3, true, FRAMES),
    ("vbr.mp3", "-c:a libmp3lame -q:a 2", Codec::Mp3, true, FRAMES),
    ("untold.mp3", "-c:a libmp3lame -q:a 2 -write_xing 0", Codec::Mp3, false, 106 * 1_152),
    ("a.ogg", "-c:a libvorbis", Codec::Vorbis, true, FRAMES),
    ("a.opus", "-c:a libopus", Codec::Opus, true, FRAMES),
];

#[test]
fn lengths_agree_with_what_was_encoded() {
    let dir = std::env::temp_dir().join(format!("studio-audio-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let samples = signal::sine(FRAMES as usize, 2, 48_000, 440.0, 0.5);
    let wav = Wav::pcm(48_000, 2, 24).ints(&samples).build();
    std::fs::write(dir.join("in.wav"), wav).unwrap();
    let mut tried = 0;
    for (name, options, codec, told, frames) in ENCODED {
        let options: Vec<&str> = options.split(' ').chain(["-metadata", "title=Song"]).collect();
        let Some(file) = encoded(&dir, name, &options) else { continue };
        tried += 1;
        let probe = probe(&file).unwrap();
        assert_eq!((probe.format.codec, probe.format.channels), (codec, 2), "{name}");
        assert_eq!(probe.format.sample_rate, 48_000, "{name}");
        assert_eq!(probe.format.frames, told.then_some(FRAMES), "{name}");
        assert_eq!(probe.tags.title.as_deref(), Some("Song"), "{name}");
        assert_eq!(probe.header.defects, [], "{name}");
        if codec == Codec::Opus && !cfg!(feature = "opus") {
            continue;
        }
        let mut decoder = decode::open(Arc::new(file)).unwrap();
        if codec == Codec::Alac {
            assert_eq!(decoder.sound().bits, Some(24), "{name}");
        }
        let (mut decoded, mut peak) = (0, 0.0_f64);
        while let Some(block) = decoder.next_block().unwrap() {
            decoded += block.len() as u64 / 2;
            let level = match block {
                Samples::Int(samples) => f64::from(samples[0]).abs() / 2_147_483_648.0,
                Samples::Float(samples) => f64::from(samples[0]).abs(),
            };
            peak = peak.max(level);
        }
        assert_eq!(decoded, frames, "{name}");
        assert!(peak > 0.1 && peak < 0.6, "{name}: {peak}");
    }
    if tried == 0 {
        studio_testkit::say_skipped("files of an encoder", "there is no ffmpeg on the PATH");
    }
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn high_rates_in_quicktime_are_read() {
    let dir = std::env::temp_dir().join(format!("studio-audio-mov-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let samples = signal::sine(4_800, 2, 48_000, 440.0, 0.5);
    std::fs::write(dir.join("in.wav"), Wav::pcm(48_000, 2, 24).ints(&samples).build()).unwrap();
    if let Some(file) = encoded(&dir, "a.mov", &["-ar", "96000", "-c:a", "pcm_s24le"]) {
        let probe = probe(&file).unwrap();
        let format = probe.format;
        assert_eq!((format.codec, format.channels, format.sample_rate), (Codec::Pcm, 2, 96_000));
        assert_eq!(format.bit_depth.map(|depth| depth.valid), Some(24));
        assert_eq!(probe.header.defects, []);
        let mut decoder = decode::open(Arc::new(file)).unwrap();
        let mut frames = 0;
        while let Some(block) = decoder.next_block().unwrap() {
            frames += block.len() as u64 / 2;
        }
        assert_eq!(Some(frames), format.frames);
        assert!(frames.abs_diff(9_600) < 100, "{frames}");
    } else {
        studio_testkit::say_skipped("QuickTime", "there is no ffmpeg on the PATH");
    }
    std::fs::remove_dir_all(dir).unwrap();
}
