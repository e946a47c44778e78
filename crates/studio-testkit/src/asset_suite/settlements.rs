//! What people tell of assets by name, and what was done to their objects.

use studio_domain::{Asset, AssetFacts, AssetId, AssetStatus, Moment, ObjectState, VersionId};
use studio_repo::{Error, NewAsset, Registered, Settlement};
use uuid::Uuid;

use super::{
    AssetFixture, NOW, created, facts, invalid, later, look, place, put_aside_as, record, state,
    valid, with_status,
};

fn new(key: &str, state: ObjectState) -> NewAsset {
    NewAsset { place: place(key), state, size: Some(7), facts: facts() }
}

/// What is there already is left as it is.
pub async fn an_asset_is_registered_once(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let told = NewAsset {
        size: None,
        facts: AssetFacts { container: None, codec: None, ..facts() },
        ..new("k", ObjectState::default())
    };
    let made = match assets.register(&told, NOW).await.unwrap() {
        Registered::New(asset) => asset,
        unexpected => panic!("{unexpected:?}"),
    };
    let expected = Asset {
        id: made.id,
        place: told.place.clone(),
        status: AssetStatus::Valid,
        state: ObjectState::default(),
        size: None,
        moment: Moment::default(),
        facts: Some(told.facts.clone()),
        reasons: vec![],
        warnings: vec![],
        profile: None,
        filed: None,
        filing_problem: None,
        revision: 1,
        received_at: NOW,
        updated_at: NOW,
    };
    assert_eq!(made, expected);
    let again = assets.register(&new("k", state(2)), later(1)).await.unwrap();
    assert_eq!(again, Registered::Known(made.clone()));
    // An event has more to say.
    let judged = record(&*assets, &invalid(created("k", 1))).await;
    assert_eq!((judged.id, judged.status), (made.id, AssetStatus::Rejected));
    for status in [AssetStatus::Valid, AssetStatus::Rejected, AssetStatus::Quarantined] {
        let known = with_status(&*assets, status.as_str(), status).await;
        let again = assets.register(&new(status.as_str(), state(2)), NOW).await.unwrap();
        assert_eq!(again, Registered::Known(known));
    }
}

/// What is deleted, or about to be, is there again.
pub async fn a_registered_asset_ends_its_deletion(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    for status in [AssetStatus::Deleting, AssetStatus::Deleted] {
        let key = status.as_str();
        let before = with_status(&*assets, key, status).await;
        let expected = Asset {
            status: AssetStatus::Valid,
            state: state(9),
            size: Some(7),
            facts: Some(facts()),
            reasons: vec![],
            warnings: vec![],
            profile: None,
            revision: before.revision + 1,
            updated_at: later(3),
            ..before
        };
        let made = assets.register(&new(key, state(9)), later(3)).await.unwrap();
        assert_eq!(made, Registered::New(expected));
        assert_eq!(assets.order_at(&place(key)).await.unwrap(), None);
    }
}

/// The version that an asset became stays with it as long as its bytes do.
pub async fn what_is_filed_belongs_to_a_state(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let made = record(&*assets, &valid(created("k", 1))).await;
    let version = VersionId::from_uuid(Uuid::now_v7());
    let settlement = Settlement::Filed(version);
    let filed = assets.settle(made.id, &made.state, &settlement, later(1)).await.unwrap();
    let expected =
        Asset { filed: Some(version), revision: 2, updated_at: later(1), ..made.clone() };
    assert_eq!(filed, expected);
    // Said again it is no change.
    assert_eq!(assets.settle(made.id, &made.state, &settlement, later(2)).await.unwrap(), filed);
    let mut same = valid(created("k", 2));
    same.state = ObjectState { version_id: Some("1".into()), ..made.state };
    assert_eq!(record(&*assets, &same).await.filed, Some(version));
    let other = record(&*assets, &valid(created("k", 3))).await;
    assert_eq!((other.filed, other.filing_problem), (None, None));
}

/// That an asset did not become a version is told until it does, or has other bytes.
pub async fn what_was_not_filed_is_told(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let made = record(&*assets, &valid(created("k", 1))).await;
    let problem = Settlement::NotFiled("no artist in its key".to_owned());
    let settled = assets.settle(made.id, &made.state, &problem, NOW).await.unwrap();
    assert_eq!(settled.filing_problem.as_deref(), Some("no artist in its key"));
    assert_eq!((settled.filed, settled.status), (None, AssetStatus::Valid));
    let version = VersionId::from_uuid(Uuid::now_v7());
    let filed = Settlement::Filed(version);
    let filed = assets.settle(made.id, &made.state, &filed, NOW).await.unwrap();
    assert_eq!((filed.filed, filed.filing_problem), (Some(version), None));
    assets.settle(made.id, &made.state, &problem, NOW).await.unwrap();
    let other = record(&*assets, &invalid(created("k", 2))).await;
    assert_eq!((other.filed, other.filing_problem), (None, None));
}

/// What was done to bytes that are not there any more is nothing to those that are.
pub async fn a_settlement_of_another_state_changes_nothing(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let aside = || "aside".parse().unwrap();
    let filed = Settlement::Filed(VersionId::from_uuid(Uuid::now_v7()));
    let settlements = |before: &Asset| {
        let not_filed = Settlement::NotFiled("because".to_owned());
        [put_aside_as(before, aside()), Settlement::Deleted, filed.clone(), not_filed]
    };
    let valid_one = with_status(&*assets, "valid", AssetStatus::Valid).await;
    let rejected = with_status(&*assets, "rejected", AssetStatus::Rejected).await;
    for before in [valid_one, rejected] {
        for other in [state(2), ObjectState::default()] {
            for settlement in settlements(&before) {
                let after = assets.settle(before.id, &other, &settlement, later(1)).await.unwrap();
                assert_eq!(after, before, "{settlement:?}");
            }
        }
        assert_eq!(look(&*assets, before.place.key.as_str()).await, before);
    }
    // Deleted by a judge, a rejected object is just that.
    let rejected = look(&*assets, "rejected").await;
    let after = assets.settle(rejected.id, &rejected.state, &Settlement::Deleted, NOW).await;
    assert_eq!(after.unwrap(), rejected);
}

/// What is not there is named.
pub async fn an_unknown_asset_is_told(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let nobody = AssetId::from_uuid(Uuid::now_v7());
    let told = [
        assets.asset(nobody).await,
        assets.settle(nobody, &state(1), &Settlement::Deleted, NOW).await,
        assets.order_deletion(nobody, None, NOW).await,
        assets
            .assets(&studio_repo::AssetFilter::default(), Some(nobody), 10)
            .await
            .map(|_| panic!()),
    ];
    for told in told {
        assert!(matches!(told, Err(Error::NoAsset { id }) if id == nobody), "{told:?}");
    }
}
