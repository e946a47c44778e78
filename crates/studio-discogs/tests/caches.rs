//! The caches in memory and in a store pass one suite.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;
#[path = "common/suite.rs"]
mod suite;

use std::sync::Arc;

use bytes::Bytes;
use common::{Oracle, Word, name};
use studio_blob::{Attributes, BlobStore, FileStore, MemoryStore, WriteMode, crc64nvme};
use studio_discogs::{Lookup, MemoryCache, Metadata, Nobody, ObjectCache, Urgency};

const NOW: Urgency = Urgency::Interactive;

mod memory {
    use super::*;
    fn make(oracle: Arc<Oracle>) -> Option<(Arc<dyn Metadata>, ())> {
        let keeping = oracle.keeping();
        Some((Arc::new(MemoryCache::new(oracle, keeping, MemoryCache::USUAL)), ()))
    }
    crate::cache_suite!(make);
}

mod object {
    use super::*;
    fn make(oracle: Arc<Oracle>) -> Option<(Arc<dyn Metadata>, ())> {
        let keeping = oracle.keeping();
        Some((Arc::new(ObjectCache::new(oracle, keeping, Arc::new(MemoryStore::new()))), ()))
    }
    crate::cache_suite!(make);
}

mod stack {
    use super::*;
    fn make(oracle: Arc<Oracle>) -> Option<(Arc<dyn Metadata>, ())> {
        let keeping = oracle.keeping();
        let below: Arc<dyn Metadata> = oracle;
        let objects = ObjectCache::new(below, keeping.clone(), Arc::new(MemoryStore::new()));
        let memory = MemoryCache::new(Arc::new(objects), keeping, MemoryCache::USUAL);
        Some((Arc::new(memory), ()))
    }
    crate::cache_suite!(make);
}

fn over(oracle: &Arc<Oracle>, store: &Arc<dyn BlobStore>) -> ObjectCache {
    ObjectCache::new(Arc::clone(oracle) as _, oracle.keeping(), Arc::clone(store))
}

#[tokio::test]
async fn a_store_keeps_answers_for_whoever_comes_later() {
    let (oracle, store) = (Oracle::new(), Arc::new(MemoryStore::new()) as Arc<dyn BlobStore>);
    assert_eq!(name(&over(&oracle, &store), NOW).await.unwrap(), "1");
    oracle.say(Word::Down);
    assert_eq!(name(&over(&oracle, &store), NOW).await.unwrap(), "1");
    let listed = store.list("discogs/v1/artists/", None).await.unwrap();
    assert_eq!(listed[0].key.as_str(), "discogs/v1/artists/7.json");
}

#[tokio::test]
async fn an_object_that_is_no_answer_is_a_miss_and_replaced() {
    let (oracle, store) = (Oracle::new(), Arc::new(MemoryStore::new()) as Arc<dyn BlobStore>);
    let other = {
        let _ = over(&oracle, &store).look_up(&Lookup::Artist(8), NOW).await.unwrap();
        let key = Lookup::Artist(8).object_key();
        let mut body = store.get(&key, None, None).await.unwrap();
        use futures_util::StreamExt as _;
        body.chunks.next().await.unwrap().unwrap()
    };
    let deep = Bytes::from("[".repeat(100_000));
    let huge = Bytes::from(vec![b' '; 5 << 20]);
    for junk in [Bytes::new(), Bytes::from("null"), Bytes::from("{}"), other, deep, huge] {
        let (key, crc) = (Lookup::Artist(7).object_key(), crc64nvme(&junk));
        let attributes = Attributes::default();
        store.put(&key, junk, crc, &attributes, WriteMode::Replace).await.unwrap();
        let asked = oracle.asked();
        let cache = over(&oracle, &store);
        assert_eq!(name(&cache, NOW).await.unwrap(), (asked + 1).to_string());
        assert_eq!(name(&over(&oracle, &store), NOW).await.unwrap(), (asked + 1).to_string());
    }
}

#[tokio::test]
async fn a_store_that_does_not_work_is_a_miss() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "no folder").unwrap();
    let store: Arc<dyn BlobStore> = Arc::new(FileStore::new(&file));
    let oracle = Oracle::new();
    let cache = over(&oracle, &store);
    assert_eq!(name(&cache, NOW).await.unwrap(), "1");
    assert_eq!(name(&cache, NOW).await.unwrap(), "2");
}

#[tokio::test]
async fn nobody_knows_nothing() {
    let found = Nobody.look_up(&Lookup::Artist(7), NOW).await.unwrap();
    assert!(found.is_nothing());
    assert_eq!(found.artist().cloned().unwrap_or_default().name, "");
}
