//! Albums, recordings and playlists, as those who make them see them.

use async_trait::async_trait;
use studio_domain::{
    Album, AlbumId, AlbumTitle, Artist, ArtistName, Digest, Playlist, PlaylistId, PlaylistName,
    Recording, RecordingId, Slug, StoreUrl,
};

use crate::Result;

/// An album as the catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlbumEntry {
    /// The album.
    pub album: Album,
    /// Whose it is.
    pub artist: Artist,
    /// Unique for the artist.
    pub slug: Slug,
}

/// A recording as the catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingEntry {
    /// The recording.
    pub recording: Recording,
    /// Whose it is.
    pub artist: Artist,
    /// Unique for the artist.
    pub slug: Slug,
    /// The album that it is on.
    pub album: Option<AlbumLine>,
}

/// What a recording tells of its album.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlbumLine {
    /// The album.
    pub id: AlbumId,
    /// Its title.
    pub title: AlbumTitle,
    /// Its slug, below that of its artist.
    pub slug: Slug,
    /// Whose it is.
    pub artist: Artist,
    /// Whether it has a cover.
    pub has_artwork: bool,
    /// Whether everybody may see it.
    pub published: bool,
}

/// The part of a catalogue that keeps what is released: albums and recordings.
///
/// As with [`CatalogRepo`](crate::CatalogRepo), every method is one transaction, names are
/// compared by their case-folded form, and each method can fail with
/// [`Error::Busy`](crate::Error::Busy), [`Error::Full`](crate::Error::Full) or
/// [`Error::Backend`](crate::Error::Backend) besides the errors named. An artist who is not
/// there yet comes with the first album or recording, and goes with the last of all that is
/// theirs. What can be searched follows in the same transaction.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PublishRepo: Send + Sync {
    /// Takes an album in, or takes its new state for the one that is there with its
    /// identity. Its slug stays as it is as long as its artist and its title do.
    ///
    /// # Errors
    /// [`AlbumExists`](crate::Error::AlbumExists) when its artist has another one of that
    /// title;
    /// [`BeingRemoved`](crate::Error::BeingRemoved) when its picture is on its way out, as of
    /// its `updated_at`.
    async fn put_album(&self, album: &Album) -> Result<AlbumEntry>;

    /// The album with an identity.
    async fn album(&self, id: AlbumId) -> Result<Option<AlbumEntry>>;

    /// The album of an artist with a title.
    async fn album_titled(
        &self,
        artist: &ArtistName,
        title: &AlbumTitle,
    ) -> Result<Option<AlbumEntry>>;

    /// Takes an album out. Idempotent.
    ///
    /// # Errors
    /// [`AlbumInUse`](crate::Error::AlbumInUse) as long as recordings are on it.
    async fn remove_album(&self, id: AlbumId) -> Result<()>;

    /// Takes recordings in, or takes their new states for those that are there with their
    /// identities; all of them or none. A slug stays as it is as long as artist and title do.
    ///
    /// # Errors
    /// [`NoAlbum`](crate::Error::NoAlbum) when one is to be on an album that is not there;
    /// [`BeingRemoved`](crate::Error::BeingRemoved) when the object or the picture of one is
    /// on its way out, as of its `updated_at`.
    async fn put_recordings(&self, recordings: &[Recording]) -> Result<Vec<RecordingEntry>>;

    /// The recording with an identity.
    async fn recording(&self, id: RecordingId) -> Result<Option<RecordingEntry>>;

    /// The recordings of an artist with a title, by their albums' titles and positions, singles
    /// first; at most 100.
    async fn recordings_titled(
        &self,
        artist: &ArtistName,
        title: &studio_domain::RecordingTitle,
    ) -> Result<Vec<RecordingEntry>>;

    /// Takes a recording out, and out of the playlists. Idempotent.
    async fn remove_recording(&self, id: RecordingId) -> Result<()>;

    /// Takes the own objects of albums and recordings for such of another store from now on.
    async fn move_published(
        &self,
        albums: &[AlbumId],
        recordings: &[RecordingId],
        store: &StoreUrl,
    ) -> Result<()>;

    /// Whether an object of the studio's own store is a recording's bytes or a picture of
    /// something published.
    async fn is_published_object(&self, digest: &Digest) -> Result<bool>;
}

/// The part of a catalogue that keeps playlists.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PlaylistRepo: Send + Sync {
    /// Takes a playlist in, or takes its new state for the one with its identity.
    ///
    /// # Errors
    /// [`PlaylistExists`](crate::Error::PlaylistExists) when another one has that name;
    /// [`NoRecording`](crate::Error::NoRecording) for the first of its recordings that is
    /// not there.
    async fn put_playlist(&self, playlist: &Playlist) -> Result<()>;

    /// The playlist with an identity.
    async fn playlist(&self, id: PlaylistId) -> Result<Option<Playlist>>;

    /// The playlist with a name.
    async fn playlist_named(&self, name: &PlaylistName) -> Result<Option<Playlist>>;

    /// Playlists by their names, with how many recordings each has: at most `limit` of those
    /// after `after`.
    #[cfg_attr(feature = "mock", mockall::concretize)]
    async fn playlists(
        &self,
        after: Option<&PlaylistName>,
        limit: u32,
    ) -> Result<Vec<(PlaylistId, PlaylistName, u32)>>;

    /// The recordings of a playlist in its order, as far as they are to be seen: those from
    /// the place `from` on, at most `limit`, each with its place.
    async fn playlist_recordings(
        &self,
        id: PlaylistId,
        from: u32,
        limit: u32,
        published_only: bool,
    ) -> Result<Vec<(u32, RecordingEntry)>>;

    /// Takes a playlist out. Idempotent.
    async fn remove_playlist(&self, id: PlaylistId) -> Result<()>;
}
