//! Odd events and odd objects.

use studio_core::queue::event::encode;
use studio_domain::{AssetKey, AssetStatus, MAX_KEY_BYTES};

use crate::rig::{Rig, bad, good, key};

/// The most bytes that may be read of an object.
const MOST_READ: u64 = 256 << 10;

#[tokio::test]
async fn events_of_other_buckets_are_put_aside() {
    let rig = Rig::new();
    let running = rig.probe();
    let mut event = rig.bucket.put(&key("a.wav"), good());
    let own = event.clone();
    event.place.bucket = "somebody-elses".parse().unwrap();
    let alone = encode(std::slice::from_ref(&event));
    // Beside one of ours, which counts.
    let beside = encode(&[event, own]);
    rig.queue.put(&[&alone, &beside]).await;
    rig.drained().await;
    let letters = rig.letters().await;
    for letter in &letters {
        assert_eq!(letter.reason.as_deref(), Some("other_bucket"));
        let detail = letter.detail.as_deref().unwrap();
        assert!(detail.contains("somebody-elses"), "{detail}");
    }
    assert_eq!(letters.len(), 2);
    assert_eq!(rig.asset("a.wav").await.unwrap().status, AssetStatus::Valid);
    assert_eq!(running.stop().await.dead, 2);
}

#[tokio::test]
async fn orders_for_other_buckets_are_put_aside() {
    let rig = Rig::new();
    let running = rig.delete();
    rig.bucket.put(&key("a.wav"), good());
    let body = r#"{"file": {"bucket": "somebody-elses", "key": "a.wav"}}"#;
    rig.queue.put(&[body]).await;
    rig.drained().await;
    let [letter] = &rig.letters().await[..] else { panic!("one letter") };
    assert_eq!((letter.reason.as_deref(), &*letter.body), (Some("other_bucket"), body));
    assert!(rig.bucket.objects().contains_key(&key("a.wav")));
    running.stop().await;
}

#[tokio::test]
async fn keys_that_vanished_are_done_with() {
    let rig = Rig::new();
    let event = rig.put("a.wav", good()).await;
    assert!(rig.bucket.delete(&key("a.wav")));
    let running = rig.probe();
    // And one that never was there, told of without its state.
    let mut other = event.clone();
    other.place.key = key("never.wav");
    other.state = Default::default();
    rig.queue.put(&[&encode(&[event, other])]).await;
    rig.drained().await;
    for name in ["a.wav", "never.wav"] {
        let asset = rig.asset(name).await.unwrap();
        assert_eq!(asset.status, AssetStatus::Deleted, "{name}");
        assert_eq!(asset.reasons[0].code, "object-missing", "{name}");
    }
    let tally = running.stop().await;
    assert_eq!((tally.done, tally.retried, tally.dead), (2, 0, 0));
    // To delete what is not there succeeds.
    let running = rig.delete();
    rig.queue.put(&[r#"{"bucket": "ingest", "file": "never.wav"}"#]).await;
    rig.drained().await;
    assert_eq!(running.stop().await.done, 1);
}

/// Keys of 1024 bytes: of the longest characters, of marks, of what is encoded threefold.
fn longest_keys() -> Vec<AssetKey> {
    let of = |text: &str| {
        let mut name = text.repeat(MAX_KEY_BYTES / text.len());
        name.push_str(&"x".repeat(MAX_KEY_BYTES - name.len()));
        assert_eq!(name.len(), MAX_KEY_BYTES);
        key(&name)
    };
    let texts = ["\u{1f3b5}", "\u{301}", "+ %2B/", "a/", "\u{202e}\u{0}", "..//", "\u{10ffff}"];
    texts.into_iter().map(of).collect()
}

#[tokio::test]
async fn keys_of_1024_bytes_are_judged_moved_and_deleted() {
    let rig = Rig::new();
    let running = rig.probe();
    for (n, key) in longest_keys().iter().enumerate() {
        rig.put(key.as_str(), if n % 2 == 0 { good() } else { bad() }).await;
    }
    rig.drained().await;
    for (n, key) in longest_keys().iter().enumerate() {
        let expected = [AssetStatus::Valid, AssetStatus::Quarantined][n % 2];
        assert_eq!(rig.asset(key.as_str()).await.unwrap().status, expected, "{key}");
        assert_eq!(rig.bucket.objects().contains_key(key), n % 2 == 0);
    }
    // None was lost when it was moved aside.
    assert_eq!(rig.bucket.objects().len(), longest_keys().len());
    assert_eq!(running.stop().await.dead, 0);
    let running = rig.delete();
    for key in longest_keys() {
        let file = serde_json::json!({"file": {"bucket": "ingest", "key": key.as_str()}});
        rig.queue.put(&[&file.to_string()]).await;
    }
    rig.drained().await;
    let left = rig.bucket.objects();
    assert!(left.keys().all(|key| key.as_str().starts_with("quarantine/")), "{left:?}");
    assert_eq!(running.stop().await.dead, 0);
}

#[tokio::test]
async fn junk_of_256_kb_is_put_aside_whole() {
    const SIZE: usize = 256 << 10;
    let rig = Rig::new();
    let running = rig.probe();
    let junk = [
        ("x".repeat(SIZE), "not_json"),
        ("[".repeat(SIZE), "not_json"),
        ("\u{1f4a9}".repeat(SIZE / 4), "not_json"),
        (format!("{{\"Records\": [{}null]}}", "null,".repeat(SIZE / 5)), "too_many_records"),
        (format!("{{\"Records\": \"{}\"}}", "y".repeat(SIZE)), "no_records"),
        (format!("{{\"Records\": [{{\"s3\": \"{}\"}}]}}", "z".repeat(SIZE)), "bad_record"),
        (format!("{{\"{}\": 1}}", "\\u0000".repeat(SIZE / 6)), "no_records"),
    ];
    for (body, _) in &junk {
        rig.queue.put(&[body]).await;
    }
    rig.put("a.wav", good()).await;
    rig.drained().await;
    let letters = rig.letters().await;
    for (body, reason) in &junk {
        let letter = letters.iter().find(|letter| letter.body == *body).unwrap();
        assert_eq!(letter.reason.as_deref(), Some(*reason));
        assert_eq!(letter.cut, None);
    }
    let tally = running.stop().await;
    assert_eq!((tally.done, tally.dead), (1, junk.len() as u64));
}

#[tokio::test]
async fn objects_of_no_bytes_are_moved_aside() {
    let rig = Rig::new();
    let running = rig.probe();
    rig.put("empty.wav", Vec::new()).await;
    rig.drained().await;
    let asset = rig.asset("empty.wav").await.unwrap();
    assert_eq!((asset.status, asset.size), (AssetStatus::Quarantined, Some(0)));
    assert_eq!(asset.reasons[0].code, "empty-file");
    assert_eq!(running.stop().await.done, 1);
}

#[tokio::test]
async fn objects_that_claim_5_tb_are_judged_by_their_header() {
    const FIVE_TB: u64 = 5 << 40;
    let rig = Rig::new();
    let running = rig.probe();
    // The event exaggerates, the object does not.
    let mut event = rig.bucket.put(&key("told.wav"), good());
    event.size = Some(FIVE_TB);
    rig.queue.put(&[&encode(&[event])]).await;
    rig.drained().await;
    let told = rig.asset("told.wav").await.unwrap();
    assert_eq!((told.status, told.size), (AssetStatus::Valid, Some(good().len() as u64)));
    // The bucket says so, and gives fewer bytes.
    for (name, bytes) in [("junk.wav", vec![7; 64 << 10]), ("short.wav", good()[..40].to_vec())] {
        let (requests, read) = rig.bucket.traffic();
        let event = rig.bucket.put(&key(name), bytes);
        rig.bucket.claim(&key(name), FIVE_TB);
        rig.queue.put(&[&encode(&[event])]).await;
        rig.drained().await;
        let asset = rig.asset(name).await.unwrap();
        assert_eq!((asset.status, asset.size), (AssetStatus::Quarantined, Some(FIVE_TB)), "{name}");
        let (more, all) = rig.bucket.traffic();
        assert!(all - read <= MOST_READ && more - requests < 20, "{name}: {} bytes", all - read);
    }
    let tally = running.stop().await;
    assert_eq!((tally.done, tally.retried), (3, 0));
}
