//! What can go wrong with a catalogue.

use std::io;
use std::path::PathBuf;

use studio_domain::{
    AlbumId, AlbumTitle, ArtistName, AssetId, DeviceName, Digest, EmailAddress, NameKind,
    ObjectKey, PlaylistName, QuarantineId, RecordingId, Release, ReleaseName, RemovalId,
    ReservationId, SongPath, Timestamp, TrackName, UserName, Version, VersionId, VersionPath,
};

/// The result of a catalogue operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the catalogue.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no version at this place.
    #[error("{}", describe_missing(path, *missing))]
    NotFound {
        /// The place.
        path: Box<VersionPath>,
        /// The first of its names, from the artist on, that is not in the catalogue.
        missing: NameKind,
    },
    /// The place has a version with other bytes, and versions are immutable; or what was to
    /// be taken back from the trash has its place taken, by whatever bytes.
    #[error("version {} is stored already{}", existing.path, describe_bytes(existing, offered))]
    VersionExists {
        /// The version that is there.
        existing: Box<Version>,
        /// SHA-256 of the bytes that were refused.
        offered: Digest,
    },
    /// Somebody else is uploading other bytes to the same place.
    #[error("another upload to version {path} is under way, with other bytes")]
    PlaceTaken {
        /// The place.
        path: Box<VersionPath>,
        /// When that claim ends, unless it is renewed.
        until: Timestamp,
    },
    /// A claim is gone: its lease ended, and something else came to its place or took its
    /// bytes; or the version that it was for has been thrown away.
    #[error("this upload was held up, and lost its claim meanwhile")]
    ClaimLost {
        /// The claim.
        reservation: ReservationId,
    },
    /// A page was asked for that begins after a version the catalogue does not have.
    #[error("no version has the id {id}, so no page can begin after it")]
    UnknownCursor {
        /// The id.
        id: VersionId,
    },
    /// There is no such version in the trash.
    #[error("no version with the id {id} is in the trash")]
    NotInTrash {
        /// The id.
        id: VersionId,
    },
    /// Somebody is removing this object from its store.
    #[error("object {object_key} is being removed")]
    BeingRemoved {
        /// The object.
        object_key: ObjectKey,
        /// When that ends at the latest, done or not.
        until: Timestamp,
    },
    /// A removal is gone: it was carried out.
    #[error("removal {id} has been carried out already")]
    RemovalGone {
        /// The removal.
        id: RemovalId,
    },
    /// The song has another release of this name.
    #[error("release {name} of {song} exists already", song = existing.song, name = existing.name)]
    ReleaseExists {
        /// The release that is there.
        existing: Box<Release>,
    },
    /// There is no such release.
    #[error("no release {name} of {song}")]
    NoRelease {
        /// The song.
        song: Box<SongPath>,
        /// The name.
        name: ReleaseName,
    },
    /// Another version of a track was picked while its pick was being released.
    #[error("another version of {track} has been picked meanwhile")]
    PickChanged {
        /// The track.
        track: TrackName,
    },
    /// A release uses this version, so it is kept.
    #[error("version {version} is part of release {name}, which keeps it")]
    InRelease {
        /// The version.
        version: Box<VersionPath>,
        /// The name of the oldest release that uses it.
        name: ReleaseName,
    },
    /// The artist has another album of this title.
    #[error("album \"{title}\" by {artist} exists already")]
    AlbumExists {
        /// The artist.
        artist: Box<ArtistName>,
        /// The title.
        title: Box<AlbumTitle>,
        /// The album that is there.
        id: AlbumId,
    },
    /// There is no such album.
    #[error("no album has the id {id}")]
    NoAlbum {
        /// Its identity.
        id: AlbumId,
    },
    /// Recordings are on the album.
    #[error("there are recordings on album \"{title}\"")]
    AlbumInUse {
        /// Its title.
        title: AlbumTitle,
        /// How many.
        recordings: u64,
    },
    /// There is no such recording.
    #[error("no recording has the id {id}")]
    NoRecording {
        /// Its identity.
        id: RecordingId,
    },
    /// Another playlist has this name.
    #[error("playlist \"{name}\" exists already")]
    PlaylistExists {
        /// The name.
        name: PlaylistName,
    },
    /// A page of the shelf was asked for that begins after something the catalogue does not
    /// have.
    #[error("nothing has the id {id}, so no page can begin after it")]
    UnknownShelfCursor {
        /// The id.
        id: String,
    },
    /// Another account has this name, or this address.
    #[error("{}", describe_account(name, email.as_deref()))]
    AccountExists {
        /// The name that was wanted.
        name: Box<UserName>,
        /// The address, if that is what another one has.
        email: Option<Box<EmailAddress>>,
    },
    /// No manager would be left who can come in.
    #[error("a studio keeps at least one manager who can come in")]
    LastManager,
    /// The identity at a provider is that of another account.
    #[error("that identity is linked to another account")]
    IdentityTaken,
    /// The account has another token or app key of this name.
    #[error("there is one called {name} already")]
    TokenExists {
        /// The name.
        name: Box<DeviceName>,
    },
    /// There is no such asset.
    #[error("asset not found: {id}")]
    NoAsset {
        /// Its identity.
        id: AssetId,
    },
    /// The asset is not any more what it was when it was looked at.
    #[error("asset {id} has changed (revision {found})")]
    AssetChanged {
        /// Its identity.
        id: AssetId,
        /// Its revision now.
        found: u64,
    },
    /// There is no such object under quarantine.
    #[error("nothing is under quarantine with the id {id}")]
    NotQuarantined {
        /// Its identity.
        id: QuarantineId,
    },
    /// A copy of the catalogue cannot be put into this file.
    #[error("cannot copy the catalogue to {}", file.display())]
    SnapshotFile {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database was written by a newer studio.
    #[error(
        "database {} was written by a newer studio (schema {found}, this one knows {known})",
        database.display()
    )]
    NewerSchema {
        /// The file.
        database: PathBuf,
        /// Its schema version.
        found: i32,
        /// The newest schema version known here.
        known: i32,
    },
    /// The file is no SQLite database.
    #[error("{} is not a database", database.display())]
    NotADatabase {
        /// The file.
        database: PathBuf,
    },
    /// The file is a database of some other program.
    #[error("{} is a database of another program", database.display())]
    ForeignDatabase {
        /// The file.
        database: PathBuf,
    },
    /// The database cannot be opened or created.
    #[error("cannot open database {}", database.display())]
    CannotOpen {
        /// The file.
        database: PathBuf,
        /// What the database said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another process held the database for too long.
    #[error("cannot {action}: the database is locked by another process")]
    Busy {
        /// What was to be done.
        action: &'static str,
    },
    /// The disk that holds the database is full.
    #[error("cannot {action}: the disk that holds the database is full")]
    Full {
        /// What was to be done.
        action: &'static str,
    },
    /// The database may not be written.
    #[error("cannot {action}: the database is read-only")]
    ReadOnly {
        /// What was to be done.
        action: &'static str,
    },
    /// The disk that holds the database failed.
    #[error("cannot {action}: the disk that holds the database fails")]
    Disk {
        /// What was to be done.
        action: &'static str,
        /// What the database said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database is damaged.
    #[error("cannot {action}: the database is damaged")]
    Damaged {
        /// What was to be done.
        action: &'static str,
        /// What the database said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Anything else that the database said.
    #[error("cannot {action}")]
    Backend {
        /// What was to be done.
        action: &'static str,
        /// What the database said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn describe_missing(path: &VersionPath, missing: NameKind) -> String {
    let VersionPath { artist, song, track, .. } = path;
    match missing {
        NameKind::Artist => format!("no artist {artist}"),
        NameKind::Song => format!("no song \"{song}\" by {artist}"),
        NameKind::Track => format!("no track {track} in \"{song}\" by {artist}"),
        _ => format!("no version {path}"),
    }
}

fn describe_account(name: &UserName, email: Option<&EmailAddress>) -> String {
    match email {
        Some(email) => format!("another account has the e-mail address {email}"),
        None => format!("there is an account {name} already"),
    }
}

fn describe_bytes(existing: &Version, offered: &Digest) -> &'static str {
    match existing.digest == *offered {
        true => "",
        false => ", with other bytes",
    }
}
