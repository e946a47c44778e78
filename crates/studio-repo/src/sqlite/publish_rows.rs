//! Rows of albums and recordings, and their way from and to the values of the domain.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use studio_domain::{
    Album, AlbumId, AlbumPlace, AlbumTitle, Artwork, AssetKey, LibraryId, ObjectKey, Origin,
    Picture, Position, Recording, RecordingId, RecordingTitle, ReleaseId, SoundPlace, StoredSound,
    Timestamp,
};

use super::error::{Failure, Outcome};
use super::rows::{ArtistRow, digest, slug, uuid};
use super::schema::{albums, recordings};
use super::sound_rows::FormatColumns;
use crate::{AlbumEntry, AlbumLine, RecordingEntry};

const OWN: &str = "own";
const FOUND: &str = "found";
const EMBEDDED: &str = "embedded";

const RELEASE: &str = "release";
const UPLOAD: &str = "upload";
const EXISTING: &str = "existing";
const LIBRARY: &str = "library";

/// An album.
#[derive(Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = albums, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_null = true)]
pub(super) struct AlbumRow {
    pub(super) id: Vec<u8>,
    pub(super) artist_id: Vec<u8>,
    pub(super) artist_key: String,
    title: String,
    pub(super) title_key: String,
    pub(super) slug: String,
    released: Option<String>,
    licence: Option<String>,
    artwork_kind: Option<String>,
    artwork_type: Option<String>,
    artwork_digest: Option<Vec<u8>>,
    artwork_store: Option<String>,
    artwork_key: Option<Vec<u8>>,
    artwork_etag: Option<String>,
    published: bool,
    library_id: Option<Vec<u8>>,
    updated_at: i64,
    year: Option<i32>,
}

impl AlbumRow {
    pub(super) fn new(album: &Album, artist_id: Vec<u8>, slug: String) -> Self {
        let artwork = album.artwork.as_ref().map(ArtworkColumns::of).unwrap_or_default();
        Self {
            id: album.id.as_uuid().as_bytes().to_vec(),
            artist_id,
            artist_key: album.artist.key().to_owned(),
            title: album.title.to_string(),
            title_key: album.title.key().to_owned(),
            slug,
            released: album.released.map(|date| date.to_string()),
            licence: album.licence.map(|licence| licence.as_str().to_owned()),
            artwork_kind: artwork.kind,
            artwork_type: artwork.content_type,
            artwork_digest: own_digest(album.artwork.as_ref()),
            artwork_store: artwork.store,
            artwork_key: artwork.key.map(String::into_bytes),
            artwork_etag: artwork.etag,
            published: album.published,
            library_id: album.library.map(|id| id.as_uuid().as_bytes().to_vec()),
            updated_at: album.updated_at.as_micros(),
            year: album.released.map(|date| date.year().into()),
        }
    }

    /// Whether lines about what is on it say the same of it.
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        (&self.title, self.published) == (&other.title, other.published)
    }

    pub(super) fn into_entry(self, artist: ArtistRow) -> Outcome<AlbumEntry> {
        let artist = artist.into_artist()?;
        let picture_digest = self.artwork_digest.as_deref().map(digest).transpose()?;
        let artwork = ArtworkColumns {
            kind: self.artwork_kind,
            content_type: self.artwork_type,
            digest: picture_digest.map(|digest| digest.to_string()),
            store: self.artwork_store,
            key: self.artwork_key.map(text).transpose()?,
            etag: self.artwork_etag,
        };
        let album = Album {
            id: AlbumId::from_uuid(uuid(&self.id)?),
            artist: artist.name.clone(),
            title: AlbumTitle::new(&self.title).map_err(Failure::bad_row)?,
            released: parsed(self.released.as_deref())?,
            licence: parsed(self.licence.as_deref())?,
            artwork: artwork.into_artwork()?,
            published: self.published,
            library: self.library_id.as_deref().map(uuid).transpose()?.map(LibraryId::from_uuid),
            updated_at: Timestamp::from_micros(self.updated_at),
        };
        Ok(AlbumEntry { album, artist, slug: slug(&self.slug)? })
    }
}

/// A recording.
#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(
    table_name = recordings,
    check_for_backend(diesel::sqlite::Sqlite),
    treat_none_as_null = true
)]
pub(super) struct RecordingRow {
    pub(super) id: Vec<u8>,
    pub(super) artist_id: Vec<u8>,
    artist_key: String,
    title: String,
    title_key: String,
    pub(super) slug: String,
    album_id: Option<Vec<u8>>,
    disc: i32,
    number: i32,
    released: Option<String>,
    licence: Option<String>,
    artwork: Option<String>,
    artwork_digest: Option<Vec<u8>>,
    published: bool,
    origin: String,
    origin_id: Option<Vec<u8>>,
    store: String,
    sound_key: Vec<u8>,
    pub(super) digest: Option<Vec<u8>>,
    pub(super) etag: Option<String>,
    size: i64,
    content_type: String,
    modified_at: i64,
    container: Option<String>,
    codec: Option<String>,
    channels: Option<i32>,
    sample_rate: Option<i64>,
    bits: Option<i32>,
    valid_bits: Option<i32>,
    frames: Option<i64>,
    updated_at: i64,
    genre_key: Option<String>,
}

impl RecordingRow {
    pub(super) fn new(recording: &Recording, artist_id: Vec<u8>, slug: String) -> Outcome<Self> {
        let (origin, origin_id) = match &recording.origin {
            Origin::Release(id) => (RELEASE, Some(id.as_uuid())),
            Origin::Upload => (UPLOAD, None),
            Origin::Existing => (EXISTING, None),
            Origin::Library(id) => (LIBRARY, Some(id.as_uuid())),
        };
        let (digest, etag) = match &recording.sound.place {
            SoundPlace::Own { digest, .. } => (Some(digest.as_bytes().to_vec()), None),
            SoundPlace::Found { etag, .. } => (None, Some(etag.clone())),
        };
        let artwork = recording.artwork.as_ref().map(ArtworkColumns::of);
        let format = recording.sound.format.as_ref().map(FormatColumns::of);
        let position = recording.album.map(|place| place.position).unwrap_or_default();
        Ok(Self {
            id: recording.id.as_uuid().as_bytes().to_vec(),
            artist_id,
            artist_key: recording.artist.key().to_owned(),
            title: recording.title.to_string(),
            title_key: recording.title.key().to_owned(),
            slug,
            album_id: recording.album.map(|place| place.album.as_uuid().as_bytes().to_vec()),
            disc: position.disc.into(),
            number: position.number.into(),
            released: recording.released.map(|date| date.to_string()),
            licence: recording.licence.map(|licence| licence.as_str().to_owned()),
            artwork: artwork.map(|artwork| artwork.to_text()).transpose()?,
            artwork_digest: own_digest(recording.artwork.as_ref()),
            published: recording.published,
            origin: origin.to_owned(),
            origin_id: origin_id.map(|id| id.as_bytes().to_vec()),
            store: recording.sound.place.store().to_string(),
            sound_key: recording.sound.place.key().as_bytes().to_vec(),
            digest,
            etag,
            size: i64::try_from(recording.sound.size).map_err(Failure::bad_row)?,
            content_type: recording.sound.content_type.clone(),
            modified_at: recording.sound.modified_at.as_micros(),
            container: format.as_ref().map(|format| format.container.clone()),
            codec: format.as_ref().map(|format| format.codec.clone()),
            channels: format.as_ref().map(|format| format.channels),
            sample_rate: format.as_ref().map(|format| format.sample_rate),
            bits: format.as_ref().and_then(|format| format.bits),
            valid_bits: format.as_ref().and_then(|format| format.valid_bits),
            frames: format.as_ref().and_then(|format| format.frames),
            updated_at: recording.updated_at.as_micros(),
            genre_key: recording.genre.as_ref().map(|genre| genre.key().to_owned()),
        })
    }

    fn origin(&self) -> Outcome<Origin> {
        let id = self.origin_id.as_deref().map(uuid).transpose()?;
        match (self.origin.as_str(), id) {
            (RELEASE, Some(id)) => Ok(Origin::Release(ReleaseId::from_uuid(id))),
            (UPLOAD, _) => Ok(Origin::Upload),
            (EXISTING, _) => Ok(Origin::Existing),
            (LIBRARY, Some(id)) => Ok(Origin::Library(LibraryId::from_uuid(id))),
            (other, _) => Err(bad(format!("`{other}` is no origin that is known"))),
        }
    }

    fn into_sound(self) -> Outcome<StoredSound> {
        let store = self.store.parse().map_err(Failure::bad_row)?;
        let key = text(self.sound_key)?;
        let place = match (self.digest, self.etag) {
            (Some(bytes), _) => SoundPlace::Own {
                store,
                key: key.parse::<ObjectKey>().map_err(Failure::bad_row)?,
                digest: digest(&bytes)?,
            },
            (None, Some(etag)) => SoundPlace::Found {
                store,
                key: key.parse::<AssetKey>().map_err(Failure::bad_row)?,
                etag,
            },
            (None, None) => return Err(bad("a recording's bytes have no state".to_owned())),
        };
        let format = match (self.container, self.codec, self.channels, self.sample_rate) {
            (Some(container), Some(codec), Some(channels), Some(sample_rate)) => {
                let (bits, valid_bits, frames) = (self.bits, self.valid_bits, self.frames);
                let columns = FormatColumns {
                    container,
                    codec,
                    channels,
                    sample_rate,
                    bits,
                    valid_bits,
                    frames,
                };
                Some(columns.into_format()?)
            }
            _ => None,
        };
        Ok(StoredSound {
            place,
            size: u64::try_from(self.size).map_err(Failure::bad_row)?,
            content_type: self.content_type,
            modified_at: Timestamp::from_micros(self.modified_at),
            format,
        })
    }
}

/// A recording with the names around it.
#[derive(Debug, Queryable)]
pub(super) struct EntryRow {
    pub(super) recording: RecordingRow,
    pub(super) artist: ArtistRow,
    pub(super) album_title: Option<String>,
    pub(super) album_slug: Option<String>,
    pub(super) album_artwork: Option<String>,
    pub(super) album_published: Option<bool>,
    pub(super) album_artist_id: Option<Vec<u8>>,
    pub(super) album_artist: Option<String>,
    pub(super) album_artist_slug: Option<String>,
    pub(super) genre: Option<String>,
}

impl EntryRow {
    pub(super) fn into_entry(self) -> Outcome<RecordingEntry> {
        let Self { recording: row, artist, .. } = self;
        let artist = artist.into_artist()?;
        let album_id = row.album_id.as_deref().map(uuid).transpose()?.map(AlbumId::from_uuid);
        let names = (
            (album_id, self.album_title, self.album_slug, self.album_published),
            (self.album_artist_id, self.album_artist, self.album_artist_slug),
        );
        let album = match names {
            (
                (Some(id), Some(title), Some(album_slug), Some(published)),
                (Some(artist_id), Some(name), Some(artist_slug)),
            ) => Some(AlbumLine {
                id,
                title: AlbumTitle::new(&title).map_err(Failure::bad_row)?,
                slug: slug(&album_slug)?,
                artist: ArtistRow::new(artist_id, name, artist_slug).into_artist()?,
                has_artwork: self.album_artwork.is_some(),
                published,
            }),
            _ => None,
        };
        let slug = slug(&row.slug)?;
        let place = match album_id {
            Some(album) => Some(AlbumPlace {
                album,
                position: Position {
                    disc: u16::try_from(row.disc).map_err(Failure::bad_row)?,
                    number: u16::try_from(row.number).map_err(Failure::bad_row)?,
                },
            }),
            None => None,
        };
        let recording = Recording {
            id: RecordingId::from_uuid(uuid(&row.id)?),
            artist: artist.name.clone(),
            title: RecordingTitle::new(&row.title).map_err(Failure::bad_row)?,
            album: place,
            released: parsed(row.released.as_deref())?,
            genre: parsed(self.genre.as_deref())?,
            licence: parsed(row.licence.as_deref())?,
            artwork: match &row.artwork {
                Some(text) => ArtworkColumns::from_text(text)?.into_artwork()?,
                None => None,
            },
            published: row.published,
            origin: row.origin()?,
            updated_at: Timestamp::from_micros(row.updated_at),
            sound: row.into_sound()?,
        };
        Ok(RecordingEntry { recording, artist, slug, album })
    }
}

/// A picture, in columns or as one JSON text.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct ArtworkColumns {
    pub(super) kind: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) digest: Option<String>,
    pub(super) store: Option<String>,
    pub(super) key: Option<String>,
    pub(super) etag: Option<String>,
}

impl ArtworkColumns {
    fn of(artwork: &Artwork) -> Self {
        let mut columns =
            Self { content_type: Some(artwork.content_type.clone()), ..Self::default() };
        let kind = match &artwork.picture {
            Picture::Own(digest) => {
                columns.digest = Some(digest.to_string());
                OWN
            }
            Picture::Found { store, key, etag } => {
                columns.lies_at(store.to_string(), key, etag);
                FOUND
            }
            Picture::Embedded { store, key, etag } => {
                columns.lies_at(store.to_string(), key, etag);
                EMBEDDED
            }
        };
        columns.kind = Some(kind.to_owned());
        columns
    }

    fn lies_at(&mut self, store: String, key: &AssetKey, etag: &str) {
        self.store = Some(store);
        self.key = Some(key.to_string());
        self.etag = Some(etag.to_owned());
    }

    fn to_text(&self) -> Outcome<String> {
        serde_json::to_string(self).map_err(Failure::bad_row)
    }

    fn from_text(text: &str) -> Outcome<Self> {
        serde_json::from_str(text).map_err(Failure::bad_row)
    }

    pub(super) fn into_artwork(self) -> Outcome<Option<Artwork>> {
        let Some(kind) = self.kind else { return Ok(None) };
        let content_type = self.content_type.unwrap_or_default();
        let picture = match (kind.as_str(), self.digest, self.store, self.key, self.etag) {
            (OWN, Some(digest), ..) => Picture::Own(digest.parse().map_err(Failure::bad_row)?),
            (FOUND, _, Some(store), Some(key), Some(etag)) => Picture::Found {
                store: store.parse().map_err(Failure::bad_row)?,
                key: key.parse().map_err(Failure::bad_row)?,
                etag,
            },
            (EMBEDDED, _, Some(store), Some(key), Some(etag)) => Picture::Embedded {
                store: store.parse().map_err(Failure::bad_row)?,
                key: key.parse().map_err(Failure::bad_row)?,
                etag,
            },
            (other, ..) => return Err(bad(format!("`{other}` is no picture that is known"))),
        };
        Ok(Some(Artwork { picture, content_type }))
    }
}

/// The digest of a picture in the studio's own store.
fn own_digest(artwork: Option<&Artwork>) -> Option<Vec<u8>> {
    match artwork.map(|artwork| &artwork.picture) {
        Some(Picture::Own(digest)) => Some(digest.as_bytes().to_vec()),
        _ => None,
    }
}

pub(super) fn text(bytes: Vec<u8>) -> Outcome<String> {
    String::from_utf8(bytes).map_err(Failure::bad_row)
}

fn parsed<T>(text: Option<&str>) -> Outcome<Option<T>>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.map(str::parse).transpose().map_err(Failure::bad_row)
}

fn bad(text: String) -> Failure {
    Failure::BadRow(text.into())
}
