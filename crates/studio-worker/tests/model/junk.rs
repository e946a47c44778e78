//! Messages that nobody can do anything with, each of its own, and why.

use studio_core::queue::event::encode;
use studio_domain::{AssetEvent, BucketName};

use crate::dice::Dice;

/// A body for the queue of events, and the reason with which it is put aside.
pub(crate) fn for_events(
    n: usize,
    dice: &mut Dice,
    event: Option<&AssetEvent>,
) -> (String, &'static str) {
    match (dice.below(8), event) {
        (0, _) => (format!("junk {n} {}", "\u{1f4a9}\u{0}x".repeat(dice.below(3000))), "not_json"),
        (1, _) => (format!("{{\"n\": {n}}}"), "no_records"),
        (2, _) => (format!("{{\"Records\": [], \"n\": {n}}}"), "empty_records"),
        (3, _) => (format!("{{\"Records\": [{{\"n\": {n}}}]}}"), "bad_record"),
        (4, _) => {
            let inner = format!("{{\\\"n\\\": {n}}}");
            (format!("{{\"Type\": \"Notification\", \"Message\": \"{inner}\"}}"), "no_records")
        }
        (5, Some(event)) => {
            let bucket: BucketName = format!("elsewhere-{n}").parse().unwrap();
            let mut event = event.clone();
            event.place.bucket = bucket;
            (encode(&[event]), "other_bucket")
        }
        // What can be read of it counts nevertheless.
        (6, Some(event)) => {
            let good = encode(std::slice::from_ref(event));
            let records = good.trim_start_matches("{\"Records\":[").trim_end_matches("]}");
            (format!("{{\"Records\":[{records},{{\"n\":{n}}}]}}"), "bad_record")
        }
        _ => {
            let record = format!("{{\"eventVersion\": \"3.0\", \"n\": {n}}}");
            (format!("{{\"Records\": [{record}]}}"), "unsupported_version")
        }
    }
}

/// The same for the queue of orders.
pub(crate) fn for_orders(n: usize, dice: &mut Dice) -> (String, &'static str) {
    match dice.below(4) {
        0 => (format!("junk {n}"), "not_json"),
        1 => (format!("{{\"n\": {n}}}"), "no_file"),
        2 => (format!("{{\"file\": {{\"bucket\": \"b\", \"n\": {n}}}}}"), "bad_key"),
        _ => (format!("{{\"bucket\": \"elsewhere-{n}\", \"file\": \"a.wav\"}}"), "other_bucket"),
    }
}
