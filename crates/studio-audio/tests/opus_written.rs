//! Opus as it is written: pages, lengths and levels, by our own decoder and by ffmpeg's.
#![cfg(feature = "opus")]
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::ops::ControlFlow;
use std::process::Command;
use std::sync::Arc;

use proptest::prelude::*;
use studio_audio::probe::probe;
use studio_audio::write::{AudioWriter as _, OpusWriter};
use studio_audio::{Error, Samples, convert, decode};
use studio_testkit::wav::{Wav, signal};

/// Writes frames in blocks of this many samples.
fn written(samples: &[f32], channels: u16, block: usize) -> Vec<u8> {
    let tags = [("TITLE".to_owned(), "White Gloves".to_owned())];
    let mut file = Vec::new();
    let mut writer = OpusWriter::new(&mut file, channels, 44_100, 7, &tags).unwrap();
    for block in samples.chunks(block * usize::from(channels)) {
        writer.write(Samples::Float(block)).unwrap();
    }
    writer.finish().unwrap();
    assert_eq!(writer.frames(), (samples.len() / usize::from(channels)) as u64);
    drop(writer);
    file
}

fn sine(frames: usize, channels: u16) -> Vec<f32> {
    let ints = signal::sine(frames, channels, 48_000, 997.0, 0.5);
    ints.iter().map(|sample| *sample as f32 / 2_147_483_648.0).collect()
}

fn decoded(file: Vec<u8>) -> Vec<f32> {
    let mut decoder = decode::open(Arc::new(file)).unwrap();
    let mut all = Vec::new();
    while let Some(Samples::Float(block)) = decoder.next_block().unwrap() {
        all.extend(block);
    }
    all
}

/// Flags, granule position, serial and sequence number of each page, and its packets' lengths
/// as far as they end in it.
fn pages(mut file: &[u8]) -> Vec<(u8, u64, u32, u32, Vec<usize>)> {
    let mut pages = Vec::new();
    while !file.is_empty() {
        assert!(file.starts_with(b"OggS\0"));
        let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
        let granule = u64::from_le_bytes(file[6..14].try_into().unwrap());
        let segments = usize::from(file[26]);
        let (mut packets, mut length) = (Vec::new(), 0);
        for lacing in &file[27..27 + segments] {
            length += usize::from(*lacing);
            if *lacing < 255 {
                packets.push(std::mem::take(&mut length));
            }
        }
        let body: usize = file[27..27 + segments].iter().map(|lacing| usize::from(*lacing)).sum();
        pages.push((file[5], granule, number(14), number(18), packets));
        file = &file[27 + segments + body..];
    }
    pages
}

#[test]
fn pages_tell_where_the_sound_begins_and_ends() {
    for (frames, channels) in [(1, 1), (648, 2), (649, 2), (960, 1), (48_000, 2), (120_001, 1)] {
        let file = written(&sine(frames, channels), channels, 1000);
        let head = file.windows(8).position(|bytes| bytes == b"OpusHead").unwrap();
        assert_eq!((file[head + 8], u16::from(file[head + 9])), (1, channels));
        let pre_skip = u64::from(u16::from_le_bytes([file[head + 10], file[head + 11]]));
        assert_eq!(file[head + 12..head + 16], 44_100_u32.to_le_bytes());
        assert_eq!(pre_skip, 312, "6.5 ms, what libopus looks ahead");
        let pages = pages(&file);
        assert!(pages.iter().all(|page| page.2 == 7));
        assert!(pages.iter().zip(0..).all(|(page, n)| page.3 == n));
        let flags: Vec<u8> = pages.iter().map(|page| page.0).collect();
        assert_eq!((flags[0], flags[1], flags[flags.len() - 1]), (2, 0, 4));
        assert!(flags[1..flags.len() - 1].iter().all(|flags| *flags == 0));
        // The head and the tags stand alone, on pages that no frame ends in.
        assert_eq!((pages[0].1, pages[0].4.len()), (0, 1));
        assert_eq!((pages[1].1, pages[1].4.len()), (0, 1));
        let mut packets = 0;
        for page in &pages[2..pages.len() - 1] {
            packets += page.4.len() as u64;
            assert_eq!(page.1, packets * 960);
            assert!(page.4.len() <= 50);
        }
        let last = &pages[pages.len() - 1];
        let end = frames as u64 + pre_skip;
        assert_eq!(last.1, end);
        packets += last.4.len() as u64;
        // No packet more than it takes.
        assert_eq!(packets, end.div_ceil(960));
        assert_eq!(decoded(file).len(), frames * usize::from(channels));
    }
}

#[test]
fn it_sounds_as_it_did_and_takes_about_the_bits_it_should() {
    for channels in [1_u16, 2] {
        let samples = sine(480_000, channels);
        let file = written(&samples, channels, 4096);
        let rate = file.len() * 8 / 10;
        let most = 80_000 * usize::from(channels);
        assert!((8_000..most).contains(&rate), "{rate} bit/s of {channels} channels");
        let found = probe(&file).unwrap();
        assert_eq!(found.tags.title.as_deref(), Some("White Gloves"));
        assert_eq!((found.format.frames, &found.header.defects[..]), (Some(480_000), &[][..]));
        let heard = decoded(file);
        // Past the start, sample by sample: nothing is late by even one.
        let noise = samples[9600..].iter().zip(&heard[9600..]);
        let noise: f64 = noise.map(|(a, b)| f64::from(a - b).powi(2)).sum();
        let signal: f64 = samples[9600..].iter().map(|a| f64::from(*a).powi(2)).sum();
        assert!(noise < signal / 100.0, "{} dB", 10.0 * (signal / noise).log10());
    }
}

#[test]
fn ffmpeg_takes_it_for_what_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.opus");
    std::fs::write(&path, written(&sine(100_003, 2), 2, 777)).unwrap();
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "warning", "-xerror", "-c:a", "libopus", "-i"]).arg(&path);
    let Ok(ran) = ffmpeg.args(["-f", "f32le", "-"]).output() else {
        studio_testkit::say_skipped("another reader of Opus", "there is no ffmpeg on the PATH");
        return;
    };
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    if said.contains("Unknown decoder") {
        studio_testkit::say_skipped("another reader of Opus", "this ffmpeg has no libopus");
        return;
    }
    assert!(ran.status.success() && said.is_empty(), "{said}");
    assert_eq!(ran.stdout.len(), 100_003 * 2 * 4);
    let floats = ran.stdout.chunks_exact(4).map(|raw| f32::from_le_bytes(raw.try_into().unwrap()));
    let ours = decoded(std::fs::read(&path).unwrap());
    assert!(floats.zip(&ours).all(|(a, b)| (a - b).abs() < 1e-3));
}

#[test]
fn what_it_cannot_hold_is_refused() {
    for channels in [0, 3, 6] {
        let refused = OpusWriter::new(Vec::new(), channels, 48_000, 1, &[]).unwrap_err();
        assert!(matches!(refused, Error::Mismatch { .. }), "{refused}");
    }
    let tags = [("A=B".to_owned(), String::new())];
    assert!(OpusWriter::new(Vec::new(), 2, 48_000, 1, &tags).is_err());
    let mut empty = OpusWriter::new(Vec::new(), 2, 48_000, 1, &[]).unwrap();
    assert!(matches!(empty.finish(), Err(Error::Mismatch { .. })));
    assert!(matches!(empty.write(Samples::Float(&[0.0; 2])), Err(Error::Mismatch { .. })));
    let mut ints = OpusWriter::new(Vec::new(), 2, 48_000, 1, &[]).unwrap();
    assert!(matches!(ints.write(Samples::Int(&[0; 2])), Err(Error::Mismatch { .. })));
    let cut = vec![("TITLE".to_owned(), "é".repeat(5000))];
    let mut file = Vec::new();
    let mut writer = OpusWriter::new(&mut file, 1, 48_000, 1, &cut).unwrap();
    writer.write(Samples::Float(&[0.5; 100])).unwrap();
    writer.finish().unwrap();
    drop(writer);
    assert_eq!(probe(&file).unwrap().tags.title.unwrap().len(), 4096);
}

#[test]
fn no_number_is_silence_and_a_stop_is_one() {
    let hostile = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30, 0.1];
    let samples: Vec<f32> = hostile.iter().copied().cycle().take(4800).collect();
    let heard = decoded(written(&samples, 1, 480));
    assert_eq!(heard.len(), 4800);
    assert!(heard.iter().all(|sample| sample.is_finite()));
    for rate in [48_000, 44_100] {
        let floats = Wav::float(rate, 1, 32).floats(&samples).build();
        let mut decoder = decode::open(Arc::new(floats)).unwrap();
        let mut stop = |_| ControlFlow::Break(());
        let stopped = convert::opus(&mut *decoder, Vec::new(), &[], 1, &mut stop);
        assert!(matches!(stopped, Err(Error::Cancelled)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn blocks_of_any_size_make_the_same_file(frames in 1_usize..5000, block in 1_usize..3000) {
        let samples = sine(frames, 2);
        prop_assert_eq!(written(&samples, 2, block), written(&samples, 2, 5000));
    }

    #[test]
    fn every_length_at_every_rate_comes_out_whole(frames in 1_usize..9000, rate in 0_usize..5) {
        let rate = [8_000, 22_050, 44_100, 88_200, 192_000][rate];
        let wav = Wav::pcm(rate, 1, 16).ints(&signal::sine(frames, 1, rate, 300.0, 0.5)).build();
        let mut decoder = decode::open(Arc::new(wav)).unwrap();
        let mut file = Vec::new();
        let mut go_on = |_| ControlFlow::Continue(());
        let made = convert::opus(&mut *decoder, &mut file, &[], 1, &mut go_on).unwrap();
        prop_assert_eq!(made, (frames as u64 * 48_000).div_ceil(u64::from(rate)));
        prop_assert_eq!(decoded(file).len() as u64, made);
    }
}
