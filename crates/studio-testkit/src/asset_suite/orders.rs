//! Orders to delete.

use studio_domain::{Asset, AssetEvent, AssetStatus, Moment, ObjectState};
use studio_repo::{Error, Settlement, Standing};

use super::{
    AssetCatalogue, AssetFixture, NOW, created, gone, invalid, later, look, place, record, removed,
    state, valid, with_status,
};

/// An asset that is marked has its order, and ordering it again changes nothing.
pub async fn a_deletion_is_ordered_once(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let made = with_status(&*assets, "k", AssetStatus::Valid).await;
    assert_eq!(assets.order_at(&place("k")).await.unwrap(), None);
    let marked = assets.order_deletion(made.id, None, later(1)).await.unwrap();
    let expected =
        Asset { status: AssetStatus::Deleting, revision: 2, updated_at: later(1), ..made.clone() };
    assert_eq!(marked, expected);
    let order = assets.order_at(&place("k")).await.unwrap().unwrap();
    assert_eq!((order.asset, &order.place), (made.id, &place("k")));
    assert_eq!((&order.state, order.ordered_at), (&made.state, later(1)));
    assert_eq!(order.sent_at, None);
    assert_eq!(assets.order_deletion(made.id, None, later(2)).await.unwrap(), expected);
    assert_eq!(assets.order_at(&place("k")).await.unwrap(), Some(order.clone()));
    assert_eq!(assets.due_orders(NOW, 10).await.unwrap(), [order]);
    assert_eq!(assets.order_at(&place("l")).await.unwrap(), None);
}

/// Who looked at an earlier state of the record is told so.
pub async fn only_what_was_looked_at_is_deleted(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let first = record(&*assets, &invalid(created("k", 1))).await;
    record(&*assets, &valid(created("k", 2))).await;
    match assets.order_deletion(first.id, Some(first.revision), NOW).await {
        Err(Error::AssetChanged { id, found }) => assert_eq!((id, found), (first.id, 2)),
        unexpected => panic!("{unexpected:?}"),
    }
    assert_eq!(look(&*assets, "k").await.status, AssetStatus::Valid);
    assert_eq!(assets.due_orders(NOW, 10).await.unwrap(), []);
    let marked = assets.order_deletion(first.id, Some(2), NOW).await.unwrap();
    assert_eq!(marked.status, AssetStatus::Deleting);
}

/// First what was never sent, then what was sent longest ago, until it is done.
pub async fn orders_are_due_until_they_are_carried_out(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let mut made = Vec::new();
    for (n, key) in (1..).zip(["d", "c", "b", "a"]) {
        let asset = with_status(&*assets, key, AssetStatus::Valid).await;
        assets.order_deletion(asset.id, None, later(n)).await.unwrap();
        made.push(asset);
    }
    let due = |at| {
        let assets = fixture.open();
        async move { assets.due_orders(later(at), 10).await.unwrap() }
    };
    let keys = |orders: &[studio_domain::DeletionOrder]| {
        orders.iter().map(|order| order.place.key.to_string()).collect::<String>()
    };
    let all = due(0).await;
    assert_eq!(keys(&all), "dcba");
    assert_eq!(keys(&assets.due_orders(NOW, 3).await.unwrap()), "dcb");
    assets.orders_sent(&[all[2].id, all[0].id], later(10)).await.unwrap();
    assets.orders_sent(&[all[3].id], later(20)).await.unwrap();
    assert_eq!(keys(&due(10).await), "c");
    assert_eq!(keys(&due(20).await), "cdb");
    assert_eq!(keys(&due(21).await), "cdba");
    assert_eq!(keys(&assets.due_orders(later(21), 2).await.unwrap()), "cd");
    assert_eq!(due(21).await[1].sent_at, Some(later(10)));
    assets.orders_sent(&[all[0].id], later(30)).await.unwrap();
    assert_eq!(keys(&due(31).await), "cbad");

    let deleted =
        assets.settle(made[0].id, &made[0].state, &Settlement::Deleted, later(32)).await.unwrap();
    assert_eq!((deleted.status, deleted.revision), (AssetStatus::Deleted, 3));
    assert_eq!((&deleted.state, deleted.updated_at), (&made[0].state, later(32)));
    assert_eq!(keys(&due(40).await), "cba");
    // Of one that is gone nothing is noted.
    assets.orders_sent(&[all[0].id, all[1].id], later(40)).await.unwrap();
    assert_eq!(keys(&due(41).await), "bac");
}

async fn ordered(assets: &dyn AssetCatalogue, key: &str) -> Asset {
    let made = record(assets, &valid(created(key, 1))).await;
    assets.order_deletion(made.id, None, later(100)).await.unwrap()
}

/// The same object, told of once more, is being deleted all the same, unless its bucket says
/// that it was put there later. Nothing moves then, so that what is later stays so.
pub async fn a_verdict_does_not_stop_a_deletion(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let marked = ordered(&*assets, "k").await;
    let same = |event: AssetEvent| AssetEvent { state: marked.state.clone(), ..event };
    let at_once = AssetEvent { moment: marked.moment.clone(), ..same(created("k", 9)) };
    let again = AssetEvent { state: versioned(&marked.state), ..at_once };
    let mut timeless = same(created("k", 4));
    timeless.moment = Moment::default();
    let mut clockless = marked.moment.clone();
    clockless.at = None;
    let clockless = AssetEvent { moment: clockless, ..same(created("k", 5)) };
    // Without a sequencer the clock counts: this one says the same time.
    let mut by_the_clock = marked.moment.clone();
    by_the_clock.sequencer = None;
    let by_the_clock = AssetEvent { moment: by_the_clock, ..same(created("k", 6)) };
    for event in [again, timeless, clockless, by_the_clock] {
        for judged in [valid(event.clone()), invalid(event)] {
            let standing = assets.record(&judged, later(200)).await.unwrap();
            assert!(matches!(standing, Standing::New(_) | Standing::Seen(_)), "{standing:?}");
            assert_eq!(look(&*assets, "k").await, marked);
        }
    }
    assert!(assets.order_at(&place("k")).await.unwrap().is_some());
}

fn versioned(state: &ObjectState) -> ObjectState {
    ObjectState { version_id: Some("1".to_owned()), ..state.clone() }
}

/// The same bytes, put there later than those that are known, are a new upload: they stay. It
/// does not matter what the clock said by which the order was given.
pub async fn an_upload_after_the_order_ends_it(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let by_the_clock = |key: &str| {
        let event = created(key, 2);
        AssetEvent { moment: Moment { sequencer: None, ..event.moment }, ..event }
    };
    for (key, is_good) in [("good", true), ("bad", false)] {
        for (n, event) in [created(key, 2), by_the_clock(key)].into_iter().enumerate() {
            let key = format!("{key}-{n}");
            let marked = ordered(&*assets, &key).await;
            let (place, state) = (place(&key), marked.state.clone());
            let event = AssetEvent { place, state, ..event };
            let moment = event.moment.clone();
            let judged = if is_good { valid(event) } else { invalid(event) };
            let after = record(&*assets, &judged).await;
            let status = if is_good { AssetStatus::Valid } else { AssetStatus::Rejected };
            assert_eq!((after.id, after.status), (marked.id, status));
            assert_eq!(after.moment.at, moment.at);
            assert_eq!(assets.order_at(&after.place).await.unwrap(), None);
        }
    }
    assert_eq!(assets.due_orders(later(999), 10).await.unwrap(), []);
}

/// Other bytes are a new upload, whatever the time.
pub async fn another_object_ends_the_order(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let marked = ordered(&*assets, "k").await;
    let after = record(&*assets, &valid(created("k", 2))).await;
    assert_eq!((after.status, after.revision), (AssetStatus::Valid, marked.revision + 1));
    assert_eq!(assets.order_at(&place("k")).await.unwrap(), None);
    // The order that comes now is on these.
    assets.order_deletion(after.id, None, later(300)).await.unwrap();
    let order = assets.order_at(&place("k")).await.unwrap().unwrap();
    assert_eq!((order.state, order.ordered_at), (state(2), later(300)));
}

/// With its object the order is gone.
pub async fn an_object_that_is_gone_ends_the_order(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    ordered(&*assets, "k").await;
    let after = record(&*assets, &gone(removed("k", 2))).await;
    assert_eq!(after.status, AssetStatus::Deleted);
    assert_eq!(assets.order_at(&place("k")).await.unwrap(), None);
    // The worker comes too late, which is no error.
    let settled = assets.settle(after.id, &state(1), &Settlement::Deleted, NOW).await.unwrap();
    assert_eq!(settled, after);
}

/// That an order was carried out ends it, even if the bytes are told to be others.
pub async fn what_was_deleted_is_deleted_whatever_is_there(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    for (key, of) in [("same", state(1)), ("other", state(7)), ("none", ObjectState::default())] {
        let marked = ordered(&*assets, key).await;
        let after = assets.settle(marked.id, &of, &Settlement::Deleted, NOW).await.unwrap();
        assert_eq!((after.status, &after.state), (AssetStatus::Deleted, &marked.state));
        assert_eq!(assets.order_at(&place(key)).await.unwrap(), None);
        // Another object's event brings it to life.
        let alive = record(&*assets, &valid(created(key, 8))).await;
        assert_eq!((alive.id, alive.status), (marked.id, AssetStatus::Valid));
    }
}

/// Whatever lies at a place can be ordered away, but for nothing.
pub async fn every_asset_but_a_deleted_one_can_be_deleted(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    for status in [AssetStatus::Valid, AssetStatus::Rejected, AssetStatus::Quarantined] {
        let made = with_status(&*assets, status.as_str(), status).await;
        let marked = assets.order_deletion(made.id, Some(made.revision), NOW).await.unwrap();
        assert_eq!(marked.status, AssetStatus::Deleting);
        let order = assets.order_at(&made.place).await.unwrap().unwrap();
        assert_eq!(order.state, made.state);
        let after = assets.settle(made.id, &order.state, &Settlement::Deleted, NOW).await.unwrap();
        assert_eq!(after.status, AssetStatus::Deleted);
        for revision in [None, Some(after.revision), Some(1)] {
            let refused = assets.order_deletion(made.id, revision, NOW).await;
            assert!(matches!(refused, Err(Error::NoAsset { id }) if id == made.id), "{refused:?}");
        }
    }
    assert_eq!(assets.due_orders(later(1), 10).await.unwrap(), []);
}
