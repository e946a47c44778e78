//! What an import would store under which names. Nothing is guessed: a file whose name can
//! be read in no way, or in several, is told and not stored.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use studio_domain::{
    ArtistName, AudioDigest, Mark, Said, SongTitle, TrackName, VersionPath, VersionTag,
};

use super::pattern::{Pattern, Reading};
use super::session;
use crate::{Error, Result, Studio};

/// How deep directories are looked into.
const DEEPEST: usize = 16;

/// A directory to import, and how its names are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The directory.
    pub directory: PathBuf,
    /// How the paths below it are read.
    pub pattern: Pattern,
    /// The artist of all files, where the pattern does not tell it.
    pub artist: Option<ArtistName>,
    /// The song of all files, where the pattern does not tell it.
    pub song: Option<SongTitle>,
    /// The track of all files, where the pattern does not tell it.
    pub track: Option<TrackName>,
}

/// A file that would be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedFile {
    /// The file.
    pub file: PathBuf,
    /// The version that it would be.
    pub path: VersionPath,
    /// Its bytes.
    pub size: u64,
    /// Who picked it for its track, when and why, where the directory tells: it is picked
    /// again, unless its track has another pick.
    pub pick: Option<Box<Said>>,
    /// How good it was found to be, where the directory tells: it is marked so again, unless
    /// something was said of it here.
    pub mark: Option<Box<Mark>>,
    /// The sound that the directory says it has, where it does: a file with other sound is
    /// not stored.
    pub sound: Option<AudioDigest>,
}

/// Why a file would not be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Its name does not fit the pattern.
    NoReading,
    /// Its name can be read in several ways.
    Ambiguous(Vec<Reading>),
    /// Something is said neither by the pattern nor otherwise: an artist, a song, a track or
    /// a version.
    Unknown(&'static str),
    /// What it tells is no name.
    NoName(String),
    /// Another file would be the same version.
    SameVersion(PathBuf),
    /// It is not a file, or its name is no text.
    NotAFile,
    /// The session that was delivered has it, and it is not there.
    Missing,
}

/// A file that would not be stored, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedFile {
    /// The file; of one that is missing the name that the session tells.
    pub file: PathBuf,
    /// Why.
    pub refusal: Refusal,
}

/// What an import would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportPlan {
    /// The files that would be stored, by their paths.
    pub files: Vec<PlannedFile>,
    /// The files that would not.
    pub refused: Vec<RefusedFile>,
    /// Whether the directory was delivered and says itself what its files are, so that no
    /// pattern was used.
    pub delivered: bool,
}

impl Studio {
    /// Reads the names in a directory and those below it; of one that was
    /// [delivered](Self::deliver_release), what it says itself. Hidden files are passed over;
    /// links are followed to files, not to directories.
    ///
    /// # Errors
    /// [`SourceDirectoryMissing`](Error::SourceDirectoryMissing),
    /// [`SourceNotADirectory`](Error::SourceNotADirectory),
    /// [`SourceUnreadable`](Error::SourceUnreadable);
    /// [`SessionUnreadable`](Error::SessionUnreadable) when a delivered directory says what
    /// cannot be read.
    pub async fn plan_import(&self, import: &Import) -> Result<ImportPlan> {
        let import = import.clone();
        let planned = tokio::task::spawn_blocking(move || plan(&import)).await;
        planned.map_err(|error| Error::Internal(Box::new(error)))?
    }
}

fn plan(import: &Import) -> Result<ImportPlan> {
    let directory = &import.directory;
    match directory.metadata() {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(Error::SourceNotADirectory { file: directory.clone() }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::SourceDirectoryMissing { directory: directory.clone() });
        }
        Err(source) => {
            return Err(Error::SourceUnreadable { file: directory.clone(), source });
        }
    }
    let mut found = Vec::new();
    walk(directory, "", 0, &mut found)?;
    if let Some(session) = session::read(directory)? {
        return Ok(session::plan(&session, found));
    }
    let mut plan = ImportPlan::default();
    let mut places: HashMap<Place, PathBuf> = HashMap::new();
    for (relative, file) in found {
        match read(import, relative.as_deref(), &file) {
            Ok(planned) => match places.get(&Place::of(&planned.path)) {
                Some(first) => {
                    let refusal = Refusal::SameVersion(first.clone());
                    plan.refused.push(RefusedFile { file, refusal });
                }
                None => {
                    places.insert(Place::of(&planned.path), file);
                    plan.files.push(planned);
                }
            },
            Err(refusal) => plan.refused.push(RefusedFile { file, refusal }),
        }
    }
    Ok(plan)
}

/// The case-folded names of artist, song, track and tag.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Place([String; 4]);

impl Place {
    pub(super) fn of(path: &VersionPath) -> Self {
        let VersionPath { artist, song, track, tag } = path;
        Self([artist.key(), song.key(), track.key(), tag.key()].map(str::to_owned))
    }
}

/// Every file below a directory, sorted, with its path as text where it is one.
fn walk(
    directory: &Path,
    base: &str,
    depth: usize,
    found: &mut Vec<(Option<String>, PathBuf)>,
) -> Result<()> {
    let unreadable = |source| Error::SourceUnreadable { file: directory.to_owned(), source };
    let entries = std::fs::read_dir(directory).map_err(unreadable)?;
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.map_err(unreadable)?);
    }
    names.sort_unstable_by_key(std::fs::DirEntry::file_name);
    for entry in names {
        let (name, path) = (entry.file_name(), entry.path());
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let relative = name.to_str().map(|name| format!("{base}{name}"));
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        match (is_directory, relative) {
            (true, Some(relative)) if depth < DEEPEST => {
                walk(&path, &format!("{relative}/"), depth + 1, found)?;
            }
            (_, relative) => found.push((relative, path)),
        }
    }
    Ok(())
}

fn read(import: &Import, relative: Option<&str>, file: &Path) -> Result<PlannedFile, Refusal> {
    let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file);
    let (Some(metadata), Some(relative)) = (metadata, relative) else {
        return Err(Refusal::NotAFile);
    };
    let mut readings = import.pattern.read(relative);
    let reading = match readings.len() {
        0 => return Err(Refusal::NoReading),
        1 => readings.remove(0),
        _ => return Err(Refusal::Ambiguous(readings)),
    };
    let no_name = |error: studio_domain::NameError| Refusal::NoName(error.to_string());
    let artist = match (reading.artist, &import.artist) {
        (Some(text), _) => ArtistName::new(&text).map_err(no_name)?,
        (None, Some(artist)) => artist.clone(),
        (None, None) => return Err(Refusal::Unknown("artist")),
    };
    let song = match (reading.song, &import.song) {
        (Some(text), _) => SongTitle::new(&text).map_err(no_name)?,
        (None, Some(song)) => song.clone(),
        (None, None) => return Err(Refusal::Unknown("song")),
    };
    let track = match (reading.track, &import.track) {
        (Some(text), _) => TrackName::new(&text).map_err(no_name)?,
        (None, Some(track)) => track.clone(),
        (None, None) => return Err(Refusal::Unknown("track")),
    };
    let tag = reading.version.ok_or(Refusal::Unknown("version"))?;
    let tag = VersionTag::new(&tag).map_err(no_name)?;
    let path = VersionPath { artist, song, track, tag };
    Ok(PlannedFile {
        file: file.to_owned(),
        path,
        size: metadata.len(),
        pick: None,
        mark: None,
        sound: None,
    })
}
