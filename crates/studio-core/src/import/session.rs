//! What a directory that was delivered says of itself.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use studio_api::v1::{Session, SessionFile};
use studio_domain::{Mark, Pick, VersionPath};

use super::plan::{ImportPlan, Place, PlannedFile, Refusal, RefusedFile};
use crate::release::deliver::{SESSION, TEXTS};
use crate::{Error, Result};

/// No session is longer: that of a thousand stems has some two megabytes.
const MAX_BYTES: u64 = 64 << 20;
/// How every session of every version of studio says what it is, at its start.
const KIND: &[u8] = b"studio.session/";
/// So much of a file is its start.
const START: usize = 4 << 10;

/// What a directory says of itself; `None` where it says nothing, or in another program's
/// words.
///
/// # Errors
/// [`SessionUnreadable`](Error::SessionUnreadable) for what calls itself a session and cannot be
/// read: to guess from the files' names then would be to store them under wrong ones.
pub(super) fn read(directory: &Path) -> Result<Option<Session>> {
    let file = directory.join(SESSION);
    if !file.metadata().is_ok_and(|there| there.is_file()) {
        return Ok(None);
    }
    let mut json = Vec::new();
    let unreadable = |source| Error::SessionUnreadable { file: file.clone(), source };
    let read = File::open(&file).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut json));
    read.map_err(|error| unreadable(Box::new(error)))?;
    let says_so = json[..json.len().min(START)].windows(KIND.len()).any(|bytes| bytes == KIND);
    if !says_so {
        return Ok(None);
    }
    if json.len() as u64 > MAX_BYTES {
        return Err(unreadable("it is longer than any session".into()));
    }
    Session::decode(&json).map(Some).map_err(|error| unreadable(Box::new(error)))
}

/// What an import of a delivered directory would do: its stems become versions again, and
/// their picks picks. Nothing else is taken, be it in it or, by whatever name or link,
/// elsewhere.
pub(super) fn plan(session: &Session, found: Vec<(Option<String>, PathBuf)>) -> ImportPlan {
    let mut plan = ImportPlan { delivered: true, ..ImportPlan::default() };
    let mut stems: HashMap<&str, &SessionFile> = HashMap::new();
    for stem in &session.stems {
        stems.entry(&stem.file).or_insert(stem);
    }
    let mut beside: HashSet<&str> = TEXTS.into_iter().collect();
    beside.insert(&session.mix);
    let mut places: HashMap<Place, PathBuf> = HashMap::new();
    for (relative, file) in found {
        let refusal = match relative.as_deref() {
            None => Refusal::NotAFile,
            Some(name) => match stems.remove(name) {
                Some(stem) => match planned(session, stem, &file) {
                    Ok(planned) => match places.get(&Place::of(&planned.path)) {
                        Some(first) => Refusal::SameVersion(first.clone()),
                        None => {
                            places.insert(Place::of(&planned.path), file);
                            plan.files.push(planned);
                            continue;
                        }
                    },
                    Err(refusal) => refusal,
                },
                None if beside.contains(name) => continue,
                None => Refusal::NoReading,
            },
        };
        plan.refused.push(RefusedFile { file, refusal });
    }
    // In the order of the session.
    let missing = session.stems.iter().filter(|stem| stems.remove(stem.file.as_str()).is_some());
    plan.refused.extend(
        missing
            .map(|stem| RefusedFile { file: PathBuf::from(&stem.file), refusal: Refusal::Missing }),
    );
    plan
}

fn planned(session: &Session, stem: &SessionFile, file: &Path) -> Result<PlannedFile, Refusal> {
    let no_name = |error: studio_domain::NameError| Refusal::NoName(error.to_string());
    // No delivery has links; in what came from somebody else one could lead anywhere.
    let metadata = file.symlink_metadata().ok().filter(std::fs::Metadata::is_file);
    let metadata = metadata.ok_or(Refusal::NotAFile)?;
    let path = VersionPath {
        artist: session.artist.parse().map_err(no_name)?,
        song: session.song.parse().map_err(no_name)?,
        track: stem.track.parse().map_err(no_name)?,
        tag: stem.version.parse().map_err(no_name)?,
    };
    // What cannot be read of it, or is about another one, is no reason to leave the sound.
    let pick = stem.pick.as_ref().and_then(|pick| Pick::try_from(pick).ok());
    let pick = pick.filter(|pick| is_of(pick, &path)).map(|pick| Box::new(pick.said));
    let mark = stem.mark.as_ref().and_then(|mark| Mark::try_from(mark).ok()).map(Box::new);
    let sound = stem.audio_sha256.parse().map_err(|_| Refusal::Unknown("audio digest"))?;
    let (file, size) = (file.to_owned(), metadata.len());
    Ok(PlannedFile { file, path, size, pick, mark, sound: Some(sound) })
}

/// Whether a pick chose the version at a place.
fn is_of(pick: &Pick, path: &VersionPath) -> bool {
    let Some(version) = &pick.version else { return false };
    let (artist, song, track) = (&pick.track.artist, &pick.track.song, &pick.track.track);
    let picked = VersionPath {
        artist: artist.clone(),
        song: song.clone(),
        track: track.clone(),
        tag: version.tag.clone(),
    };
    picked.is_same_place(path)
}
