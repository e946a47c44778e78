//! What every [`PublishRepo`], [`PlaylistRepo`], [`ShelfRepo`], [`SiteRepo`], [`PageRepo`] and
//! [`SketchRepo`] must do, one case a function.
//!
//! A test crate implements [`PublishFixture`] for its backend and calls
//! [`publish_conformance!`](crate::publish_conformance): each case becomes a test of its own.

mod albums;
mod playlists;
mod recordings;
mod removals;
mod search;
mod shelf;
mod site;

use std::sync::Arc;

use async_trait::async_trait;
use studio_domain::{
    Album, AlbumId, AlbumPlace, AudioFormat, BitDepth, Codec, Container, Digest, ObjectKey, Origin,
    Position, Recording, RecordingId, SoundPlace, StoredSound, Timestamp,
};
use studio_repo::{
    AlbumEntry, CareRepo, CatalogRepo, PageRepo, PlaylistRepo, PublishRepo, RecordingEntry,
    ShelfRepo, SiteRepo, SketchRepo, TrashRepo,
};
use uuid::Uuid;

pub use self::albums::*;
pub use self::playlists::*;
pub use self::recordings::*;
pub use self::removals::*;
pub use self::search::*;
pub use self::shelf::*;
pub use self::site::*;

/// All that a catalogue can do with what is released, and what has to do with it.
pub trait Publications:
    CatalogRepo
    + TrashRepo
    + CareRepo
    + PublishRepo
    + PlaylistRepo
    + ShelfRepo
    + SiteRepo
    + PageRepo
    + SketchRepo
{
}

impl<T> Publications for T where
    T: CatalogRepo
        + TrashRepo
        + CareRepo
        + PublishRepo
        + PlaylistRepo
        + ShelfRepo
        + SiteRepo
        + PageRepo
        + SketchRepo
{
}

/// An empty catalogue of one backend.
#[async_trait]
pub trait PublishFixture: Sized + Send + Sync {
    /// Makes the catalogue; `None` where the backend cannot be had, after saying why.
    async fn set_up() -> Option<Self>;

    /// A handle on the catalogue; all handles are on the same one.
    fn open(&self) -> Arc<dyn Publications>;
}

/// Makes a test of each case for a [`PublishFixture`].
#[macro_export]
macro_rules! publish_conformance {
    ($fixture:ty) => {
        $crate::publish_conformance!($fixture:
            an_album_is_found_as_it_is,
            an_album_takes_its_new_state,
            a_title_is_given_once_for_an_artist,
            an_album_in_use_stays,
            a_recording_is_found_as_it_is,
            hard_titles_come_through,
            recordings_are_taken_in_together_or_not_at_all,
            slugs_of_recordings_are_numbered_and_stay,
            artists_come_with_the_first_and_go_with_the_last,
            recordings_are_found_by_title,
            own_recordings_move_to_another_store,
            a_playlist_is_found_as_it_is,
            playlists_refuse_what_is_taken_or_unknown,
            a_recording_that_goes_leaves_the_playlists,
            pages_of_the_shelf_join_to_the_whole,
            only_what_is_published_is_shown_where_only_that_is_wanted,
            an_album_is_told_with_what_is_on_it,
            an_unknown_place_on_the_shelf_is_refused,
            words_find_what_begins_with_them,
            artists_come_before_albums_and_recordings,
            what_is_found_follows_what_changes,
            uploads_can_be_found,
            any_text_is_a_search,
            pages_of_a_search_join_to_the_whole,
            a_published_object_stays,
            an_object_on_its_way_out_is_not_published,
            lists_of_artists_have_covers_and_join_to_the_whole,
            the_page_of_an_artist_has_what_is_published,
            lists_of_an_artist_join_to_the_whole,
            the_page_of_an_album_has_what_is_published,
            what_is_said_on_pages_is_kept,
            a_page_begins_with_what_is_featured,
            old_addresses_lead_to_new_ones,
            sitemaps_name_what_is_published,
            a_sketch_is_of_the_bytes_that_are_there,
        );
    };
    ($fixture:ty: $($case:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                use $crate::publish_suite::PublishFixture as _;
                if let Some(fixture) = <$fixture>::set_up().await {
                    $crate::publish_suite::$case(&fixture).await;
                }
            }
        )+
    };
}

/// An album that everybody may see.
pub fn album(artist: &str, title: &str) -> Album {
    Album {
        id: AlbumId::from_uuid(Uuid::now_v7()),
        artist: artist.parse().unwrap(),
        title: title.parse().unwrap(),
        released: None,
        licence: None,
        artwork: None,
        published: true,
        library: None,
        updated_at: Timestamp::from_micros(1_000_000),
    }
}

/// The digest of the bytes of a seed.
pub fn digest(seed: u64) -> Digest {
    let mut bytes = [0x5a; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    Digest::from_bytes(bytes)
}

/// A single that everybody may hear, its bytes told apart by `seed`.
pub fn single(artist: &str, title: &str, seed: u64) -> Recording {
    let digest = digest(seed);
    Recording {
        id: RecordingId::from_uuid(Uuid::now_v7()),
        artist: artist.parse().unwrap(),
        title: title.parse().unwrap(),
        album: None,
        released: None,
        genre: None,
        licence: None,
        artwork: None,
        published: true,
        origin: Origin::Upload,
        sound: StoredSound {
            place: SoundPlace::Own {
                store: "s3://music/vault".parse().unwrap(),
                key: ObjectKey::of_object(&digest),
                digest,
            },
            size: seed,
            content_type: "audio/wav".to_owned(),
            modified_at: Timestamp::from_micros(7),
            format: Some(AudioFormat {
                container: Container::Wav,
                codec: Codec::Pcm,
                channels: 2,
                sample_rate: 48_000,
                bit_depth: Some(BitDepth::full(24)),
                frames: Some(seed),
            }),
        },
        updated_at: Timestamp::from_micros(1_000_000),
    }
}

/// A recording at a place of an album.
pub fn on(album: &Album, disc: u16, number: u16, title: &str, seed: u64) -> Recording {
    let place = AlbumPlace { album: album.id, position: Position { disc, number } };
    Recording { album: Some(place), ..single(album.artist.as_str(), title, seed) }
}

pub(crate) async fn put(catalog: &dyn Publications, recording: &Recording) -> RecordingEntry {
    let mut entries = catalog.put_recordings(std::slice::from_ref(recording)).await.unwrap();
    assert_eq!(entries.len(), 1);
    entries.remove(0)
}

pub(crate) async fn put_album(catalog: &dyn Publications, album: &Album) -> AlbumEntry {
    catalog.put_album(album).await.unwrap()
}
