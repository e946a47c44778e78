//! What listeners keep and share, and they themselves.

use super::Song;
use crate::Node;

/// A playlist.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Playlist {
    /// Its identity.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What is said of it.
    pub comment: Option<String>,
    /// The name of the account whose it is.
    pub owner: String,
    /// Whether others see it.
    pub is_public: bool,
    /// Whether the player may change it.
    pub is_readonly: bool,
    /// How many recordings are on it.
    pub songs: i64,
    /// In seconds.
    pub duration: i64,
    /// When it was made.
    pub created: String,
    /// When it was last changed.
    pub changed: String,
}

impl From<Playlist> for Node {
    fn from(playlist: Playlist) -> Self {
        Self::new()
            .text("id", playlist.id)
            .text("name", playlist.name)
            .maybe_text("comment", playlist.comment)
            .text("owner", playlist.owner)
            .flag("public", playlist.is_public)
            .flag("readonly", playlist.is_readonly)
            .whole("songCount", playlist.songs)
            .whole("duration", playlist.duration)
            .text("created", playlist.created)
            .text("changed", playlist.changed)
    }
}

/// What is shared by a link.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Share {
    /// Its identity.
    pub id: String,
    /// The link.
    pub url: String,
    /// What is said of it.
    pub description: Option<String>,
    /// The name of the account that shares it.
    pub username: String,
    /// When it was made.
    pub created: String,
    /// When it ends.
    pub expires: Option<String>,
    /// When the link was last followed.
    pub last_visited: Option<String>,
    /// How often it was.
    pub visits: i64,
    /// What it opens.
    pub songs: Vec<Song>,
}

impl From<Share> for Node {
    fn from(share: Share) -> Self {
        Self::new()
            .text("id", share.id)
            .text("url", share.url)
            .maybe_text("description", share.description)
            .text("username", share.username)
            .text("created", share.created)
            .maybe_text("expires", share.expires)
            .maybe_text("lastVisited", share.last_visited)
            .whole("visitCount", share.visits)
            .many("entry", share.songs)
    }
}

/// A place to go on from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bookmark {
    /// In milliseconds from the start.
    pub position: i64,
    /// Whose it is.
    pub username: String,
    /// What they say of it.
    pub comment: Option<String>,
    /// When it was first set.
    pub created: String,
    /// When it was last set.
    pub changed: String,
    /// Where it is.
    pub song: Song,
}

impl From<Bookmark> for Node {
    fn from(bookmark: Bookmark) -> Self {
        Self::new()
            .whole("position", bookmark.position)
            .text("username", bookmark.username)
            .maybe_text("comment", bookmark.comment)
            .text("created", bookmark.created)
            .text("changed", bookmark.changed)
            .one("entry", bookmark.song)
    }
}

/// What a listener is about to hear.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlayQueue {
    /// Which of it is played, by its place from 0.
    pub current: Option<usize>,
    /// In milliseconds into that.
    pub position: i64,
    /// Whose it is.
    pub username: String,
    /// When it was kept.
    pub changed: String,
    /// What kept it.
    pub changed_by: String,
    /// All of it.
    pub songs: Vec<Song>,
}

impl PlayQueue {
    /// The one that is played named by its identity, or by its place (`indexBasedQueue` of
    /// OpenSubsonic).
    pub fn into_node(self, by_index: bool) -> Node {
        let place = self.current.filter(|place| *place < self.songs.len());
        let queue = match place {
            Some(place) if by_index => {
                Node::new().whole("currentIndex", i64::try_from(place).unwrap_or_default())
            }
            Some(place) => Node::new().text("current", &self.songs[place].id),
            None => Node::new(),
        };
        queue
            .whole("position", self.position)
            .text("username", self.username)
            .text("changed", self.changed)
            .text("changedBy", self.changed_by)
            .many("entry", self.songs)
    }
}

/// What somebody hears now.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Playing {
    /// Who.
    pub username: String,
    /// Since how many minutes.
    pub minutes_ago: i64,
    /// A number of the player.
    pub player_id: i64,
    /// What the player calls itself.
    pub player_name: String,
    /// What they hear.
    pub song: Song,
}

impl From<Playing> for Node {
    fn from(playing: Playing) -> Self {
        Self::from(playing.song)
            .text("username", playing.username)
            .whole("minutesAgo", playing.minutes_ago)
            .whole("playerId", playing.player_id)
            .text("playerName", playing.player_name)
    }
}

/// What an account may do with a player.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// Its name.
    pub username: String,
    /// Where it can be written to.
    pub email: Option<String>,
    /// Whether it is a manager's.
    pub is_manager: bool,
}

impl From<User> for Node {
    fn from(user: User) -> Self {
        Self::new()
            .text("username", user.username)
            .maybe_text("email", user.email)
            .flag("scrobblingEnabled", true)
            .flag("adminRole", user.is_manager)
            .flag("settingsRole", false)
            .flag("downloadRole", true)
            .flag("uploadRole", false)
            .flag("playlistRole", true)
            .flag("coverArtRole", false)
            .flag("commentRole", false)
            .flag("podcastRole", false)
            .flag("streamRole", true)
            .flag("jukeboxRole", false)
            .flag("shareRole", true)
            .flag("videoConversionRole", false)
            .wholes("folder", [1])
    }
}
