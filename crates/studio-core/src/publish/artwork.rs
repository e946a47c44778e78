//! Pictures of albums and recordings.

use std::path::Path;

use studio_audio::artwork::{PictureKind, picture};
use studio_blob::Attributes;
use studio_domain::{AlbumTitle, ArtistName, Artwork, Picture};

use super::album::AlbumChange;
use super::object::Kept;
use super::recording::{RecordingChange, WhichRecording};
use crate::sound::measure;
use crate::{Error, Job, Result, Studio};

/// The most bytes of a file that is to be a picture.
pub const MAX_PICTURE_FILE: u64 = 32 << 20;
/// The longest side of a picture as it is stored (pixels); larger ones are made smaller.
pub const MAX_PICTURE_SIDE: u32 = 3000;

impl Studio {
    /// Gives an album another cover, or none. The picture (JPEG or PNG) is checked, and made
    /// anew: upright, at most [`MAX_PICTURE_SIDE`] pixels on a side, without what else the
    /// file holds. With `dry_run` it is only checked.
    ///
    /// # Errors
    /// [`NoAlbumTitled`](Error::NoAlbumTitled); of the file those of
    /// [`upload`](Self::upload), and [`Picture`](Error::Picture); what the store says.
    pub async fn set_album_artwork(
        &self,
        artist: &ArtistName,
        title: &AlbumTitle,
        file: Option<&Path>,
        dry_run: bool,
        job: &Job,
    ) -> Result<AlbumChange> {
        let before = self.album(artist, title).await?.entry.album;
        let made = self.made_picture(file).await?;
        if dry_run {
            let changed = made.is_some() || before.artwork.is_some();
            return Ok(AlbumChange { album: before, changed, recordings: 0 });
        }
        let place = (&before.artist, before.title.as_str());
        let kept = self.keep_picture(made, place, job).await?;
        let artwork = kept.as_ref().map(|(artwork, _)| artwork.clone());
        let changed = artwork != before.artwork;
        let put = match changed {
            true => self.put_album_artwork(&before, artwork).await,
            false => Ok(before),
        };
        if let Some((_, kept)) = kept {
            self.give_up(kept.claim).await;
        }
        Ok(AlbumChange { album: put?, changed, recordings: 0 })
    }

    /// Gives a recording a picture of its own, or none; otherwise as
    /// [`set_album_artwork`](Self::set_album_artwork).
    ///
    /// # Errors
    /// Those of [`set_album_artwork`](Self::set_album_artwork) and of
    /// [`recording`](Self::recording).
    pub async fn set_recording_artwork(
        &self,
        which: &WhichRecording,
        file: Option<&Path>,
        dry_run: bool,
        job: &Job,
    ) -> Result<RecordingChange> {
        let before = self.recording(which).await?.recording;
        let made = self.made_picture(file).await?;
        if dry_run {
            let changed = made.is_some() || before.artwork.is_some();
            return Ok(RecordingChange { recording: before, changed });
        }
        let place = (&before.artist, before.title.as_str());
        let kept = self.keep_picture(made, place, job).await?;
        let artwork = kept.as_ref().map(|(artwork, _)| artwork.clone());
        let mut recording = before.clone();
        let changed = artwork != before.artwork;
        let mut put = Ok(());
        if changed {
            recording.artwork = artwork;
            recording.updated_at = self.time_after(Some(before.updated_at));
            put = self.put_recordings(std::slice::from_ref(&recording)).await;
        }
        if let Some((_, kept)) = kept {
            self.give_up(kept.claim).await;
        }
        put?;
        Ok(RecordingChange { recording, changed })
    }

    /// The picture in a file, made anew.
    async fn made_picture(
        &self,
        file: Option<&Path>,
    ) -> Result<Option<studio_audio::artwork::Picture>> {
        let Some(file) = file else { return Ok(None) };
        let file = file.to_owned();
        let made = measure::aside(move || {
            let refused = |source| Error::Picture { file: file.clone(), source };
            let source = measure::source(&file)?;
            let size = source.size();
            if size > MAX_PICTURE_FILE {
                let what = format!("a picture of more than {} MiB", MAX_PICTURE_FILE >> 20);
                return Err(refused(studio_audio::Error::Unsupported { what }));
            }
            let mut bytes = vec![0; size as usize];
            let mut read = 0;
            while read < bytes.len() {
                let unreadable = |source| Error::SourceUnreadable { file: file.clone(), source };
                match source.read_at(read as u64, &mut bytes[read..]).map_err(unreadable)? {
                    0 => return Err(Error::SourceChanged { file }),
                    some => read += some,
                }
            }
            picture(&bytes, MAX_PICTURE_SIDE, None).map_err(refused)
        });
        made.await.map(Some)
    }

    /// Stores a picture that was made.
    async fn keep_picture(
        &self,
        made: Option<studio_audio::artwork::Picture>,
        (artist, title): (&ArtistName, &str),
        job: &Job,
    ) -> Result<Option<(Artwork, Kept)>> {
        let Some(made) = made else { return Ok(None) };
        let spool = self.spool()?;
        let extension = match made.kind {
            PictureKind::Jpeg => "jpg",
            PictureKind::Png => "png",
        };
        let file = spool.path().join(format!("picture.{extension}"));
        let content_type = made.kind.media_type();
        let written = file.clone();
        measure::aside(move || {
            std::fs::write(&written, &made.bytes)
                .map_err(|source| Error::TargetUnwritable { target: written, source })
        })
        .await?;
        let attributes = Attributes {
            content_type: Some(content_type.to_owned()),
            file_name: Some(super::sound::file_name(artist, title, extension)),
            labels: vec![("artist", artist.to_string()), ("artwork", title.to_owned())],
        };
        let kept = self.keep_file(&file, (artist, title), attributes, job).await?;
        let artwork = Artwork {
            picture: Picture::Own(kept.fingerprint.digest),
            content_type: content_type.to_owned(),
        };
        Ok(Some((artwork, kept)))
    }
}
