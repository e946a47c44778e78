//! What a search found.

use askama::Template;
use studio_repo::{Hit, HitSubject, Hits};

use super::lists::rendered;
use super::page::Page;
use crate::Site;
use crate::links::{Links, Place};

/// A search, and where in what it found a page begins.
#[derive(Debug, Clone, Copy)]
pub struct SearchPage<'a> {
    /// What is searched for.
    pub text: &'a str,
    /// How many stand before the first of this page.
    pub from: u32,
    /// What was found.
    pub hits: &'a Hits,
}

/// Something that was found.
struct Found {
    kind: &'static str,
    url: String,
    title: String,
    line: Option<String>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchTemplate {
    page: Page,
    found: Vec<Found>,
    next: Option<String>,
}

impl Site {
    /// The page of a search. One for nothing shows the field alone.
    pub fn search(&self, search: SearchPage<'_>) -> String {
        let SearchPage { text, from, hits } = search;
        let title = match text {
            "" => "Search".to_owned(),
            text => format!("Search for {text}"),
        };
        let next = u32::try_from(hits.hits.len()).ok().filter(|_| hits.has_more);
        rendered(&SearchTemplate {
            page: Page {
                searched: text.to_owned(),
                is_private: true,
                ..Page::new(self, title, &Links::search(text, from))
            },
            found: hits.hits.iter().filter_map(found).collect(),
            next: next.map(|shown| Links::search(text, from.saturating_add(shown))),
        })
    }
}

/// What leads to a page of the site.
fn found(hit: &Hit) -> Option<Found> {
    let artist = hit.artist.as_ref().map(|(name, slug)| (name.clone(), slug.clone()));
    let (kind, place) = match (hit.subject, &artist) {
        (HitSubject::Artist(_), _) => ("Artist", Place::Artist(hit.slug.clone())),
        (HitSubject::Album(_), Some((_, slug))) => {
            ("Album", Place::Album(slug.clone(), hit.slug.clone()))
        }
        (HitSubject::Recording(_), Some((_, slug))) => {
            ("Recording", Place::Recording(slug.clone(), hit.slug.clone()))
        }
        _ => return None,
    };
    let line = match (artist, &hit.album) {
        (Some((name, _)), Some(album)) => Some(format!("{name}, {album}")),
        (Some((name, _)), None) => Some(name),
        (None, _) => None,
    };
    Some(Found { kind, url: place.path(), title: hit.title.clone(), line })
}
