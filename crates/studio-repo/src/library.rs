//! What scans of libraries know, and how recordings are linked to other catalogues of music.

use async_trait::async_trait;
use studio_domain::{
    Album, AssetKey, Library, LibraryId, Recording, RecordingId, StoreUrl, SubjectId, Timestamp,
};

use crate::Result;

/// What a scan knows of an object: while these are the same, it isn't read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScannedObject {
    /// The object, without the prefix of the library.
    pub key: AssetKey,
    /// The state in which it was read.
    pub etag: String,
    /// How many bytes it has.
    pub size: u64,
    /// The recording that it is; `None` for pictures, and for what is no music.
    pub recording: Option<RecordingId>,
    /// Why it is no recording though its name says so; for people.
    pub problem: Option<String>,
}

/// What came of reading one object of a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanResult {
    /// The object as it was read.
    pub object: ScannedObject,
    /// The recording that it is now. Its identity is [`ScannedObject::recording`]. What people
    /// said of one that is there (published, licence) stays.
    pub recording: Option<Recording>,
    /// The album of the recording. If its artist has one of that title, that one is taken
    /// instead, and the recording goes onto it; then what this one says of artwork and date
    /// fills what is empty there.
    pub album: Option<Album>,
}

/// How far a scan has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LibraryCounts {
    /// Objects known.
    pub objects: u64,
    /// Recordings among them.
    pub recordings: u64,
    /// Those that could not be read as music though their names say so.
    pub problems: u64,
}

/// The part of a catalogue that knows libraries: buckets and directories whose music is played
/// in place. Errors as in [`CatalogRepo`](crate::CatalogRepo).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait LibraryRepo: Send + Sync {
    /// Takes a library in; the one with its URL, if there is one, is returned as it is.
    async fn add_library(&self, library: &Library) -> Result<Library>;

    /// All libraries by URL, with what is in them.
    async fn libraries(&self) -> Result<Vec<(Library, LibraryCounts)>>;

    /// The library at a URL.
    async fn library_at(&self, url: &StoreUrl) -> Result<Option<Library>>;

    /// What is known of the objects whose keys come after `after` in the order of their
    /// bytes, up to and with `last`; at most `limit`.
    #[cfg_attr(feature = "mock", mockall::concretize)]
    async fn scanned_between(
        &self,
        library: LibraryId,
        after: Option<&AssetKey>,
        last: Option<&AssetKey>,
        limit: u32,
    ) -> Result<Vec<ScannedObject>>;

    /// Records what reading some objects gave, in one transaction: objects, albums,
    /// recordings, what can be searched.
    async fn record_scan(&self, library: LibraryId, results: &[ScanResult]) -> Result<()>;

    /// Forgets objects that are gone: their recordings go out of the shelf and the playlists,
    /// and albums of this library that nothing is on any more go too. Returns how many
    /// recordings went.
    async fn forget_scanned(&self, library: LibraryId, keys: &[AssetKey]) -> Result<u64>;

    /// Records that a scan came to its end.
    async fn finish_scan(&self, library: LibraryId, at: Timestamp) -> Result<()>;

    /// Takes a library out with all that it brought; nothing in the bucket is touched.
    /// Returns how many recordings went.
    async fn remove_library(&self, library: LibraryId) -> Result<u64>;
}

/// Who says which entry of Discogs something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SaidBy {
    /// A comparison of names.
    Match,
    /// A person; only a person's word replaces it.
    Person,
}

/// Which entry of Discogs something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiscogsLink {
    /// What it is about.
    pub subject: SubjectId,
    /// The entry; `None` if there is none, or none was good enough.
    pub entry: Option<DiscogsEntry>,
    /// How alike the names are, from 0 to 1000; 1000 where a person said it.
    pub score: u16,
    /// Who says so.
    pub said_by: SaidBy,
    /// When it was said.
    pub said_at: Timestamp,
    /// When the entry was last asked for.
    pub looked_at: Timestamp,
}

/// An entry of Discogs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DiscogsEntry {
    /// An artist.
    Artist(u64),
    /// A master: all releases of one album.
    Master(u64),
    /// A release: one edition of an album.
    Release(u64),
}

/// The part of a catalogue that knows which entries of Discogs artists and albums are. Errors
/// as in [`CatalogRepo`](crate::CatalogRepo).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait LinkRepo: Send + Sync {
    /// What is said of a subject.
    async fn discogs_link(&self, subject: SubjectId) -> Result<Option<DiscogsLink>>;

    /// Records what is said, unless a person said something and this is not a person's word.
    /// Returns what holds now.
    async fn put_discogs_link(&self, link: &DiscogsLink) -> Result<DiscogsLink>;

    /// Takes back what was said. Idempotent.
    async fn remove_discogs_link(&self, subject: SubjectId) -> Result<()>;

    /// Artists whose entry was never asked for, or last before `before`: the longest ago
    /// first, at most `limit`, with their names.
    async fn artists_to_look_at(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<studio_domain::Artist>>;

    /// Records that the entry of a subject was asked for.
    async fn looked_at(&self, subject: SubjectId, at: Timestamp) -> Result<()>;
}
