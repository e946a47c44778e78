//! Listings.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, stream};
use studio_blob::MAX_LISTED;

use super::{IntakeFixture, key, keys};

/// More objects than fit one page come each once, and in the same order each time.
pub async fn listings_join_to_the_whole(fixture: &impl IntakeFixture) {
    let intake = fixture.open();
    let total = MAX_LISTED + 30;
    // Files beside directories of the same name, in which the two orders differ.
    let name = |n: usize| match n % 3 {
        0 => format!("many/{:04}/{n}.wav", n / 3),
        1 => format!("many/{:04}.wav", n / 3),
        _ => format!("many/{:04}-x", n / 3),
    };
    stream::iter(0..total)
        .map(|n| async move { fixture.put(&name(n), b"x").await })
        .buffer_unordered(16)
        .collect::<()>()
        .await;
    let listed = keys(&*intake, "").await;
    assert_eq!(listed.len(), total);
    let expected: BTreeSet<String> = (0..total).map(name).collect();
    assert!(listed.iter().cloned().collect::<BTreeSet<_>>() == expected);
    assert!(keys(&*fixture.open(), "").await == listed);
    assert_eq!(intake.list("", None).await.unwrap().len(), MAX_LISTED);
    for at in [0, 1, 2, 500, 998, 999, 1000, 1028] {
        let rest = intake.list("many/", Some(key(&listed[at]))).await.unwrap();
        let rest: Vec<&str> = rest.iter().map(|found| found.key.as_str()).collect();
        let end = total.min(at + 1 + MAX_LISTED);
        assert!(rest == listed[at + 1..end], "behind {}", listed[at]);
    }
    assert_eq!(intake.list("", Some(key(&listed[total - 1]))).await.unwrap(), []);
}

/// A prefix is a beginning of the key, and no directory.
pub async fn listings_keep_to_their_prefix(fixture: &impl IntakeFixture) {
    let intake = fixture.open();
    for at in ["b/2", "b.txt", "a", "b/10", "c/x/y", "b-1", "é", "b/1"] {
        fixture.put(at, at.as_bytes()).await;
    }
    let every = keys(&*intake, "").await;
    assert_eq!(every.len(), 8);
    for prefix in ["", "b", "b/", "b/1", "c/x/", "c/x/y", "é", "nothing"] {
        let wanted: Vec<&String> = every.iter().filter(|at| at.starts_with(prefix)).collect();
        assert_eq!(keys(&*intake, prefix).await.iter().collect::<Vec<_>>(), wanted, "{prefix}");
        for (n, after) in wanted.iter().enumerate() {
            let rest = intake.list(prefix, Some(key(after))).await.unwrap();
            let rest: Vec<&str> = rest.iter().map(|found| found.key.as_str()).collect();
            assert_eq!(rest, wanted[n + 1..], "{prefix} > {after}");
        }
    }
    for found in intake.list("", None).await.unwrap() {
        let head = intake.head(&found.key).await.unwrap();
        assert_eq!((found.size, found.size), (head.size, found.key.as_str().len() as u64));
        assert!(found.state.is_same(&head.state), "{found:?} {head:?}");
        assert!(found.modified.is_some());
    }
}

/// One key that is hard to write down does not hide the others.
pub async fn strange_keys_are_listed(fixture: &impl IntakeFixture) {
    let intake = fixture.open();
    let held = super::objects::hard_keys().into_iter().filter(|at| fixture.holds(at));
    let held: BTreeSet<String> = held.collect();
    for at in &held {
        fixture.put(at, b"x").await;
    }
    let listed = keys(&*intake, "").await;
    assert_eq!(listed.len(), held.len(), "{listed:?}");
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), held);
    for (n, after) in listed.iter().enumerate() {
        let rest = intake.list("", Some(key(after))).await.unwrap();
        let rest: Vec<&str> = rest.iter().map(|found| found.key.as_str()).collect();
        assert_eq!(rest, listed[n + 1..], "behind {after:?}");
    }
}
