//! Answers in a Redis, shared by several processes.

use std::sync::Arc;
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{
    AsyncConnectionConfig, Client, Cmd, FromRedisValue, IntoConnectionInfo as _, RedisError,
};
use async_trait::async_trait;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::front::{Front, Shelf};
use super::outage::Outage;
use super::stored::{MAX_STORED, decode, encode};
use crate::{Error, Found, Keeping, Lifetimes, Lookup, Metadata, Result, Urgency};

/// Where the Redis is.
#[derive(Clone)]
pub struct RedisSettings {
    /// `redis://[name:password@]host[:port][/database]`, or `unix:` and a path.
    pub url: String,
    /// What its keys begin with.
    pub prefix: String,
    /// How long it may take: less than it would be missed by a page.
    pub patience: Duration,
}

impl RedisSettings {
    /// The usual settings for a Redis.
    pub fn new(url: impl Into<String>) -> Self {
        let patience = Duration::from_millis(250);
        Self { url: url.into(), prefix: "studio:".to_owned(), patience }
    }
}

/// Without the address: it may hold a password.
impl std::fmt::Debug for RedisSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { prefix, patience, .. } = self;
        let mut shown = f.debug_struct("RedisSettings");
        shown.field("prefix", prefix).field("patience", patience).finish_non_exhaustive()
    }
}

/// A cache in a Redis. One that is down, slow or full of something else is a miss, and one
/// warning; then it is left alone for a while, so that nobody waits for it.
pub struct RedisCache {
    front: Front<RedisShelf>,
}

struct RedisShelf {
    client: Client,
    prefix: String,
    patience: Duration,
    /// Shared by all; made when it is first needed, and anew after it has failed.
    connection: Mutex<Option<MultiplexedConnection>>,
    /// Whether it answers.
    answering: Outage,
    /// Whether it takes what is written: it may be full, or a copy that is only read.
    writing: Outage,
}

impl RedisCache {
    /// A cache in this Redis. Does not look whether it is there.
    ///
    /// # Errors
    /// [`Setting`](Error::Setting) for an address that is none.
    pub fn new(
        upstream: Arc<dyn Metadata>,
        keeping: impl Into<Keeping>,
        settings: &RedisSettings,
    ) -> Result<Self> {
        // What the library says may repeat the address, and so the password.
        let wrong = |_: RedisError| {
            let problem = "it is no address such as redis://localhost:6379";
            Error::setting("the address of the Redis", problem)
        };
        let info = settings.url.as_str().into_connection_info().map_err(wrong)?;
        let name = format!("redis at {}", info.addr());
        let client = Client::open(info).map_err(wrong)?;
        let shelf = RedisShelf {
            client,
            prefix: settings.prefix.clone(),
            patience: settings.patience,
            connection: Mutex::new(None),
            writing: Outage::new(format!("writing to {name}")),
            answering: Outage::new(name),
        };
        Ok(Self { front: Front::new(shelf, upstream, keeping.into()) })
    }
}

#[async_trait]
impl Metadata for RedisCache {
    async fn look_up(&self, lookup: &Lookup, urgency: Urgency) -> Result<Arc<Found>> {
        self.front.look_up(lookup, urgency).await
    }

    async fn settled(&self) {
        self.front.settled().await;
    }
}

#[async_trait]
impl Shelf for RedisShelf {
    async fn get(&self, lookup: &Lookup) -> Option<Arc<Found>> {
        // A range, so that no more comes than an answer can have. What is not there is empty.
        let mut command = ::redis::cmd("GETRANGE");
        command.arg(self.key(lookup)).arg(0).arg(MAX_STORED);
        let bytes: Vec<u8> = self.run(&self.answering, &command).await?;
        decode(lookup, &bytes)
    }

    async fn put(&self, lookup: &Lookup, found: &Arc<Found>, lifetimes: &Lifetimes) {
        let Some(bytes) = encode(lookup, found) else { return };
        let kept = u64::try_from(lifetimes.kept(found).as_millis()).unwrap_or(u64::MAX);
        // Redis adds it to its own time, in 64 bits with a sign.
        let kept = kept.min(100 * 365 * 24 * 3_600_000);
        let mut command = ::redis::cmd("SET");
        command.arg(self.key(lookup)).arg(bytes).arg("PX").arg(kept);
        let _: Option<::redis::Value> = self.run(&self.writing, &command).await;
    }
}

impl RedisShelf {
    fn key(&self, lookup: &Lookup) -> String {
        format!("{}{}", self.prefix, lookup.object_key())
    }

    /// What Redis says, unless it does not work. `outage` is what an error that it tells
    /// itself is about.
    async fn run<T: FromRedisValue>(&self, outage: &Outage, command: &Cmd) -> Option<T> {
        if !self.answering.is_over() || !outage.is_over() {
            return None;
        }
        match timeout(self.patience * 2, self.ask(command)).await {
            Ok(Ok(value)) => {
                self.answering.works();
                outage.works();
                return Some(value);
            }
            // Another program's value at our key: a miss, and no reason to leave it alone.
            Ok(Err(error)) if error.code() == Some("WRONGTYPE") => return None,
            Ok(Err(error)) if error.code().is_some() => outage.failed(&error),
            Ok(Err(error)) => self.answering.failed(&error),
            Err(late) => self.answering.failed(&late),
        }
        *self.connection.lock().await = None;
        None
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        let mut connection = self.connection().await?;
        command.query_async(&mut connection).await
    }

    async fn connection(&self) -> Result<MultiplexedConnection, RedisError> {
        let mut connection = self.connection.lock().await;
        if let Some(connection) = &*connection {
            return Ok(connection.clone());
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.patience))
            .set_response_timeout(Some(self.patience));
        let new = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        *connection = Some(new.clone());
        Ok(new)
    }
}
