//! The version that counts for a track.

use std::collections::BTreeSet;

use studio_domain::{
    Note, PersonName, Pick, PickId, PickedVersion, Said, SongPath, Status, TrackName, TrackPath,
    TrashedVersion, Version, VersionDetails, VersionPath,
};
use studio_repo::Error as CatalogError;
use uuid::Uuid;

use crate::{Result, Studio, manifest};

/// How many tracks are looked up at once.
const PAGE: u32 = 1000;

/// What came of a pick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    /// The pick that stands now.
    pub pick: Pick,
    /// The one that stood before, if there was one.
    pub before: Option<Pick>,
    /// Whether it says anything new; `false` when that version stood before and no note
    /// was given.
    pub fresh: bool,
    /// How good the picked version was found to be.
    pub status: Option<Status>,
}

/// The picks of a song.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickSheet {
    /// Each track that has one, by name.
    pub picked: Vec<PickedTrack>,
    /// The tracks that have none, by name.
    pub without: Vec<TrackName>,
}

/// The pick of one track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickedTrack {
    /// The pick.
    pub pick: Pick,
    /// What has become of the version.
    pub standing: Standing,
}

/// What has become of a version that was picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is there.
    There(Box<Version>, Box<VersionDetails>),
    /// It is in the trash.
    Trashed(Box<TrashedVersion>),
    /// It is gone.
    Gone,
}

impl Studio {
    /// Picks a version for its track.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog) with `NotFound`;
    /// [`StoredElsewhere`](crate::Error::StoredElsewhere), since what is said of a version
    /// stands beside its bytes; [`StoreEmpty`](crate::Error::StoreEmpty); what the store says.
    pub async fn pick(
        &self,
        path: &VersionPath,
        by: &PersonName,
        note: Option<Note>,
    ) -> Result<Picked> {
        let version = self.catalog.version(path).await?;
        self.check_is_here(&version)?;
        let track = version.path.track_path();
        let before = self.pick_of(&track).await?;
        let details = self.details(std::slice::from_ref(&version)).await?;
        let mark = details.into_iter().next().and_then(|details| details.mark);
        let status = mark.and_then(|mark| mark.status);
        let picked = PickedVersion { id: version.id, tag: version.path.tag.clone() };
        if let Some(pick) = before.clone()
            && pick.version.as_ref().is_some_and(|before| before.id == picked.id)
            && note.is_none()
        {
            return Ok(Picked { pick, before, fresh: false, status });
        }
        let at = self.time_after(self.last_said(&track).await?);
        let said = Said { by: by.clone(), at, note };
        let pick = Pick { id: new_id(), track, version: Some(picked), said };
        self.record_pick(&pick).await?;
        Ok(Picked { pick, before, fresh: true, status })
    }

    /// Takes the pick of a track back, and returns what it was; `None` when there was none.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog), with `NotFound` when there is no such track;
    /// [`StoreEmpty`](crate::Error::StoreEmpty); what the store says.
    pub async fn unpick(
        &self,
        track: &TrackPath,
        by: &PersonName,
        note: Option<Note>,
    ) -> Result<Option<Pick>> {
        let Some(before) = self.pick_of(track).await? else {
            let TrackPath { artist, song, track } = track.clone();
            self.expect_versions(&studio_repo::VersionFilter::Track(artist, song, track)).await?;
            return Ok(None);
        };
        let said = Said { by: by.clone(), at: self.time_after(Some(before.said.at)), note };
        let pick = Pick { id: new_id(), track: before.track.clone(), version: None, said };
        self.record_pick(&pick).await?;
        Ok(Some(before))
    }

    /// The picks of a song, and its tracks that have none.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog), with `NotFound` when there is no such song.
    pub async fn picks(&self, song: &SongPath) -> Result<PickSheet> {
        let picks = self.choices.picks(song).await?;
        if picks.is_empty() {
            let SongPath { artist, song } = song.clone();
            self.expect_versions(&studio_repo::VersionFilter::Song(artist, song)).await?;
        }
        let mut without = BTreeSet::new();
        let mut after: Option<TrackName> = None;
        loop {
            let tracks =
                self.catalog.tracks(&song.artist, &song.song, after.as_ref(), PAGE).await?;
            let Some(last) = tracks.last() else { break };
            after = Some(last.name.clone());
            without.extend(tracks.into_iter().map(|track| track.name));
        }
        let mut picked = Vec::with_capacity(picks.len());
        for pick in picks {
            without.retain(|track: &TrackName| track.key() != pick.track.track.key());
            let standing = self.standing(&pick).await?;
            picked.push(PickedTrack { pick, standing });
        }
        Ok(PickSheet { picked, without: without.into_iter().collect() })
    }

    /// Every pick that was ever made in a song, or for one track of it, newest first: the
    /// newest `limit` of them.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog).
    pub async fn history_of_picks(
        &self,
        song: &SongPath,
        track: Option<&TrackName>,
        limit: u32,
    ) -> Result<Vec<Pick>> {
        Ok(self.choices.picks_ever(song, track, limit).await?)
    }

    /// Picks a version as somebody did before, elsewhere, unless something was said of
    /// its track here already.
    pub(crate) async fn pick_again(&self, version: &Version, said: &Said) -> Result<()> {
        let track = version.path.track_path();
        // Whatever was said here since, counts.
        let said_here = self.last_said(&track).await?.is_some();
        if said_here || self.check_is_here(version).is_err() {
            return Ok(());
        }
        let picked = PickedVersion { id: version.id, tag: version.path.tag.clone() };
        let pick = Pick { id: new_id(), track, version: Some(picked), said: said.clone() };
        self.record_pick(&pick).await
    }

    /// The pick of a track.
    async fn pick_of(&self, track: &TrackPath) -> Result<Option<Pick>> {
        let song = SongPath { artist: track.artist.clone(), song: track.song.clone() };
        let picks = self.choices.picks(&song).await?;
        Ok(picks.into_iter().find(|pick| pick.track.track.key() == track.track.key()))
    }

    /// When something was last said about the pick of a track.
    async fn last_said(&self, track: &TrackPath) -> Result<Option<studio_domain::Timestamp>> {
        let song = SongPath { artist: track.artist.clone(), song: track.song.clone() };
        let last = self.choices.picks_ever(&song, Some(&track.track), 1).await?;
        Ok(last.first().map(|pick| pick.said.at))
    }

    async fn record_pick(&self, pick: &Pick) -> Result<()> {
        self.expect_store_to_send_to().await?;
        manifest::write_pick(&*self.store, pick).await?;
        self.choices.add_picks(std::slice::from_ref(pick)).await?;
        Ok(())
    }

    /// What has become of the version of a pick.
    async fn standing(&self, pick: &Pick) -> Result<Standing> {
        let Some(picked) = &pick.version else { return Ok(Standing::Gone) };
        let TrackPath { artist, song, track } = pick.track.clone();
        let path = VersionPath { artist, song, track, tag: picked.tag.clone() };
        match self.catalog.version(&path).await {
            Ok(version) if version.id == picked.id => {
                let details = self.details(std::slice::from_ref(&version)).await?;
                let details = details.into_iter().next().unwrap_or_default();
                return Ok(Standing::There(Box::new(version), Box::new(details)));
            }
            Ok(_) | Err(CatalogError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let trashed = self.trash.find_trashed(&path).await?;
        let trashed = trashed.into_iter().find(|version| version.id == picked.id);
        Ok(trashed.map_or(Standing::Gone, |version| Standing::Trashed(Box::new(version))))
    }
}

fn new_id() -> PickId {
    PickId::from_uuid(Uuid::now_v7())
}
