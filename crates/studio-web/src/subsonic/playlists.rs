//! Playlists of listeners; and those of the studio, which everybody hears and nobody changes here.

use studio_core::listener::{NewOwnPlaylist, OwnPlaylistChange, OwnPlaylistSheet};
use studio_core::repo::{OwnPlaylistLine, RecordingEntry};
use studio_domain::{OwnPlaylistId, PlaylistId, PlaylistName, Role};
use studio_subsonic::{Error, Node, Playlist};

use super::Result;
use super::call::{Call, failed_of, refused, time};
use super::identity::{self, Named, parse, songs_in};

/// The most playlists of the studio that are told of, and the most recordings on one.
const MOST: u32 = 200;
const MOST_ON_IT: u32 = 10_000;

fn length(entries: &[RecordingEntry]) -> i64 {
    let of = |entry: &RecordingEntry| entry.recording.sound.format.as_ref()?.duration_micros();
    let micros = entries.iter().filter_map(of).fold(0_u64, u64::saturating_add);
    i64::try_from(micros / 1_000_000).unwrap_or(i64::MAX)
}

impl Call {
    fn told_playlist(&self, line: &OwnPlaylistLine) -> Playlist {
        let playlist = &line.playlist;
        let is_own = playlist.owner == self.id() || self.account.role == Role::Manager;
        Playlist {
            id: identity::own(playlist.id),
            name: playlist.name.to_string(),
            comment: playlist.comment.as_ref().map(ToString::to_string),
            owner: line.owner.to_string(),
            is_public: playlist.is_public,
            is_readonly: !is_own,
            songs: i64::from(line.songs),
            duration: i64::try_from(line.length_ms / 1000).unwrap_or(i64::MAX),
            created: time(playlist.created_at),
            changed: time(playlist.changed_at),
        }
    }

    async fn sheet(&self, sheet: OwnPlaylistSheet) -> Result<Node> {
        let songs = self.songs(&sheet.recordings).await?;
        let told = Node::from(self.told_playlist(&sheet.line));
        Ok(Node::new().one("playlist", told.many("entry", songs)))
    }

    /// A playlist of the studio, with what of it is in sight.
    async fn of_studio(&self, id: PlaylistId) -> Result<(Playlist, Vec<RecordingEntry>)> {
        let shelf = &self.music.shelf;
        let found = shelf.playlist(id).await.map_err(failed_of)?;
        let found = found.ok_or(Error::NotFound("playlist"))?;
        let published_only = self.music.lists_published();
        let part = shelf.playlist_recordings(id, 0, MOST_ON_IT, published_only).await;
        let entries: Vec<RecordingEntry> =
            part.map_err(failed_of)?.items.into_iter().map(|(_, entry)| entry).collect();
        let told = Playlist {
            id: identity::studio(id),
            name: found.name.to_string(),
            comment: None,
            owner: "studio".to_owned(),
            is_public: true,
            is_readonly: true,
            songs: i64::try_from(entries.len()).unwrap_or(i64::MAX),
            duration: length(&entries),
            // When it was made is not known.
            created: time(found.updated_at),
            changed: time(found.updated_at),
        };
        Ok((told, entries))
    }

    pub(super) async fn playlists(&self) -> Result<Node> {
        let wanted = self.parameters.text("username").unwrap_or(self.account.name.as_str());
        if wanted.to_lowercase() != self.account.name.as_str().to_lowercase() {
            let said = "a player is told of the playlists of the account that it came with";
            return Err(Error::NotAuthorized(said.to_owned()));
        }
        let own = self.listeners.playlists(&self.account, &self.sight).await.map_err(refused)?;
        let mut told: Vec<Playlist> = own.iter().map(|line| self.told_playlist(line)).collect();
        let studios = self.music.shelf.playlists(None, MOST).await.map_err(failed_of)?;
        for (id, ..) in studios.items {
            told.push(self.of_studio(id).await?.0);
        }
        Ok(Node::new().one("playlists", Node::new().many("playlist", told)))
    }

    pub(super) async fn playlist(&self) -> Result<Node> {
        match parse(self.parameters.required("id")?) {
            Some(Named::Own(id)) => self.own_playlist(id).await,
            Some(Named::Studio(id)) => {
                let (told, entries) = self.of_studio(id).await?;
                let songs = self.songs(&entries).await?;
                Ok(Node::new().one("playlist", Node::from(told).many("entry", songs)))
            }
            _ => Err(Error::NotFound("playlist")),
        }
    }

    async fn own_playlist(&self, id: OwnPlaylistId) -> Result<Node> {
        let found = self.listeners.playlist(&self.account, id, &self.sight).await;
        self.sheet(found.map_err(refused)?).await
    }

    /// The playlist that is to be changed.
    fn changeable(&self, name: &'static str) -> Result<OwnPlaylistId> {
        match parse(self.parameters.required(name)?) {
            Some(Named::Own(id)) => Ok(id),
            Some(Named::Studio(_)) => {
                let said = "a playlist of the studio is changed by the studio";
                Err(Error::NotAuthorized(said.to_owned()))
            }
            _ => Err(Error::NotFound("playlist")),
        }
    }

    fn name(&self) -> Result<Option<PlaylistName>> {
        self.parameters.parsed("name")
    }

    /// Makes a playlist, or puts other recordings onto one.
    pub(super) async fn create_playlist(&self) -> Result<Node> {
        let recordings = songs_in(&self.parameters, "songId")?;
        let id = match self.parameters.text("playlistId").filter(|id| !id.is_empty()) {
            None => {
                let name = self.name()?.ok_or(Error::Missing("name"))?;
                let new = NewOwnPlaylist { name, comment: None, is_public: false, recordings };
                let made = self.listeners.create_playlist(&self.account, new, &self.sight).await;
                made.map_err(refused)?.id
            }
            Some(_) => {
                let id = self.changeable("playlistId")?;
                let change = OwnPlaylistChange {
                    name: self.name()?,
                    replace: Some(recordings),
                    ..OwnPlaylistChange::default()
                };
                let changed =
                    self.listeners.change_playlist(&self.account, id, change, &self.sight).await;
                changed.map_err(refused)?;
                id
            }
        };
        self.own_playlist(id).await
    }

    pub(super) async fn update_playlist(&self) -> Result<Node> {
        let id = self.changeable("playlistId")?;
        let comment = match self.parameters.text("comment") {
            Some(_) => Some(self.note("comment")?),
            None => None,
        };
        let change = OwnPlaylistChange {
            name: self.name()?,
            comment,
            is_public: self.parameters.flag("public")?,
            replace: None,
            remove: self.parameters.all_parsed("songIndexToRemove")?,
            add: songs_in(&self.parameters, "songIdToAdd")?,
        };
        let changed = self.listeners.change_playlist(&self.account, id, change, &self.sight).await;
        changed.map(|_| Node::new()).map_err(refused)
    }

    pub(super) async fn delete_playlist(&self) -> Result<Node> {
        let id = self.changeable("id")?;
        let removed = self.listeners.remove_playlist(&self.account, id).await;
        removed.map(|()| Node::new()).map_err(refused)
    }
}
