//! Whatever bytes stand behind the name of a compressed kind: they are decoded or refused, in
//! whole frames, and the decoder comes to an end or is stopped.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use studio_audio::Error;
use studio_audio::decode::{self, MAX_BLOCK_FRAMES, MAX_CHANNELS};

/// What the kinds begin with, so that few inputs are spent on files of no kind.
const STARTS: [&[u8]; 5] = [
    b"fLaC\0\0\0\x22",
    b"OggS\0\x02",
    b"\0\0\0\x10ftypM4A \0\0\0\0",
    b"\xFF\xFB\x94\0",
    b"\xFF\xF1\x4C\x80",
];

fuzz_target!(|input: (u8, &[u8])| {
    let start = STARTS.get(usize::from(input.0)).copied().unwrap_or_default();
    let file = [start, input.1].concat();
    let Ok(mut decoder) = decode::open(Arc::new(file)) else { return };
    let sound = decoder.sound();
    assert!((1..=MAX_CHANNELS).contains(&sound.channels) && sound.sample_rate > 0);
    // A few bytes can stand for hours of silence; the first of them are enough.
    for _ in 0..256 {
        match decoder.next_block() {
            Ok(Some(block)) => {
                let channels = usize::from(sound.channels);
                assert!(block.len() % channels == 0 && !block.is_empty());
                assert!(block.len() / channels <= MAX_BLOCK_FRAMES);
            }
            Ok(None) => break,
            Err(error) => return assert!(!matches!(error, Error::Io(_))),
        }
    }
});
