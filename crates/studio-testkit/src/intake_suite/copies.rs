//! Bringing objects into a store.

use futures_util::TryStreamExt as _;
use studio_blob::{Attributes, BlobStore, Error};
use studio_domain::ObjectKey;

use super::{IntakeFixture, Neighbour, found};
use crate::noise;

fn target() -> ObjectKey {
    "objects/ab/take 1.wav".parse().unwrap()
}

fn attributes() -> Attributes {
    Attributes {
        content_type: Some("audio/wav".to_owned()),
        file_name: Some("Björk – Jóga.wav".to_owned()),
        labels: vec![("artist", "Björk".to_owned())],
    }
}

async fn stored(store: &dyn BlobStore) -> Option<Vec<u8>> {
    match store.get(&target(), None, None).await {
        Ok(body) => Some(body.chunks.try_collect::<Vec<_>>().await.unwrap().concat()),
        Err(Error::NotFound { .. }) => None,
        Err(error) => panic!("{error:?}"),
    }
}

/// A copy is what a store would have written, over whatever stands there.
pub async fn objects_are_handed_over(fixture: &impl IntakeFixture) {
    let intake = fixture.open();
    let Some(Neighbour { store, missing, .. }) = fixture.neighbour() else {
        let there = found(fixture, "a", b"bytes").await;
        let nowhere = "s3://nowhere".parse().unwrap();
        assert!(!intake.hands_over_to(&nowhere));
        let told = intake.hand_over(&there, &nowhere, &target(), &attributes()).await;
        assert!(matches!(told, Err(Error::Unsupported { .. })), "{told:?}");
        return;
    };
    assert!(intake.hands_over_to(store.url()));
    let keys = ["a", "sp ace/DJ's Björk+1%.wav", "what?versionId=1#&=.wav", "日本語/🎸"];
    for (n, at) in keys.into_iter().enumerate() {
        let bytes = noise::bytes(n as u64, 100_000 * n);
        let there = found(fixture, at, &bytes).await;
        intake.hand_over(&there, store.url(), &target(), &attributes()).await.unwrap();
        assert!(stored(&*store).await.unwrap() == bytes, "{at}");
        assert_eq!(store.head(&target()).await.unwrap().size, there.size);
        // It stays where it is.
        assert!(intake.head(&there.key).await.unwrap().state.is_same(&there.state));
    }
    let there = found(fixture, "a", b"bytes").await;
    let told = intake.hand_over(&there, missing.url(), &target(), &attributes()).await;
    assert!(matches!(told, Err(Error::NoSuchStore { .. })), "{told:?}");
}

/// As one object, with the last part as small as it is.
pub async fn large_objects_are_handed_over_in_parts(fixture: &impl IntakeFixture) {
    let Some(Neighbour { store, in_parts, .. }) = fixture.neighbour() else { return };
    for size in [(5 << 20) + 1, (10 << 20) + 12_345, 15 << 20] {
        let bytes = noise::bytes(size as u64, size);
        let there = found(fixture, "large file+1.wav", &bytes).await;
        in_parts.hand_over(&there, store.url(), &target(), &attributes()).await.unwrap();
        assert!(stored(&*store).await.unwrap() == bytes, "{size}");
    }
    assert_eq!(store.open_uploads("").await.unwrap().len(), 0);
}

/// Never another one, and nothing is left behind.
pub async fn only_what_was_seen_is_handed_over(fixture: &impl IntakeFixture) {
    let Some(Neighbour { store, in_parts, .. }) = fixture.neighbour() else { return };
    if !fixture.heeds_conditions() {
        crate::say_skipped("copying what was replaced", "this server has no such conditions");
        return;
    }
    for (size, intake) in [(10, fixture.open()), (6 << 20, in_parts)] {
        let first = found(fixture, "a", &noise::bytes(1, size)).await;
        let second = found(fixture, "a", &noise::bytes(2, size)).await;
        let told = intake.hand_over(&first, store.url(), &target(), &attributes()).await;
        assert!(matches!(told, Err(Error::Changed { .. })), "{told:?}");
        intake.remove(&second.key, &second.state).await.unwrap();
        let told = intake.hand_over(&second, store.url(), &target(), &attributes()).await;
        assert!(matches!(told, Err(Error::NotFound { .. })), "{told:?}");
        assert_eq!(stored(&*store).await, None);
    }
    let open = store.open_uploads("").await.unwrap();
    assert_eq!(open.len(), 0, "{open:?}");
}
