//! Whatever stands in the chunks of a WAV, RF64 or BW64 file: the walk over them ends, and
//! what it says lies within the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use studio_audio::probe;
use studio_audio::riff::{MAX_CHUNKS, walk};

fuzz_target!(|input: (u8, &[u8], &[u8], &[u8])| {
    let (form, chunks, bext, ixml) = input;
    let mut file: Vec<u8> = [b"RIFF", b"RF64", b"BW64"][usize::from(form % 3)].to_vec();
    file.extend([0xFF; 4]);
    file.extend(b"WAVE");
    let format = b"\x01\0\x01\0\x80\xBB\0\0\x80\x32\x02\0\x03\0\x18\0";
    for (id, content) in [(b"fmt ", format.as_slice()), (b"bext", bext), (b"iXML", ixml)] {
        file.extend(id);
        file.extend((content.len() as u32).to_le_bytes());
        file.extend(content);
        if content.len() % 2 == 1 {
            file.push(0);
        }
    }
    file.extend(chunks);
    let wave = walk(&file).expect("bytes in memory can be read");
    assert!(wave.chunks.len() <= MAX_CHUNKS);
    for chunk in &wave.chunks {
        assert!(chunk.present <= chunk.claimed);
        assert!(chunk.offset + chunk.present <= file.len() as u64);
    }
    let probe = probe::probe(&file).expect("its format can be read");
    assert_eq!(probe.format.frames, wave.frames());
});
