//! Whatever stands where tags should, in each kind of file that has them: they are read or
//! passed over, and a picture is no larger than the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use studio_audio::probe;

fuzz_target!(|input: (u8, &[u8])| {
    let (kind, bytes) = input;
    let head: &[u8] = match kind % 6 {
        0 => b"ID3\x03\0\0\0\0\x7F\x7F",
        1 => b"ID3\x04\0\x80\0\0\x7F\x7F",
        2 => b"RIFF\xFF\xFF\xFF\xFFWAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xBB\0\0\x80\x32\x02\0\x03\0\x18\0id3 \xFF\xFF\0\0",
        3 => b"fLaC\0\0\0\x22\x10\0\x10\0\0\0\0\0\0\0\x0B\xB8\x03\x70\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        4 => b"OggS\0\x02",
        _ => b"\0\0\0\x10ftypM4A \0\0\0\0",
    };
    let file = [head, bytes].concat();
    let _ = probe::probe(&file);
    if let Ok(Some(artwork)) = probe::artwork(&file) {
        assert!(artwork.bytes.len() <= file.len());
    }
});
