//! Recordings: found, changed, taken out.

use studio_domain::{
    AlbumId, AlbumPlace, AlbumTitle, ArtistName, GenreName, Licence, Position, Recording,
    RecordingId, RecordingTitle, ReleaseDate,
};
use studio_repo::RecordingEntry;

use super::change::Wanted;
use super::manifest;
use crate::{Error, Result, Studio};

/// How many of those with one title are named where several are.
const NAMED: usize = 100;

/// Which recording is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhichRecording {
    /// The one with this identity.
    Id(RecordingId),
    /// The only one of an artist with this title, or the only one on an album.
    Titled {
        /// The artist.
        artist: ArtistName,
        /// The title.
        title: RecordingTitle,
        /// The album that it is on; any, or none, if `None`.
        album: Option<AlbumTitle>,
    },
}

/// An album, by its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfAlbum {
    /// Whose it is.
    pub artist: ArtistName,
    /// Its title.
    pub title: AlbumTitle,
}

/// What is to become of a recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordingChanges {
    /// Its title.
    pub title: Option<RecordingTitle>,
    /// The album that it is on; `Nothing` makes it a single.
    pub album: Wanted<OfAlbum>,
    /// The disc.
    pub disc: Option<u16>,
    /// The number on the disc.
    pub number: Option<u16>,
    /// When it came out.
    pub released: Wanted<ReleaseDate>,
    /// The kind of music that it is.
    pub genre: Wanted<GenreName>,
    /// What others may do with it.
    pub licence: Wanted<Licence>,
    /// Whether everybody may hear it.
    pub published: Option<bool>,
}

/// What became of a recording, or would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingChange {
    /// The recording as it is, or would be.
    pub recording: Recording,
    /// Whether anything of it is otherwise than before.
    pub changed: bool,
}

impl Studio {
    /// The recording that is meant.
    ///
    /// # Errors
    /// [`NoRecordingTitled`](Error::NoRecordingTitled);
    /// [`SeveralRecordings`](Error::SeveralRecordings) with their identities;
    /// [`Catalog`](Error::Catalog), with `NoRecording` where none has the identity.
    pub async fn recording(&self, which: &WhichRecording) -> Result<RecordingEntry> {
        let (artist, title, album) = match which {
            WhichRecording::Id(id) => return self.recording_with(*id).await,
            WhichRecording::Titled { artist, title, album } => (artist, title, album),
        };
        let mut found = self.publish.recordings_titled(artist, title).await?;
        if let Some(album) = album {
            found.retain(|entry| {
                entry.album.as_ref().is_some_and(|line| line.title.key() == album.key())
            });
        }
        match found.len() {
            0 => Err(Error::NoRecordingTitled {
                artist: artist.clone(),
                title: Box::new(title.clone()),
                album: album.clone().map(Box::new),
            }),
            1 => Ok(found.swap_remove(0)),
            _ => {
                let ids = found.iter().take(NAMED).map(|entry| entry.recording.id).collect();
                let (artist, title) = (artist.clone(), Box::new(title.clone()));
                Err(Error::SeveralRecordings { artist, title, ids })
            }
        }
    }

    /// Changes a recording. On another album it comes behind what is on it, unless a number is
    /// given. With `dry_run` nothing is done.
    ///
    /// # Errors
    /// Those of [`recording`](Self::recording);
    /// [`NoAlbumTitled`](Error::NoAlbumTitled); [`Catalog`](Error::Catalog);
    /// [`StoreEmpty`](Error::StoreEmpty); what the store says.
    pub async fn change_recording(
        &self,
        which: &WhichRecording,
        changes: &RecordingChanges,
        dry_run: bool,
    ) -> Result<RecordingChange> {
        let before = self.recording(which).await?.recording;
        let album = match &changes.album {
            Wanted::Nothing => None,
            Wanted::Value(album) => {
                let there = self.album(&album.artist, &album.title).await?;
                let id = there.entry.album.id;
                let same = before.album.filter(|place| place.album == id);
                let position = self.position(id, same, changes.disc, changes.number).await?;
                Some(AlbumPlace { album: id, position })
            }
            Wanted::AsIs => before.album.map(|place| AlbumPlace {
                position: Position {
                    disc: changes.disc.unwrap_or(place.position.disc),
                    number: changes.number.unwrap_or(place.position.number),
                },
                ..place
            }),
        };
        let mut recording = Recording {
            title: changes.title.clone().unwrap_or_else(|| before.title.clone()),
            album,
            released: changes.released.applied(before.released),
            genre: changes.genre.applied(before.genre.clone()),
            licence: changes.licence.applied(before.licence),
            published: changes.published.unwrap_or(before.published),
            ..before.clone()
        };
        let changed = recording != before;
        if changed {
            recording.updated_at = self.time_after(Some(before.updated_at));
        }
        if changed && !dry_run {
            self.put_recordings(std::slice::from_ref(&recording)).await?;
        }
        Ok(RecordingChange { recording, changed })
    }

    /// The place of something that comes onto an album: as asked for, else where it is
    /// (`same`), else behind all that is on that disc.
    pub(super) async fn position(
        &self,
        album: AlbumId,
        same: Option<AlbumPlace>,
        disc: Option<u16>,
        number: Option<u16>,
    ) -> Result<Position> {
        let disc = disc.or(same.map(|place| place.position.disc)).unwrap_or(0);
        if let Some(number) = number.or(same.map(|place| place.position.number)) {
            return Ok(Position { disc, number });
        }
        let sheet = self.shelf.album_sheet(album, false).await?;
        let recordings = sheet.map(|sheet| sheet.recordings).unwrap_or_default();
        let places = recordings.iter().filter_map(|entry| entry.recording.album);
        let on_disc = places.filter(|place| place.position.disc == disc);
        let last = on_disc.map(|place| place.position.number).max().unwrap_or(0);
        Ok(Position { disc, number: last.saturating_add(1) })
    }

    /// Takes a recording out, and out of the playlists. Its object stays until it is collected
    /// as garbage, and no earlier than 30 days from now. With `dry_run` nothing is done.
    ///
    /// # Errors
    /// Those of [`recording`](Self::recording); [`StoreEmpty`](Error::StoreEmpty); what the
    /// store says.
    pub async fn remove_recording(
        &self,
        which: &WhichRecording,
        dry_run: bool,
    ) -> Result<RecordingChange> {
        let recording = self.recording(which).await?.recording;
        if !dry_run {
            self.take_out_recording(&recording).await?;
        }
        Ok(RecordingChange { recording, changed: true })
    }

    /// First the manifest, so that a catalogue rebuilt in between does not bring it back.
    pub(super) async fn take_out_recording(&self, recording: &Recording) -> Result<()> {
        let at = self.time_after(Some(recording.updated_at));
        if !super::album::is_of_library(recording) {
            self.expect_store_to_send_to().await?;
            manifest::write_removed(&*self.store, recording, at).await?;
        }
        Ok(self.publish.remove_recording(recording.id).await?)
    }
}
