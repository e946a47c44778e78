//! Linear PCM in QuickTime and MP4 files.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod movie;

use std::sync::Arc;

use movie::{FIRST_SAMPLE, Track, little_endian_entry, lpcm_entry, movie, sound_entry};
use studio_audio::probe::examine;
use studio_audio::{Error, Samples, decode};
use studio_domain::{BitDepth, Codec};
use studio_testkit::wav::signal;

const RATE: u32 = 48_000;
const FRAMES: usize = 3_210;

fn noise(bits: u32) -> Vec<i32> {
    signal::quantized(&signal::noise(1, FRAMES, 2, 1.0), bits)
}

/// All samples with full scale at 1.0, and how many frames the largest block has.
fn decoded(file: &[u8]) -> (Vec<f64>, usize) {
    let mut decoder = decode::open(Arc::new(file.to_vec())).unwrap();
    let (mut all, mut largest) = (Vec::new(), 0);
    assert_eq!((decoder.sound().sample_rate, decoder.sound().channels), (RATE, 2));
    while let Some(block) = decoder.next_block().unwrap() {
        largest = largest.max(block.len() / 2);
        match block {
            Samples::Int(block) => {
                all.extend(block.iter().map(|s| f64::from(*s) / 2_147_483_648.0))
            }
            Samples::Float(block) => all.extend(block.iter().map(|s| f64::from(*s))),
        }
    }
    (all, largest)
}

fn units(samples: &[i32]) -> Vec<f64> {
    samples.iter().map(|sample| f64::from(*sample) / 2_147_483_648.0).collect()
}

/// Every way in which whole numbers are coded: name, bits, the track.
fn whole_numbers() -> Vec<(&'static str, u16, Track)> {
    let of = |entry: Vec<u8>, bits: u32, big_endian: bool| {
        let bytes = bits as usize / 8;
        let data = noise(bits).into_iter().flat_map(|sample| match big_endian {
            true => sample.to_be_bytes()[..bytes].to_vec(),
            false => sample.to_le_bytes()[4 - bytes..].to_vec(),
        });
        Track::sound(entry, RATE, bytes as u32 * 2, data.collect())
    };
    vec![
        ("sowt", 16, of(sound_entry(b"sowt", RATE, 2, 16), 16, false)),
        ("sowt of 8 bits", 8, of(sound_entry(b"sowt", RATE, 2, 8), 8, false)),
        ("twos", 16, of(sound_entry(b"twos", RATE, 2, 16), 16, true)),
        ("in24", 24, of(sound_entry(b"in24", RATE, 2, 16), 24, true)),
        ("in32", 32, of(sound_entry(b"in32", RATE, 2, 16), 32, true)),
        ("in24, little-endian", 24, of(little_endian_entry(b"in24", RATE, 2, 3), 24, false)),
        ("in32, little-endian", 32, of(little_endian_entry(b"in32", RATE, 2, 4), 32, false)),
        ("lpcm", 24, of(lpcm_entry(RATE, 2, 24, 4), 24, false)),
        ("lpcm, big-endian", 24, of(lpcm_entry(RATE, 2, 24, 6), 24, true)),
        ("lpcm of 8 bits", 8, of(lpcm_entry(RATE, 2, 8, 4), 8, false)),
    ]
}

#[test]
fn whole_numbers_come_out_as_they_were_and_many_at_once() {
    for (name, bits, track) in whole_numbers() {
        let file = movie(&[track]);
        let header = examine(&file).unwrap();
        let format = header.format.unwrap();
        assert_eq!((format.codec, format.bit_depth), (Codec::Pcm, Some(BitDepth::full(bits))));
        assert_eq!((header.declared_frames, header.defects), (Some(FRAMES as u64), vec![]));
        let (all, largest) = decoded(&file);
        assert!(all == units(&noise(bits.into())), "{name}");
        assert!(largest >= 1_000, "{name}: {largest} frames at once");
    }
}

#[test]
fn floats_come_out_as_they_were() {
    let samples: Vec<f32> = noise(24).iter().map(|sample| *sample as f32 / 2e9).collect();
    let expected: Vec<f64> = samples.iter().map(|sample| f64::from(*sample)).collect();
    let data = |of: &dyn Fn(f32) -> Vec<u8>| samples.iter().flat_map(|s| of(*s)).collect();
    let narrow = |s: f32| s.to_be_bytes().to_vec();
    let little = |s: f32| s.to_le_bytes().to_vec();
    let wide = |s: f32| f64::from(s).to_be_bytes().to_vec();
    for (entry, bytes, data) in [
        (sound_entry(b"fl32", RATE, 2, 16), 4, data(&narrow)),
        (sound_entry(b"fl64", RATE, 2, 16), 8, data(&wide)),
        (little_endian_entry(b"fl32", RATE, 2, 4), 4, data(&little)),
        (lpcm_entry(RATE, 2, 32, 1), 4, data(&little)),
        (lpcm_entry(RATE, 2, 64, 3), 8, data(&wide)),
    ] {
        let (all, largest) = decoded(&movie(&[Track::sound(entry, RATE, bytes * 2, data)]));
        assert!(all == expected);
        assert!(largest >= 1_000, "{largest} frames at once");
    }
}

#[test]
fn what_an_edit_leaves_out_is_not_heard() {
    let samples = noise(16);
    let track = Track::pcm(b"sowt", RATE, 2, &samples);
    for (start, length, end) in [(700, 1_500, 2_200), (700, FRAMES as u32 - 700, FRAMES)] {
        let file = movie(&[Track { edit: Some((start, length)), ..track.clone() }]);
        assert_eq!(examine(&file).unwrap().declared_frames, Some(u64::from(length)));
        let expected = units(&samples[2 * start as usize..2 * end]);
        assert!(decoded(&file).0 == expected, "{start}, {length}");
    }
}

#[test]
fn what_is_there_of_a_cut_file_is_decoded() {
    let samples = noise(16);
    let file = movie(&[Track::pcm(b"sowt", RATE, 2, &samples)]);
    // The table of contents comes first, and moves all by its length.
    let data = 16..16 + 8 + samples.len() * 2;
    let contents = file[data.end..].to_vec();
    let mut fast = [&file[..16], &contents, &file[data.clone()]].concat();
    let table = fast.windows(4).position(|name| name == b"stco").unwrap() + 12;
    let chunks = FRAMES.div_ceil(500);
    for chunk in fast[table..table + 4 * chunks].as_chunks_mut::<4>().0 {
        *chunk = (u32::from_be_bytes(*chunk) + contents.len() as u32).to_be_bytes();
    }
    assert!(decoded(&fast).0 == units(&samples));
    // 1,000 frames are missing, and a part of another.
    fast.truncate(fast.len() - 4 * 1_000 - 3);
    assert!(decoded(&fast).0 == units(&samples[..2 * (FRAMES - 1_001)]));
}

#[test]
fn tables_that_say_anything_else_are_left_to_a_parser() {
    let samples = noise(16);
    let file = movie(&[Track::pcm(b"sowt", RATE, 2, &samples)]);
    let at = |name: &[u8]| file.windows(4).position(|found| found == name).unwrap() + 4;
    let changed = |place: usize, value: u32| {
        let mut file = file.clone();
        file[place..place + 4].copy_from_slice(&value.to_be_bytes());
        file
    };
    // Fewer chunks than samples need, a run that begins too late, more samples than there are.
    let fewer = changed(at(b"stco") + 4, 2);
    let disordered = changed(at(b"stsc") + 8, 9);
    let many = changed(at(b"stsz") + 8, u32::MAX);
    // What the chunks hold is given, and then that some are missing.
    let (frames, error) = played(fewer);
    let missing = matches!(&error, Some(Error::Malformed { detail }) if detail.contains("stco"));
    assert!(frames == 1_000 && missing, "{frames}, {error:?}");
    let (frames, error) = played(disordered);
    let order = matches!(&error, Some(Error::Malformed { detail }) if detail.contains("stsc"));
    assert!(frames == 0 && order, "{frames}, {error:?}");
    // The table of their times, which tells the length, knows better.
    let (frames, error) = played(many);
    assert!(frames == FRAMES && error.is_none(), "{frames}, {error:?}");
}

/// How many frames come, and what ends them if it is not the end.
fn played(file: Vec<u8>) -> (usize, Option<Error>) {
    let mut decoder = match decode::open(Arc::new(file)) {
        Ok(decoder) => decoder,
        Err(error) => return (0, Some(error)),
    };
    let channels = usize::from(decoder.sound().channels);
    let mut frames = 0;
    loop {
        match decoder.next_block() {
            Ok(Some(block)) => frames += block.len() / channels,
            Ok(None) => return (frames, None),
            Err(error) => return (frames, Some(error)),
        }
    }
}

/// The file with all of its chunks at the same place, each of them of so many samples.
fn upon_each_other(track: Track, each: u32) -> Vec<u8> {
    let chunks = FRAMES.div_ceil(500) as u32;
    let mut file = movie(&[track]);
    let mut write = |name: &[u8], behind: usize, values: &[u32]| {
        let place = file.windows(4).position(|found| found == name).unwrap() + 4 + behind;
        for (n, value) in values.iter().enumerate() {
            file[place + 4 * n..place + 4 * n + 4].copy_from_slice(&value.to_be_bytes());
        }
    };
    write(b"stco", 8, &vec![FIRST_SAMPLE; chunks as usize]);
    write(b"stsc", 12, &[each]);
    let count = (chunks - 1) * each + FRAMES as u32 % 500;
    write(b"stsz", 8, &[count]);
    write(b"stts", 8, &[count]);
    file
}

#[test]
fn chunks_upon_each_other_do_not_make_a_small_file_long() {
    let samples = noise(16);
    let track = Track::pcm(b"sowt", RATE, 2, &samples);
    let told = |error: &Option<Error>| {
        let lie = "lie upon each other";
        matches!(error, Some(Error::Malformed { detail }) if detail.contains(lie))
    };
    let (frames, error) = played(upon_each_other(track.clone(), 3_000));
    assert!(frames == 0 && told(&error), "{frames}, {error:?}");
    // Nor when the tables say so much else that they are left to a parser.
    let mut file = upon_each_other(track, 3_000);
    let count = file.windows(4).position(|found| found == b"stsz").unwrap() + 12;
    file[count..count + 4].copy_from_slice(&u32::MAX.to_be_bytes());
    let (frames, error) = played(file);
    assert!(frames == 0 && told(&error), "{frames}, {error:?}");
    // A parser that other samples are left to goes on behind what it read, to the end.
    let bytes = samples.iter().map(|sample| (sample >> 24) as u8).collect();
    let file = upon_each_other(Track::raw(RATE, 2, bytes), 3_000);
    let size = file.len();
    let (frames, error) = played(file);
    assert!(2 * frames <= size && error.is_none(), "{frames}, {error:?}");
}
