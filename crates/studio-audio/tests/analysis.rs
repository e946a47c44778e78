//! What one decode pass measures, besides loudness.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::sync::Arc;

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use studio_audio::analysis::{Analyser, Analysis, Content, Measures, analyse};
use studio_audio::decode::{self, Memory};
use studio_audio::waveform::Pair;
use studio_audio::{Decode, Error, Result, Samples, Sound};
use studio_domain::AudioDigest;
use studio_testkit::wav::{Wav, signal};

fn of(decoder: &mut dyn Decode, measures: Measures) -> Analysis {
    analyse(decoder, measures, &mut |_| ControlFlow::Continue(())).unwrap()
}

fn of_int(channels: u16, bits: u16, samples: Vec<i32>) -> Analysis {
    of(&mut Memory::int(channels, 48_000, bits, samples).unwrap(), Measures::ALL)
}

fn of_float(channels: u16, samples: Vec<f32>) -> Analysis {
    of(&mut Memory::float(channels, 48_000, samples).unwrap(), Measures::ALL)
}

fn of_file(bytes: Vec<u8>) -> Analysis {
    of(&mut *decode::open(Arc::new(bytes)).unwrap(), Measures::ALL)
}

fn content(analysis: Analysis) -> Content {
    analysis.content.unwrap()
}

/// The peaks of one lane as one would write them down, one frame after the other.
fn naive(frames: &[Vec<i32>], frames_per_pair: usize, of: impl Fn(&[i32]) -> i32) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for frames in frames.chunks(frames_per_pair) {
        let values: Vec<i32> = frames.iter().map(|frame| of(frame)).collect();
        let (min, max) = (values.iter().min().unwrap(), values.iter().max().unwrap());
        pairs.push(Pair { min: *min as i16, max: *max as i16 });
    }
    pairs
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn peaks_are_those_of_the_recipe_at_every_zoom_and_in_any_blocks(
        seed in any::<u64>(),
        channels in 1_u16..=9,
        frames in 0_usize..3_000,
        block in 1_usize..1_000,
        times in 1_u32..9,
    ) {
        let samples = signal::quantized(&signal::noise(seed, frames, channels, 1.0), 24);
        let memory = Memory::int(channels, 48_000, 24, samples.clone()).unwrap();
        let found = of(&mut memory.in_blocks_of(block), Measures::PEAKS).peaks.unwrap();
        let frames: Vec<Vec<i32>> = samples
            .chunks(usize::from(channels))
            .map(|frame| frame.iter().map(|sample| sample >> 16).collect())
            .collect();
        let zoom = NonZeroU32::new(times).unwrap();
        for (n, lane) in found.channels().zoomed_out(zoom).unwrap().lanes().iter().enumerate() {
            prop_assert_eq!(lane, &naive(&frames, 256 * times as usize, |frame| frame[n]));
        }
        let mixed = naive(&frames, 256 * times as usize, |frame| {
            frame.iter().sum::<i32>() / i32::from(channels)
        });
        let found = found.mixed().zoomed_out(zoom).unwrap();
        prop_assert_eq!(found.lanes(), [mixed]);
    }

    #[test]
    fn nothing_depends_on_the_blocks(
        seed in any::<u64>(),
        channels in 1_u16..4,
        frames in 0_usize..60_000,
        block in 1_usize..4_096,
    ) {
        let samples = signal::noise(seed, frames, channels, 0.3);
        let memory = Memory::int(channels, 48_000, 32, samples).unwrap();
        let whole = of(&mut memory.clone(), Measures::ALL);
        prop_assert_eq!(of(&mut memory.in_blocks_of(block), Measures::ALL), whole);
    }
}

#[test]
fn floats_have_the_peaks_of_the_whole_numbers_that_they_stand_for() {
    let samples = signal::quantized(&signal::noise(1, 5_000, 2, 1.0), 24);
    let floats = samples.iter().map(|sample| *sample as f32 / 2_147_483_648.0).collect();
    assert_eq!(of_float(2, floats).peaks, of_int(2, 24, samples).peaks);
    let beyond = of_float(1, vec![2.0, -3.0]).peaks.unwrap();
    assert_eq!(beyond.mixed().lanes(), [vec![Pair { min: i16::MIN, max: i16::MAX }]]);
}

#[test]
fn only_what_is_asked_for_is_measured() {
    let measure = |measures| {
        let mut memory = Memory::int(1, 48_000, 16, signal::silence(100, 1)).unwrap();
        let found = of(&mut memory, measures);
        assert_eq!(found.frames, 100);
        (
            found.peaks.is_some(),
            found.loudness.is_some(),
            found.content.is_some(),
            found.audio_digest.is_some(),
        )
    };
    assert_eq!(measure(Measures::NONE), (false, false, false, false));
    assert_eq!(measure(Measures::PEAKS), (true, false, false, false));
    assert_eq!(measure(Measures::LOUDNESS), (false, true, false, false));
    assert_eq!(measure(Measures::AUDIO_DIGEST), (false, false, false, true));
    assert_eq!(measure(Measures::ALL), (true, true, true, true));
}

#[test]
fn the_audio_digest_can_be_worked_out_by_anyone() {
    let digest = |kind: u8, samples: &[[u8; 4]]| {
        let mut bytes = b"studio audio digest 1\n".to_vec();
        bytes.extend([2, 0, 0, 0]);
        bytes.extend([0x80, 0xBB, 0, 0]);
        bytes.push(kind);
        bytes.extend(samples.as_flattened());
        Some(AudioDigest::from_bytes(Sha256::digest(bytes).into()))
    };
    let ints = of_int(2, 16, vec![0x0123_0000, -0x0001_0000]);
    assert_eq!(ints.audio_digest, digest(b'i', &[[0, 0, 0x23, 1], [0, 0, 0xFF, 0xFF]]));
    let floats = of_float(2, vec![1.0, f32::NAN]);
    let expected = [1.0_f32.to_le_bytes(), f32::NAN.to_le_bytes()];
    assert_eq!(floats.audio_digest, digest(b'f', &expected));
}

#[test]
fn header_container_and_padding_do_not_change_the_audio_digest() {
    let samples = signal::quantized(&signal::noise(2, 1_000, 2, 0.5), 16);
    let plain = of_file(Wav::pcm(48_000, 2, 16).ints(&samples).build()).audio_digest;
    assert!(plain.is_some());
    let others = [
        Wav::pcm(48_000, 2, 24).ints(&samples),
        Wav::pcm(48_000, 2, 16).ints(&samples).rf64(),
        Wav::pcm(48_000, 2, 16).ints(&samples).ixml("<BWFXML/>"),
        Wav::pcm(48_000, 2, 32).ints(&samples).extensible(16, 3),
    ];
    for wav in others {
        assert_eq!(of_file(wav.build()).audio_digest, plain);
    }
    let different = [
        Wav::pcm(44_100, 2, 16).ints(&samples),
        Wav::pcm(48_000, 1, 16).ints(&samples),
        Wav::pcm(48_000, 2, 16).ints(&samples[2..]),
    ];
    for wav in different {
        assert_ne!(of_file(wav.build()).audio_digest, plain);
    }
}

#[test]
fn silence_is_counted_at_both_ends() {
    let mut samples = signal::silence(10_000, 2);
    samples[2 * 3_000 + 1] = 1 << 8;
    samples[2 * 7_000] = -1 << 8;
    let found = content(of_int(2, 24, samples));
    assert_eq!((found.leading_silence, found.trailing_silence), (3_000, 2_999));
    assert!(!found.silent);
    let found = content(of_int(2, 24, signal::silence(10_000, 2)));
    assert_eq!((found.leading_silence, found.trailing_silence), (10_000, 10_000));
    assert!(found.silent);
    assert_eq!(found.significant_bits, None);
    let found = content(of_float(1, vec![0.0, -0.0, 1e-30, -0.0]));
    assert_eq!((found.leading_silence, found.trailing_silence), (2, 1));
    assert!(content(of_int(1, 16, Vec::new())).silent);
}

#[test]
fn the_first_and_last_sounds_of_all_channels_count() {
    let mut samples = signal::silence(300, 3);
    samples[3 * 20 + 2] = 1 << 16;
    samples[3 * 10 + 1] = 1 << 16;
    samples[3 * 280] = 1 << 16;
    let found = content(of_int(3, 16, samples));
    assert_eq!((found.leading_silence, found.trailing_silence), (10, 19));
}

#[test]
fn equal_samples_at_full_scale_are_clipping() {
    let top = 0x7FFF_0000;
    let clipped = |samples: &[i32]| content(of_int(1, 24, samples.to_vec())).clipped_runs();
    assert_eq!(clipped(&[0, top, top, 0, top, top, 0]), 0);
    assert_eq!(clipped(&[0, top, top, top, 0, top, top, top, top, top]), 2);
    assert_eq!(clipped(&[i32::MIN; 3]), 1);
    // A symmetric limiter's lowest value.
    assert_eq!(clipped(&[-top; 3]), 1);
    // Loud, and every sample different.
    assert_eq!(clipped(&[top, top + 0x100, top, top + 0x100]), 0);
    // One run after the other, up and down.
    assert_eq!(clipped(&[top, top, top, -top, -top, -top]), 2);
    let eight_bits = vec![0x7F00_0000; 3];
    assert_eq!(content(of_int(1, 8, eight_bits)).clipped_runs(), 1);
    // Floats beyond full scale will be clipped, whatever they are.
    assert_eq!(content(of_float(1, vec![1.5, 1.6, 1.7])).clipped_runs(), 1);
}

#[test]
fn clipping_is_counted_by_channel_and_across_pieces() {
    let mut samples = signal::silence(600, 2);
    for frame in 254..258 {
        samples[2 * frame + 1] = i32::MAX;
    }
    let found = content(of_int(2, 32, samples));
    let runs: Vec<u64> = found.channels.iter().map(|channel| channel.clipped_runs).collect();
    assert_eq!(runs, [0, 1]);
}

#[test]
fn an_offset_is_the_mean_of_a_channel() {
    let samples = signal::from_fn(1_000, 2, |n, channel| match channel {
        0 => [0.25, -0.25][n % 2],
        _ => [0.0, -0.02][n % 2],
    });
    let found = content(of_int(2, 32, samples));
    assert!(found.channels[0].dc_offset.abs() < 1e-9, "{found:?}");
    assert!((found.channels[1].dc_offset + 0.01).abs() < 1e-6, "{found:?}");
    assert_eq!(found.dc_offset().unwrap().thousandths(), -40_000);
    assert_eq!(content(of_int(1, 16, vec![0; 4])).dc_offset(), None);
}

#[test]
fn bits_that_are_never_used_are_found() {
    let padded = signal::quantized(&signal::noise(3, 2_000, 2, 0.5), 16);
    assert_eq!(content(of_int(2, 24, padded.clone())).significant_bits, Some(16));
    assert_eq!(content(of_int(1, 24, vec![i32::MIN])).significant_bits, Some(1));
    let mut used = padded;
    used[1_001] |= 1 << 8;
    assert_eq!(content(of_int(2, 24, used)).significant_bits, Some(24));
    assert_eq!(content(of_float(1, vec![0.5])).significant_bits, None);
}

#[test]
fn numbers_that_are_none_are_counted_and_spoil_nothing() {
    let tone = signal::sine(48_000, 1, 48_000, 997.0, 0.5);
    let mut tone: Vec<f32> = tone.iter().map(|sample| *sample as f32 / 2_147_483_648.0).collect();
    let places = [(10, f32::NAN), (20_000, f32::INFINITY), (47_999, f32::NEG_INFINITY)];
    let clean = {
        let mut tone = tone.clone();
        places.iter().for_each(|(place, _)| tone[*place] = 0.0);
        of_float(1, tone)
    };
    places.iter().for_each(|(place, wrong)| tone[*place] = *wrong);
    let found = of_float(1, tone);
    assert_eq!((found.loudness, &found.peaks), (clean.loudness, &clean.peaks));
    assert!(found.loudness.unwrap().integrated.is_some());
    assert_ne!(found.audio_digest, clean.audio_digest);
    assert_eq!((content(found).not_finite, content(clean).not_finite), (3, 0));
    let huge = of_float(1, [f32::MAX, -f32::MAX].repeat(24_000));
    assert!(huge.loudness.is_some());
}

#[test]
fn any_number_of_channels_and_any_rate_is_borne() {
    for channels in [1, 3, 7, 8, 9, 63, 64] {
        for rate in [1, 15, 16, 3_999, 4_000, 11_025, 48_000, 2_822_400, u32::MAX] {
            let samples = signal::noise(u64::from(rate), 1_000, channels, 0.5);
            let mut memory = Memory::int(channels, rate, 24, samples).unwrap();
            let found = of(&mut memory, Measures::ALL);
            assert_eq!(found.frames, 1_000);
            assert!(found.loudness.unwrap().sample_peak.is_some());
            let loud = found.loudness.unwrap().integrated.is_some();
            // 1000 frames are 400 ms or more up to 2500 Hz, and loudness begins at 4 kHz.
            assert!(!loud, "{channels} channels, {rate} Hz");
        }
    }
    let mut many = Memory::int(65, 48_000, 24, vec![0; 65]).unwrap();
    let progress = &mut |_| ControlFlow::Continue(());
    let refused = analyse(&mut many, Measures::NONE, progress);
    assert!(matches!(refused, Err(Error::Unsupported { .. })));
}

/// Fails after some frames.
struct Failing {
    memory: Memory,
    blocks: u32,
    error: Option<Error>,
}

impl Decode for Failing {
    fn sound(&self) -> Sound {
        self.memory.sound()
    }

    fn next_block(&mut self) -> Result<Option<Samples<'_>>> {
        match self.blocks.checked_sub(1) {
            None => Err(self.error.take().unwrap()),
            Some(blocks) => {
                self.blocks = blocks;
                self.memory.next_block()
            }
        }
    }
}

#[test]
fn what_comes_before_a_damaged_place_is_measured() {
    let failing = |error| Failing {
        memory: Memory::int(1, 48_000, 16, signal::sine(8_192, 1, 48_000, 440.0, 0.5)).unwrap(),
        blocks: 1,
        error: Some(error),
    };
    let damaged = || Error::Malformed { detail: "frame 7 has a wrong checksum".to_owned() };
    let found = of(&mut failing(damaged()), Measures::ALL);
    assert_eq!(found.undecodable.as_deref(), Some("frame 7 has a wrong checksum"));
    assert_eq!(found.frames, 4_096);
    assert!(found.loudness.unwrap().sample_peak.is_some());
    assert_eq!((found.audio_digest, found.measured()), (None, None));
    let facts = found.content_facts().unwrap();
    assert_eq!((facts.decoded_frames, facts.declared_frames), (4_096, Some(8_192)));
    assert_eq!(facts.undecodable, found.undecodable);
    // What could not be read at all is no verdict on the file.
    let unread = failing(Error::Io(std::io::Error::other("cable")));
    let progress = &mut |_| ControlFlow::Continue(());
    let found = analyse(&mut { unread }, Measures::ALL, progress);
    assert!(matches!(found, Err(Error::Io(_))));
}

#[test]
fn progress_is_told_and_may_stop_it() {
    let memory = Memory::int(1, 48_000, 16, signal::silence(10_000, 1)).unwrap();
    let mut told = Vec::new();
    let mut note = |frames| {
        told.push(frames);
        ControlFlow::Continue(())
    };
    analyse(&mut memory.clone(), Measures::NONE, &mut note).unwrap();
    assert_eq!(told, [4_096, 8_192, 10_000]);
    let stopped = analyse(&mut memory.clone(), Measures::ALL, &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(Error::Cancelled)));
}

#[test]
fn samples_of_another_kind_or_half_a_frame_are_refused() {
    let sound = Sound {
        channels: 2,
        sample_rate: 48_000,
        bits: None,
        declared_frames: None,
        channel_mask: None,
    };
    let mut analyser = Analyser::new(sound, Measures::ALL).unwrap();
    let refused = [Samples::Int(&[0, 0]), Samples::Float(&[0.0])].map(|samples| {
        let error = analyser.add(samples).unwrap_err();
        matches!(error, Error::Mismatch { .. })
    });
    assert_eq!(refused, [true, true]);
    analyser.add(Samples::Float(&[0.5, 0.5])).unwrap();
    assert_eq!(analyser.finish().frames, 1);
}
