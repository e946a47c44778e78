//! The page that shows the description of the API. All that it needs is in this program.

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::State;

/// The page may use what this service serves, and nothing else. Its program sets styles, and
/// draws its symbols from `data:` URLs.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'",
);

/// The routes of the page, as the router has them.
pub(crate) const PATHS: [&str; 4] =
    ["/api/docs", "/api/docs/", "/api/docs/{*rest}", "/api/openapi.json"];

/// `/api/docs` and `/api/openapi.json`.
pub(crate) fn routes(description: OpenApi) -> Router<State> {
    // Without these words, the page has the description checked by a server of its makers.
    let config = Config::default().validator_url("none").use_base_layout();
    let page = SwaggerUi::new("/api/docs").url("/api/openapi.json", description).config(config);
    Router::from(page).layer(from_fn(guard))
}

async fn guard(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
    response
}
