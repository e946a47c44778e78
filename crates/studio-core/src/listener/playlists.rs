//! Playlists of listeners: seen by their owner, by everybody if they are public, and by managers;
//! changed by their owner and by managers.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use studio_domain::{
    Account, Note, OwnPlaylist, OwnPlaylistId, PlaylistName, RecordingId, Role, UserName,
};
use studio_repo::{OwnPlaylistLine, RecordingEntry, Sight};
use uuid::Uuid;

use super::playing::length_ms;
use super::{ListenerError, Listeners, MOST_NAMED, Result, bounded};

/// A playlist to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOwnPlaylist {
    /// What it is called.
    pub name: PlaylistName,
    /// What its owner says of it.
    pub comment: Option<Note>,
    /// Whether others may see it too.
    pub is_public: bool,
    /// The recordings.
    pub recordings: Vec<RecordingId>,
}

/// What becomes of a playlist; what is not named stays. First all is replaced, then some
/// removed, then some added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnPlaylistChange {
    /// Another name.
    pub name: Option<PlaylistName>,
    /// Another comment, or none.
    pub comment: Option<Option<Note>>,
    /// Whether others may see it too.
    pub is_public: Option<bool>,
    /// Other recordings in place of all that are on it.
    pub replace: Option<Vec<RecordingId>>,
    /// Those at these places go: from 0, counted among those in sight of who removes them.
    pub remove: Vec<usize>,
    /// These come behind the last.
    pub add: Vec<RecordingId>,
}

/// A playlist with what is on it, as far as it is in sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPlaylistSheet {
    /// The playlist, without its recordings.
    pub line: OwnPlaylistLine,
    /// The recordings in their order.
    pub recordings: Vec<RecordingEntry>,
}

impl Listeners {
    /// The playlists of an account by name, and then those that others made public.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn playlists(
        &self,
        account: &Account,
        sight: &Sight,
    ) -> Result<Vec<OwnPlaylistLine>> {
        Ok(self.own.own_playlists(account.id, sight).await?)
    }

    /// A playlist that an account may see, with what of it is in sight.
    ///
    /// # Errors
    /// [`ListenerError::Missing`]; those of the catalogue.
    pub async fn playlist(
        &self,
        account: &Account,
        id: OwnPlaylistId,
        sight: &Sight,
    ) -> Result<OwnPlaylistSheet> {
        let playlist = self.seen_playlist(account, id).await?;
        let owner = self.owner_of(&playlist, account).await?;
        let recordings = self.browse.recordings_with(&playlist.recordings, sight).await?;
        Ok(sheet(playlist, owner, recordings))
    }

    /// Makes a playlist.
    ///
    /// # Errors
    /// [`ListenerError::Missing`] when a recording is out of sight, [`ListenerError::Invalid`]
    /// for more than 10,000; those of the catalogue.
    pub async fn create_playlist(
        &self,
        account: &Account,
        new: NewOwnPlaylist,
        sight: &Sight,
    ) -> Result<OwnPlaylist> {
        let NewOwnPlaylist { name, comment, is_public, recordings } = new;
        bounded(recordings.len())?;
        self.see_recordings(&recordings, sight).await?;
        let (id, now) = (OwnPlaylistId::from_uuid(Uuid::now_v7()), self.now());
        let playlist = OwnPlaylist {
            id,
            owner: account.id,
            name,
            comment,
            is_public,
            recordings,
            created_at: now,
            changed_at: now,
        };
        self.own.put_own_playlist(&playlist).await?;
        Ok(playlist)
    }

    /// Changes a playlist of an account.
    ///
    /// # Errors
    /// [`ListenerError::Missing`] when it or a recording is out of sight,
    /// [`ListenerError::NotYours`]; [`ListenerError::Invalid`] for more than 10,000 recordings,
    /// and for a place where there is none; those of the catalogue.
    pub async fn change_playlist(
        &self,
        account: &Account,
        id: OwnPlaylistId,
        change: OwnPlaylistChange,
        sight: &Sight,
    ) -> Result<OwnPlaylist> {
        let _held = self.changing.lock().await;
        let before = self.changeable_playlist(account, id).await?;
        let mut playlist = before.clone();
        if let Some(recordings) = change.replace {
            bounded(recordings.len())?;
            self.see_recordings(&recordings, sight).await?;
            playlist.recordings = recordings;
        }
        if !change.remove.is_empty() {
            self.remove_places(&mut playlist.recordings, &change.remove, sight).await?;
        }
        if !change.add.is_empty() {
            bounded(playlist.recordings.len().saturating_add(change.add.len()))?;
            self.see_recordings(&change.add, sight).await?;
            playlist.recordings.extend(change.add);
        }
        playlist.name = change.name.unwrap_or(playlist.name);
        playlist.comment = change.comment.unwrap_or(playlist.comment);
        playlist.is_public = change.is_public.unwrap_or(playlist.is_public);
        if playlist == before {
            return Ok(before);
        }
        // Each state has a time of its own, whatever the clock says.
        playlist.changed_at = self.now().max(before.changed_at.after(Duration::from_micros(1)));
        self.own.put_own_playlist(&playlist).await?;
        Ok(playlist)
    }

    /// Takes a playlist of an account out, with the links to it.
    ///
    /// # Errors
    /// [`ListenerError::Missing`], [`ListenerError::NotYours`]; those of the catalogue.
    pub async fn remove_playlist(&self, account: &Account, id: OwnPlaylistId) -> Result<()> {
        let _held = self.changing.lock().await;
        self.changeable_playlist(account, id).await?;
        self.own.remove_own_playlist(id).await?;
        Ok(())
    }

    /// Leaves out what stands at some places of those in sight.
    async fn remove_places(
        &self,
        recordings: &mut Vec<RecordingId>,
        places: &[usize],
        sight: &Sight,
    ) -> Result<()> {
        let entries = self.browse.recordings_with(recordings, sight).await?;
        let seen: HashSet<RecordingId> = entries.iter().map(|entry| entry.recording.id).collect();
        let places: BTreeSet<usize> = places.iter().copied().collect();
        if places.last().is_some_and(|last| *last >= entries.len()) {
            return Err(ListenerError::invalid("there is no such place on the playlist"));
        }
        let mut place = 0;
        recordings.retain(|id| {
            if !seen.contains(id) {
                return true;
            }
            place += 1;
            !places.contains(&(place - 1))
        });
        Ok(())
    }

    /// A playlist that an account may see.
    pub(super) async fn seen_playlist(
        &self,
        account: &Account,
        id: OwnPlaylistId,
    ) -> Result<OwnPlaylist> {
        let found = self.own.own_playlist(id).await?;
        let mut playlist = found
            .filter(|playlist| playlist.is_public || may_change(account, playlist))
            .ok_or(ListenerError::Missing { what: "playlist" })?;
        playlist.recordings.truncate(MOST_NAMED);
        Ok(playlist)
    }

    /// A playlist that an account may change.
    pub(super) async fn changeable_playlist(
        &self,
        account: &Account,
        id: OwnPlaylistId,
    ) -> Result<OwnPlaylist> {
        let playlist = self.seen_playlist(account, id).await?;
        match may_change(account, &playlist) {
            true => Ok(playlist),
            false => Err(ListenerError::NotYours { what: "playlist" }),
        }
    }

    /// The name of a playlist's owner.
    async fn owner_of(&self, playlist: &OwnPlaylist, account: &Account) -> Result<UserName> {
        if playlist.owner == account.id {
            return Ok(account.name.clone());
        }
        let owner = self.accounts.account(playlist.owner).await?;
        owner.map(|owner| owner.name).ok_or(ListenerError::Missing { what: "playlist" })
    }
}

fn may_change(account: &Account, playlist: &OwnPlaylist) -> bool {
    account.id == playlist.owner || account.role == Role::Manager
}

fn sheet(
    playlist: OwnPlaylist,
    owner: UserName,
    recordings: Vec<RecordingEntry>,
) -> OwnPlaylistSheet {
    let length_ms = recordings.iter().filter_map(length_ms).fold(0, u64::saturating_add);
    let songs = u32::try_from(recordings.len()).unwrap_or(u32::MAX);
    let playlist = OwnPlaylist { recordings: Vec::new(), ..playlist };
    OwnPlaylistSheet { line: OwnPlaylistLine { playlist, owner, songs, length_ms }, recordings }
}
