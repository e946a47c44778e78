//! Covers: small, safe to show, made once.

use studio_core::audio::artwork::{PictureKind, Shape, picture};
use studio_core::rendition::{CoverSize, MAX_PICTURE_BYTES, Sleeve, embedded_picture};
use studio_testkit::wav::{RawChunk, Wav, signal};

use super::{cannot_be, digest_of, keys, memory, original, stored};

#[tokio::test]
async fn a_cover_fits_its_square_and_is_made_once() {
    let (store, renditions) = memory();
    let picture = picture_of(1000, 500);
    let sleeve = Sleeve::Picture(original(&picture));
    for size in CoverSize::ALL {
        let cover = renditions.cover(&sleeve, size).await.unwrap().unwrap();
        let Shape::Longest(pixels) = size.shape() else { panic!("{size:?}") };
        let expected = format!("renditions/{}/cover-{pixels}.jpg", digest_of(&picture));
        assert_eq!((cover.key.as_str(), cover.content_type), (&*expected, "image/jpeg"));
        let bytes = stored(&*store, &cover.key).await;
        let longest = pixels.min(1000);
        assert_eq!(jpeg_size(&bytes), (longest, longest / 2));
    }
    assert_eq!(CoverSize::at_least(0), CoverSize::Tiny);
    assert_eq!(CoverSize::at_least(301), CoverSize::Medium);
    assert_eq!(CoverSize::at_least(5000), CoverSize::Large);
}

#[tokio::test]
async fn covers_of_the_site_are_made_together() {
    let (store, renditions) = memory();
    let picture = picture_of(2000, 1000);
    let sleeve = Sleeve::Picture(original(&picture));
    let cover = renditions.cover(&sleeve, CoverSize::Wide300).await.unwrap().unwrap();
    let expected = format!("renditions/{}/wide-300.jpg", digest_of(&picture));
    assert_eq!(cover.key.as_str(), expected);
    assert_eq!(keys(&*store).await.len(), CoverSize::SITE.len());
    let sides = [(50, 50), (80, 80), (300, 150), (300, 300), (1200, 630)];
    for (size, sides) in CoverSize::SITE.into_iter().zip(sides) {
        let cover = renditions.cover(&sleeve, size).await.unwrap().unwrap();
        assert_eq!(jpeg_size(&stored(&*store, &cover.key).await), sides, "{size:?}");
    }
    // Whoever asks for another one at the same time gets their own.
    let other = Sleeve::Picture(original(&picture_of(400, 400)));
    let asked = CoverSize::SITE.map(|size| renditions.cover(&other, size));
    for (made, size) in futures_util::future::join_all(asked).await.into_iter().zip(CoverSize::SITE)
    {
        let name = made.unwrap().unwrap().key.as_str().to_owned();
        assert!(name.ends_with(&size.kind().to_string()), "{name}");
    }
}

#[tokio::test]
async fn hostile_pictures_are_refused_and_leave_nothing() {
    let (store, renditions) = memory();
    let picture = picture_of(64, 64);
    let mut huge = picture.clone();
    // Its header claims 65,535 x 65,535 pixels.
    let frame = huge.windows(2).position(|two| matches!(two, [0xFF, 0xC0 | 0xC2])).unwrap();
    huge[frame + 5..frame + 9].fill(0xFF);
    let sizes = [vec![0xFF; MAX_PICTURE_BYTES as usize + 1], huge];
    let cut = picture[..picture.len() / 2].to_vec();
    let others = [cut, b"GIF89a".to_vec(), Vec::new(), b"<svg onload=alert(1)>".to_vec()];
    for bytes in sizes.into_iter().chain(others) {
        let sleeve = Sleeve::Picture(original(&bytes));
        let error = renditions.cover(&sleeve, CoverSize::Small).await.unwrap_err();
        assert!(cannot_be(&error), "{error:?}");
    }
    assert_eq!(keys(&*store).await, [""; 0]);
}

#[tokio::test]
async fn the_picture_in_a_file_of_sound_is_found() {
    let (store, renditions) = memory();
    let samples = signal::sine(4800, 2, 48_000, 440.0, 0.5);
    let plain = Wav::pcm(48_000, 2, 24).ints(&samples);
    let picture = picture_of(400, 400);
    let pictured = plain.clone().chunk_after(RawChunk::new(*b"id3 ", id3_with(&picture))).build();
    let sound = original(&pictured);
    let found = embedded_picture(&sound).await.unwrap().unwrap();
    assert_eq!((found.media_type, found.bytes), ("image/jpeg", picture));
    let cover = renditions.cover(&Sleeve::Sound(sound), CoverSize::Tiny).await.unwrap().unwrap();
    assert_eq!(jpeg_size(&stored(&*store, &cover.key).await), (128, 128));
    let without = Sleeve::Sound(original(&plain.build()));
    assert_eq!(renditions.cover(&without, CoverSize::Tiny).await.unwrap(), None);
}

/// A file with an ID3v2.3 tag that holds a front cover.
fn id3_with(picture: &[u8]) -> Vec<u8> {
    let mut frame = b"\0image/jpeg\0\x03\0".to_vec();
    frame.extend(picture);
    let mut frames = b"APIC".to_vec();
    frames.extend((frame.len() as u32).to_be_bytes());
    frames.extend([0, 0]);
    frames.extend(frame);
    let size = frames.len() as u32;
    let mut tag = b"ID3\x03\0\0".to_vec();
    tag.extend([21, 14, 7, 0].map(|shift| (size >> shift & 0x7F) as u8));
    tag.extend(frames);
    tag
}

/// A JPEG of so many pixels, made by the code under test out of a PNG made by hand.
fn picture_of(width: u32, height: u32) -> Vec<u8> {
    picture(&png(width, height), 8000, Some(PictureKind::Jpeg)).unwrap().bytes
}

/// A grey PNG without compression.
fn png(width: u32, height: u32) -> Vec<u8> {
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
        })
    }
    fn chunk(out: &mut Vec<u8>, id: &[u8; 4], content: &[u8]) {
        out.extend((content.len() as u32).to_be_bytes());
        let named = [&id[..], content].concat();
        out.extend(&named);
        out.extend(crc(&named).to_be_bytes());
    }
    let mut raw = Vec::new();
    for y in 0..height {
        raw.push(0);
        raw.extend((0..width).map(|x| (x / 4 + y) as u8));
    }
    let mut deflated = vec![0x78, 0x01];
    let blocks: Vec<_> = raw.chunks(65_535).collect();
    for (n, block) in blocks.iter().enumerate() {
        deflated.push(u8::from(n + 1 == blocks.len()));
        deflated.extend((block.len() as u16).to_le_bytes());
        deflated.extend((!(block.len() as u16)).to_le_bytes());
        deflated.extend(*block);
    }
    let (a, b) = raw.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    deflated.extend((b << 16 | a).to_be_bytes());
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    head.extend([8, 0, 0, 0, 0]);
    chunk(&mut out, b"IHDR", &head);
    chunk(&mut out, b"IDAT", &deflated);
    chunk(&mut out, b"IEND", &[]);
    out
}

/// Width and height, by the frame header of a JPEG.
fn jpeg_size(bytes: &[u8]) -> (u32, u32) {
    assert!(bytes.starts_with(&[0xFF, 0xD8]) && bytes.ends_with(&[0xFF, 0xD9]));
    let frame = bytes.windows(2).position(|two| matches!(two, [0xFF, 0xC0 | 0xC2])).unwrap();
    let at = |n: usize| u32::from(bytes[frame + n]) << 8 | u32::from(bytes[frame + n + 1]);
    (at(7), at(5))
}
