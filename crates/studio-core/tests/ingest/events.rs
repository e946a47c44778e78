//! What an event leads to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use studio_core::Error;
use studio_core::ingest::{IngestRules, OnInvalid, Outcome};
use studio_domain::{AssetEvent, AssetStatus, EventKind, Moment, ObjectState};

use super::scene::{BUCKET, Scene, bad, deleting, good, status_of};
use super::tripwire::{Hook, Side};

#[tokio::test(flavor = "multi_thread")]
async fn a_good_file_is_valid_and_stays_where_it_is() {
    let scene = Scene::new();
    let event = scene.put("a/take.wav", &good(1));
    let taken = scene.ingest().take(&event).await.unwrap();
    assert_eq!(taken.outcome, Outcome::Valid);
    let asset = taken.asset.unwrap();
    assert_eq!((asset.status, &asset.state), (AssetStatus::Valid, &event.state));
    assert_eq!((asset.size, &asset.moment), (event.size, &event.moment));
    assert_eq!((&asset.reasons, &asset.warnings), (&vec![], &vec![]));
    assert_eq!(asset.profile.as_deref(), Some("ingest"));
    let facts = asset.facts.as_ref().unwrap();
    assert_eq!((facts.channel_count, facts.sample_rate, facts.frame_count), (2, 48_000, 1001));
    assert_eq!(scene.asset("a/take.wav").await, Some(*asset));
    assert_eq!(scene.keys(), ["a/take.wav"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_is_moved_aside() {
    let scene = Scene::new();
    let event = scene.put("a/take.wav", &bad(1));
    let taken = scene.ingest().take(&event).await.unwrap();
    let Outcome::Quarantined(aside) = &taken.outcome else { panic!("{taken:?}") };
    assert_eq!(status_of(&taken), AssetStatus::Quarantined);
    assert!(aside.as_str().starts_with("quarantine/") && aside.as_str().ends_with("/take.wav"));
    assert_eq!(scene.keys(), [aside.as_str()]);
    assert_eq!(scene.get(aside.as_str()).unwrap(), bad(1));
    let asset = taken.asset.unwrap();
    assert_eq!(asset.reasons[0].code, "sample-rate");
    let quarantined = scene.quarantined().await.remove(0);
    assert_eq!((&quarantined.stored_as, &quarantined.place), (aside, &event.place));
    assert_eq!((quarantined.size, quarantined.reasons), (event.size, asset.reasons));
    // What its bucket tells of that changes nothing.
    let told = scene.event(aside.as_str(), EventKind::Created);
    assert_eq!(scene.ingest().take(&told).await.unwrap().outcome, Outcome::Aside);
    assert_eq!(scene.asset(aside.as_str()).await, None);
    let gone = scene.event("a/take.wav", EventKind::Removed);
    let taken = scene.ingest().take(&gone).await.unwrap();
    assert_eq!((&taken.outcome, status_of(&taken)), (&Outcome::Gone, AssetStatus::Quarantined));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_is_removed_where_that_is_the_rule() {
    let scene = Scene::new();
    let event = scene.put("take.wav", &bad(1));
    let ingest = scene.ingest_with(deleting());
    let taken = ingest.take(&event).await.unwrap();
    assert_eq!((&taken.outcome, status_of(&taken)), (&Outcome::Removed, AssetStatus::Rejected));
    assert_eq!(scene.keys(), [""; 0]);
    assert_eq!(scene.quarantined().await, []);
    let again = ingest.take(&event).await.unwrap();
    assert_eq!(again.outcome, Outcome::Removed);
    let gone = scene.event("take.wav", EventKind::Removed);
    ingest.take(&gone).await.unwrap();
    assert_eq!(scene.status("take.wav").await, AssetStatus::Rejected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_vanished_is_deleted() {
    let scene = Scene::new();
    let event = scene.put("take.wav", &good(1));
    scene.server.bucket(BUCKET).remove("take.wav");
    let taken = scene.ingest().take(&event).await.unwrap();
    assert_eq!((&taken.outcome, status_of(&taken)), (&Outcome::Gone, AssetStatus::Deleted));
    assert_eq!(taken.asset.unwrap().reasons[0].code, "object-missing");
    let event = scene.put("take.wav", &good(1));
    assert_eq!(scene.ingest().take(&event).await.unwrap().outcome, Outcome::Valid);
    let removed = scene.remove("take.wav");
    let taken = scene.ingest().take(&removed).await.unwrap();
    assert_eq!((&taken.outcome, status_of(&taken)), (&Outcome::Gone, AssetStatus::Deleted));
    assert_eq!(taken.asset.unwrap().reasons[0].code, "object-removed");
}

/// Each of them is judged by the event of its own.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_replaced_is_superseded() {
    let scene = Scene::new();
    let first = scene.put("take.wav", &bad(1));
    let second = scene.put("take.wav", &good(2));
    let ingest = scene.ingest();
    let taken = ingest.take(&first).await.unwrap();
    assert_eq!((taken.outcome, taken.asset), (Outcome::Superseded, None));
    assert_eq!(ingest.take(&second).await.unwrap().outcome, Outcome::Valid);
    assert_eq!(ingest.take(&first).await.unwrap().outcome, Outcome::Seen);
    assert_eq!(scene.get("take.wav").unwrap(), good(2));
    // A removal that something came after.
    let removed = scene.event("take.wav", EventKind::Removed);
    let taken = ingest.take(&removed).await.unwrap();
    assert_eq!((&taken.outcome, status_of(&taken)), (&Outcome::Superseded, AssetStatus::Valid));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_counts_once() {
    let scene = Scene::new();
    let event = scene.put("take.wav", &good(1));
    let ingest = scene.ingest();
    let first = ingest.take(&event).await.unwrap();
    for _ in 0..2 {
        let again = ingest.take(&event).await.unwrap();
        assert_eq!((again.outcome, &again.asset), (Outcome::Seen, &first.asset));
    }
    // Three at once.
    let event = scene.put("other.wav", &bad(1));
    let (a, b, c) = tokio::join!(ingest.take(&event), ingest.take(&event), ingest.take(&event));
    for taken in [a, b, c] {
        assert_eq!(status_of(&taken.unwrap()), AssetStatus::Quarantined);
    }
    assert_eq!(scene.quarantined().await.len(), 1);
    assert_eq!(scene.asset("other.wav").await.unwrap().revision, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_event_changes_nothing() {
    let scene = Scene::new();
    let first = scene.put("take.wav", &bad(1));
    let removed = scene.event("take.wav", EventKind::Removed);
    let last = scene.put("take.wav", &good(2));
    let ingest = scene.ingest();
    assert_eq!(ingest.take(&last).await.unwrap().outcome, Outcome::Valid);
    for old in [&first, &removed] {
        let taken = ingest.take(old).await.unwrap();
        assert_eq!((&taken.outcome, status_of(&taken)), (&Outcome::Older, AssetStatus::Valid));
    }
    assert_eq!(scene.get("take.wav").unwrap(), good(2));
    assert_eq!(scene.quarantined().await, []);
}

/// Some servers tell neither an order nor which bytes.
#[tokio::test(flavor = "multi_thread")]
async fn poor_events_are_enough() {
    let scene = Scene::new();
    let full = scene.put("good.wav", &good(1));
    let poor = AssetEvent {
        state: ObjectState::default(),
        size: None,
        moment: Moment::default(),
        ..full.clone()
    };
    let taken = scene.ingest().take(&poor).await.unwrap();
    assert_eq!(taken.outcome, Outcome::Valid);
    assert_eq!(taken.asset.unwrap().state, full.state);
    let full = scene.put("bad.wav", &bad(1));
    let poor = AssetEvent { state: ObjectState::default(), ..full };
    let taken = scene.ingest().take(&poor).await.unwrap();
    assert!(matches!(taken.outcome, Outcome::Quarantined(_)), "{taken:?}");
    // By the clock alone.
    let timed = |event: AssetEvent| {
        let moment = Moment { sequencer: None, at: event.moment.at };
        AssetEvent { moment, ..event }
    };
    let first = timed(scene.put("timed.wav", &bad(2)));
    let second = timed(scene.put("timed.wav", &good(2)));
    assert_eq!(scene.ingest().take(&second).await.unwrap().outcome, Outcome::Valid);
    assert_eq!(scene.ingest().take(&first).await.unwrap().outcome, Outcome::Older);
    let missing = AssetEvent {
        state: ObjectState::default(),
        ..scene.event("never.wav", EventKind::Created)
    };
    assert_eq!(scene.ingest().take(&missing).await.unwrap().outcome, Outcome::Gone);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_bucket_is_an_error() {
    let scene = Scene::new();
    let mut event = scene.put("take.wav", &good(1));
    event.place.bucket = "other".parse().unwrap();
    let taken = scene.ingest().take(&event).await;
    assert!(matches!(taken, Err(Error::OtherBucket { .. })), "{taken:?}");
}

/// Does something once, before the first call of this name.
fn once_before(name: &'static str, work: impl Fn() + Send + Sync + 'static) -> Hook {
    let done = AtomicBool::new(false);
    Arc::new(move |call, side| {
        if call == name && side == Side::Before && !done.swap(true, Ordering::SeqCst) {
            work();
        }
        false
    })
}

/// Whatever comes in between, the file that is there last is never taken away.
#[tokio::test(flavor = "multi_thread")]
async fn an_overwrite_in_between_is_never_removed() {
    for on_invalid in [OnInvalid::Quarantine, OnInvalid::Delete] {
        for call in ["standing", "read", "record", "relocate", "remove", "head", "settle"] {
            for (old, new) in [(bad(1), good(2)), (bad(1), bad(2)), (good(1), bad(2))] {
                let scene = Arc::new(Scene::new());
                let event = scene.put("take.wav", &old);
                let (place, bytes) = (Arc::clone(&scene), new.clone());
                let came = Arc::new(AtomicBool::new(false));
                let coming = Arc::clone(&came);
                let hook = once_before(call, move || {
                    coming.store(true, Ordering::SeqCst);
                    place.server.bucket(BUCKET).put("take.wav", bytes.clone());
                });
                let rules = IngestRules { on_invalid, ..IngestRules::default() };
                let ingest = scene.wired(rules, hook);
                let taken = ingest.take(&event).await.unwrap();
                let now = scene.get("take.wav");
                if !came.load(Ordering::SeqCst) {
                    // Nothing of this name was called.
                    continue;
                }
                assert_eq!(now.as_deref(), Some(&new[..]), "{call} {taken:?}");
                // Its own event settles it.
                let own = scene.put("take.wav", &new);
                let after = ingest.take(&own).await.unwrap();
                let is_good = new == good(2);
                assert_eq!(after.outcome == Outcome::Valid, is_good, "{call} {after:?}");
                assert_eq!(scene.get("take.wav").is_some(), is_good, "{call}");
            }
        }
    }
}

/// The header is read by two reads; what is there at the second is another file.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_replaced_while_it_is_judged_is_superseded() {
    let scene = Arc::new(Scene::new());
    let event = scene.put("take.wav", &super::verdicts::long_with_trailing_chunks(2 << 20));
    let place = Arc::clone(&scene);
    let hook: Hook = Arc::new(move |call, side| {
        if call == "read" && side == Side::After {
            place.server.bucket(BUCKET).put("take.wav", good(3));
        }
        false
    });
    let taken = scene.wired(IngestRules::default(), hook).take(&event).await.unwrap();
    assert_eq!(taken.outcome, Outcome::Superseded);
    assert_eq!(scene.get("take.wav").unwrap(), good(3));
}

/// Who is told of what is good is told before that is recorded, and again if that failed.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_else_is_told_of_what_is_good() {
    let scene = Scene::new();
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (heard, is_deaf) = (Arc::clone(&told), Arc::new(AtomicBool::new(true)));
    let deaf = Arc::clone(&is_deaf);
    let ingest = scene.ingest().telling(Arc::new(move |judged| {
        heard.lock().unwrap().push(judged.event.place.key.to_string());
        let deaf = deaf.load(Ordering::SeqCst);
        Box::pin(async move { if deaf { Err(Error::Cancelled) } else { Ok(()) } })
    }));
    let good_one = scene.put("good.wav", &good(1));
    let bad_one = scene.put("bad.wav", &bad(1));
    assert!(ingest.take(&good_one).await.is_err());
    assert_ne!(scene.status("good.wav").await, AssetStatus::Valid);
    is_deaf.store(false, Ordering::SeqCst);
    assert_eq!(ingest.take(&good_one).await.unwrap().outcome, Outcome::Valid);
    assert_eq!(ingest.take(&good_one).await.unwrap().outcome, Outcome::Seen);
    ingest.take(&bad_one).await.unwrap();
    assert_eq!(*told.lock().unwrap(), ["good.wav", "good.wav"]);
}

/// On a server that ignores the conditions of copies and deletions, whatever is not in that
/// very moment is noticed all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_weak_server_is_enough() {
    use studio_testkit::s3::Weakness::{Md5ETags, NoConditionalDeletes, NoCopyConditions};
    let scene = Scene::on(&[Md5ETags, NoCopyConditions, NoConditionalDeletes]);
    let ingest = scene.ingest();
    let event = scene.put("take.wav", &bad(1));
    let taken = ingest.take(&event).await.unwrap();
    assert!(matches!(taken.outcome, Outcome::Quarantined(_)), "{taken:?}");
    let object = scene.quarantined().await.remove(0);
    let event = scene.put("take.wav", &good(1));
    assert!(matches!(ingest.release(object.id).await, Err(Error::Occupied { .. })));
    assert_eq!(ingest.take(&event).await.unwrap().outcome, Outcome::Valid);
    assert_eq!(scene.get("take.wav").unwrap(), good(1));
}
