//! The mixdown: the right sum, the right bits of it, the same bits always.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod mixing;
mod sounds;

use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use mixing::{Part, gain, mix, pan, parts, stem, try_mix, undithered};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use sounds::{Content, Keep, Memory, noise_float, noise_int};
use studio_audio::SampleFormat::{Float32, Int16, Int24};
use studio_audio::{Dither, Error, MixOptions, SampleFormat, Stem};

const FULL: f64 = 2_147_483_648.0;

/// The sum of stems by the book, in f64 with the platform's own functions.
fn reference(parts: &[Part]) -> Vec<f64> {
    let length = |part: &Part| {
        let frames = part.sound.samples().len() / usize::from(part.sound.sound.channels);
        (frames as i64 + part.offset).max(0) as usize
    };
    let mut sum = vec![0.0; 2 * parts.iter().map(length).max().unwrap()];
    for part in parts {
        let gain = 10_f64.powf(f64::from(part.gain) / 20_000.0);
        let channels = usize::from(part.sound.sound.channels);
        let p = f64::from(part.pan) / 100.0;
        let (left, right) = if channels == 1 {
            let angle = (p + 1.0) / 4.0 * std::f64::consts::PI;
            (angle.cos(), angle.sin())
        } else {
            let far = (p.abs() * std::f64::consts::FRAC_PI_2).cos();
            if p > 0.0 { (far, 1.0) } else { (1.0, far) }
        };
        for (n, frame) in part.sound.samples().chunks_exact(channels).enumerate() {
            let at = n as i64 + part.offset;
            if at >= 0 {
                sum[2 * at as usize] += frame[0] * gain * left;
                sum[2 * at as usize + 1] += frame[channels - 1] * gain * right;
            }
        }
    }
    sum
}

fn rms(samples: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    samples.for_each(|sample| {
        sum += sample * sample;
        count += 1.0;
    });
    f64::sqrt(sum / count)
}

/// The differences of a mix from the reference, in units of its last bit.
fn errors(keep: &Keep, reference: &[f64]) -> Vec<f64> {
    let unit = f64::from(1_u32 << (keep.format.samples.bits() - 1));
    assert_eq!(keep.ints.len(), reference.len());
    let pairs = keep.ints.iter().zip(reference);
    pairs.map(|(int, reference)| (f64::from(*int) / FULL - reference) * unit).collect()
}

#[test]
fn nothing_is_left_when_the_reference_is_taken_away() {
    let parts = parts(60_000);
    let reference = reference(&parts);
    let stems = parts.iter().map(Part::stem).collect();
    let (keep, report) = mix(stems, &undithered(), Float32);
    assert_eq!(keep.floats.len(), reference.len());
    let rest = keep.floats.iter().zip(&reference).map(|(mix, sum)| f64::from(*mix) - sum);
    let level = 20.0 * rms(rest).log10();
    assert!(level <= -140.0, "{level} dBFS");
    let peak = reference.iter().fold(0.0, |peak: f64, sample| peak.max(sample.abs()));
    assert!((report.peak - peak).abs() < 1e-12 && peak < 1.0);
    assert_eq!((report.clipped, report.dithered), (0, false));
    assert_eq!(report.frames as usize, reference.len() / 2);
}

#[test]
fn without_dither_the_nearest_number_is_written() {
    let parts = parts(60_000);
    let reference = reference(&parts);
    for samples in [Int16, Int24] {
        let (keep, report) = mix(parts.iter().map(Part::stem).collect(), &undithered(), samples);
        let worst = errors(&keep, &reference).iter().fold(0.0, |w: f64, e| w.max(e.abs()));
        assert!(worst <= 0.5 + 1e-6, "{samples:?}: {worst}");
        assert!(!report.dithered);
    }
}

#[test]
fn dither_is_triangular_and_leans_to_no_side() {
    let parts = parts(300_000);
    let reference = reference(&parts);
    for samples in [Int16, Int24] {
        let stems = parts.iter().map(Part::stem).collect();
        let (keep, report) = mix(stems, &MixOptions::default(), samples);
        assert!(report.dithered);
        let errors = errors(&keep, &reference);
        let spread = rms(errors.iter().copied());
        let mean = errors.iter().sum::<f64>() / errors.len() as f64;
        let worst = errors.iter().fold(0.0, |worst: f64, error| worst.max(error.abs()));
        assert!((spread - 0.5).abs() <= 0.01, "{samples:?}: {spread}");
        assert!(mean.abs() < 0.005, "{samples:?}: {mean}");
        assert!(worst <= 1.5 + 1e-6, "{samples:?}: {worst}");
    }
}

#[test]
fn ties_go_to_the_even_number() {
    // Halves of the last of 16 bits, both ways.
    let halves = [1, 3, 5, -1, -3, -5].map(|half: i32| half << 15);
    let sound = Memory::int(1, 48_000, 24, halves.to_vec());
    let mut keep = Keep::new(1, 48_000, Int16);
    try_mix(vec![stem(&sound)], &undithered(), &mut keep).unwrap();
    assert_eq!(keep.ints, [0, 2, 2, 0, -2, -2].map(|whole: i32| whole << 16));
}

#[test]
fn what_is_exact_stays_as_it_is() {
    let sound = |bits: u32| Memory::int(2, 48_000, bits as u16, noise_int(9, bits, 0.9, 5000));
    for (bits, samples) in [(16, Int16), (16, Int24), (24, Int24)] {
        let (keep, report) = mix(vec![stem(&sound(bits))], &MixOptions::default(), samples);
        let Content::Int(original) = sound(bits).content else { panic!() };
        assert!(keep.ints == original && !report.dithered, "{bits} bits to {samples:?}");
    }
    // Where anything is not exact, there is noise.
    let quieter = |thousandths| vec![Stem { gain: gain(thousandths), ..stem(&sound(24)) }];
    assert!(mix(quieter(-1), &MixOptions::default(), Int24).1.dithered);
    assert!(mix(vec![stem(&sound(24))], &MixOptions::default(), Int16).1.dithered);
    let placed = vec![Stem { pan: pan(1), ..stem(&sound(24)) }];
    assert!(mix(placed, &MixOptions::default(), Int24).1.dithered);
    let float = Memory::float(2, 48_000, noise_float(1, 0.5, 100));
    assert!(mix(vec![stem(&float)], &MixOptions::default(), Int24).1.dithered);
}

#[test]
fn a_claim_of_fewer_bits_is_not_believed() {
    // 24 bits that say they are 16, behind some frames that are.
    let mut samples = noise_int(9, 16, 0.9, 5000);
    samples.extend(noise_int(10, 24, 0.9, 60_000));
    let lying = |block| Memory::int(2, 48_000, 16, samples.clone()).in_blocks(block);
    let (keep, report) = mix(vec![stem(&lying(1000))], &MixOptions::default(), Int16);
    assert!(report.dithered);
    assert!(keep.ints[..5000] == samples[..5000]);
    let rest = keep.ints[5000..].iter().zip(&samples[5000..]);
    let errors = rest.map(|(mixed, sample)| f64::from(*mixed) - f64::from(*sample));
    let spread = rms(errors) / 65_536.0;
    assert!((spread - 0.5).abs() < 0.01, "{spread}");
    let (again, _) = mix(vec![stem(&lying(77))], &MixOptions::default(), Int16);
    assert!(keep.ints == again.ints);
}

#[test]
fn a_stem_of_another_length_than_it_says_is_refused() {
    let short = |rate, declared| {
        let mut sound = Memory::int(2, rate, 24, noise_int(3, 24, 0.4, 2000));
        sound.sound.declared_frames = Some(declared);
        Stem { name: "Drums".to_owned(), ..stem(&sound) }
    };
    let mut options = undithered();
    options.convert = true;
    for rate in [48_000, 44_100] {
        mix(vec![short(rate, 1000)], &options, Int24);
        for declared in [0, 999, 1001] {
            let mut keep = Keep::new(2, 48_000, Int24);
            let refused = try_mix(vec![short(rate, declared)], &options, &mut keep).unwrap_err();
            let Error::Malformed { detail } = refused else { panic!("{refused}") };
            assert_eq!(detail, format!("stem `Drums` has 1000 frames and says {declared}"));
        }
    }
}

#[test]
fn what_clips_is_counted() {
    let loud = Memory::float(1, 48_000, vec![0.5, 0.75, 1.0, -1.0, -1.25, 2.0, f32::MAX]);
    for (samples, clipped) in [(Int16, 4), (Int24, 4), (Float32, 0)] {
        let mut keep = Keep::new(1, 48_000, samples);
        let report = try_mix(vec![stem(&loud)], &undithered(), &mut keep).unwrap();
        assert_eq!(report.clipped, clipped, "{samples:?}: -1.0 is no clip, 1.0 is");
        assert_eq!(report.peak, f64::from(f32::MAX));
        if samples != Float32 {
            let (least, most) = (-1.0, 1.0 - 1.0 / f64::from(1_u32 << (samples.bits() - 1)));
            let expected = [0.5, 0.75, most, least, least, most, most];
            assert_eq!(keep.samples(), expected, "{samples:?}");
        }
    }
    let two = || vec![stem(&loud), stem(&loud)];
    let mut keep = Keep::new(1, 48_000, Float32);
    let report = try_mix(two(), &undithered(), &mut keep).unwrap();
    assert_eq!((report.clipped, keep.floats[6]), (1, f32::MAX), "floats have an end as well");
    // The level is told even where it was clipped, and a quieter sum does not clip.
    let over = Memory::float(1, 48_000, vec![2.0; 100]);
    let mut options = undithered();
    let report = try_mix(vec![stem(&over)], &options, &mut Keep::new(1, 48_000, Int24)).unwrap();
    assert_eq!((report.clipped, report.peak_level()), (100, Some(gain(6_021))));
    options.gain = gain(-6_100);
    let report = try_mix(vec![stem(&over)], &options, &mut Keep::new(1, 48_000, Int24)).unwrap();
    assert_eq!((report.clipped, report.peak_level()), (0, Some(gain(-79))));
    let silence = Memory::int(1, 48_000, 24, vec![0; 10]);
    let report = try_mix(vec![stem(&silence)], &options, &mut keep).unwrap();
    assert_eq!(report.peak_level(), None);
}

#[test]
fn stems_stand_where_they_are_put() {
    let one = Memory::int(2, 48_000, 16, (1..=10).map(|n| n << 16).collect());
    let placed = |offset| Stem { offset, ..stem(&one) };
    let tops = |keep: &Keep| keep.ints.iter().map(|sample| sample >> 16).collect::<Vec<_>>();
    for (offset, expected) in [
        (0, vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        (-3, vec![7, 8, 9, 10]),
        (-5, vec![]),
        (-100, vec![]),
        (2, vec![0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ] {
        let (keep, report) = mix(vec![placed(offset)], &undithered(), Int16);
        assert_eq!(tops(&keep), expected, "{offset}");
        assert_eq!(report.frames as usize, expected.len() / 2);
        assert_eq!(report.stems[0].frames, 5, "its own length is told");
    }
    // Far behind: the silence before it counts, to the frame.
    let (keep, report) = mix(vec![placed(20_000)], &undithered(), Int16);
    assert_eq!(report.frames, 20_005);
    assert!(keep.ints[..40_000].iter().all(|sample| *sample == 0));
    assert_eq!(tops(&keep)[40_000..], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // The longest ends the mix.
    let (_, report) = mix(vec![placed(20_000), placed(0), placed(9)], &undithered(), Int16);
    assert_eq!(report.frames, 20_005);
    for offset in [i64::MAX, i64::MIN, 24 * 3600 * 48_000 + 1] {
        let mut keep = Keep::new(2, 48_000, Int16);
        let refused = try_mix(vec![placed(offset)], &undithered(), &mut keep).unwrap_err();
        assert!(matches!(refused, Error::Mismatch { .. }), "{offset}: {refused}");
    }
}

#[test]
fn muted_stems_are_left_out() {
    let (short, long) = (noise_int(1, 24, 0.4, 200), noise_int(2, 24, 0.4, 2000));
    let heard = stem(&Memory::int(2, 48_000, 24, short));
    // One that would not even go into the mix.
    let muted = Stem { mute: true, ..stem(&Memory::int(7, 44_100, 24, long)) };
    let (_, report) = mix(vec![muted, heard], &undithered(), Int24);
    assert_eq!((report.frames, report.stems.len()), (100, 1));
    let nothing = try_mix(Vec::new(), &undithered(), &mut Keep::new(2, 48_000, Int24));
    assert!(matches!(nothing, Err(Error::Mismatch { .. })));
}

#[test]
fn other_rates_are_refused_with_their_names_or_converted() {
    let named = |name: &str, rate| {
        let sound = Memory::int(2, rate, 24, noise_int(3, 24, 0.4, 2 * rate as usize / 10));
        Stem { name: name.to_owned(), ..stem(&sound) }
    };
    let stems = || vec![named("Drums", 44_100), named("Bass", 48_000), named("Vocals", 96_000)];
    let mut keep = Keep::new(2, 48_000, Int24);
    let refused = try_mix(stems(), &undithered(), &mut keep).unwrap_err().to_string();
    assert_eq!(refused, "not at the 48000 Hz of the mix: `Drums` (44100 Hz), `Vocals` (96000 Hz)");
    assert!(keep.ints.is_empty());
    let mut options = undithered();
    options.convert = true;
    let (_, report) = mix(stems(), &options, Int24);
    assert_eq!(report.frames, 4800);
    let lengths: Vec<u64> = report.stems.iter().map(|stem| stem.frames).collect();
    assert_eq!(lengths, [4410, 4800, 9600]);
}

#[test]
fn a_converted_stem_is_the_sound_that_it_was() {
    let wave = |rate: u32| {
        let step = std::f64::consts::TAU * 997.0 / f64::from(rate);
        (0..rate / 2).map(move |n| (0.5 * (step * f64::from(n)).sin() * FULL) as i32)
    };
    let mut options = undithered();
    options.convert = true;
    let converted =
        Stem { offset: -100, ..stem(&Memory::int(1, 44_100, 32, wave(44_100).collect())) };
    let (keep, _) = mix(vec![converted], &options, Float32);
    let expected: Vec<i32> = wave(48_000).skip(100).collect();
    assert_eq!(keep.floats.len(), 2 * expected.len());
    let frames = keep.floats.chunks_exact(2).zip(&expected).skip(1000).take(20_000);
    for (frame, expected) in frames {
        let expected = f64::from(*expected) / FULL * 0.5_f64.sqrt();
        assert!((f64::from(frame[0]) - expected).abs() < 1e-6);
        assert_eq!(frame[0], frame[1]);
    }
}

#[test]
fn channels_go_where_the_rules_say() {
    let sound = |channels: u16| {
        let samples = (0..i32::from(channels)).map(|n| (n + 1) << 24).collect();
        Memory::int(channels, 48_000, 24, samples)
    };
    let level = |n: f64| n / 128.0;
    for (channels, place, mix_channels, expected) in [
        (1, 0, 1, Some(vec![level(1.0)])),
        (2, 0, 1, Some(vec![level(1.5)])),
        (2, 0, 2, Some(vec![level(1.0), level(2.0)])),
        (2, -100, 2, Some(vec![level(1.0), 0.0])),
        (2, 100, 2, Some(vec![0.0, level(2.0)])),
        (1, -100, 2, Some(vec![level(1.0), 0.0])),
        (1, 100, 2, Some(vec![0.0, level(1.0)])),
        (6, 0, 6, Some((1..=6).map(|n| level(f64::from(n))).collect())),
        (1, 10, 1, None),
        (2, 10, 1, None),
        (6, 10, 6, None),
        (6, 0, 2, None),
        (2, 0, 6, None),
        (3, 0, 1, None),
    ] {
        let mut keep = Keep::new(mix_channels, 48_000, Float32);
        let stem = Stem { pan: pan(place), ..stem(&sound(channels)) };
        let done = try_mix(vec![stem], &undithered(), &mut keep);
        match expected {
            Some(expected) => {
                done.unwrap();
                assert_eq!(keep.samples(), expected, "{channels} to {mix_channels} at {place}");
            }
            None => assert!(matches!(done, Err(Error::Mismatch { .. })), "{channels} {place}"),
        }
    }
}

#[test]
fn what_is_no_number_is_silence_and_counted() {
    let bad = [0.25, f32::NAN, f32::INFINITY, -0.25, f32::NEG_INFINITY, 0.125];
    for block in [1, 4, 100] {
        let sound = Memory::float(1, 48_000, bad.to_vec()).in_blocks(block);
        let mut keep = Keep::new(1, 48_000, Float32);
        let report = try_mix(vec![stem(&sound)], &undithered(), &mut keep).unwrap();
        assert_eq!(keep.floats, [0.25, 0.0, 0.0, -0.25, 0.0, 0.125], "{block}");
        assert_eq!((report.stems[0].invalid, report.peak), (3, 0.25));
    }
    let mut options = undithered();
    options.convert = true;
    let sound = Memory::float(1, 44_100, [bad.to_vec(), vec![0.1; 500]].concat());
    let mut keep = Keep::new(1, 48_000, Float32);
    let report = try_mix(vec![stem(&sound)], &options, &mut keep).unwrap();
    assert!(keep.floats.iter().all(|sample| sample.abs() < 1.0));
    assert_eq!(report.stems[0].invalid, 3);
}

#[test]
fn failures_come_through_from_every_thread() {
    let sound = Memory::int(2, 48_000, 24, noise_int(1, 24, 0.1, 200_000));
    for threads in 1..=4 {
        let mut options = undithered();
        options.threads = NonZeroUsize::new(threads).unwrap();
        for torn in 0..4 {
            let mut sounds = vec![sound.clone(); 4];
            sounds[torn].fails_at = Some(50_000);
            let mut keep = Keep::new(2, 48_000, Int24);
            let error = try_mix(sounds.iter().map(stem).collect(), &options, &mut keep);
            assert!(matches!(error, Err(Error::Malformed { .. })), "{threads} {torn}");
        }
        let stems = || (0..4).map(|_| stem(&sound)).collect();
        let mut keep = Keep::new(2, 48_000, Int24);
        keep.fails_at = Some(50_000);
        assert!(matches!(try_mix(stems(), &options, &mut keep), Err(Error::Io(_))));
        let mut keep = Keep::new(2, 48_000, Int24);
        let stop = &mut |frames| match frames > 20_000 {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let stopped = studio_audio::mixdown(stems(), &options, &mut keep, stop);
        assert!(matches!(stopped, Err(Error::Cancelled)));
        assert!(keep.ints.len() < 100_000);
    }
}

/// The bytes of a mix with everything in it: places, offsets, conversion, dither.
fn digest(threads: usize, samples: SampleFormat) -> String {
    let mut parts = parts(20_000);
    for (n, rate) in [(0, 44_100), (4, 96_000), (5, 44_101)] {
        parts[n].sound.sound.sample_rate = rate;
    }
    let mut options = MixOptions::default();
    options.threads = NonZeroUsize::new(threads).unwrap();
    options.convert = true;
    options.gain = gain(-1_500);
    let (keep, _) = mix(parts.iter().map(Part::stem).collect(), &options, samples);
    let mut hash = Sha256::new();
    keep.ints.iter().for_each(|sample| hash.update(sample.to_le_bytes()));
    keep.floats.iter().for_each(|sample| hash.update(sample.to_le_bytes()));
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_machine_makes_the_same_bytes() {
    // Pinned: another digest on another machine, or after a change that was not meant to be
    // heard, is a broken promise.
    for (samples, expected) in [
        (Int16, "90f18710ab00fb0f49d1c7a1a6f1df2b59eadccf756585c1d38066a5d9bbb50c"),
        (Int24, "2b45fa7e98c04ba7818722d2cd72839d99142ded9605601468c6309215d9e89a"),
        (Float32, "3d735ab99d523a93169ac0be890e73d245d0c94518feed52cc436ac36560f2f9"),
    ] {
        for threads in [1, 2, 3, 8, 100] {
            assert_eq!(digest(threads, samples), expected, "{samples:?} on {threads} threads");
        }
    }
}

#[test]
fn noise_comes_from_its_seed() {
    let sound = Memory::float(2, 48_000, vec![0.0; 2000]);
    let noise = |seed| {
        let mut options = MixOptions::default();
        options.dither = Dither::Tpdf { seed };
        mix(vec![stem(&sound)], &options, Int24).0.ints
    };
    assert_eq!(noise(1), noise(1));
    assert_ne!(noise(1), noise(2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn blocks_and_threads_make_no_difference(
        threads in 1_usize..6,
        blocks in prop::collection::vec(1_usize..5000, 8),
        offsets in prop::collection::vec(-3000_i64..12_000, 8),
        frames in 1_usize..6000,
        convert: bool,
    ) {
        let mut parts = parts(frames);
        for (part, offset) in parts.iter_mut().zip(offsets) {
            part.offset = offset;
        }
        if convert {
            parts[1].sound.sound.sample_rate = 44_100;
            parts[3].sound.sound.sample_rate = 96_000;
        }
        let mut options = MixOptions::default();
        options.convert = convert;
        let (expected, whole) = mix(parts.iter().map(Part::stem).collect(), &options, Int24);
        for (part, block) in parts.iter_mut().zip(blocks) {
            part.sound.block = block;
        }
        options.threads = NonZeroUsize::new(threads).unwrap();
        let (keep, report) = mix(parts.iter().map(Part::stem).collect(), &options, Int24);
        prop_assert!(keep.ints == expected.ints);
        prop_assert_eq!(report, whole);
    }
}
