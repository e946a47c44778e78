//! Whatever bytes are given as a picture: it is made anew within its bounds, or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use studio_audio::artwork::picture;

fuzz_target!(|input: (u8, &[u8])| {
    let (longest, bytes) = input;
    let longest = u32::from(longest) + 1;
    let Ok(made) = picture(bytes, longest, None) else { return };
    assert!(made.width <= longest && made.height <= longest);
    // What was made here is read here.
    picture(&made.bytes, longest, None).expect("a whole picture");
});
