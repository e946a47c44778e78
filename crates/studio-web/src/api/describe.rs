//! What the description says of all routes of music: said once, not at each route.

use studio_api::v1::ProblemDetails;
use utoipa::ToSchema as _;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, Response, ResponseBuilder};
use utoipa::openapi::{Header, OpenApi, Schema};

use crate::problem::is_api;

/// Adds conditions, the link to the next part, and the problems that any route can have.
pub(crate) fn add_common(description: &mut OpenApi) {
    let is_bodied = |operation: &Operation| operation.request_body.is_some();
    for item in description.paths.paths.values_mut() {
        if let Some(operation) = &mut item.get {
            add_condition(operation);
        }
        for operation in [&mut item.post, &mut item.put].into_iter().flatten() {
            if is_bodied(operation) {
                add_problem(operation, "408", "The body took too long");
                add_problem(operation, "413", "The body is too large");
                add_problem(operation, "415", "The body is not said to be JSON");
                add_problem(operation, "422", "The body makes no sense");
            }
        }
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            let wrong = "A parameter, a header or the body cannot be read";
            add_problem(operation, "400", wrong);
            add_problem(operation, "404", "There is no such thing, or the service has no music");
            if has_parameter(operation, "If-Match") {
                let changed = "The revision is not one of those in If-Match";
                add_problem(operation, "412", changed);
            }
        }
        for operation in [&mut item.post, &mut item.put, &mut item.delete].into_iter().flatten() {
            add_problem(operation, "403", "It is not theirs to change who ask");
        }
    }
}

/// Says how somebody comes in, and how it is refused: of every route, for each may be.
pub(crate) fn add_security(description: &mut OpenApi) {
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A token: `studio token create`, or POST /api/v1/tokens"))
        .build();
    let said = "What POST /api/v1/session sets; a change sends `X-CSRF-Token`, too. By TLS its \
        name is `__Host-studio`";
    let session = ApiKey::Cookie(ApiKeyValue::with_description("studio", said));
    let components = description.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    components.add_security_scheme("session", SecurityScheme::ApiKey(session));
    let none: [&str; 0] = [];
    let ways = [
        SecurityRequirement::default(),
        SecurityRequirement::new("token", none),
        SecurityRequirement::new("session", none),
    ];
    description.security = Some(ways.to_vec());
    for (path, item) in &mut description.paths.paths {
        if !is_api(path) {
            continue;
        }
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            add_problem(
                operation,
                "401",
                "Nobody who has not signed in, or what they came with does not hold",
            );
            add_problem(
                operation,
                "403",
                "It is not for those who ask, or the token lacks a scope",
            );
        }
    }
}

fn has_parameter(operation: &Operation, name: &str) -> bool {
    let is_named = |parameter: &RefOr<Parameter>| match parameter {
        RefOr::T(parameter) => parameter.name == name,
        RefOr::Ref(_) => false,
    };
    operation.parameters.iter().flatten().any(is_named)
}

fn add_condition(operation: &mut Operation) {
    let is_listing = has_parameter(operation, "after");
    let known = ParameterBuilder::new()
        .name("If-None-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("The entity tags of what is known"))
        .schema(Some(text()));
    operation.parameters.get_or_insert_default().push(known.build().into());
    let responses = &mut operation.responses.responses;
    if let Some(RefOr::T(found)) = responses.get_mut("200") {
        found.headers.insert("ETag".to_owned(), header("The entity tag of this state"));
        if is_listing {
            let next = "The address of the part that follows, as `rel=\"next\"`";
            found.headers.insert("Link".to_owned(), header(next));
        }
    }
    let same = "What is known is what it still is";
    let mut same = ResponseBuilder::new().description(same).build();
    same.headers.insert("ETag".to_owned(), header("The entity tag"));
    responses.insert("304".to_owned(), same.into());
}

fn text() -> Schema {
    ObjectBuilder::new().schema_type(Type::String).build().into()
}

fn header(description: &str) -> RefOr<Header> {
    HeaderBuilder::new().schema(Some(text())).description(Some(description)).build().into()
}

/// Adds a problem that the route itself says nothing of.
fn add_problem(operation: &mut Operation, status: &str, description: &str) {
    let schema = Ref::from_schema_name(ProblemDetails::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let problem: Response = ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content)
        .build();
    operation.responses.responses.entry(status.to_owned()).or_insert_with(|| problem.into());
}
