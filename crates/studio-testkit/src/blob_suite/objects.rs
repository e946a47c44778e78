//! Objects written in one piece: reading, ranges, conditions, keys, listings, races.

use std::collections::HashSet;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use studio_blob::{
    Attributes, BufferPool, ETag, Error, MAX_LISTED, WriteMode, crc64nvme, fetch_range,
};

use super::{BlobFixture, begin, can_create_once, key, keys, put, put_part, put_with, read};
use crate::{names, noise};

/// Bytes come back as they went in, whatever their number.
pub async fn reads_back_what_was_put(fixture: &impl BlobFixture) {
    let store = fixture.open();
    for size in [0, 1, 1000, 3 << 20] {
        let at = format!("sizes/{size}");
        let bytes = noise::bytes(size as u64, size);
        put(&*store, &at, &bytes).await.unwrap();
        let back = read(&*store, &at).await.unwrap();
        assert!(back == bytes, "{size} bytes came back as {}", back.len());
    }
}

/// HEAD agrees with what was put, and its state with that of GET.
pub async fn head_tells_size_and_state(fixture: &impl BlobFixture) {
    let store = fixture.open();
    put(&*store, "a", b"four").await.unwrap();
    let head = store.head(&key("a")).await.unwrap();
    assert_eq!(head.key, key("a"));
    assert_eq!(head.size, 4);
    if let Some(crc) = head.crc64nvme {
        assert_eq!(crc, crc64nvme(b"four"));
    }
    let body = store.get(&key("a"), None, None).await.unwrap();
    assert_eq!(body.info.size, 4);
    assert_eq!(body.range, 0..4);
    assert!(head.etag.is_some(), "a download cannot go on without it");
    assert_eq!(body.info.etag, head.etag);
    assert_eq!(store.head(&key("a")).await.unwrap().etag, head.etag);
}

/// Reading what is not there says so.
pub async fn a_missing_object_is_not_found(fixture: &impl BlobFixture) {
    let store = fixture.open();
    put(&*store, "dir/there", b"x").await.unwrap();
    for at in ["missing", "dir", "dir/there/below", "dir/ther"] {
        let head = store.head(&key(at)).await;
        assert!(matches!(head, Err(Error::NotFound { .. })), "{at}: {head:?}");
        let get = store.get(&key(at), None, None).await;
        assert!(matches!(get, Err(Error::NotFound { .. })), "{at}: {get:?}");
    }
}

/// Before the first write there is nothing, not even the bucket or directory; reading and
/// listing bear that, writing mends it.
pub async fn the_first_write_makes_the_place(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let missing =
        |error: &Error| matches!(error, Error::NotFound { .. } | Error::NoSuchStore { .. });
    assert!(missing(&store.head(&key("a")).await.unwrap_err()));
    assert!(missing(&store.get(&key("a"), None, None).await.unwrap_err()));
    assert_eq!(store.list("", None).await.unwrap(), []);
    store.delete(&key("a")).await.unwrap();
    let upload = begin(&*store, "parts", 3).await;
    let receipt = put_part(&*store, &upload, 1, b"abc").await;
    let crc = crc64nvme(b"abc");
    store.complete(&upload, &[receipt], crc, WriteMode::CreateNew).await.unwrap();
    put(&*store, "a", b"first").await.unwrap();
    assert_eq!(read(&*store, "a").await.unwrap(), b"first");
    assert_eq!(read(&*store, "parts").await.unwrap(), b"abc");
}

/// Of writers that all come first, each makes the place or finds it made.
pub async fn many_first_writers_make_one_place(fixture: &impl BlobFixture) {
    let tasks: Vec<_> = (0..8)
        .map(|n| {
            let store = fixture.open();
            tokio::spawn(async move { put(&*store, &format!("{n}"), b"x").await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(keys(&*fixture.open(), "", None).await.len(), 8);
}

/// A second creation is refused and changes nothing.
pub async fn create_new_refuses_an_existing_object(fixture: &impl BlobFixture) {
    if !can_create_once(fixture) {
        return;
    }
    let store = fixture.open();
    put(&*store, "a", b"first").await.unwrap();
    let second = put(&*store, "a", b"second").await;
    assert!(matches!(second, Err(Error::AlreadyExists { .. })), "{second:?}");
    assert_eq!(read(&*store, "a").await.unwrap(), b"first");
}

/// Replacing works, on nothing and on something.
pub async fn replace_replaces(fixture: &impl BlobFixture) {
    let store = fixture.open();
    for bytes in [&b"one"[..], b"another one", b""] {
        put_with(&*store, "a", bytes, WriteMode::Replace).await.unwrap();
        assert_eq!(read(&*store, "a").await.unwrap(), bytes);
    }
}

/// Bytes that are not those announced are refused, new or in place of others.
pub async fn a_wrong_checksum_stores_nothing(fixture: &impl BlobFixture) {
    let store = fixture.open();
    put(&*store, "kept", b"good").await.unwrap();
    for (at, mode) in [("new", WriteMode::CreateNew), ("kept", WriteMode::Replace)] {
        let wrong = crc64nvme(b"other");
        let body = Bytes::from_static(b"bytes");
        let put = store.put(&key(at), body, wrong, &Attributes::default(), mode).await;
        assert!(matches!(put, Err(Error::Corrupted { .. })), "{at}: {put:?}");
    }
    let new = store.head(&key("new")).await;
    assert!(matches!(new, Err(Error::NotFound { .. })), "{new:?}");
    assert_eq!(read(&*store, "kept").await.unwrap(), b"good");
}

/// Ranges are half-open, cut at the end, and know the whole.
pub async fn ranges_give_their_bytes_and_the_full_size(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let bytes = noise::bytes(7, 2_500_000);
    put(&*store, "a", &bytes).await.unwrap();
    let size = bytes.len() as u64;
    for (asked, given) in [
        (0..1, 0..1),
        (0..size, 0..size),
        (10..20, 10..20),
        (1_048_570..1_048_590, 1_048_570..1_048_590),
        (size - 1..size, size - 1..size),
        (size - 1..size + 100, size - 1..size),
    ] {
        let body = store.get(&key("a"), Some(asked.clone()), None).await.unwrap();
        assert_eq!(body.info.size, size, "{asked:?}");
        assert_eq!(body.range, given, "{asked:?}");
        let chunks: Vec<Bytes> = body.chunks.try_collect().await.unwrap();
        let expected = &bytes[given.start as usize..given.end as usize];
        assert!(chunks.concat() == expected, "{asked:?}");
    }
}

/// A range without a byte is an error, not an empty answer.
#[expect(clippy::reversed_empty_ranges, reason = "that is what is refused")]
pub async fn ranges_outside_are_refused(fixture: &impl BlobFixture) {
    let store = fixture.open();
    put(&*store, "a", b"four").await.unwrap();
    put(&*store, "empty", b"").await.unwrap();
    for (at, range) in [("a", 4..5), ("a", 100..200), ("a", 2..2), ("a", 3..1), ("empty", 0..1)] {
        let get = store.get(&key(at), Some(range.clone()), None).await;
        assert!(matches!(get, Err(Error::RangeNotSatisfiable { .. })), "{at} {range:?}: {get:?}");
    }
}

/// A read that goes on elsewhere must not mix two objects.
pub async fn if_match_refuses_another_state(fixture: &impl BlobFixture) {
    let store = fixture.open();
    put(&*store, "a", b"first").await.unwrap();
    let etag = store.head(&key("a")).await.unwrap().etag;
    let same = store.get(&key("a"), Some(0..2), etag.clone()).await;
    assert!(same.is_ok(), "{same:?}");
    let invented = Some(ETag("\"0123456789abcdef0123456789abcdef\"".to_owned()));
    let other = store.get(&key("a"), None, invented).await;
    assert!(matches!(other, Err(Error::Changed { .. })), "{other:?}");
    put_with(&*store, "a", b"second, and longer", WriteMode::Replace).await.unwrap();
    let stale = store.get(&key("a"), Some(2..4), etag).await;
    assert!(matches!(stale, Err(Error::Changed { .. })), "{stale:?}");
}

/// What is gone is gone, and being gone is no error.
pub async fn deleting_twice_is_fine(fixture: &impl BlobFixture) {
    let store = fixture.open();
    put(&*store, "a", b"x").await.unwrap();
    for _ in 0..2 {
        store.delete(&key("a")).await.unwrap();
        let head = store.head(&key("a")).await;
        assert!(matches!(head, Err(Error::NotFound { .. })), "{head:?}");
    }
    put(&*store, "a", b"again").await.unwrap();
    assert_eq!(read(&*store, "a").await.unwrap(), b"again");
}

/// Listings have one order, and every beginning and prefix of it is consistent with it.
pub async fn lists_by_prefix_in_one_order(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let put_keys = ["b/2", "b.txt", "a", "b/10", "c/x/y", "b-1", "é", "b/1"];
    for at in put_keys {
        put(&*store, at, at.as_bytes()).await.unwrap();
    }
    let all = keys(&*store, "", None).await;
    let expected: HashSet<String> = put_keys.map(str::to_owned).into();
    assert_eq!(all.len(), expected.len(), "{all:?}");
    assert_eq!(all.iter().cloned().collect::<HashSet<_>>(), expected);
    for prefix in ["", "b", "b/", "b/1", "c/x/", "c/x/y", "nothing"] {
        let wanted: Vec<&String> = all.iter().filter(|at| at.starts_with(prefix)).collect();
        assert_eq!(keys(&*store, prefix, None).await.iter().collect::<Vec<_>>(), wanted);
        for (n, after) in wanted.iter().enumerate() {
            let rest = keys(&*store, prefix, Some(after)).await;
            assert_eq!(rest.iter().collect::<Vec<_>>(), wanted[n + 1..], "{prefix} > {after}");
        }
    }
    let listed = store.list("b/", None).await.unwrap();
    assert!(listed.iter().all(|info| info.size == info.key.as_str().len() as u64));
}

/// More objects than fit one answer come page by page, each once.
pub async fn lists_page_by_page(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let total = MAX_LISTED + 30;
    // The first one alone, so that the place is made once.
    put(&*store, "many/0000", b"x").await.unwrap();
    stream::iter(1..total)
        .map(|n| {
            let store = &store;
            async move { put(&**store, &format!("many/{n:04}"), b"x").await.unwrap() }
        })
        .buffer_unordered(16)
        .collect::<()>()
        .await;
    let first = keys(&*store, "many/", None).await;
    assert_eq!(first.len(), MAX_LISTED);
    let second = keys(&*store, "many/", first.last().map(String::as_str)).await;
    assert_eq!(second.len(), 30);
    let expected: Vec<String> = (0..total).map(|n| format!("many/{n:04}")).collect();
    assert_eq!([first, second].concat(), expected);
}

/// Keys are bytes to a store, not URLs, paths or patterns.
pub async fn odd_keys_come_through(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let long = ["x".repeat(200), "y".repeat(200), "z".repeat(200)].join("/");
    let odd = [
        "sp ace/DJ's Drums/take three.wav",
        "plus+amp&eq=semi;comma,at@.wav",
        "per%cent/%41/%2F",
        "hash#and?question",
        "Björk – Jóga/日本語/🎸.wav",
        "שלום/مرحبا",
        "star*tilde~excl!par(en)",
        ".hidden/..double",
        long.as_str(),
    ];
    for at in odd {
        put(&*store, at, at.as_bytes()).await.unwrap();
    }
    for at in odd {
        assert_eq!(read(&*store, at).await.unwrap(), at.as_bytes(), "{at}");
        assert_eq!(store.head(&key(at)).await.unwrap().size, at.len() as u64, "{at}");
    }
    let listed: HashSet<String> = keys(&*store, "", None).await.into_iter().collect();
    assert_eq!(listed, odd.iter().map(|at| (*at).to_owned()).collect());
    for at in odd {
        store.delete(&key(at)).await.unwrap();
    }
    assert_eq!(keys(&*store, "", None).await, [""; 0]);
}

/// Attributes take every name there is, cut to what the store can keep.
pub async fn any_name_fits_the_attributes(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let longest = "ü".repeat(200);
    for (n, name) in names::HARD_NAMES.into_iter().chain([longest.as_str()]).enumerate() {
        let attributes = Attributes {
            content_type: Some("audio/wav".to_owned()),
            file_name: Some(format!("{name}.wav")),
            labels: ["artist", "song", "track", "version"]
                .map(|label| (label, name.to_owned()))
                .to_vec(),
        };
        let (at, body) = (key(&format!("named/{n}")), Bytes::from_static(b"x"));
        let crc = crc64nvme(&body);
        let put = store.put(&at, body, crc, &attributes, WriteMode::CreateNew).await;
        assert!(put.is_ok(), "{name}: {put:?}");
    }
}

/// Of many that create one object at once, exactly one does, and its bytes stay.
pub async fn of_many_creators_one_wins(fixture: &impl BlobFixture) {
    if !can_create_once(fixture) {
        return;
    }
    let store = fixture.open();
    put(&*store, "warm", b"x").await.unwrap();
    let tries = (0..16u64).map(|n| {
        let store = fixture.open();
        tokio::spawn(async move {
            let bytes = noise::bytes(n, 200_000);
            (n, put(&*store, "contested", &bytes).await)
        })
    });
    let mut winners = Vec::new();
    for task in tries.collect::<Vec<_>>() {
        match task.await.unwrap() {
            (n, Ok(())) => winners.push(n),
            (_, Err(Error::AlreadyExists { .. })) => {}
            (n, Err(error)) => panic!("writer {n}: {error:?}"),
        }
    }
    assert_eq!(winners.len(), 1, "winners: {winners:?}");
    assert!(read(&*store, "contested").await.unwrap() == noise::bytes(winners[0], 200_000));
}

/// What one handle writes, another one reads at once.
pub async fn handles_see_each_others_writes(fixture: &impl BlobFixture) {
    let (one, other) = (fixture.open(), fixture.open());
    put(&*one, "a", b"from one").await.unwrap();
    assert_eq!(read(&*other, "a").await.unwrap(), b"from one");
    assert_eq!(keys(&*other, "", None).await, ["a"]);
    other.delete(&key("a")).await.unwrap();
    assert!(matches!(one.head(&key("a")).await, Err(Error::NotFound { .. })));
    assert_eq!(one.url(), other.url());
}

/// Ranges come whole into memory, or not at all.
pub async fn fetch_range_reads_exactly_its_bytes(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let (bytes, pool) = (noise::bytes(8, 3_000_000), BufferPool::default());
    put(&*store, "a", &bytes).await.unwrap();
    let etag = store.head(&key("a")).await.unwrap().etag;
    for range in [0..3_000_000, 0..1, 1_234_567..2_345_678, 2_999_999..3_000_000] {
        let part =
            fetch_range(&*store, &key("a"), range.clone(), etag.as_ref(), &pool).await.unwrap();
        assert!(part == bytes[range.start as usize..range.end as usize], "{range:?}");
    }
    let beyond = fetch_range(&*store, &key("a"), 2_999_999..3_000_001, etag.as_ref(), &pool).await;
    assert!(beyond.is_err());
}
