//! What the JSON API tells of artists, of what is released, and of what is worked on.
//!
//! Nothing here names a store or an object in it: sound and pictures have addresses of the
//! API. Addresses are paths on the host that was asked.

mod playlist;
mod released;
mod search;
mod work;

pub use self::playlist::{
    MOST_IN_PLAYLIST, Playlist, PlaylistBody, PlaylistLine, PlaylistPage, PlaylistPlace,
    PlaylistPlacePage,
};
pub use self::released::{
    Album, AlbumLine, AlbumPage, AlbumSheet, Artist, ArtistPage, Licence, Recording, RecordingPage,
};
pub use self::search::{Hit, HitKind, HitPage};
pub use self::work::{
    Pick, PickPage, Release, ReleaseLine, ReleasePage, Song, SongPage, Stem, Track, TrackPage,
    Version, VersionPage,
};
