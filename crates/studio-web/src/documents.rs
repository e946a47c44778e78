//! The routes of the media-ingest workflow, as its documents have them.
//!
//! They know valid assets only. What they say of themselves is a message; their words are
//! part of the contract.

use std::io;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State as Shared};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use studio_api::v1::{AssetFile, Message};
use studio_core::repo::AssetFilter;
use studio_core::{Assets, Change};
use studio_domain::{Asset, AssetId, AssetKey, AssetStatus, BucketName};
use tracing::{Instrument as _, Span};
use utoipa::IntoParams;

use crate::State;
use crate::failure::{Failure, chain};
use crate::receive::Told;

/// How many assets are fetched at once.
const PAGE: u32 = 500;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InBucket {
    /// Only files of this bucket.
    #[param(example = "ingest")]
    bucket: Option<String>,
}

impl InBucket {
    /// The bucket that is meant, if one is.
    ///
    /// # Errors
    /// There can be nothing in a bucket of this name.
    fn name(&self) -> Result<Option<BucketName>, NoSuchThing> {
        self.bucket.as_deref().map(str::parse).transpose().map_err(|_| NoSuchThing)
    }
}

/// A name under which there can be nothing.
struct NoSuchThing;

impl From<NoSuchThing> for Failure {
    fn from(_: NoSuchThing) -> Self {
        Self::no_asset()
    }
}

/// The key in a path.
fn key(file: Result<Path<String>, PathRejection>) -> Result<AssetKey, NoSuchThing> {
    let Path(file) = file.map_err(|_| NoSuchThing)?;
    file.parse().map_err(|_| NoSuchThing)
}

/// All valid files
///
/// An object with a field for each file, named by its key. A key that several buckets have
/// stands there once, for the first of them by name; ask for one bucket to see its own.
#[utoipa::path(
    get, path = "/assets", tag = "documents", params(InBucket),
    responses((
        status = 200, description = "The files by their keys",
        body = std::collections::BTreeMap<String, AssetFile>,
        example = json!({"audio_1.wav": {
            "bucket": "ingest", "file": "audio_1.wav", "channel_count": 2,
            "frame_count": 2_880_000, "sample_rate": 48_000, "bits_per_sample": 24,
            "duration": "60.0",
        }}),
    )),
)]
pub(crate) async fn list(
    Shared(state): Shared<State>,
    Query(wanted): Query<InBucket>,
) -> Result<Response, Failure> {
    let json = [(CONTENT_TYPE, "application/json")];
    let Ok(bucket) = wanted.name() else { return Ok((json, "{}").into_response()) };
    let filter = AssetFilter { bucket, prefix: None, status: Some(AssetStatus::Valid) };
    // What fails at once still has its status.
    let mut listing = Listing::new(state.assets, filter);
    let first = listing.chunk().await?;
    let span = Span::current();
    let chunks = stream::try_unfold((first, listing), move |(ready, mut listing)| {
        let rest = async move {
            let chunk = match ready {
                Some(chunk) => Some(chunk),
                None => listing.chunk().await.map_err(broken_off)?,
            };
            Ok::<_, io::Error>(chunk.map(|chunk| (chunk, (None, listing))))
        };
        rest.instrument(span.clone())
    });
    Ok((json, Body::from_stream(chunks)).into_response())
}

/// Ends an answer that has begun: the client sees that it is not whole.
fn broken_off(failure: Failure) -> io::Error {
    let error = failure.cause.as_deref().map(|cause| chain(cause)).unwrap_or_default();
    tracing::error!(error, "a listing broke off");
    io::Error::other("a listing broke off")
}

/// A listing on its way to a client, of which one page is in memory.
struct Listing {
    assets: Assets,
    filter: AssetFilter,
    /// Where the next page begins; none when all pages were fetched.
    next: Option<Option<AssetId>>,
    /// The buckets that the listing has gone through.
    before: Vec<BucketName>,
    begun: bool,
    ended: bool,
}

impl Listing {
    fn new(assets: Assets, filter: AssetFilter) -> Self {
        let before = Vec::new();
        Self { assets, filter, next: Some(None), before, begun: false, ended: false }
    }

    /// The next piece of the JSON text.
    async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let Some(after) = self.next.take() else {
            let end = (!self.ended).then(|| Bytes::from_static(b"}"));
            self.ended = true;
            return Ok(end);
        };
        let page = match self.assets.list(&self.filter, after, PAGE).await {
            Ok(page) => page,
            Err(error) => return Err(error.into()),
        };
        self.next = page.next.map(Some);
        let mut text = Vec::new();
        if after.is_none() {
            text.push(b'{');
        }
        for asset in &page.items {
            if self.is_shown_before(asset).await? {
                continue;
            }
            if self.begun {
                text.push(b',');
            }
            self.begun = true;
            write_entry(&mut text, asset)?;
        }
        Ok(Some(text.into()))
    }

    /// Whether a bucket that came before has a file with this key, too.
    async fn is_shown_before(&mut self, asset: &Asset) -> Result<bool, Failure> {
        let bucket = &asset.place.bucket;
        if self.before.last() != Some(bucket) {
            self.before.push(bucket.clone());
        }
        let earlier = self.before.len() - 1;
        for bucket in self.before.iter().take(earlier) {
            if self.assets.find(Some(bucket), &asset.place.key).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn write_entry(text: &mut Vec<u8>, asset: &Asset) -> Result<(), Failure> {
    let file = AssetFile::listed(&asset.place, asset.facts.as_ref());
    let written = serde_json::to_writer(&mut *text, &file.file).and_then(|()| {
        text.push(b':');
        serde_json::to_writer(text, &file)
    });
    written.map_err(|error| Failure::internal().because(error))
}

/// A valid file
#[utoipa::path(
    get, path = "/asset/{file}", tag = "documents",
    params(
        ("file" = String, Path, description = "The key; slashes may stand as they are",
            example = "session/audio_1.wav"),
        InBucket,
    ),
    responses(
        (status = 200, description = "The file", body = AssetFile),
        (status = 404, description = "There is no such file", body = Message,
            example = json!({"message": "asset not found"})),
    ),
)]
pub(crate) async fn get(
    Shared(state): Shared<State>,
    file: Result<Path<String>, PathRejection>,
    Query(wanted): Query<InBucket>,
) -> Result<Json<AssetFile>, Failure> {
    let asset = state.assets.find(wanted.name()?.as_ref(), &key(file)?).await?;
    let asset = asset.ok_or_else(Failure::no_asset)?;
    Ok(Json(AssetFile::listed(&asset.place, asset.facts.as_ref())))
}

/// Registers a file that was found good
///
/// Without `etag` and `version_id`, a file that is registered stays as it is. With one of
/// them this is a verdict on these bytes, which takes the place of an older one.
#[utoipa::path(
    post, path = "/asset", tag = "documents", request_body = AssetFile,
    responses(
        (status = 200, description = "The file is registered, now or before", body = Message,
            examples(
                ("new" = (value = json!({"message": "asset registered audio_1.wav"}))),
                ("known" = (value = json!({"message": "asset already exists audio_1.wav"}))),
            )),
        (status = 408, description = "The body took too long", body = Message),
        (status = 413, description = "The body is too large", body = Message),
        (status = 415, description = "The body is not said to be JSON", body = Message),
        (status = 422, description = "The body is not such a file", body = Message),
    ),
)]
pub(crate) async fn register(
    Shared(state): Shared<State>,
    Told(file): Told,
) -> Result<Json<Message>, Failure> {
    let (event, facts) = file.decode()?;
    let registration = state.assets.register(event, facts).await?;
    let what = match registration.change {
        Change::New | Change::Updated => "asset registered",
        Change::Nothing => "asset already exists",
    };
    Ok(Json(Message { message: format!("{what} {}", file.file) }))
}

/// Deletes a file
///
/// The file is not listed any more from now on; its object is deleted soon. An object that
/// takes its place meanwhile stays.
#[utoipa::path(
    delete, path = "/asset/{file}", tag = "documents",
    params(
        ("file" = String, Path, description = "The key; slashes may stand as they are",
            example = "session/audio_1.wav"),
        InBucket,
    ),
    responses(
        (status = 200, description = "The file is on its way out", body = Message,
            example = json!({"message": "asset deleted audio_1.wav"})),
        (status = 404, description = "There is no such file", body = Message,
            example = json!({"message": "asset not found"})),
    ),
)]
pub(crate) async fn delete(
    Shared(state): Shared<State>,
    file: Result<Path<String>, PathRejection>,
    Query(wanted): Query<InBucket>,
) -> Result<Json<Message>, Failure> {
    let ordered = state.assets.order_deletion_at(wanted.name()?.as_ref(), &key(file)?).await?;
    let asset = ordered.ok_or_else(Failure::no_asset)?;
    Ok(Json(Message { message: format!("asset deleted {}", asset.place.key.as_str()) }))
}
