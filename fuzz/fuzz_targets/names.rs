//! Whatever text is given as a name, key or store, it is taken or refused; and what was
//! taken keeps its promises.
#![no_main]

use std::path::{Component, Path};

use libfuzzer_sys::fuzz_target;
use studio_domain::{ArtistName, ObjectKey, Slug, StoreUrl};

fuzz_target!(|text: &str| {
    if let Ok(name) = ArtistName::new(text) {
        assert_eq!(ArtistName::new(name.as_str()).as_ref(), Ok(&name));
        let slug = Slug::from_name(name.as_str());
        assert_eq!(slug.as_str().parse().as_ref(), Ok(&slug));
    }
    if let Ok(key) = text.parse::<ObjectKey>() {
        let mut parts = Path::new(key.as_str()).components();
        assert!(parts.all(|part| matches!(part, Component::Normal(_))));
    }
    if let Ok(url) = text.parse::<StoreUrl>() {
        assert_eq!(url.to_string().parse().as_ref(), Ok(&url));
    }
});
