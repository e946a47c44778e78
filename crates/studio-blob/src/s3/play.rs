//! Ranges of objects for listeners, by a client that spends little on each.

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::presigning::PresigningConfig;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, StreamExt as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use studio_aws::http::{LeanAnswer, LeanBody, LeanClient, LeanError};
use studio_aws::{innermost, trouble_in};
use studio_domain::AssetKey;

use super::answer::size_of_whole;
use super::error::{Answer, Context};
use super::{Connection, S3Store, attributes};
use crate::reader::{RangeReader, Reading, Wanted, unquoted};
use crate::{Error, Result};

/// What stays as it is in a path (S3 API, signature version 4: URI-encoding).
const PLAIN: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// How long an answer, or its next piece, may take to come if the settings ask for no more
/// patience: somebody is listening.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a request is sent that fails for a passing reason.
const TRIES: u32 = 3;
/// How long nothing is sent after such a failure; twice that the next time.
const PAUSE: Duration = Duration::from_millis(150);
/// The most of a refusal that is read.
const LONGEST_REFUSAL: usize = 16 << 10;

/// A lean client, and what the paths of the bucket's objects begin with.
#[derive(Debug)]
pub(super) struct Lean {
    client: LeanClient,
    path: String,
}

impl S3Store {
    /// The lean client, for the very server that the SDK would ask.
    async fn lean(&self, connection: &Connection) -> Result<&Lean> {
        self.lean.get_or_try_init(|| self.make_lean(connection)).await
    }

    async fn make_lean(&self, connection: &Connection) -> Result<Lean> {
        const KEY: &str = "x";
        let context = self.context(connection, "read", None);
        let soon = PresigningConfig::expires_in(Duration::from_secs(60));
        let soon = soon.map_err(|error| context.broken_answer(&error.to_string()))?;
        // It knows which host and path a bucket has; nothing is sent.
        let probe = connection.client.get_object().bucket(&self.bucket).key(KEY);
        let probe = probe.presigned(soon).await.map_err(|error| context.read(error))?;
        let url = probe.uri().split('?').next().unwrap_or_default();
        let no_url = || context.broken_answer("its bucket has no URL");
        let base = url.strip_suffix(KEY).ok_or_else(no_url)?;
        let host = base.find("://").map(|at| at + 3).ok_or_else(no_url)?;
        let path = base[host..].find('/').map(|at| host + at).ok_or_else(no_url)?;
        let credentials = connection.credentials.clone().ok_or_else(no_url)?;
        let patience = self.settings.patience.unwrap_or(PATIENCE);
        let client = LeanClient::new(&base[..path], credentials, &connection.region, patience);
        let client = client.map_err(|error| unanswered(&context, &error))?;
        Ok(Lean { client, path: base[path..].to_owned() })
    }

    async fn open_range(
        &self,
        key: &AssetKey,
        range: Range<u64>,
        wanted: &Wanted,
    ) -> Result<Reading> {
        let connection = self.connection().await;
        let context = self.context(connection, "read", None).may_miss().if_match(range.start);
        let context = Context { foreign: Some(key), ..context };
        let mut headers = vec![("range", format!("bytes={}-{}", range.start, range.end - 1))];
        headers.extend(wanted.etag.as_ref().map(|etag| ("if-match", format!("\"{etag}\""))));
        match self.answer(connection, &context, key, &headers).await {
            Ok(answer) => self.begin_reading(&context, answer, range, wanted),
            // It is shorter than it was.
            Err(Error::RangeNotSatisfiable { object, .. }) => Err(Error::Changed { object }),
            Err(error) => Err(error),
        }
    }

    /// What an object is, told by an answer with its first byte. An empty one has none, and
    /// has the state of no other.
    async fn look_at(&self, key: &AssetKey) -> Result<Wanted> {
        let connection = self.connection().await;
        let context = self.context(connection, "look at", None).may_miss();
        let context = Context { foreign: Some(key), ..context };
        let headers = [("range", "bytes=0-0".to_owned())];
        let answer = match self.answer(connection, &context, key, &headers).await {
            Err(Error::RangeNotSatisfiable { .. }) => return Ok(Wanted { size: 0, etag: None }),
            answer => answer?,
        };
        let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok());
        let size = header("content-range").and_then(|sent| size_of_whole(sent, 0));
        let size = size.ok_or_else(|| context.broken_answer("its Content-Range is wrong"))?;
        Ok(Wanted { size, etag: header("etag").and_then(unquoted) })
    }

    /// The answer with a range, tried again for what passes.
    async fn answer(
        &self,
        connection: &Connection,
        context: &Context<'_>,
        key: &AssetKey,
        headers: &[(&'static str, String)],
    ) -> Result<LeanAnswer> {
        let lean = self.lean(connection).await?;
        let full = self.full_key(key.as_str());
        let path = format!("{}{}", lean.path, utf8_percent_encode(&full, PLAIN));
        let mut tries = 1;
        loop {
            let outcome = match lean.client.get(&path, headers).await {
                Ok(answer) if answer.status.as_u16() == 206 => return Ok(answer),
                Ok(answer) if answer.status.is_success() => {
                    return Err(context.broken_answer("it ignores the range"));
                }
                Ok(answer) => refused(context, answer).await,
                Err(error) => unanswered(context, &error),
            };
            if tries >= TRIES || !matches!(outcome, Error::Unreachable { .. }) {
                return Err(outcome);
            }
            tracing::debug!(%key, tries, error = %outcome, "reading is tried again");
            tokio::time::sleep(PAUSE * (1 << (tries - 1))).await;
            tries += 1;
        }
    }

    /// Looks whether an answer is what was asked for.
    fn begin_reading(
        &self,
        context: &Context<'_>,
        answer: LeanAnswer,
        range: Range<u64>,
        wanted: &Wanted,
    ) -> Result<Reading> {
        let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok());
        let sent = header("content-range").and_then(|sent| size_of_whole(sent, range.start));
        let size = sent.ok_or_else(|| context.broken_answer("its Content-Range is wrong"))?;
        let etag = header("etag").and_then(unquoted);
        // Not every server heeds the condition.
        let other = wanted.etag.is_some() && etag.is_some() && etag != wanted.etag;
        if size != wanted.size || other {
            return Err(Error::Changed { object: context.object() });
        }
        let left = range.end - range.start;
        Ok(Reading { etag, chunks: chunks(answer.body, context.object(), left).boxed() })
    }
}

/// The bytes of a body; an end before `left` bytes is an interruption like any other.
fn chunks(
    mut body: LeanBody,
    object: String,
    mut left: u64,
) -> impl stream::Stream<Item = Result<Bytes>> + Send {
    stream::poll_fn(move |context| {
        body.poll_next(context).map(|piece| {
            let source = match piece {
                Some(Ok(bytes)) => {
                    left = left.saturating_sub(bytes.len() as u64);
                    return Some(Ok(bytes));
                }
                Some(Err(error)) => error.into(),
                None if left > 0 => format!("{left} bytes did not come").into(),
                None => return None,
            };
            Some(Err(Error::Interrupted { object: object.clone(), source }))
        })
    })
}

/// Why there is no answer.
fn unanswered(context: &Context<'_>, error: &LeanError) -> Error {
    match (trouble_in(error), error) {
        (Some(trouble), _) => {
            context.credentials(trouble.problem.clone(), trouble.detail.clone().into())
        }
        (None, _) => context.unreachable(innermost(error)),
    }
}

/// What a server means that refuses.
async fn refused(context: &Context<'_>, answer: LeanAnswer) -> Error {
    let LeanAnswer { status, headers, mut body } = answer;
    let mut said = BytesMut::new();
    while let Some(Ok(piece)) = body.next().await {
        said.extend_from_slice(&piece);
        if said.len() > LONGEST_REFUSAL {
            break;
        }
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let text = String::from_utf8_lossy(&said);
    let code = element(&text, "Code").unwrap_or_default();
    let message = element(&text, "Message").unwrap_or_default();
    let source = match code {
        "" => format!("status {status}"),
        code => format!("{code}: {message}"),
    };
    let is_page = header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    let answer = Answer {
        status: Some(status.as_u16()),
        code: code.to_owned(),
        bucket_region: header("x-amz-bucket-region").map(str::to_owned),
        is_page,
    };
    context.read_answer(answer, source.into())
}

/// The text of an element of an error (S3 API, REST error responses).
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once("</").map(|(text, _)| text)
}

#[async_trait]
impl RangeReader for S3Store {
    async fn open(&self, key: &AssetKey, range: Range<u64>, wanted: &Wanted) -> Result<Reading> {
        self.open_range(key, range, wanted).await
    }

    async fn look(&self, key: &AssetKey) -> Result<Wanted> {
        self.look_at(key).await
    }

    async fn link(
        &self,
        key: &AssetKey,
        expires: Duration,
        file_name: Option<String>,
    ) -> Result<Option<String>> {
        let connection = self.connection().await;
        let context = Context { foreign: Some(key), ..self.context(connection, "link", None) };
        let expiry = PresigningConfig::expires_in(expires);
        let expiry = expiry.map_err(|error| context.broken_answer(&error.to_string()))?;
        let request = connection
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(self.full_key(key.as_str()))
            .set_response_content_disposition(file_name.as_deref().map(attributes::save_as));
        let signed = request.presigned(expiry).await.map_err(|error| context.read(error))?;
        Ok(Some(signed.uri().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_read() {
        let text = "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message/></Error>";
        assert_eq!(element(text, "Code"), Some("NoSuchKey"));
        assert_eq!(element(text, "Message"), None);
        assert_eq!(element("<Code>x", "Code"), None);
    }
}
