//! Whatever bytes come to the gate, they get a verdict; and a WAV file that it lets in is
//! decoded to exactly what it was judged as.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use studio_audio::gate::{Profile, judge_header};
use studio_audio::{decode, probe};

fuzz_target!(|bytes: &[u8]| {
    let file = bytes.to_vec();
    let header = probe::examine(&file).expect("bytes in memory can be read");
    assert!(judge_header(&header, &Profile::any()).is_accepted());
    if !judge_header(&header, &Profile::ingest()).is_accepted() {
        return;
    }
    let format = header.format.expect("what is let in has a format");
    let mut decoder = decode::open(Arc::new(file)).expect("what is let in can be decoded");
    let sound = decoder.sound();
    assert_eq!((sound.channels, sound.sample_rate), (format.channels, format.sample_rate));
    let mut frames = 0;
    while let Some(block) = decoder.next_block().expect("what is let in can be decoded") {
        frames += (block.len() / usize::from(sound.channels)) as u64;
    }
    assert_eq!((format.frames, sound.declared_frames), (Some(frames), Some(frames)));
});
