//! What can go wrong in a use case.

mod kind;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use studio_audio::gate::Finding;
use studio_domain::{
    AlbumTitle, ArtistName, AssetPlace, AudioDigest, BucketName, Damage, Digest, PlaylistName,
    RecordingId, RecordingTitle, ReleaseName, SongPath, StoreUrl, SubjectId, Version, VersionPath,
};

use crate::Obstacle;

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of thing went wrong; each frontend has its own number for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// What was asked for makes no sense.
    InvalidInput,
    /// What was asked for is not there.
    NotFound,
    /// Something is there that must not be touched.
    Conflict,
    /// Bytes are not what they should be.
    Integrity,
    /// The store or the database cannot be used now.
    Unavailable,
    /// The job was cancelled.
    Cancelled,
    /// Anything else.
    Failure,
}

/// An error of a use case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The catalogue's word.
    #[error(transparent)]
    Catalog(#[from] studio_repo::Error),
    /// The store's word.
    #[error(transparent)]
    Store(#[from] studio_blob::Error),
    /// A queue's word.
    #[error(transparent)]
    Queue(#[from] studio_queue::Error),
    /// Discogs gave no answer.
    #[cfg(feature = "discogs")]
    #[error(transparent)]
    Discogs(#[from] studio_discogs::Error),
    /// The catalogue has no such artist or album.
    #[error("{}", describe_subject(*subject))]
    NoSubject {
        /// What was asked for.
        subject: SubjectId,
    },
    /// An entry of Discogs that cannot be what it is said to be.
    #[error("this cannot be its entry: {problem}")]
    WrongEntry {
        /// Why.
        problem: &'static str,
    },
    /// Something concerns a bucket that is not one of those that are served.
    #[error("bucket {bucket} is not served here")]
    OtherBucket {
        /// The bucket.
        bucket: BucketName,
    },
    /// Somebody who was to be told of a good asset could not be.
    #[error("{place} was not told of")]
    NotTold {
        /// The asset's place.
        place: AssetPlace,
        /// Whether they cannot be reached now; otherwise they do not want to know.
        unreachable: bool,
        /// What happened.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A folder cannot be watched.
    #[error("cannot watch {}", directory.display())]
    Watch {
        /// The folder.
        directory: PathBuf,
        /// What the system said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What was to be let in cannot go back to its place: something else lies there.
    #[error("something else lies at {place} by now")]
    Occupied {
        /// The place.
        place: AssetPlace,
    },
    /// There is no such file to upload.
    #[error("no file {}", file.display())]
    SourceMissing {
        /// The path as it was given.
        file: PathBuf,
    },
    /// What was to be uploaded is a directory, a pipe or a device.
    #[error("{} is not a file but {what}", file.display())]
    SourceNotAFile {
        /// The path as it was given.
        file: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// There is no such directory to import.
    #[error("no directory {}", directory.display())]
    SourceDirectoryMissing {
        /// The path as it was given.
        directory: PathBuf,
    },
    /// What was to be imported is a file.
    #[error("{} is not a directory", file.display())]
    SourceNotADirectory {
        /// The path as it was given.
        file: PathBuf,
    },
    /// The file to upload cannot be read.
    #[error("cannot read {}", file.display())]
    SourceUnreadable {
        /// The path as it was given.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file changed between two readings; nothing of it was stored as a version.
    #[error("{} changed while it was uploaded", file.display())]
    SourceChanged {
        /// The path as it was given.
        file: PathBuf,
    },
    /// What is at the path to download to is no file that could be replaced.
    #[error("{} is not a file but {what}", target.display())]
    TargetNotAFile {
        /// The path as it was given.
        target: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// There is something at the path to download to.
    #[error("{} exists already", target.display())]
    TargetExists {
        /// The path as it was given.
        target: PathBuf,
    },
    /// Another download of the same version to the same file is under way.
    #[error("another download to {} is under way", target.display())]
    TargetInUse {
        /// The path as it was given.
        target: PathBuf,
    },
    /// The directory to download into is not there.
    #[error("no directory {}", directory.display())]
    TargetDirectoryMissing {
        /// The directory.
        directory: PathBuf,
    },
    /// The disk to download to is full.
    #[error("no space left for {}", target.display())]
    TargetFull {
        /// The path as it was given.
        target: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file to download to cannot be written.
    #[error("cannot write {}", target.display())]
    TargetUnwritable {
        /// The path as it was given.
        target: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The catalogue has the version, but the store has no object for it.
    #[error("the bytes of version {} are not in {configured}", version.path)]
    ObjectMissing {
        /// The version.
        version: Box<Version>,
        /// The store that was asked.
        configured: StoreUrl,
    },
    /// The store gave other bytes than those that were stored.
    #[error("the stored bytes of version {path} are damaged: {detail}")]
    Damaged {
        /// The version's place.
        path: Box<VersionPath>,
        /// What is wrong with them.
        damage: Damage,
        /// How they differ.
        detail: String,
    },
    /// The version's bytes are in another store than the one that is used.
    #[error("version {path} is stored in {store}, not in {configured}")]
    StoredElsewhere {
        /// The version's place.
        path: Box<VersionPath>,
        /// The store that has it.
        store: Box<StoreUrl>,
        /// The store that is used.
        configured: Box<StoreUrl>,
    },
    /// There is nothing at all in the store, though the catalogue has versions in it: it is
    /// not there, rather than damaged.
    #[error("{store} is empty or not there, and should have versions in it")]
    StoreEmpty {
        /// The store.
        store: Box<StoreUrl>,
    },
    /// There is no music at all in a library in which some was known: it is not there, rather
    /// than empty.
    #[error("{url} is empty or not there, and had music in it")]
    LibraryEmpty {
        /// Where it lies.
        url: Box<StoreUrl>,
    },
    /// No library at this place was ever scanned.
    #[error("no library {url}")]
    NoLibrary {
        /// The place.
        url: Box<StoreUrl>,
    },
    /// A copy of the catalogue in the store is not what was put there.
    #[error("the backup {location} is damaged")]
    BackupDamaged {
        /// Its URL.
        location: String,
    },
    /// The object that was just written is not what was sent.
    #[error("object with digest {digest} was not stored as it was sent: {detail}")]
    NotStored {
        /// SHA-256 of what was sent.
        digest: Digest,
        /// How it differs.
        detail: String,
    },
    /// The manifest that stands where this version's belongs cannot be read.
    #[error("the manifest {location} is not one that studio wrote")]
    ForeignManifest {
        /// Its URL.
        location: String,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The sound in some bytes cannot be worked with.
    #[error("cannot work with the sound of {what}")]
    Sound {
        /// What the bytes are.
        what: String,
        /// Why not.
        source: studio_audio::Error,
    },
    /// A file does not keep the rules of the profile that uploads must keep to.
    #[error("{} is refused{}", file.display(), describe_findings(profile, findings))]
    Refused {
        /// The file.
        file: PathBuf,
        /// The profile's name.
        profile: String,
        /// The rules that it breaks.
        findings: Vec<Finding>,
    },
    /// The picks of a song cannot become a release, or be mixed.
    #[error("the picks of {song} cannot be used{}", describe_obstacles(obstacles))]
    NotReleasable {
        /// The song.
        song: Box<SongPath>,
        /// All that is against it.
        obstacles: Vec<Obstacle>,
    },
    /// A release is of another store, which this one has nothing of.
    #[error("release {name} is in another store, {store}, not in {configured}")]
    ReleasedElsewhere {
        /// Its name.
        name: ReleaseName,
        /// Its store.
        store: Box<StoreUrl>,
        /// The store of this studio.
        configured: Box<StoreUrl>,
    },
    /// A directory says what it holds, in words that cannot be read.
    #[error("{} cannot be read", file.display())]
    SessionUnreadable {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file has other sound than the directory says that it has.
    #[error("{} has other sound than was delivered", file.display())]
    NotAsDelivered {
        /// The file.
        file: PathBuf,
    },
    /// The mix of a release, made again, or one of its stems has other samples than were
    /// frozen.
    #[error("{what} has other samples than the release promises (audio digest {found})")]
    NotAsFrozen {
        /// The mix, or the stem's track.
        what: String,
        /// The audio digest of what came.
        found: AudioDigest,
    },
    /// A rendition could not be made, which others may have waited for too.
    #[error("cannot make a rendition of {what}")]
    NotRendered {
        /// What it was to be made of.
        what: String,
        /// Why not.
        source: Arc<Error>,
    },
    /// The artist has no album of that title.
    #[error("no album \"{title}\" by {artist}")]
    NoAlbumTitled {
        /// The artist.
        artist: ArtistName,
        /// The title.
        title: Box<AlbumTitle>,
    },
    /// The artist has no recording of that title, or not on that album.
    #[error("no recording \"{title}\" by {artist}{}", describe_album(album.as_deref()))]
    NoRecordingTitled {
        /// The artist.
        artist: ArtistName,
        /// The title.
        title: Box<RecordingTitle>,
        /// The album that it was to be on.
        album: Option<Box<AlbumTitle>>,
    },
    /// The artist has several recordings of that title.
    #[error("{} recordings by {artist} are called \"{title}\"", ids.len())]
    SeveralRecordings {
        /// The artist.
        artist: ArtistName,
        /// The title.
        title: Box<RecordingTitle>,
        /// Which.
        ids: Vec<RecordingId>,
    },
    /// There is no such playlist.
    #[error("no playlist \"{name}\"")]
    NoPlaylist {
        /// Its name.
        name: PlaylistName,
    },
    /// There is no such place on a playlist.
    #[error("playlist \"{name}\" has no place {place}")]
    NoPlace {
        /// The playlist.
        name: PlaylistName,
        /// The place, from 1.
        place: u32,
    },
    /// There is nothing at a key of the store.
    #[error("there is no object {location}")]
    NoObject {
        /// Its URL.
        location: String,
    },
    /// A file is no picture that can be shown.
    #[error("{} cannot be used as a picture", file.display())]
    Picture {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: studio_audio::Error,
    },
    /// The job was cancelled. Nothing half done is visible; the same job again goes on
    /// with what had been moved.
    #[error("cancelled")]
    Cancelled,
    /// A thread of this program failed.
    #[error("a worker thread failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// What sort of error it is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Catalog(error) => kind::of_catalog(error),
            Self::Store(error) => kind::of_store(error),
            Self::Queue(error) => kind::of_queue(error),
            #[cfg(feature = "discogs")]
            Self::Discogs(error) => kind::of_discogs(error),
            Self::NoSubject { .. } => ErrorKind::NotFound,
            Self::NotRendered { source, .. } => source.kind(),
            Self::NotTold { unreachable: true, .. } => ErrorKind::Unavailable,
            Self::NotTold { .. } => ErrorKind::Failure,
            Self::OtherBucket { .. }
            | Self::WrongEntry { .. }
            | Self::SourceNotAFile { .. }
            | Self::SourceNotADirectory { .. }
            | Self::TargetNotAFile { .. } => ErrorKind::InvalidInput,
            Self::NoAlbumTitled { .. }
            | Self::NoRecordingTitled { .. }
            | Self::NoPlaylist { .. }
            | Self::NoPlace { .. }
            | Self::NoObject { .. }
            | Self::SourceMissing { .. }
            | Self::SourceDirectoryMissing { .. }
            | Self::TargetDirectoryMissing { .. }
            | Self::NoLibrary { .. } => ErrorKind::NotFound,
            Self::SeveralRecordings { .. }
            | Self::Occupied { .. }
            | Self::TargetExists { .. }
            | Self::TargetInUse { .. }
            | Self::StoredElsewhere { .. }
            | Self::ReleasedElsewhere { .. } => ErrorKind::Conflict,
            Self::ObjectMissing { version, configured } if version.store != *configured => {
                ErrorKind::NotFound
            }
            Self::SourceChanged { .. }
            | Self::ObjectMissing { .. }
            | Self::Damaged { .. }
            | Self::NotStored { .. }
            | Self::BackupDamaged { .. }
            | Self::ForeignManifest { .. } => ErrorKind::Integrity,
            Self::NotReleasable { obstacles, .. } => {
                match obstacles.iter().any(Obstacle::concerns_bytes) {
                    true => ErrorKind::Integrity,
                    false => ErrorKind::Conflict,
                }
            }
            Self::NotAsFrozen { .. }
            | Self::NotAsDelivered { .. }
            | Self::SessionUnreadable { .. }
            | Self::Picture { .. }
            | Self::Refused { .. } => ErrorKind::Integrity,
            Self::Sound { source, .. } => match source {
                studio_audio::Error::Io(error) if error.kind() == io::ErrorKind::StorageFull => {
                    ErrorKind::Unavailable
                }
                // Of a kind that this program does not decode; it may be whole.
                studio_audio::Error::Io(_) | studio_audio::Error::Unsupported { .. } => {
                    ErrorKind::Failure
                }
                studio_audio::Error::Mismatch { .. } => ErrorKind::InvalidInput,
                _ => ErrorKind::Integrity,
            },
            Self::Cancelled => ErrorKind::Cancelled,
            Self::TargetFull { .. }
            | Self::StoreEmpty { .. }
            | Self::LibraryEmpty { .. }
            | Self::Watch { .. } => ErrorKind::Unavailable,
            Self::SourceUnreadable { .. } | Self::TargetUnwritable { .. } | Self::Internal(_) => {
                ErrorKind::Failure
            }
        }
    }
}

fn describe_album(album: Option<&AlbumTitle>) -> String {
    album.map(|album| format!(" on \"{album}\"")).unwrap_or_default()
}

fn describe_findings(profile: &str, findings: &[Finding]) -> String {
    match findings {
        [] => format!(" by profile `{profile}`"),
        all => {
            let details: Vec<&str> = all.iter().map(|finding| finding.detail.as_str()).collect();
            format!(" by profile `{profile}`: {}", details.join("; "))
        }
    }
}

fn describe_obstacles(obstacles: &[Obstacle]) -> String {
    match obstacles {
        [one] => format!(": {one}"),
        many => format!(" for {} reasons", many.len()),
    }
}

fn describe_subject(subject: SubjectId) -> String {
    match subject {
        SubjectId::Artist(id) => format!("no artist has the id {id}"),
        SubjectId::Album(id) => format!("no album has the id {id}"),
    }
}
