//! Whatever text is given as a pattern, and whatever a file is called: reading returns, each
//! reading is made of the path, and what is written leads nowhere else.
#![no_main]

use std::path::Component;

use libfuzzer_sys::fuzz_target;
use studio_core::{Pattern, VersionPath};

fuzz_target!(|input: (&str, &str, &str)| {
    let (text, path, name) = input;
    let Ok(pattern) = text.parse::<Pattern>() else { return };
    for reading in pattern.read(path) {
        let fields = [reading.artist, reading.song, reading.track, reading.version];
        for field in fields.into_iter().flatten() {
            assert!(!field.is_empty() && !field.contains('/') && path.contains(&field));
        }
    }
    let (Ok(artist), Ok(song)) = (name.parse(), name.parse()) else { return };
    let (Ok(track), Ok(tag)) = (name.parse(), name.parse()) else { return };
    let written = pattern.write(&VersionPath { artist, song, track, tag }, Some(path));
    assert_eq!(written.components().count(), text.split('/').count());
    for component in written.components() {
        assert!(matches!(component, Component::Normal(name) if name.len() <= 255));
    }
});
