//! What every [`BrowseRepo`], [`ListenerRepo`], [`OwnPlaylistRepo`] and [`ShareRepo`] must do,
//! one case a function.
//!
//! A test crate implements [`ListenerFixture`] for its backend and calls
//! [`listener_conformance!`](crate::listener_conformance): each case becomes a test of its own.

mod browse;
mod chance;
mod found;
mod genres;
mod heard;
mod lists;
mod marked;
mod marks;
mod shares;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use studio_domain::{
    Account, Album, ArtistId, OwnPlaylist, OwnPlaylistId, Recording, RecordingId, Role, Timestamp,
};
use studio_repo::{
    AccountRepo, AlbumOrder, ArtistOrder, BrowseRepo, ChoiceRepo, ListenerRepo, OwnPlaylistRepo,
    PlaylistRepo, PublishRepo, RecordingOrder, ShareRepo, Sight, Stretch,
};
use uuid::Uuid;

pub use self::browse::*;
pub use self::chance::*;
pub use self::found::*;
pub use self::genres::*;
pub use self::heard::*;
pub use self::lists::*;
pub use self::marked::*;
pub use self::marks::*;
pub use self::shares::*;
pub(crate) use crate::account_suite::at;
use crate::account_suite::{account, noted};

/// All that these cases need of a catalogue.
pub trait Listening:
    AccountRepo
    + ListenerRepo
    + BrowseRepo
    + OwnPlaylistRepo
    + ShareRepo
    + PublishRepo
    + PlaylistRepo
    + ChoiceRepo
{
}

impl<
    T: AccountRepo
        + ListenerRepo
        + BrowseRepo
        + OwnPlaylistRepo
        + ShareRepo
        + PublishRepo
        + PlaylistRepo
        + ChoiceRepo,
> Listening for T
{
}

/// An empty catalogue of one backend.
#[async_trait]
pub trait ListenerFixture: Sized + Send + Sync {
    /// Makes the catalogue; `None` where the backend cannot be had, after saying why.
    async fn set_up() -> Option<Self>;

    /// A handle on the catalogue; all handles are on the same one.
    fn open(&self) -> Arc<dyn Listening>;
}

/// Makes a test of each case for a [`ListenerFixture`].
#[macro_export]
macro_rules! listener_conformance {
    ($fixture:ty) => {
        $crate::listener_conformance!($fixture:
            what_is_starred_stays_so_since_it_first_was,
            ratings_are_set_and_taken_back,
            a_play_counts_once,
            marks_are_of_one_account,
            what_goes_takes_along_what_was_said_of_it,
            an_account_takes_along_what_it_said,
            bookmarks_are_set_again_and_seen_as_far_as_may_be,
            a_queue_comes_back_as_it_was_kept,
            what_is_starred_is_listed_the_last_first,
            albums_are_listed_by_what_was_heard_and_liked,
            the_most_played_of_an_artist_are_listed,
            albums_are_listed_in_every_order,
            albums_are_listed_by_year_both_ways,
            albums_tell_what_is_on_them,
            each_sees_what_is_in_sight,
            stretches_join_to_the_whole,
            what_is_asked_for_comes_in_its_order,
            measured_loudness_is_found_by_recording,
            chance_draws_each_at_most_once,
            chance_draws_others_each_time,
            chance_draws_of_a_genre_what_is_in_sight,
            chance_draws_of_years_what_is_in_sight,
            artists_are_listed_with_their_albums,
            what_is_of_an_artist_or_on_an_album_is_listed,
            words_find_one_kind_alone,
            words_find_what_is_in_sight,
            a_genre_is_kept_with_a_recording,
            genres_are_counted_as_far_as_they_are_in_sight,
            genres_follow_what_changes,
            what_is_of_a_genre_is_listed,
            a_playlist_of_a_listener_is_found_as_it_is,
            playlists_of_listeners_are_listed,
            what_is_on_a_playlist_of_a_listener_is_seen_as_far_as_may_be,
            a_recording_that_goes_leaves_the_playlists_of_listeners,
            a_share_is_found_as_it_is,
            shares_are_listed_the_newest_first,
            a_visit_is_counted,
            links_go_with_what_they_lead_to,
        );
    };
    ($fixture:ty: $($case:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                use $crate::listener_suite::ListenerFixture as _;
                if let Some(fixture) = <$fixture>::set_up().await {
                    $crate::listener_suite::$case(&fixture).await;
                }
            }
        )+
    };
}

/// Takes in an account of a listener.
pub(crate) async fn listener(catalog: &dyn Listening, name: &str) -> Account {
    let listener = account(name, Role::Listener);
    catalog.put_account(&listener, &noted("user.add", 1)).await.unwrap();
    listener
}

pub(crate) async fn keep(catalog: &dyn Listening, albums: &[&Album], recordings: &[&Recording]) {
    for album in albums {
        catalog.put_album(album).await.unwrap();
    }
    let recordings: Vec<Recording> = recordings.iter().map(|one| (*one).clone()).collect();
    catalog.put_recordings(&recordings).await.unwrap();
}

/// A playlist that only its owner sees.
pub(crate) fn list(owner: &Account, name: &str, recordings: &[RecordingId]) -> OwnPlaylist {
    OwnPlaylist {
        id: OwnPlaylistId::from_uuid(Uuid::now_v7()),
        owner: owner.id,
        name: name.parse().unwrap(),
        comment: None,
        is_public: false,
        recordings: recordings.to_vec(),
        created_at: at(1),
        changed_at: at(1),
    }
}

pub(crate) const ALL: Stretch = Stretch { offset: 0, limit: 500 };

/// The names of the artists of an order, with how many albums they have.
pub(crate) async fn artists(
    catalog: &dyn Listening,
    order: ArtistOrder,
    sight: &Sight,
) -> Vec<(String, u32)> {
    let listed = catalog.artists_listed(&order, sight, ALL).await.unwrap();
    listed.into_iter().map(|listed| (listed.artist.name.to_string(), listed.albums)).collect()
}

/// The titles of the albums of an order.
pub(crate) async fn albums(
    catalog: &dyn Listening,
    order: AlbumOrder,
    sight: &Sight,
) -> Vec<String> {
    let listed = catalog.albums_listed(&order, sight, ALL).await.unwrap();
    listed.into_iter().map(|listed| listed.entry.album.title.to_string()).collect()
}

/// The titles of the recordings of an order.
pub(crate) async fn recordings(
    catalog: &dyn Listening,
    order: RecordingOrder,
    sight: &Sight,
) -> Vec<String> {
    let listed = catalog.recordings_listed(&order, sight, ALL).await.unwrap();
    listed.into_iter().map(|entry| entry.recording.title.to_string()).collect()
}

/// What is published, and all of an artist.
pub(crate) fn and(artist: ArtistId) -> Sight {
    Sight::PublishedAnd(BTreeSet::from([artist]))
}

/// When everything of these tests is played first.
pub(crate) fn minute(minutes: i64) -> Timestamp {
    at(60 * minutes)
}
