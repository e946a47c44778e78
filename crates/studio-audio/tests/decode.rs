//! Decoding: what was recorded comes out, bit for bit, whatever file it lies in.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::io::Cursor;
use std::sync::Arc;

use studio_audio::decode::MAX_BLOCK_FRAMES;
use studio_audio::write::FlacWriter;
use studio_audio::{AudioWriter, Error, PcmFormat, SampleFormat, Samples, Sound, decode};
use studio_testkit::wav::{Wav, aiff, signal};

/// All samples of a file.
#[derive(Debug, Clone, PartialEq)]
enum All {
    Int(Vec<i32>),
    Float(Vec<f32>),
}

fn decoded(file: Vec<u8>) -> (Sound, All) {
    let mut decoder = decode::open(Arc::new(file)).unwrap();
    let sound = decoder.sound();
    let (mut ints, mut floats) = (Vec::new(), Vec::new());
    while let Some(block) = decoder.next_block().unwrap() {
        let frames = block.len() / usize::from(sound.channels);
        assert!((1..=MAX_BLOCK_FRAMES).contains(&frames));
        assert_eq!(block.len() % usize::from(sound.channels), 0);
        match block {
            Samples::Int(samples) => ints.extend_from_slice(samples),
            Samples::Float(samples) => floats.extend_from_slice(samples),
        }
        assert_eq!(decoder.sound(), sound);
    }
    assert!(decoder.next_block().unwrap().is_none(), "the end stays the end");
    assert!(ints.is_empty() || floats.is_empty());
    (sound, if floats.is_empty() { All::Int(ints) } else { All::Float(floats) })
}

fn sound(channels: u16, bits: Option<u16>, frames: u64) -> Sound {
    let declared_frames = Some(frames);
    Sound { channels, sample_rate: 48_000, bits, declared_frames, channel_mask: None }
}

#[test]
fn whole_numbers_come_out_as_they_were() {
    for bits in [8, 16, 24, 32] {
        for channels in [1, 2, 6, 64] {
            let frames = 2 * MAX_BLOCK_FRAMES + 77;
            let samples = signal::quantized(&signal::noise(1, frames, channels, 1.0), bits.into());
            let wav = Wav::pcm(48_000, channels, bits).ints(&samples);
            let expected = (sound(channels, Some(bits), frames as u64), All::Int(samples));
            for wav in [&wav, &wav.clone().extensible(bits, 0), &wav.clone().rf64()] {
                assert!(decoded(wav.build()) == expected, "{bits} bits, {channels} channels");
            }
            assert!(decoded(wav.bw64().build()) == expected, "{bits} bits, {channels} channels");
        }
    }
}

#[test]
fn the_upper_bits_are_those_of_the_samples() {
    for (bits, channels) in [(8, 1), (16, 2), (24, 1), (24, 2), (24, 3), (32, 2)] {
        let frames = MAX_BLOCK_FRAMES + 77;
        let samples = signal::quantized(&signal::noise(3, frames, channels, 1.0), bits.into());
        let wav = Wav::pcm(48_000, channels, bits).ints(&samples).build();
        let mut decoder = decode::open(Arc::new(wav)).unwrap();
        let (mut block, mut coarse) = (Vec::new(), Vec::new());
        while decoder.next_coarse(&mut block).unwrap() {
            assert!((1..=MAX_BLOCK_FRAMES).contains(&(block.len() / usize::from(channels))));
            coarse.extend_from_slice(&block);
        }
        let expected: Vec<_> = samples.iter().map(|sample| (sample >> 16) as i16).collect();
        assert!(coarse == expected, "{bits} bits, {channels} channels");
        assert!(!decoder.next_coarse(&mut block).unwrap(), "the end stays the end");
    }
    let floats = [0.5, -0.5, 1.5, -1.5, f32::NAN, f32::INFINITY, 0.00001, -0.00001];
    let wav = Wav::float(48_000, 1, 32).floats(&floats).build();
    let (mut decoder, mut block) = (decode::open(Arc::new(wav)).unwrap(), Vec::new());
    assert!(decoder.next_coarse(&mut block).unwrap());
    assert_eq!(block, [16_384, -16_384, 32_767, -32_768, 0, 32_767, 0, -1]);
}

#[test]
fn valid_bits_and_loudspeakers_are_told() {
    let samples = signal::quantized(&signal::noise(2, 100, 2, 1.0), 20);
    let wav = Wav::pcm(48_000, 2, 24).ints(&samples).extensible(20, 3).build();
    let stereo = Sound { channel_mask: Some(3), ..sound(2, Some(20), 100) };
    assert_eq!(decoded(wav), (stereo, All::Int(samples)));
}

#[test]
fn floats_come_out_as_they_were() {
    let samples = [0.0, 1.0, -1.0, 1.5, f32::INFINITY, f32::NEG_INFINITY, 1e-40, -0.25];
    let expected = (sound(2, None, 4), All::Float(samples.to_vec()));
    for bits in [32, 64] {
        let wav = Wav::float(48_000, 2, bits).floats(&samples);
        assert_eq!(decoded(wav.build()), expected);
        assert_eq!(decoded(wav.extensible(bits, 0).build()), expected);
    }
    let (_, all) = decoded(Wav::float(48_000, 1, 32).floats(&[f32::NAN]).build());
    assert!(matches!(all, All::Float(samples) if samples[0].is_nan()));
    assert_eq!(decoded(aiff::fl32(48_000, 2, &samples)), expected);
}

#[test]
fn aiff_is_lossless() {
    for bits in [8, 16, 24, 32] {
        let samples = signal::quantized(&signal::noise(3, 5_000, 2, 1.0), bits.into());
        let file = aiff::aiff(48_000, 2, bits, &samples);
        assert!(decoded(file) == (sound(2, Some(bits), 5_000), All::Int(samples)), "{bits} bits");
    }
    let samples = signal::quantized(&signal::noise(4, 5_000, 2, 1.0), 16);
    let file = aiff::sowt(48_000, 2, &samples);
    assert!(decoded(file) == (sound(2, Some(16), 5_000), All::Int(samples)));
}

/// Every AIFF-C file that is read without a parser: bits, the file, what it holds.
fn aiff_files() -> Vec<(String, Option<u16>, Vec<u8>, All)> {
    let mut files = Vec::new();
    for (codec, bits, big_endian) in [
        (*b"NONE", 8_u16, true),
        (*b"NONE", 12, true),
        (*b"NONE", 16, true),
        (*b"NONE", 20, true),
        (*b"NONE", 24, true),
        (*b"NONE", 32, true),
        (*b"twos", 16, true),
        (*b"sowt", 8, false),
        (*b"sowt", 16, false),
        (*b"sowt", 24, false),
        (*b"in24", 24, true),
        (*b"in32", 32, true),
    ] {
        let samples = signal::quantized(&signal::noise(7, 3_000, 2, 1.0), bits.into());
        let bytes = usize::from(bits.div_ceil(8));
        let data = samples.iter().flat_map(|sample| match big_endian {
            true => sample.to_be_bytes()[..bytes].to_vec(),
            false => sample.to_le_bytes()[4 - bytes..].to_vec(),
        });
        let file = aiff::aifc(codec, 48_000, 2, bits, data.collect());
        let name = format!("{} of {bits} bits", codec.escape_ascii());
        files.push((name, Some(bits), file, All::Int(samples)));
    }
    let samples: Vec<f32> =
        signal::noise(8, 3_000, 2, 1.0).iter().map(|sample| *sample as f32 / 1e9).collect();
    let wide = samples.iter().flat_map(|sample| f64::from(*sample).to_be_bytes()).collect();
    let wide = aiff::aifc(*b"fl64", 48_000, 2, 64, wide);
    files.push((
        "fl32".to_owned(),
        None,
        aiff::fl32(48_000, 2, &samples),
        All::Float(samples.clone()),
    ));
    files.push(("fl64".to_owned(), None, wide, All::Float(samples)));
    files
}

#[test]
fn what_is_there_of_a_cut_aiff_file_is_decoded() {
    for (name, bits, file, all) in aiff_files() {
        let expected = sound(2, bits, 3_000);
        assert!(decoded(file.clone()) == (expected, all.clone()), "{name}");
        let data = file.windows(4).position(|id| id == b"SSND").unwrap() + 16;
        let frame = (file.len() - data) / 3_000;
        // The end of the 1,234th frame, and a byte more.
        let cut = file[..data + 1_234 * frame + 1].to_vec();
        let there = |frames: usize| match &all {
            All::Int(samples) => All::Int(samples[..2 * frames].to_vec()),
            All::Float(samples) => All::Float(samples[..2 * frames].to_vec()),
        };
        assert!(decoded(cut) == (expected, there(1_234)), "{name}, cut");
        // A chunk that was never closed.
        let mut open = file.clone();
        open[data - 12..data - 8].fill(0xFF);
        assert!(decoded(open) == (expected, all.clone()), "{name}, open");
        // Nothing but the head is there.
        assert!(decoded(file[..data].to_vec()) == (expected, All::Int(Vec::new())), "{name}");
    }
}

#[test]
fn what_lies_behind_the_frames_of_aiff_is_no_sound() {
    for (name, bits, file, all) in aiff_files() {
        // The chunk goes on behind the frames that the file tells of.
        let told = file.windows(4).position(|id| id == b"COMM").unwrap() + 10;
        let mut slack = file.clone();
        slack[told..told + 4].copy_from_slice(&2_345_u32.to_be_bytes());
        let heard = match &all {
            All::Int(samples) => All::Int(samples[..2 * 2_345].to_vec()),
            All::Float(samples) => All::Float(samples[..2 * 2_345].to_vec()),
        };
        assert!(decoded(slack) == (sound(2, bits, 2_345), heard), "{name}");
        // Of more frames than there are, all are given.
        let mut more = file;
        more[told..told + 4].copy_from_slice(&u32::MAX.to_be_bytes());
        assert!(decoded(more) == (sound(2, bits, u32::MAX.into()), all), "{name}, more");
    }
}

#[test]
fn samples_of_aiff_begin_where_the_chunk_says() {
    let samples = signal::quantized(&signal::noise(9, 100, 2, 1.0), 16);
    let mut file = aiff::aiff(48_000, 2, 16, &samples);
    let data = file.windows(4).position(|id| id == b"SSND").unwrap() + 8;
    file[data..data + 4].copy_from_slice(&8_u32.to_be_bytes());
    assert!(decoded(file.clone()) == (sound(2, Some(16), 100), All::Int(samples[4..].to_vec())));
    // In blocks there may be something between them.
    file[data + 4..data + 8].copy_from_slice(&512_u32.to_be_bytes());
    let blocked = decode::open(Arc::new(file.clone()));
    assert!(matches!(blocked, Err(Error::Unsupported { .. })));
    // Of two chunks of samples nobody can tell which is meant.
    let more = file[data - 8..].to_vec();
    let twice = decode::open(Arc::new([file, more].concat()));
    assert!(matches!(twice, Err(Error::Malformed { .. })));
}

#[test]
fn what_is_there_of_a_broken_file_is_decoded() {
    let samples = signal::quantized(&signal::noise(5, 10_000, 2, 1.0), 24);
    let wav = Wav::pcm(48_000, 2, 24).ints(&samples);
    // The end of the 7,000th frame, and 5 bytes more.
    let cut = wav.build_cut(44 + 7_000 * 6 + 5);
    let told = sound(2, Some(24), 10_000);
    assert!(decoded(cut) == (told, All::Int(samples[..14_000].to_vec())));
    let untold = Sound { declared_frames: None, ..told };
    for size in [0, u32::MAX] {
        let stream = wav.clone().claim(*b"data", size).riff_size(size).build();
        assert!(decoded(stream) == (untold, All::Int(samples.clone())), "{size}");
    }
    let empty = Wav::pcm(48_000, 2, 24).build();
    assert_eq!(decoded(empty), (sound(2, Some(24), 0), All::Int(Vec::new())));
}

#[test]
fn what_cannot_be_decoded_says_why() {
    let wav = Wav::good(2);
    let open = |file: Vec<u8>| decode::open(Arc::new(file)).err().unwrap();
    for file in [Vec::new(), b"RIFF".to_vec(), b"<!DOCTYPE html><html></html>".to_vec()] {
        assert!(matches!(open(file), Error::NotAudio));
    }
    for tag in [2, 6, 0x55] {
        let file = wav.clone().fmt(|fmt| fmt.tag = tag).build();
        assert!(matches!(open(file), Error::Unsupported { .. }), "{tag}");
    }
    for broken in [
        wav.clone().without(*b"fmt "),
        wav.clone().without(*b"data"),
        wav.clone().fmt(|fmt| fmt.channels = 0),
        wav.clone().fmt(|fmt| fmt.sample_rate = 0),
    ] {
        assert!(matches!(open(broken.build()), Error::Malformed { .. }));
    }
    let mad = wav.clone().fmt(|fmt| fmt.bits = 40);
    assert!(matches!(open(mad.build()), Error::Unsupported { .. }));
}

/// A FLAC file of noise: 20,000 frames of two channels.
fn flac() -> Vec<u8> {
    let mut file = Vec::new();
    let format = PcmFormat { channels: 2, sample_rate: 48_000, samples: SampleFormat::Int24 };
    let mut writer = FlacWriter::new(Cursor::new(&mut file), format, &[]).unwrap();
    let samples = signal::quantized(&signal::noise(6, 20_000, 2, 0.5), 24);
    writer.write(Samples::Int(&samples)).unwrap();
    writer.finish().unwrap();
    drop(writer);
    file
}

/// The frames that a file gives, or why not all of them come.
fn frames(file: Vec<u8>) -> Result<u64, String> {
    let mut decoder = decode::open(Arc::new(file)).map_err(|error| error.to_string())?;
    let (mut frames, channels) = (0, u64::from(decoder.sound().channels));
    loop {
        match decoder.next_block() {
            Ok(Some(block)) => frames += block.len() as u64 / channels,
            Ok(None) => return Ok(frames),
            Err(error) => return Err(error.to_string()),
        }
    }
}

#[test]
fn lost_frames_of_flac_are_an_error() {
    let whole = flac();
    let middle = whole.len() / 2;
    let mut damaged = whole.clone();
    damaged[middle..middle + 64].iter_mut().for_each(|byte| *byte ^= 0x5A);
    let cut = whole[..middle].to_vec();
    // The same where the header says neither how many frames there are nor their MD5.
    let untold = |mut file: Vec<u8>| {
        file[21] &= 0xF0;
        file[22..42].fill(0);
        file
    };
    assert_eq!(frames(untold(whole.clone())), Ok(20_000));
    for file in [damaged.clone(), cut, untold(damaged)] {
        let error = frames(file).unwrap_err();
        assert!(error.starts_with("damaged or malformed"), "{error}");
    }
    assert_eq!(frames(whole), Ok(20_000));
}

#[test]
fn tags_behind_flac_are_no_sound() {
    let id3 = [b"TAGTitle".as_slice(), &[0; 120]].concat();
    let footer = |flags: u32| {
        let sizes = [2_000_u32, 32 + 5, 1, flags].map(u32::to_le_bytes).concat();
        [b"APETAGEX".as_slice(), &sizes, &[0; 8]].concat()
    };
    let ape = [b"items".to_vec(), footer(0)].concat();
    let headed = [footer(1 << 31), b"items".to_vec(), footer(1 << 31)].concat();
    let lyrics = b"LYRICSBEGININD0000200000021LYRICS200".to_vec();
    let old = b"LYRICSBEGINla la laLYRICSEND".to_vec();
    for tags in [vec![&id3], vec![&ape], vec![&headed, &id3], vec![&lyrics, &id3], vec![&old, &id3]]
    {
        let file = tags.iter().fold(flac(), |file, tag| [file.as_slice(), tag].concat());
        assert_eq!(frames(file), Ok(20_000));
    }
}

#[test]
fn more_channels_than_anything_has_are_refused() {
    let samples = [0; 130];
    let refused =
        |file: Vec<u8>| matches!(decode::open(Arc::new(file)), Err(Error::Unsupported { .. }));
    assert!(refused(aiff::aiff(48_000, 65, 16, &samples)));
    assert!(refused(Wav::pcm(48_000, 65, 16).ints(&samples).build()));
    assert!(!refused(Wav::pcm(48_000, 64, 16).ints(&samples[..128]).build()));
}
