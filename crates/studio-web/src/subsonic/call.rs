//! One request of a player: who asks, and what they see.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use studio_api::format_time;
use studio_core::access::{Access, KeyProof};
use studio_core::listener::{ListenerError, Listeners};
use studio_core::repo::{Sight, Stretch};
use studio_domain::{Account, AccountId, Note, Timestamp, UserName};
use studio_subsonic::{Credentials, Error, Node, Parameters, Request as Asked, User};

use super::{Result, failed};
use crate::State;
use crate::api::Music;
use crate::entry::{Viewer, Way};
use crate::proxies::{Client, site};

/// The number of the only folder of music.
const FOLDER: i64 = 1;

/// A request of a player that may come in.
pub(super) struct Call {
    pub(super) account: Arc<Account>,
    pub(super) sight: Sight,
    pub(super) listeners: Listeners,
    pub(super) music: Music,
    pub(super) parameters: Parameters,
    /// What the player calls itself.
    pub(super) player: String,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    /// Where this service was asked, as `https://music.example.org`.
    pub(super) site: String,
}

/// The request, if it may be answered; nothing for the one endpoint that everybody may ask.
pub(super) async fn of(
    state: &State,
    name: &str,
    head: &Parts,
    parameters: Parameters,
) -> Result<Option<Call>> {
    let nobody = || Error::Generic("this service has no accounts, and so no players".to_owned());
    let access = state.access().map_err(|_| nobody())?;
    let (Some(listeners), Some(music)) = (&state.listeners, &state.music) else {
        return Err(Error::Generic("this service has no music for players".to_owned()));
    };
    if name == "getOpenSubsonicExtensions" {
        return Ok(None);
    }
    let asked = Asked::read(&parameters)?;
    let account = Arc::new(known(access, &asked.credentials).await?);
    let client = head.extensions.get::<Client>();
    let address = client.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |client| client.address);
    let (way, shared) = (Way::Player, Some(Arc::clone(&account)));
    let viewer = Viewer { way, account: shared, address, is_here: false };
    let sight = listeners.sight_of(Some(&account)).await.map_err(refused)?;
    Ok(Some(Call {
        account,
        sight,
        listeners: (**listeners).clone(),
        music: music.seen_by(viewer),
        parameters,
        player: asked.client,
        // What is asked with a form is a question, too.
        method: if head.method == Method::POST { Method::GET } else { head.method.clone() },
        headers: head.headers.clone(),
        site: site(head, client),
    }))
}

async fn known(access: &Access, credentials: &Credentials) -> Result<Account> {
    let (user, proof) = match credentials {
        Credentials::Key(key) => {
            let known = access.know_app_key(key).await.map_err(failed)?;
            return known.map(|(_, account)| account).ok_or(Error::WrongKey);
        }
        Credentials::Salted { user, token, salt } => (user, KeyProof::Salted { token, salt }),
        Credentials::Password { user, password } => (user, KeyProof::Key(password)),
    };
    // What is no name is nobody's.
    let user: UserName = user.parse().map_err(|_| Error::WrongPassword)?;
    let known = access.know_player(&user, proof).await.map_err(failed)?;
    known.map(|(_, account)| account).ok_or(Error::WrongPassword)
}

/// Why a listener is not given something.
pub(super) fn refused(error: ListenerError) -> Error {
    match error {
        ListenerError::Missing { what } => Error::NotFound(what),
        ListenerError::NotYours { .. } => Error::NotAuthorized(error.to_string()),
        ListenerError::Invalid { problem } => Error::Generic(problem.to_owned()),
        error => failed(error),
    }
}

/// The catalogue failed.
pub(super) fn failed_of(error: studio_core::Error) -> Error {
    failed(error)
}

/// A time as players read it.
pub(super) fn time(at: Timestamp) -> String {
    format_time(at)
}

impl Call {
    pub(super) fn id(&self) -> AccountId {
        self.account.id
    }

    /// Which stretch is wanted, by the names of the parameters that say so.
    pub(super) fn stretch(
        &self,
        count: &'static str,
        offset: &'static str,
        usual: u32,
    ) -> Result<Stretch> {
        let limit = self.parameters.parsed(count)?.unwrap_or(usual);
        let offset = self.parameters.parsed(offset)?.unwrap_or(0);
        Ok(Stretch { offset, limit })
    }

    /// A note; an empty one is none.
    pub(super) fn note(&self, name: &'static str) -> Result<Option<Note>> {
        self.parameters.parsed(name)
    }

    /// A time, in milliseconds since 1970.
    pub(super) fn moment(&self, name: &'static str) -> Result<Option<Timestamp>> {
        let millis: Option<i64> = self.parameters.parsed(name)?;
        Ok(millis.map(from_millis))
    }

    /// Refuses any folder but the one that there is.
    pub(super) fn check_folder(&self) -> Result<()> {
        match self.parameters.parsed::<i64>("musicFolderId")? {
            None | Some(FOLDER) => Ok(()),
            Some(_) => Err(Error::NotFound("music folder")),
        }
    }

    pub(super) fn folders(&self) -> Node {
        let folder = Node::new().whole("id", FOLDER).text("name", "Music");
        Node::new().one("musicFolders", Node::new().many("musicFolder", [folder]))
    }

    pub(super) fn token_info(&self) -> Node {
        Node::new().one("tokenInfo", Node::new().text("username", self.account.name.as_str()))
    }

    /// The account itself: no other is told of.
    pub(super) fn user(&self) -> Result<Node> {
        let wanted = self.parameters.text("username").unwrap_or(self.account.name.as_str());
        let wanted: UserName = wanted.parse().map_err(|_| Error::NotFound("user"))?;
        if wanted.key() != self.account.name.key() {
            let said = "a player is told of the account that it came with";
            return Err(Error::NotAuthorized(said.to_owned()));
        }
        let user = User {
            username: self.account.name.to_string(),
            email: self.account.email.as_ref().map(ToString::to_string),
            is_manager: self.account.role == studio_domain::Role::Manager,
        };
        Ok(Node::new().one("user", user))
    }
}

/// A time that is given in milliseconds.
pub(super) fn from_millis(millis: i64) -> Timestamp {
    Timestamp::from_micros(millis.saturating_mul(1000))
}
