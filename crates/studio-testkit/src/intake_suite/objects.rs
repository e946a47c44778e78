//! Looking at objects, and reading them.

use studio_blob::Error;
use studio_blob::intake::{FoundObject, Relocation, Removal};

use super::{IntakeFixture, all, anything, found, key};
use crate::{names, noise};

/// Size, state and time; and another state when there are other bytes.
pub async fn what_is_there_is_told(fixture: &impl IntakeFixture) {
    let intake = fixture.open();
    let first = found(fixture, "a.wav", b"first").await;
    assert_eq!((first.key.as_str(), first.size), ("a.wav", 5));
    assert!(first.state.is_same(&first.state) && first.modified.is_some());
    assert_eq!(intake.head(&first.key).await.unwrap(), first);
    let second = found(fixture, "a.wav", b"second").await;
    assert_eq!(second.size, 6);
    assert!(!second.state.is_same(&first.state));
    let read = intake.read(&second.key, 0..6, &second.state).await.unwrap();
    assert_eq!((read.object.size, &read.bytes[..]), (6, &b"second"[..]));
    assert!(read.object.state.is_same(&second.state));
    assert_eq!(fixture.open().bucket(), intake.bucket());
}

/// What a range has beyond the object's end is not there, and is no error.
pub async fn ranges_end_where_the_object_does(fixture: &impl IntakeFixture) {
    let (intake, bytes) = (fixture.open(), noise::bytes(1, 100_000));
    let there = found(fixture, "a", &bytes).await;
    let end = 100_000;
    let ranges = [
        (0..end, 0..100_000),
        (0..1, 0..1),
        (5..77_777, 5..77_777),
        (99_999..end, 99_999..100_000),
        (0..end * 3, 0..100_000),
        (99_990..u64::from(u32::MAX), 99_990..100_000),
        (end..end + 1, 0..0),
        (end * 2..end * 3, 0..0),
        (0..0, 0..0),
        (7..7, 0..0),
    ];
    for (range, expected) in ranges {
        for state in [&there.state, &anything()] {
            let piece = intake.read(&there.key, range.clone(), state).await.unwrap();
            assert!(piece.bytes == bytes[expected.clone()], "{range:?}");
            assert_eq!(piece.object.size, end, "{range:?}");
            assert!(piece.object.state.is_same(&there.state), "{range:?}");
        }
    }
}

/// It has a size and a state, and nothing to read.
pub async fn an_empty_object_is_an_object(fixture: &impl IntakeFixture) {
    let intake = fixture.open();
    let empty = found(fixture, "empty", b"").await;
    assert_eq!(empty.size, 0);
    for range in [0..0, 0..1, 0..262_144, 9..10] {
        for state in [&empty.state, &anything()] {
            let piece = intake.read(&empty.key, range.clone(), state).await.unwrap();
            assert_eq!((piece.bytes.len(), piece.object.size), (0, 0), "{range:?}");
        }
    }
    let other = found(fixture, "empty", b"not any more").await;
    for range in [0..0, 0..1, 100..101] {
        let read = intake.read(&empty.key, range, &empty.state).await;
        assert!(matches!(read, Err(Error::Changed { .. })), "{read:?}");
    }
    let moved = intake.relocate(&other.key, &empty.state, &key("b"), true).await.unwrap();
    assert_eq!(moved, Relocation::Changed);
    let empty = found(fixture, "other", b"").await;
    let moved = intake.relocate(&empty.key, &empty.state, &key("b"), true).await.unwrap();
    assert!(matches!(moved, Relocation::Moved(_)), "{moved:?}");
    assert_eq!(all(&*intake, "b").await.unwrap(), b""[..]);
}

/// Bytes of another state than the one that is named are never given.
pub async fn another_state_is_told(fixture: &impl IntakeFixture) {
    let intake = fixture.open();
    let first = found(fixture, "a", b"one").await;
    fixture.put("a", b"another").await;
    for range in [0..3, 0..0, 3..3, 6..7, 7..9, 1000..1001] {
        let read = intake.read(&first.key, range.clone(), &first.state).await;
        assert!(matches!(read, Err(Error::Changed { .. })), "{range:?}: {read:?}");
    }
    let file = intake.local_file(&first).await;
    assert!(matches!(file, Ok(None) | Err(Error::Changed { .. })), "{file:?}");
}

/// Whoever takes one for the other takes a bucket that is not mounted for an empty one.
pub async fn a_missing_object_is_no_missing_place(fixture: &impl IntakeFixture) {
    let (there, missing) = (fixture.open(), fixture.open_missing());
    let (at, to) = (key("no such/object.wav"), key("to"));
    let state = found(fixture, "some", b"bytes").await.state;
    let looked = [
        there.head(&at).await.map(drop),
        there.read(&at, 0..10, &anything()).await.map(drop),
        there.read(&at, 0..0, &anything()).await.map(drop),
        there.read(&at, 0..10, &state).await.map(drop),
    ];
    for looked in looked {
        assert!(matches!(looked, Err(Error::NotFound { .. })), "{looked:?}");
    }
    assert_eq!(there.remove(&at, &state).await.unwrap(), Removal::Gone);
    assert_eq!(there.relocate(&at, &state, &to, false).await.unwrap(), Relocation::Gone);
    assert_eq!(there.list("no such/", None).await.unwrap(), []);
    let looked = [
        missing.head(&at).await.map(drop),
        missing.read(&at, 0..10, &anything()).await.map(drop),
        missing.read(&at, 0..0, &state).await.map(drop),
        missing.remove(&at, &state).await.map(drop),
        missing.relocate(&at, &state, &to, false).await.map(drop),
        missing.relocate(&at, &state, &to, true).await.map(drop),
        missing.list("", None).await.map(drop),
    ];
    for (n, looked) in looked.into_iter().enumerate() {
        assert!(matches!(looked, Err(Error::NoSuchStore { .. })), "{n}: {looked:?}");
    }
}

/// Keys that others think of: most of what S3 takes.
pub(super) fn hard_keys() -> Vec<String> {
    let odd = [
        "sp ace/DJ's Björk+1%.wav",
        "plus+amp&eq=semi;comma,at@.wav",
        "%41%2F/per%cent",
        "hash#and?question=1&versionId=2",
        " leading and trailing ",
        "日本語/🎸/שלום",
        "e\u{301} and \u{e9}",
        "a//b",
        "/slash first",
        "slash last/",
        "./dot",
        "a/../b",
        "..",
        "line\nbreak\ttab\rreturn",
        "bell\u{7}escape\u{1b}delete\u{7f}",
        "<tag>&amp;\"quote\"",
        "back\\slash",
        "\u{fffd}\u{feff}",
    ];
    let long = [
        ["x".repeat(200), "y".repeat(200), "z".repeat(200)].join("/"),
        ["ü".repeat(100), "日".repeat(60), "🎸".repeat(40)].join("/"),
        format!("{}/{}", "é".repeat(127), "é".repeat(384)),
        "k".repeat(1024),
    ];
    let hard = names::HARD_NAMES.iter().map(|name| format!("names/{name}"));
    odd.iter().map(|odd| (*odd).to_owned()).chain(long).chain(hard).collect()
}

/// A key is what somebody else thought of: all that S3 takes, as far as the backend does.
pub async fn hard_keys_of_others_come_through(fixture: &impl IntakeFixture) {
    let intake = fixture.open();
    let held: Vec<_> = hard_keys().into_iter().filter(|at| fixture.holds(at)).collect();
    assert!(held.len() > 15, "{held:?}");
    for at in &held {
        fixture.put(at, at.as_bytes()).await;
    }
    for (n, at) in held.iter().enumerate() {
        let there: FoundObject = intake.head(&key(at)).await.unwrap();
        assert_eq!((there.key.as_str(), there.size), (at.as_str(), at.len() as u64));
        let read = intake.read(&there.key, 0..2000, &there.state).await.unwrap();
        assert_eq!(read.bytes, at.as_bytes(), "{at:?}");
        let aside = format!("aside/{n}");
        let moved = intake.relocate(&there.key, &there.state, &key(&aside), true).await.unwrap();
        assert!(matches!(moved, Relocation::Moved(_)), "{at:?}: {moved:?}");
        assert_eq!(all(&*intake, at).await, None, "{at:?}");
        let Relocation::Moved(state) = moved else { continue };
        let back = intake.relocate(&key(&aside), &state, &there.key, true).await.unwrap();
        let Relocation::Moved(state) = back else { panic!("{at:?}: {back:?}") };
        assert_eq!(all(&*intake, at).await.unwrap(), at.as_bytes(), "{at:?}");
        assert_eq!(intake.remove(&there.key, &state).await.unwrap(), Removal::Removed, "{at:?}");
        assert_eq!(all(&*intake, at).await, None, "{at:?}");
    }
}

/// It is no error, and leads nowhere else.
pub async fn what_cannot_be_held_is_not_found(fixture: &impl IntakeFixture) {
    if !fixture.tells_what_it_cannot_hold() {
        return;
    }
    let intake = fixture.open();
    let state = found(fixture, "there", b"bytes").await.state;
    for at in hard_keys().iter().filter(|at| !fixture.holds(at)) {
        let told = intake.head(&key(at)).await;
        assert!(matches!(told, Err(Error::NotFound { .. })), "{at:?}: {told:?}");
        let told = intake.read(&key(at), 0..10, &anything()).await;
        assert!(matches!(told, Err(Error::NotFound { .. })), "{at:?}: {told:?}");
        assert_eq!(intake.remove(&key(at), &state).await.unwrap(), Removal::Gone, "{at:?}");
        let moved = intake.relocate(&key(at), &state, &key("to"), false).await.unwrap();
        assert_eq!(moved, Relocation::Gone, "{at:?}");
    }
    assert_eq!(super::keys(&*intake, "").await, ["there"]);
}
