//! Files and pictures of peaks.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::num::NonZeroU32;

use image::{GenericImageView as _, Rgba};
use proptest::prelude::*;
use studio_audio::Error;
use studio_audio::waveform::{
    Colours, Glyphs, Pair, Picture, Resolution, Scale, Shape, Waveform, png, svg, text,
};

fn pair(min: i16, max: i16) -> Pair {
    Pair { min, max }
}

fn stereo() -> Waveform {
    let left = vec![pair(-256, 255), pair(-32_768, 32_767), pair(0, 0)];
    let right = vec![pair(-1, 1), pair(-300, 300), pair(5, 6)];
    Waveform::new(48_000, 256, vec![left, right]).unwrap()
}

fn mono() -> Waveform {
    Waveform::new(44_100, 512, vec![stereo().lanes()[0].clone()]).unwrap()
}

/// A tone that swells and ebbs.
fn swell(pairs: usize) -> Waveform {
    let lane = (0..pairs).map(|n| {
        let level = (n as f64 / pairs as f64 * std::f64::consts::PI).sin() * 16_000.0;
        pair(-level as i16, level as i16)
    });
    Waveform::new(48_000, 256, vec![lane.collect()]).unwrap()
}

#[test]
fn one_lane_is_a_file_of_version_1() {
    let header = [[1_u8, 0, 0, 0], [0; 4], [0x44, 0xAC, 0, 0], [0, 2, 0, 0], [3, 0, 0, 0]];
    let values: Vec<u8> = [-256_i16, 255, -32_768, 32_767, 0, 0]
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    assert_eq!(mono().to_dat(Resolution::Bits16), [header.as_flattened(), &values].concat());
    let mut header = header;
    header[1] = [1, 0, 0, 0];
    // Cut towards zero: -256 is -1, 255 is 0.
    let values = [-1_i8, 0, -128, 127, 0, 0].map(|value| value as u8);
    assert_eq!(mono().to_dat(Resolution::Bits8), [header.as_flattened(), &values].concat());
}

#[test]
fn several_lanes_are_a_file_of_version_2() {
    let bytes = stereo().to_dat(Resolution::Bits8);
    let header = [
        [2_u8, 0, 0, 0],
        [1, 0, 0, 0],
        [0x80, 0xBB, 0, 0],
        [0, 1, 0, 0],
        [3, 0, 0, 0],
        [2, 0, 0, 0],
    ];
    let values = [-1_i8, 0, 0, 0, -128, 127, -1, 1, 0, 0, 0, 0].map(|value| value as u8);
    assert_eq!(bytes, [header.as_flattened(), &values].concat());
}

#[test]
fn json_has_the_fields_and_values_of_audiowaveform() {
    assert_eq!(
        stereo().to_json(Resolution::Bits8),
        "{\"version\":2,\"channels\":2,\"sample_rate\":48000,\"samples_per_pixel\":256,\
         \"bits\":8,\"length\":3,\"data\":[-1,0,0,0,-128,127,-1,1,0,0,0,0]}\n"
    );
    assert!(
        mono().to_json(Resolution::Bits16).contains("\"bits\":16,\"length\":3,\"data\":[-256,")
    );
    let empty = Waveform::new(1, 1, vec![Vec::new()]).unwrap();
    assert!(empty.to_json(Resolution::Bits8).ends_with("\"length\":0,\"data\":[]}\n"));
}

fn any_waveform() -> impl Strategy<Value = Waveform> {
    let pair = (any::<i16>(), any::<i16>()).prop_map(|(a, b)| pair(a.min(b), a.max(b)));
    (1_usize..5, 0_usize..40, 1..=u32::MAX, 1..=u32::MAX).prop_flat_map(
        move |(lanes, length, rate, frames)| {
            let lane = proptest::collection::vec(pair.clone(), length);
            proptest::collection::vec(lane, lanes)
                .prop_map(move |lanes| Waveform::new(rate, frames, lanes).unwrap())
        },
    )
}

proptest! {
    #[test]
    fn a_file_is_read_as_it_was_written(waveform in any_waveform()) {
        let bytes = waveform.to_dat(Resolution::Bits16);
        prop_assert_eq!(Waveform::from_dat(&bytes).unwrap(), waveform.clone());
        let bytes = waveform.to_dat(Resolution::Bits8);
        let coarse = Waveform::from_dat(&bytes).unwrap();
        prop_assert_eq!(coarse.to_dat(Resolution::Bits8), bytes);
    }

    #[test]
    fn any_bytes_are_a_waveform_or_none(
        waveform in any_waveform(),
        cut in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = waveform.to_dat(Resolution::Bits8);
        let place = place.index(bytes.len());
        bytes[place] = byte;
        // Whatever is read is what was there.
        if let Ok(read) = Waveform::from_dat(&bytes) {
            let wide = u32::from_le_bytes(bytes[4..8].try_into().unwrap()) & 1 == 0;
            let resolution = if wide { Resolution::Bits16 } else { Resolution::Bits8 };
            let written = read.to_dat(resolution);
            // One channel in a file of version 2 would be written as version 1.
            prop_assert!(written == bytes || read.lanes().len() == 1);
        }
        bytes.truncate(cut.index(bytes.len()));
        let short = Waveform::from_dat(&bytes);
        let fine = matches!(short, Err(Error::Malformed { .. }) | Ok(_));
        prop_assert!(fine);
    }

    #[test]
    fn zooming_out_twice_is_zooming_out_once(waveform in any_waveform(), a in 1_u32..9, b in 1_u32..9) {
        let zoom = |n: u32| NonZeroU32::new(n).unwrap();
        let waveform = Waveform::new(48_000, 256, waveform.lanes().to_vec()).unwrap();
        let twice = waveform.zoomed_out(zoom(a)).unwrap().zoomed_out(zoom(b)).unwrap();
        prop_assert_eq!(twice, waveform.zoomed_out(zoom(a * b)).unwrap());
    }

    #[test]
    fn every_picture_is_drawn_or_refused(
        waveform in any_waveform(),
        width in 0_u32..200,
        height in 0_u32..100,
        bar in 0.0_f32..9.0,
        gap in 0.0_f32..9.0,
        fit in any::<bool>(),
        envelope in any::<bool>(),
    ) {
        let scale = if fit { Scale::Fit } else { Scale::Full };
        let shape = if envelope { Shape::Envelope } else { Shape::Bars { width: bar, gap } };
        let picture = Picture { width, height, shape, scale };
        let refused = width == 0 || height == 0
            || (!envelope && (bar < 0.5 || bar + gap > width as f32));
        let drawn = png(&waveform, &picture, &Colours::DARK);
        prop_assert_eq!(drawn.is_err(), refused);
        if let Ok(bytes) = drawn {
            let image = image::load_from_memory(&bytes).unwrap();
            prop_assert_eq!(image.dimensions(), (width, height));
        }
        match svg(&waveform, &picture) {
            Ok(text) => {
                let paths = roxmltree::Document::parse(&text).unwrap().descendants()
                    .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "path")))
                    .count();
                prop_assert_eq!(paths, waveform.lanes().len());
            }
            Err(_) => prop_assert!(refused),
        }
    }

    #[test]
    fn text_has_the_lines_and_places_that_were_asked_for(
        waveform in any_waveform(),
        width in 1_u16..120,
        rows in 1_u16..9,
    ) {
        for glyphs in [Glyphs::Braille, Glyphs::Blocks, Glyphs::Ascii] {
            let lines = text(&waveform, width, rows, glyphs, Scale::Full);
            prop_assert_eq!(lines.len(), usize::from(rows) * waveform.lanes().len());
            prop_assert!(lines.iter().all(|line| line.chars().count() == usize::from(width)));
            prop_assert!(glyphs != Glyphs::Ascii || lines.iter().all(|line| line.is_ascii()));
        }
    }
}

#[test]
fn what_is_no_waveform_is_refused() {
    let good = stereo().to_dat(Resolution::Bits16);
    let with = |place: usize, number: u32| {
        let mut bytes = good.clone();
        bytes[place..place + 4].copy_from_slice(&number.to_le_bytes());
        bytes
    };
    let wrong = [
        (with(0, 3), "version 3"),
        (with(4, 2), "unknown flags 0x2"),
        (with(8, 0), "frames in a second"),
        (with(12, 0), "one frame at least"),
        (with(16, u32::MAX), "4294967295 pairs"),
        (with(20, 0), "0 channels"),
        (with(20, 65), "65 channels"),
        (good[..good.len() - 1].to_vec(), "within a value"),
        (good[..good.len() - 2].to_vec(), "3 pairs each"),
        ([&good[..], &[0, 0]].concat(), "3 pairs each"),
        (good[..10].to_vec(), "before its sample rate"),
        (Vec::new(), "before its version"),
    ];
    for (bytes, what) in wrong {
        let error = Waveform::from_dat(&bytes).unwrap_err();
        assert!(matches!(&error, Error::Malformed { detail } if detail.contains(what)), "{error}");
    }
    assert!(Waveform::new(48_000, 256, Vec::new()).is_err());
    assert!(Waveform::new(48_000, 256, vec![vec![], vec![pair(0, 0)]]).is_err());
    let long = Waveform::new(48_000, u32::MAX, vec![vec![]]).unwrap();
    assert!(long.zoomed_out(NonZeroU32::new(2).unwrap()).is_err());
}

#[test]
fn bars_are_sharp_and_as_high_as_the_sound() {
    let full = Waveform::new(48_000, 256, vec![vec![pair(-32_768, 32_767); 100]]).unwrap();
    let picture = Picture { scale: Scale::Full, ..Picture::bars(90, 40) };
    let bytes = png(&full, &picture, &Colours::LIGHT).unwrap();
    let image = image::load_from_memory(&bytes).unwrap();
    let wave = Rgba(Colours::LIGHT.wave);
    let row: Vec<bool> = (0..90).map(|x| image.get_pixel(x, 20) == wave).collect();
    // Two pixels of a bar, one between.
    assert!(row.chunks(3).all(|bar| bar == [true, true, false]), "{row:?}");
    // The ends are round.
    assert_ne!(image.get_pixel(0, 0), wave);
    assert_eq!(image.get_pixel(0, 2), wave);
    let half = Waveform::new(48_000, 256, vec![vec![pair(-16_384, 16_384); 100]]).unwrap();
    let image = image::load_from_memory(&png(&half, &picture, &Colours::LIGHT).unwrap()).unwrap();
    assert_eq!(image.get_pixel(0, 8), Rgba(Colours::LIGHT.background));
    assert_eq!(image.get_pixel(0, 12), wave);
}

#[test]
fn lanes_lie_one_below_the_other_with_room_between() {
    let quiet = vec![pair(-100, 100); 50];
    let loud = vec![pair(-32_768, 32_767); 50];
    let waveform = Waveform::new(48_000, 256, vec![loud, quiet]).unwrap();
    let bytes = png(&waveform, &Picture::envelope(50, 100), &Colours::DARK.transparent()).unwrap();
    let image = image::load_from_memory(&bytes).unwrap();
    let opaque: Vec<u32> = (0..100).filter(|y| image.get_pixel(25, *y)[3] == 255).collect();
    assert_eq!(opaque.first(), Some(&0));
    let upper = opaque.iter().filter(|y| **y < 50).count();
    assert!((45..=48).contains(&upper), "{opaque:?}");
    // The quiet one is a line in the middle of its half.
    assert!(opaque[upper..].iter().all(|y| (72..=77).contains(y)), "{opaque:?}");
}

#[test]
fn silence_is_seen_as_a_line() {
    let silence = Waveform::new(48_000, 256, vec![vec![pair(0, 0); 10], vec![]]);
    assert!(silence.is_err(), "lanes of different lengths");
    let silence = Waveform::new(48_000, 256, vec![vec![pair(0, 0); 10]]).unwrap();
    let lines = |glyphs| text(&silence, 4, 3, glyphs, Scale::Fit);
    assert_eq!(lines(Glyphs::Ascii), ["    ", "....", "    "]);
    assert_eq!(lines(Glyphs::Blocks), ["    ", "    ", "▁▁▁▁"]);
    assert_eq!(lines(Glyphs::Braille), ["⠀⠀⠀⠀", "⠤⠤⠤⠤", "⠀⠀⠀⠀"]);
    let image = png(&silence, &Picture::bars(30, 20), &Colours::DARK).unwrap();
    let image = image::load_from_memory(&image).unwrap();
    let inked = image.pixels().filter(|(.., pixel)| *pixel != Rgba(Colours::DARK.background));
    assert!(inked.count() >= 20);
}

#[test]
fn a_swell_is_drawn_as_one() {
    assert_eq!(text(&swell(400), 16, 1, Glyphs::Blocks, Scale::Fit), ["▁▃▄▆▇▇████▇▇▆▄▃▂"]);
    assert_eq!(
        text(&swell(400), 12, 3, Glyphs::Ascii, Scale::Fit),
        ["  ########  ", "############", "  ########  "]
    );
    let picture = svg(&swell(400), &Picture::bars(120, 30)).unwrap();
    assert!(picture.contains("currentColor") && picture.contains(r#"viewBox="0 0 120 30""#));
    assert!(picture.len() < 1_500, "{} bytes", picture.len());
    // Forty bars, each a line down.
    let path = picture.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(path.matches('v').count(), 40);
}
