//! Pages of lists: all artists, and all albums or recordings of one.

use askama::Template;
use studio_repo::{AlbumEntry, ArtistCard, ArtistPart, RecordingSheet};

use super::card::Card;
use super::page::Page;
use super::track::{Listed, Tracks, tracks};
use crate::Site;
use crate::links::Place;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    page: Page,
    newest: Vec<Card>,
    artists: Vec<Card>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    page: Page,
    artist: String,
    artist_url: String,
    /// What is listed.
    what: &'static str,
    albums: Vec<Card>,
    tracks: Tracks,
    next: Option<String>,
}

/// The first so many, and whether there are others.
fn cut<T>(items: &[T], limit: usize) -> (&[T], bool) {
    (items.get(..limit).unwrap_or(items), items.len() > limit)
}

impl Site {
    /// The first page, and those behind it: the albums that came last, and artists by name. Of
    /// the artists `limit` are shown; one more tells that others follow.
    pub fn home(&self, newest: &[AlbumEntry], artists: &[ArtistCard], limit: usize) -> String {
        let (artists, more) = cut(artists, limit);
        let last = artists.last().filter(|_| more);
        let page = Page {
            description: format!("Music at {}: listen to it, free of noise.", self.name),
            ..Page::new(self, "", "/")
        };
        rendered(&Home {
            page,
            newest: newest.iter().map(|entry| Card::of_album(entry, true)).collect(),
            artists: artists.iter().map(Card::of_artist).collect(),
            next: last.map(|last| format!("/?after={}", last.artist.slug)),
        })
    }

    /// A page of the albums of an artist, with `limit` of them.
    pub fn artist_albums(&self, part: &ArtistPart<AlbumEntry>, limit: usize) -> String {
        let (albums, more) = cut(&part.items, limit);
        let last = albums.last().filter(|_| more).map(|last| last.slug.as_str());
        rendered(&List {
            albums: albums.iter().map(|entry| Card::of_album(entry, false)).collect(),
            ..self.list(part, "albums", "Albums", last)
        })
    }

    /// A page of the recordings of an artist, with `limit` of them.
    pub fn artist_recordings(&self, part: &ArtistPart<RecordingSheet>, limit: usize) -> String {
        let (sheets, more) = cut(&part.items, limit);
        let last = sheets.last().filter(|_| more).map(|last| last.entry.slug.as_str());
        rendered(&List {
            tracks: tracks(sheets, Listed { of_one_artist: true, ..Listed::default() }),
            ..self.list(part, "recordings", "All recordings", last)
        })
    }

    fn list<T>(
        &self,
        part: &ArtistPart<T>,
        list: &str,
        what: &'static str,
        last: Option<&str>,
    ) -> List {
        let artist_url = Place::Artist(part.artist.slug.clone()).path();
        let path = format!("{artist_url}?list={list}");
        List {
            page: Page::new(self, format!("{what} by {}", part.artist.name), &path),
            artist: part.artist.name.to_string(),
            next: last.map(|last| format!("{path}&after={last}")),
            artist_url,
            what,
            albums: Vec::new(),
            tracks: Tracks::default(),
        }
    }
}

/// A page as text.
pub(super) fn rendered(template: &impl Template) -> String {
    // It fails only if a text could not be written to memory.
    template.render().unwrap_or_default()
}
