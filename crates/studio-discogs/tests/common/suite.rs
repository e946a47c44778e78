//! What every cache must do.

use std::sync::Arc;
use std::time::Duration;

use studio_discogs::{Lookup, Metadata, MetadataExt as _, SearchQuery, Urgency};

use super::common::{Oracle, Word, name};

const NOW: Urgency = Urgency::Interactive;
const BEHIND: Urgency = Urgency::Background;
const HOUR: Duration = Duration::from_secs(3600);

pub(crate) async fn what_was_asked_is_not_asked_again(
    cache: Arc<dyn Metadata>,
    oracle: Arc<Oracle>,
) {
    for urgency in [NOW, BEHIND, NOW] {
        assert_eq!(name(&*cache, urgency).await.unwrap(), "1");
    }
    oracle.pass(23 * HOUR);
    assert_eq!(name(&*cache, BEHIND).await.unwrap(), "1");
    assert_eq!(oracle.asked(), 1);
    assert_eq!(cache.artist(8, NOW).await.unwrap().unwrap().name, "2");
}

pub(crate) async fn five_hundred_at_once_ask_once(cache: Arc<dyn Metadata>, oracle: Arc<Oracle>) {
    oracle.hold();
    let ask = |_| {
        let cache = Arc::clone(&cache);
        tokio::spawn(async move { name(&*cache, NOW).await })
    };
    let tasks: Vec<_> = (0..500).map(ask).collect();
    oracle.until_asked(1).await;
    oracle.let_go();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap(), "1");
    }
    assert_eq!(oracle.asked(), 1);
}

pub(crate) async fn an_error_is_shared_and_not_kept(cache: Arc<dyn Metadata>, oracle: Arc<Oracle>) {
    for word in [Word::Limited, Word::Down] {
        let before = oracle.asked();
        oracle.say(word);
        oracle.hold();
        let ask = |_| {
            let cache = Arc::clone(&cache);
            tokio::spawn(async move { name(&*cache, NOW).await })
        };
        let tasks: Vec<_> = (0..2).map(ask).collect();
        oracle.until_asked(before + 1).await;
        oracle.let_go();
        for task in tasks {
            assert!(task.await.unwrap().is_err());
        }
        let asked = oracle.asked();
        assert!(name(&*cache, NOW).await.is_err());
        assert_eq!(oracle.asked(), asked + 1, "{word:?}");
    }
    oracle.say(Word::Known);
    assert!(name(&*cache, NOW).await.is_ok());
}

pub(crate) async fn that_there_is_nothing_is_kept_for_less(
    cache: Arc<dyn Metadata>,
    oracle: Arc<Oracle>,
) {
    oracle.say(Word::Missing);
    let query = SearchQuery::artist("nobody");
    for _ in 0..2 {
        assert_eq!(cache.artist(7, NOW).await.unwrap(), None);
        assert!(cache.search(&query, NOW).await.unwrap().is_empty());
    }
    assert_eq!(oracle.asked(), 2);
    oracle.say(Word::Known);
    oracle.pass(11 * HOUR);
    assert_eq!(cache.artist(7, NOW).await.unwrap(), None);
    oracle.pass(2 * HOUR);
    assert!(cache.artist(7, NOW).await.unwrap().is_some());
}

pub(crate) async fn a_stale_answer_is_served_while_one_look_up_runs(
    cache: Arc<dyn Metadata>,
    oracle: Arc<Oracle>,
) {
    assert_eq!(name(&*cache, NOW).await.unwrap(), "1");
    oracle.pass(25 * HOUR);
    oracle.hold();
    for _ in 0..50 {
        assert_eq!(name(&*cache, NOW).await.unwrap(), "1");
    }
    oracle.until_asked(2).await;
    assert_eq!(oracle.last(), Some(BEHIND));
    oracle.let_go();
    // In the background the new one is waited for.
    assert_eq!(name(&*cache, BEHIND).await.unwrap(), "2");
    assert_eq!((name(&*cache, NOW).await.unwrap().as_str(), oracle.asked()), ("2", 2));
}

pub(crate) async fn an_expired_answer_is_served_only_where_there_is_no_other(
    cache: Arc<dyn Metadata>,
    oracle: Arc<Oracle>,
) {
    assert_eq!(name(&*cache, NOW).await.unwrap(), "1");
    oracle.pass(31 * 24 * HOUR);
    for word in [Word::Limited, Word::Down] {
        let asked = oracle.asked();
        oracle.say(word);
        // Whoever comes right after does not ask in vain again.
        for _ in 0..3 {
            assert_eq!(name(&*cache, NOW).await.unwrap(), "1");
        }
        assert_eq!(oracle.asked(), asked + 1);
        oracle.pass(Duration::from_secs(61));
    }
    oracle.say(Word::Known);
    assert_eq!(name(&*cache, NOW).await.unwrap(), "4");
}

pub(crate) async fn a_look_up_goes_on_when_nobody_waits(
    cache: Arc<dyn Metadata>,
    oracle: Arc<Oracle>,
) {
    oracle.hold();
    let lookup = Lookup::Artist(7);
    let waits = {
        let cache = Arc::clone(&cache);
        tokio::spawn(async move { name(&*cache, NOW).await })
    };
    oracle.until_asked(1).await;
    waits.abort();
    assert!(waits.await.unwrap_err().is_cancelled());
    assert!(cache.within(Duration::from_millis(30), &lookup).await.is_none());
    oracle.let_go();
    assert_eq!(name(&*cache, NOW).await.unwrap(), "1");
    assert!(cache.within(Duration::from_secs(60), &lookup).await.is_some());
}

pub(crate) async fn whoever_waits_hurries_what_runs_behind(
    cache: Arc<dyn Metadata>,
    oracle: Arc<Oracle>,
) {
    oracle.hold();
    let behind = {
        let cache = Arc::clone(&cache);
        tokio::spawn(async move { name(&*cache, BEHIND).await })
    };
    oracle.until_asked(1).await;
    let now = {
        let cache = Arc::clone(&cache);
        tokio::spawn(async move { name(&*cache, NOW).await })
    };
    oracle.until_asked(2).await;
    assert_eq!(oracle.last(), Some(NOW));
    oracle.let_go();
    assert_eq!(now.await.unwrap().unwrap(), behind.await.unwrap().unwrap());
}

/// One test for each case; `$make` gives a cache before an oracle, and what must outlive it.
#[macro_export]
macro_rules! cache_suite {
    ($make:expr) => {
        $crate::cache_suite!(@ $make;
            what_was_asked_is_not_asked_again, five_hundred_at_once_ask_once,
            an_error_is_shared_and_not_kept, that_there_is_nothing_is_kept_for_less,
            a_stale_answer_is_served_while_one_look_up_runs,
            an_expired_answer_is_served_only_where_there_is_no_other,
            a_look_up_goes_on_when_nobody_waits, whoever_waits_hurries_what_runs_behind);
    };
    (@ $make:expr; $($case:ident),*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $case() {
                let oracle = $crate::common::Oracle::new();
                let Some((cache, _keep)) = $make(std::sync::Arc::clone(&oracle)) else { return };
                $crate::suite::$case(cache, oracle).await;
            }
        )*
    };
}
