//! What a directory that was delivered says of itself.

use std::collections::HashSet;
use std::path::Path;

use studio_api::v1::{Session, SessionFile};
use studio_domain::VersionPath;

use super::plan::{ImportPlan, PlannedFile, Refusal, RefusedFile};
use crate::release::deliver::{SESSION, TEXTS};

/// No session is longer: a thousand stems would still fit.
const MAX_BYTES: u64 = 4 << 20;

/// What a directory says of itself; `None` where it says nothing that can be read.
pub(super) fn read(directory: &Path) -> Option<Session> {
    let file = directory.join(SESSION);
    let short = file.metadata().is_ok_and(|there| there.is_file() && there.len() <= MAX_BYTES);
    if !short {
        return None;
    }
    Session::decode(&std::fs::read(file).ok()?).ok()
}

/// What an import of a delivered directory would do: its stems become versions again, and
/// their picks picks. Nothing else in it is taken.
pub(super) fn plan(
    session: &Session,
    found: Vec<(Option<String>, std::path::PathBuf)>,
) -> ImportPlan {
    let mut plan = ImportPlan { delivered: true, ..ImportPlan::default() };
    let mut beside: HashSet<&str> = TEXTS.into_iter().collect();
    beside.insert(&session.mix);
    for (relative, file) in found {
        let name = relative.as_deref().unwrap_or_default();
        let stem = session.stems.iter().find(|stem| stem.file == name);
        let refusal = match stem {
            Some(stem) => match planned(session, stem, &file) {
                Ok(planned) => {
                    plan.files.push(planned);
                    continue;
                }
                Err(refusal) => refusal,
            },
            None if beside.contains(name) => continue,
            None => Refusal::NoReading,
        };
        plan.refused.push(RefusedFile { file, refusal });
    }
    plan
}

fn planned(session: &Session, stem: &SessionFile, file: &Path) -> Result<PlannedFile, Refusal> {
    let no_name = |error: studio_domain::NameError| Refusal::NoName(error.to_string());
    let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file);
    let metadata = metadata.ok_or(Refusal::NotAFile)?;
    let path = VersionPath {
        artist: session.artist.parse().map_err(no_name)?,
        song: session.song.parse().map_err(no_name)?,
        track: stem.track.parse().map_err(no_name)?,
        tag: stem.version.parse().map_err(no_name)?,
    };
    // What cannot be read of it is no reason to leave the sound.
    let pick = stem.pick.as_ref().and_then(|pick| studio_domain::Pick::try_from(pick).ok());
    let pick = pick.map(|pick| Box::new(pick.said));
    Ok(PlannedFile { file: file.to_owned(), path, size: metadata.len(), pick })
}
