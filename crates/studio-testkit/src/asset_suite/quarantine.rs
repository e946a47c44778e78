//! Objects that lie aside, and their way back.

use studio_domain::{
    Asset, AssetEvent, AssetKey, AssetStatus, BucketName, QuarantineId, Quarantined,
};
use studio_repo::Error;
use uuid::Uuid;

use super::{
    AssetCatalogue, AssetFixture, NOW, created, invalid, later, look, place, put_aside_as, reason,
    record, state, valid, with_status,
};

fn key(text: &str) -> AssetKey {
    text.parse().unwrap()
}

async fn put_aside(assets: &dyn AssetCatalogue, of: &str) -> (Asset, Quarantined) {
    let asset = with_status(assets, of, AssetStatus::Quarantined).await;
    let all = assets.quarantined(None, None, 1000).await.unwrap();
    let stored_as = key(&format!("aside/{of}"));
    let object = all.into_iter().find(|object| object.stored_as == stored_as).unwrap();
    (asset, object)
}

/// What is known of a rejected object stays known.
pub async fn a_rejected_object_is_put_aside(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let rejected = record(&*assets, &invalid(created("k", 1))).await;
    let settlement = put_aside_as(&rejected, key("aside/1"));
    let after = assets.settle(rejected.id, &rejected.state, &settlement, later(7)).await.unwrap();
    let expected = Asset {
        status: AssetStatus::Quarantined,
        revision: 2,
        updated_at: later(7),
        ..rejected.clone()
    };
    assert_eq!(after, expected);
    let all = assets.quarantined(None, None, 10).await.unwrap();
    let expected = Quarantined {
        id: all[0].id,
        asset: rejected.id,
        place: place("k"),
        stored_as: key("aside/1"),
        state: rejected.state,
        size: rejected.size,
        reasons: rejected.reasons,
        at: later(7),
    };
    assert_eq!(assets.quarantined_by_id(expected.id).await.unwrap(), expected);
    assert_eq!(all, [expected]);
}

/// That an object was moved does not undo what somebody decided on it since.
pub async fn only_a_rejected_asset_is_quarantined(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    for status in [AssetStatus::Valid, AssetStatus::Deleting, AssetStatus::Deleted] {
        let before = with_status(&*assets, status.as_str(), status).await;
        let settlement = put_aside_as(&before, key(&format!("aside/{status}")));
        let after = assets.settle(before.id, &before.state, &settlement, later(1)).await.unwrap();
        assert_eq!(after, before);
        // Where it lies is known all the same.
        let object = assets.quarantined(None, None, 10).await.unwrap().pop().unwrap();
        assert_eq!((object.asset, object.size), (before.id, before.size));
    }
}

/// That it was moved can be said again.
pub async fn an_object_is_put_aside_once(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let (asset, object) = put_aside(&*assets, "k").await;
    let again = put_aside_as(&asset, object.stored_as.clone());
    let after = assets.settle(asset.id, &asset.state, &again, later(1)).await.unwrap();
    assert_eq!(after, asset);
    assert_eq!(assets.quarantined(None, None, 10).await.unwrap(), [object]);
    // The same key of another bucket is another object.
    let mut other = invalid(created("k", 1));
    other.event.place.bucket = "other".parse().unwrap();
    let other = record(&*assets, &other).await;
    let after = assets.settle(other.id, &other.state, &again, NOW).await.unwrap();
    assert_eq!(after.status, AssetStatus::Quarantined);
    assert_eq!(assets.quarantined(None, None, 10).await.unwrap().len(), 2);
}

/// Something new came to the place before the move was recorded: it is not touched.
pub async fn an_object_that_was_overtaken_is_put_aside(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let first = record(&*assets, &invalid(created("k", 1))).await;
    for (n, judged) in [(2, valid(created("k", 2))), (3, invalid(created("k", 3)))] {
        let current = record(&*assets, &judged).await;
        let settlement = put_aside_as(&first, key(&format!("aside/{n}")));
        let after = assets.settle(current.id, &state(1), &settlement, NOW).await.unwrap();
        assert_eq!(after, current);
        let object = assets.quarantined(None, None, 10).await.unwrap().pop().unwrap();
        assert_eq!((object.state, object.asset), (state(1), current.id));
        // What is known of the other one is not told of it.
        assert_eq!((object.size, object.reasons), (first.size, first.reasons.clone()));
    }
}

/// Oldest first, in pages that go on behind what is gone by now.
pub async fn the_quarantine_is_listed_oldest_first(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let ingest: BucketName = "ingest".parse().unwrap();
    let other: BucketName = "other".parse().unwrap();
    assert_eq!(assets.quarantined(None, None, 10).await.unwrap(), []);
    for n in 0..9 {
        let mut judged = invalid(created(&format!("{}", n * 5 % 9), 1));
        if n % 3 == 0 {
            judged.event.place.bucket = other.clone();
        }
        let asset = record(&*assets, &judged).await;
        let settlement = put_aside_as(&asset, key(&format!("aside/{n}")));
        assets.settle(asset.id, &asset.state, &settlement, later(n)).await.unwrap();
    }
    let list = async |bucket: Option<&BucketName>, size| {
        let mut all: Vec<Quarantined> = Vec::new();
        loop {
            let after = all.last().map(|last| last.id);
            let page = assets.quarantined(bucket, after, size).await.unwrap();
            if page.is_empty() {
                let names = all.iter().map(|object| &object.stored_as.as_str()[6..]);
                return (names.collect::<String>(), all);
            }
            assert!(page.len() <= size as usize);
            all.extend(page);
        }
    };
    for size in [1, 2, 4, 100] {
        assert_eq!(list(None, size).await.0, "012345678");
        assert_eq!(list(Some(&ingest), size).await.0, "124578");
        assert_eq!(list(Some(&other), size).await.0, "036");
    }
    let (_, all) = list(None, 100).await;
    assets.forget_quarantined(all[4].id, NOW).await.unwrap();
    assert_eq!(assets.quarantined(None, Some(all[4].id), 10).await.unwrap(), all[5..]);
    let nowhere = "nowhere".parse().unwrap();
    assert_eq!(assets.quarantined(Some(&nowhere), None, 10).await.unwrap(), []);
}

/// What is not there is named, and forgetting it is no error.
pub async fn what_is_not_under_quarantine_is_told(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let (_, object) = put_aside(&*assets, "k").await;
    assets.end_release(object.id, &state(2), NOW).await.unwrap();
    for id in [object.id, QuarantineId::from_uuid(Uuid::now_v7())] {
        let told = [
            assets.quarantined_by_id(id).await.map(drop),
            assets.begin_release(id, NOW).await.map(drop),
            assets.end_release(id, &state(1), NOW).await.map(drop),
            assets.cancel_release(id, NOW).await,
        ];
        for told in told {
            assert!(matches!(told, Err(Error::NotQuarantined { id: of }) if of == id), "{told:?}");
        }
        assets.forget_quarantined(id, NOW).await.unwrap();
    }
}

/// Once the release has begun, the next verdict is waived, and all later ones on that state.
pub async fn the_verdict_on_what_is_put_back_is_waived(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let (before, object) = put_aside(&*assets, "k").await;
    assert_eq!(assets.begin_release(object.id, NOW).await.unwrap(), object);
    // Nothing is to be seen of it.
    assert_eq!(look(&*assets, "k").await, before);
    let after = record(&*assets, &invalid(created("k", 5))).await;
    assert_eq!((after.status, &after.reasons), (AssetStatus::Valid, &vec![]));
    assert_eq!(after.warnings, [reason("warning"), reason("bad")]);
    assert_eq!((&after.state, after.revision), (&state(5), before.revision + 1));
    let again = AssetEvent { state: state(5), ..created("k", 6) };
    assert_eq!(record(&*assets, &invalid(again)).await.status, AssetStatus::Valid);
    // Another object is judged as any.
    assert_eq!(record(&*assets, &invalid(created("k", 7))).await.status, AssetStatus::Rejected);
    let again = AssetEvent { state: state(5), ..created("k", 8) };
    assert_eq!(record(&*assets, &invalid(again)).await.status, AssetStatus::Rejected);
    // A good one, too, uses a waiver up.
    assets.begin_release(object.id, NOW).await.unwrap();
    let good = record(&*assets, &valid(created("k", 9))).await;
    assert_eq!((good.status, good.warnings), (AssetStatus::Valid, vec![reason("warning")]));
    let again = AssetEvent { state: state(9), ..created("k", 10) };
    assert_eq!(record(&*assets, &invalid(again)).await.status, AssetStatus::Valid);
    assert_eq!(record(&*assets, &invalid(created("k", 11))).await.status, AssetStatus::Rejected);
}

/// Back at its place it is valid, with what is wrong with it as warnings.
pub async fn a_released_object_is_valid_for_good(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let (before, object) = put_aside(&*assets, "k").await;
    assets.begin_release(object.id, NOW).await.unwrap();
    let after = assets.end_release(object.id, &state(2), later(4)).await.unwrap();
    let expected = Asset {
        status: AssetStatus::Valid,
        state: state(2),
        reasons: vec![],
        warnings: vec![reason("warning"), reason("bad")],
        revision: before.revision + 1,
        updated_at: later(4),
        ..before
    };
    assert_eq!(after, expected);
    assert_eq!(assets.quarantined(None, None, 10).await.unwrap(), []);
    let judged = |n, of| invalid(AssetEvent { state: state(of), ..created("k", n) });
    let told = record(&*assets, &judged(5, 2)).await;
    assert_eq!((told.status, told.warnings), (AssetStatus::Valid, expected.warnings));
    assert_eq!(record(&*assets, &judged(6, 2)).await.status, AssetStatus::Valid);
    assert_eq!(record(&*assets, &judged(7, 3)).await.status, AssetStatus::Rejected);
    assert_eq!(record(&*assets, &judged(8, 2)).await.status, AssetStatus::Rejected);
}

/// The event of the object that was put back can be faster than who put it back.
pub async fn a_release_after_its_verdict_adds_nothing(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let (_, object) = put_aside(&*assets, "k").await;
    assets.begin_release(object.id, NOW).await.unwrap();
    let judged = record(&*assets, &invalid(created("k", 5))).await;
    let after = assets.end_release(object.id, &state(5), later(9)).await.unwrap();
    assert_eq!(
        Asset { size: judged.size, ..after },
        Asset { revision: 4, updated_at: later(9), ..judged.clone() }
    );
    assert_eq!(assets.quarantined(None, None, 10).await.unwrap(), []);
}

/// Another object was judged after the release began: it is what is known of the place.
pub async fn a_release_that_was_overtaken_changes_nothing(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let (_, object) = put_aside(&*assets, "k").await;
    assets.begin_release(object.id, NOW).await.unwrap();
    let current = record(&*assets, &valid(created("k", 5))).await;
    let after = assets.end_release(object.id, &state(2), later(9)).await.unwrap();
    assert_eq!(after, current);
    assert_eq!(assets.quarantined(None, None, 10).await.unwrap(), []);
    // Yet the released object is valid if it comes to its place all the same.
    let released = AssetEvent { state: state(2), ..created("k", 6) };
    let released = record(&*assets, &invalid(released)).await;
    assert_eq!((released.status, released.state), (AssetStatus::Valid, state(2)));
}

/// Taken back, or with the object forgotten, a release lets nothing in.
pub async fn a_release_taken_back_waives_nothing(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    for is_forgotten in [false, true] {
        let of = if is_forgotten { "forgotten" } else { "taken back" };
        let (before, object) = put_aside(&*assets, of).await;
        assets.begin_release(object.id, NOW).await.unwrap();
        match is_forgotten {
            true => assets.forget_quarantined(object.id, NOW).await.unwrap(),
            false => {
                assets.cancel_release(object.id, NOW).await.unwrap();
                assets.cancel_release(object.id, NOW).await.unwrap();
                assert_eq!(look(&*assets, of).await, before);
                assert_eq!(assets.quarantined_by_id(object.id).await.unwrap(), object);
            }
        }
        let judged = record(&*assets, &invalid(created(of, 5))).await;
        assert_eq!(judged.status, AssetStatus::Rejected, "{of}");
    }
    // What another one's release waives stays waived.
    let (first, one) = put_aside(&*assets, "k").await;
    let next = record(&*assets, &invalid(created("k", 2))).await;
    let settlement = put_aside_as(&next, key("aside/two"));
    assets.settle(first.id, &next.state, &settlement, NOW).await.unwrap();
    let two = assets.quarantined(None, Some(one.id), 10).await.unwrap().pop().unwrap();
    assets.begin_release(one.id, NOW).await.unwrap();
    assets.cancel_release(two.id, NOW).await.unwrap();
    assets.forget_quarantined(two.id, NOW).await.unwrap();
    let back = assets.end_release(one.id, &state(1), NOW).await.unwrap();
    assert_eq!((back.id, back.status), (first.id, AssetStatus::Valid));
    assert_eq!(back.warnings, [reason("bad")]);
}

/// Who ordered these very bytes away while they were put back is obeyed.
pub async fn a_deletion_outlasts_a_release(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let (before, object) = put_aside(&*assets, "k").await;
    assets.begin_release(object.id, NOW).await.unwrap();
    assets.order_deletion(before.id, None, NOW).await.unwrap();
    let after = assets.end_release(object.id, &before.state, NOW).await.unwrap();
    assert_eq!(after.status, AssetStatus::Deleting);
    assert!(assets.order_at(&place("k")).await.unwrap().is_some());
    // With another state the order would not find them.
    let (before, object) = put_aside(&*assets, "l").await;
    assets.begin_release(object.id, NOW).await.unwrap();
    assets.order_deletion(before.id, None, NOW).await.unwrap();
    let after = assets.end_release(object.id, &state(2), NOW).await.unwrap();
    assert_eq!(after.status, AssetStatus::Valid);
    assert_eq!(assets.order_at(&place("l")).await.unwrap(), None);
}

/// With the object its asset is gone, if it was that one.
pub async fn a_forgotten_object_is_deleted(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let (before, object) = put_aside(&*assets, "k").await;
    assets.forget_quarantined(object.id, later(3)).await.unwrap();
    let expected = Asset {
        status: AssetStatus::Deleted,
        revision: before.revision + 1,
        updated_at: later(3),
        ..before
    };
    assert_eq!(look(&*assets, "k").await, expected);
    assets.forget_quarantined(object.id, later(4)).await.unwrap();
    assert_eq!(look(&*assets, "k").await, expected);
    assert_eq!(assets.quarantined(None, None, 10).await.unwrap(), []);
    for (of, is_good) in [("good", true), ("bad", false)] {
        let (_, object) = put_aside(&*assets, of).await;
        let event = created(of, 2);
        let judged = if is_good { valid(event) } else { invalid(event) };
        let current = record(&*assets, &judged).await;
        assets.forget_quarantined(object.id, NOW).await.unwrap();
        assert_eq!(look(&*assets, of).await, current);
    }
}
