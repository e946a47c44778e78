//! Opus, where it can be decoded and there is an encoder on the machine.
#![cfg(feature = "opus")]
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use studio_audio::probe::probe;
use studio_audio::{Error, Samples, decode};
use studio_domain::Codec;
use studio_testkit::wav::{Wav, signal};

/// What ffmpeg makes of a file; `None` when it cannot.
fn ffmpeg(input: &Path, options: &str, output: &Path) -> Option<Vec<u8>> {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-y"]);
    if input.extension().is_some_and(|extension| extension == "opus") {
        // Its own decoder of Opus is another than the reference.
        ffmpeg.args(["-c:a", "libopus"]);
    }
    ffmpeg.arg("-i").arg(input).args(options.split(' ')).arg(output);
    ffmpeg.output().ok().filter(|ran| ran.status.success())?;
    std::fs::read(output).ok()
}

fn decoded(file: Vec<u8>) -> Result<(u16, Vec<f32>), Error> {
    let mut decoder = decode::open(Arc::new(file))?;
    let sound = decoder.sound();
    assert_eq!(sound.sample_rate, 48_000);
    let mut all = Vec::new();
    while let Some(block) = decoder.next_block()? {
        match block {
            Samples::Float(samples) => all.extend(samples),
            Samples::Int(_) => panic!("what is lossy gives floats"),
        }
    }
    Ok((sound.channels, all))
}

#[test]
fn opus_is_decoded_to_the_frame_and_its_damage_is_a_value() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let mut tried = 0;
    for (rate, channels, seconds, options) in [
        (48_000, 2, 2.5, "-b:a 96k"),
        (48_000, 1, 1.01, "-b:a 32k"),
        (44_100, 2, 1.7, "-b:a 64k -frame_duration 60"),
        (16_000, 1, 3.0, "-b:a 16k -application voip"),
        (48_000, 2, 0.013, "-b:a 96k"),
        (48_000, 6, 1.0, "-b:a 256k"),
    ] {
        let frames = (f64::from(rate) * seconds) as usize;
        let samples = signal::sine(frames, channels, rate, 440.0, 0.5);
        let wav = Wav::pcm(rate, channels, 24).ints(&samples).build();
        std::fs::write(path("in.wav"), wav).unwrap();
        let options = format!("-c:a libopus {options}");
        let Some(file) = ffmpeg(&path("in.wav"), &options, &path("a.opus")) else { continue };
        let Some(raw) = ffmpeg(&path("a.opus"), "-f f32le", &path("a.raw")) else { continue };
        tried += 1;
        let expected: Vec<f32> =
            raw.chunks_exact(4).map(|raw| f32::from_le_bytes(raw.try_into().unwrap())).collect();
        let format = probe(&file).unwrap().format;
        assert_eq!((format.codec, format.channels), (Codec::Opus, channels), "{options}");
        let told = format.frames.unwrap() as usize * usize::from(channels);
        if channels > 2 {
            assert!(matches!(decoded(file), Err(Error::Unsupported { .. })), "{options}");
            continue;
        }
        let (got, all) = decoded(file.clone()).unwrap();
        assert_eq!((got, all.len()), (channels, told), "{options}");
        assert_eq!(all.len(), expected.len(), "{options}");
        let apart = all.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-3, "{options}: {apart}");
        damage(&file);
    }
    if tried == 0 {
        studio_testkit::say_skipped("files of Opus", "there is no ffmpeg with libopus on the PATH");
    }
}

/// Changes a byte in a hundred, each time others, and cuts.
fn damage(file: &[u8]) {
    for seed in 0..60_u64 {
        let mut bytes = file.to_vec();
        let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        for byte in &mut bytes {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            if random % 100 == 0 {
                *byte = (random >> 32) as u8;
            }
        }
        bytes.truncate(bytes.len() - (random as usize >> 3) % (bytes.len() / 2));
        if let Err(error) = decoded(bytes) {
            assert!(!matches!(error, Error::Io(_)), "{error}");
        }
    }
}
