use studio_domain::ArtistId;
use studio_repo::{AlbumOrder, ArtistOrder, RecordingOrder, Sight, Stretch};
use uuid::Uuid;

use super::{ListenerFixture, Listening, albums, and, artists, keep, recordings};
use crate::publish_suite::{album, on, single};

fn lines(all: &[(&str, u32)]) -> Vec<(String, u32)> {
    all.iter().map(|(name, albums)| ((*name).to_owned(), *albums)).collect()
}

/// Two albums of Sade, of which one is hidden with all that is on it; a single of Eno; and a
/// hidden one of Zappa. Returns who they are.
async fn some_of_each(catalog: &dyn Listening) -> [ArtistId; 3] {
    let (shown, mut hidden) = (album("Sade", "Promise Kept"), album("Sade", "Blue Promise"));
    hidden.published = false;
    let mut unheard = on(&hidden, 1, 1, "A promise", 2);
    unheard.published = false;
    let mut secret = single("Zappa", "Promises", 5);
    secret.published = false;
    let songs = [
        on(&shown, 1, 2, "Jezebel", 1),
        on(&shown, 1, 1, "Tar Baby", 3),
        unheard,
        single("Eno", "Compromise", 4),
        secret,
    ];
    keep(catalog, &[&shown, &hidden], &songs.iter().collect::<Vec<_>>()).await;
    let mut ids = Vec::new();
    for song in [&songs[0], &songs[3], &songs[4]] {
        ids.push(catalog.recording(song.id).await.unwrap().unwrap().artist.id);
    }
    ids.try_into().unwrap()
}

/// By name, as far as they are in sight: both the artists and what is counted.
pub async fn artists_are_listed_with_their_albums<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let ids @ [sade, eno, zappa] = some_of_each(&*catalog).await;
    let expected = [
        (Sight::Published, vec![("Eno", 0), ("Sade", 1)]),
        (and(sade), vec![("Eno", 0), ("Sade", 2)]),
        (and(zappa), vec![("Eno", 0), ("Sade", 1), ("Zappa", 0)]),
        (Sight::Everything, vec![("Eno", 0), ("Sade", 2), ("Zappa", 0)]),
    ];
    for (sight, expected) in expected {
        let listed = artists(&*catalog, ArtistOrder::Name, &sight).await;
        assert_eq!(listed, lines(&expected), "{sight:?}");
        let mut with = catalog.artists_with(&ids, &sight).await.unwrap();
        assert!(
            with.iter()
                .map(|one| one.artist.id)
                .eq(ids.into_iter().filter(|id| *id != zappa || with.len() == 3))
        );
        with.sort_by_key(|one| one.artist.name.to_string());
        let with: Vec<_> = with.iter().map(|one| (one.artist.name.as_str(), one.albums)).collect();
        assert_eq!(with, expected);
    }
    let stretch = Stretch { offset: 1, limit: 1 };
    let some = catalog.artists_listed(&ArtistOrder::Name, &Sight::Everything, stretch).await;
    assert_eq!(some.unwrap().iter().map(|one| one.artist.id).collect::<Vec<_>>(), [sade]);
    let names = ["ENO", "Nobody", "zappa"].map(|name| name.parse().unwrap());
    let mut found = catalog.artists_named(&names).await.unwrap();
    found.sort();
    let mut both = [eno, zappa];
    both.sort();
    assert_eq!(found, both);
}

/// Albums and recordings by title, what is on an album by its places.
pub async fn what_is_of_an_artist_or_on_an_album_is_listed<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let [sade, eno, _] = some_of_each(&*catalog).await;
    let nobody = ArtistId::from_uuid(Uuid::nil());
    let of = async |artist, sight: &Sight| {
        let albums = albums(&*catalog, AlbumOrder::Of(artist), sight).await;
        (albums, recordings(&*catalog, RecordingOrder::Of(artist), sight).await)
    };
    let all = (
        vec!["Blue Promise".to_owned(), "Promise Kept".to_owned()],
        ["A promise", "Jezebel", "Tar Baby"].map(str::to_owned).to_vec(),
    );
    for sight in [Sight::Everything, and(sade)] {
        assert_eq!(of(sade, &sight).await, all);
    }
    let shown = (all.0[1..].to_vec(), all.1[1..].to_vec());
    for sight in [Sight::Published, and(eno)] {
        assert_eq!(of(sade, &sight).await, shown);
    }
    assert_eq!(of(nobody, &Sight::Everything).await, (Vec::new(), Vec::new()));
    for (title, sight, expected) in [
        ("Promise Kept", Sight::Published, &["Tar Baby", "Jezebel"][..]),
        ("Blue Promise", Sight::Published, &[]),
        ("Blue Promise", and(sade), &["A promise"]),
    ] {
        let found = catalog.album_titled(&"Sade".parse().unwrap(), &title.parse().unwrap()).await;
        let on_it = RecordingOrder::On(found.unwrap().unwrap().album.id);
        assert_eq!(recordings(&*catalog, on_it, &sight).await, expected);
    }
    for (sight, expected) in [
        (Sight::Published, &["Compromise", "Jezebel", "Tar Baby"][..]),
        (and(sade), &["Compromise", "A promise", "Jezebel", "Tar Baby"]),
        (Sight::Everything, &["Compromise", "A promise", "Jezebel", "Tar Baby", "Promises"]),
    ] {
        assert_eq!(recordings(&*catalog, RecordingOrder::Artist, &sight).await, expected);
    }
}

async fn found(catalog: &dyn Listening, text: &str, sight: &Sight) -> [Vec<String>; 3] {
    let names = artists(catalog, ArtistOrder::Found(text.to_owned()), sight).await;
    let mut found = [
        names.into_iter().map(|(name, _)| name).collect(),
        albums(catalog, AlbumOrder::Found(text.to_owned()), sight).await,
        recordings(catalog, RecordingOrder::Found(text.to_owned()), sight).await,
    ];
    for some in &mut found {
        some.sort();
    }
    found
}

/// By words of their names, and of those of what they belong to.
pub async fn words_find_one_kind_alone<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    some_of_each(&*catalog).await;
    let everything = &Sight::Everything;
    let [artists, albums, songs] = found(&*catalog, "sAd", everything).await;
    assert_eq!(artists, ["Sade"]);
    assert_eq!(albums, ["Blue Promise", "Promise Kept"]);
    assert_eq!(songs, ["A promise", "Jezebel", "Tar Baby"]);
    let [artists, albums, songs] = found(&*catalog, "kept sade", everything).await;
    assert_eq!((artists.len(), albums, songs.len()), (0, vec!["Promise Kept".to_owned()], 2));
    for nothing in ["", "\"\"", "*", "OR", "sade NOT", "\0", "kept\" OR \"eno"] {
        assert_eq!(found(&*catalog, nothing, everything).await, [[""; 0]; 3], "{nothing:?}");
    }
    let order = RecordingOrder::Found("sade".to_owned());
    let mut joined = Vec::new();
    for offset in 0..4 {
        let stretch = Stretch { offset, limit: 1 };
        joined.extend(catalog.recordings_listed(&order, everything, stretch).await.unwrap());
    }
    let whole = catalog.recordings_listed(&order, everything, super::ALL).await.unwrap();
    assert_eq!((joined.len(), joined), (3, whole));
}

/// And nothing else, on no page.
pub async fn words_find_what_is_in_sight<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let [sade, _, zappa] = some_of_each(&*catalog).await;
    let [_, albums, songs] = found(&*catalog, "promise", &Sight::Published).await;
    assert_eq!((albums.len(), songs), (1, vec!["Jezebel".to_owned(), "Tar Baby".to_owned()]));
    let [_, albums, songs] = found(&*catalog, "promise", &and(sade)).await;
    assert_eq!((albums.len(), songs.len()), (2, 3));
    let [_, albums, songs] = found(&*catalog, "promise", &and(zappa)).await;
    assert_eq!((albums.len(), songs.len()), (1, 3));
    let [_, albums, songs] = found(&*catalog, "promise", &Sight::Everything).await;
    assert_eq!((albums.len(), songs.len()), (2, 4));
    assert_eq!(found(&*catalog, "zappa", &Sight::Published).await, [[""; 0]; 3]);
    assert_eq!(found(&*catalog, "zappa", &and(sade)).await, [[""; 0]; 3]);
    let [artists, ..] = found(&*catalog, "zappa", &and(zappa)).await;
    assert_eq!(artists, ["Zappa"]);
    // What is out of sight takes up no place.
    let order = RecordingOrder::Found("promise".to_owned());
    let stretch = Stretch { offset: 1, limit: 1 };
    let second = catalog.recordings_listed(&order, &Sight::Published, stretch).await.unwrap();
    assert_eq!(second.len(), 1);
}
