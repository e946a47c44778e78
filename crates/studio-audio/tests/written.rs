//! What the writers make is read again by the prober and the decoders, without a complaint.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod sounds;

use std::io::{self, Cursor, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::sync::Arc;

use proptest::prelude::*;
use sounds::{Memory, noise_float, noise_int};
use studio_audio::SampleFormat::{Float32, Int16, Int24};
use studio_audio::metadata::{Bext, Ixml};
use studio_audio::write::{FlacWriter, WavChunks, WavWriter};
use studio_audio::{
    AudioWriter, ByteSource, Defect, MixOptions, PcmFormat, SampleFormat, Samples, Stem, decode,
    mixdown, probe, riff,
};
use studio_domain::{Codec, Container, Decibels, Pan};

#[derive(Debug, Clone, PartialEq)]
enum Kept {
    Int(Vec<i32>),
    Float(Vec<f32>),
}

impl Kept {
    fn noise(format: PcmFormat, frames: usize) -> Self {
        let count = frames * usize::from(format.channels);
        match format.samples {
            Float32 => Self::Float(noise_float(frames as u64, 1.5, count)),
            other => Self::Int(noise_int(frames as u64, u32::from(other.bits()), 1.0, count)),
        }
    }

    fn samples(&self) -> Samples<'_> {
        match self {
            Self::Int(samples) => Samples::Int(samples),
            Self::Float(samples) => Samples::Float(samples),
        }
    }
}

fn wav(format: PcmFormat, samples: Samples<'_>, chunks: &WavChunks) -> Vec<u8> {
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), format, chunks).unwrap();
    writer.write(samples).unwrap();
    writer.finish().unwrap();
    writer.into_inner().into_inner()
}

fn flac(format: PcmFormat, samples: Samples<'_>) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let mut writer = FlacWriter::new(&mut file, format, &[]).unwrap();
    writer.write(samples).unwrap();
    writer.finish().unwrap();
    drop(writer);
    file.into_inner()
}

/// Decodes a whole file, whose decoder must give the format that was written.
fn decoded(bytes: Vec<u8>, format: PcmFormat) -> Kept {
    let mut decoder = decode::open(Arc::new(bytes)).unwrap();
    let sound = decoder.sound();
    assert_eq!((sound.channels, sound.sample_rate), (format.channels, format.sample_rate));
    let (mut ints, mut floats) = (Vec::new(), Vec::new());
    while let Some(block) = decoder.next_block().unwrap() {
        match block {
            Samples::Int(samples) => ints.extend(samples),
            Samples::Float(samples) => floats.extend(samples),
        }
    }
    match format.samples {
        Float32 => Kept::Float(floats),
        Int16 | Int24 => Kept::Int(ints),
    }
}

#[test]
fn an_unfinished_file_is_told_from_a_whole_one() {
    let format = PcmFormat { channels: 2, sample_rate: 48_000, samples: Int24 };
    let mut file = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut file, format, &WavChunks::default()).unwrap();
    writer.write(Samples::Int(&[0; 20])).unwrap();
    drop(writer);
    let file = file.into_inner();
    let defects = probe::probe(&file).unwrap().header.defects;
    assert!(defects.contains(&Defect::DataSizeUnknown { present: 60 }), "{defects:?}");
}

/// The head of a file whose rest is zeros: kept, and given back.
#[derive(Debug, Clone, Default)]
struct Sparse {
    head: Vec<u8>,
    at: u64,
    end: u64,
}

impl Write for Sparse {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let start = usize::try_from(self.at).unwrap();
        if start < 4096 {
            self.head.resize(4096, 0);
            let some = bytes.len().min(4096 - start);
            self.head[start..start + some].copy_from_slice(&bytes[..some]);
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
        if let SeekFrom::Start(place) = to {
            self.at = place;
        }
        Ok(self.at)
    }
}

impl ByteSource for Sparse {
    fn size(&self) -> u64 {
        self.end
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(self.end.saturating_sub(offset)).unwrap();
        let read = buffer.len().min(rest);
        for (byte, place) in buffer[..read].iter_mut().zip(offset..) {
            *byte = self.head.get(usize::try_from(place).unwrap()).copied().unwrap_or(0);
        }
        Ok(read)
    }
}

#[test]
fn rf64_is_walked_without_a_defect() {
    for (samples, frames) in [(Float32, (1_u64 << 24) + 5), (Int24, (1 << 25) + 3)] {
        let format = PcmFormat { channels: 64, sample_rate: 48_000, samples };
        let bext = Bext { description: "Drums, take 3".to_owned(), ..Bext::default() };
        let chunks = WavChunks { bext: Some(bext), ixml: Some(Ixml::default()) };
        let mut writer = WavWriter::new(Sparse::default(), format, &chunks).unwrap();
        let block = Kept::noise(format, 1 << 13);
        let zeros = match block {
            Kept::Int(samples) => Kept::Int(vec![0; samples.len()]),
            Kept::Float(samples) => Kept::Float(vec![0.0; samples.len()]),
        };
        let part = |frames: u64| match &zeros {
            Kept::Int(samples) => Samples::Int(&samples[..64 * frames as usize]),
            Kept::Float(samples) => Samples::Float(&samples[..64 * frames as usize]),
        };
        let mut left = frames;
        while left > 0 {
            let some = left.min(1 << 13);
            writer.write(part(some)).unwrap();
            left -= some;
        }
        writer.finish().unwrap();
        let file = writer.into_inner();
        assert!(file.end > 1 << 32);
        let wave = riff::walk(&file).unwrap();
        assert_eq!((wave.form, wave.defects.as_slice()), (Container::Rf64, &[][..]));
        assert_eq!((wave.frames(), wave.declared_frames()), (Some(frames), Some(frames)));
        assert_eq!(probe::probe(&file).unwrap().bext.unwrap().description, "Drums, take 3");
    }
}

#[test]
fn a_mix_of_files_into_a_file() {
    let format = PcmFormat { channels: 2, sample_rate: 48_000, samples: Int24 };
    let stem = |bytes: Vec<u8>| Stem {
        name: "stem".to_owned(),
        sound: decode::open(Arc::new(bytes)).unwrap(),
        gain: Decibels::ZERO,
        pan: Pan::CENTRE,
        offset: 0,
        mute: false,
    };
    let quiet = |seed| {
        let samples = noise_int(seed, 24, 0.4, 20_000);
        Memory::int(2, 48_000, 24, samples)
    };
    let (left, right) = (quiet(1), quiet(2));
    let ints = |sound: &Memory| match &sound.content {
        sounds::Content::Int(samples) => samples.clone(),
        sounds::Content::Float(_) => Vec::new(),
    };
    let (a, b) = (ints(&left), ints(&right));
    // One from WAV, one from FLAC; the sum of whole numbers is exact.
    let stems = vec![
        stem(wav(format, Samples::Int(&a), &WavChunks::default())),
        stem(flac(format, Samples::Int(&b))),
    ];
    let expected: Vec<i32> = a.iter().zip(&b).map(|(a, b)| a + b).collect();
    let mut file = Cursor::new(Vec::new());
    let mut writer = FlacWriter::new(&mut file, format, &[]).unwrap();
    let go_on = &mut |_| ControlFlow::Continue(());
    let report = mixdown(stems, &MixOptions::default(), &mut writer, go_on).unwrap();
    writer.finish().unwrap();
    drop(writer);
    assert!(!report.dithered);
    assert_eq!(decoded(file.into_inner(), format), Kept::Int(expected));
}

fn kinds() -> impl Strategy<Value = (u16, u32, SampleFormat)> {
    let channels = prop_oneof![4 => 1_u16..=2, 2 => 3_u16..=8, 1 => 9_u16..=64];
    let rates = prop::sample::select(vec![8_000, 44_100, 48_000, 96_000, 192_000, 44_101]);
    (channels, rates, prop::sample::select(vec![Int16, Int24, Float32]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_written_is_decoded((channels, sample_rate, samples) in kinds(), frames in 1_usize..2000) {
        let format = PcmFormat { channels, sample_rate, samples };
        let sound = Kept::noise(format, frames);
        let file = wav(format, sound.samples(), &WavChunks::default());
        let probed = probe::probe(&file).unwrap();
        prop_assert_eq!(&probed.header.defects, &[]);
        prop_assert_eq!(probed.format.container, Container::Wav);
        let codec = if samples == Float32 { Codec::PcmFloat } else { Codec::Pcm };
        prop_assert_eq!(probed.format.codec, codec);
        prop_assert_eq!(probed.format.frames, Some(frames as u64));
        prop_assert!(decoded(file, format) == sound);
        if samples != Float32 && channels <= 8 {
            let file = flac(format, sound.samples());
            let probed = probe::probe(&file).unwrap();
            prop_assert_eq!(&probed.header.defects, &[]);
            prop_assert_eq!(probed.format.frames, Some(frames as u64));
            prop_assert!(decoded(file, format) == sound);
        }
    }
}
