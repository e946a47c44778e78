//! What clients send.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use studio_api::v1::AssetFile;

use crate::State;
use crate::failure::Failure;
use crate::problem::is_api;

/// A file of which somebody tells.
pub(crate) struct Told(pub(crate) AssetFile);

impl FromRequest<State> for Told {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &State) -> Result<Self, Failure> {
        Received::from_request(request, state).await.map(|Received(file)| Self(file))
    }
}

/// Something in JSON.
pub(crate) struct Received<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<State> for Received<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &State) -> Result<Self, Failure> {
        // As the framework of the documents' service has it, which knows no other status.
        let unreadable = match is_api(request.uri().path()) {
            true => StatusCode::BAD_REQUEST,
            false => StatusCode::UNPROCESSABLE_ENTITY,
        };
        // An object it must be: serde would also take the values alone, in their order.
        let body = Json::<Map<String, Value>>::from_request(request, state);
        match tokio::time::timeout(state.options.body_timeout, body).await {
            Ok(Ok(Json(fields))) => match T::deserialize(Value::Object(fields)) {
                Ok(told) => Ok(Self(told)),
                Err(error) => {
                    let status = StatusCode::UNPROCESSABLE_ENTITY;
                    Err(Failure::new(status, "invalid-body", error.to_string()))
                }
            },
            Ok(Err(rejection)) => Err(refusal(&rejection, unreadable)),
            Err(_) => Err(Failure::new(
                StatusCode::REQUEST_TIMEOUT,
                "request-timeout",
                "the body of the request took too long to come",
            )),
        }
    }
}

/// All of a body, within the time and the size that it may have.
pub(crate) async fn whole(state: &State, body: Body) -> Result<Bytes, Failure> {
    let read = axum::body::to_bytes(body, state.options.largest_body);
    match tokio::time::timeout(state.options.body_timeout, read).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => {
            let detail = "the body of the request is too large, or broke off";
            Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", detail))
        }
        Err(_) => {
            let detail = "the body of the request took too long to come";
            Err(Failure::new(StatusCode::REQUEST_TIMEOUT, "request-timeout", detail))
        }
    }
}

fn refusal(rejection: &JsonRejection, unreadable: StatusCode) -> Failure {
    let (status, code) = match rejection {
        JsonRejection::JsonSyntaxError(_) => (unreadable, "invalid-json"),
        JsonRejection::JsonDataError(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid-body"),
        JsonRejection::MissingJsonContentType(_) => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type")
        }
        other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            (StatusCode::PAYLOAD_TOO_LARGE, "body-too-large")
        }
        _ => (StatusCode::BAD_REQUEST, "unreadable-body"),
    };
    Failure::new(status, code, rejection.body_text())
}
