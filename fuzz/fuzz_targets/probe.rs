//! Whatever bytes are given as a file of sound: it is probed or refused, and a decoder of it
//! comes to an end.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use studio_audio::{Error, decode, probe};

fuzz_target!(|bytes: &[u8]| {
    let file = bytes.to_vec();
    let header = probe::examine(&file).expect("bytes in memory can be read");
    match probe::probe(&file) {
        Ok(probe) => assert_eq!(Some(probe.format), header.format),
        Err(error) => assert!(!matches!(error, Error::Io(_))),
    }
    let Ok(mut decoder) = decode::open(Arc::new(file)) else { return };
    let sound = decoder.sound();
    // A few bytes can stand for hours of silence; the first of them are enough.
    for _ in 0..64 {
        let Ok(Some(block)) = decoder.next_block() else { break };
        assert!(!block.is_empty() && block.len() % usize::from(sound.channels) == 0);
    }
});
