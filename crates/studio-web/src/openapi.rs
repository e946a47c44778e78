//! The description of the service (OpenAPI 3.1), made of the routes themselves.

use axum::routing;
use studio_api::v1::{Message, ProblemDetails};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, ResponseBuilder};
use utoipa::{OpenApi as _, ToSchema as _};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::entry::{Guarded, Rule};
use crate::problem::is_api;
use crate::{api, assets, documents, health, metrics};

/// An asset by its key, which may have slashes.
const BY_KEY: &str = "/asset/{*file}";

/// What no route says of itself. The paths of which it says nothing else are those that
/// OpenAPI writes in another way than the router: it knows no parameter with slashes.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "studio",
        description = "What a studio has released, what it works on, and which files lie in \
            the buckets that others fill.\n\nEvery answer has the header `X-Request-Id`, which \
            is that of the request if it has a sane one (up to 64 letters, digits, hyphens, \
            underscores and dots).",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(documents::get, documents::delete),
    components(schemas(ProblemDetails, Message)),
    tags(
        (name = "documents", description = "The routes of the media-ingest workflow"),
        (name = "assets", description = "Files that others put into buckets"),
        (name = "artists", description = "Artists, and what is theirs"),
        (name = "albums", description = "Albums"),
        (name = "recordings", description = "Released pieces of audio"),
        (name = "search", description = "Searching all of it"),
        (name = "playlists", description = "Playlists"),
        (name = "songs", description = "Songs that are worked on; for the studio only"),
        (name = "tracks", description = "Their instruments and voices; for the studio only"),
        (name = "versions", description = "The takes of tracks; for the studio only"),
        (name = "releases", description = "Frozen choices of takes; for the studio only"),
        (name = "entrance", description = "Signing in, and what lets people and programs in"),
        (name = "shares", description = "Links by which something is handed on"),
        (name = "service", description = "How the service is"),
    ),
)]
struct Description;

/// The routes that are described, and their description.
pub(crate) fn routes() -> Guarded {
    let by_key = routing::get(documents::get).delete(documents::delete);
    let mut routes = Guarded::new(OpenApiRouter::with_openapi(Description::openapi()))
        .routes(Rule::ASSETS, routes!(documents::list))
        .routes(Rule::INGEST, routes!(documents::register))
        .route(BY_KEY, &[("GET", Rule::ASSETS), ("DELETE", Rule::INGEST)], by_key)
        .routes(Rule::ASSETS, routes!(assets::list))
        .routes(Rule::INGEST, routes!(assets::register))
        .routes(Rule::ASSETS, routes!(assets::get))
        .routes(Rule::INGEST, routes!(assets::delete))
        .routes(Rule::OPEN, routes!(health::live))
        .routes(Rule::OPEN, routes!(health::ready))
        .routes(Rule::WATCH, routes!(metrics::metrics));
    let mut music = api::routes();
    api::add_common(music.router.get_openapi_mut());
    routes = routes.merge(music);
    let description = routes.router.get_openapi_mut();
    add_common_failures(description);
    api::add_security(description);
    routes
}

/// The description as it is served at `/api/openapi.json`.
pub fn description() -> OpenApi {
    routes().router.into_openapi()
}

/// Says of each route that works with the catalogue how it fails when the service does.
fn add_common_failures(description: &mut OpenApi) {
    for (path, item) in &mut description.paths.paths {
        let (schema, media_type) = match is_api(path) {
            true => (ProblemDetails::name(), "application/problem+json"),
            false if path.starts_with("/asset") => (Message::name(), "application/json"),
            false => continue,
        };
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            add_failure(operation, "500", "The service failed", &schema, media_type);
            let busy = "The service cannot answer now; `Retry-After` says when to ask again";
            add_failure(operation, "503", busy, &schema, media_type);
        }
    }
}

fn add_failure(
    operation: &mut Operation,
    status: &str,
    description: &str,
    schema: &str,
    media_type: &str,
) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
    let response = ResponseBuilder::new().description(description).content(media_type, content);
    operation.responses.responses.insert(status.to_owned(), response.build().into());
}
