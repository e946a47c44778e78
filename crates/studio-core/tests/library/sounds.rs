//! Small files of sound with tags.

use studio_testkit::wav::Wav;

/// A WAV without tags; different bytes for each `n`.
pub(crate) fn plain(n: usize) -> Vec<u8> {
    Wav::pcm(48_000, 1, 16).ints(&[i32::try_from(n).unwrap() << 16; 8]).build()
}

/// A WAV with a title, an artist and an album, and a genre.
pub(crate) fn tagged(title: &str, artist: &str, album: &str) -> Vec<u8> {
    let texts = [(b"INAM", title), (b"IART", artist), (b"IPRD", album), (b"IGNR", "Soul; Funk")];
    Wav::pcm(48_000, 1, 16).ints(&[0; 8]).info(&texts).build()
}

/// A FLAC with tags behind a picture of so many bytes, and sound of so many.
pub(crate) fn flac(tags: &[&str], picture: usize, sound: usize) -> Vec<u8> {
    let mut out = b"fLaC".to_vec();
    let mut info = vec![0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0];
    // 48 kHz, one channel, 16 bits, 48,000 frames.
    let fields = (48_000u64 << 44) | (15 << 36) | 48_000;
    info.extend(fields.to_be_bytes());
    info.extend([0; 16]);
    block(&mut out, 0, &info);
    if picture > 0 {
        let mut content = vec![0, 0, 0, 3, 0, 0, 0, 10];
        content.extend(b"image/jpeg");
        content.extend([0; 20]);
        content.extend(u32::try_from(picture).unwrap().to_be_bytes());
        content.extend(vec![0xAB; picture]);
        block(&mut out, 6, &content);
    }
    let mut comments = 4u32.to_le_bytes().to_vec();
    comments.extend(b"test");
    comments.extend(u32::try_from(tags.len()).unwrap().to_le_bytes());
    for tag in tags {
        comments.extend(u32::try_from(tag.len()).unwrap().to_le_bytes());
        comments.extend(tag.bytes());
    }
    block(&mut out, 0x84, &comments);
    out.extend(vec![0; sound]);
    out
}

fn block(out: &mut Vec<u8>, kind: u8, content: &[u8]) {
    out.push(kind);
    out.extend(&u32::try_from(content.len()).unwrap().to_be_bytes()[1..]);
    out.extend(content);
}
