//! Listings and what comes through them.

use studio_domain::{
    Asset, AssetFacts, AssetId, AssetKey, AssetPlace, AssetStatus, BucketName, Codec, Container,
    Moment, ObjectState, Reason, Timestamp,
};
use studio_repo::{AssetFilter, Judgement};

use super::{
    AssetCatalogue, AssetFixture, created, facts, gone, invalid, later, place, record, removed,
    valid, with_status,
};
use crate::names;

fn everything() -> AssetFilter {
    AssetFilter::default()
}

fn in_bucket(bucket: &str) -> AssetFilter {
    AssetFilter { bucket: Some(bucket.parse().unwrap()), ..everything() }
}

/// Makes an asset at a place.
async fn put(assets: &dyn AssetCatalogue, bucket: &str, key: &str, is_good: bool) -> Asset {
    let mut event = created("k", 1);
    event.place = AssetPlace { bucket: bucket.parse().unwrap(), key: key.parse().unwrap() };
    let judged = if is_good { valid(event) } else { invalid(event) };
    record(assets, &judged).await
}

async fn names(assets: &dyn AssetCatalogue, filter: &AssetFilter) -> Vec<String> {
    let found = assets.assets(filter, None, 1000).await.unwrap();
    found
        .iter()
        .map(|asset| format!("{}/{}", asset.place.bucket, asset.place.key.as_str()))
        .collect()
}

/// By the bytes of bucket and key, with any filter.
pub async fn assets_are_listed_by_bucket_and_key(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    assert_eq!(assets.assets(&everything(), None, 10).await.unwrap(), []);
    let places = [
        ("b", "é", true),
        ("a", "z/1", true),
        ("b", "Z", false),
        ("b", "a\0b", true),
        ("b", "a", false),
        ("b", "a/", true),
        ("a", "z", false),
        ("b-", "a", true),
    ];
    for (bucket, key, is_good) in places {
        put(&*assets, bucket, key, is_good).await;
    }
    let all = ["a/z", "a/z/1", "b/Z", "b/a", "b/a\0b", "b/a/", "b/é", "b-/a"];
    assert_eq!(names(&*assets, &everything()).await, all);
    assert_eq!(names(&*assets, &in_bucket("b")).await, all[2..7]);
    assert_eq!(names(&*assets, &in_bucket("c")).await, [""; 0]);
    let good = |filter| AssetFilter { status: Some(AssetStatus::Valid), ..filter };
    let bad = |filter| AssetFilter { status: Some(AssetStatus::Rejected), ..filter };
    assert_eq!(names(&*assets, &bad(everything())).await, ["a/z", "b/Z", "b/a"]);
    assert_eq!(names(&*assets, &bad(in_bucket("b"))).await, ["b/Z", "b/a"]);
    assert_eq!(names(&*assets, &good(in_bucket("b"))).await, ["b/a\0b", "b/a/", "b/é"]);
    let deleted = AssetFilter { status: Some(AssetStatus::Deleted), ..everything() };
    assert_eq!(names(&*assets, &deleted).await, [""; 0]);
    // Without a bucket a prefix says nothing.
    let prefix = AssetFilter { prefix: Some("z".to_owned()), ..everything() };
    assert_eq!(names(&*assets, &prefix).await, all);
}

/// Pages of any size, begun behind any asset, one that another filter hides too.
pub async fn pages_of_assets_join_to_the_whole(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    for n in 0..24 {
        let (bucket, key) = (["a", "b", "c"][n % 3], format!("{}/{}", n % 2, n / 6));
        put(&*assets, bucket, &key, n % 4 > 0).await;
    }
    let all = assets.assets(&everything(), None, 1000).await.unwrap();
    assert_eq!(all.len(), 24);
    for (bucket, prefix, status) in [
        (None, None, None),
        (None, None, Some(AssetStatus::Valid)),
        (Some("b"), None, None),
        (Some("b"), Some("1/"), None),
        (Some("b"), None, Some(AssetStatus::Rejected)),
        (Some("b"), Some("0/"), Some(AssetStatus::Rejected)),
    ] {
        let filter = AssetFilter {
            bucket: bucket.map(|bucket| bucket.parse().unwrap()),
            prefix: prefix.map(str::to_owned),
            status,
        };
        let is_shown = |asset: &&Asset| {
            bucket.is_none_or(|bucket| asset.place.bucket.as_str() == bucket)
                && prefix.is_none_or(|prefix| asset.place.key.as_str().starts_with(prefix))
                && status.is_none_or(|status| asset.status == status)
        };
        let shown: Vec<_> = all.iter().filter(is_shown).cloned().collect();
        assert!(!shown.is_empty());
        for size in [1, 2, 5, 100] {
            let mut joined: Vec<Asset> = Vec::new();
            loop {
                let after = joined.last().map(|last| last.id);
                let page = assets.assets(&filter, after, size).await.unwrap();
                assert!(page.len() <= size as usize);
                if page.is_empty() {
                    break;
                }
                joined.extend(page);
            }
            assert_eq!(joined, shown, "{filter:?} by {size}");
        }
        for (n, asset) in all.iter().enumerate() {
            let behind: Vec<_> = all[n + 1..].iter().filter(is_shown).cloned().collect();
            let found = assets.assets(&filter, Some(asset.id), 100).await.unwrap();
            assert_eq!(found, behind, "{filter:?} behind {}", asset.place);
        }
    }
}

/// A prefix is compared as it is: in this case, with these signs, at any end of Unicode.
pub async fn a_prefix_is_of_bytes(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let keys = [
        "Takes/1",
        "takes/",
        "takes/1",
        "takes/2",
        "takes0",
        "takes%",
        "take_/1",
        "t",
        "\u{10FFFF}",
        "\u{10FFFF}\u{10FFFF}",
        "é/1",
        "e\u{301}/1",
        "\0",
        "\0\0",
    ];
    for key in keys {
        put(&*assets, "b", key, true).await;
    }
    put(&*assets, "c", "takes/3", true).await;
    for prefix in ["", "t", "takes/", "take_", "takes%", "Takes", "\u{10FFFF}", "é", "e", "\0", "x"]
    {
        let mut expected: Vec<_> = keys
            .iter()
            .filter(|key| key.starts_with(prefix))
            .map(|key| format!("b/{key}"))
            .collect();
        expected.sort_unstable();
        for status in [None, Some(AssetStatus::Valid)] {
            let prefix = Some(prefix.to_owned());
            let filter = AssetFilter { prefix, status, ..in_bucket("b") };
            assert_eq!(names(&*assets, &filter).await, expected, "{filter:?}");
        }
    }
}

/// A valid one is preferred, then the one that changed last.
pub async fn a_key_without_a_bucket_finds_the_valid_one(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let key: AssetKey = "k".parse().unwrap();
    let found = async || assets.asset_at(None, &key).await.unwrap().map(|asset| asset.place.bucket);
    let bucket = |name: &str| Some(name.parse::<BucketName>().unwrap());
    assert_eq!(found().await, None);
    let mut at = 0;
    for (name, is_good, expected) in [
        ("b", false, "b"),
        ("a", false, "a"),
        ("c", false, "c"),
        ("b", true, "b"),
        ("a", false, "b"),
        ("c", true, "c"),
        ("b", true, "b"),
        ("b", false, "c"),
        ("c", false, "c"),
    ] {
        at += 1;
        let mut event = created("k", at);
        event.place.bucket = name.parse().unwrap();
        let judged = if is_good { valid(event) } else { invalid(event) };
        assets.record(&judged, later(at.cast_signed())).await.unwrap();
        assert_eq!(found().await, bucket(expected), "{at}");
    }
    assert_eq!(assets.asset_at(None, &"K".parse().unwrap()).await.unwrap(), None);
}

/// Each status that any has, with how many have it.
pub async fn assets_are_counted_by_status(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    assert_eq!(assets.count_assets().await.unwrap(), []);
    let statuses = [
        AssetStatus::Valid,
        AssetStatus::Rejected,
        AssetStatus::Quarantined,
        AssetStatus::Deleting,
        AssetStatus::Deleted,
    ];
    for (n, status) in (1..).zip(statuses) {
        for m in 0..n {
            with_status(&*assets, &format!("{status}/{m}"), status).await;
        }
    }
    let mut counts = assets.count_assets().await.unwrap();
    counts.sort_unstable();
    assert_eq!(counts, statuses.into_iter().zip(1..).collect::<Vec<_>>());
    record(&*assets, &gone(removed("valid/0", 9))).await;
    let counts = assets.count_assets().await.unwrap();
    assert!(!counts.iter().any(|(status, _)| *status == AssetStatus::Valid), "{counts:?}");
    assert!(counts.contains(&(AssetStatus::Deleted, 6)), "{counts:?}");
}

/// No key is special.
pub async fn hard_keys_come_through(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let longest = ["🎸".repeat(256), "\0".repeat(1024), format!("{}\n", "ß".repeat(511))];
    let odd = [
        "/",
        "//",
        "a//b",
        "./a",
        "a/",
        "\0",
        "a\0",
        "a\0b",
        "\n",
        "\r\n",
        "\u{1b}[31m",
        "\u{feff}",
        "\u{fffd}",
        "\u{7f}",
        " ",
        "a b",
        "+",
        "%2B",
        "\\",
        "\u{e9}",
        "e\u{301}",
        "İ",
        "ı",
        "ﬀ",
    ];
    let keys: Vec<&str> = names::HARD_NAMES
        .into_iter()
        .chain(odd)
        .chain(longest.iter().map(String::as_str))
        .collect();
    let mut made = Vec::new();
    for key in &keys {
        made.push(put(&*assets, "b", key, false).await);
    }
    for (key, made) in keys.iter().zip(&made) {
        assert_eq!(made.place.key.as_str(), *key);
        let found = assets.asset_at(Some(&made.place.bucket), &made.place.key).await.unwrap();
        assert_eq!(found.as_ref(), Some(made), "{key:?}");
        assert_eq!(assets.asset_at(None, &made.place.key).await.unwrap(), found);
        let settlement = super::put_aside_as(made, made.place.key.clone());
        assets.settle(made.id, &made.state, &settlement, later(0)).await.unwrap();
        assets.order_deletion(made.id, None, later(0)).await.unwrap();
        let order = assets.order_at(&made.place).await.unwrap().unwrap();
        assert_eq!(order.place, made.place);
    }
    let mut sorted: Vec<_> = keys.iter().map(|key| format!("b/{key}")).collect();
    sorted.sort_unstable();
    assert_eq!(names(&*assets, &everything()).await, sorted);
    let aside = assets.quarantined(None, None, 1000).await.unwrap();
    let aside: Vec<_> = aside.iter().map(|object| object.stored_as.as_str()).collect();
    assert_eq!(aside, keys);
}

/// No number, time or text is special.
pub async fn extreme_assets_come_through(fixture: &impl AssetFixture) {
    let assets = fixture.open();
    let texts = ["", "\0", "a\0b\n\"'", "{\"code\":1}", "🎸\u{10FFFF}"];
    let bucket = format!("file:///{}", "ö/".repeat(1362));
    for (n, text) in texts.into_iter().enumerate() {
        let most = n % 2 == 0;
        let mut judged = valid(created("k", 1));
        judged.event.place =
            AssetPlace { bucket: bucket.parse().unwrap(), key: place(&format!("{n}")).key };
        let state = ObjectState { etag: Some(text.to_owned()), version_id: Some(text.repeat(99)) };
        judged.event.state = state.clone();
        let sequencer = ["F", "0"][n % 2].repeat(128).parse().unwrap();
        let at = Timestamp::from_micros(if most { i64::MAX } else { i64::MIN });
        judged.event.moment = Moment { sequencer: Some(sequencer), at: Some(at) };
        judged.state = state;
        judged.size = Some(u64::MAX - n as u64);
        judged.profile = Some(text.to_owned());
        let facts = AssetFacts {
            channel_count: u32::MAX,
            frame_count: u64::MAX,
            sample_rate: u32::MAX,
            bits_per_sample: u32::MAX,
            duration: text.to_owned(),
            container: Container::ALL.get(n).copied(),
            codec: Codec::ALL.get(n).copied(),
        };
        let reason = Reason { code: text.to_owned(), detail: text.repeat(1000) };
        let reasons = vec![reason.clone(), reason.clone()];
        judged.judgement = match n % 2 {
            0 => Judgement::Valid { facts: facts.clone(), warnings: reasons.clone() },
            _ => Judgement::Invalid {
                facts: Some(facts.clone()),
                reasons: reasons.clone(),
                warnings: vec![],
            },
        };
        let made = record(&*assets, &judged).await;
        let found = assets.asset(made.id).await.unwrap();
        assert_eq!(found, made);
        assert_eq!((&found.facts, &found.profile), (&Some(facts), &judged.profile));
        assert_eq!((&found.state, found.size), (&judged.state, judged.size));
        let sequencer = found.moment.sequencer.as_ref().map(|own| own.as_str().len());
        assert_eq!((sequencer, found.moment.at), (Some(128), Some(at)));
        assert_eq!([found.reasons, found.warnings].concat(), reasons);
        let known = assets.standing(&judged.event).await.unwrap();
        assert!(matches!(known, studio_repo::Standing::Seen(_)), "{known:?}");
    }
    every_kind_comes_through(&*assets).await;
}

async fn every_kind_comes_through(assets: &dyn AssetCatalogue) {
    let mut ids: Vec<(AssetId, AssetFacts)> = Vec::new();
    for (n, container) in Container::ALL.iter().enumerate() {
        for codec in Codec::ALL {
            let facts = AssetFacts { container: Some(*container), codec: Some(*codec), ..facts() };
            let mut judged = valid(created(&format!("{n}/{codec}"), 1));
            judged.judgement = Judgement::Valid { facts: facts.clone(), warnings: vec![] };
            ids.push((record(assets, &judged).await.id, facts));
        }
    }
    for (id, facts) in ids {
        assert_eq!(assets.asset(id).await.unwrap().facts, Some(facts));
    }
}
