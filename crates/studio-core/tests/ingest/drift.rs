//! Comparing a bucket with what is known of it.

use studio_core::Job;
use studio_core::ingest::{Drift, Ingest, Outcome, Reconciled};
use studio_core::repo::OrderRepo as _;
use studio_domain::{AssetStatus, Moment};

use super::scene::{BUCKET, Scene, bad, good, now};

async fn reconcile(ingest: &Ingest, dry_run: bool) -> Reconciled {
    ingest.reconcile(&BUCKET.parse().unwrap(), dry_run, &Job::default()).await.unwrap()
}

fn drifts(report: &Reconciled) -> Vec<(&str, Drift)> {
    let mut all: Vec<_> = report
        .differences
        .iter()
        .map(|difference| (difference.place.key.as_str(), difference.drift))
        .collect();
    all.sort();
    all
}

/// A bucket in which events were lost in every way.
async fn in_disorder() -> Scene {
    let scene = Scene::new();
    let ingest = scene.ingest();
    for name in ["same", "changed", "changed-to-bad", "missing", "deleting", "again"] {
        let event = scene.put(&format!("{name}.wav"), &good(1));
        ingest.take(&event).await.unwrap();
    }
    let deleting = scene.asset("deleting.wav").await.unwrap();
    scene.catalog.order_deletion(deleting.id, None, now()).await.unwrap();
    let removed = scene.remove("again.wav");
    ingest.take(&removed).await.unwrap();
    scene.put("again.wav", &good(1));
    scene.put("changed.wav", &good(2));
    scene.put("changed-to-bad.wav", &bad(2));
    scene.remove("missing.wav");
    scene.put("unknown.wav", &good(3));
    scene.put("unknown-and-bad.wav", &bad(3));
    // Judged, and its removal was cut off.
    let event = scene.put("unfinished.wav", &bad(4));
    let (hook, _) = super::crashes::dying(3, super::tripwire::Side::Before);
    scene.wired(Default::default(), hook).take(&event).await.unwrap_err();
    assert_eq!(scene.status("unfinished.wav").await, AssetStatus::Rejected);
    // Put aside by somebody.
    scene.put("quarantine/unknown/x.wav", &bad(5));
    scene
}

const EXPECTED: [(&str, Drift); 7] = [
    ("again.wav", Drift::Changed),
    ("changed-to-bad.wav", Drift::Changed),
    ("changed.wav", Drift::Changed),
    ("missing.wav", Drift::Missing),
    ("unfinished.wav", Drift::Unfinished),
    ("unknown-and-bad.wav", Drift::Unknown),
    ("unknown.wav", Drift::Unknown),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_and_changes_nothing() {
    let scene = in_disorder().await;
    let (keys, quarantined) = (scene.keys(), scene.quarantined().await);
    for _ in 0..2 {
        let report = reconcile(&scene.ingest(), true).await;
        assert_eq!(drifts(&report), EXPECTED);
        assert_eq!((report.objects, report.assets), (8, 7));
        assert!(report.differences.iter().all(|one| one.taken.is_none() && one.problem.is_none()));
    }
    assert_eq!((scene.keys(), scene.quarantined().await), (keys, quarantined));
    assert_eq!(scene.asset("unknown.wav").await, None);
    assert_eq!(scene.status("missing.wav").await, AssetStatus::Valid);
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_are_dealt_with() {
    let scene = in_disorder().await;
    let report = reconcile(&scene.ingest(), false).await;
    assert_eq!(drifts(&report), EXPECTED);
    let problems: Vec<_> = report.differences.iter().filter_map(|d| d.problem.clone()).collect();
    assert_eq!(problems, [""; 0]);
    let expected = [
        ("same.wav", AssetStatus::Valid),
        ("again.wav", AssetStatus::Valid),
        ("changed.wav", AssetStatus::Valid),
        ("unknown.wav", AssetStatus::Valid),
        ("changed-to-bad.wav", AssetStatus::Quarantined),
        ("unknown-and-bad.wav", AssetStatus::Quarantined),
        ("unfinished.wav", AssetStatus::Quarantined),
        ("missing.wav", AssetStatus::Deleted),
        ("deleting.wav", AssetStatus::Deleting),
    ];
    for (key, status) in expected {
        assert_eq!(scene.status(key).await, status, "{key}");
    }
    assert_eq!(scene.quarantined().await.len(), 3);
    assert_eq!(drifts(&reconcile(&scene.ingest(), false).await), []);
    assert_eq!(drifts(&reconcile(&scene.ingest(), true).await), []);
}

/// The events that were late come after all, and change nothing.
#[tokio::test(flavor = "multi_thread")]
async fn late_events_change_nothing() {
    let scene = Scene::new();
    let ingest = scene.ingest();
    let first = scene.put("take.wav", &good(1));
    let second = scene.put("take.wav", &good(2));
    let report = reconcile(&ingest, false).await;
    assert_eq!(drifts(&report), [("take.wav", Drift::Unknown)]);
    for event in [&second, &first] {
        ingest.take(event).await.unwrap();
        let asset = scene.asset("take.wav").await.unwrap();
        assert_eq!((asset.status, &asset.state), (AssetStatus::Valid, &second.state));
    }
    assert_eq!(scene.get("take.wav").unwrap(), good(2));
    // What was found is not older than what was known, though its clock counts seconds.
    let mut event = scene.put("other.wav", &good(1));
    event.moment = Moment { sequencer: None, at: Some(now()) };
    ingest.take(&event).await.unwrap();
    scene.put("other.wav", &good(2));
    let report = reconcile(&ingest, false).await;
    let taken = report.differences[0].taken.as_ref().unwrap();
    assert_eq!((&report.differences.len(), &taken.outcome), (&1, &Outcome::Valid));
    assert_eq!(drifts(&reconcile(&ingest, true).await), []);
}

/// One that cannot be dealt with does not hold up the others.
#[tokio::test(flavor = "multi_thread")]
async fn one_problem_does_not_hold_up_the_others() {
    let scene = Scene::new();
    for n in 0..5 {
        scene.put(&format!("{n}.wav"), &good(n));
    }
    let hook: super::tripwire::Hook = {
        let calls = std::sync::atomic::AtomicU32::new(0);
        std::sync::Arc::new(move |call, side| {
            (call, side) == ("read", super::tripwire::Side::Before)
                && calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 2
        })
    };
    let report = reconcile(&scene.wired(Default::default(), hook), false).await;
    let problems = report.differences.iter().filter(|one| one.problem.is_some()).count();
    let taken = report.differences.iter().filter(|one| one.taken.is_some()).count();
    assert_eq!((problems, taken), (1, 4));
    assert_eq!(reconcile(&scene.ingest(), false).await.differences.len(), 1);
    assert_eq!(drifts(&reconcile(&scene.ingest(), true).await), []);
}
