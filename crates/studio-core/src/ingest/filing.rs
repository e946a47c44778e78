//! Making versions of what was found good.

use std::path::Path;

use studio_audio::metadata::Ixml;
use studio_audio::probe::probe;
use studio_audio::source::{HEAD_BYTES, Windowed};
use studio_blob::Error as StoreError;
use studio_domain::{
    ArtistName, Asset, NameError, SongTitle, TrackName, VersionId, VersionPath, VersionTag,
};
use studio_repo::Settlement;

use super::Ingest;
use super::adopt::Adoption;
use super::judge::InBucket;
use crate::import::{Pattern, Reading};
use crate::sound::{error, measure};
use crate::{Error, ErrorKind, Job, Result, Studio, Upload};

/// How valid assets become versions.
#[derive(Debug, Clone)]
pub struct Filing {
    /// The catalogue and the store that take them.
    pub studio: Studio,
    /// How keys tell which version a file is.
    pub pattern: Option<Pattern>,
    /// Whether the file's own iXML tells it where the key does not: the project is the
    /// artist, the scene the song, the first track's name the track, the take the version.
    pub ixml: bool,
    /// The artist where neither tells.
    pub artist: Option<ArtistName>,
}

impl Ingest {
    /// Makes a version of an asset's object, and records that or why not. Only what may be
    /// different the next time is an error.
    pub(super) async fn file(&self, filing: &Filing, asset: Asset) -> Result<Asset> {
        let settlement = match self.try_to_file(filing, &asset).await {
            Ok(Ok(version)) => Settlement::Filed(version),
            Ok(Err(problem)) => Settlement::NotFiled(problem),
            // Another event tells of what is there now.
            Err(Error::Store(StoreError::NotFound { .. } | StoreError::Changed { .. })) => {
                return Ok(asset);
            }
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::Conflict | ErrorKind::InvalidInput | ErrorKind::Integrity
                ) =>
            {
                Settlement::NotFiled(whole_text(&error))
            }
            Err(error) => return Err(error),
        };
        if let Settlement::NotFiled(problem) = &settlement {
            tracing::warn!(asset = %asset.place, problem, "a valid asset became no version");
        }
        let (assets, now) = (&self.known.assets, self.now());
        Ok(assets.settle(asset.id, &asset.state, &settlement, now).await?)
    }

    async fn try_to_file(
        &self,
        filing: &Filing,
        asset: &Asset,
    ) -> Result<Result<VersionId, String>> {
        let path = match self.path_of(filing, asset).await? {
            Ok(path) => path,
            Err(problem) => return Ok(Err(problem)),
        };
        let intake = self.intake(&asset.place.bucket)?;
        let found = intake.read(&asset.place.key, 0..0, &asset.state).await?.object;
        if !found.state.is_same(&asset.state) {
            let object = asset.place.to_string();
            return Err(StoreError::Changed { object }.into());
        }
        let job = Job::default();
        if let Some(file) = intake.local_file(&found).await? {
            let uploaded = filing.studio.upload(&Upload { path, file }, &job).await?;
            return Ok(Ok(uploaded.version.id));
        }
        let adoption = Adoption { intake: &**intake, place: &asset.place, found: &found, path };
        Ok(Ok(filing.studio.adopt(&adoption, &job).await?.id))
    }

    /// The version that an asset is to be, or why that cannot be told.
    async fn path_of(&self, filing: &Filing, asset: &Asset) -> Result<Result<VersionPath, String>> {
        let key = asset.place.key.as_str();
        let readings = filing.pattern.as_ref().map(|pattern| pattern.read(key));
        let by_key = match readings.as_deref() {
            Some([one]) => names(filing, one),
            Some([]) => Err(format!("the key does not fit the pattern {}", shown(filing))),
            Some(_) => {
                Err(format!("the key fits the pattern {} in more than one way", shown(filing)))
            }
            None => Err("there is no pattern for keys".to_owned()),
        };
        let by_key = match by_key {
            Err(problem) if filing.ixml => problem,
            told => return Ok(told),
        };
        let Some(ixml) = self.ixml_of(asset).await? else {
            return Ok(Err(format!("{by_key}, and the file has no iXML")));
        };
        let track = ixml.tracks.iter().find_map(|track| track.name.clone());
        let Ixml { project, scene, take, .. } = ixml;
        let reading = Reading { artist: project, song: scene, track, version: take };
        let by_file = names(filing, &reading);
        Ok(by_file.map_err(|problem| format!("{by_key}, and of the file's iXML {problem}")))
    }

    async fn ixml_of(&self, asset: &Asset) -> Result<Option<Ixml>> {
        let intake = self.intake(&asset.place.bucket)?;
        let head = intake.read(&asset.place.key, 0..HEAD_BYTES, &asset.state).await?;
        let what = asset.place.to_string();
        let source = Windowed::new(InBucket::new(intake, head));
        let probed = measure::aside(move || probe(&source).map_err(|e| error::of(what, e)));
        Ok(probed.await?.ixml.map(|ixml| *ixml))
    }
}

fn shown(filing: &Filing) -> String {
    filing.pattern.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn names(filing: &Filing, reading: &Reading) -> Result<VersionPath, String> {
    let text = |part: &Option<String>, what: &str| {
        part.clone().ok_or_else(|| format!("nothing tells the {what}"))
    };
    let no_name = |error: NameError| error.to_string();
    let artist = match (&reading.artist, &filing.artist) {
        (Some(artist), _) => ArtistName::new(artist).map_err(no_name)?,
        (None, Some(artist)) => artist.clone(),
        (None, None) => return Err("nothing tells the artist".to_owned()),
    };
    Ok(VersionPath {
        artist,
        song: SongTitle::new(&text(&reading.song, "song")?).map_err(no_name)?,
        track: TrackName::new(&text(&reading.track, "track")?).map_err(no_name)?,
        tag: VersionTag::new(&text(&reading.version, "version")?).map_err(no_name)?,
    })
}

/// An error with all that is behind it, as one text.
pub(super) fn whole_text(error: &Error) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text
}

/// The file name that an asset's key tells, as a path for what tells of it.
pub(super) fn as_path(text: &str) -> &Path {
    Path::new(text)
}
