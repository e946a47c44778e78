//! The demo's choice: a take of each track, frozen as a release, and its mix.

use std::path::Path;

use studio_core::{
    Decibels, Error, FileKind, Job, MixFile, MixSettings, Pan, PersonName, Release, ReleaseRequest,
    SongPath, Status, StemLevel, Studio, VersionPath,
};

use crate::failure::{Failure, Result};

/// The song that is released.
pub(super) const SONG: &str = "Evan Enters the Third Room";
/// What the release is called.
pub(super) const RELEASE: &str = "1.0";
/// Who chooses, in the demo.
const PRODUCER: &str = "Marlow Finch";

/// The gain of the whole mix, in dB.
const MASTER_GAIN: f64 = -3.0;

/// A take that is picked, why, and how it goes into the mix.
struct Choice {
    track: &'static str,
    version: &'static str,
    note: &'static str,
    gain: f64,
    pan: i8,
}

const CHOICES: [Choice; 4] = [
    Choice { track: "DJ's Drums", version: "take_three", note: "the ride sits", gain: 0.0, pan: 0 },
    Choice { track: "Bass", version: "take_two", note: "holds the pocket", gain: -1.5, pan: 0 },
    Choice { track: "Guitar", version: "take_three", note: "less busy", gain: -2.0, pan: 20 },
    Choice { track: "Vocals", version: "take_two", note: "the quiet one", gain: 1.0, pan: 0 },
];

fn song(artist: &str) -> Result<SongPath> {
    Ok(SongPath { artist: artist.parse()?, song: SONG.parse()? })
}

/// Picks a take of each track, and says what was found of some.
pub(super) async fn choose(studio: &Studio, artist: &str) -> Result<usize> {
    let by: PersonName = PRODUCER.parse()?;
    let SongPath { artist, song } = song(artist)?;
    let path = |track: &str, tag: &str| -> Result<VersionPath> {
        let (artist, song) = (artist.clone(), song.clone());
        Ok(VersionPath { artist, song, track: track.parse()?, tag: tag.parse()? })
    };
    for Choice { track, version, note, .. } in CHOICES {
        let path = path(track, version)?;
        studio.mark(&path, Some(Status::Approved), &by, None).await?;
        // In a demo that is made again it stands already.
        let sheet = studio.picks(&path.song_path()).await?;
        let of_track =
            |picked: &studio_core::PickedTrack| picked.pick.track.track.key() == path.track.key();
        if !sheet.picked.iter().any(of_track) {
            studio.pick(&path, &by, note.parse().ok()).await?;
        }
    }
    studio.mark(&path("DJ's Drums", "demo")?, Some(Status::NoGood), &by, None).await?;
    studio.mark(&path("Vocals", "take_three")?, Some(Status::Circled), &by, None).await?;
    Ok(CHOICES.len())
}

/// Freezes the picks; in a demo that is made again they are frozen already.
pub(super) async fn release(studio: &Studio, artist: &str, job: &Job) -> Result<Release> {
    let song = song(artist)?;
    let name = RELEASE.parse()?;
    match studio.release(&song, &name).await {
        Ok(release) => return Ok(release),
        Err(Error::Catalog(studio_core::CatalogError::NoRelease { .. })) => {}
        Err(error) => return Err(error.into()),
    }
    let mut levels = Vec::with_capacity(CHOICES.len());
    for Choice { track, gain, pan, .. } in CHOICES {
        let gain = Decibels::from_f64(gain).unwrap_or_default();
        let pan = Pan::from_percent(pan).unwrap_or_default();
        levels.push((track.parse()?, StemLevel { gain, pan, ..StemLevel::default() }));
    }
    // Room above the loudest beat.
    let gain = Decibels::from_f64(MASTER_GAIN).unwrap_or_default();
    let settings = MixSettings { levels, gain, ..MixSettings::default() };
    let by = PRODUCER.parse()?;
    let request = ReleaseRequest { song, name, by, note: "first mix".parse().ok(), settings };
    Ok(studio.create_release(&request, job).await?)
}

/// Makes the mix of the release.
pub(super) async fn render(
    studio: &Studio,
    release: &Release,
    target: &Path,
    job: &Job,
) -> Result<()> {
    let file = MixFile { target: target.to_owned(), overwrite: true, kind: FileKind::Wav };
    match studio.render_release(release, None, &file, job).await {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::from(error)),
    }
}
