//! FLAC files hold the samples that were written, by more than one decoder.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod sounds;

use std::io::Cursor;
use std::process::Command;

use flac_codec::decode::{FlacSampleReader, verify_reader as verify};
use flac_codec::metadata::Metadata as _;
use proptest::prelude::*;
use sounds::noise_int;
use studio_audio::SampleFormat::{Int16, Int24};
use studio_audio::write::FlacWriter;
use studio_audio::{AudioWriter as _, Error, PcmFormat, SampleFormat, Samples};

fn format(channels: u16, samples: SampleFormat) -> PcmFormat {
    PcmFormat { channels, sample_rate: 48_000, samples }
}

fn flac(format: PcmFormat, ints: &[i32], tags: &[(String, String)], block: usize) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let mut writer = FlacWriter::new(&mut file, format, tags).unwrap();
    for part in ints.chunks(block * usize::from(format.channels)) {
        writer.write(Samples::Int(part)).unwrap();
    }
    writer.finish().unwrap();
    assert_eq!(writer.frames() as usize, ints.len() / usize::from(format.channels));
    drop(writer);
    file.into_inner()
}

#[test]
fn flac_gives_the_samples_back() {
    for (channels, samples) in [(1, Int16), (2, Int16), (2, Int24), (6, Int24), (8, Int24)] {
        for frames in [1, 2, 15, 16, 17, 4095, 4096, 4097, 10_000] {
            let format = format(channels, samples);
            let count = frames * usize::from(channels);
            let bits = u32::from(samples.bits());
            let ints = noise_int(frames as u64, bits, 0.99, count);
            let file = flac(format, &ints, &[], 777);
            let verified = verify(Cursor::new(&file)).unwrap();
            assert_eq!(format!("{verified:?}"), "MD5Match", "{channels} {frames}");
            let mut reader = FlacSampleReader::new(Cursor::new(&file)).unwrap();
            assert_eq!(reader.total_samples(), Some(frames as u64));
            assert_eq!(reader.sample_rate(), 48_000);
            let mut decoded = Vec::new();
            reader.read_to_end(&mut decoded).unwrap();
            let back: Vec<i32> = decoded.iter().map(|sample| sample << (32 - bits)).collect();
            assert!(back == ints, "{format:?}, {frames} frames");
        }
    }
}

#[test]
fn flac_takes_every_rate_that_it_can_name() {
    for sample_rate in [1, 7, 1_000, 44_100, 48_000, 65_535, 96_000, 192_001, 768_000, 1_048_575] {
        let format = PcmFormat { sample_rate, ..format(1, Int16) };
        let file = flac(format, &noise_int(1, 16, 0.5, 100), &[], 100);
        let reader = FlacSampleReader::new(Cursor::new(&file)).unwrap();
        assert_eq!(reader.sample_rate(), sample_rate);
        verify(Cursor::new(&file)).unwrap();
    }
}

#[test]
fn flac_carries_tags() {
    let tag = |field: &str, value: &str| (field.to_owned(), value.to_owned());
    let tags = [tag("TITLE", "Ein Lied = ein Lied"), tag("ARTIST", "Käthe 🎸"), tag("ARTIST", "b")];
    let file = flac(format(1, Int16), &[0; 10], &tags, 10);
    let comment: flac_codec::metadata::VorbisComment =
        flac_codec::metadata::read_block(Cursor::new(&file)).unwrap().unwrap();
    assert_eq!(comment.get("TITLE"), Some("Ein Lied = ein Lied"));
    assert_eq!(comment.all("artist").collect::<Vec<_>>(), ["Käthe 🎸", "b"]);
    for bad in ["", "A=B", "TÄG", "new\nline", "tilde~"] {
        let refused = FlacWriter::new(Cursor::new(Vec::new()), format(1, Int16), &[tag(bad, "x")]);
        assert!(matches!(refused, Err(Error::Mismatch { .. })), "{bad:?}");
    }
}

#[test]
fn the_reference_decoder_takes_our_flac() {
    if Command::new("flac").arg("--version").output().is_err() {
        studio_testkit::say_skipped("FLAC by the reference decoder", "no `flac` on PATH");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    for (channels, samples) in [(1, Int16), (2, Int24), (8, Int24)] {
        let bits = u32::from(samples.bits());
        let count = 50_000 * usize::from(channels);
        let file = flac(format(channels, samples), &noise_int(4, bits, 0.7, count), &[], 999);
        let path = directory.path().join("take.flac");
        std::fs::write(&path, file).unwrap();
        let tested = Command::new("flac").args(["-t", "-s", "-w"]).arg(&path).output().unwrap();
        assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stderr));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn blocks_make_no_difference(
        channels in 1_u16..5,
        frames in 1_usize..6000,
        block in 1_usize..6000,
    ) {
        let format = format(channels, Int24);
        let ints = noise_int(frames as u64, 24, 1.0, frames * usize::from(channels));
        prop_assert!(flac(format, &ints, &[], 10_000) == flac(format, &ints, &[], block));
    }
}
