//! Pages of albums in a small and in a large catalogue.

use std::path::Path;

use studio_domain::{
    Album, AlbumId, AlbumPlace, AlbumTitle, ArtistName, Digest, GenreName, ObjectKey, Origin,
    Position, Recording, RecordingId, RecordingTitle, ReleaseDate, SoundPlace, StoredSound,
    Timestamp,
};
use studio_repo::{PublishRepo as _, SqliteCatalog};
use uuid::Uuid;

use super::wrk::{Asked, Wrk};
use super::{Bench, Verdict, median, print};
use crate::Result;
use crate::cargo::say;

const SMALL: u64 = 1000;
/// Recordings on an album, and albums of an artist.
const ON_ALBUM: u64 = 10;
const OF_ARTIST: u64 = 5;
const CONNECTIONS: u32 = 8;
const ROUNDS: usize = 5;
const MOST: f64 = 3.0;
/// Pages that are asked for, anywhere in the catalogue.
const PAGES: u64 = 1000;

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Verdict>> {
    let sizes = [SMALL, bench.options.recordings];
    let mut running = Vec::new();
    for size in sizes {
        let name = format!("albums-{size}");
        let site = bench.site(&name, Vec::new())?;
        fill(&bench.place.join(&name).join("studio.db"), size)?;
        let (service, server) = site.serve(&[])?;
        running.push((service, server, paths(size), Vec::new(), Vec::new()));
    }
    let wrk = Wrk::new(&bench.place, CONNECTIONS);
    for round in 0..=ROUNDS {
        for (_, server, paths, times, rates) in &mut running {
            let asked = Asked::Paths(paths);
            let seconds = bench.options.seconds;
            let found = wrk.run(server, &asked, seconds)?;
            if round > 0 {
                times.push(found.p99);
                rates.push(found.rate);
            }
        }
    }
    print("");
    print(&format!("| page of an album, {CONNECTIONS} connections | pages/s | p99 ms |"));
    print("|---|---|---|");
    let mut p99 = Vec::new();
    for ((service, _, _, times, rates), size) in running.into_iter().zip(sizes) {
        service.stop()?;
        let (time, rate) = (median(times), median(rates));
        print(&format!("| {size} recordings | {rate:.0} | {time:.2} |"));
        p99.push(time);
    }
    Ok(vec![Verdict {
        what: format!("p99 of an album's page, {} recordings against {SMALL}", sizes[1]),
        found: p99[1] / p99[0],
        unit: "times",
        most: MOST,
    }])
}

/// The artist of the first album, as addresses have it.
pub(super) fn first_artist() -> &'static str {
    "artist-00000"
}

fn album_id(number: u64) -> AlbumId {
    AlbumId::from_uuid(Uuid::from_u64_pair(0x0190_0000_0000_7000, (1 << 63) | number))
}

/// Albums from everywhere in the catalogue.
pub(in crate::bench) fn paths(recordings: u64) -> Vec<String> {
    let albums = recordings / ON_ALBUM;
    let step = (albums / PAGES).max(1);
    (0..albums)
        .step_by(usize::try_from(step).unwrap_or(1))
        .map(|number| format!("/api/v1/albums/{}", album_id(number)))
        .collect()
}

/// What an album of a catalogue is like.
pub(in crate::bench) struct Like {
    pub(in crate::bench) artist: ArtistName,
    pub(in crate::bench) title: AlbumTitle,
    pub(in crate::bench) released: ReleaseDate,
    pub(in crate::bench) genre: Option<GenreName>,
}

/// A catalogue with so many recordings, ten on each album.
pub(in crate::bench) fn fill(database: &Path, recordings: u64) -> Result {
    fill_with(database, recordings, ON_ALBUM, |number| {
        Ok(Like {
            artist: ArtistName::new(&format!("Artist {:05}", number / OF_ARTIST))?,
            title: AlbumTitle::new(&format!("Album {number:06}"))?,
            released: "2018-01-26".parse()?,
            genre: None,
        })
    })
}

/// A catalogue with so many recordings, `on_album` on each album, which is as `like` says of
/// its number.
pub(in crate::bench) fn fill_with(
    database: &Path,
    recordings: u64,
    on_album: u64,
    like: impl Fn(u64) -> Result<Like>,
) -> Result {
    say(&format!("making a catalogue of {recordings} recordings"));
    let catalog = SqliteCatalog::open(database)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut batch = Vec::new();
    for number in 0..recordings / on_album {
        let like = like(number)?;
        let album = Album {
            id: album_id(number),
            artist: like.artist.clone(),
            title: like.title.clone(),
            released: Some(like.released),
            licence: None,
            artwork: None,
            published: true,
            library: None,
            updated_at: Timestamp::from_micros(1_700_000_000_000_000),
        };
        runtime.block_on(catalog.put_album(&album))?;
        for place in 0..on_album {
            batch.push(recording(&like, number, on_album, place)?);
        }
        if batch.len() >= 1000 {
            runtime.block_on(catalog.put_recordings(&std::mem::take(&mut batch)))?;
        }
    }
    runtime.block_on(catalog.put_recordings(&batch))?;
    Ok(())
}

fn recording(like: &Like, album: u64, on_album: u64, place: u64) -> Result<Recording> {
    let number = album * on_album + place;
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    digest[24..].copy_from_slice(&number.to_be_bytes());
    let digest = Digest::from_bytes(digest);
    let position = Position { disc: 1, number: u16::try_from(place + 1)? };
    Ok(Recording {
        id: RecordingId::from_uuid(Uuid::from_u64_pair(0x0190_0000_0000_7001, (1 << 63) | number)),
        artist: like.artist.clone(),
        title: RecordingTitle::new(&format!("Recording {number:07}"))?,
        album: Some(AlbumPlace { album: album_id(album), position }),
        released: None,
        genre: like.genre.clone(),
        licence: None,
        artwork: None,
        published: true,
        origin: Origin::Upload,
        sound: StoredSound {
            place: SoundPlace::Own {
                store: "s3://music".parse()?,
                key: ObjectKey::of_object(&digest),
                digest,
            },
            size: 30_000_000 + number,
            content_type: "audio/flac".to_owned(),
            modified_at: Timestamp::from_micros(1_700_000_000_000_000),
            format: None,
        },
        updated_at: Timestamp::from_micros(1_700_000_000_000_000),
    })
}
