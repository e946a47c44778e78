//! What every [`Intake`] must do, one case a function.
//!
//! A test crate implements [`IntakeFixture`] for its backend and calls
//! [`intake_conformance!`](crate::intake_conformance): each case becomes a test of its own.

mod copies;
mod listings;
mod objects;
mod takings;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use studio_blob::BlobStore;
use studio_blob::intake::{FoundObject, Intake, Piece};
use studio_domain::{AssetKey, ObjectState};

pub use self::copies::*;
pub use self::listings::*;
pub use self::objects::*;
pub use self::takings::*;

/// An empty place that others put files into.
#[async_trait]
pub trait IntakeFixture: Sized + Send + Sync {
    /// Makes the place; `None` where the backend cannot be had, after saying why.
    async fn set_up() -> Option<Self>;

    /// A handle on the place; all handles are on the same one.
    fn open(&self) -> Arc<dyn Intake>;

    /// A handle on a place that is not there.
    fn open_missing(&self) -> Arc<dyn Intake>;

    /// Puts an object there as a foreign tool would: new, or in the place of another.
    async fn put(&self, key: &str, bytes: &[u8]);

    /// Whether the backend can hold an object with this key.
    fn holds(&self, _key: &str) -> bool {
        true
    }

    /// Whether it says of a key that it cannot hold that nothing is there. Servers may say
    /// anything; no event tells of such a key.
    fn tells_what_it_cannot_hold(&self) -> bool {
        true
    }

    /// Whether the server heeds the conditions of copies and deletions. Some do not; cases in
    /// which only these tell are skipped on them.
    fn heeds_conditions(&self) -> bool {
        true
    }

    /// Whether objects can be handed over to a store.
    fn neighbour(&self) -> Option<Neighbour> {
        None
    }
}

/// A store on the same server.
pub struct Neighbour {
    /// The store; its bucket is there.
    pub store: Arc<dyn BlobStore>,
    /// The intake, copying everything that has more than 5 MiB in parts of 5 MiB.
    pub in_parts: Arc<dyn Intake>,
    /// A store whose bucket is not there.
    pub missing: Arc<dyn BlobStore>,
}

/// Makes a test of each case for an [`IntakeFixture`].
#[macro_export]
macro_rules! intake_conformance {
    ($fixture:ty) => {
        $crate::intake_conformance!($fixture:
            what_is_there_is_told,
            ranges_end_where_the_object_does,
            an_empty_object_is_an_object,
            another_state_is_told,
            a_missing_object_is_no_missing_place,
            hard_keys_of_others_come_through,
            what_cannot_be_held_is_not_found,
            listings_join_to_the_whole,
            listings_keep_to_their_prefix,
            strange_keys_are_listed,
            only_what_was_seen_is_removed,
            only_what_was_seen_is_moved,
            a_move_replaces_only_if_it_may,
            a_move_leads_deep_down,
            nothing_new_is_ever_removed,
            nothing_new_is_ever_moved,
            of_many_takers_one_takes,
            objects_are_handed_over,
            large_objects_are_handed_over_in_parts,
            only_what_was_seen_is_handed_over,
        );
    };
    ($fixture:ty: $($case:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                use $crate::intake_suite::IntakeFixture as _;
                if let Some(fixture) = <$fixture>::set_up().await {
                    $crate::intake_suite::$case(&fixture).await;
                }
            }
        )+
    };
}

pub(crate) fn key(text: &str) -> AssetKey {
    text.parse().unwrap()
}

pub(crate) fn anything() -> ObjectState {
    ObjectState::default()
}

/// Puts an object there; what is told of it.
pub(crate) async fn found(fixture: &impl IntakeFixture, at: &str, bytes: &[u8]) -> FoundObject {
    fixture.put(at, bytes).await;
    fixture.open().head(&key(at)).await.unwrap()
}

/// All of an object, if it is there.
pub(crate) async fn all(intake: &dyn Intake, at: &str) -> Option<Bytes> {
    match intake.read(&key(at), 0..1 << 40, &anything()).await {
        Ok(Piece { bytes, .. }) => Some(bytes),
        Err(studio_blob::Error::NotFound { .. }) => None,
        Err(error) => panic!("{at}: {error:?}"),
    }
}

/// All keys, page by page.
pub(crate) async fn keys(intake: &dyn Intake, prefix: &str) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = intake.list(prefix, after).await.unwrap();
        let Some(last) = page.last() else { return all };
        after = Some(last.key.clone());
        all.extend(page.iter().map(|found| found.key.as_str().to_owned()));
    }
}
