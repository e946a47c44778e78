//! `studio album`, `studio recording` and `studio playlist`.

mod album;
mod playlist;
mod recording;

use studio_core::{Error, Studio, WhichRecording};

pub(super) use self::album::run as album;
pub(super) use self::playlist::run as playlist;
pub(super) use self::recording::run as recording;
use crate::args::{AlbumNames, RecordingNames};
use crate::config::Config;
use crate::failure::{Failure, Result};
use crate::output::hint;

/// How many names are looked up for "did you mean".
const NEAR: u32 = 200;

/// The artist whose album is meant.
fn artist_of(names: &AlbumNames, config: &Config) -> Result<studio_core::ArtistName> {
    super::artist(names.artist.as_deref(), config)
}

/// The recording that is meant.
fn which(names: &RecordingNames, config: &Config) -> Result<WhichRecording> {
    match (&names.id, &names.title) {
        (Some(id), _) => Ok(WhichRecording::Id(*id)),
        (None, Some(title)) => Ok(WhichRecording::Titled {
            artist: super::artist(names.artist.as_deref(), config)?,
            title: title.clone(),
            album: names.album.clone(),
        }),
        (None, None) => Err(Failure::usage("no title was given", "give a title, or --id ID")),
    }
}

/// What a change did, in one word.
fn verb(dry_run: bool, changed: bool) -> &'static str {
    match (dry_run, changed) {
        (_, false) => "nothing to change in",
        (true, true) => "would change",
        (false, true) => "changed",
    }
}

/// A failure, with "did you mean" where a title was not found.
async fn near(studio: &Studio, error: Error) -> Failure {
    let found = match &error {
        Error::NoAlbumTitled { artist, title } => {
            let there = studio.albums(Some(artist), None, NEAR).await.unwrap_or_default();
            let names: Vec<_> = there.iter().map(|entry| entry.album.title.as_str()).collect();
            hint::for_unknown(title.as_str(), "albums", &names, names.len() as u32 == NEAR)
        }
        Error::NoRecordingTitled { artist, title, .. } => {
            let there = studio.recordings(Some(artist), None, NEAR).await.unwrap_or_default();
            let mut names: Vec<_> =
                there.iter().map(|entry| entry.recording.title.as_str()).collect();
            names.dedup();
            hint::for_unknown(title.as_str(), "recordings", &names, there.len() as u32 == NEAR)
        }
        Error::NoPlaylist { name } => {
            let there = studio.playlists(None, NEAR).await.unwrap_or_default();
            let names: Vec<_> = there.iter().map(|(_, name, _)| name.as_str()).collect();
            hint::for_unknown(name.as_str(), "playlists", &names, names.len() as u32 == NEAR)
        }
        _ => return super::with_suggestions(studio, error).await,
    };
    match found {
        Some(hint) => Failure::Core { error, hint: Some(hint) },
        None => error.into(),
    }
}
