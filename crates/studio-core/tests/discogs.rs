//! What Discogs knows of a catalogue: found, said by people, shown without waiting, refreshed.
//! Over HTTP, by the client that asks Discogs itself.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use studio_core::discogs::{Discogs, Known, Refresh, RefreshOptions};
use studio_core::repo::{DiscogsEntry, LinkRepo as _, PublishRepo as _, SaidBy, ShelfRepo as _};
use studio_core::{
    Album, AlbumId, ArtistId, Error, MemoryStore, Slug, SqliteCatalog, SubjectId, Timestamp,
};
use studio_discogs::{
    DiscogsClient, DiscogsSettings, Error as DiscogsError, Keeping, Lifetimes, MemoryCache,
    Metadata, ObjectCache, Token, Urgency,
};
use studio_testkit::discogs::{TOKEN, TestDiscogs};

const HOUR: i64 = 60 * 60 * 1_000_000;

/// A time that stands still until it is told to go on.
#[derive(Clone)]
struct Held(Arc<AtomicI64>);

impl Held {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }

    fn pass(&self, hours: i64) {
        self.0.fetch_add(hours * HOUR, Ordering::SeqCst);
    }
}

/// A catalogue, a Discogs, and what stands between.
struct Scene {
    server: TestDiscogs,
    catalog: Arc<SqliteCatalog>,
    discogs: Discogs,
    clock: Held,
}

impl Scene {
    fn new() -> Self {
        let server = TestDiscogs::start();
        let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
        // The client says when by the system's time.
        let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
        let clock = Held(Arc::new(AtomicI64::new(i64::try_from(since.as_micros()).unwrap())));
        let settings = DiscogsSettings {
            base: server.base(),
            token: Some(Token::new(TOKEN)),
            ..DiscogsSettings::default()
        };
        let client = Arc::new(DiscogsClient::new(&settings).unwrap());
        let held = clock.clone();
        let lifetimes = Lifetimes { jitter: 0.0, ..Lifetimes::default() };
        let keeping = Keeping { lifetimes, clock: Arc::new(move || held.now()) };
        let store = Arc::new(MemoryStore::new());
        let objects = Arc::new(ObjectCache::new(client, keeping.clone(), store));
        let memory: Arc<dyn Metadata> =
            Arc::new(MemoryCache::new(objects, keeping, MemoryCache::USUAL));
        let held = clock.clone();
        let discogs = Discogs::new(memory, Arc::clone(&catalog)).with_clock(move || held.now());
        Self { server, catalog, discogs, clock }
    }

    async fn album(&self, artist: &str, title: &str) -> AlbumId {
        let album = Album {
            id: AlbumId::from_uuid(uuid_of(title)),
            artist: artist.parse().unwrap(),
            title: title.parse().unwrap(),
            released: Some("2018-01-26".parse().unwrap()),
            licence: None,
            artwork: None,
            published: true,
            library: None,
            updated_at: Timestamp::from_micros(1),
        };
        self.catalog.put_album(&album).await.unwrap().album.id
    }

    async fn artist(&self, name: &str) -> ArtistId {
        self.album(name, &format!("{name} One")).await;
        let found = self.catalog.artist_by_slug(&Slug::from_name(name)).await.unwrap();
        found.unwrap().id
    }

    /// How often an address was asked for that begins so.
    fn asked(&self, path: &str) -> usize {
        self.server.asked().iter().filter(|asked| asked.target.starts_with(path)).count()
    }

    async fn page(&self, artist: ArtistId) -> Known {
        self.discogs.artist_page(artist).await.unwrap()
    }

    /// The page as soon as it has something to say.
    async fn page_with_data(&self, artist: ArtistId) -> Known {
        for _ in 0..2_000 {
            let page = self.page(artist).await;
            if page.found.is_some() {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("the page says nothing: {:?}", self.server.asked());
    }
}

/// Another identity for each name.
fn uuid_of(name: &str) -> uuid::Uuid {
    let hash =
        name.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
    uuid::Uuid::from_u64_pair(0x7000, 0x8000_0000_0000_0000 | hash)
}

#[tokio::test]
async fn artists_and_albums_are_found_by_their_names() {
    let scene = Scene::new();
    let artist = SubjectId::Artist(scene.artist("Marfa Lights").await);
    let matched = scene.discogs.find(artist, Urgency::Interactive).await.unwrap();
    assert_eq!(matched.link.entry, Some(DiscogsEntry::Artist(101)));
    assert_eq!((matched.link.score, matched.link.said_by), (1000, SaidBy::Match));
    let album = SubjectId::Album(scene.album("Marfa Lights", "Salt Flat Hymns").await);
    let matched = scene.discogs.find(album, Urgency::Interactive).await.unwrap();
    assert_eq!(matched.link.entry, Some(DiscogsEntry::Master(501)));
    let known = scene.discogs.known(album).await.unwrap();
    let sheet = known.to_album();
    assert_eq!((sheet.title.as_str(), sheet.artist.as_str()), ("Salt Flat Hymns", "Marfa Lights"));
    assert_eq!(sheet.link.attribution.as_deref(), Some("Data provided by Discogs"));
    assert_eq!(sheet.link.url.as_deref(), Some("https://www.discogs.com/master/501"));

    let nobody = SubjectId::Artist(scene.artist("Somebody Else").await);
    let matched = scene.discogs.find(nobody, Urgency::Interactive).await.unwrap();
    assert_eq!((matched.link.entry, matched.candidates.len()), (None, 0));
    assert_eq!(scene.discogs.known(nobody).await.unwrap().to_link().state, "none");
    let missing = SubjectId::Album(AlbumId::from_uuid(uuid_of("nothing")));
    let error = scene.discogs.find(missing, Urgency::Interactive).await.unwrap_err();
    assert!(matches!(error, Error::NoSubject { .. }), "{error}");
}

#[tokio::test]
async fn only_a_person_replaces_a_persons_word() {
    let scene = Scene::new();
    let artist = SubjectId::Artist(scene.artist("Marfa Lights").await);
    let set = scene.discogs.set(artist, Some(DiscogsEntry::Artist(102))).await.unwrap();
    assert_eq!(set.to_artist().name, "The Night Ferries");
    let matched = scene.discogs.find(artist, Urgency::Interactive).await.unwrap();
    assert_eq!(matched.link.entry, Some(DiscogsEntry::Artist(102)), "the person's stays");
    scene.discogs.set(artist, None).await.unwrap();
    let matched = scene.discogs.find(artist, Urgency::Interactive).await.unwrap();
    assert_eq!((matched.link.entry, matched.link.said_by), (None, SaidBy::Person));
    for wrong in [DiscogsEntry::Master(501), DiscogsEntry::Artist(999)] {
        let error = scene.discogs.set(artist, Some(wrong)).await.unwrap_err();
        assert!(matches!(error, Error::WrongEntry { .. }), "{error}");
    }
    let would = scene.discogs.would_set(artist, Some(DiscogsEntry::Artist(101))).await.unwrap();
    assert_eq!(would.to_artist().name, "Marfa Lights");
    let link = scene.catalog.discogs_link(artist).await.unwrap().unwrap();
    assert_eq!((link.entry, link.said_by), (None, SaidBy::Person), "nothing was recorded");

    scene.discogs.unset(artist).await.unwrap();
    scene.discogs.unset(artist).await.unwrap();
    let matched = scene.discogs.find(artist, Urgency::Interactive).await.unwrap();
    assert_eq!(matched.link.entry, Some(DiscogsEntry::Artist(101)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_pages_of_an_unknown_artist_ask_once() {
    let scene = Scene::new();
    let artist = scene.artist("Marfa Lights").await;
    // No answer comes, and yet no page waits for one.
    scene.server.hold(true);
    let pages: Vec<_> = (0..500)
        .map(|_| {
            let discogs = scene.discogs.clone();
            tokio::spawn(async move { discogs.artist_page(artist).await.unwrap() })
        })
        .collect();
    for page in pages {
        let page = page.await.unwrap().to_artist();
        assert_eq!((page.link.state.as_str(), page.name.as_str()), ("unknown", ""));
    }
    scene.server.hold(false);
    let page = scene.page_with_data(artist).await.to_artist();
    assert_eq!((page.name.as_str(), page.link.state.as_str()), ("Marfa Lights", "linked"));
    assert_eq!(scene.asked("/database/search"), 1);
    assert_eq!(scene.asked("/artists/101"), 1);
    assert_eq!(scene.server.asked().len(), 2, "and nothing besides");
}

#[tokio::test]
async fn without_search_pages_leave_things_as_they_are() {
    let scene = Scene::new();
    let artist = scene.artist("Marfa Lights").await;
    let quiet = scene.discogs.clone().without_search();
    assert_eq!(quiet.artist_page(artist).await.unwrap().to_link().state, "unknown");
    quiet.settled().await;
    assert_eq!(scene.catalog.discogs_link(SubjectId::Artist(artist)).await.unwrap(), None);
    assert_eq!(scene.server.asked().len(), 0);
}

#[tokio::test]
async fn artists_are_refreshed_once_a_day() {
    let scene = Scene::new();
    scene.artist("Marfa Lights").await;
    scene.artist("Night Ferries").await;
    let refresh = Refresh::new(&scene.discogs, RefreshOptions::default());
    assert_eq!(refresh.round().await.unwrap(), 2);
    let first = scene.server.asked().len();
    assert_eq!((scene.asked("/artists/101"), scene.asked("/artists/102")), (1, 1));
    for _ in 0..3 {
        assert_eq!(refresh.round().await.unwrap(), 0, "it is the same day");
    }
    scene.clock.pass(23);
    assert_eq!(refresh.round().await.unwrap(), 0);
    assert_eq!(scene.server.asked().len(), first);
    scene.clock.pass(2);
    assert_eq!(refresh.round().await.unwrap(), 2);
    assert_eq!((scene.asked("/artists/101"), scene.asked("/artists/102")), (2, 2));
    assert_eq!(refresh.round().await.unwrap(), 0);
}

#[tokio::test]
async fn an_outage_leaves_pages_as_they_are() {
    let scene = Scene::new();
    let artist = scene.artist("Marfa Lights").await;
    let refresh = Refresh::new(&scene.discogs, RefreshOptions::default());
    refresh.round().await.unwrap();
    let before = scene.page_with_data(artist).await.to_artist();
    scene.server.fail(503);
    scene.clock.pass(25);
    // Where there is an old answer, it is the answer.
    refresh.round().await.unwrap();
    assert_eq!(scene.page(artist).await.to_artist(), before);
    scene.clock.pass(24 * 40);
    let _ = refresh.round().await;
    assert_eq!(scene.page(artist).await.to_artist(), before, "older than it is served usually");

    let other = scene.artist("Night Ferries").await;
    assert!(refresh.round().await.is_err(), "there is no old answer for it");
    let page = scene.page(other).await.to_artist();
    assert_eq!((page.link.state.as_str(), page.name.as_str()), ("unknown", ""));
    assert_eq!(scene.catalog.discogs_link(SubjectId::Artist(other)).await.unwrap(), None);
    scene.server.heal();
    scene.discogs.settled().await;
    refresh.round().await.unwrap();
    assert_eq!(scene.page_with_data(other).await.to_artist().name, "The Night Ferries");
}

#[tokio::test]
async fn after_a_refusal_nothing_more_is_asked() {
    let scene = Scene::new();
    let artist = scene.artist("Marfa Lights").await;
    scene.server.others_ask(60);
    scene.server.say_retry_after(Some(3600));
    let subject = SubjectId::Artist(artist);
    let error = scene.discogs.find(subject, Urgency::Interactive).await.unwrap_err();
    assert!(
        matches!(error, Error::Discogs(DiscogsError::RateLimited { retry_after: Some(_) })),
        "{error:?}"
    );
    assert_eq!(scene.catalog.discogs_link(subject).await.unwrap(), None);
    for _ in 0..5 {
        assert_eq!(scene.page(artist).await.to_link().state, "unknown");
    }
    assert_eq!((scene.server.asked().len(), scene.server.refused()), (1, 1));
}
