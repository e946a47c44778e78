//! What belongs to one listener alone: stars, ratings, plays, bookmarks, a queue, playlists; and
//! the links by which they share something.

use std::collections::HashMap;

use async_trait::async_trait;
use studio_domain::{
    Account, AccountId, Bookmark, Marks, OwnPlaylist, OwnPlaylistId, PlayQueue, Rating,
    RecordingId, Share, ShareId, Subject, Timestamp, UserName,
};

use crate::{RecordingEntry, Result, Sight};

/// The part of a catalogue that keeps what listeners think of what there is, and what they hear.
///
/// Every method is one transaction. An artist, an album or a recording that is not there is left
/// out without an error, and one that goes takes along what anybody said of it; so does an
/// account. For an account that is not there, and otherwise as in
/// [`CatalogRepo`](crate::CatalogRepo), each method that writes can fail with
/// [`Error::Backend`](crate::Error::Backend).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ListenerRepo: Send + Sync {
    /// Stars things. Idempotent: what is starred stays so since it first was.
    async fn star(&self, account: AccountId, subjects: &[Subject], at: Timestamp) -> Result<()>;

    /// Takes stars back. Idempotent.
    async fn unstar(&self, account: AccountId, subjects: &[Subject]) -> Result<()>;

    /// Rates something, or takes its rating back.
    async fn rate(
        &self,
        account: AccountId,
        subject: Subject,
        rating: Option<Rating>,
    ) -> Result<()>;

    /// Notes that recordings were played at some times; returns how many of these plays were
    /// new. The same one (account, recording and time) counts once. A play counts for the album
    /// that the recording is on now, too, and goes on to when the recording moves to another.
    async fn note_plays(
        &self,
        account: AccountId,
        plays: &[(RecordingId, Timestamp)],
    ) -> Result<usize>;

    /// What an account thinks of some things; those of which it thinks nothing are left out. One
    /// query for each kind, and each 500 of it.
    async fn marks(
        &self,
        account: AccountId,
        subjects: &[Subject],
    ) -> Result<HashMap<Subject, Marks>>;

    /// Sets the bookmark of an account on a recording; since when there is one stays.
    ///
    /// # Errors
    /// [`NoRecording`](crate::Error::NoRecording).
    async fn put_bookmark(&self, account: AccountId, bookmark: &Bookmark) -> Result<()>;

    /// The bookmarks of an account on recordings in its sight, the last set first.
    async fn bookmarks(
        &self,
        account: AccountId,
        sight: &Sight,
    ) -> Result<Vec<(Bookmark, RecordingEntry)>>;

    /// Takes a bookmark out. Idempotent.
    async fn remove_bookmark(&self, account: AccountId, recording: RecordingId) -> Result<()>;

    /// Keeps the queue of an account, in place of the one before; `None` for no queue any more.
    async fn put_play_queue<'a>(
        &self,
        account: AccountId,
        queue: Option<&'a PlayQueue>,
    ) -> Result<()>;

    /// The queue of an account as it was kept: also with what is gone or unpublished since, see
    /// [`PlayQueue::keeping`].
    async fn play_queue(&self, account: AccountId) -> Result<Option<PlayQueue>>;
}

/// A line about a playlist of a listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPlaylistLine {
    /// The playlist, without its recordings.
    pub playlist: OwnPlaylist,
    /// Its owner's name.
    pub owner: UserName,
    /// How many recordings on it are in sight.
    pub songs: u32,
    /// How long these are together, in milliseconds, as far as that is known.
    pub length_ms: u64,
}

/// The part of a catalogue that keeps playlists of listeners. Who may change one is not decided
/// here. Errors as in [`ListenerRepo`].
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OwnPlaylistRepo: Send + Sync {
    /// Takes a playlist in, or takes its new state for the one with its identity; its owner and
    /// when it was made stay.
    ///
    /// # Errors
    /// [`NoRecording`](crate::Error::NoRecording) for the first of its recordings that is not
    /// there.
    async fn put_own_playlist(&self, playlist: &OwnPlaylist) -> Result<()>;

    /// The playlist with an identity. A recording that went is not on it any more.
    async fn own_playlist(&self, id: OwnPlaylistId) -> Result<Option<OwnPlaylist>>;

    /// The playlists of an account by their names, and then those that others made public, by
    /// theirs: at most 10,000 of each.
    async fn own_playlists(
        &self,
        account: AccountId,
        sight: &Sight,
    ) -> Result<Vec<OwnPlaylistLine>>;

    /// What is on a playlist in its order, as far as it is in sight, each with its place from 0:
    /// at most 10,000 from the place `from` on.
    async fn own_playlist_recordings(
        &self,
        id: OwnPlaylistId,
        sight: &Sight,
        from: u32,
    ) -> Result<Vec<(u32, RecordingEntry)>>;

    /// Takes a playlist out, with the links to it; says whether it was there.
    async fn remove_own_playlist(&self, id: OwnPlaylistId) -> Result<bool>;
}

/// The part of a catalogue that keeps what is shared by links. Errors as in [`ListenerRepo`].
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ShareRepo: Send + Sync {
    /// Takes a share in, or takes the note, the end and the revocation of the one with its
    /// identity; the rest stays.
    async fn put_share(&self, share: &Share) -> Result<()>;

    /// The share with an identity and who made it, whatever their states: one query.
    async fn share(&self, id: ShareId) -> Result<Option<(Share, Account)>>;

    /// The shares of an account, or of all, with their owners' names, the newest first: at most `limit` (cut to 1 ..=
    /// [`MAX_PAGE`](crate::MAX_PAGE)), without the first `offset` of them.
    async fn shares(
        &self,
        account: Option<AccountId>,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<(Share, UserName)>>;

    /// Notes that a link was followed.
    async fn visit_share(&self, id: ShareId, at: Timestamp) -> Result<()>;

    /// Takes a share out; says whether it was there.
    async fn remove_share(&self, id: ShareId) -> Result<bool>;
}
