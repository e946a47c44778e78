//! `/api/v1/assets`: all that is known of assets, whatever their status.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State as Shared};
use axum::http::header::{CACHE_CONTROL, ETAG, LINK, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use studio_api::v1::{Asset, AssetFile, AssetPage, AssetStatus, ProblemDetails};
use studio_core::repo::{AssetFilter, Error as RepoError};
use studio_core::{Change, Error as CoreError};
use studio_domain::{AssetId, MAX_KEY_BYTES};
use url::form_urlencoded::Serializer;
use utoipa::IntoParams;

use crate::State;
use crate::condition::{Condition, check_match, etag, has_revision};
use crate::failure::{Failure, untold};
use crate::receive::Told;

/// How many assets a part of a listing has if nobody says.
const PAGE: u32 = 100;

/// The most that it can have.
const LARGEST_PAGE: u32 = 1000;

/// How often a change is tried again that has no condition, or one of several.
const TRIES: usize = 8;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Only assets of this bucket.
    #[param(example = "ingest")]
    bucket: Option<String>,
    /// Only assets whose keys begin so; of one bucket.
    prefix: Option<String>,
    /// Only assets with this status.
    status: Option<AssetStatus>,
    /// How many assets at most.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
    /// Only what comes after the asset with this UUID: `next` of the part before.
    after: Option<String>,
}

impl Wanted {
    fn filter(&self) -> Result<AssetFilter, Failure> {
        let bucket = self.bucket.as_deref().map(str::parse).transpose();
        let bucket = bucket.map_err(|error| Failure::parameter(format!("bucket: {error}")))?;
        let prefix = self.prefix.clone().filter(|prefix| !prefix.is_empty());
        match &prefix {
            Some(_) if bucket.is_none() => {
                return Err(Failure::parameter("prefix: a bucket must be named with it"));
            }
            Some(prefix) if prefix.len() > MAX_KEY_BYTES => {
                return Err(Failure::parameter("prefix: no key is longer than 1024 bytes"));
            }
            _ => {}
        }
        Ok(AssetFilter { bucket, prefix, status: self.status.map(Into::into) })
    }

    fn limit(&self) -> Result<u32, Failure> {
        match self.limit.unwrap_or(PAGE) {
            limit @ 1..=LARGEST_PAGE => Ok(limit),
            limit => {
                Err(Failure::parameter(format!("limit: {limit} is not from 1 to {LARGEST_PAGE}")))
            }
        }
    }

    fn after(&self) -> Result<Option<AssetId>, Failure> {
        let after = self.after.as_deref().map(str::parse).transpose();
        after.map_err(|error| Failure::parameter(format!("after: {error}")))
    }

    /// The same listing from another place on.
    fn address(&self, next: &str) -> String {
        let mut query = Serializer::new(String::new());
        let status = self.status.map(|status| studio_domain::AssetStatus::from(status).as_str());
        let limit = self.limit.map(|limit| limit.to_string());
        let fields = [
            ("bucket", self.bucket.as_deref()),
            ("prefix", self.prefix.as_deref()),
            ("status", status),
            ("limit", limit.as_deref()),
            ("after", Some(next)),
        ];
        for (name, value) in fields {
            value.map(|value| query.append_pair(name, value));
        }
        format!("/api/v1/assets?{}", query.finish())
    }
}

/// Lists assets by bucket and key
///
/// In parts: `next` is what to give as `after` for the part that follows; the whole address
/// stands in the header `Link`.
#[utoipa::path(
    get, path = "/api/v1/assets", tag = "assets", params(Wanted), operation_id = "listAssets",
    responses(
        (status = 200, description = "A part of the listing", body = AssetPage,
            headers(("Link" = String, description = "The part that follows, as `rel=\"next\"`"))),
        (status = 422, description = "A parameter makes no sense", body = ProblemDetails,
            content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(
    Shared(state): Shared<State>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(wanted) = wanted.map_err(|rejection| Failure::parameter(rejection.body_text()))?;
    let (filter, after, limit) = (wanted.filter()?, wanted.after()?, wanted.limit()?);
    let found = match state.assets.list(&filter, after, limit).await {
        Err(CoreError::Catalog(RepoError::NoAsset { id })) => {
            return Err(Failure::parameter(format!("after: there is no asset {id}")));
        }
        found => found?,
    };
    let items = found.items.iter().map(Asset::try_from).collect::<Result<_, _>>();
    let page =
        AssetPage { items: items.map_err(untold)?, next: found.next.map(|id| id.to_string()) };
    let mut headers = HeaderMap::new();
    if let Some(next) = &page.next {
        let link = format!("<{}>; rel=\"next\"", wanted.address(next));
        let link = HeaderValue::try_from(link);
        headers.insert(LINK, link.map_err(|error| Failure::internal().because(error))?);
    }
    Ok((headers, Json(page)).into_response())
}

/// The identity in a path; one that is none names nothing.
fn identity(path: Result<Path<String>, PathRejection>) -> Result<AssetId, Failure> {
    let Path(id) = path.map_err(|_| Failure::no_asset())?;
    id.parse().map_err(|_| Failure::no_asset())
}

/// An asset with its revision, under a status.
fn answer(status: StatusCode, asset: &studio_domain::Asset) -> Result<Response, Failure> {
    let body = Asset::try_from(asset).map_err(untold)?;
    Ok((status, tagged(asset), Json(body)).into_response())
}

/// The headers of an answer that depends on the revision of an asset.
fn tagged(asset: &studio_domain::Asset) -> HeaderMap {
    let fresh = HeaderValue::from_static("no-cache");
    HeaderMap::from_iter([(ETAG, etag(asset.revision)), (CACHE_CONTROL, fresh)])
}

/// An asset
#[utoipa::path(
    get, path = "/api/v1/assets/{id}", tag = "assets", operation_id = "getAsset",
    params(
        ("id" = String, Path, description = "Its UUID"),
        ("If-None-Match" = Option<String>, Header,
            description = "The revisions that are known: `\"7\"`"),
    ),
    responses(
        (status = 200, description = "The asset", body = Asset,
            headers(("ETag" = String, description = "Its revision: `\"7\"`"))),
        (status = 304, description = "Its revision is one of those in If-None-Match"),
        (status = 404, description = "There is no such asset", body = ProblemDetails,
            content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn get(
    Shared(state): Shared<State>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let asset = state.assets.get(identity(id)?).await?;
    match has_revision(&headers, asset.revision) {
        true => Ok((StatusCode::NOT_MODIFIED, tagged(&asset)).into_response()),
        false => answer(StatusCode::OK, &asset),
    }
}

/// Registers a file that was found good
///
/// As `POST /asset` does.
#[utoipa::path(
    post, path = "/api/v1/assets", tag = "assets", operation_id = "registerAsset",
    request_body = AssetFile,
    responses(
        (status = 201, description = "The asset is new, or was deleted before", body = Asset,
            headers(("Location" = String, description = "Its address"),
                ("ETag" = String, description = "Its revision: `\"1\"`"))),
        (status = 200, description = "The asset was there; this is what it is now", body = Asset,
            headers(("Location" = String, description = "Its address"),
                ("ETag" = String, description = "Its revision: `\"7\"`"))),
        (status = 400, description = "The body is no JSON", body = ProblemDetails,
            content_type = "application/problem+json"),
        (status = 408, description = "The body took too long", body = ProblemDetails,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDetails,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not said to be JSON", body = ProblemDetails,
            content_type = "application/problem+json"),
        (status = 422, description = "The body is not such a file", body = ProblemDetails,
            content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn register(
    Shared(state): Shared<State>,
    Told(file): Told,
) -> Result<Response, Failure> {
    let (event, facts) = file.decode()?;
    let registration = state.assets.register(event, facts).await?;
    let status = match registration.change {
        Change::New => StatusCode::CREATED,
        Change::Updated | Change::Nothing => StatusCode::OK,
    };
    let mut response = answer(status, &registration.asset)?;
    let location = HeaderValue::try_from(format!("/api/v1/assets/{}", registration.asset.id));
    let location = location.map_err(|error| Failure::internal().because(error))?;
    response.headers_mut().insert(LOCATION, location);
    Ok(response)
}

/// Orders the deletion of an asset
///
/// Its object is deleted soon, if it still has the bytes that are known of. To order it
/// again changes nothing.
#[utoipa::path(
    delete, path = "/api/v1/assets/{id}", tag = "assets", operation_id = "deleteAsset",
    params(
        ("id" = String, Path, description = "Its UUID"),
        ("If-Match" = Option<String>, Header,
            description = "The revision that it must have: `\"7\"`"),
    ),
    responses(
        (status = 202, description = "It is on its way out", body = Asset,
            headers(("ETag" = String, description = "Its revision: `\"8\"`"))),
        (status = 400, description = "If-Match is no list of entity tags", body = ProblemDetails,
            content_type = "application/problem+json"),
        (status = 404, description = "There is no such asset, or it is deleted", body = ProblemDetails,
            content_type = "application/problem+json"),
        (status = 412, description = "Its revision is not one of those in If-Match",
            body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn delete(
    Shared(state): Shared<State>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let id = identity(id)?;
    let mut tries = 0;
    loop {
        let found = state.assets.get(id).await?;
        let revision = match check_match(&headers, found.revision)? {
            Condition::None => None,
            Condition::Revision(revision) => Some(revision),
        };
        tries += 1;
        match state.assets.order_deletion(id, revision).await {
            // Another one of the revisions that may be, perhaps.
            Err(CoreError::Catalog(RepoError::AssetChanged { .. })) if tries < TRIES => {}
            ordered => return answer(StatusCode::ACCEPTED, &ordered?),
        }
    }
}
