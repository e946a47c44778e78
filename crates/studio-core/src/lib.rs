//! The use cases of the studio, on a facade that other programs can embed.
//!
//! [`Studio`] joins a catalogue ([`CatalogRepo`]) and a store ([`BlobStore`]): it uploads
//! a file as a new version of a track, finds and lists versions, and gives back the very
//! same bytes.
//!
//! ```
//! use std::sync::Arc;
//! use studio_core::{Download, Job, Studio, Upload, VersionFilter, VersionPath};
//! use studio_core::{MemoryStore, PageRequest, SqliteCatalog};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let studio = Studio::new(
//!     Arc::new(SqliteCatalog::in_memory()?),
//!     Arc::new(MemoryStore::new()),
//! );
//!
//! let session = tempfile::tempdir()?;
//! let take = session.path().join("drums_take_3.wav");
//! std::fs::write(&take, b"tchk tchk boom")?;
//!
//! let path = VersionPath {
//!     artist: "Khruangbin".parse()?,
//!     song: "Evan Enters the Third Room".parse()?,
//!     track: "DJ's Drums".parse()?,
//!     tag: "take_three".parse()?,
//! };
//! let job = Job::default();
//! let uploaded = studio.upload(&Upload { path: path.clone(), file: take }, &job).await?;
//! assert_eq!(uploaded.version.size, 14);
//!
//! let all = studio
//!     .versions(&VersionFilter::All, PageRequest { after: None, limit: 10 })
//!     .await?;
//! assert_eq!(all.items, [uploaded.version]);
//!
//! let target = session.path().join("final.wav");
//! let request = Download { path, target: target.clone(), overwrite: false };
//! studio.download(&request, &job).await?;
//! assert_eq!(std::fs::read(&target)?, b"tchk tchk boom");
//! # Ok(())
//! # }
//! ```
//!
//! With `default-features = false` neither diesel nor the AWS SDK is in the tree; the
//! program brings its own [`CatalogRepo`] then, and has [`MemoryStore`] and [`FileStore`].

pub mod access;
mod asset;
mod care;
mod choose;
#[cfg(feature = "discogs")]
pub mod discogs;
mod download;
mod error;
mod identity;
mod import;
pub mod ingest;
mod job;
mod lease;
pub mod library;
mod link;
mod listen;
pub mod listener;
mod manifest;
mod pace;
pub mod playback;
mod publish;
mod query;
mod rate;
mod release;
pub mod rendition;
mod scratch;
mod shelf;
mod sketches;
mod sound;
mod step;
pub mod store_test;
mod studio;
mod transfer;
mod upload;

pub use asset::{AssetList, Assets, Change, Registration, Relay, RelayOptions, RelayWatch};
pub use care::{
    BackedUp, Backup, Budget, Choice, Cleared, Clearing, Conflict, Depth, Diagnosis, Emptied,
    Examination, Finding, Outcome, Problem, Published, Recovered, Scrubbed, Treatment, Verified,
};
pub use choose::{Marked, PickSheet, Picked, PickedTrack, Standing};
pub use download::{Download, DownloadPlan, Downloaded, check_target};
pub use error::{Error, ErrorKind, Result};
pub use import::{
    Export, ExportOutcome, ExportPlan, Exported, ExportedFile, FailedFile, Import, ImportPlan,
    ImportPreview, Imported, ImportedFile, Pattern, PatternError, PlannedFile, Reading, Refusal,
    RefusedFile,
};
pub use job::{Event, Job, Phase, Progress};
pub use link::Link;
pub use listen::Listening;
pub use publish::{
    Added, AlbumChange, AlbumChanges, MAX_PICTURE_FILE, MAX_PICTURE_SIDE, NewAlbum, NewRecording,
    OfAlbum, PlaylistChange, PlaylistSheet, RecordingChange, RecordingChanges, SoundSource, Wanted,
    WhichRecording,
};
pub use query::Neighbours;
pub use rate::RateLimit;
pub use release::{
    Audition, AuditionPlan, Credit, Delivered, DeliveredFile, Delivery, DeliveryPlan, FileKind,
    Flaw, MixFile, MixSettings, Obstacle, PlannedMix, ReleasePlan, ReleaseRequest, Rendered,
    VerifiedRelease,
};
pub use shelf::{ArtistRef, Part, PlaylistRefusal, Shelf, playlist_revision};
pub use sketches::{Drawn, Sketches};
pub use sound::{Analysed, Checked, Compared, Probed, Subject, is_in_spool, probe_file};
pub use store_test::{StoreReport, test_store};
pub use studio::{LEAST_PART, MOST_PARALLEL, MOST_PART, Repositories, Studio, TransferOptions};
pub use studio_blob::{BlobStore, Error as StoreError, FileStore, LONGEST_LINK, MemoryStore};
#[cfg(feature = "s3")]
pub use studio_blob::{Encryption, S3Intake, S3Settings, S3Store, StorageClass};
pub use studio_domain::{
    Album, AlbumId, AlbumPlace, AlbumTitle, Artist, ArtistId, ArtistName, Artwork, Asset,
    AssetEvent, AssetFacts, AssetId, AssetKey, AssetPlace, AssetStatus, AudioDigest, AudioFormat,
    BitDepth, BucketName, Check, Codec, Container, Crc64Nvme, Damage, Decibels, Digest, GenreName,
    Licence, Loudness, Mark, Measured, Mix, NameError, NameKind, NewVersion, Note, ObjectKey,
    ObjectState, Origin, Pan, ParseDateError, ParseKindError, PersonName, Pick, PickedVersion,
    Picture, Playlist, PlaylistId, PlaylistName, Position, QuarantineId, Quarantined, Reason,
    Recording, RecordingId, RecordingTitle, Release, ReleaseDate, ReleaseName, Said, Selection,
    Slug, Song, SongPath, SongTitle, SoundFacts, SoundPlace, Status, Stem, StemLevel, StoreUrl,
    StoredSound, SubjectId, Timestamp, Track, TrackName, TrackPath, TrashedVersion, Version,
    VersionDetails, VersionId, VersionPath, VersionTag,
};
#[cfg(feature = "sqlite")]
pub use studio_repo::SqliteCatalog;
pub use studio_repo::{CatalogRepo, Error as CatalogError, Page, PageRequest, VersionFilter};
pub use tokio_util::sync::CancellationToken;
pub use transfer::fingerprint::Fingerprint;
// All that somebody needs who implements a catalogue or a store.
pub use upload::{Upload, UploadOutcome, UploadPlan, Uploaded, Warning};
pub use {studio_audio as audio, studio_blob as blob, studio_queue as queue, studio_repo as repo};
