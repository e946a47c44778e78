//! Many events at once, in any order.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use studio_domain::{Asset, AssetStatus, Moment, Timestamp};
use studio_repo::{Judged, Standing};
use tokio::runtime::Handle;

use super::{
    AssetCatalogue, AssetFixture, NOW, created, invalid, later, look, place, reason, record, state,
    valid, with_status,
};

/// How many histories are tried; each is some dozens of transactions.
const HISTORIES: u32 = 24;

/// One object that was on a key: which one of a few, whether it is good, and the time by a
/// clock that is not to be relied on.
type Upload = (u64, bool, i64);

/// A history of one key, and its deliveries: each event once or more, in any order, with
/// some zeros before its sequencer.
fn histories() -> impl Strategy<Value = (Vec<Upload>, Vec<(usize, usize)>)> {
    let upload = (0_u64..4, any::<bool>(), -1000_i64..1000);
    prop::collection::vec(upload, 1..8).prop_flat_map(|uploads| {
        let count = uploads.len();
        let again = prop::collection::vec(0..count, 0..2 * count);
        let order = again.prop_map(move |again| (0..count).chain(again).collect::<Vec<_>>());
        let order = order.prop_shuffle().prop_flat_map(|order| {
            let zeros = prop::collection::vec(0..3_usize, order.len());
            zeros.prop_map(move |zeros| order.iter().copied().zip(zeros).collect::<Vec<_>>())
        });
        (Just(uploads), order)
    })
}

/// The `n`th event of a history, with its verdict.
fn event(key: &str, uploads: &[Upload], n: usize, zeros: usize) -> Judged {
    let (content, is_good, at) = uploads[n];
    let mut event = created(key, n as u64);
    event.state = state(content);
    let sequencer = format!("{}{:X}", "0".repeat(zeros), 7 + 3 * n).parse().unwrap();
    let at = Some(Timestamp::from_micros(at));
    event.moment = Moment { sequencer: Some(sequencer), at };
    match is_good {
        true => valid(event),
        false => invalid(event),
    }
}

async fn deliver(
    assets: &dyn AssetCatalogue,
    key: &str,
    uploads: &[Upload],
    order: &[(usize, usize)],
) -> Asset {
    let mut delivered = vec![false; uploads.len()];
    for &(n, zeros) in order {
        let judged = event(key, uploads, n, zeros);
        let standing = assets.record(&judged, NOW).await.unwrap();
        let is_seen = matches!(standing, Standing::Seen(_));
        assert_eq!(is_seen, delivered[n], "{standing:?}");
        delivered[n] = true;
    }
    look(assets, key).await
}

/// Whatever the order of its deliveries, however often each comes, a history ends the same.
pub async fn the_last_event_wins_in_any_order(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let config = Config { cases: HISTORIES, failure_persistence: None, ..Config::default() };
    let keys = AtomicU32::new(0);
    let run = |(uploads, order): (Vec<Upload>, Vec<(usize, usize)>)| {
        let key = format!("k{}", keys.fetch_add(1, Ordering::Relaxed));
        let ended = Handle::current().block_on(deliver(&*assets, &key, &uploads, &order));
        let last = event(&key, &uploads, uploads.len() - 1, 0);
        let expected = match uploads.last() {
            Some((_, true, _)) => (AssetStatus::Valid, vec![]),
            _ => (AssetStatus::Rejected, vec![reason("bad")]),
        };
        prop_assert_eq!((ended.status, ended.reasons), expected);
        prop_assert_eq!((ended.state, ended.size), (last.state, last.size));
        prop_assert_eq!(ended.moment, last.event.moment);
        Ok(())
    };
    tokio::task::block_in_place(|| TestRunner::new(config).run(&histories(), run)).unwrap();
}

/// However many handles hear of an event at once, it is news to one.
pub async fn of_many_deliveries_one_is_new(fixture: &impl AssetFixture) {
    let handles: Vec<_> = (0..4).map(|_| fixture.open()).collect();
    let deliveries = (0..32_usize).map(|n| {
        let assets = Arc::clone(&handles[n % handles.len()]);
        // Each of eight events four times, on four handles.
        let judged = valid(created("k", n as u64 / 4));
        tokio::spawn(async move { assets.record(&judged, NOW).await.unwrap() })
    });
    let mut counts = [0; 3];
    for task in deliveries.collect::<Vec<_>>() {
        let of = match task.await.unwrap() {
            Standing::New(_) => 0,
            Standing::Older(_) => 1,
            Standing::Seen(_) => 2,
        };
        counts[of] += 1;
    }
    let [new, older, seen] = counts;
    assert_eq!((new + older, seen), (8, 24));
    let ended = look(&*handles[1], "k").await;
    assert_eq!((ended.state, ended.revision), (state(7), new));
}

/// However many order a deletion at once, there is one order, and the asset changed once.
pub async fn of_many_who_order_a_deletion_one_leaves_an_order(fixture: &impl AssetFixture) {
    let handles: Vec<_> = (0..4).map(|_| fixture.open()).collect();
    let made = with_status(&*handles[0], "k", AssetStatus::Valid).await;
    let orders = (0..16_usize).map(|n| {
        let assets = Arc::clone(&handles[n % handles.len()]);
        tokio::spawn(
            async move { assets.order_deletion(made.id, None, later(n as i64)).await.unwrap() },
        )
    });
    for task in orders.collect::<Vec<_>>() {
        let asset = task.await.unwrap();
        assert_eq!((asset.status, asset.revision), (AssetStatus::Deleting, 2));
    }
    assert_eq!(handles[1].due_orders(later(100), 10).await.unwrap().len(), 1);
}

/// What one handle wrote the other one reads at once.
pub async fn handles_see_each_others_assets(fixture: &impl AssetFixture) {
    let (one, other) = (fixture.open(), fixture.open());
    let made = record(&*one, &valid(created("k", 1))).await;
    assert_eq!(other.asset(made.id).await.unwrap(), made);
    let ordered = other.order_deletion(made.id, Some(1), NOW).await.unwrap();
    assert_eq!(one.asset(made.id).await.unwrap(), ordered);
    assert!(one.order_at(&place("k")).await.unwrap().is_some());
}
