//! `/api/v1/session`: the session that asks.

use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use studio_api::format_time;
use studio_api::v1::{AccountLine, CurrentSession, PasswordBody, ProblemDetails, SignInBody};
use studio_core::access::{Access, Opened};
use studio_domain::Session;

use super::{Asked, Coming, Nothing, Seer, Way, cookies, fresh};
use crate::State;
use crate::failure::Failure;
use crate::receive::Received;

/// A session that has begun: told, and in a cookie.
fn opened(access: &Access, opened: &Opened, is_secure: bool) -> Response {
    let told = of_session(access, &opened.session, AccountLine::from(&opened.account));
    let mut response = fresh(StatusCode::OK, &told);
    keep(&mut response, opened, is_secure);
    response
}

/// Has the browser keep a session that has begun.
pub(crate) fn keep(response: &mut Response, opened: &Opened, is_secure: bool) {
    let headers = response.headers_mut();
    headers.append(SET_COOKIE, cookies::session(&opened.secret, &opened.session, is_secure));
    headers.append(SET_COOKIE, cookies::device(&opened.device, is_secure));
}

/// Ends the session that the browser had before: what somebody planted in it must not be what is
/// signed in.
pub(crate) async fn end_former(coming: &Coming) -> Result<(), Failure> {
    if let (Some(before), Some(account)) = (coming.session(), &coming.viewer.account) {
        coming.access.end_session(account, before, &coming.viewer.actor()).await?;
    }
    Ok(())
}

fn of_session(access: &Access, session: &Session, account: AccountLine) -> CurrentSession {
    CurrentSession {
        way: "session".to_owned(),
        account: Some(account),
        csrf_token: Some(access.csrf_token(session.id).as_str().to_owned()),
        expires_at: Some(format_time(session.expires_at)),
    }
}

/// Signs in
///
/// With the name and the password of an account. A browser keeps the cookie of the answer; what
/// it was signed in as before ends. A wrong name and a wrong password have the same answer.
#[utoipa::path(
    post, path = "/api/v1/session", tag = "entrance", operation_id = "signIn",
    request_body = SignInBody,
    responses(
        (status = 200, description = "Who is signed in now", body = CurrentSession,
            headers(("Set-Cookie" = String, description = "The session"))),
        (status = 401, description = "The name or the password is wrong", body = ProblemDetails,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many tries; `Retry-After` says when the next is",
            body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn sign_in(
    coming: Coming,
    Asked(Nothing {}): Asked<Nothing>,
    Received(body): Received<SignInBody>,
) -> Result<Response, Failure> {
    let (agent, device) = (coming.agent(), coming.device());
    let visit = coming.visit(&agent, device.as_deref());
    let begun = coming.access.sign_in(&body.name, &body.password, visit).await?;
    end_former(&coming).await?;
    Ok(opened(&coming.access, &begun, coming.is_secure))
}

/// Who asks
///
/// For a session with what each change within it must send as `X-CSRF-Token`.
#[utoipa::path(
    get, path = "/api/v1/session", tag = "entrance", operation_id = "getSession",
    responses((status = 200, description = "They", body = CurrentSession)),
)]
pub(super) async fn current(
    axum::extract::State(state): axum::extract::State<State>,
    Seer(viewer): Seer,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Failure> {
    let account = viewer.account.as_deref().map(AccountLine::from);
    let told = match (&viewer.way, account) {
        (Way::Session(session), Some(account)) => of_session(state.access()?, session, account),
        (way, account) => CurrentSession {
            way: match way {
                Way::Open | Way::Local => "open",
                Way::Token(_) => "token",
                _ => "guest",
            }
            .to_owned(),
            account,
            csrf_token: None,
            expires_at: None,
        },
    };
    Ok(fresh(StatusCode::OK, &told))
}

/// Signs out
#[utoipa::path(
    delete, path = "/api/v1/session", tag = "entrance", operation_id = "signOut",
    responses((status = 204, description = "The session has ended")),
)]
pub(super) async fn sign_out(
    coming: Coming,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Failure> {
    let actor = coming.viewer.actor();
    if let Some(session) = coming.session() {
        coming.access.end_session(coming.account()?, session, &actor).await?;
    }
    let cookie = cookies::no_session(coming.is_secure);
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response())
}

/// Changes the account's own password
///
/// All its sessions end, also this one; the answer is that of a new one.
#[utoipa::path(
    post, path = "/api/v1/account/password", tag = "entrance", operation_id = "changePassword",
    request_body = PasswordBody,
    responses(
        (status = 200, description = "The new session", body = CurrentSession,
            headers(("Set-Cookie" = String, description = "The session"))),
        (status = 401, description = "The current password is wrong", body = ProblemDetails,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many tries; `Retry-After` says when the next is",
            body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn password(
    coming: Coming,
    Asked(Nothing {}): Asked<Nothing>,
    Received(body): Received<PasswordBody>,
) -> Result<Response, Failure> {
    let (agent, device) = (coming.agent(), coming.device());
    let visit = coming.visit(&agent, device.as_deref());
    let account = coming.account()?;
    let begun = coming.access.change_password(account, &body.current, &body.new, visit).await?;
    Ok(opened(&coming.access, &begun, coming.is_secure))
}
