//! A provider of `OpenID` Connect on this machine that can be told to lie.

mod serve;
mod token;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use self::token::Keys;

/// As what it knows the studio.
pub const CLIENT_ID: &str = "studio";
/// By what it knows that it is the studio.
pub const CLIENT_SECRET: &str = "a secret of both";

/// What a provider does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// Its token is of another issuer.
    Issuer,
    /// Its token is for somebody else.
    Audience,
    /// Its token is for this studio and for somebody else, who asked for it.
    Party,
    /// Its token is for this studio and for somebody else.
    Audiences,
    /// Its token has another nonce.
    Nonce,
    /// Its token is over, for two minutes.
    Expired,
    /// Its token is over since a moment ago, as if its clock were behind.
    JustOver,
    /// Its token is not signed (`alg: none`).
    Unsigned,
    /// Its token is signed with its public key as if that were a secret (`HS256`).
    PublicAsSecret,
    /// Its token is signed with the client's secret (`HS256`).
    ClientSecret,
    /// Its token is signed with a key that it does not publish.
    OtherKey,
    /// Its token was changed after it was signed.
    Altered,
    /// It sends no ID token.
    NoToken,
    /// It says that it signs by another algorithm than it does.
    Unannounced,
    /// It says that it signs by a secret that is shared, or not at all.
    NoPublicKey,
    /// It sends browsers elsewhere, and not by `https`.
    Entrance,
    /// It refuses with more than a code.
    LongCode,
    /// It never answers.
    Silent,
    /// Its answers are huge.
    Huge,
    /// It sends those who ask elsewhere.
    Redirect,
    /// It fails.
    Down,
    /// It calls itself by another name.
    Name,
    /// It sends browsers back in the name of another issuer (RFC 9207).
    Sender,
    /// It tells of somebody else apart from the token.
    Userinfo,
}

/// Who sits at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who they are there.
    pub subject: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether the provider knows that it is theirs.
    pub verified: bool,
    /// Their name.
    pub name: String,
    /// Whether the token has the address, and not only the user info.
    pub is_in_token: bool,
}

impl Default for Person {
    fn default() -> Self {
        Self {
            subject: "248289761001".to_owned(),
            email: Some("ann@example.org".to_owned()),
            verified: true,
            name: "Ann Lee".to_owned(),
            is_in_token: true,
        }
    }
}

/// What a code stands for.
#[derive(Debug, Clone)]
struct Grant {
    challenge: String,
    nonce: String,
    redirect_uri: String,
}

#[derive(Debug, Default)]
struct State {
    lie: Option<Lie>,
    person: Person,
    grants: HashMap<String, Grant>,
    asked: Vec<String>,
}

#[derive(Debug)]
struct Shared {
    issuer: String,
    keys: Mutex<Keys>,
    state: Mutex<State>,
}

/// A provider, until it is dropped.
#[derive(Debug)]
pub struct FakeProvider {
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

impl Drop for FakeProvider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl FakeProvider {
    /// One at a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let shared =
            Arc::new(Shared { issuer, keys: Mutex::new(Keys::new()), state: Mutex::default() });
        let serving = tokio::spawn(serve::serve(listener, Arc::clone(&shared)));
        Self { shared, serving }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its issuer.
    pub fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    /// Lets it lie, or tell the truth, from now on.
    pub fn lie(&self, lie: Option<Lie>) {
        self.state().lie = lie;
    }

    /// Lets somebody sit there from now on.
    pub fn seat(&self, person: Person) {
        self.state().person = person;
    }

    /// Signs with another key from now on.
    pub fn rotate_keys(&self) {
        *self.shared.keys.lock().unwrap_or_else(PoisonError::into_inner) = Keys::new();
    }

    /// The paths that were asked for.
    pub fn asked(&self) -> Vec<String> {
        self.state().asked.clone()
    }

    /// What a browser does that is sent there: whoever sits there agrees. Gives the address to
    /// which it is sent back.
    pub fn visit(&self, address: &Url) -> Url {
        let query: HashMap<String, String> = address.query_pairs().into_owned().collect();
        let of = |name: &str| query.get(name).cloned().unwrap_or_default();
        assert_eq!((of("response_type"), of("client_id")), ("code".into(), CLIENT_ID.into()));
        assert_eq!(of("code_challenge_method"), "S256");
        assert!(of("scope").split(' ').any(|scope| scope == "openid"));
        let grant = Grant {
            challenge: of("code_challenge"),
            nonce: of("nonce"),
            redirect_uri: of("redirect_uri"),
        };
        assert!(!grant.challenge.is_empty() && !grant.nonce.is_empty(), "{address}");
        let mut state = self.state();
        let code = format!("code-{}", state.grants.len());
        let mut back = Url::parse(&grant.redirect_uri).expect("an address to come back to");
        state.grants.insert(code.clone(), grant);
        let sender = match state.lie {
            Some(Lie::Sender) => "https://evil.example",
            _ => self.issuer(),
        };
        back.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &of("state"))
            .append_pair("iss", sender);
        back
    }
}
