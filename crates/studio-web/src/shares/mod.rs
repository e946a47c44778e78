//! Links by which listeners hand something on: `/api/v1/shares`, where they are made, and `/s`,
//! where they lead to.
//!
//! A link carries no right but to hear what is shared, as it is now and as far as its maker may
//! hear it now. It is not told whether one that is good for nothing ever was good.

mod opened;
mod own;
mod page;

use axum::routing::get;
use studio_core::listener::{ListenerError, Listeners};
use utoipa_axum::routes;

use crate::State;
use crate::entry::{Guarded, Rule};
use crate::failure::Failure;

/// The routes that are described.
pub(crate) fn described() -> Guarded {
    Guarded::default()
        .routes(Rule::READ_OWN, routes!(own::list))
        .routes(Rule::WRITE_OWN, routes!(own::create))
        .routes(Rule::WRITE_OWN, routes!(own::revoke))
}

/// The routes to which links lead.
pub(crate) fn routes() -> Guarded {
    let rule = [("GET", Rule::BEARER)];
    Guarded::default()
        .route("/s/{link}", &rule, get(opened::page))
        .route("/s/{link}/recordings", &rule, get(opened::recordings))
        .route("/s/{link}/recordings/{id}/stream", &rule, get(opened::stream))
        .route("/s/{link}/recordings/{id}/artwork", &rule, get(opened::artwork))
}

fn listeners(state: &State) -> Result<&Listeners, Failure> {
    let none = || Failure::missing("no-shares", "nothing is shared here");
    state.listeners.as_deref().ok_or_else(none)
}

/// There is no such link, or it is good for nothing.
fn missing() -> Failure {
    Failure::missing("share-not-found", "this link leads to nothing, or to nothing any more")
}

impl From<ListenerError> for Failure {
    fn from(error: ListenerError) -> Self {
        let said = error.to_string();
        match error {
            ListenerError::Missing { .. } => Self::missing("not-found", "there is no such thing"),
            ListenerError::NotYours { .. } => {
                Self::new(axum::http::StatusCode::FORBIDDEN, "not-yours", said)
            }
            ListenerError::Invalid { problem } => Self::parameter(problem),
            ListenerError::Failed(error) => error.into(),
            error => Self::internal().because(error),
        }
    }
}
