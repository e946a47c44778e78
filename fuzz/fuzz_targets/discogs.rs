//! Whatever Discogs sends, reading it returns; and what was read is fully shaped: names are on
//! one line, addresses lead to http or https.
#![no_main]

use libfuzzer_sys::fuzz_target;
use studio_discogs::{Entry, Lookup, SearchQuery, clean_name, parse, plain_text};

fn fine(address: &str) -> bool {
    address.is_empty() || address.to_ascii_lowercase().starts_with("http")
}

fuzz_target!(|body: &[u8]| {
    let text = String::from_utf8_lossy(body);
    assert!(!clean_name(&text).chars().any(char::is_control));
    let _ = plain_text(&text);
    for lookup in [
        Lookup::Search(SearchQuery::artist(&text)),
        Lookup::Artist(7),
        Lookup::Master(7),
        Lookup::Release(7),
    ] {
        match parse(&lookup, body) {
            Ok(Entry::Hits(hits)) => assert!(hits.iter().all(|hit| fine(&hit.cover))),
            Ok(Entry::Artist(artist)) => assert!(artist.urls.iter().all(|url| fine(url))),
            Ok(Entry::Master(album) | Entry::Release(album)) => {
                assert!(album.images.iter().all(|image| fine(&image.url)));
            }
            Err(_) => {}
        }
    }
});
