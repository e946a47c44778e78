//! Lists of 500 albums for a player, in a small and in a large catalogue.
//!
//! The small one has two recordings on an album, so that it has 500 albums, too, and both answer
//! with as many; the large one has ten. In the large one what is asked for is spread among what is not:
//! other genres, other years, and names in another order than albums came in.

use studio_domain::{AlbumTitle, ArtistName};

use super::super::serve::albums::{Like, fill_with};
use super::people::{add, secret};
use super::wrk::{Asked, Wrk};
use super::{Bench, Row, ask};
use crate::Result;
use crate::cargo::say;

const SMALL: u64 = 1000;
/// How many recordings are on an album of each.
const ON_ALBUM: [u64; 2] = [2, 10];
const OF_ARTIST: u64 = 5;
/// How many albums are asked for: the most that a list has.
const LISTED: usize = 500;
const CONNECTIONS: u32 = 4;
const MOST: f64 = 3.0;
/// Genres and decades of the large catalogue.
const GENRES: u64 = 16;
const DECADES: u64 = 6;
const FIRST_YEAR: u64 = 1960;
/// The lists.
const TYPES: [&str; 6] = [
    "alphabeticalByArtist",
    "alphabeticalByName",
    "newest",
    "byYear&fromYear=1960&toYear=1969",
    "byGenre&genre=Genre%200",
    "random",
];

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let sizes = [SMALL, bench.options.recordings];
    let mut running = Vec::new();
    for (size, on_album) in sizes.into_iter().zip(ON_ALBUM) {
        let name = format!("lists-{size}");
        let site = bench.site(&name, Vec::new())?;
        fill_with(&bench.database(&name), size, on_album, |number| like(number, size / on_album))?;
        add(&site, "mia", "manager")?;
        add(&site, "ann", "listener")?;
        let key = secret(&site, "appkey", "ann")?;
        let (service, server) = site.serve(&[])?;
        let url = format!(
            "{server}/rest/getAlbumList2?v=1.16.1&c=bench&f=json&apiKey={key}&size={LISTED}&type="
        );
        running.push((service, url));
    }
    let mut rows = Vec::new();
    for kind in TYPES {
        say(&format!("lists of the type {kind}"));
        let urls = [1, 0].map(|at: usize| format!("{}{kind}", running[at].1));
        for url in &urls {
            check(url, kind)?;
        }
        let [p50, p99] = in_turns(bench, &urls)?;
        for (times, part) in [(p50, "p50"), (p99, "p99")] {
            let what = format!("{part} of {kind}, {} recordings beside {SMALL}", sizes[1]);
            rows.push(Row::in_turns(what, "ms", times, MOST));
        }
    }
    for (service, _) in running {
        service.stop()?;
    }
    Ok(rows)
}

/// One of so many albums. Where there are only 500, all are of one genre and one decade.
fn like(number: u64, albums: u64) -> Result<Like> {
    let spread = albums / LISTED as u64;
    // 7919 is prime, and so goes through all of them before one comes again.
    let scattered = number * 7919 % albums;
    let year = FIRST_YEAR + number % spread.clamp(1, DECADES) * 10 + scattered % 10;
    Ok(Like {
        artist: ArtistName::new(&format!("Artist {:05}", scattered / OF_ARTIST))?,
        title: AlbumTitle::new(&format!("Album {scattered:06}"))?,
        released: year.to_string().parse()?,
        genre: Some(format!("Genre {}", number % spread.clamp(1, GENRES)).parse()?),
    })
}

/// Fails unless the list is as long as can be.
fn check(url: &str, kind: &str) -> Result {
    let answer = ask(url, None)?;
    let albums = answer["subsonic-response"]["albumList2"]["album"].as_array();
    match albums.map(Vec::len) {
        Some(LISTED) => Ok(()),
        found => Err(format!("{found:?} albums instead of {LISTED} in {kind}: {answer}").into()),
    }
}

/// The times of half, and of 99 of 100 lists, of the large and of the small catalogue, round
/// after round.
fn in_turns(bench: &Bench<'_>, urls: &[String; 2]) -> Result<[[Vec<f64>; 2]; 2]> {
    let wrk = Wrk::new(&bench.place, CONNECTIONS);
    let mut times = [const { [const { Vec::new() }; 2] }; 2];
    for round in 0..=bench.options.rounds {
        for (at, url) in urls.iter().enumerate() {
            let seconds = if round == 0 { 1 } else { bench.options.seconds };
            let found = wrk.run(url, &Asked::Whole, seconds)?;
            if round > 0 {
                times[0][at].push(found.p50);
                times[1][at].push(found.p99);
            }
        }
    }
    Ok(times)
}
