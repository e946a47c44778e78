//! The course of playing: what comes next, and what is done when a transfer breaks off.

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, Stream, StreamExt as _};
use studio_blob::Error as StoreError;
use studio_blob::reader::{RangeReader, Wanted};
use studio_domain::AssetKey;

use crate::{Error, Result};

/// How often in a row reading may fail without bringing a byte.
const FRUITLESS_TRIES: u32 = 4;
/// How long nothing is tried after reading has failed twice in a row; twice that the next time.
const PAUSE: Duration = Duration::from_millis(200);

/// Bytes that are being played: those of the ranges that were opened, in their order.
///
/// No byte of another state of the object comes, and no byte twice: where going on is not
/// possible, it ends with an error.
pub struct Playing(BoxStream<'static, Result<Bytes>>);

impl Playing {
    pub(super) async fn begin(
        reader: Arc<dyn RangeReader>,
        key: AssetKey,
        wanted: Wanted,
        ranges: VecDeque<Range<u64>>,
    ) -> Result<Self> {
        let mut course = Course { reader, key, wanted, ranges, rest: 0..0, body: None, tries: 0 };
        course.advance();
        if !course.rest.is_empty() {
            course.open().await?;
        }
        let chunks = stream::try_unfold(course, |mut course| async move {
            Ok(course.next().await?.map(|chunk| (chunk, course)))
        });
        Ok(Self(chunks.boxed()))
    }

    /// Reads to the end and keeps nothing.
    pub(super) async fn finish(mut self) -> Result<()> {
        while let Some(chunk) = self.0.next().await {
            chunk?;
        }
        Ok(())
    }
}

impl Stream for Playing {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(context)
    }
}

impl fmt::Debug for Playing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Playing").finish_non_exhaustive()
    }
}

struct Course {
    reader: Arc<dyn RangeReader>,
    key: AssetKey,
    /// Which bytes, by more than at first once the place has named their state.
    wanted: Wanted,
    ranges: VecDeque<Range<u64>>,
    /// What is still to come of the present range.
    rest: Range<u64>,
    body: Option<BoxStream<'static, studio_blob::Result<Bytes>>>,
    /// How often in a row it failed.
    tries: u32,
}

impl Course {
    fn advance(&mut self) {
        self.body = None;
        self.rest = self.ranges.pop_front().unwrap_or(0..0);
    }

    async fn open(&mut self) -> Result<()> {
        let reading = self.reader.open(&self.key, self.rest.clone(), &self.wanted).await?;
        // From here on it must be these bytes.
        if self.wanted.etag.is_none() {
            self.wanted.etag = reading.etag;
        }
        self.body = Some(reading.chunks);
        Ok(())
    }

    async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            if self.rest.is_empty() {
                self.advance();
                if self.rest.is_empty() {
                    return Ok(None);
                }
            }
            let outcome = match &mut self.body {
                None => self.open().await.map(|()| None),
                Some(body) => match body.next().await {
                    Some(chunk) => chunk.map(Some).map_err(Error::from),
                    None => Err(Error::Store(StoreError::Interrupted {
                        object: self.key.to_string(),
                        source: "it ended too early".into(),
                    })),
                },
            };
            match outcome {
                Ok(None) => {}
                Ok(Some(chunk)) => {
                    let chunk = self.take(chunk);
                    if !chunk.is_empty() {
                        return Ok(Some(chunk));
                    }
                }
                Err(error) => self.recover(error).await?,
            }
        }
    }

    /// What of a chunk was asked for.
    fn take(&mut self, mut chunk: Bytes) -> Bytes {
        let room = usize::try_from(self.rest.end - self.rest.start).unwrap_or(usize::MAX);
        chunk.truncate(room);
        if !chunk.is_empty() {
            self.tries = 0;
            self.rest.start += chunk.len() as u64;
        }
        chunk
    }

    /// Decides whether to go on after an error, and waits a little if there was one before.
    async fn recover(&mut self, error: Error) -> Result<()> {
        self.body = None;
        self.tries += 1;
        let passing = matches!(
            &error,
            Error::Store(StoreError::Interrupted { .. } | StoreError::Unreachable { .. })
        );
        if !passing || self.tries >= FRUITLESS_TRIES {
            return Err(error);
        }
        let (at, tries) = (self.rest.start, self.tries);
        tracing::debug!(key = %self.key, at, tries, %error, "playing broke off, goes on");
        if tries > 1 {
            tokio::time::sleep(PAUSE * (1 << (tries - 2))).await;
        }
        Ok(())
    }
}
