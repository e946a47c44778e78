//! Artists, albums, recordings.

use serde::{Deserialize, Serialize};
use studio_domain::ReleaseDate;
use utoipa::ToSchema;

use super::super::AudioFormat;
use crate::format_time;

/// Somebody who records songs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a11", "name": "Khruangbin", "slug": "khruangbin"
}))]
pub struct Artist {
    /// UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// The name, unique in the studio.
    pub name: String,
    /// What stands for it in addresses.
    pub slug: String,
}

/// A part of a listing of artists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArtistPage {
    /// The artists, by name.
    pub items: Vec<Artist>,
    /// What to give as `after` for the part that follows; null at the end.
    pub next: Option<String>,
}

/// What others may do with something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "cc-by-4.0", "title": "CC BY 4.0",
    "url": "https://creativecommons.org/licenses/by/4.0/"
}))]
pub struct Licence {
    /// Its name in SPDX, in lower case, or `all-rights-reserved`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Where its text stands.
    pub url: Option<String>,
}

/// An album, without what is on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a12", "title": "Con Todo El Mundo",
    "slug": "con-todo-el-mundo",
    "artist": {
        "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a11", "name": "Khruangbin", "slug": "khruangbin"
    },
    "released": "2018-01-26", "licence": null,
    "artwork": "/api/v1/albums/019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a12/artwork",
    "published": true, "updated_at": "2026-11-21T22:09:20.123456Z"
}))]
pub struct Album {
    /// UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// The title, unique for the artist.
    pub title: String,
    /// What stands for it in addresses, below its artist.
    pub slug: String,
    /// Whose it is.
    pub artist: Artist,
    /// When it came out: a year, a month or a day, as far as that is known.
    pub released: Option<String>,
    /// What others may do with it, if that was said.
    pub licence: Option<Licence>,
    /// The address of its cover.
    pub artwork: Option<String>,
    /// Whether everybody may see it.
    pub published: bool,
    /// When anything of it was last changed (RFC 3339).
    pub updated_at: String,
}

/// A part of a listing of albums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlbumPage {
    /// The albums, by artist and title.
    pub items: Vec<Album>,
    /// What to give as `after` for the part that follows; null at the end.
    pub next: Option<String>,
}

/// An album with all that is on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlbumSheet {
    /// The album.
    #[serde(flatten)]
    pub album: Album,
    /// What is on it: by disc, number and title.
    pub recordings: Vec<Recording>,
}

/// What a recording tells of its album.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlbumLine {
    /// UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// The title.
    pub title: String,
    /// What stands for it in addresses, below its artist.
    pub slug: String,
    /// Whose it is; on an album of several artists not always the recording's.
    pub artist: Artist,
}

/// A released piece of audio: on an album, or a single.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a13", "title": "Evan Finds the Third Room",
    "slug": "evan-finds-the-third-room",
    "artist": {
        "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a11", "name": "Khruangbin", "slug": "khruangbin"
    },
    "album": {
        "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a12", "title": "Con Todo El Mundo",
        "slug": "con-todo-el-mundo",
        "artist": {
            "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a11", "name": "Khruangbin",
            "slug": "khruangbin"
        }
    },
    "disc": null, "number": 8, "released": "2018-01-26", "genre": "Soul", "licence": null,
    "published": true,
    "size": 43_118_592, "content_type": "audio/wav",
    "audio": {
        "container": "wav", "codec": "pcm", "channel_count": 2, "sample_rate": 44_100,
        "bits_per_sample": 16, "valid_bits_per_sample": 16, "frame_count": 10_779_637,
        "duration": "244.43621315192744"
    },
    "stream": "/api/v1/recordings/019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a13/stream",
    "artwork": "/api/v1/albums/019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a12/artwork",
    "updated_at": "2026-11-21T22:09:20.123456Z"
}))]
pub struct Recording {
    /// UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What stands for it in addresses, below its artist.
    pub slug: String,
    /// Whose it is.
    pub artist: Artist,
    /// The album that it is on; null for a single.
    pub album: Option<AlbumLine>,
    /// The disc, from 1; null where there are no discs.
    #[schema(minimum = 1)]
    pub disc: Option<u16>,
    /// The number on the disc, from 1; null where it is not known.
    #[schema(minimum = 1)]
    pub number: Option<u16>,
    /// When it came out: a year, a month or a day, as far as that is known.
    pub released: Option<String>,
    /// The kind of music that it is, if that was said.
    pub genre: Option<String>,
    /// What others may do with it, if that was said.
    pub licence: Option<Licence>,
    /// Whether everybody may hear it.
    pub published: bool,
    /// Bytes.
    pub size: u64,
    /// Their media type.
    pub content_type: String,
    /// What their header says, if it could be read.
    pub audio: Option<AudioFormat>,
    /// The address of its sound.
    pub stream: String,
    /// The address of its picture, or of its album's.
    pub artwork: Option<String>,
    /// When anything of it was last changed (RFC 3339).
    pub updated_at: String,
}

/// A part of a listing of recordings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordingPage {
    /// The recordings, by artist and title.
    pub items: Vec<Recording>,
    /// What to give as `after` for the part that follows; null at the end.
    pub next: Option<String>,
}

impl From<&studio_domain::Artist> for Artist {
    fn from(artist: &studio_domain::Artist) -> Self {
        Self {
            id: artist.id.to_string(),
            name: artist.name.to_string(),
            slug: artist.slug.to_string(),
        }
    }
}

impl From<studio_domain::Licence> for Licence {
    fn from(licence: studio_domain::Licence) -> Self {
        Self {
            id: licence.to_string(),
            title: licence.title().to_owned(),
            url: licence.url().map(str::to_owned),
        }
    }
}

/// The address of the picture of an album or a recording.
fn artwork(kind: &str, id: &impl std::fmt::Display) -> String {
    format!("/api/v1/{kind}/{id}/artwork")
}

impl Album {
    /// An album of an artist.
    pub fn new(
        album: &studio_domain::Album,
        slug: &studio_domain::Slug,
        artist: &studio_domain::Artist,
    ) -> Self {
        Self {
            id: album.id.to_string(),
            title: album.title.to_string(),
            slug: slug.to_string(),
            artist: artist.into(),
            released: album.released.as_ref().map(ReleaseDate::to_string),
            licence: album.licence.map(Licence::from),
            artwork: album.artwork.as_ref().map(|_| artwork("albums", &album.id)),
            published: album.published,
            updated_at: format_time(album.updated_at),
        }
    }
}

impl AlbumLine {
    /// An album of an artist.
    pub fn new(
        id: studio_domain::AlbumId,
        title: &studio_domain::AlbumTitle,
        slug: &studio_domain::Slug,
        artist: &studio_domain::Artist,
    ) -> Self {
        Self {
            id: id.to_string(),
            title: title.to_string(),
            slug: slug.to_string(),
            artist: artist.into(),
        }
    }
}

impl Recording {
    /// A recording of an artist; on an album if that is to be seen, which may have a cover.
    pub fn new(
        recording: &studio_domain::Recording,
        slug: &studio_domain::Slug,
        artist: &studio_domain::Artist,
        album: Option<AlbumLine>,
        album_has_cover: bool,
    ) -> Self {
        let own = recording.artwork.as_ref().map(|_| artwork("recordings", &recording.id));
        let shared = album.as_ref().filter(|_| album_has_cover);
        let shared = shared.map(|album| artwork("albums", &album.id));
        let place = recording.album.filter(|_| album.is_some());
        let position = place.map(|place| place.position).unwrap_or_default();
        Self {
            id: recording.id.to_string(),
            title: recording.title.to_string(),
            slug: slug.to_string(),
            artist: artist.into(),
            album,
            disc: Some(position.disc).filter(|&disc| disc > 0),
            number: Some(position.number).filter(|&number| number > 0),
            released: recording.released.as_ref().map(ReleaseDate::to_string),
            genre: recording.genre.as_ref().map(ToString::to_string),
            licence: recording.licence.map(Licence::from),
            published: recording.published,
            size: recording.sound.size,
            content_type: recording.sound.content_type.clone(),
            audio: recording.sound.format.as_ref().map(AudioFormat::from),
            stream: format!("/api/v1/recordings/{}/stream", recording.id),
            artwork: own.or(shared),
            updated_at: format_time(recording.updated_at),
        }
    }
}
