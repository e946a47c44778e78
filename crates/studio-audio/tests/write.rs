//! What is written is what was meant, whatever its size, and says so only when it is whole.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod sounds;

use std::io::{self, Cursor, Seek, SeekFrom, Write};

use proptest::prelude::*;
use sounds::{noise_float, noise_int};
use studio_audio::SampleFormat::{Float32, Int16, Int24};
use studio_audio::write::{
    Bext, Discard, FlacWriter, Ixml, IxmlTrack, MAX_CHANNELS, WavChunks, WavWriter,
};
use studio_audio::{AudioWriter, Error, PcmFormat, SampleFormat, Samples};
use studio_domain::{Decibels, Loudness};

fn format(channels: u16, samples: SampleFormat) -> PcmFormat {
    PcmFormat { channels, sample_rate: 48_000, samples }
}

/// A file of samples, in blocks of so many frames.
fn wav(format: PcmFormat, samples: Samples<'_>, chunks: &WavChunks, block: usize) -> Vec<u8> {
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), format, chunks).unwrap();
    put(&mut writer, samples, block * usize::from(format.channels));
    writer.finish().unwrap();
    writer.into_inner().into_inner()
}

fn put(writer: &mut dyn AudioWriter, samples: Samples<'_>, block: usize) {
    match samples {
        Samples::Int(all) => {
            all.chunks(block).for_each(|part| writer.write(Samples::Int(part)).unwrap());
        }
        Samples::Float(all) => {
            all.chunks(block).for_each(|part| writer.write(Samples::Float(part)).unwrap());
        }
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// The chunks of a whole file, by a walk that takes nothing on trust.
fn chunks(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    assert_eq!((&bytes[..4], &bytes[8..12]), (&b"RIFF"[..], &b"WAVE"[..]));
    assert_eq!(u32_at(bytes, 4) as usize, bytes.len() - 8);
    let (mut at, mut chunks) = (12, Vec::new());
    while at < bytes.len() {
        assert_eq!(at % 2, 0, "chunks begin at even places");
        let size = u32_at(bytes, at + 4) as usize;
        let id = String::from_utf8(bytes[at..at + 4].to_vec()).unwrap();
        chunks.push((id, bytes[at + 8..at + 8 + size].to_vec()));
        if size % 2 == 1 {
            assert_eq!(bytes[at + 8 + size], 0, "padding is zero");
        }
        at += 8 + size + size % 2;
    }
    assert_eq!(at, bytes.len());
    chunks
}

fn chunk(bytes: &[u8], id: &str) -> Vec<u8> {
    let mut found = chunks(bytes).into_iter().filter(|(other, _)| other == id);
    let content = found.next().unwrap().1;
    assert!(found.next().is_none(), "{id} stands there once");
    content
}

fn ids(bytes: &[u8]) -> Vec<String> {
    chunks(bytes).into_iter().map(|(id, _)| id).collect()
}

#[test]
fn files_hold_the_samples_and_little_else() {
    let ints = [0x1234_5600_u32 as i32, -256, i32::MIN, 0x7FFF_FF00];
    let file = wav(format(2, Int24), Samples::Int(&ints), &WavChunks::default(), 1);
    assert_eq!(ids(&file), ["JUNK", "fmt ", "data"]);
    let fmt = [1, 0, 2, 0, 0x80, 0xBB, 0, 0, 0, 0x65, 4, 0, 6, 0, 24, 0];
    assert_eq!(chunk(&file, "fmt "), fmt);
    let data = [0x56, 0x34, 0x12, 0xFF, 0xFF, 0xFF, 0, 0, 0x80, 0xFF, 0xFF, 0x7F];
    assert_eq!(chunk(&file, "data"), data);
    assert_eq!(chunk(&file, "JUNK").len(), 28);

    let ints = [0x1234_0000, -65_536, i32::MIN];
    let file = wav(format(1, Int16), Samples::Int(&ints), &WavChunks::default(), 2);
    assert_eq!(chunk(&file, "data"), [0x34, 0x12, 0xFF, 0xFF, 0, 0x80]);

    let floats = [1.0, f32::NAN, -0.0];
    let file = wav(format(1, Float32), Samples::Float(&floats), &WavChunks::default(), 3);
    assert_eq!(ids(&file), ["JUNK", "fmt ", "fact", "data"]);
    assert_eq!(chunk(&file, "fmt ")[..2], [3, 0]);
    assert_eq!(chunk(&file, "fmt ").len(), 18);
    assert_eq!(chunk(&file, "fact"), [3, 0, 0, 0]);
    let expected: Vec<u8> = floats.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    assert_eq!(chunk(&file, "data"), expected);
}

#[test]
fn odd_lengths_are_padded_and_not_counted() {
    for frames in 0..4 {
        let ints = noise_int(1, 24, 0.9, frames);
        let file = wav(format(1, Int24), Samples::Int(&ints), &WavChunks::default(), 2);
        assert_eq!(chunk(&file, "data").len(), 3 * frames, "{frames} frames");
        assert_eq!(file.len() % 2, 0);
    }
}

#[test]
fn many_channels_are_extensible() {
    for channels in 1..=MAX_CHANNELS {
        for samples in [Int16, Int24, Float32] {
            let format = format(channels, samples);
            let ints = noise_int(2, 16, 0.9, 3 * usize::from(channels));
            let floats = noise_float(2, 0.9, 3 * usize::from(channels));
            let block = match samples {
                Float32 => Samples::Float(&floats),
                _ => Samples::Int(&ints),
            };
            let file = wav(format, block, &WavChunks::default(), 2);
            let fmt = chunk(&file, "fmt ");
            let plain = if samples == Float32 { 3 } else { 1 };
            let tag = if channels > 2 { 0xFFFE } else { plain };
            assert_eq!(u16::from_le_bytes([fmt[0], fmt[1]]), tag, "{format:?}");
            assert_eq!(u16::from_le_bytes([fmt[2], fmt[3]]), channels);
            assert_eq!(u64::from(u16::from_le_bytes([fmt[12], fmt[13]])), format.frame_bytes());
            assert_eq!(u64::from(u32_at(&fmt, 8)), 48_000 * format.frame_bytes());
            if channels > 2 {
                assert_eq!(fmt.len(), 40);
                assert_eq!(u16::from_le_bytes([fmt[18], fmt[19]]), samples.bits());
                assert_eq!(u16::from_le_bytes([fmt[24], fmt[25]]), plain);
            }
            assert_eq!(chunk(&file, "data").len() as u64, 3 * format.frame_bytes());
        }
    }
}

#[test]
fn formats_that_no_file_has_are_refused() {
    let good = format(2, Int24);
    for bad in [
        PcmFormat { channels: 0, ..good },
        PcmFormat { channels: 65, ..good },
        PcmFormat { channels: u16::MAX, ..good },
        PcmFormat { sample_rate: 0, ..good },
        PcmFormat { sample_rate: u32::MAX, ..good },
    ] {
        let wav = WavWriter::new(Cursor::new(Vec::new()), bad, &WavChunks::default());
        assert!(matches!(wav, Err(Error::Mismatch { .. })), "{bad:?}");
        assert!(FlacWriter::new(Cursor::new(Vec::new()), bad, &[]).is_err(), "{bad:?}");
    }
    for bad in [
        PcmFormat { samples: Float32, ..good },
        PcmFormat { channels: 9, ..good },
        PcmFormat { sample_rate: 1 << 20, ..good },
    ] {
        let flac = FlacWriter::new(Cursor::new(Vec::new()), bad, &[]);
        assert!(matches!(flac, Err(Error::Mismatch { .. })), "{bad:?}");
    }
}

#[test]
fn samples_of_another_kind_are_refused() {
    let wav = |samples| {
        WavWriter::new(Cursor::new(Vec::new()), format(2, samples), &WavChunks::default()).unwrap()
    };
    for (samples, block) in [
        (Int24, Samples::Float(&[0.0, 0.0])),
        (Float32, Samples::Int(&[0, 0])),
        (Int24, Samples::Int(&[0, 0, 0])),
        (Int24, Samples::Int(&[0, 0x80])),
        (Int16, Samples::Int(&[0, 0x8000])),
    ] {
        let mut wav = wav(samples);
        assert!(matches!(wav.write(block), Err(Error::Mismatch { .. })), "{samples:?} {block:?}");
        assert!(wav.write(Samples::Int(&[0, 0])).is_err(), "it has failed for good");
        assert!(wav.finish().is_err());
        if samples != Float32 {
            let file = Cursor::new(Vec::new());
            let mut flac = FlacWriter::new(file, format(2, samples), &[]).unwrap();
            assert!(matches!(flac.write(block), Err(Error::Mismatch { .. })), "{block:?}");
            assert!(flac.write(Samples::Int(&[0, 0])).is_err());
            assert!(flac.finish().is_err());
        }
    }
    let mut discard = Discard::new(format(2, Int24)).unwrap();
    discard.write(Samples::Int(&[0; 6])).unwrap();
    assert!(discard.write(Samples::Int(&[0; 5])).is_err());
    assert_eq!(discard.frames(), 3);
}

#[test]
fn a_file_that_was_not_finished_says_so() {
    let mut file = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut file, format(1, Float32), &WavChunks::default()).unwrap();
    writer.write(Samples::Float(&[0.5; 10])).unwrap();
    drop(writer);
    let bytes = file.into_inner();
    assert_eq!(u32_at(&bytes, 4), u32::MAX);
    let data = bytes.len() - 40 - 4;
    assert_eq!((&bytes[data - 4..data], u32_at(&bytes, data)), (&b"data"[..], u32::MAX));
    assert_eq!(u32_at(&bytes, data - 8), u32::MAX, "fact");

    let mut file = Cursor::new(Vec::new());
    let mut writer = FlacWriter::new(&mut file, format(1, Int16), &[]).unwrap();
    writer.write(Samples::Int(&noise_int(1, 16, 0.5, 20_000))).unwrap();
    drop(writer);
    let bytes = file.into_inner();
    assert!(bytes.len() > 8192 + 4096, "some of it is there");
    // STREAMINFO: 36 bits of a number of samples, then the MD5.
    assert_eq!((bytes[21] & 0x0F, &bytes[22..42]), (0, &[0; 20][..]));
}

#[test]
fn finishing_happens_once() {
    let mut writer =
        WavWriter::new(Cursor::new(Vec::new()), format(1, Int16), &WavChunks::default()).unwrap();
    writer.finish().unwrap();
    assert!(matches!(writer.finish(), Err(Error::Mismatch { .. })));
    assert!(matches!(writer.write(Samples::Int(&[0])), Err(Error::Mismatch { .. })));
    let mut writer = FlacWriter::new(Cursor::new(Vec::new()), format(1, Int16), &[]).unwrap();
    assert!(matches!(writer.finish(), Err(Error::Mismatch { .. })), "no FLAC without samples");
    assert!(writer.finish().is_err());
}

/// Keeps what lies at the start of a file and counts the rest.
#[derive(Default)]
struct Sparse {
    head: Vec<u8>,
    at: u64,
    end: u64,
}

impl Write for Sparse {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for (byte, place) in bytes.iter().zip(self.at..4096) {
            let place = place as usize;
            if self.head.len() <= place {
                self.head.resize(place + 1, 0);
            }
            self.head[place] = *byte;
        }
        self.at += bytes.len() as u64;
        self.end = self.end.max(self.at);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let SeekFrom::Start(place) = to else {
            // Where it stands.
            return Ok(self.at);
        };
        self.at = place;
        Ok(place)
    }
}

/// The head of a file of so many bytes of samples (64 channels of floats).
fn huge(frames: u64) -> (Vec<u8>, u64) {
    let mut sparse = Sparse::default();
    let mut writer =
        WavWriter::new(&mut sparse, format(64, Float32), &WavChunks::default()).unwrap();
    let block = vec![0.0; 64 * 4096];
    let mut left = frames;
    while left > 0 {
        let some = left.min(4096);
        writer.write(Samples::Float(&block[..64 * some as usize])).unwrap();
        left -= some;
    }
    writer.finish().unwrap();
    assert_eq!(sparse.at, sparse.end, "it stands at the end");
    (sparse.head, sparse.end)
}

#[test]
fn beyond_4_gib_it_is_rf64() {
    // Frames of 256 bytes behind a header that is far smaller than one.
    let most = (u64::from(u32::MAX) - 200) / 256;
    let (head, end) = huge(most);
    assert_eq!((&head[..4], &head[12..16]), (&b"RIFF"[..], &b"JUNK"[..]));
    assert_eq!(u64::from(u32_at(&head, 4)), end - 8);

    for frames in [most + 1, most + 70_000] {
        let (head, end) = huge(frames);
        assert_eq!((&head[..4], u32_at(&head, 4)), (&b"RF64"[..], u32::MAX));
        assert_eq!((&head[8..12], &head[12..16]), (&b"WAVE"[..], &b"ds64"[..]));
        assert_eq!(u32_at(&head, 16), 28);
        let numbers: Vec<u64> = head[20..44]
            .chunks_exact(8)
            .map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap()))
            .collect();
        assert_eq!(numbers, [end - 8, frames * 256, frames]);
        assert_eq!(u32_at(&head, 44), 0, "no table");
        let data = head.windows(4).position(|bytes| bytes == b"data").unwrap();
        assert_eq!(u32_at(&head, data + 4), u32::MAX);
        let fact = head.windows(4).position(|bytes| bytes == b"fact").unwrap();
        assert_eq!(u32_at(&head, fact + 8), u32::MAX);
    }
}

#[test]
fn a_file_can_begin_anywhere_in_its_writer() {
    let mut behind = Cursor::new(b"before".to_vec());
    behind.set_position(6);
    let mut writer = WavWriter::new(&mut behind, format(1, Int16), &WavChunks::default()).unwrap();
    writer.write(Samples::Int(&[1 << 16])).unwrap();
    writer.finish().unwrap();
    let alone = wav(format(1, Int16), Samples::Int(&[1 << 16]), &WavChunks::default(), 1);
    assert_eq!(behind.into_inner(), [b"before".to_vec(), alone].concat());
}

fn bext() -> Bext {
    Bext {
        description: "Take 3, the good one".to_owned(),
        originator: "Studio".to_owned(),
        originator_reference: "FI-0123456789".to_owned(),
        origination_date: "2026-11-21".to_owned(),
        origination_time: "23:59:58".to_owned(),
        time_reference: 0x1_2345_6789,
        loudness: Loudness {
            integrated: Decibels::from_thousandths(-23_014),
            range: Decibels::from_thousandths(9_995),
            true_peak: Decibels::from_thousandths(-1_005),
            max_momentary: None,
            max_short_term: Decibels::from_thousandths(-120_000),
            sample_peak: None,
        },
        coding_history: Bext::coding_line(format(2, Int24), "studio, 1.0\r\nx"),
    }
}

#[test]
fn bext_has_its_fields_where_tech_3285_says() {
    let chunks = WavChunks { bext: Some(bext()), ixml: None };
    let file = wav(format(2, Int24), Samples::Int(&[0, 0]), &chunks, 1);
    assert_eq!(ids(&file), ["JUNK", "fmt ", "bext", "data"]);
    let content = chunk(&file, "bext");
    let text = |from: usize, size: usize| {
        let field = &content[from..from + size];
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(size);
        assert!(field[end..].iter().all(|byte| *byte == 0));
        String::from_utf8(field[..end].to_vec()).unwrap()
    };
    assert_eq!(text(0, 256), "Take 3, the good one");
    assert_eq!(text(256, 32), "Studio");
    assert_eq!(text(288, 32), "FI-0123456789");
    assert_eq!((text(320, 10).as_str(), text(330, 8).as_str()), ("2026-11-21", "23:59:58"));
    assert_eq!((u32_at(&content, 338), u32_at(&content, 342)), (0x2345_6789, 1));
    assert_eq!(content[346..348], [2, 0], "version");
    assert!(content[348..412].iter().all(|byte| *byte == 0), "no UMID");
    let loudness: Vec<i16> = content[412..422]
        .chunks_exact(2)
        .map(|bytes| i16::from_le_bytes(bytes.try_into().unwrap()))
        .collect();
    // Halves are rounded away from 0; what is not known or out of range is 0x7FFF.
    assert_eq!(loudness, [-2301, 1000, -101, 0x7FFF, 0x7FFF]);
    assert!(content[422..602].iter().all(|byte| *byte == 0), "reserved");
    assert_eq!(text(602, content.len() - 602), "A=PCM,F=48000,W=24,M=stereo,T=studio  1.0  x\r\n");
}

#[test]
fn what_bext_cannot_hold_is_cut_replaced_or_refused() {
    let long = Bext {
        description: "ä🎸".to_owned() + &"d".repeat(300),
        originator: "o".repeat(32),
        ..Bext::default()
    };
    let chunks = WavChunks { bext: Some(long), ixml: None };
    let file = wav(format(1, Int16), Samples::Int(&[]), &chunks, 1);
    let content = chunk(&file, "bext");
    assert_eq!(content.len(), 602);
    assert_eq!(content[..256], [b"??".to_vec(), vec![b'd'; 254]].concat());
    assert_eq!(content[256..288], [b'o'; 32]);
    assert_eq!(content[288], 0);
    for (date, time) in [("2026-1-21", ""), ("", "1:00:00"), ("2026/11/21", ""), ("", "aa:bb:cc")] {
        let (origination_date, origination_time) = (date.to_owned(), time.to_owned());
        let bad = Bext { origination_date, origination_time, ..Bext::default() };
        let chunks = WavChunks { bext: Some(bad), ixml: None };
        let refused = WavWriter::new(Cursor::new(Vec::new()), format(1, Int16), &chunks);
        assert!(matches!(refused, Err(Error::Mismatch { .. })), "{date}{time}");
    }
}

/// The text of the only element at a path.
fn element(xml: &str, path: &str) -> Option<String> {
    let document = roxmltree::Document::parse(xml).unwrap();
    let mut node = document.root_element();
    assert_eq!(node.tag_name().name(), "BWFXML");
    for name in path.split('/') {
        node = node.children().find(|child| child.has_tag_name(name))?;
    }
    Some(node.text().unwrap_or_default().to_owned())
}

#[test]
fn ixml_says_what_is_known() {
    let ixml = Ixml {
        project: Some("Kühe & Hühner <live>".to_owned()),
        scene: Some("Evan Enters the Third".to_owned()),
        take: Some("3".to_owned()),
        tape: None,
        circled: Some(true),
        note: Some("\"quoted\" ]]> 'n' more\ttab\r\nnext\u{1}".to_owned()),
        tracks: vec![
            IxmlTrack { channel: 1, interleave: 1, name: Some("L & C".to_owned()), function: None },
            IxmlTrack { channel: 7, interleave: 2, name: None, function: Some("RIGHT".to_owned()) },
        ],
    };
    let chunks = WavChunks { bext: Some(bext()), ixml: Some(ixml) };
    let file = wav(format(2, Int24), Samples::Int(&[0, 0]), &chunks, 1);
    assert_eq!(ids(&file), ["JUNK", "fmt ", "bext", "iXML", "data"]);
    let xml = String::from_utf8(chunk(&file, "iXML")).unwrap();
    for (path, expected) in [
        ("PROJECT", Some("Kühe & Hühner <live>")),
        ("TAPE", None),
        ("CIRCLED", Some("TRUE")),
        ("NOTE", Some("\"quoted\" ]]> 'n' more\ttab\r\nnext\u{FFFD}")),
        ("SPEED/FILE_SAMPLE_RATE", Some("48000")),
        ("SPEED/TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI", Some("1")),
        ("SPEED/TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO", Some("591751049")),
        ("BEXT/BWF_DESCRIPTION", Some("Take 3, the good one")),
        ("BEXT/BWF_TIME_REFERENCE_HIGH", Some("1")),
        ("BEXT/BWF_CODING_HISTORY", Some("A=PCM,F=48000,W=24,M=stereo,T=studio  1.0  x\r\n")),
        ("TRACK_LIST/TRACK_COUNT", Some("2")),
        ("TRACK_LIST/TRACK/NAME", Some("L & C")),
    ] {
        assert_eq!(element(&xml, path).as_deref(), expected, "{path}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn blocks_make_no_difference_to_a_file(
        channels in 1_u16..5,
        frames in 0_usize..3000,
        block in 1_usize..3000,
        deep: bool,
    ) {
        let format = format(channels, if deep { Int24 } else { Int16 });
        let count = frames * usize::from(channels);
        let ints = noise_int(frames as u64, if deep { 24 } else { 16 }, 1.0, count);
        let whole = wav(format, Samples::Int(&ints), &WavChunks::default(), 5000);
        let cut = wav(format, Samples::Int(&ints), &WavChunks::default(), block);
        prop_assert!(whole == cut);
        let bytes = usize::from(format.samples.bytes());
        let back = chunk(&whole, "data");
        let back = back.chunks_exact(bytes).map(|sample| {
            let mut word = [0; 4];
            word[4 - bytes..].copy_from_slice(sample);
            i32::from_le_bytes(word)
        });
        prop_assert!(back.eq(ints.iter().copied()));
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,40}|.{0,400}", other in ".{0,40}") {
        let bext = Bext {
            description: text.clone(),
            originator: other.clone(),
            coding_history: text.clone(),
            ..Bext::default()
        };
        let ixml = Ixml { note: Some(text.clone()), project: Some(other), ..Ixml::default() };
        let chunks = WavChunks { bext: Some(bext), ixml: Some(ixml) };
        let file = wav(format(1, Int16), Samples::Int(&[]), &chunks, 1);
        let xml = String::from_utf8(chunk(&file, "iXML")).unwrap();
        let known = |c: char| {
            let illegal = (c.is_ascii_control() && !"\t\n\r".contains(c))
                || ('\u{FFFE}'..='\u{FFFF}').contains(&c);
            if illegal { char::REPLACEMENT_CHARACTER } else { c }
        };
        let expected: String = text.chars().map(known).collect();
        prop_assert_eq!(element(&xml, "NOTE").unwrap(), expected);
        let cut: Vec<u8> = text.chars().take(256).map(|c| match c {
            ' '..='~' | '\r' | '\n' | '\t' => c as u8,
            _ => b'?',
        }).collect();
        prop_assert_eq!(&chunk(&file, "bext")[..cut.len()], &cut[..]);
    }
}
