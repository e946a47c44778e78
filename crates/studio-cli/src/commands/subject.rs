//! What the commands that listen are given.

use std::path::{Path, PathBuf};

use studio_api::v1;
use studio_core::{
    Error, PageRequest, SongTitle, Studio, Subject, TrackName, VersionFilter, VersionPath,
    VersionTag,
};

use crate::args::{Filter, OfTrack, Subjects};
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
    let Filter { artist, song, track, version, .. } = subjects.filter.clone();
    if version.is_some() {
        return Err(Failure::usage(
            "--version was given, and something else to listen to",
            "give all versions by their tags, without --version",
        ));
    }
    if song.is_some() && track.is_none() {
        return Err(Failure::usage(
            "--song was given without --track, and something else to listen to",
            "give --track too, or name versions as ARTIST/SONG/TRACK/VERSION",
        ));
    }
    let track = OfTrack { artist, song, track };
    let mut found = Vec::with_capacity(subjects.what.len());
    for text in &subjects.what {
        found.push(one(studio, config, text, &track).await?);
    }
    Ok(Given::Single(found))
}

/// Finds the file or the version that a text names.
pub(super) async fn one(
    studio: &Studio,
    config: &Config,
    text: &str,
    track: &OfTrack,
) -> Result<Subject> {
    match named(config, text, track)? {
        Named::File(file) => Ok(Subject::File(file)),
        Named::Version(path) => match studio.version(&path).await {
            Ok(version) => Ok(Subject::Version(Box::new(version))),
            Err(error) => {
                let failure = super::with_suggestions(studio, error).await;
                Err(if text.contains('/') { or_a_file(failure, text) } else { failure })
            }
        },
    }
}

/// A version that was not found may have been meant as a file.
fn or_a_file(failure: Failure, text: &str) -> Failure {
    match failure {
        Failure::Core { error, hint: Some(hint) } => {
            let hint = Some(format!("{hint} (there is no file `{text}` either)"));
            Failure::Core { error, hint }
        }
        other => other,
    }
}

fn named(config: &Config, text: &str, of: &OfTrack) -> Result<Named> {
    let default_artist = || super::artist(of.artist.as_deref(), config);
    if let (Some(song), Some(track)) = (&of.song, &of.track) {
        return Ok(Named::Version(VersionPath {
            artist: default_artist()?,
            song: SongTitle::new(song)?,
            track: TrackName::new(track)?,
            tag: VersionTag::new(text)?,
        }));
    }
    let file = Path::new(text);
    if file.is_dir() {
        return Err(Error::SourceNotAFile { file: file.to_owned(), what: "a directory" }.into());
    }
    if file.exists() {
        return Ok(Named::File(file.to_owned()));
    }
    let parts: Vec<&str> = text.split('/').collect();
    // Nobody names songs so; paths are.
    let is_path = parts.iter().any(|part| matches!(*part, "" | "." | ".." | "~"));
    let (artist, [song, track, tag]) = match parts[..] {
        [artist, song, track, tag] if !is_path => (artist.parse()?, [song, track, tag]),
        [song, track, tag] if !is_path => (default_artist()?, [song, track, tag]),
        _ => {
            return Err(Failure::Own {
                message: format!("there is no file `{text}`"),
                code: NOT_FOUND,
                source: None,
                hint: Some("a stored version is named ARTIST/SONG/TRACK/VERSION".to_owned()),
            });
        }
    };
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
