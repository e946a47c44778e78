//! What listeners do: look through what is in their sight, say what they think of it, keep
//! queues and playlists, and hand something on by a link.
//!
//! What is out of sight is as if it were not there, for everything here. Marks and plays are of
//! one account, and are told to it alone.

mod browse;
mod error;
mod marks;
mod playing;
mod playlists;
mod shares;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use studio_domain::{Account, AlbumId, ArtistId, RecordingId, Role, Subject, Timestamp};
use studio_repo::{
    AccountRepo, BrowseRepo, ListenerRepo, OwnPlaylistRepo, PlaylistRepo, ShareRepo, Sight,
};
use tokio::sync::Mutex;

pub use self::browse::{Found, SearchStretches};
pub use self::error::ListenerError;
pub use self::marks::NewQueue;
pub use self::playing::{MOST_PLAYERS, Playing};
pub use self::playlists::{NewOwnPlaylist, OwnPlaylistChange, OwnPlaylistSheet};
pub use self::shares::{NewShare, ShareChange};

use self::playing::NowPlaying;
use crate::access::StudioSecret;
use crate::studio::{Clock, system_time};

/// The result of something that a listener does.
pub type Result<T, E = ListenerError> = std::result::Result<T, E>;

/// The most recordings on a playlist or in a queue, and the most things that are named at once.
pub const MOST_NAMED: usize = 10_000;

/// What there is for listeners. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Listeners {
    browse: Arc<dyn BrowseRepo>,
    marks: Arc<dyn ListenerRepo>,
    own: Arc<dyn OwnPlaylistRepo>,
    studios: Arc<dyn PlaylistRepo>,
    shares: Arc<dyn ShareRepo>,
    accounts: Arc<dyn AccountRepo>,
    secret: Arc<StudioSecret>,
    playing: Arc<NowPlaying>,
    /// Held by who reads something, and then changes it.
    changing: Arc<Mutex<()>>,
    clock: Clock,
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listeners").finish_non_exhaustive()
    }
}

impl Listeners {
    /// Those of a catalogue, with the secret that belongs to it: the one of
    /// [`Access`](crate::access::Access).
    pub fn new<R>(catalog: Arc<R>, secret: StudioSecret) -> Self
    where
        R: BrowseRepo
            + ListenerRepo
            + OwnPlaylistRepo
            + PlaylistRepo
            + ShareRepo
            + AccountRepo
            + 'static,
    {
        Self {
            browse: catalog.clone(),
            marks: catalog.clone(),
            own: catalog.clone(),
            studios: catalog.clone(),
            shares: catalog.clone(),
            accounts: catalog,
            secret: Arc::new(secret),
            playing: Arc::default(),
            changing: Arc::default(),
            clock: Arc::new(system_time),
        }
    }

    /// Goes by another clock from now on.
    pub fn with_clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// The time that it is after a while, by its clock: for ends.
    pub fn time_in(&self, span: Duration) -> Timestamp {
        self.now().after(span)
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// What somebody gets to see, or nobody in particular: a manager everything, an artist
    /// what is theirs too. At most one query.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn sight_of(&self, account: Option<&Account>) -> Result<Sight> {
        let Some(account) = account.filter(|account| account.is_enabled()) else {
            return Ok(Sight::Published);
        };
        Ok(match account.role {
            Role::Manager => Sight::Everything,
            Role::Artist if !account.artists.is_empty() => {
                let own = self.browse.artists_named(&account.artists).await?;
                Sight::PublishedAnd(own.into_iter().collect())
            }
            _ => Sight::Published,
        })
    }

    /// Refuses what is out of sight: one query for each kind.
    async fn see_all(&self, subjects: &[Subject], sight: &Sight) -> Result<()> {
        let (mut artists, mut albums, mut recordings) = (Vec::new(), Vec::new(), Vec::new());
        for subject in subjects {
            match subject {
                Subject::Artist(id) => artists.push(*id),
                Subject::Album(id) => albums.push(*id),
                Subject::Recording(id) => recordings.push(*id),
            }
        }
        self.see_artists(&artists, sight).await?;
        self.see_albums(&albums, sight).await?;
        self.see_recordings(&recordings, sight).await
    }

    async fn see_artists(&self, ids: &[ArtistId], sight: &Sight) -> Result<()> {
        let all = ids.is_empty() || self.browse.artists_with(ids, sight).await?.len() == ids.len();
        all.then_some(()).ok_or(ListenerError::Missing { what: "artist" })
    }

    async fn see_albums(&self, ids: &[AlbumId], sight: &Sight) -> Result<()> {
        let all = ids.is_empty() || self.browse.albums_with(ids, sight).await?.len() == ids.len();
        all.then_some(()).ok_or(ListenerError::Missing { what: "album" })
    }

    async fn see_recordings(&self, ids: &[RecordingId], sight: &Sight) -> Result<()> {
        let all =
            ids.is_empty() || self.browse.recordings_with(ids, sight).await?.len() == ids.len();
        all.then_some(()).ok_or(ListenerError::Missing { what: "recording" })
    }
}

/// Refuses more than can be named at once.
fn bounded(count: usize) -> Result<()> {
    match count {
        0..=MOST_NAMED => Ok(()),
        _ => Err(ListenerError::invalid("at most 10,000 can be named at once")),
    }
}

/// The first 200 characters of what a player calls itself, without those that are no text.
fn player_name(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(200).collect()
}
