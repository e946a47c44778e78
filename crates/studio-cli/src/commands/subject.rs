//! What the commands that listen are given.

use std::path::{Path, PathBuf};

use studio_api::v1;
use studio_core::{
    ArtistName, Error, PageRequest, SongTitle, Studio, Subject, TrackName, VersionFilter,
    VersionPath, VersionTag,
};

use super::left::LeftOut;
use crate::args::{Filter, OfTrack, Subjects};
use crate::config::Config;
use crate::failure::{Failure, NOT_FOUND, Result, USAGE};

/// How many versions are looked up at once.
const PAGE: u32 = 1000;

/// A text that names a file or a version.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Named {
    File(PathBuf),
    Version(VersionPath),
}

/// What was given.
#[derive(Debug)]
pub(super) enum Given {
    /// What was named one by one.
    Single(Found),
    /// The versions that the filter leaves.
    Filtered(VersionFilter),
}

/// What names led to.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What there is, in the order of the names.
    pub(super) subjects: Vec<Subject>,
    /// What there is not.
    pub(super) failed: Vec<LeftOut>,
}

impl Found {
    /// How many were named.
    pub(super) fn named(&self) -> usize {
        self.subjects.len() + self.failed.len()
    }
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
    if song.is_some() {
        // For want of an artist none of the tags leads anywhere: that is told once.
        super::artist(artist.as_deref(), config)?;
    }
    let track = OfTrack { artist, song, track };
    let mut found = Found::default();
    for text in &subjects.what {
        match one(studio, config, text, &track).await {
            Ok(subject) => found.subjects.push(subject),
            // Of many, one that is mistyped does not hide the others.
            Err(why) if matches!(why.code(), USAGE | NOT_FOUND) => {
                found.failed.push(LeftOut::unknown(text, why));
            }
            Err(failure) => return Err(failure),
        }
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
                // A tag comes first: what lies about in the directory is not to hide it.
                if failure.code() == NOT_FOUND && Path::new(text).is_file() {
                    return Ok(Subject::File(PathBuf::from(text)));
                }
                let may_be_a_file = text.contains('/') && failure.code() == NOT_FOUND;
                Err(if may_be_a_file { neither(text, &failure) } else { failure })
            }
        },
    }
}

/// A text that names no file, and is not of the form of a version's name.
fn no_file(text: &str) -> Failure {
    Failure::Own {
        message: format!("no such file `{text}`"),
        code: NOT_FOUND,
        source: None,
        hint: Some(
            "check the spelling of the path; a stored version is named \
             ARTIST/SONG/TRACK/VERSION (the artist may be left out)"
                .to_owned(),
        ),
    }
}

/// A text that names no file, and as a version leads nowhere either.
fn neither(text: &str, as_a_version: &Failure) -> Failure {
    let hint = as_a_version.hint().map(ToOwned::to_owned);
    let why = as_a_version.message();
    Failure::Own {
        message: format!("no such file `{text}`, and no such version: {why}"),
        code: NOT_FOUND,
        source: None,
        hint: hint.or_else(|| no_file(text).hint().map(ToOwned::to_owned)),
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
    if is_path {
        return Err(no_file(text));
    }
    let path = match parts[..] {
        [artist, song, track, tag] => place(|| Ok(artist.parse()?), [song, track, tag]),
        [song, track, tag] => place(default_artist, [song, track, tag]),
        _ => return Err(no_file(text)),
    };
    path.map(Named::Version).map_err(|failure| neither(text, &failure))
}

/// The place of a version by its names.
fn place(artist: impl Fn() -> Result<ArtistName>, names: [&str; 3]) -> Result<VersionPath> {
    let [song, track, tag] = names;
    Ok(VersionPath {
        artist: artist()?,
        song: song.parse()?,
        track: track.parse()?,
        tag: tag.parse()?,
    })
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
pub(super) async fn each(studio: &Studio, given: Given) -> Result<Found> {
    match given {
        Given::Single(found) => Ok(found),
        Given::Filtered(filter) => {
            let versions = versions(studio, &filter).await?;
            let subjects = versions.into_iter().map(|version| Subject::Version(Box::new(version)));
            Ok(Found { subjects: subjects.collect(), failed: Vec::new() })
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
