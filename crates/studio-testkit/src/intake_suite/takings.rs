//! Removing objects, and moving them.

use studio_blob::intake::{Relocation, Removal};

use super::{IntakeFixture, all, found, key, keys};

/// Not another one under the same key, and not twice.
pub async fn only_what_was_seen_is_removed(fixture: &impl IntakeFixture) {
    let intake = fixture.open();
    let first = found(fixture, "d/a", b"first").await;
    let second = found(fixture, "d/a", b"second").await;
    assert_eq!(intake.remove(&first.key, &first.state).await.unwrap(), Removal::Changed);
    assert_eq!(all(&*intake, "d/a").await.unwrap(), b"second"[..]);
    let nameless = studio_domain::ObjectState::default();
    assert_eq!(intake.remove(&first.key, &nameless).await.unwrap(), Removal::Changed);
    assert_eq!(intake.remove(&second.key, &second.state).await.unwrap(), Removal::Removed);
    assert_eq!(all(&*intake, "d/a").await, None);
    assert_eq!(intake.remove(&second.key, &second.state).await.unwrap(), Removal::Gone);
    assert_eq!(keys(&*intake, "").await, [""; 0]);
}

/// What is there under another state stays where it is, and nothing comes to be elsewhere.
pub async fn only_what_was_seen_is_moved(fixture: &impl IntakeFixture) {
    let intake = fixture.open();
    let first = found(fixture, "a", b"first").await;
    let second = found(fixture, "a", b"second").await;
    for only_new in [false, true] {
        let moved = intake.relocate(&first.key, &first.state, &key("b"), only_new).await.unwrap();
        assert_eq!(moved, Relocation::Changed);
        assert_eq!(keys(&*intake, "").await, ["a"]);
    }
    let moved = intake.relocate(&second.key, &second.state, &key("b"), true).await.unwrap();
    let Relocation::Moved(state) = moved else { panic!("{moved:?}") };
    let there = intake.head(&key("b")).await.unwrap();
    assert!(there.state.is_same(&state));
    assert_eq!(there.size, 6);
    assert_eq!(keys(&*intake, "").await, ["b"]);
    assert_eq!(all(&*intake, "b").await.unwrap(), b"second"[..]);
    let again = intake.relocate(&second.key, &second.state, &key("b"), false).await.unwrap();
    assert_eq!(again, Relocation::Gone);
    assert_eq!(all(&*intake, "b").await.unwrap(), b"second"[..]);
}

/// Only new, it never does.
pub async fn a_move_replaces_only_if_it_may(fixture: &impl IntakeFixture) {
    let intake = fixture.open();
    let there = found(fixture, "a", b"from a").await;
    fixture.put("b", b"in the way").await;
    let moved = intake.relocate(&there.key, &there.state, &key("b"), true).await.unwrap();
    assert_eq!(moved, Relocation::Occupied);
    assert_eq!(all(&*intake, "a").await.unwrap(), b"from a"[..]);
    assert_eq!(all(&*intake, "b").await.unwrap(), b"in the way"[..]);
    let unmoved = intake.head(&there.key).await.unwrap();
    assert!(unmoved.state.is_same(&there.state));
    let moved = intake.relocate(&there.key, &unmoved.state, &key("b"), false).await.unwrap();
    assert!(matches!(moved, Relocation::Moved(_)), "{moved:?}");
    assert_eq!(keys(&*intake, "").await, ["b"]);
    assert_eq!(all(&*intake, "b").await.unwrap(), b"from a"[..]);
}

/// Whatever must be made on the way.
pub async fn a_move_leads_deep_down(fixture: &impl IntakeFixture) {
    let intake = fixture.open();
    let there = found(fixture, "take.wav", b"bytes").await;
    let deep = key("quarantine/0123456789abcdef/deep/down/take.wav");
    let moved = intake.relocate(&there.key, &there.state, &deep, true).await.unwrap();
    let Relocation::Moved(state) = moved else { panic!("{moved:?}") };
    let back = intake.relocate(&deep, &state, &there.key, true).await.unwrap();
    assert!(matches!(back, Relocation::Moved(_)), "{back:?}");
    assert_eq!(keys(&*intake, "").await, ["take.wav"]);
}

/// How often somebody is in a hurry.
const RACES: u32 = 20;

/// An upload while its predecessor is removed is there afterwards, or was never known.
pub async fn nothing_new_is_ever_removed(fixture: &impl IntakeFixture) {
    if !fixture.heeds_conditions() {
        crate::say_skipped("removing what is replaced", "this server has no such conditions");
        return;
    }
    let intake = fixture.open();
    for n in 0..RACES {
        let old = found(fixture, "a", format!("old {n}").as_bytes()).await;
        let new = format!("the new one {n}");
        let (removed, ()) =
            tokio::join!(intake.remove(&old.key, &old.state), fixture.put("a", new.as_bytes()));
        let removed = removed.unwrap();
        assert_eq!(all(&*intake, "a").await.unwrap(), new.as_bytes(), "{n}: {removed:?}");
    }
}

/// An upload while its predecessor is moved stays, and what was moved is the predecessor.
pub async fn nothing_new_is_ever_moved(fixture: &impl IntakeFixture) {
    if !fixture.heeds_conditions() {
        crate::say_skipped("moving what is replaced", "this server has no such conditions");
        return;
    }
    let intake = fixture.open();
    for n in 0..RACES {
        let old = format!("old {n}");
        let there = found(fixture, "a", old.as_bytes()).await;
        let (new, to) = (format!("the new one {n}"), format!("aside/{n}"));
        let to = key(&to);
        let moving = intake.relocate(&there.key, &there.state, &to, n % 2 == 0);
        let (moved, ()) = tokio::join!(moving, fixture.put("a", new.as_bytes()));
        let moved = moved.unwrap();
        assert_eq!(all(&*intake, "a").await.unwrap(), new.as_bytes(), "{n}: {moved:?}");
        let aside = all(&*intake, to.as_str()).await;
        match moved {
            Relocation::Moved(_) => assert_eq!(aside.unwrap(), old.as_bytes(), "{n}"),
            Relocation::Changed | Relocation::Gone => assert_eq!(aside, None, "{n}: {moved:?}"),
            Relocation::Occupied => panic!("{n}: nothing was there"),
        }
    }
}

/// And the others find nothing.
pub async fn of_many_takers_one_takes(fixture: &impl IntakeFixture) {
    let there = found(fixture, "a", b"bytes").await;
    let tries = (0..8).map(|n| {
        let (intake, there) = (fixture.open(), there.clone());
        tokio::spawn(async move {
            let to = key(&format!("to/{n}"));
            intake.relocate(&there.key, &there.state, &to, true).await.unwrap()
        })
    });
    let mut moved = 0;
    for task in tries.collect::<Vec<_>>() {
        moved += usize::from(matches!(task.await.unwrap(), Relocation::Moved(_)));
    }
    let left = keys(&*fixture.open(), "").await;
    // Of a bucket copies can be taken by many; each of them is whole, and none is lost.
    assert!(moved >= 1 && left.len() == moved, "{moved} {left:?}");
    for at in left {
        assert_eq!(all(&*fixture.open(), &at).await.unwrap(), b"bytes"[..]);
    }
}
