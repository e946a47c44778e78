//! Messages that nobody can do anything with, and why.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::BUCKET;

/// A message that must be put aside, and for which reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Poison {
    pub(super) body: String,
    pub(super) reason: &'static str,
}

/// Some for the queue of events, all different.
pub(super) fn for_events(number: u64) -> Poison {
    let key = format!("poison_{number}.wav");
    let record = |version: &str, name: &str, bucket: &str, key: &str| {
        let s3 = json!({ "bucket": { "name": bucket }, "object": { "key": key, "eTag": "e" } });
        json!({ "Records": [{ "eventVersion": version, "eventName": name, "s3": s3 }] }).to_string()
    };
    let put = "ObjectCreated:Put";
    let (body, reason) = match number % 14 {
        0 => (format!("hello? {number}"), "not_json"),
        1 => (format!(r#"{{"Records": [{number}"#), "not_json"),
        2 => (format!("[{number}]"), "no_records"),
        3 => (format!(r#"{{"number":{number}}}"#), "no_records"),
        4 => (json!({ "Records": [], "number": number }).to_string(), "empty_records"),
        5 => (json!({ "Records": [{ "number": number }] }).to_string(), "bad_record"),
        6 => (record("3.0", put, BUCKET, &key), "unsupported_version"),
        7 => (record("2.1", "ObjectRestore:Post", BUCKET, &key), "unknown_event"),
        8 => (record("2.1", put, "another-bucket", &key), "other_bucket"),
        9 => (record("2.1", put, BUCKET, &format!("%FF{number}")), "bad_key"),
        10 => (record("2.1", put, BUCKET, &format!("{number:01100}")), "bad_key"),
        11 => (record("2.1", put, "", &key), "bad_bucket"),
        12 => (wrapped(&format!("{{\"number\":{number}}}"), 4), "nested_too_deep"),
        _ => (format!("{number} {}", "junk ".repeat(30_000)), "not_json"),
    };
    Poison { body, reason }
}

/// Some for the queue of orders, all different.
pub(super) fn for_orders(number: u64) -> Poison {
    let file = |more: Value| {
        let mut file = json!({ "bucket": BUCKET, "key": format!("poison_{number}.wav") });
        for (name, value) in more.as_object().into_iter().flatten() {
            file[name] = value.clone();
        }
        json!({ "file": file }).to_string()
    };
    let (body, reason) = match number % 7 {
        0 => (format!("delete! {number}"), "not_json"),
        1 => (json!({ "number": number }).to_string(), "no_file"),
        2 => (file(json!({ "key": "", "number": number })), "bad_key"),
        3 => (file(json!({ "etag": number })), "bad_state"),
        4 => (file(json!({ "ordered_at": format!("day {number}") })), "bad_time"),
        5 => (file(json!({ "order": format!("{number}") })), "bad_order"),
        _ => (file(json!({ "bucket": "another-bucket" })), "other_bucket"),
    };
    Poison { body, reason }
}

fn wrapped(body: &str, times: u32) -> String {
    (0..times).fold(body.to_owned(), |body, _| {
        json!({ "Type": "Notification", "Message": body }).to_string()
    })
}

/// What is not as it must be among some dead letters: each poison must be there at least as
/// often as it was sent, with its reason, and nothing else. A worker that is killed between two
/// steps may leave one twice.
pub(super) fn compare(sent: &[Poison], letters: &[Value]) -> Vec<String> {
    let short = |body: &str| body.chars().take(60).collect::<String>();
    let mut left: BTreeMap<&str, (&str, i64)> = BTreeMap::new();
    for poison in sent {
        left.entry(&poison.body).or_insert((poison.reason, 0)).1 += 1;
    }
    let mut faults = Vec::new();
    for letter in letters {
        let body = letter["body"].as_str().unwrap_or_default();
        let reason = letter["reason"].as_str().unwrap_or("no reason");
        match left.get_mut(body) {
            None => faults.push(format!("no poison was put aside ({reason}): {}", short(body))),
            Some((wanted, _)) if *wanted != reason => {
                faults.push(format!("put aside for {reason}, not {wanted}: {}", short(body)));
            }
            Some((_, left)) => *left -= 1,
        }
    }
    let lost = left.into_iter().filter(|(_, (_, left))| *left > 0);
    faults.extend(lost.map(|(body, (reason, left))| {
        format!("{left} of {reason} are not among the dead letters: {}", short(body))
    }));
    faults
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_poison_is_another() {
        for of in [for_events, for_orders] {
            let bodies: HashSet<String> = (0..600).map(|number| of(number).body).collect();
            assert_eq!(bodies.len(), 600);
        }
    }

    #[test]
    fn each_must_be_there_as_often_as_it_was_sent_with_its_reason() {
        let poison = for_events(0);
        let letter = |reason: &str| json!({ "body": poison.body, "reason": reason });
        let twice = [poison.clone(), poison.clone()];
        let good = [letter("not_json"), letter("not_json"), letter("not_json")];
        assert_eq!(compare(&twice, &good), [""; 0]);
        assert_eq!(compare(&twice, &good[..1]).len(), 1);
        assert_eq!(compare(&twice, &[letter("not_json"), letter("bad_key")]).len(), 2);
        assert_eq!(compare(&[], &good[..1]).len(), 1);
    }
}
