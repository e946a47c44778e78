//! Searches: by words, ranked, kept up to date, and safe with any text.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use studio_domain::Timestamp;
use studio_repo::{Hit, HitSubject};

use super::{Publications, PublishFixture, album, on, put, put_album, single};
use crate::catalog_suite::{path, version};

async fn find(catalog: &dyn Publications, text: &str) -> Vec<Hit> {
    catalog.search(text, false, 0, 100).await.unwrap().hits
}

async fn titles(catalog: &dyn Publications, text: &str) -> Vec<String> {
    find(catalog, text).await.into_iter().map(|hit| hit.title).collect()
}

/// All of them, in any case and without accents, of title, artist and album alike.
pub async fn words_find_what_begins_with_them(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let post = album("Björk", "Post");
    put_album(&*catalog, &post).await;
    put(&*catalog, &on(&post, 1, 1, "Army of Me", 1)).await;
    put(&*catalog, &on(&post, 1, 2, "Hyperballad", 2)).await;
    for text in ["army", "ARM", "bjork ar", "post arm", "of björ army", "army-of", "\"army"] {
        assert_eq!(titles(&*catalog, text).await, ["Army of Me"], "{text}");
    }
    assert_eq!(titles(&*catalog, "bjo\u{308}rk").await.len(), 4);
    for text in ["", "  ", "\"", "*", "army ballad", "rmy", "NOT", "title:army"] {
        assert_eq!(titles(&*catalog, text).await, [""; 0], "{text}");
    }
    let hit = find(&*catalog, "hyper").await.remove(0);
    assert_eq!(hit.album.as_deref(), Some("Post"));
    assert_eq!(hit.artist.map(|(name, slug)| (name, slug.to_string())).unwrap().0, "Björk");
    assert_eq!(hit.slug.as_str(), "hyperballad");
}

/// Of those with equal words.
pub async fn artists_come_before_albums_and_recordings(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let own = album("Garbage", "Garbage");
    put_album(&*catalog, &own).await;
    put(&*catalog, &on(&own, 1, 1, "Garbage", 1)).await;
    put(&*catalog, &single("Somebody", "Else", 2)).await;
    let kinds: Vec<_> = find(&*catalog, "garbage")
        .await
        .iter()
        .map(|hit| match hit.subject {
            HitSubject::Artist(_) => "artist",
            HitSubject::Album(_) => "album",
            HitSubject::Recording(_) => "recording",
            HitSubject::Song(_) => "song",
        })
        .collect();
    assert_eq!(kinds, ["artist", "album", "recording"]);
}

/// New titles are found, old ones are not, and nothing is found of what is gone.
pub async fn what_is_found_follows_what_changes(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let mut record = album("Sade", "Promise");
    put_album(&*catalog, &record).await;
    let mut song = on(&record, 1, 1, "Jezebel", 1);
    put(&*catalog, &song).await;
    record.title = "Diamond Life".parse().unwrap();
    put_album(&*catalog, &record).await;
    assert_eq!(titles(&*catalog, "promise").await, [""; 0]);
    assert_eq!(titles(&*catalog, "diamond").await, ["Diamond Life", "Jezebel"]);
    song.title = "Cherry Pie".parse().unwrap();
    put(&*catalog, &song).await;
    assert_eq!(titles(&*catalog, "jezebel").await, [""; 0]);
    assert_eq!(titles(&*catalog, "cherry").await, ["Cherry Pie"]);
    catalog.remove_recording(song.id).await.unwrap();
    assert_eq!(titles(&*catalog, "cherry").await, [""; 0]);
    catalog.remove_album(record.id).await.unwrap();
    assert_eq!(titles(&*catalog, "sade").await, [""; 0]);
}

/// Artists and songs that are worked on, as long as something is there of them; never where
/// only what is published is wanted.
pub async fn uploads_can_be_found(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let take = version(path("Sade", "Cherish", "Drums", "v1"), 1);
    catalog.restore(std::slice::from_ref(&take)).await.unwrap();
    assert_eq!(titles(&*catalog, "sade").await, ["Sade", "Cherish"]);
    assert_eq!(titles(&*catalog, "cherish sade").await, ["Cherish"]);
    assert_eq!(catalog.search("sade", true, 0, 10).await.unwrap().hits, []);
    catalog.trash(&take.path, Timestamp::from_micros(1)).await.unwrap();
    assert_eq!(titles(&*catalog, "sade").await, [""; 0]);
}

/// Or nothing; never an error.
pub async fn any_text_is_a_search(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    put(&*catalog, &single("Sade", "Cherish", 1)).await;
    let strategy = proptest::prop_oneof![
        "\\PC{0,40}",
        proptest::collection::vec(proptest::char::any(), 0..40)
            .prop_map(|chars| chars.into_iter().collect::<String>()),
        "([a-z\"*:^+(){}-]|AND|OR|NOT|NEAR|\0| ){0,30}",
    ];
    let mut runner = TestRunner::deterministic();
    for _ in 0..400 {
        let text = strategy.new_tree(&mut runner).unwrap().current();
        let found = catalog.search(&text, false, 0, 10).await;
        assert!(found.is_ok(), "{text:?}: {found:?}");
    }
    let long = "word ".repeat(10_000) + &"x".repeat(1_000_000);
    assert_eq!(find(&*catalog, &long).await, []);
    assert!(catalog.search("sade", false, u32::MAX, u32::MAX).await.unwrap().hits.is_empty());
    assert_eq!(catalog.search("sade", false, 0, 0).await.unwrap().hits.len(), 1);
}

/// In one order, with nothing left out and nothing twice.
pub async fn pages_of_a_search_join_to_the_whole(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let all: Vec<_> = (0..25).map(|n| single("Sade", &format!("Take {n}"), n)).collect();
    catalog.put_recordings(&all).await.unwrap();
    let whole = catalog.search("take", true, 0, 100).await.unwrap();
    assert_eq!((whole.hits.len(), whole.has_more), (25, false));
    let mut joined = Vec::new();
    loop {
        let page = catalog.search("take", true, joined.len() as u32, 10).await.unwrap();
        joined.extend(page.hits);
        if !page.has_more {
            break;
        }
    }
    assert_eq!(joined, whole.hits);
}
