//! Files of several tracks: what is decoded is what the header was judged by.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod movie;

use std::io::Cursor;
use std::sync::Arc;

use movie::{FIRST_SAMPLE, Track, boxed, movie, sound_entry};
use studio_audio::probe::examine;
use studio_audio::write::FlacWriter;
use studio_audio::{AudioWriter, Defect, Error, PcmFormat, Result, SampleFormat, Samples, decode};
use studio_domain::Codec;
use studio_testkit::wav::signal;

/// 16 bits, so many frames.
fn noise(seed: u64, frames: usize, channels: u16) -> Vec<i32> {
    signal::quantized(&signal::noise(seed, frames, channels, 0.5), 16)
}

/// The rate, the channels and the samples.
fn decoded(file: &[u8]) -> Result<(u32, u16, Vec<i32>)> {
    let mut decoder = decode::open(Arc::new(file.to_vec()))?;
    let sound = decoder.sound();
    let mut all = Vec::new();
    while let Some(block) = decoder.next_block()? {
        match block {
            Samples::Int(samples) => all.extend_from_slice(samples),
            Samples::Float(_) => panic!("whole numbers stay whole"),
        }
    }
    Ok((sound.sample_rate, sound.channels, all))
}

fn refused(file: &[u8]) {
    match decoded(file) {
        Err(Error::Malformed { .. }) => {}
        Err(error) => panic!("{error}"),
        Ok((rate, channels, samples)) => {
            panic!("{} samples, {channels} channels at {rate} Hz", samples.len());
        }
    }
}

/// Rate, channels and frames by the header.
fn judged(file: &Vec<u8>) -> (u32, u16, Option<u64>) {
    let format = examine(file).unwrap().format.unwrap();
    (format.sample_rate, format.channels, format.frames)
}

/// Some sound as two tracks: one that is read straight, and one that a parser is needed for.
fn kinds(seed: u64, rate: u32, channels: u16) -> [Track; 2] {
    let frames = 3_000 + seed as usize;
    let samples = noise(seed, frames, channels);
    let bytes = samples.iter().map(|sample| (sample >> 24) as u8).collect();
    let linear = Track::pcm(b"sowt", rate, channels, &samples);
    [linear, Track::raw(rate, channels, bytes)]
}

#[test]
fn of_two_tracks_of_sound_the_one_that_was_judged_is_decoded() {
    for stereo in kinds(1, 48_000, 2) {
        for mono in kinds(2, 44_100, 1) {
            let (first, second) = (stereo.clone().number(7), mono.number(3));
            let alone = [&first, &second].map(|track| movie(std::slice::from_ref(track)));
            let alone = alone.map(|file| (judged(&file), decoded(&file).unwrap()));
            assert_eq!(alone[0].0, (48_000, 2, Some(3_001)));
            assert_eq!(alone[0].1.2.len(), 6_002);
            let file = movie(&[first.clone(), second.clone()]);
            assert!((judged(&file), decoded(&file).unwrap()) == alone[0]);
            let file = movie(&[second, first]);
            assert!((judged(&file), decoded(&file).unwrap()) == alone[1]);
        }
    }
}

#[test]
fn a_track_of_another_kind_is_passed_over() {
    // One has a handler that no player takes for sound, with an entry that symphonia does.
    let [_, hidden] = kinds(4, 44_100, 1);
    for other in [Track::video(), Track { handler: *b"meta", ..hidden }] {
        for sound in kinds(3, 48_000, 2) {
            let alone = decoded(&movie(std::slice::from_ref(&sound))).unwrap();
            let file = movie(&[other.clone().number(1), sound.number(2)]);
            assert_eq!(judged(&file), (48_000, 2, Some(3_003)));
            assert!(decoded(&file).unwrap() == alone);
        }
    }
}

#[test]
fn tracks_that_cannot_be_told_apart_are_refused() {
    let [_, one] = kinds(5, 48_000, 2);
    let [_, other] = kinds(6, 48_000, 2);
    refused(&movie(&[one, other]));
}

#[test]
fn a_decoder_that_finds_another_format_is_refused() {
    let [_, track] = kinds(7, 48_000, 2);
    let alone = decoded(&movie(std::slice::from_ref(&track))).unwrap();
    // Two descriptions of one track: the header is read of the first, and symphonia takes
    // the last.
    for (rate, channels) in [(48_000, 1), (44_100, 2)] {
        let [_, second] = kinds(7, rate, channels);
        let more = second.media(FIRST_SAMPLE);
        let file = movie(&[Track { more, ..track.clone() }]);
        assert_eq!(judged(&file), (48_000, 2, Some(3_007)));
        refused(&file);
    }
    let more = track.media(FIRST_SAMPLE);
    assert!(decoded(&movie(&[Track { more, ..track }])).unwrap() == alone);
}

/// Empty frames of MPEG audio in `mp4a`, of one channel, and what its entry tells of them.
fn mono_mp3(object_type: u8, channels: u16) -> Track {
    let descriptor = |tag: u8, content: &[u8]| [&[tag, content.len() as u8], content].concat();
    let config = [&[object_type, 0x15], &[0; 11][..]].concat();
    let stream = [&[0, 1, 0][..], &descriptor(4, &config), &descriptor(6, &[2])].concat();
    let esds = boxed(b"esds", &[vec![0; 4], descriptor(3, &stream)].concat());
    let mut entry = [sound_entry(b"mp4a", 48_000, channels, 16), esds].concat();
    let size = entry.len() as u32;
    entry[..4].copy_from_slice(&size.to_be_bytes());
    // 128,000 bits in a second.
    let frame = [b"\xFF\xFB\x94\xC0".as_slice(), &[0; 380]].concat();
    Track { sample_frames: 1_152, ..Track::sound(entry, 48_000, 384, frame.repeat(10)) }
}

#[test]
fn the_channels_of_mpeg_audio_are_those_of_its_frames() {
    // Writers of ISO media put 2 into the entry, whatever there is.
    for (object_type, channels) in [(0x69, 2), (0x6B, 2), (0x6B, 1)] {
        let file = movie(&[mono_mp3(object_type, channels)]);
        let format = examine(&file).unwrap().format.unwrap();
        assert_eq!((format.codec, format.frames), (Codec::Mp3, Some(11_520)));
        let mut decoder = decode::open(Arc::new(file)).unwrap();
        assert_eq!((decoder.sound().channels, decoder.sound().sample_rate), (1, 48_000));
        let mut frames = 0;
        while let Some(block) = decoder.next_block().unwrap() {
            frames += block.len();
        }
        assert_eq!(frames, 11_520, "{object_type:#x}, {channels}");
    }
    // Another rate is another sound still.
    let mut file = movie(&[mono_mp3(0x6B, 2)]);
    let rate = file.windows(4).position(|name| name == b"mp4a").unwrap() + 28;
    file[rate..rate + 2].copy_from_slice(&44_100_u16.to_be_bytes());
    refused(&file);
}

/// A FLAC file of one frame.
fn flac(samples: &[i32]) -> Vec<u8> {
    let mut file = Vec::new();
    let format = PcmFormat { channels: 2, sample_rate: 48_000, samples: SampleFormat::Int16 };
    let mut writer = FlacWriter::new(Cursor::new(&mut file), format, &[]).unwrap();
    writer.write(Samples::Int(samples)).unwrap();
    writer.finish().unwrap();
    drop(writer);
    file
}

/// A page of Ogg.
fn page(serial: u32, sequence: u32, flags: u8, granule: u64, packet: &[u8]) -> Vec<u8> {
    let mut page = [b"OggS\0".as_slice(), &[flags], &granule.to_le_bytes()].concat();
    page.extend([serial, sequence, 0].map(u32::to_le_bytes).concat());
    let lengths = [vec![255; packet.len() / 255], vec![(packet.len() % 255) as u8]].concat();
    page.push(lengths.len() as u8);
    page.extend(lengths);
    page.extend(packet);
    let checksum = page.iter().fold(0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
            sum << 1 ^ if sum >> 31 == 1 { 0x04C1_1DB7 } else { 0 }
        })
    });
    page[22..26].copy_from_slice(&checksum.to_le_bytes());
    page
}

/// The pages of a stream of FLAC: the first, and the rest.
fn stream(serial: u32, samples: &[i32]) -> (Vec<u8>, Vec<u8>) {
    let file = flac(samples);
    let (mut at, mut last) = (42, file[4] & 0x80 != 0);
    while !last {
        last = file[at] & 0x80 != 0;
        at += 4 + u32::from_be_bytes([0, file[at + 1], file[at + 2], file[at + 3]]) as usize;
    }
    let first = [b"\x7FFLAC\x01\0\0\x01".as_slice(), &file[..42]].concat();
    let comment = b"\x84\0\0\x08\0\0\0\0\0\0\0\0";
    let frames = samples.len() as u64 / 2;
    let rest = [page(serial, 1, 0, 0, comment), page(serial, 2, 4, frames, &file[at..])].concat();
    (page(serial, 0, 2, 0, &first), rest)
}

#[test]
fn of_two_streams_side_by_side_the_one_that_was_judged_is_decoded() {
    let (one, other) = (noise(8, 2_000, 2), noise(9, 1_500, 2));
    for (serial, beside) in [(1, 2), (2, 1)] {
        let (first, rest) = stream(serial, &one);
        let (first_beside, rest_beside) = stream(beside, &other);
        // Whichever ends last.
        for (a, b) in [(&rest, &rest_beside), (&rest_beside, &rest)] {
            let file = [&first[..], &first_beside, a, b].concat();
            let header = examine(&file).unwrap();
            assert_eq!((header.format.unwrap().codec, &header.defects[..]), (Codec::Flac, &[][..]));
            assert_eq!(judged(&file), (48_000, 2, Some(2_000)));
            assert!(decoded(&file).unwrap() == (48_000, 2, one.clone()), "{serial}");
        }
    }
}

#[test]
fn a_stream_that_is_no_sound_may_come_first() {
    let samples = noise(10, 2_000, 2);
    let (first, rest) = stream(9, &samples);
    let skeleton = page(4, 0, 2, 0, &[b"fishead\0".as_slice(), &[0; 56]].concat());
    let end = page(4, 1, 4, 0, &[]);
    let file = [&skeleton[..], &first, &end, &rest].concat();
    assert_eq!(judged(&file), (48_000, 2, Some(2_000)));
    assert!(decoded(&file).unwrap() == (48_000, 2, samples));
    // Of the stream that is heard the end is missing, whatever the other says.
    let cut = [&skeleton[..], &first, &rest[..rest.len() - 100], &end].concat();
    assert_eq!(examine(&cut).unwrap().defects, [Defect::Unfinished]);
    let twice = [&first[..], &first, &rest].concat();
    let defects = examine(&twice).unwrap().defects;
    assert!(matches!(defects[..], [Defect::Malformed { .. }]), "{defects:?}");
}
