//! What a directory that was delivered says of itself.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use studio_api::v1::{Session, SessionFile};
use studio_domain::{Pick, VersionPath};

use super::plan::{ImportPlan, Place, PlannedFile, Refusal, RefusedFile};
use crate::release::deliver::{SESSION, TEXTS};
use crate::{Error, Result};

/// No session is longer: a thousand stems would still fit.
const MAX_BYTES: u64 = 4 << 20;
/// How every session of every version of studio says what it is.
const KIND: &[u8] = b"studio.session/";

/// What a directory says of itself; `None` where it says nothing, or in another program's
/// words.
///
/// # Errors
/// [`SessionUnreadable`](Error::SessionUnreadable) for what calls itself a session and cannot be
/// read: to guess from the files' names then would be to store them under wrong ones.
pub(super) fn read(directory: &Path) -> Result<Option<Session>> {
    let file = directory.join(SESSION);
    let short = file.metadata().is_ok_and(|there| there.is_file() && there.len() <= MAX_BYTES);
    let Some(json) = short.then(|| std::fs::read(&file).ok()).flatten() else { return Ok(None) };
    match Session::decode(&json) {
        Ok(session) => Ok(Some(session)),
        Err(_) if !json.windows(KIND.len()).any(|bytes| bytes == KIND) => Ok(None),
        Err(error) => Err(Error::SessionUnreadable { file, source: Box::new(error) }),
    }
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
    Ok(PlannedFile { file: file.to_owned(), path, size: metadata.len(), pick })
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
