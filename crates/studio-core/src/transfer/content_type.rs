//! The media type of a file, told from its first bytes: names lie.

/// How many bytes of a file are needed.
pub(crate) const PROBE_BYTES: usize = 16;

/// What any bytes are (RFC 2046, 4.5.1).
const ANY: &str = "application/octet-stream";

/// The media type of a file that begins with `head`.
pub(crate) fn of(head: &[u8]) -> &'static str {
    let form = head.get(8..12).unwrap_or_default();
    match head {
        [b'R', b'I', b'F', b'F' | b'X', ..]
        | [b'R', b'F', b'6', b'4', ..]
        | [b'B', b'W', b'6', b'4', ..]
            if form == b"WAVE" =>
        {
            "audio/wav"
        }
        [b'F', b'O', b'R', b'M', ..] if form == b"AIFF" || form == b"AIFC" => "audio/aiff",
        [b'f', b'L', b'a', b'C', ..] => "audio/flac",
        [b'O', b'g', b'g', b'S', ..] => "audio/ogg",
        [b'I', b'D', b'3', ..] => "audio/mpeg",
        // An MPEG audio frame: eleven set bits, then a layer and a rate that exist.
        [0xFF, b1, b2, ..] if b1 & 0xE6 > 0xE0 && b2 >> 4 != 0xF && b2 & 0x0C != 0x0C => {
            "audio/mpeg"
        }
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] if brand.starts_with(b"M4A") => {
            "audio/mp4"
        }
        _ => ANY,
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn bytes_decide_not_names() {
        assert_eq!(of(b"RIFF\x10\0\0\0WAVEfmt "), "audio/wav");
        assert_eq!(of(b"RF64\xff\xff\xff\xffWAVEds64"), "audio/wav");
        assert_eq!(of(b"FORM\0\0\0\x10AIFFCOMM"), "audio/aiff");
        assert_eq!(of(b"fLaC\0\0\0\x22"), "audio/flac");
        assert_eq!(of(b"OggS\0\x02"), "audio/ogg");
        assert_eq!(of(b"ID3\x04\0"), "audio/mpeg");
        assert_eq!(of(&[0xFF, 0xFB, 0x90, 0x00]), "audio/mpeg");
        assert_eq!(of(b"\0\0\0\x20ftypM4A \0\0"), "audio/mp4");
        for other in
            [&b""[..], b"RIFF", b"tchk tchk boom", &[0xFF, 0xFF, 0xFF], b"RIFF\0\0\0\0AVI "]
        {
            assert_eq!(of(other), "application/octet-stream", "{other:?}");
        }
    }
}
