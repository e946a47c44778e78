//! Pages of a large catalogue, each beside a file of the same size that the same server sends.

use std::path::Path;
use std::process::Command;

use studio_domain::{AlbumTitle, ArtistName, RecordingId, Sketch};
use studio_repo::{SketchRepo as _, SqliteCatalog};

use super::Bench;
use crate::Result;
use crate::bench::serve::albums::{Like, fill_with};
use crate::bench::serve::write_wav;
use crate::bench::wrk::{Asked, Wrk};
use crate::bench::{Verdict, median};
use crate::cargo::{print, say};

/// Recordings on an album, and of an artist.
const ON_ALBUM: u64 = 10;
const OF_ARTIST: u64 = 100;
/// Listeners who turn pages at once, and how long each of them rests, about.
const CONNECTIONS: u32 = 16;
const PAUSE_MS: u64 = 20;
const ROUNDS: usize = 5;
const MOST: f64 = 3.0;
/// Different addresses of each kind of page.
const ADDRESSES: u64 = 1000;

/// A kind of page.
struct Kind {
    name: &'static str,
    paths: Vec<String>,
}

fn kinds(recordings: u64) -> Vec<Kind> {
    let artists = recordings / OF_ARTIST;
    let some = |most: u64, of: &dyn Fn(u64) -> String| {
        let step = (most / ADDRESSES).max(1);
        (0..most).step_by(usize::try_from(step).unwrap_or(1)).map(of).collect::<Vec<_>>()
    };
    let album = |n: u64| format!("/music/artist-{:05}/album-{n:06}", n * ON_ALBUM / OF_ARTIST);
    let of_artist = |n: u64| format!("/music/artist-{n:05}");
    vec![
        Kind { name: "artists", paths: some(artists, &|n| format!("/?after=artist-{n:05}")) },
        Kind { name: "artist", paths: some(artists, &of_artist) },
        Kind {
            name: "all recordings of an artist",
            paths: some(artists, &|n| format!("{}?list=recordings", of_artist(n))),
        },
        Kind { name: "album", paths: some(recordings / ON_ALBUM, &album) },
        Kind {
            name: "recording",
            paths: some(recordings, &|n| {
                format!("/music/artist-{:05}/-/recording-{n:07}", n / OF_ARTIST)
            }),
        },
        Kind {
            name: "search",
            paths: some(recordings / ON_ALBUM, &|n| format!("/search?q={n:06}")),
        },
        Kind { name: "feed", paths: some(artists, &|n| format!("{}/feed.atom", of_artist(n))) },
        Kind {
            name: "sitemap",
            paths: some(artists, &|n| format!("{}/sitemap.xml", of_artist(n))),
        },
    ]
}

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Verdict>> {
    let site = bench.site("pages")?;
    let (place, recordings) = (bench.place.join("pages"), bench.options.recordings);
    let database = place.join("studio.db");
    fill_with(&database, recordings, ON_ALBUM, |number| {
        Ok(Like {
            artist: ArtistName::new(&format!("Artist {:05}", number * ON_ALBUM / OF_ARTIST))?,
            title: AlbumTitle::new(&format!("Album {number:06}"))?,
            released: "2018-01-26".parse()?,
            genre: None,
        })
    })?;
    draw(&database)?;
    let kinds = kinds(recordings);
    let sizes = sizes(&site.serve(&[])?.1, &kinds)?;
    for (kind, size) in kinds.iter().zip(&sizes) {
        let file = place.join(format!("{}.wav", kind.name.replace(' ', "-")));
        write_wav(&file, *size)?;
        let file = file.to_string_lossy().into_owned();
        let title = format!("File {}", kind.name);
        let add = ["recording", "add", "--artist", "Files", "--title", &title, "--publish"];
        site.run(&[&add[..], &["--file", &file]].concat())?;
    }
    let (service, server) = site.serve(&[])?;
    let wrk = Wrk { pause: Some(PAUSE_MS), ..Wrk::new(&bench.place, CONNECTIONS) };
    print("");
    print(&format!("| page, {CONNECTIONS} visitors | bytes | p99 ms | a file as large, p99 ms |"));
    print("|---|---|---|---|");
    let mut verdicts = Vec::new();
    for (kind, size) in kinds.iter().zip(sizes) {
        let file = stream_of(&server, kind.name)?;
        let (mut pages, mut files) = (Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let seconds = bench.options.seconds;
            let page = wrk.run(&server, &Asked::Paths(&kind.paths), seconds)?;
            let plain = wrk.run(&file, &Asked::Whole, seconds)?;
            if round > 0 {
                pages.push(page.p99);
                files.push(plain.p99);
            }
        }
        let (page, plain) = (median(pages), median(files));
        print(&format!("| {} | {size} | {page:.2} | {plain:.2} |", kind.name));
        verdicts.push(Verdict {
            what: format!("p99 of a page ({}) against a file as large", kind.name),
            found: page / plain,
            unit: "times",
            most: MOST,
        });
    }
    service.stop()?;
    Ok(verdicts)
}

/// Gives every recording a waveform, as if it had been measured.
fn draw(database: &Path) -> Result {
    say("drawing a waveform of each");
    let catalog = SqliteCatalog::open(database)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let bars = (0..Sketch::MOST_BARS).map(|at| u8::try_from(at * 97 % 251).unwrap_or(0)).collect();
    let sketch = Sketch { bars, ..Sketch::default() };
    let mut after: Option<RecordingId> = None;
    loop {
        let waiting = runtime.block_on(catalog.without_sketch(after, 500))?;
        let Some(last) = waiting.last() else { return Ok(()) };
        after = Some(last.recording.id);
        for entry in &waiting {
            let recording = &entry.recording;
            let state = recording.sound.etag();
            runtime.block_on(catalog.put_sketch(recording.id, &state, &sketch))?;
        }
    }
}

fn fetched(url: &str) -> Result<Vec<u8>> {
    let done = Command::new("curl").args(["-sS", "--fail-with-body", url]).output()?;
    match done.status.success() {
        true => Ok(done.stdout),
        false => Err(format!("{url}: {}", String::from_utf8_lossy(&done.stderr)).into()),
    }
}

/// How large the first page of each kind is, in bytes.
fn sizes(server: &str, kinds: &[Kind]) -> Result<Vec<u64>> {
    let size = |kind: &Kind| {
        let path = kind.paths.first().ok_or("there are no pages")?;
        Ok(fetched(&format!("{server}{path}"))?.len() as u64)
    };
    kinds.iter().map(size).collect()
}

/// Where the file for a kind of page is streamed from.
fn stream_of(server: &str, name: &str) -> Result<String> {
    let slug = format!("file-{}", name.replace(' ', "-"));
    let page = String::from_utf8(fetched(&format!("{server}/music/files/-/{slug}"))?)?;
    let path = page.split("<audio controls preload=\"none\" src=\"").nth(1);
    let path = path.and_then(|rest| rest.split('"').next()).ok_or("a page without sound")?;
    Ok(format!("{server}{path}"))
}
