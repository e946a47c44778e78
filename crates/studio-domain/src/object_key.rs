//! Keys of stored objects. Every key that studio writes is made here and nowhere else.

use std::fmt;
use std::str::FromStr;

use crate::{
    AlbumId, Digest, MarkId, PickId, PlaylistId, RecordingId, ReleaseId, RenditionKind, Timestamp,
    VersionId,
};

/// The most bytes a key may have (the limit of S3).
pub const MAX_KEY_BYTES: usize = 1024;

/// The name of one object in a store: segments joined by `/`, in UTF-8.
///
/// No segment is empty, `.` or `..`, and none holds a control character, so that a
/// key is also a safe relative path and survives every S3 server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey(String);

/// A text that cannot be a key, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` cannot be an object key: {problem}", key.escape_debug())]
pub struct ObjectKeyError {
    key: String,
    problem: &'static str,
}

impl ObjectKey {
    /// Where the bytes with this digest live: `objects/ab/abcdef…`.
    pub fn of_object(digest: &Digest) -> Self {
        let hex = digest.to_string();
        Self(format!("{OBJECTS}{}/{hex}", &hex[..2]))
    }

    /// Where the manifest of a version lives: `versions/<uuid>.json`.
    pub fn of_version_manifest(id: VersionId) -> Self {
        Self(format!("{VERSION_MANIFESTS}{id}.json"))
    }

    /// Where it stands that a version is in the trash: `trash/<uuid>.json`.
    pub fn of_tombstone(id: VersionId) -> Self {
        Self(format!("{TOMBSTONES}{id}.json"))
    }

    /// Where a copy of the catalogue stands: `backups/<time>-<digest>.db`, the time in
    /// microseconds, so that the keys have the order of the copies.
    pub fn of_backup(taken_at: Timestamp, digest: &Digest) -> Self {
        Self(format!("{BACKUPS}{:020}-{digest}.db", taken_at.as_micros()))
    }

    /// Where it stands that a version was picked: `picks/<uuid>.json`.
    pub fn of_pick(id: PickId) -> Self {
        Self(format!("{PICKS}{id}.json"))
    }

    /// Where the mark that a version was given stands: `marks/<uuid>.json`.
    pub fn of_mark(id: MarkId) -> Self {
        Self(format!("{MARKS}{id}.json"))
    }

    /// Where the manifest of a release lives: `releases/<uuid>.json`.
    pub fn of_release(id: ReleaseId) -> Self {
        Self(format!("{RELEASES}{id}.json"))
    }

    /// Where an answer of Discogs is kept: `discogs/v1/artists/<id>.json` and its like, and
    /// `discogs/v1/searches/<digest>.json`. Unlike all others, such an object is replaced
    /// when a newer answer comes, and nothing is lost with it.
    pub fn of_discogs(entry: DiscogsDocument) -> Self {
        Self(match entry {
            DiscogsDocument::Artist(id) => format!("{DISCOGS}artists/{id}.json"),
            DiscogsDocument::Master(id) => format!("{DISCOGS}masters/{id}.json"),
            DiscogsDocument::Release(id) => format!("{DISCOGS}releases/{id}.json"),
            DiscogsDocument::Search(digest) => format!("{DISCOGS}searches/{digest}.json"),
        })
    }

    /// Where what was made of some bytes lives, such as `renditions/<digest>/flac-1`. The
    /// digest names the source: it is that of its bytes where that is known.
    pub fn of_rendition(source: &Digest, kind: RenditionKind) -> Self {
        Self(format!("{RENDITIONS}{source}/{kind}"))
    }

    /// Where the manifest of an album lives: `published/albums/<uuid>.json`.
    pub fn of_album(id: AlbumId) -> Self {
        Self(format!("{ALBUMS}{id}.json"))
    }

    /// Where the manifest of a recording lives: `published/recordings/<uuid>.json`.
    pub fn of_recording(id: RecordingId) -> Self {
        Self(format!("{RECORDINGS}{id}.json"))
    }

    /// Where the manifest of a playlist lives: `published/playlists/<uuid>.json`.
    pub fn of_playlist(id: PlaylistId) -> Self {
        Self(format!("{PLAYLISTS}{id}.json"))
    }

    /// What stands at this key, by its form. A key of another form than studio makes is
    /// foreign.
    pub fn kind(&self) -> KeyKind {
        self.known_kind().unwrap_or(KeyKind::Foreign)
    }

    fn known_kind(&self) -> Option<KeyKind> {
        fn id<T: FromStr>(text: &str) -> Option<T> {
            text.strip_suffix(".json")?.parse().ok()
        }
        let kind = if let Some(digest) = self.digest() {
            KeyKind::Object(digest)
        } else if let Some(rest) = self.0.strip_prefix(VERSION_MANIFESTS) {
            KeyKind::VersionManifest(id(rest)?)
        } else if let Some(rest) = self.0.strip_prefix(TOMBSTONES) {
            KeyKind::Tombstone(id(rest)?)
        } else if let Some(rest) = self.0.strip_prefix(PICKS) {
            KeyKind::Pick(id(rest)?)
        } else if let Some(rest) = self.0.strip_prefix(MARKS) {
            KeyKind::Mark(id(rest)?)
        } else if let Some(rest) = self.0.strip_prefix(RELEASES) {
            KeyKind::Release(id(rest)?)
        } else if let Some(rest) = self.0.strip_prefix(DISCOGS) {
            KeyKind::Discogs(match rest.split_once('/')? {
                ("artists", rest) => DiscogsDocument::Artist(id(rest)?),
                ("masters", rest) => DiscogsDocument::Master(id(rest)?),
                ("releases", rest) => DiscogsDocument::Release(id(rest)?),
                ("searches", rest) => DiscogsDocument::Search(id(rest)?),
                _ => return None,
            })
        } else if let Some(rest) = self.0.strip_prefix(RENDITIONS) {
            let (source, kind) = rest.split_once('/')?;
            KeyKind::Rendition { source: source.parse().ok()?, kind: kind.parse().ok()? }
        } else if let Some(rest) = self.0.strip_prefix(ALBUMS) {
            KeyKind::Album(id(rest)?)
        } else if let Some(rest) = self.0.strip_prefix(RECORDINGS) {
            KeyKind::Recording(id(rest)?)
        } else if let Some(rest) = self.0.strip_prefix(PLAYLISTS) {
            KeyKind::Playlist(id(rest)?)
        } else {
            let rest = self.0.strip_prefix(BACKUPS)?.strip_suffix(".db")?;
            let (micros, digest) = rest.split_once('-')?;
            let taken_at = Timestamp::from_micros(micros.parse().ok()?);
            KeyKind::Backup { taken_at, digest: digest.parse().ok()? }
        };
        // Other spellings of the same name are not ours: a key is made in one way.
        (self.made_again(&kind).as_ref() == Some(self)).then_some(kind)
    }

    fn made_again(&self, kind: &KeyKind) -> Option<Self> {
        match kind {
            KeyKind::Object(digest) => Some(Self::of_object(digest)),
            KeyKind::VersionManifest(id) => Some(Self::of_version_manifest(*id)),
            KeyKind::Tombstone(id) => Some(Self::of_tombstone(*id)),
            KeyKind::Pick(id) => Some(Self::of_pick(*id)),
            KeyKind::Mark(id) => Some(Self::of_mark(*id)),
            KeyKind::Release(id) => Some(Self::of_release(*id)),
            KeyKind::Discogs(entry) => Some(Self::of_discogs(*entry)),
            KeyKind::Album(id) => Some(Self::of_album(*id)),
            KeyKind::Recording(id) => Some(Self::of_recording(*id)),
            KeyKind::Playlist(id) => Some(Self::of_playlist(*id)),
            KeyKind::Backup { taken_at, digest } => Some(Self::of_backup(*taken_at, digest)),
            KeyKind::Rendition { source, kind } => Some(Self::of_rendition(source, *kind)),
            KeyKind::Foreign => None,
        }
    }

    /// The digest in a key made by [`of_object`](Self::of_object).
    pub fn digest(&self) -> Option<Digest> {
        let (fan, hex) = self.0.strip_prefix(OBJECTS)?.split_once('/')?;
        let digest = hex.parse().ok()?;
        hex.starts_with(fan).then_some(digest).filter(|_| fan.len() == 2)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What stands at a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// The bytes with this digest.
    Object(Digest),
    /// The manifest of a version.
    VersionManifest(VersionId),
    /// That a version is in the trash, or was purged.
    Tombstone(VersionId),
    /// That a version was picked.
    Pick(PickId),
    /// The mark that a version was given.
    Mark(MarkId),
    /// The manifest of a release.
    Release(ReleaseId),
    /// An answer of Discogs, kept.
    Discogs(DiscogsDocument),
    /// The manifest of an album.
    Album(AlbumId),
    /// The manifest of a recording.
    Recording(RecordingId),
    /// The manifest of a playlist.
    Playlist(PlaylistId),
    /// A copy of the catalogue.
    Backup {
        /// When it was taken.
        taken_at: Timestamp,
        /// SHA-256 of its bytes.
        digest: Digest,
    },
    /// What was made of some bytes, and can be made again.
    Rendition {
        /// The digest that names what it was made of.
        source: Digest,
        /// What was made.
        kind: RenditionKind,
    },
    /// Something that studio did not write.
    Foreign,
}

/// What an answer of Discogs is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiscogsDocument {
    /// The artist with this number there.
    Artist(u64),
    /// The master release with this number.
    Master(u64),
    /// The release with this number.
    Release(u64),
    /// The search whose terms have this SHA-256.
    Search(Digest),
}

/// The prefix of every key made by [`ObjectKey::of_object`].
pub const OBJECTS: &str = "objects/";
/// The prefix of every key made by [`ObjectKey::of_version_manifest`].
pub const VERSION_MANIFESTS: &str = "versions/";
/// The prefix of every key made by [`ObjectKey::of_tombstone`].
pub const TOMBSTONES: &str = "trash/";
/// The prefix of every key made by [`ObjectKey::of_pick`].
pub const PICKS: &str = "picks/";
/// The prefix of every key made by [`ObjectKey::of_mark`].
pub const MARKS: &str = "marks/";
/// The prefix of every key made by [`ObjectKey::of_release`].
pub const RELEASES: &str = "releases/";
/// The prefix of every key made by [`ObjectKey::of_album`].
pub const ALBUMS: &str = "published/albums/";
/// The prefix of every key made by [`ObjectKey::of_recording`].
pub const RECORDINGS: &str = "published/recordings/";
/// The prefix of every key made by [`ObjectKey::of_playlist`].
pub const PLAYLISTS: &str = "published/playlists/";
/// The prefix of every key made by [`ObjectKey::of_backup`].
pub const BACKUPS: &str = "backups/";
/// The prefix of every key made by [`ObjectKey::of_discogs`].
pub const DISCOGS: &str = "discogs/v1/";
/// The prefix of every key made by [`ObjectKey::of_rendition`].
pub const RENDITIONS: &str = "renditions/";

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for ObjectKey {
    type Err = ObjectKeyError;

    fn from_str(text: &str) -> Result<Self, ObjectKeyError> {
        match problem_of(text) {
            None => Ok(Self(text.to_owned())),
            Some(problem) => Err(ObjectKeyError { key: text.to_owned(), problem }),
        }
    }
}

fn problem_of(key: &str) -> Option<&'static str> {
    if key.is_empty() {
        return Some("it is empty");
    }
    if key.len() > MAX_KEY_BYTES {
        return Some("it is longer than 1024 bytes");
    }
    if key.chars().any(char::is_control) {
        return Some("it has a control character");
    }
    key.split('/').find_map(|segment| match segment {
        "" => Some("it has an empty segment"),
        "." | ".." => Some("it has a segment of dots"),
        _ => None,
    })
}
