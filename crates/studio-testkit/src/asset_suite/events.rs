//! What events and their verdicts do.

use studio_domain::{Asset, AssetStatus, Moment, ObjectState, Timestamp};
use studio_repo::{Judged, Judgement, Standing};

use super::{
    AssetFixture, NOW, absent, created, event_at, facts, gone, invalid, is_news, later, place,
    reason, record, removed, state, superseded, valid,
};

/// The first event makes the asset; the same one again changes nothing.
pub async fn an_event_has_its_effect_once(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let judged = valid(created("k", 1));
    assert_eq!(assets.standing(&judged.event).await.unwrap(), Standing::New(None));
    let made = record(&*assets, &judged).await;
    let expected = Asset {
        id: made.id,
        place: place("k"),
        status: AssetStatus::Valid,
        state: judged.state.clone(),
        size: judged.size,
        moment: judged.event.moment.clone(),
        facts: Some(facts()),
        reasons: vec![],
        warnings: vec![reason("warning")],
        profile: Some("ingest".to_owned()),
        filed: None,
        filing_problem: None,
        revision: 1,
        received_at: NOW,
        updated_at: NOW,
    };
    assert_eq!(made, expected);
    let seen = Standing::Seen(Some(Box::new(made.clone())));
    assert_eq!(assets.standing(&judged.event).await.unwrap(), seen);
    // Whatever it is said to have been judged this time.
    for again in [judged.clone(), invalid(judged.event.clone()), gone(judged.event.clone())] {
        assert_eq!(assets.record(&again, later(9)).await.unwrap(), seen);
    }
    assert_eq!(assets.asset(made.id).await.unwrap(), made);
    let bucket = place("k").bucket;
    assert_eq!(assets.asset_at(Some(&bucket), &place("k").key).await.unwrap(), Some(made));
    assert_eq!(assets.asset_at(Some(&bucket), &place("l").key).await.unwrap(), None);
}

/// A verdict replaces all that the one before said; the record stays the same one.
pub async fn a_later_event_takes_over(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let first = record(&*assets, &valid(created("k", 1))).await;
    let judged = Judged { profile: None, ..invalid(created("k", 2)) };
    let next = assets.record(&judged, later(5)).await.unwrap();
    let expected = Asset {
        status: AssetStatus::Rejected,
        state: judged.state.clone(),
        size: judged.size,
        moment: judged.event.moment.clone(),
        facts: None,
        reasons: vec![reason("bad")],
        warnings: vec![reason("warning")],
        profile: None,
        revision: 2,
        updated_at: later(5),
        ..first
    };
    assert_eq!(next, Standing::New(Some(Box::new(expected))));
}

/// What comes late is known from then on, and does nothing.
pub async fn an_older_event_changes_nothing(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let last = record(&*assets, &valid(created("k", 16))).await;
    // As a number, 9 is before 10; as text it is behind.
    for older in [invalid(created("k", 9)), gone(removed("k", 10)), superseded(created("k", 8))] {
        let standing = Standing::Older(Box::new(last.clone()));
        assert_eq!(assets.standing(&older.event).await.unwrap(), standing);
        assert_eq!(assets.record(&older, later(1)).await.unwrap(), standing);
        let seen = Standing::Seen(Some(Box::new(last.clone())));
        assert_eq!(assets.record(&older, later(2)).await.unwrap(), seen);
    }
    // Of another key nothing is known.
    assert!(is_news(&assets.record(&valid(created("l", 1)), NOW).await.unwrap()));
}

/// Without a sequencer on both sides the bucket's clock says what is older.
pub async fn events_without_sequencers_go_by_the_clock(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let at = |n, seconds| valid(event_at(created("k", n), seconds));
    record(&*assets, &at(1, 10)).await;
    let older = assets.record(&at(2, 9), NOW).await.unwrap();
    assert!(matches!(older, Standing::Older(_)), "{older:?}");
    // What cannot be told apart is taken as it comes.
    assert_eq!(record(&*assets, &at(3, 10)).await.state, state(3));
    // One with a sequencer is compared with it by the clock all the same, and its
    // sequencer stays when the next one has none.
    let mut sequenced = valid(created("k", 4));
    sequenced.event.moment.at = Some(later(11));
    record(&*assets, &sequenced).await;
    let last = record(&*assets, &at(5, 12)).await;
    let sequencer = sequenced.event.moment.sequencer;
    assert_eq!(last.moment, Moment { sequencer, at: Some(later(12)) });
    // And an event that tells neither is taken, too, and moves nothing.
    let mut timeless = valid(created("k", 6));
    timeless.event.moment = Moment::default();
    let taken = record(&*assets, &timeless).await;
    assert_eq!((taken.state, taken.moment), (state(6), last.moment));
}

/// The verdict belongs to another event: this one is just known.
pub async fn a_superseded_event_is_only_known(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let unknown = superseded(created("k", 1));
    assert_eq!(assets.record(&unknown, NOW).await.unwrap(), Standing::Seen(None));
    assert_eq!(assets.standing(&unknown.event).await.unwrap(), Standing::Seen(None));
    let made = record(&*assets, &valid(created("k", 2))).await;
    let seen = Standing::Seen(Some(Box::new(made)));
    assert_eq!(assets.record(&superseded(created("k", 30)), later(1)).await.unwrap(), seen);
    assert_eq!(assets.record(&valid(created("k", 30)), later(1)).await.unwrap(), seen);
    // It moved nothing: what happened before it is still news.
    assert!(is_news(&assets.record(&valid(created("k", 25)), later(1)).await.unwrap()));
}

/// The state that was judged counts, which need not be that of the event.
pub async fn what_was_judged_is_what_was_found(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let found = ObjectState { etag: Some("found".into()), version_id: Some("3".into()) };
    let judged = Judged { state: found.clone(), size: Some(33), ..valid(created("k", 1)) };
    let made = record(&*assets, &judged).await;
    assert_eq!((made.state, made.size), (found, Some(33)));
    assert_eq!(made.moment, judged.event.moment);
}

/// Where nothing was known, a deleted asset is made, and the next object brings it to life.
pub async fn what_was_never_seen_can_be_gone(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    for (key, event) in [("k", created("k", 3)), ("l", removed("l", 3))] {
        let made = record(&*assets, &gone(event.clone())).await;
        assert_eq!((made.status, &made.reasons), (AssetStatus::Deleted, &vec![absent()]));
        assert_eq!((&made.state, made.size), (&event.state, event.size));
        assert_eq!((&made.moment, made.revision), (&event.moment, 1));
        let standing = assets.standing(&created(key, 2)).await.unwrap();
        assert_eq!(standing, Standing::Older(Box::new(made.clone())));
        let alive = record(&*assets, &valid(created(key, 4))).await;
        assert_eq!((alive.id, alive.status), (made.id, AssetStatus::Valid));
        assert_eq!((alive.reasons, alive.revision), (vec![], 2));
    }
}

/// A valid asset whose object is gone is deleted, and a new object brings it to life.
pub async fn an_object_that_is_gone_is_deleted(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    for (key, event) in [("k", removed("k", 2)), ("l", created("l", 2)), ("m", created("m", 2))] {
        let mut made = record(&*assets, &valid(created(key, 1))).await;
        let mut event = event;
        if key == "m" {
            // Touched, with the same bytes.
            event.state = made.state.clone();
        }
        let left = assets.record(&gone(event.clone()), later(1)).await.unwrap();
        if key == "l" {
            // The object that was there last was never looked into.
            made = Asset { facts: None, warnings: vec![], profile: None, ..made };
            made = Asset { state: event.state.clone(), size: event.size, ..made };
        }
        let expected = Asset {
            status: AssetStatus::Deleted,
            reasons: vec![absent()],
            moment: event.moment.clone(),
            revision: 2,
            updated_at: later(1),
            ..made.clone()
        };
        assert_eq!(left, Standing::New(Some(Box::new(expected))), "{key}");
        let alive = record(&*assets, &invalid(created(key, 3))).await;
        assert_eq!((alive.id, alive.status), (made.id, AssetStatus::Rejected));
        assert_eq!(alive.received_at, made.received_at);
    }
}

/// That a rejected object left its place is our own doing: it does not become deleted, and
/// an upload from before that is not stale.
pub async fn what_left_by_our_doing_stays_what_it_is(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    for status in [AssetStatus::Rejected, AssetStatus::Quarantined, AssetStatus::Deleted] {
        let key = status.as_str();
        let before = super::with_status(&*assets, key, status).await;
        let same = ObjectState { version_id: Some("v".into()), ..before.state.clone() };
        let mut told = [removed(key, 5), created(key, 7), removed(key, 8)];
        told[1].state = ObjectState::default();
        told[2].state = state(99);
        for event in told {
            let standing = assets.record(&gone(event.clone()), later(9)).await.unwrap();
            assert_eq!(standing, Standing::New(Some(Box::new(before.clone()))), "{event:?}");
            let known = assets.standing(&event).await.unwrap();
            assert!(matches!(known, Standing::Seen(_)), "{known:?}");
        }
        // The same bytes were there once more: what was before that is stale.
        let mut again = created(key, 3);
        again.state = same;
        let moved = record(&*assets, &gone(again.clone())).await;
        assert_eq!((&moved.moment, &moved.state), (&again.moment, &before.state));
        assert_eq!((moved.status, moved.reasons), (before.status, before.reasons.clone()));
        let stale = assets.record(&valid(created(key, 2)), later(9)).await.unwrap();
        assert!(matches!(stale, Standing::Older(_)), "{stale:?}");
        let next = record(&*assets, &valid(created(key, 4))).await;
        assert_eq!((next.id, next.status), (before.id, AssetStatus::Valid));
    }
}

/// That another object than the rejected one is gone is news.
pub async fn another_object_that_is_gone_is_deleted(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    for status in [AssetStatus::Rejected, AssetStatus::Quarantined, AssetStatus::Deleted] {
        let key = status.as_str();
        let before = super::with_status(&*assets, key, status).await;
        let event = created(key, 5);
        let left = record(&*assets, &gone(event.clone())).await;
        assert_eq!((left.id, left.status), (before.id, AssetStatus::Deleted));
        assert_eq!((&left.state, &left.moment), (&event.state, &event.moment));
        assert_eq!((left.reasons, left.facts), (vec![absent()], None));
        assert_eq!(left.revision, before.revision + 1);
        let stale = assets.record(&valid(created(key, 4)), NOW).await.unwrap();
        assert!(matches!(stale, Standing::Older(_)), "{stale:?}");
    }
}

/// Of each event just its own place hears.
pub async fn places_are_apart(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let mut other = valid(created("k", 1));
    other.event.place.bucket = "other".parse().unwrap();
    let (one, two) =
        (record(&*assets, &valid(created("k", 1))).await, record(&*assets, &other).await);
    assert_ne!(one.id, two.id);
    let three = record(&*assets, &invalid(created("K", 1))).await;
    assert_eq!(three.status, AssetStatus::Rejected);
    assert_eq!(assets.asset(one.id).await.unwrap(), one);
}

/// Old events are forgotten, and would be news again.
pub async fn old_events_are_forgotten(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    for n in 1..=20 {
        assets.record(&valid(created(&format!("{n}"), n)), later(n as i64)).await.unwrap();
    }
    assert_eq!(assets.forget_events(later(1)).await.unwrap(), 0);
    assert_eq!(assets.forget_events(later(11)).await.unwrap(), 10);
    assert_eq!(assets.forget_events(later(11)).await.unwrap(), 0);
    let forgotten = assets.standing(&created("10", 10)).await.unwrap();
    assert!(is_news(&forgotten), "{forgotten:?}");
    let known = assets.standing(&created("11", 11)).await.unwrap();
    assert!(matches!(known, Standing::Seen(_)), "{known:?}");
    // The assets stay.
    let count = assets.count_assets().await.unwrap();
    assert_eq!(count, [(AssetStatus::Valid, 20)]);
}

/// However many there are, they are forgotten in several steps.
pub async fn many_events_are_forgotten_in_steps(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let judgement = Judgement::Superseded;
    for n in 0..30 {
        let judged = Judged { judgement: judgement.clone(), ..valid(created("k", n)) };
        assets.record(&judged, Timestamp::from_micros(i64::MIN)).await.unwrap();
    }
    let mut forgotten = 0;
    loop {
        match assets.forget_events(NOW).await.unwrap() {
            0 => break,
            some => forgotten += some,
        }
    }
    assert_eq!(forgotten, 30);
}

/// An object that came and could not be judged is known of; nothing better is forgotten for
/// that, and its event is still news.
pub async fn what_cannot_be_judged_yet_is_received(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let (event, later_on) = (created("k", 3), created("k", 4));
    let why = reason("unavailable");
    let received = assets.receive(&event, &why, NOW).await.unwrap();
    assert_eq!((received.status, &received.state), (AssetStatus::Received, &event.state));
    assert_eq!((received.size, &received.reasons), (event.size, &vec![why.clone()]));
    assert_eq!(assets.receive(&event, &why, NOW).await.unwrap(), received);
    assert!(is_news(&assets.standing(&event).await.unwrap()));
    // What came before it is out of date.
    let older = assets.receive(&created("k", 2), &why, NOW).await.unwrap();
    assert_eq!(older, received);
    assert!(matches!(assets.standing(&created("k", 2)).await.unwrap(), Standing::Older(_)));
    // It is judged after all, under the same identity, and nothing takes that back.
    let judged = record(&*assets, &valid(event.clone())).await;
    assert_eq!((judged.id, judged.status), (received.id, AssetStatus::Valid));
    assert_eq!(assets.receive(&later_on, &why, later(9)).await.unwrap(), judged);
    // What is gone can come again.
    record(&*assets, &gone(removed("k", 5))).await;
    let again = assets.receive(&created("k", 6), &why, later(9)).await.unwrap();
    assert_eq!((again.id, again.status), (received.id, AssetStatus::Received));
    assert_eq!((again.facts, again.warnings), (None, vec![]));
    // And go before anybody looked.
    let ended = record(&*assets, &gone(removed("k", 7))).await;
    assert_eq!(ended.status, AssetStatus::Deleted);
    // What somebody else has judged by then is not waited for.
    let passed = record(&*assets, &gone(created("k", 8))).await;
    let known = assets.receive(&created("k", 8), &why, later(9)).await.unwrap();
    assert_eq!((known.status, known), (AssetStatus::Deleted, passed));
}
