//! The words and rules of the studio, as pure values.
//!
//! An [`Artist`] records many [`Song`]s, a song has many [`Track`]s (one
//! instrument or voice each), and a track has many [`Version`]s: immutable
//! takes, named by their [`VersionTag`]. The bytes of a version are one object,
//! stored under an [`ObjectKey`] made of their [`Digest`]. A [`Pick`] says which version of
//! a track is the one, a [`Release`] freezes the picks of a song with their mix. What the world
//! hears is a [`Recording`], on an [`Album`] or by itself.
//!
//! Nothing here does I/O, reads a clock or knows a serialisation format: the
//! crates around this one do, and depend on it.

mod account;
mod asset;
mod audio;
mod checksum;
mod choice;
mod credentials;
pub mod delivery;
mod entity;
mod id;
mod level;
mod listener;
mod name;
mod object_key;
mod publication;
mod release;
mod rendition;
mod slug;
mod store_url;
mod timestamp;

pub use account::{
    Account, ApiToken, AppKey, AuditEntry, EmailAddress, EmailAddressError, Identity, PasswordHash,
    Role, Scope, Scopes, Session,
};
pub use asset::{
    Asset, AssetEvent, AssetFacts, AssetKey, AssetPlace, AssetPlaceError, AssetStatus, BucketName,
    DeletionOrder, EventKind, Moment, ObjectState, Quarantined, Reason, Sequencer, SequencerError,
    duration,
};
pub use audio::{
    AudioFormat, BitDepth, Codec, Container, Loudness, Measured, ParseKindError, SoundFacts,
};
pub use checksum::{AudioDigest, Crc64Nvme, Digest, ParseChecksumError};
pub use choice::{
    MAX_NOTE_CHARS, Mark, Note, NoteError, Pick, PickedVersion, Said, Selection, SongPath, Status,
    TrackPath, VersionDetails,
};
pub use credentials::CredentialProblem;
pub use entity::{
    Artist, Check, Damage, NewVersion, Song, Track, TrashedVersion, Version, VersionPath,
};
pub use id::{
    AccountId, AlbumId, ApiTokenId, AppKeyId, ArtistId, AssetId, AuditId, LibraryId, MarkId,
    OrderId, OwnPlaylistId, PickId, PlaylistId, QuarantineId, RecordingId, ReleaseId, RemovalId,
    ReservationId, SessionId, ShareId, SongId, TrackId, VersionId,
};
pub use level::{Decibels, Pan, ParseLevelError};
pub use listener::{Bookmark, Marks, OwnPlaylist, PlayQueue, Rating, Share, Shared, Subject};
pub use name::{
    AlbumTitle, ArtistName, DeviceName, GenreName, MAX_NAME_CHARS, NameError, NameKind,
    NameProblem, PersonName, PlaylistName, RecordingTitle, ReleaseName, SongTitle, TrackName,
    UserName, VersionTag,
};
pub use object_key::{
    ALBUMS, BACKUPS, DISCOGS, DiscogsDocument, KeyKind, MARKS, MAX_KEY_BYTES, OBJECTS, ObjectKey,
    ObjectKeyError, PICKS, PLAYLISTS, RECORDINGS, RELEASES, RENDITIONS, TOMBSTONES,
    VERSION_MANIFESTS,
};
pub use publication::{
    Album, AlbumPlace, Artwork, Library, Licence, Origin, ParseDateError, ParseWebLinkError,
    Picture, Playlist, Position, Profile, Recording, ReleaseDate, Sketch, SoundPlace, StoredSound,
    SubjectId, WebLink,
};
pub use release::{Mix, Release, Stem, StemLevel};
pub use rendition::{ParseRenditionError, RenditionKind};
pub use slug::{MAX_SLUG_CHARS, ParseSlugError, Slug};
pub use store_url::{StoreUrl, StoreUrlError};
pub use timestamp::Timestamp;
