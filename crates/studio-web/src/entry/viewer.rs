//! Who asks.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::http::header::{AUTHORIZATION, FORWARDED, HOST, HeaderName, VIA};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use studio_core::access::Actor;
use studio_domain::{Account, ApiToken, ArtistName, Role, Session};

use super::{Rule, cookies};
use crate::State;
use crate::failure::Failure;
use crate::proxies::Client;
use crate::wire::Connection;

/// What proxies add.
const FORWARDING: [HeaderName; 5] = [
    FORWARDED,
    VIA,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-real-ip"),
];

/// How somebody came in.
#[derive(Debug, Clone)]
pub(crate) enum Way {
    /// Nobody is asked who they are.
    Open,
    /// Nobody has an account yet, and they are at this machine.
    Local,
    /// With nothing.
    Guest,
    /// With the cookie of a session.
    Session(Arc<Session>),
    /// With a token.
    Token(Arc<ApiToken>),
    /// With the key of a player.
    Player,
}

/// Who asks; it is in the extensions of every request that reached a route.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    pub(crate) way: Way,
    /// Whose account it is, if they came with one.
    pub(crate) account: Option<Arc<Account>>,
    /// From where.
    pub(crate) address: IpAddr,
    /// Whether they are at this machine.
    pub(crate) is_here: bool,
}

impl Viewer {
    /// Whether all of the studio is theirs.
    pub(crate) fn is_studio(&self) -> bool {
        let is_manager = |account: &Arc<Account>| account.role == Role::Manager;
        matches!(self.way, Way::Open | Way::Local) || self.account.as_ref().is_some_and(is_manager)
    }

    /// Whether what an artist makes is theirs.
    pub(crate) fn owns(&self, artist: &ArtistName) -> bool {
        self.is_studio() || self.account.as_ref().is_some_and(|account| account.owns(artist))
    }

    /// Whether what they come with is never sent without their will.
    pub(super) fn is_program(&self) -> bool {
        matches!(self.way, Way::Token(_))
    }

    /// Whether they came with nothing that a page of another site could make use of.
    pub(super) fn has_nothing_to_lose(&self) -> bool {
        !matches!(self.way, Way::Session(_))
    }

    /// Their account.
    ///
    /// # Errors
    /// 401 for those who have none.
    pub(crate) fn account(&self) -> Result<&Account, Failure> {
        self.account.as_deref().ok_or_else(|| {
            let detail = "this is for those who have signed in, or have a token";
            Failure::new(StatusCode::UNAUTHORIZED, "sign-in", detail)
        })
    }

    /// Who they are, for the audit log.
    pub(crate) fn actor(&self) -> Actor {
        let way = match &self.way {
            Way::Open | Way::Local | Way::Guest => "no account".to_owned(),
            Way::Session(_) => "session".to_owned(),
            Way::Token(token) => format!("token {}", token.name),
            Way::Player => "app key".to_owned(),
        };
        let address = self.address.to_string();
        match &self.account {
            Some(account) => Actor::of(account, way, address),
            None => Actor { account: None, name: "nobody".to_owned(), way, address },
        }
    }
}

/// Finds out who asks; and the cookie that they are to have from now on, if it is another one.
pub(super) async fn enter(
    state: &State,
    head: &Parts,
    rule: &Rule,
) -> Result<(Viewer, Option<HeaderValue>), Failure> {
    let client = head.extensions.get::<Client>();
    let address = client.map_or(IpAddr::from(Ipv4Addr::UNSPECIFIED), |client| client.address);
    let is_secure = client.is_some_and(|client| client.is_secure);
    let is_here = is_here(head, address);
    let viewer = |way, account: Option<Account>| {
        let account = account.map(Arc::new);
        Viewer { way, account, address, is_here }
    };
    let Some(entrance) = &state.entrance else { return Ok((viewer(Way::Open, None), None)) };
    // What asks for its own proof takes no other.
    if rule.asks_itself() {
        return Ok((viewer(Way::Guest, None), None));
    }
    let token = bearer(&head.headers)?;
    if let Some(text) = token {
        let known = entrance.access.know_token(text).await?;
        let (token, account) = known.ok_or_else(wrong_token)?;
        return Ok((viewer(Way::Token(Arc::new(token)), Some(account)), None));
    }
    if let Some(text) = cookies::session_of(&head.headers, is_secure) {
        return Ok(match entrance.access.know_session(&text).await? {
            Some(entered) => {
                let renewed = entered.renewed.as_ref();
                let set = |secret| cookies::session(secret, &entered.session, is_secure);
                let cookie = renewed.map(set);
                let way = Way::Session(Arc::new(entered.session));
                (viewer(way, Some(entered.account)), cookie)
            }
            None => (viewer(Way::Guest, None), Some(cookies::no_session(is_secure))),
        });
    }
    let way = match entrance.has_accounts().await? {
        true => Way::Guest,
        false if is_local(head, is_here) => Way::Local,
        // How the service is, and how it is used, is no secret.
        false if *rule == Rule::OPEN => Way::Guest,
        false => return Err(no_account()),
    };
    Ok((viewer(way, None), None))
}

fn wrong_token() -> Failure {
    Failure::new(StatusCode::UNAUTHORIZED, "invalid-token", "the token does not hold")
}

/// The token in `Authorization: Bearer …` (RFC 6750, 2.1).
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Failure> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    match (given.next(), given.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            let text = value.to_str().map_err(|_| wrong_token())?;
            let (scheme, token) = text.split_once(' ').ok_or_else(wrong_token)?;
            match scheme.eq_ignore_ascii_case("bearer") {
                true => Ok(Some(token.trim())),
                false => Err(wrong_token()),
            }
        }
        _ => Err(wrong_token()),
    }
}

/// Whether a request comes from this machine, and nobody handed it on.
fn is_here(head: &Parts, address: IpAddr) -> bool {
    let peer = head.extensions.get::<Arc<Connection>>().map(|connection| connection.peer);
    peer.is_some_and(|peer| peer.to_canonical().is_loopback())
        && address.is_loopback()
        && !FORWARDING.iter().any(|name| head.headers.contains_key(name))
}

/// Whether somebody is at this machine, and asks for it by its own name: so they may do
/// everything as long as nobody has an account.
fn is_local(head: &Parts, is_here: bool) -> bool {
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    // A proxy that adds nothing is still asked by another name.
    let name = host.rsplit_once(':').map_or(host, |(name, port)| match port.contains(']') {
        true => host,
        false => name,
    });
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let is_own = bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
    is_here && is_own
}

fn no_account() -> Failure {
    Failure::new(
        StatusCode::FORBIDDEN,
        "no-account",
        "nobody has an account here yet: `studio user add NAME --role manager` makes the first",
    )
}
