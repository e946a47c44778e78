//! What it answers.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use url::form_urlencoded;

use super::token::encode;
use super::{CLIENT_ID, CLIENT_SECRET, Lie, Shared};

/// What a token lets ask for.
const ACCESS: &str = "access";

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        let service = service_fn(move |request| {
            let shared = Arc::clone(&shared);
            async move { Ok::<_, Infallible>(answer(&shared, request).await) }
        });
        // One that goes away is no matter.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

fn answered(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status).header(CONTENT_TYPE, "application/json");
    response.body(Full::from(body.to_string())).expect("a response")
}

async fn answer(shared: &Shared, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let path = request.uri().path().to_owned();
    let lie = {
        let mut state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.asked.push(path.clone());
        state.lie
    };
    match lie {
        Some(Lie::Silent) => std::future::pending().await,
        Some(Lie::Down) => return answered(StatusCode::SERVICE_UNAVAILABLE, &json!({})),
        Some(Lie::Redirect) => {
            let elsewhere = Response::builder().status(StatusCode::FOUND);
            let elsewhere = elsewhere.header(LOCATION, format!("{}/elsewhere", shared.issuer));
            return elsewhere.body(Full::default()).expect("a response");
        }
        Some(Lie::Huge) => {
            return answered(StatusCode::OK, &json!({ "issuer": "x".repeat(3 << 20) }));
        }
        _ => {}
    }
    match path.as_str() {
        "/.well-known/openid-configuration" => answered(StatusCode::OK, &description(shared, lie)),
        "/jwks" => {
            let keys = shared.keys.lock().unwrap_or_else(PoisonError::into_inner);
            answered(StatusCode::OK, &keys.published())
        }
        "/token" => {
            let basic = request.headers().get(AUTHORIZATION).cloned();
            let body = request.into_body().collect().await;
            let body = body.map(|body| body.to_bytes()).unwrap_or_default();
            let basic = basic.as_ref().and_then(|basic| basic.to_str().ok());
            let (status, told) = granted(shared, basic, &body, lie);
            answered(status, &told)
        }
        "/userinfo" => {
            let state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
            let wanted = format!("Bearer {ACCESS}");
            if request.headers().get(AUTHORIZATION).is_none_or(|got| got != wanted.as_str()) {
                return answered(StatusCode::UNAUTHORIZED, &json!({}));
            }
            let person = &state.person;
            let subject =
                if lie == Some(Lie::Userinfo) { "somebody-else" } else { &person.subject };
            let told = json!({
                "sub": subject, "name": person.name, "email": person.email,
                "email_verified": person.verified,
            });
            answered(StatusCode::OK, &told)
        }
        _ => answered(StatusCode::NOT_FOUND, &json!({})),
    }
}

/// Discovery 1.0, 3.
fn description(shared: &Shared, lie: Option<Lie>) -> Value {
    let issuer = &shared.issuer;
    let told = if lie == Some(Lie::Name) { "https://evil.example" } else { issuer };
    let entrance = if lie == Some(Lie::Entrance) { "http://evil.example" } else { issuer };
    // Whatever it says, a secret that is shared signs nothing.
    let algorithms = match lie {
        Some(Lie::Unannounced) => json!(["RS256", "HS256", "none"]),
        Some(Lie::NoPublicKey) => json!(["HS256", "none"]),
        _ => json!(["ES256", "HS256", "none"]),
    };
    json!({
        "issuer": told,
        "authorization_endpoint": format!("{entrance}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": algorithms,
        "authorization_response_iss_parameter_supported": true,
    })
}

/// Gives a token for a code, once (RFC 6749, 4.1.3; RFC 7636, 4.6).
fn granted(
    shared: &Shared,
    basic: Option<&str>,
    body: &[u8],
    lie: Option<Lie>,
) -> (StatusCode, Value) {
    let refused = |code: &str| (StatusCode::BAD_REQUEST, json!({ "error": code }));
    let form: HashMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let known = form_urlencoded::byte_serialize(CLIENT_SECRET.as_bytes()).collect::<String>();
    let known = STANDARD.encode(format!("{CLIENT_ID}:{known}"));
    if basic != Some(&format!("Basic {known}")) {
        return (StatusCode::UNAUTHORIZED, json!({ "error": "invalid_client" }));
    }
    let mut state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
    let grant = form.get("code").and_then(|code| state.grants.remove(code));
    let Some(grant) = grant else { return refused("invalid_grant") };
    if lie == Some(Lie::LongCode) {
        return refused(&format!("no\r\n\u{1b}[31m {}", "x".repeat(1000)));
    }
    let verifier = form.get("code_verifier").map(String::as_str).unwrap_or_default();
    if encode(Sha256::digest(verifier)) != grant.challenge
        || form.get("redirect_uri") != Some(&grant.redirect_uri)
    {
        return refused("invalid_grant");
    }
    let mut told = json!({ "access_token": ACCESS, "token_type": "Bearer", "expires_in": 300 });
    if lie != Some(Lie::NoToken) {
        let keys = shared.keys.lock().unwrap_or_else(PoisonError::into_inner);
        told["id_token"] = json!(keys.token(&shared.issuer, &state.person, &grant.nonce, lie));
    }
    (StatusCode::OK, told)
}
