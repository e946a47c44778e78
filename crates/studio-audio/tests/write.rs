//! What is written is what was meant, whatever its size, and says so only when it is whole.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod sounds;

use std::io::{self, Cursor, Seek, SeekFrom, Write};

use proptest::prelude::*;
use sounds::{noise_float, noise_int};
use studio_audio::SampleFormat::{Float32, Int16, Int24};
use studio_audio::write::{Discard, FlacWriter, MAX_CHANNELS, WavChunks, WavWriter};
use studio_audio::{AudioWriter, Error, PcmFormat, SampleFormat, Samples};

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
}
