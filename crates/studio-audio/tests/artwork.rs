//! Pictures come out upright, small and well-formed, or not at all.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::metadata::Orientation;
use image::{
    DynamicImage, GenericImageView as _, GrayImage, ImageDecoder as _, ImageEncoder, ImageFormat,
    ImageReader, Luma, Rgb, RgbImage, Rgba, RgbaImage,
};
use proptest::collection::vec;
use proptest::prelude::*;
use studio_audio::Error;
use studio_audio::artwork::{MAX_SIDE, Picture, PictureKind, picture};

/// Four quarters of one colour each: red, green, blue and grey.
fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => Rgb([250, 10, 10]),
        (false, true) => Rgb([10, 250, 10]),
        (true, false) => Rgb([10, 10, 250]),
        (false, false) => Rgb([128, 128, 128]),
    })
}

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(quarters(width, height), ImageFormat::Jpeg)
}

fn png(image: impl Into<DynamicImage>) -> Vec<u8> {
    encoded(image, ImageFormat::Png)
}

/// Decodes what was made, by its own account of itself.
fn decoded(picture: &Picture) -> DynamicImage {
    let reader = ImageReader::new(Cursor::new(&picture.bytes)).with_guessed_format().unwrap();
    let expected = match picture.kind {
        PictureKind::Jpeg => ImageFormat::Jpeg,
        PictureKind::Png => ImageFormat::Png,
    };
    assert_eq!(reader.format(), Some(expected));
    let image = reader.decode().unwrap();
    assert_eq!(image.dimensions(), (picture.width, picture.height));
    image
}

/// The nearest of the colours of [`quarters`] in the middle of each quarter, row by row.
fn corners(image: &DynamicImage) -> String {
    let (width, height) = image.dimensions();
    let places = [(1, 1), (3, 1), (1, 3), (3, 3)];
    places
        .map(|(x, y)| match image.get_pixel(width * x / 4, height * y / 4).0 {
            [200..=255, 0..50, 0..50, 255] => 'r',
            [0..50, 200..=255, 0..50, 255] => 'g',
            [0..50, 0..50, 200..=255, 255] => 'b',
            [110..150, 110..150, 110..150, 255] => '-',
            _ => '?',
        })
        .into_iter()
        .collect()
}

#[test]
fn the_longest_side_is_as_asked_and_nothing_grows() {
    for (from, longest, to) in [
        ((300, 200), 150, (150, 100)),
        ((200, 300), 150, (100, 150)),
        ((300, 200), 300, (300, 200)),
        ((300, 200), 4000, (300, 200)),
        ((333, 100), 100, (100, 30)),
        ((400, 1), 100, (100, 1)),
        ((300, 200), 1, (1, 1)),
    ] {
        for bytes in [jpeg(from.0, from.1), png(quarters(from.0, from.1))] {
            let made = picture(&bytes, longest, None).unwrap();
            assert_eq!((made.kind, made.width, made.height), (PictureKind::Jpeg, to.0, to.1));
            let image = decoded(&made);
            if to.0.min(to.1) >= 30 {
                assert_eq!(corners(&image), "rgb-");
            }
        }
    }
    let nothing = picture(&jpeg(8, 8), 0, None);
    assert!(matches!(nothing, Err(Error::Mismatch { .. })));
}

#[test]
fn shapes_are_filled_or_fitted_into_and_nothing_grows() {
    use studio_audio::artwork::{Shape, pictures};
    for ((width, height), shape, expected) in [
        ((400, 200), Shape::Wide(100), (100, 50)),
        ((400, 200), Shape::High(100), (200, 100)),
        ((90, 200), Shape::Wide(100), (90, 200)),
        ((400, 200), Shape::Filling(100, 100), (100, 100)),
        ((200, 400), Shape::Filling(100, 100), (100, 100)),
        ((400, 200), Shape::Filling(120, 63), (120, 63)),
        // Too small for all of it: as much as there is, in the same proportions.
        ((60, 200), Shape::Filling(100, 100), (60, 60)),
        ((200, 60), Shape::Filling(100, 50), (100, 50)),
        ((200, 40), Shape::Filling(100, 50), (80, 40)),
        ((1, 300), Shape::Filling(100, 50), (1, 1)),
    ] {
        let made = pictures(&jpeg(width, height), &[shape], None).unwrap().remove(0);
        assert_eq!((made.width, made.height), expected, "{width} x {height}, {shape:?}");
    }
    let all = [Shape::Filling(50, 50), Shape::Longest(80), Shape::Wide(30)];
    let made = pictures(&jpeg(400, 200), &all, None).unwrap();
    let sides: Vec<_> = made.iter().map(|picture| (picture.width, picture.height)).collect();
    assert_eq!(sides, [(50, 50), (80, 40), (30, 15)]);
    assert!(pictures(&jpeg(4, 4), &[Shape::Filling(0, 5)], None).is_err());
}

#[test]
fn what_lies_on_its_side_is_fitted_as_it_is_seen() {
    use studio_audio::artwork::{Shape, pictures};
    for format in [ImageFormat::Jpeg, ImageFormat::Png] {
        let upright =
            pictures(&turned(Orientation::NoTransforms, format), &[Shape::Wide(20)], None);
        let upright = upright.unwrap().remove(0);
        for orientation in [Orientation::Rotate90, Orientation::Rotate270FlipH] {
            let bytes = turned(orientation, format);
            let made = pictures(&bytes, &[Shape::Wide(20), Shape::Filling(20, 10)], None).unwrap();
            assert_eq!((made[0].width, made[0].height), (upright.width, upright.height));
            assert_eq!((made[1].width, made[1].height), (20, 10));
            assert_eq!(corners(&decoded(&made[0])), corners(&decoded(&upright)));
        }
    }
}

/// A picture with Exif data that says how it is to be turned.
fn turned(orientation: Orientation, format: ImageFormat) -> Vec<u8> {
    // TIFF, little-endian, with one directory of one entry: the orientation, a short.
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation.to_exif(), 0, 0, 0, 0, 0, 0, 0]);
    let mut image = DynamicImage::from(quarters(96, 64));
    // What the camera saw, when it is turned back, is upright.
    image.apply_orientation(match orientation {
        Orientation::Rotate90 => Orientation::Rotate270,
        Orientation::Rotate270 => Orientation::Rotate90,
        itself => itself,
    });
    let mut bytes = Vec::new();
    match format {
        ImageFormat::Jpeg => put(JpegEncoder::new(&mut bytes), &image, exif),
        _ => put(PngEncoder::new(&mut bytes), &image, exif),
    }
    bytes
}

fn put(mut encoder: impl ImageEncoder, image: &DynamicImage, exif: Vec<u8>) {
    encoder.set_exif_metadata(exif).unwrap();
    image.write_with_encoder(encoder).unwrap();
}

#[test]
fn pictures_are_turned_upright() {
    for exif in 1..=8 {
        let orientation = Orientation::from_exif(exif).unwrap();
        for format in [ImageFormat::Jpeg, ImageFormat::Png] {
            let bytes = turned(orientation, format);
            for longest in [48, 1000] {
                let made = picture(&bytes, longest, None).unwrap();
                let most = longest.min(96);
                assert_eq!((made.width, made.height), (most, most * 2 / 3), "{orientation:?}");
                assert_eq!(corners(&decoded(&made)), "rgb-", "{orientation:?}");
                // Nobody turns it a second time.
                let reader = ImageReader::new(Cursor::new(&made.bytes)).with_guessed_format();
                let mut decoder = reader.unwrap().into_decoder().unwrap();
                assert_eq!(decoder.orientation().unwrap(), Orientation::NoTransforms);
            }
        }
    }
}

#[test]
fn what_is_transparent_stays_so_unless_jpeg_is_asked_for() {
    let glass = RgbaImage::from_pixel(40, 40, Rgba([200, 0, 0, 128]));
    let made = picture(&png(glass.clone()), 20, None).unwrap();
    assert_eq!(made.kind, PictureKind::Png);
    let [r, g, b, alpha] = decoded(&made).get_pixel(10, 10).0;
    assert!(r.abs_diff(200) <= 1 && (g, b, alpha) == (0, 0, 128), "{r} {g} {b} {alpha}");
    let made = picture(&png(glass), 20, Some(PictureKind::Jpeg)).unwrap();
    let [r, g, b, _] = decoded(&made).get_pixel(10, 10).0;
    // 200 * 128 / 255 + 127, and 127, as far as JPEG keeps them.
    assert!(r.abs_diff(227) <= 3 && g.abs_diff(127) <= 3 && b.abs_diff(127) <= 3, "{r} {g} {b}");
    let opaque = RgbaImage::from_pixel(40, 40, Rgba([200, 0, 0, 255]));
    assert_eq!(picture(&png(opaque.clone()), 20, None).unwrap().kind, PictureKind::Jpeg);
    let asked = picture(&png(opaque), 20, Some(PictureKind::Png)).unwrap();
    assert_eq!((asked.kind, asked.kind.media_type()), (PictureKind::Png, "image/png"));
    assert_eq!(decoded(&asked).get_pixel(3, 3), Rgba([200, 0, 0, 255]));
}

#[test]
fn every_kind_of_pixel_is_taken() {
    let rgb = DynamicImage::from(quarters(64, 64));
    for image in [rgb.clone(), rgb.to_rgba8().into(), rgb.to_rgb16().into(), rgb.to_rgba16().into()]
    {
        let made = picture(&png(image), 32, Some(PictureKind::Png)).unwrap();
        assert_eq!(corners(&decoded(&made)), "rgb-");
    }
    let grey = DynamicImage::from(GrayImage::from_pixel(64, 64, Luma([77])));
    let kinds: [DynamicImage; 4] = [
        grey.clone(),
        grey.to_luma_alpha8().into(),
        grey.to_luma16().into(),
        grey.to_luma_alpha16().into(),
    ];
    for image in kinds {
        let made = picture(&png(image), 32, Some(PictureKind::Png)).unwrap();
        assert_eq!(decoded(&made).get_pixel(16, 16), Rgba([77, 77, 77, 255]));
    }
    let made = picture(&encoded(grey, ImageFormat::Jpeg), 32, None).unwrap();
    assert_eq!(decoded(&made).color(), image::ColorType::L8);
}

/// The header of an ICC profile for some colours, and nothing else.
fn profile(colours: &[u8; 4]) -> Vec<u8> {
    let mut profile = vec![0; 128];
    profile[16..20].copy_from_slice(colours);
    profile
}

#[test]
fn a_colour_profile_is_kept_where_it_fits() {
    for (colours, kept) in [(b"RGB ", true), (b"CMYK", false)] {
        for longest in [16, 100] {
            let mut bytes = Vec::new();
            let mut encoder = JpegEncoder::new(&mut bytes);
            encoder.set_icc_profile(profile(colours)).unwrap();
            DynamicImage::from(quarters(32, 32)).write_with_encoder(encoder).unwrap();
            for kind in [PictureKind::Jpeg, PictureKind::Png] {
                let made = picture(&bytes, longest, Some(kind)).unwrap();
                let reader = ImageReader::new(Cursor::new(&made.bytes)).with_guessed_format();
                let mut decoder = reader.unwrap().into_decoder().unwrap();
                assert_eq!(decoder.icc_profile().unwrap(), kept.then(|| profile(colours)));
            }
        }
    }
}

fn refused(bytes: &[u8]) -> Error {
    picture(bytes, 100, None).unwrap_err()
}

#[test]
fn a_jpeg_ends_at_its_end() {
    let whole = jpeg(200, 200);
    for cut in [2, 4, 20, whole.len() / 2, whole.len() - 2, whole.len() - 1] {
        let error = refused(&whole[..cut]);
        assert!(matches!(error, Error::Malformed { .. } | Error::Unsupported { .. }), "{cut}");
    }
    // Bytes behind the end are nobody's business.
    let padded = [whole.clone(), vec![0xFF; 100]].concat();
    assert_eq!(picture(&padded, 50, None).unwrap(), picture(&whole, 50, None).unwrap());
    // The end of a small picture within is not the end of the large one.
    let small = jpeg(8, 8);
    let mut within = vec![0xFF, 0xE2];
    within.extend((small.len() as u16 + 2).to_be_bytes());
    within.extend(&small);
    let both = [&whole[..2], &within, &whole[2..]].concat();
    assert_eq!(picture(&both, 100, None).unwrap().width, 100);
    let cut = &both[..both.len() - 100];
    assert!(matches!(refused(cut), Error::Malformed { .. }));
    let whole = png(quarters(50, 50));
    assert!(matches!(refused(&whole[..whole.len() / 2]), Error::Malformed { .. }));
}

/// A small JPEG whose header is made to claim another size.
fn jpeg_claiming(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = jpeg(16, 16);
    let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

/// A PNG that is all header, and claims to be of some size.
fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(quarters(2, 2));
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = bytes[12..29].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 }
        })
    });
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes
}

#[test]
fn a_claim_is_no_reason_to_take_memory() {
    for (width, height) in [(65_535, 65_535), (8_193, 1), (1, 65_535)] {
        let error = refused(&jpeg_claiming(width, height));
        assert!(matches!(error, Error::Unsupported { .. }), "{width} {height} {error}");
    }
    for (width, height) in [(60_000, 60_000), (u32::MAX, u32::MAX), (1, MAX_SIDE + 1)] {
        let error = refused(&png_claiming(width, height));
        assert!(matches!(error, Error::Unsupported { .. }), "{width} {height} {error}");
    }
    // Within the limits, and more than a few hundred bytes can hold.
    assert!(matches!(refused(&jpeg_claiming(8_192, 8_192)), Error::Malformed { .. }));
    assert!(matches!(refused(&png_claiming(5_000, 5_000)), Error::Malformed { .. }));
    for nothing in [jpeg_claiming(0, 9), png_claiming(9, 0)] {
        assert!(matches!(refused(&nothing), Error::Malformed { .. }));
    }
    // An honest one of the most pixels that a progressive JPEG may not have.
    let mut progressive = jpeg_claiming(6_000, 6_000);
    let frame = progressive.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    progressive[frame + 1] = 0xC2;
    assert!(matches!(refused(&progressive), Error::Unsupported { .. }));
    // As many scans as there are bytes for.
    let many = jpeg(16, 16);
    let scan = many.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    let scans = many[scan..many.len() - 2].repeat(100);
    let bytes = [&many[..scan], &scans, &[0xFF, 0xD9]].concat();
    assert!(matches!(refused(&bytes), Error::Unsupported { .. }));
}

#[test]
fn other_kinds_are_refused() {
    for bytes in [&b""[..], b"GIF89a", b"BM", b"RIFF\0\0\0\0WEBP", b"<svg/>", b"\xFF\xD8\xFF"] {
        let error = refused(bytes);
        assert!(matches!(error, Error::Unsupported { .. } | Error::Malformed { .. }));
    }
}

fn small_pictures() -> Vec<Vec<u8>> {
    let rgb = DynamicImage::from(quarters(40, 24));
    vec![
        jpeg(40, 24),
        encoded(rgb.to_luma8(), ImageFormat::Jpeg),
        turned(Orientation::Rotate90, ImageFormat::Jpeg),
        png(rgb.clone()),
        png(rgb.to_rgba16()),
        png(rgb.to_luma_alpha8()),
        turned(Orientation::FlipVertical, ImageFormat::Png),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn mutated_pictures_are_values(
        which in prop::sample::select(small_pictures()),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
        spliced in prop::option::weighted(0.3, (any::<prop::sample::Index>(), vec(any::<u8>(), 0..40))),
        longest in 1_u32..64,
    ) {
        let mut bytes = which;
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some((place, more)) = spliced {
            let place = place.index(bytes.len());
            bytes.splice(place..place, more);
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        match picture(&bytes, longest, None) {
            Ok(made) => {
                prop_assert!(made.width.max(made.height) <= longest);
                decoded(&made);
            }
            Err(error) => {
                let told = matches!(error, Error::Malformed { .. } | Error::Unsupported { .. });
                prop_assert!(told, "{}", error);
                prop_assert!(!error.to_string().contains("gave up"), "{}", error);
            }
        }
    }

    #[test]
    fn any_bytes_are_values(start in prop::sample::select(vec![
        b"\xFF\xD8\xFF".to_vec(), b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR".to_vec(), Vec::new(),
    ]), rest in vec(any::<u8>(), 0..300)) {
        prop_assert!(picture(&[start, rest].concat(), 10, None).is_err());
    }
}
