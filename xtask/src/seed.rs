//! `cargo xtask seed-catalog`: a catalogue of any size, the same each time.

use std::path::Path;

use studio_domain::{
    ArtistName, Crc64Nvme, Digest, NewVersion, ObjectKey, SongTitle, Timestamp, TrackName,
    VersionId, VersionPath, VersionTag,
};
use studio_repo::{CatalogRepo as _, SqliteCatalog};
use uuid::Uuid;

use crate::Result;
use crate::cargo::say;

/// The shape of the catalogue: every artist has so many songs,
const SONGS: u64 = 20;
/// every song so many tracks,
const TRACKS: u64 = 10;
/// and every track so many versions.
const VERSIONS: u64 = 10;

/// How many versions one transaction takes.
const BATCH: u64 = 20_000;

/// Makes `database` with so many versions; one that is there is made anew.
pub(crate) fn run(versions: u64, database: &Path) -> Result {
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", database.display());
        if let Err(error) = std::fs::remove_file(&file)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(format!("cannot remove {file}: {error}").into());
        }
    }
    let catalog = SqliteCatalog::open(database)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    for start in (0..versions).step_by(BATCH as usize) {
        let batch = (start..versions.min(start + BATCH)).map(version);
        let batch = batch.collect::<Result<Vec<_>>>()?;
        runtime.block_on(catalog.restore(&batch))?;
    }
    say(&format!("{} has {versions} versions", database.display()));
    Ok(())
}

/// The artist, song and track of the version with this number.
pub(crate) fn names(number: u64) -> (String, String, String) {
    let track = number / VERSIONS;
    let song = track / TRACKS;
    let artist = song / SONGS;
    (
        format!("Artist {artist:05}"),
        format!("Song {:02}", song % SONGS),
        format!("Track {}", track % TRACKS),
    )
}

/// The id of the version with this number.
pub(crate) fn id(number: u64) -> VersionId {
    VersionId::from_uuid(Uuid::from_u64_pair(0x0190_0000_0000_7000, 1 << 63 | number))
}

fn version(number: u64) -> Result<NewVersion> {
    let (artist, song, track) = names(number);
    let tag = format!("take_{}", number % VERSIONS);
    // Spread over all values, as real digests are.
    let scattered = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&scattered.to_be_bytes());
    digest[24..].copy_from_slice(&number.to_be_bytes());
    let digest = Digest::from_bytes(digest);
    Ok(NewVersion {
        id: id(number),
        original_path: format!("sessions/{artist}/{song}/{track}_{tag}.wav"),
        path: VersionPath {
            artist: ArtistName::new(&artist)?,
            song: SongTitle::new(&song)?,
            track: TrackName::new(&track)?,
            tag: VersionTag::new(&tag)?,
        },
        uploaded_at: Timestamp::from_micros(1_700_000_000_000_000 + number as i64 * 60_000_000),
        size: 1_000_000 + scattered % 100_000_000,
        digest,
        crc64nvme: Crc64Nvme::from_u64(scattered),
        content_type: "audio/wav".to_owned(),
        store: "s3://music".parse()?,
        object_key: ObjectKey::of_object(&digest),
    })
}
