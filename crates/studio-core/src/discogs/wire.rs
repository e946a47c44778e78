//! What Discogs says, as JSON.

use studio_api::{format_time, v1};
use studio_discogs::{ATTRIBUTION, Album, EntryKind, Found, Image, Reference, TrackKind};
use studio_repo::{DiscogsEntry, DiscogsLink, SaidBy};

use super::{Candidate, Known};

impl Known {
    /// As the sheet of an artist.
    pub fn to_artist(&self) -> v1::DiscogsArtist {
        let link = self.to_link();
        let Some(artist) = self.found.as_deref().and_then(Found::artist) else {
            return v1::DiscogsArtist { link, ..v1::DiscogsArtist::default() };
        };
        let names = |all: &[Reference]| all.iter().map(|one| one.name.clone()).collect();
        v1::DiscogsArtist {
            link,
            name: artist.name.clone(),
            real_name: artist.real_name.clone(),
            profile: artist.profile.clone(),
            variations: artist.variations.clone(),
            aliases: names(&artist.aliases),
            members: names(&artist.members),
            groups: names(&artist.groups),
            urls: artist.urls.clone(),
            images: artist.images.iter().map(image).collect(),
        }
    }

    /// As the sheet of an album.
    pub fn to_album(&self) -> v1::DiscogsAlbum {
        let link = self.to_link();
        let Some(album) = self.found.as_deref().and_then(Found::album) else {
            return v1::DiscogsAlbum { link, ..v1::DiscogsAlbum::default() };
        };
        let labels = album.labels.iter().map(|label| v1::DiscogsLabel {
            name: label.name.clone(),
            catalogue_number: label.catalogue_number.clone(),
        });
        let credits = album.credits.iter().map(|credit| v1::DiscogsCredit {
            name: credit.name.clone(),
            role: credit.role.clone(),
        });
        v1::DiscogsAlbum {
            link,
            title: album.title.clone(),
            artist: album.artist_line(),
            released: released(album),
            country: album.country.clone(),
            labels: labels.collect(),
            formats: album.formats.iter().map(format_line).collect(),
            genres: album.genres.clone(),
            styles: album.styles.clone(),
            tracks: tracks(album),
            credits: credits.collect(),
            notes: album.notes.clone(),
            images: album.images.iter().map(image).collect(),
        }
    }

    /// Which entry it is.
    pub fn to_link(&self) -> v1::DiscogsLink {
        let Some(link) = self.link else {
            return v1::DiscogsLink { state: "unknown".to_owned(), ..v1::DiscogsLink::default() };
        };
        let has_data = self.found.as_ref().is_some_and(|found| !found.is_nothing());
        v1::DiscogsLink {
            fetched_at: self.found.as_ref().map(|found| format_time(found.fetched_at)),
            attribution: has_data.then(|| ATTRIBUTION.to_owned()),
            ..link_line(&link)
        }
    }
}

/// Which entry something is, without the entry's data.
pub fn link_line(link: &DiscogsLink) -> v1::DiscogsLink {
    let entry = link.entry.map(parts);
    v1::DiscogsLink {
        state: if entry.is_some() { "linked" } else { "none" }.to_owned(),
        kind: entry.map(|(kind, _, _)| kind.to_owned()),
        id: entry.map(|(_, id, _)| id),
        url: entry.and_then(|(_, id, kind)| kind.site_url(id)),
        score: Some(link.score),
        said_by: Some(said_by(link.said_by).to_owned()),
        said_at: Some(format_time(link.said_at)),
        fetched_at: None,
        attribution: None,
    }
}

impl Candidate {
    /// As JSON.
    pub fn to_wire(&self) -> v1::DiscogsCandidate {
        let (kind, id, entry_kind) = parts(self.entry);
        v1::DiscogsCandidate {
            kind: kind.to_owned(),
            id,
            url: entry_kind.site_url(id).unwrap_or_default(),
            score: self.score,
            artist: self.hit.artist.clone(),
            title: self.hit.title.clone(),
            year: self.hit.year,
        }
    }
}

fn said_by(who: SaidBy) -> &'static str {
    match who {
        SaidBy::Match => "match",
        SaidBy::Person => "person",
    }
}

fn parts(entry: DiscogsEntry) -> (&'static str, u64, EntryKind) {
    match entry {
        DiscogsEntry::Artist(id) => ("artist", id, EntryKind::Artist),
        DiscogsEntry::Master(id) => ("master", id, EntryKind::Master),
        DiscogsEntry::Release(id) => ("release", id, EntryKind::Release),
    }
}

fn image(image: &Image) -> v1::DiscogsImage {
    v1::DiscogsImage {
        url: image.url.clone(),
        thumb: image.thumb.clone(),
        width: image.width,
        height: image.height,
    }
}

fn released(album: &Album) -> Option<String> {
    let date = album.released;
    let known = studio_domain::ReleaseDate::new(date.year?, date.month, date.day);
    // A day that the calendar has not: what is sure of it is the year.
    let known = known.or_else(|| studio_domain::ReleaseDate::new(date.year?, None, None));
    known.map(|date| date.to_string())
}

fn format_line(format: &studio_discogs::Format) -> String {
    let mut line = match format.quantity {
        0 | 1 => format.name.clone(),
        many => format!("{many} x {}", format.name),
    };
    for description in &format.descriptions {
        line.push_str(", ");
        line.push_str(description);
    }
    line
}

/// With the parts of works behind them.
fn tracks(album: &Album) -> Vec<v1::DiscogsTrack> {
    let all = album.tracks.iter().flat_map(|track| std::iter::once(track).chain(&track.parts));
    all.map(|track| v1::DiscogsTrack {
        kind: match track.kind {
            TrackKind::Track => "track",
            TrackKind::Heading => "heading",
            TrackKind::Index => "index",
        }
        .to_owned(),
        position: track.position.clone(),
        title: track.title.clone(),
        seconds: track.seconds,
    })
    .collect()
}
