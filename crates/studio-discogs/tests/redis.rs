//! The cache in Redis, on a real one.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;
#[path = "common/suite.rs"]
mod suite;

use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{Oracle, Word, name};
use studio_discogs::{Error, Metadata, Nobody, RedisCache, RedisSettings, Urgency};

const NOW: Urgency = Urgency::Interactive;

/// A server of its own, at a socket in a folder of its own: two that reach for one port would
/// be one, and share what they keep. It ends when dropped.
struct Redis {
    child: Child,
    folder: Arc<tempfile::TempDir>,
}

impl Redis {
    fn start() -> Option<Self> {
        Self::start_in(Arc::new(tempfile::tempdir().unwrap()))
    }

    fn start_in(folder: Arc<tempfile::TempDir>) -> Option<Self> {
        let socket = folder.path().join("redis.sock");
        let child = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"])
            .arg(&socket)
            .arg("--dir")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = child else {
            studio_testkit::say_skipped("tests on Redis", "there is no redis-server");
            return None;
        };
        let redis = Self { child, folder };
        let begin = Instant::now();
        while UnixStream::connect(&socket).is_err() {
            assert!(begin.elapsed() < Duration::from_secs(30), "redis-server does not answer");
            std::thread::sleep(Duration::from_millis(5));
        }
        Some(redis)
    }

    fn url(&self) -> String {
        format!("unix://{}?db=1", self.folder.path().join("redis.sock").display())
    }

    /// With patience for a machine that does much else.
    fn settings(&self) -> RedisSettings {
        let patience = Duration::from_secs(5);
        RedisSettings { patience, ..RedisSettings::new(self.url()) }
    }

    fn cache(&self, oracle: &Arc<Oracle>) -> RedisCache {
        RedisCache::new(Arc::clone(oracle) as _, oracle.keeping(), &self.settings()).unwrap()
    }

    async fn command(&self, parts: &[&str]) -> String {
        let client = ::redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut command = ::redis::cmd(parts[0]);
        parts[1..].iter().for_each(|part| {
            command.arg(*part);
        });
        let value: ::redis::RedisResult<::redis::Value> =
            command.query_async(&mut connection).await;
        value.map_or_else(|error| format!("error({error})"), |value| format!("{value:?}"))
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn make(oracle: Arc<Oracle>) -> Option<(Arc<dyn Metadata>, Redis)> {
    let redis = Redis::start()?;
    Some((Arc::new(redis.cache(&oracle)), redis))
}

cache_suite!(make);

const KEY: &str = "studio:discogs/v1/artists/7.json";

#[tokio::test]
async fn processes_share_answers_that_redis_forgets_by_itself() {
    let Some(redis) = Redis::start() else { return };
    let oracle = Oracle::new();
    assert_eq!(name(&redis.cache(&oracle), NOW).await.unwrap(), "1");
    oracle.say(Word::Down);
    assert_eq!(name(&redis.cache(&oracle), NOW).await.unwrap(), "1");
    let left = redis.command(&["PTTL", KEY]).await;
    let left: u64 = left.trim_start_matches("int(").trim_end_matches(')').parse().unwrap();
    let sixty_days = 60 * 24 * 3_600_000;
    assert!((sixty_days - 600_000..=sixty_days).contains(&left), "{left}");
}

#[tokio::test]
async fn a_value_that_is_no_answer_is_a_miss() {
    let Some(redis) = Redis::start() else { return };
    let oracle = Oracle::new();
    let cache = redis.cache(&oracle);
    for (count, junk) in ["", "{}", "[[[[", "null"].into_iter().enumerate() {
        redis.command(&["SET", KEY, junk]).await;
        assert_eq!(name(&cache, NOW).await.unwrap(), (count + 1).to_string());
        assert_eq!(name(&redis.cache(&oracle), NOW).await.unwrap(), (count + 1).to_string());
    }
    redis.command(&["DEL", KEY]).await;
    redis.command(&["LPUSH", KEY, "another program's"]).await;
    assert_eq!(name(&cache, NOW).await.unwrap(), "5");
}

#[tokio::test]
async fn a_redis_that_dies_is_a_miss_and_nobody_waits_for_it() {
    let Some(redis) = Redis::start() else { return };
    let (oracle, folder) = (Oracle::new(), Arc::clone(&redis.folder));
    let cache = redis.cache(&oracle);
    assert_eq!(name(&cache, NOW).await.unwrap(), "1");
    drop(redis);
    for count in 2..50 {
        assert_eq!(name(&cache, NOW).await.unwrap(), count.to_string());
    }
    // When it is back, it is found again after the pause.
    let Some(_redis) = Redis::start_in(folder) else { return };
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(31)).await;
    tokio::time::resume();
    assert_eq!(name(&cache, NOW).await.unwrap(), "50");
    assert_eq!(name(&cache, NOW).await.unwrap(), "50");
}

#[tokio::test]
async fn one_at_a_port_is_reached() {
    let Some(redis) = Redis::start() else { return };
    // It says so itself if another has the port already.
    let mut ports = (0..20).map(|_| TcpListener::bind("127.0.0.1:0").unwrap().local_addr());
    let port = loop {
        let port = ports.next().expect("a free port").unwrap().port().to_string();
        if redis.command(&["CONFIG", "SET", "port", &port]).await == "ok" {
            break port;
        }
    };
    let settings = RedisSettings::new(format!("redis://127.0.0.1:{port}/1"));
    let settings = RedisSettings { patience: Duration::from_secs(5), ..settings };
    let oracle = Oracle::new();
    let cache = RedisCache::new(Arc::clone(&oracle) as _, oracle.keeping(), &settings).unwrap();
    assert_eq!(name(&cache, NOW).await.unwrap(), "1");
    oracle.say(Word::Down);
    assert_eq!(name(&redis.cache(&oracle), NOW).await.unwrap(), "1");
}

#[tokio::test]
async fn a_redis_that_hangs_is_asked_once() {
    // It accepts, and never says a word.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    let patience = Duration::from_millis(100);
    let settings = RedisSettings { patience, ..RedisSettings::new(url) };
    let oracle = Oracle::new();
    let cache = RedisCache::new(Arc::clone(&oracle) as _, oracle.keeping(), &settings).unwrap();
    let begin = Instant::now();
    for count in 1..100 {
        assert_eq!(name(&cache, NOW).await.unwrap(), count.to_string());
    }
    // A hundred waits would be ten seconds.
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[test]
fn an_address_is_not_shown() {
    let oracle = Oracle::new();
    for url in ["", "localhost", "http://:secret@localhost", "redis://:secret@localhost:x"] {
        let settings = RedisSettings::new(url);
        assert!(!format!("{settings:?}").contains("secret"));
        let made = RedisCache::new(Arc::new(Nobody), oracle.keeping(), &settings);
        let Err(error) = made else { panic!("{url}") };
        assert!(matches!(error, Error::Setting { .. }));
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
