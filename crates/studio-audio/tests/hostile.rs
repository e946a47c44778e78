//! Whatever the bytes are: nothing panics, nothing runs on, nothing is believed that cannot be.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod movie;

use std::io::Cursor;
use std::sync::{Arc, LazyLock};

use movie::{Track, boxed, movie};
use proptest::prelude::*;
use studio_audio::gate::{Profile, judge_header};
use studio_audio::probe::{artwork, examine, probe};
use studio_audio::riff::{MAX_CHUNKS, walk};
use studio_audio::write::FlacWriter;
use studio_audio::{AudioWriter, Defect, Error, PcmFormat, SampleFormat, Samples, decode};
use studio_testkit::wav::{Bext, RawChunk, Wav, aiff, signal};

/// Does all that is done with a file that comes in, and checks what holds for any.
fn take_in(file: &[u8]) {
    let file = file.to_vec();
    let header = examine(&file).unwrap();
    let verdict = judge_header(&header, &Profile::ingest());
    assert!(judge_header(&header, &Profile::any()).is_accepted());
    assert!(header.container.is_some() || !verdict.is_accepted());
    match probe(&file) {
        Ok(probe) => {
            assert_eq!(Some(probe.format), header.format);
            let _ = probe.duration();
        }
        Err(Error::NotAudio) => assert_eq!(header.container, None),
        Err(Error::Malformed { .. }) => assert_eq!(header.format, None),
        Err(error) => panic!("{error}"),
    }
    if let Ok(Some(artwork)) = artwork(&file) {
        assert!(artwork.bytes.len() <= file.len());
    }
    if let Ok(wave) = walk(&file) {
        assert!(wave.chunks.len() <= MAX_CHUNKS);
        assert!(wave.data.is_none_or(|data| data.offset + data.present <= file.len() as u64));
    }
    let frames = decoded(&file);
    // What the gate lets in is what it was judged as: the decoder gives it to the frame.
    if let (true, Some(format)) = (verdict.is_accepted(), header.format) {
        assert_eq!((Some(format.frames), frames), (Some(header.declared_frames), format.frames));
    }
}

/// The frames that decoding gives, if it comes to the end.
fn decoded(file: &[u8]) -> Option<u64> {
    let mut decoder = match decode::open(Arc::new(file.to_vec())) {
        Ok(decoder) => decoder,
        Err(Error::Io(error)) => panic!("{error}"),
        Err(_) => return None,
    };
    let (sound, mut frames) = (decoder.sound(), 0);
    assert!(sound.channels > 0 && sound.sample_rate > 0);
    loop {
        match decoder.next_block() {
            Ok(Some(block)) => {
                assert!(!block.is_empty() && block.len() % usize::from(sound.channels) == 0);
                assert_eq!(matches!(block, Samples::Int(_)), sound.bits.is_some());
                frames += (block.len() / usize::from(sound.channels)) as u64;
            }
            Ok(None) => return Some(frames),
            Err(Error::Io(error)) => panic!("{error}"),
            Err(_) => return None,
        }
    }
}

fn flac(samples: &[i32]) -> Vec<u8> {
    let mut file = Vec::new();
    let format = PcmFormat { channels: 2, sample_rate: 48_000, samples: SampleFormat::Int16 };
    let tags = [("TITLE".to_owned(), "Song".to_owned())];
    let mut writer = FlacWriter::new(Cursor::new(&mut file), format, &tags).unwrap();
    writer.write(Samples::Int(samples)).unwrap();
    writer.finish().unwrap();
    drop(writer);
    file
}

/// As much of an MP4 file as is looked at before decoding.
fn mp4() -> Vec<u8> {
    let words =
        |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
    let entry = [words(&[0, 1, 0, 0]), words(&[0x0002_0010, 0, 48_000 << 16])].concat();
    let cookie = words(&[0, 4096, 0x0010_280A, 0x0E02_00FF, 0, 0, 48_000]);
    let alac = boxed(b"alac", &[entry, boxed(b"alac", &cookie)].concat());
    let table = [
        boxed(b"stsd", &[words(&[0, 1]), alac].concat()),
        boxed(b"stts", &words(&[0, 1, 10, 4096])),
        boxed(b"stsc", &words(&[0, 1, 1, 10, 1])),
        boxed(b"stsz", &words(&[0, 100, 10])),
        boxed(b"stco", &words(&[0, 1, 32])),
    ]
    .concat();
    let media = [
        boxed(b"mdhd", &words(&[0, 0, 0, 48_000, 40_960, 0])),
        boxed(b"hdlr", &[words(&[0, 0]), b"soun".to_vec(), vec![0; 13]].concat()),
        boxed(b"minf", &boxed(b"stbl", &table)),
    ]
    .concat();
    let edits = boxed(b"edts", &boxed(b"elst", &words(&[0, 1, 800, 1024, 0x0001_0000])));
    let header = boxed(b"tkhd", &[words(&[1, 0, 0, 1]), vec![0; 68]].concat());
    let track = boxed(b"trak", &[header, edits, boxed(b"mdia", &media)].concat());
    let movie =
        [boxed(b"mvhd", &[words(&[0, 0, 0, 1000, 800]), vec![0; 80]].concat()), track].concat();
    let start = boxed(b"ftyp", b"M4A \0\0\0\0");
    [start, boxed(b"mdat", &[0; 1_000]), boxed(b"moov", &movie)].concat()
}

/// Frames of MPEG audio, layer III, with nothing in them.
fn mpeg() -> Vec<u8> {
    let frame = [b"\xFF\xFB\x94\x00".as_slice(), &[0; 380]].concat();
    let tag = b"ID3\x04\0\0\0\0\0\x11TIT2\0\0\0\x07\0\0\x03Title\0".to_vec();
    [tag, frame.repeat(12)].concat()
}

/// Frames of ADTS, whose content is nothing.
fn adts() -> Vec<u8> {
    [b"\xFF\xF1\x4C\x80\x02\x1F\xFC".as_slice(), &[0; 9]].concat().repeat(20)
}

/// A whole file of every kind that code can make.
static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let noise = signal::quantized(&signal::noise(1, 1_200, 2, 0.3), 16);
    let wav = Wav::pcm(48_000, 2, 24).ints(&noise[..1_200]);
    let tag = b"ID3\x04\0\0\0\0\0\x11TIT2\0\0\0\x07\0\0\x03Title\0".to_vec();
    let full = wav
        .clone()
        .bext(&Bext { version: 2, ..Bext::default() })
        .ixml(
            "<BWFXML><TAKE>1</TAKE><TRACK_LIST><TRACK><NAME>a</NAME></TRACK></TRACK_LIST></BWFXML>",
        )
        .info(&[(b"INAM", "Title"), (b"ITRK", "1")])
        .chunk_after(RawChunk::new(*b"id3 ", tag.clone()));
    let flac = flac(&noise);
    vec![
        wav.build(),
        full.build(),
        full.rf64().build(),
        wav.clone().bw64().extensible(20, 3).build(),
        Wav::float(48_000, 1, 32).floats(&[0.5; 400]).build(),
        aiff::aiff(48_000, 2, 24, &noise[..800]),
        aiff::sowt(48_000, 2, &noise[..800]),
        [tag, flac.clone()].concat(),
        flac,
        movie(&[Track::video(), Track::pcm(b"in24", 48_000, 2, &noise).number(2)]),
        movie(&[
            Track::raw(48_000, 1, vec![7; 900]),
            Track::pcm(b"sowt", 48_000, 1, &noise).number(2),
        ]),
        mp4(),
        mpeg(),
        adts(),
    ]
});

/// One change of a file.
#[derive(Debug, Clone)]
enum Change {
    /// A byte becomes another.
    Byte(prop::sample::Index, u8),
    /// Four bytes become a number that sizes are made of.
    Word(prop::sample::Index, u32),
    /// The rest goes.
    Cut(prop::sample::Index),
    /// A part of another file comes in.
    Splice(prop::sample::Index, prop::sample::Index, prop::sample::Index, u8),
    /// A part comes twice.
    Repeat(prop::sample::Index, u8),
}

fn change() -> impl Strategy<Value = Change> {
    use prop::sample::Index;
    let word =
        prop::sample::select(vec![0, 1, 7, 0x7FFF_FFFF, 0x8000_0000, u32::MAX - 7, u32::MAX]);
    prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        3 => (any::<Index>(), word).prop_map(|(at, word)| Change::Word(at, word)),
        1 => any::<Index>().prop_map(Change::Cut),
        1 => (any::<Index>(), any::<Index>(), any::<Index>(), any::<u8>())
            .prop_map(|(at, seed, from, length)| Change::Splice(at, seed, from, length)),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, length)| Change::Repeat(at, length)),
    ]
}

fn apply(file: &mut Vec<u8>, change: &Change, near: usize) {
    if file.is_empty() {
        return;
    }
    // Most changes hit what is looked at before the samples.
    let place = |at: &prop::sample::Index, file: &[u8]| at.index(file.len().min(near));
    match change {
        Change::Byte(at, byte) => {
            let at = place(at, file);
            file[at] = *byte;
        }
        Change::Word(at, word) => {
            let at = place(at, file);
            let bytes = if at % 2 == 0 { word.to_le_bytes() } else { word.to_be_bytes() };
            file.iter_mut().skip(at).zip(bytes).for_each(|(byte, new)| *byte = new);
        }
        Change::Cut(at) => file.truncate(at.index(file.len())),
        Change::Splice(at, seed, from, length) => {
            let other = &SEEDS[seed.index(SEEDS.len())];
            let from = from.index(other.len());
            let part = other[from..other.len().min(from + usize::from(*length))].to_vec();
            let at = place(at, file);
            file.splice(at..at, part);
        }
        Change::Repeat(at, length) => {
            let at = place(at, file);
            let part = file[at..file.len().min(at + usize::from(*length))].to_vec();
            file.splice(at..at, part);
        }
    }
}

#[test]
fn seeds_are_what_they_should_be() {
    for (number, seed) in SEEDS.iter().enumerate() {
        let header = examine(seed).unwrap();
        assert!(header.format.is_some(), "{number}: {:?}", header.defects);
        // The MPEG, ADTS and MP4 files have frames with nothing in them.
        if number < SEEDS.len() - 3 {
            assert_eq!(decoded(seed), header.declared_frames, "{number}");
        }
        take_in(seed);
    }
}

#[test]
fn lengths_are_without_what_an_encoder_put_before() {
    // 10 packets of 4,096 frames, of which an edit plays 0.8 s from frame 1,024 on.
    let header = examine(&mp4()).unwrap();
    assert_eq!((header.declared_frames, header.defects), (Some(38_400), vec![]));
    // Without a table in its first frame, an MPEG stream only lets itself be estimated.
    let bare = examine(&mpeg()).unwrap();
    assert_eq!((bare.declared_frames, bare.estimated_frames), (None, Some(12 * 1_152)));
    // LAME's 576 and the decoder's 529 at the start, 1,000 less those at the end.
    let mut told = mpeg();
    let place = told.len() - 12 * 384 + 36;
    told[place..place + 12].copy_from_slice(b"Info\0\0\0\x01\0\0\0\x0B");
    told[place + 12..place + 21].copy_from_slice(b"LAME3.100");
    told[place + 33..place + 36].copy_from_slice(&(576_u32 << 12 | 1_000).to_be_bytes()[1..]);
    let header = examine(&told).unwrap();
    assert_eq!(header.declared_frames, Some(11 * 1_152 - (576 + 529) - (1_000 - 529)));
}

#[test]
fn each_prefix_of_each_file_is_taken_in() {
    for seed in SEEDS.iter() {
        for length in (0..seed.len().min(400)).chain((400..seed.len()).step_by(97)) {
            take_in(&seed[..length]);
        }
    }
}

#[test]
fn mad_claims_are_taken_in() {
    let wav = Wav::pcm(48_000, 2, 24).ints(&signal::noise(1, 100, 2, 1.0));
    for channels in [0, 1, 2, 64, 65_535] {
        for rate in [0, 1, 48_000, u32::MAX] {
            for bits in [0, 1, 8, 24, 33, 65_535] {
                for align in [0, 1, 6, 65_535] {
                    take_in(
                        &wav.clone()
                            .fmt(|fmt| {
                                (fmt.channels, fmt.sample_rate) = (channels, rate);
                                (fmt.bits, fmt.block_align) = (bits, align);
                            })
                            .build(),
                    );
                }
            }
        }
    }
    for size in [0, 1, 3, 0x7FFF_FFFF, u32::MAX - 1, u32::MAX] {
        for id in [*b"fmt ", *b"data"] {
            take_in(&wav.clone().claim(id, size).build());
            take_in(&wav.clone().rf64().claim(id, size).build());
            take_in(
                &wav.clone()
                    .chunk(RawChunk { claimed: Some(size), ..RawChunk::new(*b"LIST", id) })
                    .build(),
            );
        }
    }
    for told in [0, 1, 1 << 40, u64::MAX - 1, u64::MAX] {
        take_in(&wav.clone().rf64().ds64(Some(told), Some(told)).build());
        take_in(&wav.clone().bw64().ds64(None, Some(told)).build());
    }
    let nested = (0..2_000)
        .fold(RawChunk::list(*b"LIST", &[]), |inner, _| RawChunk::list(*b"LIST", &[inner]));
    take_in(&wav.chunk(nested).build());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn changed_files_are_taken_in(
        seed in any::<prop::sample::Index>(),
        changes in prop::collection::vec(change(), 1..6),
        near in prop::sample::select(vec![48, 200, 2_000, usize::MAX]),
    ) {
        let mut file = SEEDS[seed.index(SEEDS.len())].clone();
        for change in &changes {
            apply(&mut file, change, near);
        }
        take_in(&file);
    }

    #[test]
    fn noise_behind_a_name_is_taken_in(
        name in prop::sample::select(vec![
            b"RIFF\xFF\xFF\xFF\xFFWAVEfmt ".to_vec(), b"RF64\xFF\xFF\xFF\xFFWAVEds64".to_vec(),
            b"FORM\0\0\xFF\xFFAIFFCOMM".to_vec(), b"fLaC\0\0\0\x22".to_vec(), b"OggS\0\x02".to_vec(),
            b"\0\0\0\x10ftypM4A \0\0\0\0".to_vec(), b"ID3\x03\0\0\0\0\x02\0".to_vec(),
            b"ID3\x04\0\x80\0\0\x02\0APIC".to_vec(), b"\xFF\xFB\x90\x64".to_vec(),
            b"\xFF\xF1\x50\x80".to_vec(),
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..1_500),
    ) {
        take_in(&[name, bytes].concat());
    }
}

#[test]
fn what_a_header_says_of_too_much_or_too_little_is_a_defect() {
    let malformed = |defects: &[Defect]| {
        defects.iter().any(|defect| matches!(defect, Defect::Malformed { .. }))
    };
    // A file whose table of contents comes first, cut off in its samples.
    let file = mp4();
    let movie = file.windows(4).position(|name| name == b"moov").unwrap() - 4;
    let fast = [&file[..16], &file[movie..], &file[16..movie]].concat();
    assert_eq!(examine(&fast).unwrap().defects, []);
    let cut = examine(&fast[..fast.len() - 400].to_vec()).unwrap();
    assert_eq!(cut.defects, [Defect::Truncated { declared: 1_000, present: 600 }]);
    // Behind the movie of a file in fragments there is no end of boxes.
    let boxes = boxed(b"moof", &[0; 8]).repeat(5_000);
    assert_eq!(examine(&[fast, boxes].concat()).unwrap().declared_frames, Some(38_400));
    // A stream of MPEG audio of which another was put behind.
    let frame = [b"\xFF\xFB\x94\x00".as_slice(), &[0; 380]].concat();
    let told = |frames: u32, count: usize| {
        let mut stream = frame.repeat(count + 1);
        stream[36..44].copy_from_slice(b"Info\0\0\0\x01");
        stream[44..48].copy_from_slice(&frames.to_be_bytes());
        examine(&stream).unwrap()
    };
    let (right, stale) = (told(40, 40), told(5, 40));
    assert_eq!((right.declared_frames, right.defects), (Some(40 * 1_152), vec![]));
    assert_eq!(stale.declared_frames, None);
    assert!(malformed(&stale.defects));
    // AIFF with fewer frames told than there are.
    let mut file = aiff::aiff(48_000, 2, 24, &[0; 400]);
    assert_eq!(examine(&file).unwrap().defects, []);
    let frames = file.windows(4).position(|name| name == b"COMM").unwrap() + 10;
    file[frames..frames + 4].copy_from_slice(&100_u32.to_be_bytes());
    assert!(malformed(&examine(&file).unwrap().defects));
}
