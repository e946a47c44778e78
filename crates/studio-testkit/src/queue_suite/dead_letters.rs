//! Messages that are put aside, looked at, and moved back.

use std::collections::BTreeMap;

use studio_queue::dead_letter::{self, CUT, DETAIL, REASON, RECEIVED, SOURCE};
use studio_queue::{Delivery, LARGEST_MESSAGE, Outgoing};

use super::{LONG, QueueFixture, bodies, drain, none, one, send};

/// Sends a text and puts it aside.
async fn bury(fixture: &impl QueueFixture, body: &str, reason: &str) -> Delivery {
    let (queue, dead) = (fixture.open(), fixture.open_dead());
    let attributes = BTreeMap::from([("from".to_owned(), "a test".to_owned())]);
    queue.send(&[Outgoing { attributes, ..Outgoing::new(body) }]).await.unwrap();
    let delivery = one(&*queue, LONG).await;
    dead_letter::bury(&*queue, &*dead, &delivery, reason, "no\nuse").await.unwrap();
    delivery
}

/// A message put aside has its text, its attributes and the reason, and is gone from where
/// it was.
pub async fn a_dead_letter_says_what_is_wrong(fixture: &impl QueueFixture) {
    bury(fixture, "{poison", "not_json").await;
    none(&*fixture.open()).await;
    let dead = fixture.open_dead();
    let letter = one(&*dead, LONG).await;
    assert_eq!(letter.body, "{poison");
    let name = fixture.open().name().to_owned();
    let expected = [
        ("from", "a test"),
        (REASON, "not_json"),
        (DETAIL, "no use"),
        (SOURCE, &name),
        (RECEIVED, "1"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(letter.attributes, BTreeMap::from(expected));
}

/// A text that fills its queue is cut, and says so.
pub async fn a_dead_letter_of_any_size_is_kept(fixture: &impl QueueFixture) {
    let (queue, dead) = (fixture.open(), fixture.open_dead());
    let body = "x".to_owned() + &"ö".repeat(LARGEST_MESSAGE / 2 - 1);
    send(&*queue, &body).await;
    let delivery = one(&*queue, LONG).await;
    dead_letter::bury(&*queue, &*dead, &delivery, "not_json", &"日".repeat(500)).await.unwrap();
    none(&*queue).await;

    let letters = dead_letter::list(&*dead, 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    assert_eq!(letter.cut, Some(body.len()));
    assert!(letter.body.len() > 8000 && letter.body.len() < body.len());
    assert!(body.starts_with(&letter.body));
    assert_eq!(letter.detail.as_ref().unwrap().chars().count(), 256);

    let told = dead_letter::redrive(&*dead, &*queue, 10, None).await.unwrap();
    assert_eq!((told.moved, told.others, told.more), (0, 0, false));
    assert_eq!(told.cut.iter().map(|letter| letter.cut).collect::<Vec<_>>(), [Some(body.len())]);
    none(&*queue).await;
    assert!(one(&*dead, LONG).await.attributes.contains_key(CUT));
}

/// Looking at dead letters changes nothing.
pub async fn dead_letters_are_listed_and_stay(fixture: &impl QueueFixture) {
    let dead = fixture.open_dead();
    for number in 0..12 {
        bury(fixture, &format!("poison {number:02}"), "bad_key").await;
    }
    // As if the queue itself had put it there.
    send(&*dead, "too often").await;
    for _ in 0..2 {
        let mut letters = dead_letter::list(&*dead, 100).await.unwrap();
        letters.sort_by(|a, b| a.body.cmp(&b.body));
        assert_eq!(letters.len(), 13);
        assert_eq!(letters[0].body, "poison 00");
        assert_eq!(letters[0].reason.as_deref(), Some("bad_key"));
        assert_eq!(letters[0].detail.as_deref(), Some("no use"));
        assert_eq!(letters[0].source.as_deref(), Some(fixture.open().name()));
        assert_eq!((letters[0].received, letters[0].cut), (Some(1), None));
        assert_eq!(letters[0].attributes.len(), 1);
        assert!(letters[0].since.is_some());
        assert_eq!((letters[12].body.as_str(), &letters[12].reason), ("too often", &None));
    }
    assert_eq!(dead_letter::list(&*dead, 5).await.unwrap().len(), 5);
    assert_eq!(drain(&*dead).await.len(), 13);
}

/// What is moved back is as it was before it was put aside.
pub async fn dead_letters_move_back_as_they_were(fixture: &impl QueueFixture) {
    let (queue, dead) = (fixture.open(), fixture.open_dead());
    let mut texts = Vec::new();
    for number in 0..12 {
        texts.push(format!("poison {number:02}"));
        bury(fixture, &texts[number], "bad_key").await;
    }
    let told = dead_letter::redrive(&*dead, &*queue, 5, None).await.unwrap();
    assert_eq!((told.moved, told.others, told.more), (5, 0, true));
    let told = dead_letter::redrive(&*dead, &*queue, 100, None).await.unwrap();
    assert_eq!((told.moved, told.others, told.more), (7, 0, false));
    none(&*dead).await;
    let back = drain(&*queue).await;
    assert_eq!(back.len(), 12);
    assert!(bodies(&back).into_iter().eq(&texts));
    let expected = BTreeMap::from([("from".to_owned(), "a test".to_owned())]);
    assert!(back.iter().all(|delivery| delivery.attributes == expected), "{back:?}");
}

/// Only those are moved back that have the reason that was asked for; the others can be had
/// again at once.
pub async fn dead_letters_move_back_by_their_reason(fixture: &impl QueueFixture) {
    let (queue, dead) = (fixture.open(), fixture.open_dead());
    for (body, reason) in [("a", "bad_key"), ("b", "filing"), ("c", "bad_key"), ("d", "filing")] {
        bury(fixture, body, reason).await;
    }
    let told = dead_letter::redrive(&*dead, &*queue, 100, Some("filing")).await.unwrap();
    assert_eq!((told.moved, told.others, told.more), (2, 2, false));
    assert_eq!(bodies(&drain(&*queue).await), ["b", "d"].into());
    assert_eq!(bodies(&drain(&*dead).await), ["a", "c"].into());
    let none_such = dead_letter::redrive(&*dead, &*queue, 100, Some("other")).await.unwrap();
    assert_eq!((none_such.moved, none_such.others), (0, 0));
}
