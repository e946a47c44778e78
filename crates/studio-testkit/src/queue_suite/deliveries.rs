//! Sending and receiving: texts, attributes, waiting, sharing.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use studio_queue::{Error, LARGEST_MESSAGE, Outgoing, Receive};

use super::{LONG, QueueFixture, bodies, drain, none, one, request, seconds, send};

/// A message comes as it was sent, and says that this is the first time.
pub async fn what_was_sent_arrives(fixture: &impl QueueFixture) {
    let queue = fixture.open();
    send(&*queue, "hello").await;
    let delivery = one(&*queue, LONG).await;
    assert_eq!(delivery.body, "hello");
    assert_eq!(delivery.attributes, BTreeMap::new());
    assert_eq!(delivery.received_count, 1);
    assert!(delivery.sent_at.is_some_and(|at| at.as_micros() > 1_700_000_000_000_000));
    assert!(!delivery.id.is_empty() && !queue.name().is_empty());
    none(&*queue).await;
}

/// An empty queue is waited for as long as was asked, and no longer.
pub async fn nothing_comes_of_an_empty_queue(fixture: &impl QueueFixture) {
    let queue = fixture.open();
    none(&*queue).await;
    let begun = Instant::now();
    let deliveries = queue.receive(request(seconds(2), LONG)).await.unwrap();
    assert_eq!(deliveries, []);
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(1500) && took < seconds(8), "{took:?}");
    queue.send(&[]).await.unwrap();
    queue.ack(&[]).await.unwrap();
    none(&*queue).await;
}

/// Who waits gets a message as soon as there is one.
pub async fn a_waiting_receiver_gets_what_is_sent(fixture: &impl QueueFixture) {
    let queue = fixture.open();
    let begun = Instant::now();
    let waiting = tokio::spawn(async move { one(&*queue, LONG).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    send(&*fixture.open(), "at last").await;
    assert_eq!(waiting.await.unwrap().body, "at last");
    let took = begun.elapsed();
    assert!(took < seconds(6), "{took:?}");
}

/// Ten attributes with all that their names may have, and any text in them.
pub async fn attributes_come_through(fixture: &impl QueueFixture) {
    let queue = fixture.open();
    let mut attributes: BTreeMap<String, String> =
        (0..6).map(|number| (format!("plain-{number}"), format!("value {number}"))).collect();
    attributes.insert("dots.and_underscores-9".to_owned(), "Björk – 日本 🎸".to_owned());
    attributes.insert("UPPER".to_owned(), "\"quoted\" <and> & 'all'".to_owned());
    attributes.insert("lines".to_owned(), "one\ntwo\ttabbed".to_owned());
    attributes.insert("long".to_owned(), "x".repeat(1000));
    let message = Outgoing { attributes: attributes.clone(), ..Outgoing::new("with ten") };
    queue.send(&[message, Outgoing::new("without")]).await.unwrap();
    let deliveries = drain(&*queue).await;
    assert_eq!(bodies(&deliveries), ["with ten", "without"].into());
    for delivery in deliveries {
        match delivery.body.as_str() {
            "without" => assert_eq!(delivery.attributes, BTreeMap::new()),
            _ => assert_eq!(delivery.attributes, attributes),
        }
    }
}

/// Nothing in a text is changed on its way.
pub async fn any_text_comes_through(fixture: &impl QueueFixture) {
    let queue = fixture.open();
    let texts = [
        r#"{"Records":[{"s3":{"object":{"key":"sp+ace/DJ%27s+Bj%C3%B6rk%2B1.wav"}}}]}"#,
        "Björk – Jóga/日本語/🎸",
        "nfd Bjo\u{308}rk",
        " leading, trailing \n\n",
        "tab\t quote\" amp& lt< gt> back\\ slash/ percent%41 plus+",
        "]]>",
        "0",
    ];
    let messages = texts.map(Outgoing::new);
    queue.send(&messages).await.unwrap();
    assert_eq!(bodies(&drain(&*queue).await), texts.into());
}

/// A quarter of a MiB goes through; what no queue takes says how large it is.
pub async fn large_texts_come_through_and_larger_ones_do_not(fixture: &impl QueueFixture) {
    let queue = fixture.open();
    // Several at once are more than one request takes.
    let texts: Vec<String> =
        ["a", "b", "c", "d", "e", "f"].map(|letter| letter.repeat(250 << 10)).into();
    let messages: Vec<_> = texts.iter().map(Outgoing::new).collect();
    queue.send(&messages).await.unwrap();
    assert!(bodies(&drain(&*queue).await).into_iter().eq(&texts));

    let largest = "x".repeat(LARGEST_MESSAGE - 100) + "ö";
    let attributes = BTreeMap::from([("name".to_owned(), "y".repeat(100))]);
    let message = Outgoing { attributes, ..Outgoing::new(largest) };
    let size = LARGEST_MESSAGE - 100 + 2 + 4 + 6 + 100;
    match queue.send(&[message]).await {
        Err(Error::TooLarge { bytes, .. }) => assert_eq!(bytes, size),
        other => panic!("{other:?}"),
    }
    none(&*queue).await;
}

/// However many there are, ten come at most, and each of them once.
pub async fn many_messages_come_ten_at_a_time(fixture: &impl QueueFixture) {
    let queue = fixture.open();
    let texts: Vec<String> = (0..25).map(|number| format!("message {number:02}")).collect();
    queue.send(&texts.iter().map(Outgoing::new).collect::<Vec<_>>()).await.unwrap();
    let request = Receive { max: 1000, wait: seconds(5), visibility: LONG };
    let mut deliveries = queue.receive(request).await.unwrap();
    assert!((1..=10).contains(&deliveries.len()), "{}", deliveries.len());
    let few = queue.receive(Receive { max: 0, ..request }).await.unwrap();
    assert_eq!(few.len(), 1);
    deliveries.extend(few);
    deliveries.extend(drain(&*queue).await);
    assert_eq!(deliveries.len(), 25);
    assert!(bodies(&deliveries).into_iter().eq(&texts));
    let receipts: Vec<_> = deliveries.into_iter().map(|delivery| delivery.receipt).collect();
    queue.ack(&receipts).await.unwrap();
    none(&*queue).await;
}

/// A message with a delay comes when it has passed.
pub async fn a_delayed_message_waits(fixture: &impl QueueFixture) {
    let queue = fixture.open();
    let begun = Instant::now();
    let later = Outgoing { delay: seconds(2), ..Outgoing::new("later") };
    queue.send(&[later, Outgoing::new("now")]).await.unwrap();
    assert_eq!(one(&*queue, LONG).await.body, "now");
    assert_eq!(one(&*queue, LONG).await.body, "later");
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(1500) && took < seconds(8), "{took:?}");
}

/// Handles are on one queue.
pub async fn handles_see_each_others_messages(fixture: &impl QueueFixture) {
    let (left, right) = (fixture.open(), fixture.open());
    send(&*left, "over there").await;
    let delivery = one(&*right, LONG).await;
    assert_eq!(delivery.body, "over there");
    none(&*left).await;
    left.ack(&[delivery.receipt]).await.unwrap();
    none(&*fixture.open_dead()).await;
}

/// Of those who receive at once, together they get all.
pub async fn receivers_share_what_there_is(fixture: &impl QueueFixture) {
    let texts: Vec<String> = (0..40).map(|number| format!("message {number:02}")).collect();
    let senders: Vec<_> = texts
        .chunks(10)
        .map(|some| {
            let (queue, some) = (fixture.open(), some.to_vec());
            tokio::spawn(async move {
                queue.send(&some.iter().map(Outgoing::new).collect::<Vec<_>>()).await.unwrap();
            })
        })
        .collect();
    for sender in senders {
        sender.await.unwrap();
    }
    let receivers: Vec<_> = (0..4)
        .map(|_| {
            let queue = fixture.open();
            tokio::spawn(async move { drain(&*queue).await })
        })
        .collect();
    let mut all = Vec::new();
    for receiver in receivers {
        all.extend(receiver.await.unwrap());
    }
    // At least once: some servers give a message to two who ask in the same moment.
    assert!(all.len() >= texts.len(), "{}", all.len());
    assert!(bodies(&all).into_iter().eq(&texts));
}
