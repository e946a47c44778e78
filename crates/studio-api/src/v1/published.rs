//! Albums, recordings and playlists: in the answers of commands, and in the store.
//!
//! What is released can change, unlike a version or a release: its manifest is replaced, and
//! the one with the later `updated_at` counts. One with a `removed_at` says that it was taken
//! out, so that no older copy of the catalogue brings it back.

use serde::{Deserialize, Serialize};
use studio_domain::{
    AlbumPlace, Origin, Picture, Position, ReleaseDate, SoundPlace, StoredSound, Timestamp,
};

use super::{AudioFormat, InvalidField, ManifestError, check_format};
use crate::{ParseTimeError, format_time, parse_time};

/// The most recordings that a playlist in a manifest has.
pub const MOST_IN_PLAYLIST: usize = 100_000;

/// Something that a manifest tells, and whether it was taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<T> {
    /// Its last state.
    pub value: T,
    /// When it was taken out; `None` as long as it is there.
    pub removed_at: Option<Timestamp>,
}

impl<T> Told<T> {
    /// Of something that is there.
    pub fn there(value: T) -> Self {
        Self { value, removed_at: None }
    }
}

/// An album. In the store it stands under `published/albums/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlbumManifest {
    /// Always [`AlbumManifest::FORMAT`].
    pub format: String,
    /// UUID.
    pub id: String,
    /// The artist's name.
    pub artist: String,
    /// Its title, unique for the artist.
    pub title: String,
    /// When it came out: a year, a month or a day (ISO 8601); null when that is not known.
    pub released: Option<String>,
    /// What others may do with it, such as `cc-by-4.0`; null when that was not said.
    pub licence: Option<String>,
    /// Its cover.
    pub artwork: Option<ArtworkPlace>,
    /// Whether everybody may see it.
    pub published: bool,
    /// UUID of the library that it was found in; null for what was made here.
    #[serde(default)]
    pub library_id: Option<String>,
    /// When anything of it was last changed, in RFC 3339.
    pub updated_at: String,
    /// When it was taken out, in RFC 3339; null as long as it is there.
    #[serde(default)]
    pub removed_at: Option<String>,
}

/// A recording. In the store it stands under `published/recordings/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingManifest {
    /// Always [`RecordingManifest::FORMAT`].
    pub format: String,
    /// UUID.
    pub id: String,
    /// The artist's name.
    pub artist: String,
    /// What it is called.
    pub title: String,
    /// UUID of the album that it is on; null for a single.
    pub album_id: Option<String>,
    /// The disc, from 1; 0 where there are no discs.
    #[serde(default)]
    pub disc: u16,
    /// The number on the disc, from 1; 0 where it has none.
    #[serde(default)]
    pub number: u16,
    /// When it came out: a year, a month or a day (ISO 8601); null when that is not known.
    pub released: Option<String>,
    /// The kind of music that it is; null when that was not said.
    #[serde(default)]
    pub genre: Option<String>,
    /// What others may do with it; null when that was not said.
    pub licence: Option<String>,
    /// Its own picture; null when it has its album's.
    pub artwork: Option<ArtworkPlace>,
    /// Whether everybody may hear it.
    pub published: bool,
    /// What it came from: `release`, `upload`, `existing` or `library`.
    pub origin: String,
    /// UUID of that release or library; null for the others.
    pub origin_id: Option<String>,
    /// Its bytes.
    pub sound: SoundFile,
    /// When anything of it was last changed, in RFC 3339.
    pub updated_at: String,
    /// When it was taken out, in RFC 3339; null as long as it is there.
    #[serde(default)]
    pub removed_at: Option<String>,
}

/// The bytes of a recording: an object of the studio's own has a `sha256`, one of a library
/// that is played where it lies has an `etag`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoundFile {
    /// The store that has them.
    pub store: String,
    /// The object in that store.
    pub object_key: String,
    /// SHA-256 of the bytes.
    pub sha256: Option<String>,
    /// The state that the object was found in.
    pub etag: Option<String>,
    /// Bytes.
    pub size: u64,
    /// Their media type.
    pub content_type: String,
    /// When they came there, in RFC 3339.
    pub modified_at: String,
    /// What their header says; null where it could not be read.
    pub audio: Option<AudioFormat>,
}

/// A picture: an own object has a `sha256`, one of a library a store, a key and an `etag`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtworkPlace {
    /// `own`, `found` (an object of a library) or `embedded` (within a file of a library).
    pub kind: String,
    /// Its media type.
    pub content_type: String,
    /// SHA-256 of an own one.
    pub sha256: Option<String>,
    /// The library's store.
    pub store: Option<String>,
    /// The object in that store.
    pub object_key: Option<String>,
    /// The state that the object was found in.
    pub etag: Option<String>,
}

/// A playlist. In the store it stands under `published/playlists/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaylistManifest {
    /// Always [`PlaylistManifest::FORMAT`].
    pub format: String,
    /// UUID.
    pub id: String,
    /// Its name, unique in the studio.
    pub name: String,
    /// UUIDs of the recordings, in order.
    pub recordings: Vec<String>,
    /// When anything of it was last changed, in RFC 3339.
    pub updated_at: String,
    /// When it was taken out, in RFC 3339; null as long as it is there.
    #[serde(default)]
    pub removed_at: Option<String>,
}

type Field<T> = Result<T, InvalidField>;

fn time(text: &str, field: &'static str) -> Field<Timestamp> {
    parse_time(text).map_err(InvalidField::of::<ParseTimeError>(field))
}

fn removed(text: Option<&str>) -> Field<Option<Timestamp>> {
    text.map(|text| time(text, "removed_at")).transpose()
}

/// A field that may be missing, parsed.
fn optional<T: std::str::FromStr>(text: Option<&str>, field: &'static str) -> Field<Option<T>>
where
    T::Err: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    text.map(str::parse).transpose().map_err(InvalidField::of(field))
}

/// A field that must be there in this case, parsed.
fn needed<T: std::str::FromStr>(text: Option<&String>, field: &'static str) -> Field<T>
where
    T::Err: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    match text {
        Some(text) => text.parse().map_err(InvalidField::of(field)),
        None => Err(InvalidField::of(field)("it is missing")),
    }
}

impl From<&studio_domain::Artwork> for ArtworkPlace {
    fn from(artwork: &studio_domain::Artwork) -> Self {
        let content_type = artwork.content_type.clone();
        let found = |kind: &str, store: &studio_domain::StoreUrl, key: &str, etag: &str| Self {
            kind: kind.to_owned(),
            content_type: content_type.clone(),
            sha256: None,
            store: Some(store.to_string()),
            object_key: Some(key.to_owned()),
            etag: Some(etag.to_owned()),
        };
        match &artwork.picture {
            Picture::Own(digest) => Self {
                kind: "own".to_owned(),
                content_type: content_type.clone(),
                sha256: Some(digest.to_string()),
                store: None,
                object_key: None,
                etag: None,
            },
            Picture::Found { store, key, etag } => found("found", store, key.as_str(), etag),
            Picture::Embedded { store, key, etag } => found("embedded", store, key.as_str(), etag),
        }
    }
}

impl TryFrom<&ArtworkPlace> for studio_domain::Artwork {
    type Error = InvalidField;

    fn try_from(wire: &ArtworkPlace) -> Field<Self> {
        let etag = || wire.etag.clone().ok_or("it is missing").map_err(InvalidField::of("etag"));
        let picture = match wire.kind.as_str() {
            "own" => Picture::Own(needed(wire.sha256.as_ref(), "sha256")?),
            "found" => Picture::Found {
                store: needed(wire.store.as_ref(), "store")?,
                key: needed(wire.object_key.as_ref(), "object_key")?,
                etag: etag()?,
            },
            "embedded" => Picture::Embedded {
                store: needed(wire.store.as_ref(), "store")?,
                key: needed(wire.object_key.as_ref(), "object_key")?,
                etag: etag()?,
            },
            _ => return Err(InvalidField::of("kind")("it is own, found or embedded")),
        };
        Ok(Self { picture, content_type: wire.content_type.clone() })
    }
}

impl From<&StoredSound> for SoundFile {
    fn from(sound: &StoredSound) -> Self {
        let (sha256, etag) = match &sound.place {
            SoundPlace::Own { digest, .. } => (Some(digest.to_string()), None),
            SoundPlace::Found { etag, .. } => (None, Some(etag.clone())),
        };
        Self {
            store: sound.place.store().to_string(),
            object_key: sound.place.key().to_owned(),
            sha256,
            etag,
            size: sound.size,
            content_type: sound.content_type.clone(),
            modified_at: format_time(sound.modified_at),
            audio: sound.format.as_ref().map(AudioFormat::from),
        }
    }
}

impl TryFrom<&SoundFile> for StoredSound {
    type Error = InvalidField;

    fn try_from(wire: &SoundFile) -> Field<Self> {
        let store = wire.store.parse().map_err(InvalidField::of("store"))?;
        let place = match (&wire.sha256, &wire.etag) {
            (Some(digest), None) => SoundPlace::Own {
                store,
                key: wire.object_key.parse().map_err(InvalidField::of("object_key"))?,
                digest: digest.parse().map_err(InvalidField::of("sha256"))?,
            },
            (None, Some(etag)) => SoundPlace::Found {
                store,
                key: wire.object_key.parse().map_err(InvalidField::of("object_key"))?,
                etag: etag.clone(),
            },
            _ => return Err(InvalidField::of("sha256")("either it or an etag is there")),
        };
        // No catalogue counts further, and no file is as large.
        if i64::try_from(wire.size).is_err() {
            return Err(InvalidField::of("size")("it is larger than any file"));
        }
        let format = wire.audio.as_ref().map(studio_domain::AudioFormat::try_from).transpose()?;
        Ok(Self {
            place,
            size: wire.size,
            content_type: wire.content_type.clone(),
            modified_at: time(&wire.modified_at, "modified_at")?,
            format,
        })
    }
}

impl From<&studio_domain::Album> for AlbumManifest {
    fn from(album: &studio_domain::Album) -> Self {
        Self {
            format: Self::FORMAT.to_owned(),
            id: album.id.to_string(),
            artist: album.artist.to_string(),
            title: album.title.to_string(),
            released: album.released.as_ref().map(ReleaseDate::to_string),
            licence: album.licence.map(|licence| licence.to_string()),
            artwork: album.artwork.as_ref().map(ArtworkPlace::from),
            published: album.published,
            library_id: album.library.map(|id| id.to_string()),
            updated_at: format_time(album.updated_at),
            removed_at: None,
        }
    }
}

impl TryFrom<&AlbumManifest> for studio_domain::Album {
    type Error = InvalidField;

    fn try_from(wire: &AlbumManifest) -> Field<Self> {
        let artwork = wire.artwork.as_ref().map(studio_domain::Artwork::try_from).transpose()?;
        Ok(Self {
            id: wire.id.parse().map_err(InvalidField::of("id"))?,
            artist: wire.artist.parse().map_err(InvalidField::of("artist"))?,
            title: wire.title.parse().map_err(InvalidField::of("title"))?,
            released: optional(wire.released.as_deref(), "released")?,
            licence: optional(wire.licence.as_deref(), "licence")?,
            artwork,
            published: wire.published,
            library: optional(wire.library_id.as_deref(), "library_id")?,
            updated_at: time(&wire.updated_at, "updated_at")?,
        })
    }
}

impl AlbumManifest {
    /// Names this format and its version.
    pub const FORMAT: &'static str = "studio.album/1";

    /// An album as JSON.
    pub fn encode(told: &Told<studio_domain::Album>) -> String {
        let removed_at = told.removed_at.map(format_time);
        super::pretty(&Self { removed_at, ..Self::from(&told.value) })
    }

    /// Reads an album. Whatever the bytes are, this returns.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn decode(json: &[u8]) -> Result<Told<studio_domain::Album>, ManifestError> {
        check_format(json, Self::FORMAT)?;
        let wire: Self = serde_json::from_slice(json).map_err(ManifestError::Json)?;
        let removed_at = removed(wire.removed_at.as_deref())?;
        Ok(Told { value: studio_domain::Album::try_from(&wire)?, removed_at })
    }
}

impl From<&studio_domain::Recording> for RecordingManifest {
    fn from(recording: &studio_domain::Recording) -> Self {
        let position = recording.album.map(|place| place.position).unwrap_or_default();
        let (origin, origin_id) = match recording.origin {
            Origin::Release(id) => ("release", Some(id.to_string())),
            Origin::Upload => ("upload", None),
            Origin::Existing => ("existing", None),
            Origin::Library(id) => ("library", Some(id.to_string())),
        };
        Self {
            format: Self::FORMAT.to_owned(),
            id: recording.id.to_string(),
            artist: recording.artist.to_string(),
            title: recording.title.to_string(),
            album_id: recording.album.map(|place| place.album.to_string()),
            disc: position.disc,
            number: position.number,
            released: recording.released.as_ref().map(ReleaseDate::to_string),
            genre: recording.genre.as_ref().map(ToString::to_string),
            licence: recording.licence.map(|licence| licence.to_string()),
            artwork: recording.artwork.as_ref().map(ArtworkPlace::from),
            published: recording.published,
            origin: origin.to_owned(),
            origin_id,
            sound: SoundFile::from(&recording.sound),
            updated_at: format_time(recording.updated_at),
            removed_at: None,
        }
    }
}

impl TryFrom<&RecordingManifest> for studio_domain::Recording {
    type Error = InvalidField;

    fn try_from(wire: &RecordingManifest) -> Field<Self> {
        let position = Position { disc: wire.disc, number: wire.number };
        let album = optional(wire.album_id.as_deref(), "album_id")?;
        let artwork = wire.artwork.as_ref().map(studio_domain::Artwork::try_from).transpose()?;
        let origin = match wire.origin.as_str() {
            "release" => Origin::Release(needed(wire.origin_id.as_ref(), "origin_id")?),
            "upload" => Origin::Upload,
            "existing" => Origin::Existing,
            "library" => Origin::Library(needed(wire.origin_id.as_ref(), "origin_id")?),
            _ => {
                let problem = "it is release, upload, existing or library";
                return Err(InvalidField::of("origin")(problem));
            }
        };
        Ok(Self {
            id: wire.id.parse().map_err(InvalidField::of("id"))?,
            artist: wire.artist.parse().map_err(InvalidField::of("artist"))?,
            title: wire.title.parse().map_err(InvalidField::of("title"))?,
            album: album.map(|album| AlbumPlace { album, position }),
            released: optional(wire.released.as_deref(), "released")?,
            genre: optional(wire.genre.as_deref(), "genre")?,
            licence: optional(wire.licence.as_deref(), "licence")?,
            artwork,
            published: wire.published,
            origin,
            sound: StoredSound::try_from(&wire.sound)?,
            updated_at: time(&wire.updated_at, "updated_at")?,
        })
    }
}

impl RecordingManifest {
    /// Names this format and its version.
    pub const FORMAT: &'static str = "studio.recording/1";

    /// A recording as JSON.
    pub fn encode(told: &Told<studio_domain::Recording>) -> String {
        let removed_at = told.removed_at.map(format_time);
        super::pretty(&Self { removed_at, ..Self::from(&told.value) })
    }

    /// Reads a recording. Whatever the bytes are, this returns.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn decode(json: &[u8]) -> Result<Told<studio_domain::Recording>, ManifestError> {
        check_format(json, Self::FORMAT)?;
        let wire: Self = serde_json::from_slice(json).map_err(ManifestError::Json)?;
        let removed_at = removed(wire.removed_at.as_deref())?;
        Ok(Told { value: studio_domain::Recording::try_from(&wire)?, removed_at })
    }
}

impl From<&studio_domain::Playlist> for PlaylistManifest {
    fn from(playlist: &studio_domain::Playlist) -> Self {
        Self {
            format: Self::FORMAT.to_owned(),
            id: playlist.id.to_string(),
            name: playlist.name.to_string(),
            recordings: playlist.recordings.iter().map(ToString::to_string).collect(),
            updated_at: format_time(playlist.updated_at),
            removed_at: None,
        }
    }
}

impl TryFrom<&PlaylistManifest> for studio_domain::Playlist {
    type Error = InvalidField;

    fn try_from(wire: &PlaylistManifest) -> Field<Self> {
        if wire.recordings.len() > MOST_IN_PLAYLIST {
            return Err(InvalidField::of("recordings")("there are too many"));
        }
        let recordings: Result<Vec<_>, _> = wire.recordings.iter().map(|id| id.parse()).collect();
        Ok(Self {
            id: wire.id.parse().map_err(InvalidField::of("id"))?,
            name: wire.name.parse().map_err(InvalidField::of("name"))?,
            recordings: recordings.map_err(InvalidField::of("recordings"))?,
            updated_at: time(&wire.updated_at, "updated_at")?,
        })
    }
}

impl PlaylistManifest {
    /// Names this format and its version.
    pub const FORMAT: &'static str = "studio.playlist/1";

    /// A playlist as JSON.
    pub fn encode(told: &Told<studio_domain::Playlist>) -> String {
        let removed_at = told.removed_at.map(format_time);
        super::pretty(&Self { removed_at, ..Self::from(&told.value) })
    }

    /// Reads a playlist. Whatever the bytes are, this returns.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn decode(json: &[u8]) -> Result<Told<studio_domain::Playlist>, ManifestError> {
        check_format(json, Self::FORMAT)?;
        let wire: Self = serde_json::from_slice(json).map_err(ManifestError::Json)?;
        let removed_at = removed(wire.removed_at.as_deref())?;
        Ok(Told { value: studio_domain::Playlist::try_from(&wire)?, removed_at })
    }
}
