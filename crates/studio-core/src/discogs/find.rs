//! Searches, and how good what they find is.

use std::cmp::Reverse;

use studio_discogs::{EntryKind, Metadata, MetadataExt as _, SearchHit, SearchQuery, Urgency};
use studio_repo::{AlbumEntry, DiscogsEntry};

use super::score::{GOOD_ENOUGH, of_album, of_artist};
use super::year;
use crate::Result;

/// The most candidates that are told.
const MOST: usize = 10;

/// Something that could be what is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The entry.
    pub entry: DiscogsEntry,
    /// How alike the names are, from 0 to 1000.
    pub score: u16,
    /// What Discogs says of it.
    pub hit: SearchHit,
}

pub(super) async fn artist(
    metadata: &dyn Metadata,
    name: &str,
    urgency: Urgency,
) -> Result<Vec<Candidate>> {
    let hits = metadata.search(&SearchQuery::artist(name), urgency).await?;
    Ok(best(hits, |hit, place| of_artist(name, hit, place)))
}

/// Masters first; what came out in one edition only has none, and is found as a release.
pub(super) async fn album(
    metadata: &dyn Metadata,
    album: &AlbumEntry,
    urgency: Urgency,
) -> Result<Vec<Candidate>> {
    let (artist, title) = (album.artist.name.as_str(), album.album.title.as_str());
    let score = |hit: &SearchHit, place| of_album(artist, title, year(album), hit, place);
    let masters = best(metadata.search(&SearchQuery::album(artist, title), urgency).await?, score);
    if masters.first().is_some_and(|first| first.score >= GOOD_ENOUGH) {
        return Ok(masters);
    }
    let releases = metadata.search(&SearchQuery::release(artist, title), urgency).await?;
    let mut all = masters;
    all.extend(best(releases, score));
    all.sort_by_key(|candidate| Reverse(candidate.score));
    all.truncate(MOST);
    Ok(all)
}

fn best(hits: Vec<SearchHit>, score: impl Fn(&SearchHit, usize) -> u16) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = hits
        .into_iter()
        .enumerate()
        .filter_map(|(place, hit)| {
            let score = score(&hit, place);
            Some(Candidate { entry: entry(&hit)?, score, hit })
        })
        .collect();
    // Stable: of equal ones the first that Discogs found stays the first.
    candidates.sort_by_key(|candidate| Reverse(candidate.score));
    candidates.truncate(MOST);
    candidates
}

fn entry(hit: &SearchHit) -> Option<DiscogsEntry> {
    match hit.kind {
        EntryKind::Artist => Some(DiscogsEntry::Artist(hit.id)),
        EntryKind::Master => Some(DiscogsEntry::Master(hit.id)),
        EntryKind::Release => Some(DiscogsEntry::Release(hit.id)),
        EntryKind::Other => None,
    }
}
