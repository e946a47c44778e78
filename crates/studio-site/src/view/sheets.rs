//! The pages of artists, albums and recordings, and the players to be put into other pages.

use askama::Template;
use serde_json::{Value, json};
use studio_domain::{AudioFormat, Licence, Profile, WebLink};
use studio_repo::{AlbumPage, ArtistSheet, RecordingSheet};

use super::TRACKS;
use super::card::Card;
use super::lists::rendered;
use super::page::{Page, in_script};
use super::track::{Listed, Track, Tracks, length_of, tracks};
use crate::Site;
use crate::links::{CoverOf, CoverSide, Links, Place};
use crate::prose::{Prose, summary};
use crate::time::{self, Length};

/// The most characters of a description for those who link to a page.
const SUMMARY: usize = 200;

/// What others may do with something.
struct Permission {
    title: &'static str,
    /// Where its text stands.
    url: Option<&'static str>,
    /// Where this site tells of it.
    about: String,
}

impl Permission {
    fn of(licence: Licence) -> Self {
        Self { title: licence.title(), url: licence.url(), about: Links::licence(licence) }
    }
}

#[derive(Template)]
#[template(path = "artist.html")]
struct ArtistTemplate {
    page: Page,
    name: String,
    url: String,
    biography: Option<Prose>,
    links: Vec<WebLink>,
    featured: Tracks,
    albums: Vec<Card>,
    more_albums: bool,
    singles: Tracks,
    picture: String,
}

#[derive(Template)]
#[template(path = "album.html")]
struct AlbumTemplate {
    page: Page,
    title: String,
    url: String,
    artist: String,
    artist_url: String,
    picture: String,
    released: Option<(String, String)>,
    length: Option<Length>,
    count: usize,
    permission: Option<Permission>,
    description: Option<Prose>,
    tracks: Tracks,
    /// Where the tracks before and behind these are.
    previous: Option<String>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "recording.html")]
struct RecordingTemplate {
    page: Page,
    track: Track,
    artist_url: String,
    album: Option<(String, String)>,
    picture: String,
    released: Option<(String, String)>,
    genre: Option<String>,
    sound: String,
    loudness: Option<String>,
    permission: Option<Permission>,
    description: Option<Prose>,
}

#[derive(Template)]
#[template(path = "embed.html")]
struct EmbedTemplate {
    page: Page,
    title: String,
    url: String,
    artist: String,
    picture: String,
    tracks: Tracks,
}

impl Site {
    /// The page of an artist, with `limit` albums; one more tells that others follow.
    pub fn artist(&self, sheet: &ArtistSheet, limit: usize) -> String {
        let ArtistSheet { artist, profile, featured, albums, singles } = sheet;
        let place = Place::Artist(artist.slug.clone());
        let url = place.path();
        let Profile { biography, links } = profile;
        let shown = albums.get(..limit).unwrap_or(albums);
        let cover = |side| {
            let newest = albums.iter().find(|entry| entry.album.artwork.is_some())?;
            let of = CoverOf::Album(newest.album.id);
            Links::cover(of, newest.album.artwork.as_ref(), side)
        };
        let description = biography.as_ref().map(|text| summary(text, SUMMARY));
        let json = json!({
            "@context": "https://schema.org",
            "@type": "MusicGroup",
            "name": artist.name.as_str(),
            "url": self.links.whole(&url),
            "sameAs": links.iter().map(WebLink::as_str).collect::<Vec<_>>(),
        });
        let page = Page {
            kind: "profile",
            description: description.unwrap_or_else(|| format!("Music by {}.", artist.name)),
            image: cover(CoverSide::Card1200).map(|path| self.links.whole(&path)),
            json_ld: Some(in_script(&json)),
            feeds: Some(url.clone()),
            ..Page::new(self, artist.name.as_str(), &url)
        };
        let listed = Listed { of_one_artist: true, ..Listed::default() };
        rendered(&ArtistTemplate {
            page,
            name: artist.name.to_string(),
            biography: biography.as_ref().map(Prose::of),
            links: links.clone(),
            featured: tracks(featured, listed),
            albums: shown.iter().map(|entry| Card::of_album(entry, false)).collect(),
            more_albums: albums.len() > shown.len(),
            singles: tracks(singles.get(..limit).unwrap_or(singles), listed),
            picture: cover(CoverSide::Wide300)
                .unwrap_or_else(|| Links::placeholder(&artist.slug, &artist.slug)),
            url,
        })
    }

    /// The page of an album, from the track at a place (from 0) on.
    pub fn album(&self, sheet: &AlbumPage, from: usize) -> String {
        let studio_repo::AlbumEntry { album, artist, slug } = &sheet.entry;
        let place = Place::Album(artist.slug.clone(), slug.clone());
        let url = place.path();
        let all = &sheet.recordings;
        let from = from.min(all.len());
        let end = (from + TRACKS).min(all.len());
        let at = |from: usize| match from {
            0 => url.clone(),
            from => format!("{url}?from={from}"),
        };
        let cover = |side| Links::cover(CoverOf::Album(album.id), album.artwork.as_ref(), side);
        let description = sheet.description.as_ref().map(|text| summary(text, SUMMARY));
        let page = Page {
            kind: "music.album",
            description: description
                .unwrap_or_else(|| format!("{} by {}.", album.title, artist.name)),
            image: cover(CoverSide::Card1200).map(|path| self.links.whole(&path)),
            json_ld: Some(in_script(&self.album_json(sheet, &all[from..end]))),
            feeds: Some(Place::Artist(artist.slug.clone()).path()),
            ..Page::of_place(self, format!("{} by {}", album.title, artist.name), &place)
        };
        let of_one_artist = all.iter().all(|sheet| sheet.entry.artist.id == artist.id);
        let listed = Listed { of_one_artist, on_album: true, before: from };
        rendered(&AlbumTemplate {
            page,
            title: album.title.to_string(),
            artist: artist.name.to_string(),
            artist_url: Place::Artist(artist.slug.clone()).path(),
            picture: cover(CoverSide::Square300)
                .unwrap_or_else(|| Links::placeholder(&artist.slug, slug)),
            released: album.released.map(|date| (date.to_string(), time::day(date))),
            length: length_of(all),
            count: all.len(),
            permission: album.licence.map(Permission::of),
            description: sheet.description.as_ref().map(Prose::of),
            tracks: tracks(&all[from..end], listed),
            previous: (from > 0).then(|| at(from.saturating_sub(TRACKS))),
            next: (end < all.len()).then(|| at(end)),
            url,
        })
    }

    fn album_json(&self, sheet: &AlbumPage, shown: &[RecordingSheet]) -> Value {
        let studio_repo::AlbumEntry { album, artist, slug } = &sheet.entry;
        let url = Place::Album(artist.slug.clone(), slug.clone()).path();
        let track = |sheet: &RecordingSheet| {
            let (entry, recording) = (&sheet.entry, &sheet.entry.recording);
            let place = Place::Recording(entry.artist.slug.clone(), entry.slug.clone());
            json!({
                "@type": "MusicRecording",
                "name": recording.title.as_str(),
                "url": place.path(),
                "duration": Length::of(&recording.sound).map(Length::iso),
            })
        };
        let artist_url = Place::Artist(artist.slug.clone()).path();
        without_nulls(json!({
            "@context": "https://schema.org",
            "@type": "MusicAlbum",
            "name": album.title.as_str(),
            "url": self.links.whole(&url),
            "byArtist": {
                "@type": "MusicGroup",
                "name": artist.name.as_str(),
                "url": self.links.whole(&artist_url),
            },
            "numTracks": sheet.recordings.len(),
            "datePublished": album.released.map(|date| date.to_string()),
            "license": album.licence.and_then(Licence::url),
            "track": shown.iter().map(track).collect::<Vec<_>>(),
        }))
    }

    /// The page of a recording.
    pub fn recording(&self, sheet: &RecordingSheet) -> String {
        let (entry, recording) = (&sheet.entry, &sheet.entry.recording);
        let place = Place::Recording(entry.artist.slug.clone(), entry.slug.clone());
        let cover = |side| Links::cover_of(sheet, side);
        let description = sheet.description.as_ref().map(|text| summary(text, SUMMARY));
        let page = Page {
            kind: "music.song",
            description: description
                .unwrap_or_else(|| format!("{} by {}.", recording.title, entry.artist.name)),
            image: cover(CoverSide::Card1200).map(|path| self.links.whole(&path)),
            json_ld: Some(in_script(&self.recording_json(sheet))),
            feeds: Some(Place::Artist(entry.artist.slug.clone()).path()),
            ..Page::of_place(self, format!("{} by {}", recording.title, entry.artist.name), &place)
        };
        let album_url = |album: &studio_repo::AlbumLine| {
            Place::Album(album.artist.slug.clone(), album.slug.clone()).path()
        };
        let [track] =
            <[Track; 1]>::try_from(tracks(std::slice::from_ref(sheet), Listed::default()).all)
                .unwrap_or_else(|_| unreachable!("one sheet is one track"));
        let loudness = sheet.sketch.as_ref().and_then(|sketch| sketch.loudness);
        rendered(&RecordingTemplate {
            page,
            artist_url: Place::Artist(entry.artist.slug.clone()).path(),
            album: entry.album.as_ref().map(|album| (album.title.to_string(), album_url(album))),
            picture: Links::shown_cover_of(sheet, CoverSide::Square300),
            released: recording.released.map(|date| (date.to_string(), time::day(date))),
            genre: recording.genre.as_ref().map(ToString::to_string),
            sound: recording.sound.format.as_ref().map(told).unwrap_or_default(),
            loudness: loudness.map(|loudness| format!("{loudness} LUFS")),
            permission: recording.licence.map(Permission::of),
            description: sheet.description.as_ref().map(Prose::of),
            track,
        })
    }

    fn recording_json(&self, sheet: &RecordingSheet) -> Value {
        let (entry, recording) = (&sheet.entry, &sheet.entry.recording);
        let place = Place::Recording(entry.artist.slug.clone(), entry.slug.clone());
        let artist_url = Place::Artist(entry.artist.slug.clone()).path();
        let album = entry.album.as_ref().map(|album| {
            let place = Place::Album(album.artist.slug.clone(), album.slug.clone());
            let url = self.links.whole(&place.path());
            json!({ "@type": "MusicAlbum", "name": album.title.as_str(), "url": url })
        });
        without_nulls(json!({
            "@context": "https://schema.org",
            "@type": "MusicRecording",
            "name": recording.title.as_str(),
            "url": self.links.whole(&place.path()),
            "duration": Length::of(&recording.sound).map(Length::iso),
            "byArtist": {
                "@type": "MusicGroup",
                "name": entry.artist.name.as_str(),
                "url": self.links.whole(&artist_url),
            },
            "inAlbum": album,
            "genre": recording.genre.as_ref().map(ToString::to_string),
            "datePublished": recording.released.map(|date| date.to_string()),
            "license": recording.licence.and_then(Licence::url),
            "audio": {
                "@type": "AudioObject",
                "contentUrl": self.links.whole(&Links::sound(entry)),
                "encodingFormat": recording.sound.content_type,
            },
        }))
    }

    /// The player of an album alone, to be put into pages of others.
    pub fn embed_album(&self, sheet: &AlbumPage) -> String {
        let studio_repo::AlbumEntry { album, artist, slug } = &sheet.entry;
        let place = Place::Album(artist.slug.clone(), slug.clone());
        let shown = sheet.recordings.get(..TRACKS).unwrap_or(&sheet.recordings);
        let of_one_artist = shown.iter().all(|sheet| sheet.entry.artist.id == artist.id);
        let cover =
            Links::cover(CoverOf::Album(album.id), album.artwork.as_ref(), CoverSide::Square80);
        rendered(&EmbedTemplate {
            page: Page::new(self, album.title.as_str(), &place.path()),
            title: album.title.to_string(),
            url: self.links.whole(&place.path()),
            artist: artist.name.to_string(),
            picture: cover.unwrap_or_else(|| Links::placeholder(&artist.slug, slug)),
            tracks: tracks(shown, Listed { of_one_artist, on_album: true, before: 0 }),
        })
    }

    /// The player of a recording alone, to be put into pages of others.
    pub fn embed_recording(&self, sheet: &RecordingSheet) -> String {
        let (entry, recording) = (&sheet.entry, &sheet.entry.recording);
        let place = Place::Recording(entry.artist.slug.clone(), entry.slug.clone());
        let listed = Listed { of_one_artist: true, ..Listed::default() };
        rendered(&EmbedTemplate {
            page: Page::new(self, recording.title.as_str(), &place.path()),
            title: recording.title.to_string(),
            url: self.links.whole(&place.path()),
            artist: entry.artist.name.to_string(),
            picture: Links::shown_cover_of(sheet, CoverSide::Square80),
            tracks: tracks(std::slice::from_ref(sheet), listed),
        })
    }
}

/// A format as people say it: `FLAC, 44.1 kHz, 16 bit, stereo`.
fn told(format: &AudioFormat) -> String {
    let (container, codec) = (format.container.as_str(), format.codec.as_str());
    let kind = if codec == "pcm" { container } else { codec };
    let kilohertz = f64::from(format.sample_rate) / 1000.0;
    let mut parts = vec![kind.to_uppercase(), format!("{kilohertz} kHz")];
    parts.extend(format.bit_depth.map(|depth| format!("{} bit", depth.valid)));
    parts.push(match format.channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        channels => format!("{channels} channels"),
    });
    parts.join(", ")
}

/// What is not known is not said.
fn without_nulls(mut json: Value) -> Value {
    match &mut json {
        Value::Object(members) => {
            members.retain(|_, value| !value.is_null());
            for value in members.values_mut() {
                *value = without_nulls(value.take());
            }
        }
        Value::Array(items) => {
            for value in items {
                *value = without_nulls(value.take());
            }
        }
        _ => {}
    }
    json
}
