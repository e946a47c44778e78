//! What the world gets to hear: albums and recordings, their pictures, playlists, and the
//! libraries of music that lie in buckets of others.

mod date;
mod licence;
mod profile;
mod sketch;
mod sound;

pub use self::date::{ParseDateError, ReleaseDate};
pub use self::licence::Licence;
pub use self::profile::{ParseWebLinkError, Profile, WebLink};
pub use self::sketch::Sketch;
pub use self::sound::{SoundPlace, StoredSound};

use crate::{
    AlbumId, AlbumTitle, ArtistId, ArtistName, AssetKey, Digest, GenreName, LibraryId, PlaylistId,
    PlaylistName, RecordingId, RecordingTitle, ReleaseId, StoreUrl, Timestamp,
};

/// Recordings of one artist that belong together.
///
/// Everything but its slug, which the catalogue gives when it takes it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Album {
    /// Identity.
    pub id: AlbumId,
    /// Whose it is.
    pub artist: ArtistName,
    /// Unique for the artist.
    pub title: AlbumTitle,
    /// When it came out, as far as that is known.
    pub released: Option<ReleaseDate>,
    /// What others may do with it, if that was said.
    pub licence: Option<Licence>,
    /// Its cover.
    pub artwork: Option<Artwork>,
    /// Whether everybody may see it.
    pub published: bool,
    /// The library that it was found in; `None` for what was made here.
    pub library: Option<LibraryId>,
    /// When anything of it was last changed.
    pub updated_at: Timestamp,
}

/// A released piece of audio: on an album, or a single.
///
/// Everything but its slug, which the catalogue gives when it takes it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Identity.
    pub id: RecordingId,
    /// Whose it is. On an album of several artists another one than the album's.
    pub artist: ArtistName,
    /// What it is called.
    pub title: RecordingTitle,
    /// The album that it is on; `None` for a single.
    pub album: Option<AlbumPlace>,
    /// When it came out, as far as that is known.
    pub released: Option<ReleaseDate>,
    /// The kind of music that it is, if that was said.
    pub genre: Option<GenreName>,
    /// What others may do with it, if that was said.
    pub licence: Option<Licence>,
    /// Its own picture; without one it has its album's.
    pub artwork: Option<Artwork>,
    /// Whether everybody may hear it.
    pub published: bool,
    /// What it came from.
    pub origin: Origin,
    /// Where its bytes lie, and what they are.
    pub sound: StoredSound,
    /// When anything of it was last changed.
    pub updated_at: Timestamp,
}

/// A place on an album.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlbumPlace {
    /// The album.
    pub album: AlbumId,
    /// The place on it.
    pub position: Position,
}

/// The place of a recording on its album. Several can have the same; their titles decide then.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The disc, from 1; 0 where there are no discs.
    pub disc: u16,
    /// The number on the disc, from 1; 0 where it is not known.
    pub number: u16,
}

/// What a recording came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The mix of a release.
    Release(ReleaseId),
    /// A file that was uploaded as it is.
    Upload,
    /// An object that was in the bucket before, taken in by somebody.
    Existing,
    /// An object that the scan of a library found.
    Library(LibraryId),
}

/// A picture, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artwork {
    /// Where.
    pub picture: Picture,
    /// Its media type (RFC 6838).
    pub content_type: String,
}

/// Where a picture lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// In an object of the studio's own store.
    Own(Digest),
    /// In an object of a library, such as `Artist/Album/cover.jpg`.
    Found {
        /// The library's store.
        store: StoreUrl,
        /// The object.
        key: AssetKey,
        /// The state that it was found in.
        etag: String,
    },
    /// Within the file of sound that is this object of a library.
    Embedded {
        /// The library's store.
        store: StoreUrl,
        /// The object.
        key: AssetKey,
        /// The state that it was found in.
        etag: String,
    },
}

/// Recordings in the order in which somebody wants to hear them; one can be there twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playlist {
    /// Identity.
    pub id: PlaylistId,
    /// Unique in the studio.
    pub name: PlaylistName,
    /// The recordings.
    pub recordings: Vec<RecordingId>,
    /// When anything of it was last changed.
    pub updated_at: Timestamp,
}

/// A place where music lies that is played in place: `Artist/Album/NN Title.ext`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// Identity.
    pub id: LibraryId,
    /// The bucket with the prefix, or the directory. Unique in the studio.
    pub url: StoreUrl,
    /// When it was first scanned.
    pub added_at: Timestamp,
    /// When a scan of it last came to its end.
    pub scanned_at: Option<Timestamp>,
}

/// Somebody or something that other catalogues of music know too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectId {
    /// An artist.
    Artist(ArtistId),
    /// An album.
    Album(AlbumId),
}
