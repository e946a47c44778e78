//! What the commands that listen are given.

use std::path::{Path, PathBuf};

use studio_api::v1;
use studio_core::{
    PageRequest, SongTitle, Studio, Subject, TrackName, VersionFilter, VersionPath, VersionTag,
};

use crate::args::{Filter, Subjects};
use crate::config::Config;
use crate::failure::{Failure, NOT_FOUND, Result};

/// How many versions are looked up at once.
const PAGE: u32 = 1000;

/// A text that names a file or a version.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Named {
    File(PathBuf),
    Version(VersionPath),
}

/// What was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Given {
    /// What was named one by one, in this order.
    Single(Vec<Subject>),
    /// The versions that the filter leaves.
    Filtered(VersionFilter),
}

/// Finds out what was given. `all` says whether nothing at all may be said, for everything.
pub(super) async fn given(
    studio: &Studio,
    config: &Config,
    subjects: &Subjects,
    all: bool,
) -> Result<Given> {
    if subjects.what.is_empty() {
        let Filter { artist, all_artists, song, track, version } = &subjects.filter;
        let none = [artist, song, track, version].iter().all(|name| name.is_none());
        if none && !all_artists && !all {
            return Err(Failure::usage(
                "nothing was given to listen to",
                "name files or versions, or narrow the versions down with --artist, --song, \
                 --track and --version",
            ));
        }
        return Ok(Given::Filtered(super::filter(config, &subjects.filter)?));
    }
    let mut found = Vec::with_capacity(subjects.what.len());
    for text in &subjects.what {
        found.push(one(studio, config, text, &subjects.filter).await?);
    }
    Ok(Given::Single(found))
}

/// Finds the file or the version that a text names.
pub(super) async fn one(
    studio: &Studio,
    config: &Config,
    text: &str,
    filter: &Filter,
) -> Result<Subject> {
    match named(config, text, filter)? {
        Named::File(file) => Ok(Subject::File(file)),
        Named::Version(path) => match studio.version(&path).await {
            Ok(version) => Ok(Subject::Version(Box::new(version))),
            Err(error) => Err(super::with_suggestions(studio, error).await),
        },
    }
}

fn named(config: &Config, text: &str, filter: &Filter) -> Result<Named> {
    let default_artist = || super::artist(filter.artist.as_deref(), config);
    if let (Some(song), Some(track)) = (&filter.song, &filter.track) {
        return Ok(Named::Version(VersionPath {
            artist: default_artist()?,
            song: SongTitle::new(song)?,
            track: TrackName::new(track)?,
            tag: VersionTag::new(text)?,
        }));
    }
    let file = Path::new(text);
    if file.exists() {
        return Ok(Named::File(file.to_owned()));
    }
    let parts: Vec<&str> = text.split('/').collect();
    let (artist, rest) = match parts[..] {
        [artist, song, track, tag] => (artist.parse()?, [song, track, tag]),
        [song, track, tag] => (default_artist()?, [song, track, tag]),
        _ => {
            return Err(Failure::Own {
                message: format!("there is no file `{text}`"),
                code: NOT_FOUND,
                source: None,
                hint: Some("a stored version is named ARTIST/SONG/TRACK/VERSION".to_owned()),
            });
        }
    };
    let [song, track, tag] = rest;
    let is_path = [song, track, tag].iter().any(|name| name.is_empty() || *name == "..");
    if is_path {
        return Err(Failure::Own {
            message: format!("there is no file `{text}`"),
            code: NOT_FOUND,
            source: None,
            hint: None,
        });
    }
    Ok(Named::Version(VersionPath {
        artist,
        song: song.parse()?,
        track: track.parse()?,
        tag: tag.parse()?,
    }))
}

/// Every version that a filter leaves.
pub(super) async fn versions(
    studio: &Studio,
    filter: &VersionFilter,
) -> Result<Vec<studio_core::Version>> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = studio.versions(filter, PageRequest { after, limit: PAGE }).await?;
        all.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(all),
        }
    }
}

/// Everything that was given, one by one.
pub(super) async fn each(studio: &Studio, given: Given) -> Result<Vec<Subject>> {
    match given {
        Given::Single(subjects) => Ok(subjects),
        Given::Filtered(filter) => {
            let versions = versions(studio, &filter).await?;
            Ok(versions.into_iter().map(|version| Subject::Version(Box::new(version))).collect())
        }
    }
}

/// A subject as programs read it.
pub(super) fn wire(subject: &Subject) -> v1::Heard {
    match subject {
        Subject::File(file) => v1::Heard { file: Some(file.display().to_string()), version: None },
        Subject::Version(version) => {
            v1::Heard { file: None, version: Some(v1::Version::from(&version.record)) }
        }
    }
}

/// A subject in a table.
pub(super) fn short(subject: &Subject) -> String {
    match subject {
        Subject::File(file) => file.display().to_string(),
        Subject::Version(version) => {
            let VersionPath { song, track, tag, .. } = &version.path;
            format!("{song}/{track}/{tag}")
        }
    }
}
