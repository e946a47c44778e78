//! What every [`LibraryRepo`] and [`LinkRepo`] must do, one case a function.
//!
//! A test crate implements [`LibraryFixture`] for its backend and calls
//! [`library_conformance!`](crate::library_conformance): each case becomes a test of its own.

mod links;
mod scans;

use std::sync::Arc;

use async_trait::async_trait;
use studio_repo::{LibraryRepo, LinkRepo, PublishRepo};

pub use self::links::*;
pub use self::scans::*;

/// All that these cases need of a catalogue.
pub trait LibraryCatalogue: LibraryRepo + LinkRepo + PublishRepo {}

impl<T: LibraryRepo + LinkRepo + PublishRepo> LibraryCatalogue for T {}

/// An empty catalogue of one backend.
#[async_trait]
pub trait LibraryFixture: Sized + Send + Sync {
    /// Makes the catalogue; `None` where the backend cannot be had, after saying why.
    async fn set_up() -> Option<Self>;

    /// A handle on the catalogue; all handles are on the same one.
    fn open(&self) -> Arc<dyn LibraryCatalogue>;
}

/// Makes a test of each case for a [`LibraryFixture`].
#[macro_export]
macro_rules! library_conformance {
    ($fixture:ty) => {
        $crate::library_conformance!($fixture:
            a_library_is_added_once,
            what_was_scanned_is_found_in_the_order_of_bytes,
            pages_of_a_scan_join_to_the_whole,
            scanned_recordings_join_the_album_that_is_there,
            what_people_said_outlives_a_scan,
            covers_beside_the_music_win,
            what_is_gone_takes_its_album_along,
            a_library_goes_with_all_it_brought,
            a_persons_word_outlives_a_match,
            artists_are_looked_at_in_turn,
        );
    };
    ($fixture:ty: $($case:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                use $crate::library_suite::LibraryFixture as _;
                if let Some(fixture) = <$fixture>::set_up().await {
                    $crate::library_suite::$case(&fixture).await;
                }
            }
        )+
    };
}
