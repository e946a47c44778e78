//! The picks that a delivery brings along: what became of them.

use studio_api::v1;
use studio_core::{Imported, Pick, PlannedFile, SongPath, Studio, TrackPath};

use super::count;
use crate::failure::Result;

/// What was said last of the tracks that picks came for, before anything was stored.
#[derive(Debug, Default)]
pub(super) struct Before(Vec<(TrackPath, Option<Pick>)>);

impl Before {
    /// Looks it up for the files of a plan.
    pub(super) async fn of(studio: &Studio, files: &[PlannedFile]) -> Result<Self> {
        let mut said = Vec::new();
        for planned in files.iter().filter(|planned| planned.pick.is_some()) {
            let track = planned.path.track_path();
            let last = last_said(studio, &track).await?;
            said.push((track, last));
        }
        Ok(Self(said))
    }

    /// What became of the picks of those that are stored; nothing where none came with them.
    pub(super) async fn after(
        &self,
        studio: &Studio,
        imported: &Imported,
    ) -> Result<Option<v1::ImportedPicks>> {
        let mut picks = v1::ImportedPicks::default();
        let mut any = false;
        for file in imported.files.iter().filter(|file| file.planned.pick.is_some()) {
            any = true;
            let track = file.planned.path.track_path();
            let chosen = |pick: &Pick| {
                let id = pick.version.as_ref().map(|version| version.id);
                id == Some(file.uploaded.version.id)
            };
            let before = self.0.iter().find(|(of, _)| *of == track).and_then(|(_, said)| {
                let said = said.as_ref()?;
                Some(chosen(said))
            });
            let number = match before {
                Some(true) => &mut picks.stood,
                Some(false) => &mut picks.kept_own,
                None if last_said(studio, &track).await?.is_some_and(|said| chosen(&said)) => {
                    &mut picks.set
                }
                None => &mut picks.not_set,
            };
            *number += 1;
        }
        Ok(any.then_some(picks))
    }
}

async fn last_said(studio: &Studio, track: &TrackPath) -> Result<Option<Pick>> {
    let song = SongPath { artist: track.artist.clone(), song: track.song.clone() };
    Ok(studio.history_of_picks(&song, Some(&track.track), 1).await?.into_iter().next())
}

/// The same in words.
pub(super) fn describe(picks: &v1::ImportedPicks) -> String {
    let v1::ImportedPicks { set, stood, kept_own, not_set } = *picks;
    let parts = [
        (set, format!("{} set", count(set, "pick", "picks"))),
        (stood, format!("{} already", count(stood, "pick stood", "picks stood"))),
        (kept_own, count(kept_own, "track keeps its own", "tracks keep their own")),
        (not_set, format!("{} not be set", count(not_set, "pick could", "picks could"))),
    ];
    let told = parts.into_iter().filter(|(number, _)| *number > 0).map(|(_, text)| text);
    told.collect::<Vec<_>>().join("; ")
}
