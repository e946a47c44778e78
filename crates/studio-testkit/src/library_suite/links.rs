//! Which entries of Discogs things are.

use studio_domain::{SubjectId, Timestamp};
use studio_repo::{DiscogsEntry, DiscogsLink, SaidBy};

use super::LibraryFixture;
use super::scans::{library, scanned};

const fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn link(subject: SubjectId, entry: Option<DiscogsEntry>, said_by: SaidBy) -> DiscogsLink {
    DiscogsLink { subject, entry, score: 900, said_by, said_at: at(5), looked_at: at(6) }
}

/// Until it is taken back.
pub async fn a_persons_word_outlives_a_match<F: LibraryFixture>(fixture: &F) {
    let catalog = fixture.open();
    let library = library(&*catalog).await;
    let result = scanned(&library, "a/1", "A", "B");
    catalog.record_scan(library.id, std::slice::from_ref(&result)).await.unwrap();
    let entry = catalog.recording(result.object.recording.unwrap()).await.unwrap().unwrap();
    let (artist, album) =
        (SubjectId::Artist(entry.artist.id), SubjectId::Album(entry.album.unwrap().id));
    assert_eq!(catalog.discogs_link(artist).await.unwrap(), None);
    let entries = [
        None,
        Some(DiscogsEntry::Artist(1)),
        Some(DiscogsEntry::Master(u64::from(u32::MAX) + 1)),
        Some(DiscogsEntry::Release(3)),
    ];
    for entry in entries {
        let matched = link(album, entry, SaidBy::Match);
        assert_eq!(catalog.put_discogs_link(&matched).await.unwrap(), matched);
        assert_eq!(fixture.open().discogs_link(album).await.unwrap(), Some(matched));
    }
    let said = link(album, None, SaidBy::Person);
    assert_eq!(catalog.put_discogs_link(&said).await.unwrap(), said);
    let matched = link(album, Some(DiscogsEntry::Release(4)), SaidBy::Match);
    assert_eq!(catalog.put_discogs_link(&matched).await.unwrap(), said);
    let said = link(album, Some(DiscogsEntry::Master(9)), SaidBy::Person);
    assert_eq!(catalog.put_discogs_link(&said).await.unwrap(), said);
    catalog.remove_discogs_link(album).await.unwrap();
    catalog.remove_discogs_link(album).await.unwrap();
    assert_eq!(catalog.discogs_link(album).await.unwrap(), None);
    assert_eq!(catalog.put_discogs_link(&matched).await.unwrap(), matched);
    // What is linked goes, and the link with it.
    catalog.remove_library(library.id).await.unwrap();
    assert_eq!(catalog.discogs_link(album).await.unwrap(), None);
}

/// First those that never were, then those that were longest ago.
pub async fn artists_are_looked_at_in_turn<F: LibraryFixture>(fixture: &F) {
    let catalog = fixture.open();
    let library = library(&*catalog).await;
    let names = ["A", "B", "C", "D"];
    let all: Vec<_> =
        names.iter().map(|name| scanned(&library, &format!("{name}/1"), name, "X")).collect();
    catalog.record_scan(library.id, &all).await.unwrap();
    let mut artists = catalog.artists_to_look_at(at(0), 10).await.unwrap();
    artists.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(artists.len(), 4);
    for (second, artist) in [(30, &artists[0]), (10, &artists[1]), (20, &artists[2])] {
        catalog.looked_at(SubjectId::Artist(artist.id), at(second)).await.unwrap();
    }
    let shown = async |before, limit| {
        let all = catalog.artists_to_look_at(at(before), limit).await.unwrap();
        all.iter().map(|artist| artist.name.to_string()).collect::<Vec<_>>().concat()
    };
    assert_eq!(shown(100, 10).await, "DBCA");
    assert_eq!(shown(100, 2).await, "DB");
    assert_eq!(shown(20, 10).await, "DB");
    let subject = SubjectId::Artist(artists[3].id);
    assert_eq!(catalog.discogs_link(subject).await.unwrap(), None);
    let matched = link(subject, None, SaidBy::Match);
    catalog.put_discogs_link(&matched).await.unwrap();
    catalog.looked_at(subject, at(40)).await.unwrap();
    let there = catalog.discogs_link(subject).await.unwrap().unwrap();
    assert_eq!((there.looked_at, there.said_at), (at(40), at(5)));
}
