//! A service that asks who comes, with an account of each kind.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use studio_core::Assets;
use studio_core::access::{
    Access, Actor, NewAccount, NewToken, Opened, SignInProvider, StudioSecret, Visit,
};
use studio_core::listener::Listeners;
use studio_domain::{Account, ArtistName, Role, Scope, Scopes, Timestamp};
use studio_repo::SqliteCatalog;
use studio_web::proxies::Proxies;
use studio_web::{Options, State};

use crate::seed::{self, Seeded};
use crate::support::{Answer, Service};

pub(crate) const PASSWORD: &str = "tchk tchk boom tchk";
pub(crate) const DAY: i64 = 24 * 3600;

pub(crate) struct House {
    pub(crate) service: Service,
    pub(crate) access: Access,
    pub(crate) seeded: Seeded,
    seconds: Arc<AtomicI64>,
}

impl House {
    /// With nobody in it.
    pub(crate) async fn empty() -> Self {
        Self::with(Options::default(), Vec::new()).await
    }

    async fn with(options: Options, providers: Vec<SignInProvider>) -> Self {
        let seeded = seed::fill(Arc::new(SqliteCatalog::in_memory().unwrap()), false).await;
        let seconds = Arc::new(AtomicI64::new(1_800_000_000));
        let clock = Arc::clone(&seconds);
        let access = Access::new(Arc::clone(&seeded.catalog), StudioSecret::new([7; 32]))
            .with_clock(move || Timestamp::from_micros(clock.load(Ordering::Relaxed) * 1_000_000));
        let access = access.with_providers(providers);
        let assets = Assets::new(Arc::clone(&seeded.catalog));
        let state = State::new(assets, options).with_music(seeded.music.clone());
        let clock = Arc::clone(&seconds);
        let listeners = Listeners::new(Arc::clone(&seeded.catalog), StudioSecret::new([7; 32]))
            .with_clock(move || Timestamp::from_micros(clock.load(Ordering::Relaxed) * 1_000_000));
        let state = state.with_access(access.clone()).with_listeners(listeners);
        let service = Service::of_state(state).await;
        Self { service, access, seeded, seconds }
    }

    /// With a manager `mia`, an artist `laura` whose band is that of the seed, an artist `otto`
    /// of another one, and a listener `lea`.
    pub(crate) async fn new() -> Self {
        Self::inhabited(Options::default(), Vec::new()).await
    }

    /// The same with providers at which one can sign in.
    pub(crate) async fn with_providers(providers: Vec<SignInProvider>) -> Self {
        Self::inhabited(Options::default(), providers).await
    }

    /// The same behind a proxy of this machine.
    pub(crate) async fn behind_a_proxy() -> Self {
        let trusted = vec!["127.0.0.1".parse().unwrap()];
        let proxies = Proxies { trusted, ..Proxies::default() };
        Self::inhabited(Options { proxies, ..Options::default() }, Vec::new()).await
    }

    async fn inhabited(options: Options, providers: Vec<SignInProvider>) -> Self {
        let house = Self::with(options, providers).await;
        house.add("mia", Role::Manager, &[]).await;
        house.add("laura", Role::Artist, &["Khruangbin"]).await;
        house.add("otto", Role::Artist, &["Others"]).await;
        house.add("lea", Role::Listener, &[]).await;
        house
    }

    pub(crate) async fn add(&self, name: &str, role: Role, artists: &[&str]) -> Account {
        let artists: Vec<ArtistName> = artists.iter().map(|name| name.parse().unwrap()).collect();
        let new = NewAccount { name: name.parse().unwrap(), email: None, role, artists };
        self.access.add_account(new, None, &operator()).await.unwrap()
    }

    pub(crate) async fn set_password(&self, name: &str) {
        self.access.set_password(&name.parse().unwrap(), PASSWORD, &operator()).await.unwrap();
    }

    /// A number that was not there before.
    pub(crate) fn tick(&self) -> i64 {
        self.seconds.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A browser that is signed in.
    pub(crate) async fn browser(&self, name: &str) -> Browser {
        let account = self.access.account(&name.parse().unwrap()).await.unwrap();
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let visit = Visit { address, agent: "Browser/1", device: None };
        let opened = self.access.open_session(account, "test", visit).await.unwrap();
        Browser::of(&self.access, &opened)
    }

    pub(crate) async fn token(&self, name: &str, scopes: &[Scope]) -> String {
        let scopes = Scopes::new(scopes.iter().copied()).unwrap();
        let label = format!("{scopes} {}", self.tick());
        let new = NewToken { name: label.parse().unwrap(), scopes, holds: None };
        let made = self.access.create_token(&name.parse().unwrap(), new, &operator()).await;
        made.unwrap().1.as_str().to_owned()
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.service.request(method, path)
    }

    /// Tries to sign in.
    pub(crate) async fn try_password(&self, name: &str, password: &str) -> Answer {
        let body = json!({ "name": name, "password": password });
        self.service.post("/api/v1/session", &body).await
    }

    /// What was done, the last first.
    pub(crate) async fn log(&self) -> Vec<(String, String, String)> {
        let entries = self.access.audit(None, None, 100).await.unwrap();
        entries.into_iter().map(|entry| (entry.actor, entry.action, entry.subject)).collect()
    }
}

pub(crate) fn operator() -> Actor {
    let [name, way, address] = ["root", "command line", "console"].map(str::to_owned);
    Actor { account: None, name, way, address }
}

/// A browser with a session.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Browser {
    fn of(access: &Access, opened: &Opened) -> Self {
        Self {
            cookie: format!("studio={}", opened.secret.as_str()),
            csrf: access.csrf_token(opened.session.id).as_str().to_owned(),
        }
    }

    /// Sends what a page of the service would.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        answer(request.header("cookie", &self.cookie).header("x-csrf-token", &self.csrf)).await
    }

    pub(crate) async fn get(&self, house: &House, path: &str) -> Answer {
        self.send(house.request("GET", path)).await
    }

    pub(crate) async fn post(&self, house: &House, path: &str, body: &Value) -> Answer {
        self.send(house.request("POST", path).json(body)).await
    }
}

pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    Answer::of(request.send().await.unwrap()).await
}

/// The cookie that an answer sets under a name, with what is said of it.
pub(crate) fn cookie_of(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.get_all("set-cookie").iter();
    let mut set = set.map(|value| value.to_str().unwrap().to_owned());
    set.find(|cookie| cookie.split('=').next() == Some(name))
}

/// `name=value` of a cookie that was set.
pub(crate) fn pair(cookie: &str) -> String {
    cookie.split(';').next().unwrap().to_owned()
}
