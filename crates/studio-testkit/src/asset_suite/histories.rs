//! Whatever happens to an asset, in whatever order: what holds all the same.

use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use studio_domain::{Asset, AssetEvent, AssetStatus, ObjectState, QuarantineId, VersionId};
use studio_repo::{Error, Judged, NewAsset, Settlement, Standing};
use tokio::runtime::Handle;
use uuid::Uuid;

use super::{
    AssetCatalogue, AssetFixture, created, facts, gone, invalid, later, place, put_aside_as,
    removed, state, superseded, valid,
};

/// How many histories are tried; each is some dozens of transactions.
const HISTORIES: u32 = 48;

/// Something that happens to an asset.
#[derive(Debug, Clone)]
enum Step {
    /// An event is judged: its number, its state if it has one, and how it went.
    Event(u64, Option<u64>, Verdict),
    Register(u64),
    Settle(u64, What),
    Order,
    BeginRelease,
    EndRelease(u64),
    CancelRelease,
    Forget,
}

#[derive(Debug, Clone, Copy)]
enum Verdict {
    Valid,
    Invalid,
    GoneCreated,
    GoneRemoved,
    Superseded,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Quarantined,
    Deleted,
    Filed,
    NotFiled,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let verdict = prop_oneof![
        4 => Just(Verdict::Valid),
        4 => Just(Verdict::Invalid),
        1 => Just(Verdict::GoneCreated),
        1 => Just(Verdict::GoneRemoved),
        1 => Just(Verdict::Superseded),
    ];
    let what = prop_oneof![
        4 => Just(What::Quarantined),
        2 => Just(What::Deleted),
        1 => Just(What::Filed),
        1 => Just(What::NotFiled),
    ];
    let event = (0_u64..40, prop::option::weighted(0.9, 0_u64..3), verdict);
    let step = prop_oneof![
        8 => event.prop_map(|(n, state, verdict)| Step::Event(n, state, verdict)),
        1 => (0_u64..3).prop_map(Step::Register),
        6 => (0_u64..3, what).prop_map(|(state, what)| Step::Settle(state, what)),
        2 => Just(Step::Order),
        2 => Just(Step::BeginRelease),
        2 => (0_u64..3).prop_map(Step::EndRelease),
        1 => Just(Step::CancelRelease),
        1 => Just(Step::Forget),
    ];
    prop::collection::vec(step, 1..30)
}

fn judged(key: &str, n: u64, of: Option<u64>, verdict: Verdict) -> Judged {
    let state = of.map(state).unwrap_or_default();
    let event = AssetEvent { state: state.clone(), ..created(key, n) };
    match verdict {
        Verdict::Valid => valid(event),
        Verdict::Invalid => invalid(event),
        Verdict::GoneCreated => gone(event),
        Verdict::GoneRemoved => gone(AssetEvent { state, ..removed(key, n) }),
        Verdict::Superseded => superseded(event),
    }
}

/// One asset through its history.
struct Told<'a> {
    assets: &'a dyn AssetCatalogue,
    key: String,
    steps: u64,
}

impl Told<'_> {
    async fn asset(&self) -> Option<Asset> {
        let place = place(&self.key);
        self.assets.asset_at(Some(&place.bucket), &place.key).await.unwrap()
    }

    /// The last of its objects that lies aside.
    async fn aside(&self) -> Option<QuarantineId> {
        let all = self.assets.quarantined(None, None, 1000).await.unwrap();
        let own = all.iter().filter(|object| object.place == place(&self.key));
        own.map(|object| object.id).next_back()
    }

    /// Lets it happen; whether an event was answered as one that changes nothing.
    async fn step(&mut self, step: &Step) -> bool {
        self.steps += 1;
        let now = later(self.steps.cast_signed());
        match step {
            Step::Event(n, of, verdict) => {
                let judged = judged(&self.key, *n, *of, *verdict);
                let expected = self.assets.standing(&judged.event).await.unwrap();
                let standing = self.assets.record(&judged, now).await.unwrap();
                let known = self.assets.standing(&judged.event).await.unwrap();
                assert_eq!(known, Standing::Seen(self.asset().await.map(Box::new)));
                if matches!(expected, Standing::New(_)) {
                    return matches!(standing, Standing::Seen(_));
                }
                assert_eq!(standing, expected);
                return true;
            }
            Step::Register(of) => {
                let (place, state) = (place(&self.key), state(*of));
                let new = NewAsset { place, state, size: None, facts: facts() };
                self.assets.register(&new, now).await.unwrap();
            }
            Step::Settle(of, what) => self.settle(&state(*of), *what).await,
            Step::Order => {
                let Some(asset) = self.asset().await else { return true };
                let ordered = self.assets.order_deletion(asset.id, Some(asset.revision), now).await;
                let is_there = asset.status != AssetStatus::Deleted;
                match ordered {
                    Ok(ordered) => assert!(is_there && ordered.status == AssetStatus::Deleting),
                    Err(Error::NoAsset { id }) => assert!(!is_there && id == asset.id),
                    Err(error) => panic!("{error:?}"),
                }
            }
            Step::BeginRelease | Step::EndRelease(_) | Step::CancelRelease | Step::Forget => {
                return self.release(step).await;
            }
        }
        false
    }

    async fn settle(&self, of: &ObjectState, what: What) {
        let Some(asset) = self.asset().await else { return };
        let settlement = match what {
            What::Quarantined => {
                let aside = format!("aside/{}/{}", self.key, self.steps);
                put_aside_as(&asset, aside.parse().unwrap())
            }
            What::Deleted => Settlement::Deleted,
            What::Filed => Settlement::Filed(VersionId::from_uuid(Uuid::now_v7())),
            What::NotFiled => Settlement::NotFiled("because".to_owned()),
        };
        let now = later(self.steps.cast_signed());
        self.assets.settle(asset.id, of, &settlement, now).await.unwrap();
    }

    async fn release(&self, step: &Step) -> bool {
        let Some(id) = self.aside().await else { return true };
        let now = later(self.steps.cast_signed());
        match step {
            Step::EndRelease(of) => {
                drop(self.assets.end_release(id, &state(*of), now).await.unwrap())
            }
            Step::Forget => self.assets.forget_quarantined(id, now).await.unwrap(),
            Step::BeginRelease => drop(self.assets.begin_release(id, now).await.unwrap()),
            _ => self.assets.cancel_release(id, now).await.unwrap(),
        }
        // The first two may change it; to begin and to take back changes nothing.
        !matches!(step, Step::EndRelease(_) | Step::Forget)
    }

    /// Expects what holds at any time.
    async fn check(&self, before: Option<&Asset>, is_unchanged: bool) {
        let Some(asset) = self.asset().await else {
            // What was known once is known for good.
            assert_eq!(before, None);
            return;
        };
        let order = self.assets.order_at(&place(&self.key)).await.unwrap();
        assert_eq!(order.is_some(), asset.status == AssetStatus::Deleting, "{asset:?}");
        if let Some(order) = order {
            assert_eq!((&order.state, order.asset), (&asset.state, asset.id));
        }
        let is_settled = matches!(asset.status, AssetStatus::Valid);
        assert!(!is_settled || asset.reasons.is_empty(), "{asset:?}");
        let Some(before) = before else {
            assert_eq!(asset.revision, 1);
            return;
        };
        assert_eq!((asset.id, asset.received_at), (before.id, before.received_at));
        assert!(!asset.moment.is_before(&before.moment), "{before:?} {asset:?}");
        if asset == *before {
            return;
        }
        assert!(!is_unchanged, "{before:?} {asset:?}");
        assert_eq!(asset.revision, before.revision + 1);
        assert_eq!(asset.updated_at, later(self.steps.cast_signed()));
    }
}

/// There is an order as long as an asset is being deleted, on its bytes; a record that
/// changes is a revision more; nothing goes back in time, and nothing is forgotten.
pub async fn whatever_happens_the_record_is_sound(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let config = Config { cases: HISTORIES, failure_persistence: None, ..Config::default() };
    let keys = AtomicU64::new(0);
    let run = |steps: Vec<Step>| {
        let key = format!("k{}", keys.fetch_add(1, Ordering::Relaxed));
        let mut told = Told { assets: &*assets, key, steps: 0 };
        Handle::current().block_on(async {
            for step in &steps {
                let before = told.asset().await;
                let is_unchanged = told.step(step).await;
                told.check(before.as_ref(), is_unchanged).await;
            }
        });
        Ok(())
    };
    tokio::task::block_in_place(|| TestRunner::new(config).run(&steps(), run)).unwrap();
}
