//! A catalogue with music in it, for tests of what is told of it.

pub(crate) mod band;

use std::sync::Arc;

use studio_core::playback::Playback;
use studio_core::{Assets, BlobStore, Job, Listening, MemoryStore, Shelf, Studio, Upload};
use studio_domain::{
    Album, AlbumId, AlbumPlace, Digest, Licence, ObjectKey, Origin, Playlist, PlaylistId, Position,
    Recording, RecordingId, SoundPlace, StoredSound, Timestamp, VersionPath,
};
use studio_repo::{PlaylistRepo as _, PublishRepo as _, SqliteCatalog};
use studio_web::{Music, Options, State};
use uuid::Uuid;

/// How many albums with how many recordings there are, besides two singles.
pub(crate) const ALBUMS: u64 = 5;
pub(crate) const ON_EACH: u64 = 3;

/// The bytes of every recording and of the take.
pub(crate) const SOUND: &[u8] = b"tchk tchk boom, and once again: tchk tchk boom";

/// What was made.
pub(crate) struct Seeded {
    pub(crate) catalog: Arc<SqliteCatalog>,
    pub(crate) music: Music,
    pub(crate) studio: Studio,
    pub(crate) state: State,
    pub(crate) albums: Vec<AlbumId>,
    pub(crate) recordings: Vec<RecordingId>,
    pub(crate) playlist: PlaylistId,
}

/// Identities that are the same in every run.
fn uuid(kind: u8, n: u64) -> Uuid {
    Uuid::from_u64_pair(u64::from(kind) << 56 | 0x7000, 0x8000_0000_0000_0000 | n)
}

pub(crate) fn album(n: u64, published: bool) -> Album {
    Album {
        id: AlbumId::from_uuid(uuid(1, n)),
        artist: "Khruangbin".parse().unwrap(),
        title: format!("Álbum {n}").parse().unwrap(),
        released: Some("2018-01-26".parse().unwrap()),
        licence: Some(Licence::CcBy),
        artwork: None,
        published,
        library: None,
        updated_at: Timestamp::from_micros(1),
    }
}

pub(crate) fn recording(n: u64, album: Option<u64>, published: bool, own: &Own) -> Recording {
    let place = |album| AlbumPlace {
        album: AlbumId::from_uuid(uuid(1, album)),
        position: Position { disc: 0, number: n as u16 + 1 },
    };
    Recording {
        id: RecordingId::from_uuid(uuid(2, n)),
        artist: "Khruangbin".parse().unwrap(),
        title: format!("Third Room {n}").parse().unwrap(),
        album: album.map(place),
        released: None,
        genre: Some("Soul".parse().unwrap()),
        licence: None,
        artwork: None,
        published,
        origin: Origin::Upload,
        sound: own.sound(),
        updated_at: Timestamp::from_micros(1),
    }
}

/// An object of the studio's own.
pub(crate) struct Own {
    store: studio_domain::StoreUrl,
    key: ObjectKey,
    digest: Digest,
}

impl Own {
    fn sound(&self) -> StoredSound {
        StoredSound {
            place: SoundPlace::Own {
                store: self.store.clone(),
                key: self.key.clone(),
                digest: self.digest,
            },
            size: SOUND.len() as u64,
            content_type: "audio/wav".to_owned(),
            modified_at: Timestamp::from_micros(1_000_000),
            format: None,
        }
    }
}

/// Fills a catalogue; the last album and the last single are not published.
pub(crate) async fn fill(catalog: Arc<SqliteCatalog>, everybody: bool) -> Seeded {
    let store = Arc::new(MemoryStore::new());
    let studio = Studio::new(Arc::clone(&catalog), store.clone());
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("take.wav");
    std::fs::write(&file, SOUND).unwrap();
    let mut own = None;
    for tag in ["one", "two", "three"] {
        let path = VersionPath {
            artist: "Khruangbin".parse().unwrap(),
            song: "Maria También".parse().unwrap(),
            track: "DJ's Drums".parse().unwrap(),
            tag: tag.parse().unwrap(),
        };
        let upload = Upload { path: path.clone(), file: file.clone() };
        let version = studio.upload(&upload, &Job::default()).await.unwrap().version;
        studio.pick(&path, &"Laura".parse().unwrap(), None).await.unwrap();
        own = Some(Own {
            store: version.store.clone(),
            key: version.object_key.clone(),
            digest: version.digest,
        });
    }
    let own = own.unwrap();
    let mut albums = Vec::new();
    let mut recordings = Vec::new();
    for n in 0..ALBUMS {
        albums.push(catalog.put_album(&album(n, n + 1 < ALBUMS)).await.unwrap().album.id);
        for m in 0..ON_EACH {
            recordings.push(recording(n * ON_EACH + m, Some(n), n + 1 < ALBUMS, &own));
        }
    }
    recordings.push(recording(100, None, true, &own));
    recordings.push(recording(101, None, false, &own));
    catalog.put_recordings(&recordings).await.unwrap();
    let recordings: Vec<_> = recordings.iter().map(|recording| recording.id).collect();
    let playlist = Playlist {
        id: PlaylistId::from_uuid(uuid(3, 0)),
        name: "Sunday".parse().unwrap(),
        recordings: recordings.clone(),
        updated_at: Timestamp::from_micros(7),
    };
    catalog.put_playlist(&playlist).await.unwrap();
    let store: Arc<dyn BlobStore> = store;
    let listening = Listening::new(store, Playback::new(), studio.renditions());
    let music =
        Music::new(Shelf::new(Arc::clone(&catalog)), studio.clone()).with_listening(listening);
    let music = if everybody { music.published_only() } else { music };
    let assets = Assets::new(Arc::clone(&catalog));
    let state = State::new(assets, Options::default()).with_music(music.clone());
    Seeded { catalog, music, studio, state, albums, recordings, playlist: playlist.id }
}
