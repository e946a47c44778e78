//! `/auth`: signing in at a provider of `OpenID` Connect.
//!
//! A browser is sent there by `login`, and comes back to `callback`. To link the identity to the
//! account that is signed in is a change, and is asked for like one (`link`): or the page of
//! another site could have somebody else's identity linked to it.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use studio_core::access::{Brought, SentAway};
use studio_domain::AccountId;

use crate::State;
use crate::api::people::{Coming, fresh, session};
use crate::entry::{Guarded, Rule, cookies};
use crate::failure::Failure;
use crate::proxies::Client;

/// Its routes.
pub(crate) fn routes() -> Guarded {
    Guarded::default()
        .route("/auth", &[("GET", Rule::OPEN)], get(list))
        .route("/auth/{provider}/login", &[("GET", Rule::ENTRANCE)], get(login))
        .route("/auth/{provider}/link", &[("POST", Rule::SESSION)], post(link))
        .route("/auth/{provider}/callback", &[("GET", Rule::ENTRANCE)], get(callback))
}

/// Where this service was asked.
struct Site(String);

impl FromRequestParts<State> for Site {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Failure> {
        Ok(Self(crate::proxies::site(parts, parts.extensions.get::<Client>())))
    }
}

impl Site {
    /// Where a browser comes back to.
    fn callback(&self, provider: &str) -> String {
        format!("{}/auth/{provider}/callback", self.0)
    }
}

/// The providers at which one can sign in.
#[derive(Serialize)]
struct Providers<'a> {
    providers: Vec<&'a str>,
}

async fn list(coming: Coming) -> Response {
    fresh(StatusCode::OK, &Providers { providers: coming.access.providers().collect() })
}

#[derive(Deserialize)]
struct Wanted {
    return_to: Option<String>,
}

async fn send(
    coming: &Coming,
    provider: &str,
    site: &Site,
    wanted: &Wanted,
    link: Option<AccountId>,
) -> Result<(SentAway, HeaderValue), Failure> {
    let return_to = wanted.return_to.as_deref().unwrap_or("/");
    let back = site.callback(provider);
    let address = coming.viewer.address;
    let sent = coming.access.begin_sign_in(provider, &back, return_to, link, address).await?;
    let cookie = cookies::sign_in(&sent.browser, coming.is_secure);
    Ok((sent, cookie))
}

async fn login(
    coming: Coming,
    Path(provider): Path<String>,
    site: Site,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let (sent, cookie) = send(&coming, &provider, &site, &wanted, None).await?;
    let mut response = see_other(&sent.address)?;
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

/// Where the page is to go.
#[derive(Serialize)]
struct Address {
    address: String,
}

async fn link(
    coming: Coming,
    Path(provider): Path<String>,
    site: Site,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let account = coming.account()?.id;
    let (sent, cookie) = send(&coming, &provider, &site, &wanted, Some(account)).await?;
    let mut response = fresh(StatusCode::OK, &Address { address: sent.address });
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

#[derive(Deserialize)]
struct Back {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

async fn callback(
    coming: Coming,
    Path(provider): Path<String>,
    site: Site,
    Query(back): Query<Back>,
) -> Result<Response, Failure> {
    let browser = cookies::sign_in_of(&coming.headers, coming.is_secure);
    let brought = Brought {
        state: back.state.as_deref(),
        code: back.code.as_deref(),
        issuer: back.iss.as_deref(),
        error: back.error.as_deref(),
        browser: browser.as_deref(),
    };
    let (agent, device) = (coming.agent(), coming.device());
    let visit = coming.visit(&agent, device.as_deref());
    let uri = site.callback(&provider);
    let (opened, return_to) = coming.access.finish_sign_in(&provider, &uri, brought, visit).await?;
    session::end_former(&coming).await?;
    let mut response = see_other(&return_to)?;
    session::keep(&mut response, &opened, coming.is_secure);
    response.headers_mut().append(SET_COOKIE, cookies::no_sign_in(coming.is_secure));
    Ok(response)
}

fn see_other(address: &str) -> Result<Response, Failure> {
    let location = HeaderValue::try_from(address);
    let location = location.map_err(|error| Failure::internal().because(error))?;
    let kept = HeaderValue::from_static("no-store");
    Ok((StatusCode::SEE_OTHER, [(LOCATION, location), (CACHE_CONTROL, kept)]).into_response())
}
