//! Coming in from providers of `OpenID` Connect, on a catalogue in memory.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use studio_core::access::{
    Access, AccessError, AccountChange, Actor, Brought, NewAccount, Opened, SentAway,
    SignInProvider, StudioSecret, Visit,
};
use studio_core::{CatalogError, Error, SqliteCatalog, Timestamp};
use studio_domain::{Account, Role};
use studio_oidc::{Provider, ProviderSettings};
use studio_testkit::oidc::{CLIENT_ID, CLIENT_SECRET, FakeProvider, Lie, Person};

const BACK: &str = "http://127.0.0.1:8000/auth/fake/callback";

/// How a provider's word counts.
#[derive(Clone, Copy, Default)]
struct Trust {
    sign_up: bool,
    email: bool,
}

struct Door {
    access: Access,
    fake: FakeProvider,
    seconds: Arc<AtomicI64>,
}

type Entry = Result<(Opened, String), AccessError>;

impl Door {
    async fn with(trust: Trust) -> Self {
        let fake = FakeProvider::start().await;
        let settings = ProviderSettings {
            name: "fake".to_owned(),
            issuer: fake.issuer().to_owned(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: Some(CLIENT_SECRET.to_owned()),
            scopes: vec!["email".to_owned()],
        };
        let provider = Provider::new(settings).expect("a provider");
        let provider =
            SignInProvider { provider, sign_up: trust.sign_up, link_verified_email: trust.email };
        let seconds = Arc::new(AtomicI64::new(1_000_000));
        let clock = Arc::clone(&seconds);
        let catalog = Arc::new(SqliteCatalog::in_memory().expect("a catalogue"));
        let access = Access::new(catalog, StudioSecret::new([7; 32]))
            .with_clock(move || Timestamp::from_micros(clock.load(Ordering::Relaxed) * 1_000_000))
            .with_providers(vec![provider]);
        Self { access, fake, seconds }
    }

    async fn add(&self, name: &str, email: Option<&str>) -> Account {
        let new = NewAccount {
            name: name.parse().expect("a name"),
            email: email.map(|email| email.parse().expect("an address")),
            role: Role::Artist,
            artists: Vec::new(),
        };
        self.access.add_account(new, None, &operator()).await.expect("an account")
    }

    async fn begin(&self, return_to: &str, link: Option<&Account>) -> SentAway {
        let link = link.map(|account| account.id);
        self.access.begin_sign_in("fake", BACK, return_to, link, HERE).await.expect("begun")
    }

    /// What the browser brings back from there.
    fn brought(&self, sent: &SentAway) -> HashMap<String, String> {
        let back = self.fake.visit(&sent.address.parse().expect("an address"));
        back.query_pairs().into_owned().collect()
    }

    async fn finish(&self, brought: &HashMap<String, String>, browser: Option<&str>) -> Entry {
        let of = |name: &str| brought.get(name).map(String::as_str);
        let brought = Brought {
            state: of("state"),
            code: of("code"),
            issuer: of("iss"),
            error: of("error"),
            browser,
        };
        self.access.finish_sign_in("fake", BACK, brought, visit()).await
    }

    async fn come(&self, link: Option<&Account>) -> Entry {
        let sent = self.begin("/albums", link).await;
        self.finish(&self.brought(&sent), Some(sent.browser.as_str())).await
    }

    async fn actions(&self) -> Vec<String> {
        let entries = self.access.audit(None, None, 100).await.expect("the log");
        entries.into_iter().rev().map(|entry| entry.action).collect()
    }
}

fn operator() -> Actor {
    let [name, way, address] = ["root", "command line", "console"].map(str::to_owned);
    Actor { account: None, name, way, address }
}

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn visit() -> Visit<'static> {
    Visit { address: HERE, agent: "Browser/1", device: None }
}

#[tokio::test]
async fn who_is_linked_on_purpose_comes_in_from_then_on() {
    let door = Door::with(Trust::default()).await;
    let ann = door.add("ann", None).await;
    assert!(matches!(door.come(None).await, Err(AccessError::NotLinked)));
    let (opened, return_to) = door.come(Some(&ann)).await.expect("linked");
    assert_eq!((opened.account.id, return_to.as_str()), (ann.id, "/albums"));
    let (opened, _) = door.come(None).await.expect("in");
    assert_eq!(opened.account.id, ann.id);
    let entered = door.access.know_session(opened.secret.as_str()).await.expect("asked");
    assert_eq!(entered.expect("a session").account.id, ann.id);
    // The same is nobody else's.
    let bob = door.add("bob", None).await;
    let taken = door.come(Some(&bob)).await;
    let is_taken =
        matches!(taken, Err(AccessError::Failed(Error::Catalog(CatalogError::IdentityTaken))));
    assert!(is_taken, "{taken:?}");
    let identities = door.access.identities(&ann).await.expect("listed");
    assert_eq!(identities.len(), 1);
    let (issuer, subject) = (&identities[0].issuer, &identities[0].subject);
    assert!(!door.access.unlink(&bob, issuer, subject, &operator()).await.expect("not his"));
    assert!(door.access.unlink(&ann, issuer, subject, &operator()).await.expect("hers"));
    assert!(matches!(door.come(None).await, Err(AccessError::NotLinked)));
    let ended = door.access.know_session(opened.secret.as_str()).await.expect("asked");
    assert_eq!(ended, None);
    let actions = door.actions().await;
    for action in ["identity.link", "identity.unlink", "session.begin"] {
        assert!(actions.iter().any(|noted| noted == action), "{action} in {actions:?}");
    }
}

#[tokio::test]
async fn an_address_links_only_where_that_is_set_and_the_provider_knows_it() {
    for (trust, verified, email, expected) in [
        (false, true, "ann@example.org", false),
        (true, false, "ann@example.org", false),
        (true, true, "other@example.org", false),
        (true, true, "not an address", false),
        (true, true, "ANN@example.org", true),
    ] {
        let door = Door::with(Trust { email: trust, ..Trust::default() }).await;
        let ann = door.add("ann", Some("ann@example.org")).await;
        let email = Some(email.to_owned());
        door.fake.seat(Person { email, verified, ..Person::default() });
        match door.come(None).await {
            Ok((opened, _)) => assert!(expected && opened.account.id == ann.id),
            Err(AccessError::NotLinked) => assert!(!expected),
            Err(error) => panic!("{error:?}"),
        }
    }
}

#[tokio::test]
async fn of_two_with_one_address_the_first_stays_linked() {
    let door = Door::with(Trust { email: true, sign_up: true }).await;
    let ann = door.add("ann", Some("ann@example.org")).await;
    assert_eq!(door.come(None).await.expect("in").0.account.id, ann.id);
    // Somebody else there whose address is the same is somebody else; but for whom it says so.
    door.fake.seat(Person { subject: "7".to_owned(), verified: false, ..Person::default() });
    let (other, _) = door.come(None).await.expect("signed up");
    assert_ne!(other.account.id, ann.id);
    assert_eq!((other.account.email, other.account.role), (None, Role::Listener));
    // Another address of the first is still the first.
    let email = Some("new@example.org".to_owned());
    door.fake.seat(Person { email, ..Person::default() });
    assert_eq!(door.come(None).await.expect("in").0.account.id, ann.id);
}

#[tokio::test]
async fn who_signs_up_is_a_listener_with_a_name_of_their_own() {
    let door = Door::with(Trust { sign_up: true, ..Trust::default() }).await;
    door.add("ann", None).await;
    let (opened, _) = door.come(None).await.expect("signed up");
    let account = opened.account;
    assert_eq!((account.name.as_str(), account.role), ("ann-2", Role::Listener));
    assert_eq!(account.email.map(|email| email.to_string()).as_deref(), Some("ann@example.org"));
    assert_eq!(account.password, None);
    assert_eq!(door.come(None).await.expect("in").0.account.id, account.id);
    assert!(door.actions().await.iter().any(|action| action == "user.sign-up"));
}

#[tokio::test]
async fn who_signs_up_twice_at_once_has_one_account() {
    let door = Door::with(Trust { sign_up: true, ..Trust::default() }).await;
    let (one, other) = (door.begin("/", None).await, door.begin("/", None).await);
    let (of_one, of_other) = (door.brought(&one), door.brought(&other));
    let came = tokio::join!(
        door.finish(&of_one, Some(one.browser.as_str())),
        door.finish(&of_other, Some(other.browser.as_str())),
    );
    let (one, other) = (came.0.expect("in").0, came.1.expect("in").0);
    assert_eq!(one.account.id, other.account.id);
    let accounts = door.access.accounts(None, 10).await.expect("listed");
    assert_eq!(accounts.len(), 1, "{accounts:?}");
}

#[tokio::test]
async fn who_is_disabled_stays_out() {
    let door = Door::with(Trust { email: true, sign_up: true }).await;
    let ann = door.add("ann", Some("ann@example.org")).await;
    let change = AccountChange { enabled: Some(false), ..AccountChange::default() };
    door.access.change_account(&ann.name, change, &operator()).await.expect("disabled");
    assert!(matches!(door.come(None).await, Err(AccessError::NotLinked)));
    assert!(matches!(door.come(Some(&ann)).await, Err(AccessError::NotLinked)));
    let change = AccountChange { enabled: Some(true), ..AccountChange::default() };
    door.access.change_account(&ann.name, change, &operator()).await.expect("enabled");
    door.come(None).await.expect("linked");
    let change = AccountChange { enabled: Some(false), ..AccountChange::default() };
    door.access.change_account(&ann.name, change, &operator()).await.expect("disabled");
    assert!(matches!(door.come(None).await, Err(AccessError::Disabled { .. })));
}

#[tokio::test]
async fn a_sign_in_is_of_one_browser_and_once() {
    let door = Door::with(Trust { sign_up: true, ..Trust::default() }).await;
    let not_begun = |entry: Entry| matches!(entry, Err(AccessError::NotBegun));
    let sent = door.begin("/", None).await;
    let brought = door.brought(&sent);
    // Another browser, as one that somebody was lured into (login CSRF).
    let other = door.begin("/", None).await;
    assert!(not_begun(door.finish(&brought, Some(other.browser.as_str())).await));
    // And it is used up by that.
    assert!(not_begun(door.finish(&brought, Some(sent.browser.as_str())).await));
    let sent = door.begin("/", None).await;
    assert!(not_begun(door.finish(&door.brought(&sent), None).await));
    let sent = door.begin("/", None).await;
    let mut brought = door.brought(&sent);
    brought.insert("state".to_owned(), "made-up".to_owned());
    assert!(not_begun(door.finish(&brought, Some(sent.browser.as_str())).await));
    brought.remove("state");
    assert!(not_begun(door.finish(&brought, Some(sent.browser.as_str())).await));
    let sent = door.begin("/", None).await;
    let brought = door.brought(&sent);
    door.seconds.fetch_add(601, Ordering::Relaxed);
    assert!(not_begun(door.finish(&brought, Some(sent.browser.as_str())).await));
    let (sent, before) = (door.begin("/", None).await, door.fake.asked().len());
    let brought = door.brought(&sent);
    door.finish(&brought, Some(sent.browser.as_str())).await.expect("in");
    assert!(not_begun(door.finish(&brought, Some(sent.browser.as_str())).await));
    // Of what was not begun here the provider is asked nothing.
    assert_eq!(door.fake.asked().len(), before + 1);
}

#[tokio::test]
async fn what_the_provider_refuses_or_lies_signs_nobody_in() {
    let door = Door::with(Trust { sign_up: true, ..Trust::default() }).await;
    let sent = door.begin("/", None).await;
    let mut brought = door.brought(&sent);
    brought.remove("code");
    brought.insert("error".to_owned(), "access_denied\u{7}<script>".to_owned());
    let refused = door.finish(&brought, Some(sent.browser.as_str())).await;
    match refused {
        Err(AccessError::Provider(studio_oidc::Error::Refused { code, .. })) => {
            assert_eq!(code, "access_denied<script>");
        }
        other => panic!("{other:?}"),
    }
    let sent = door.begin("/", None).await;
    let brought = door.brought(&sent);
    door.fake.lie(Some(Lie::Nonce));
    let refused = door.finish(&brought, Some(sent.browser.as_str())).await;
    assert!(matches!(refused, Err(AccessError::Provider(_))), "{refused:?}");
    let elsewhere = door.access.begin_sign_in("other", BACK, "/", None, HERE).await;
    assert!(matches!(elsewhere, Err(AccessError::NoProvider)));
    assert!(!door.access.has_accounts().await.expect("asked"));
}

#[tokio::test]
async fn a_stranger_cannot_fill_the_catalogue_with_departures() {
    let door = Door::with(Trust::default()).await;
    let mut sent = 0;
    for _ in 0..100 {
        match door.access.begin_sign_in("fake", BACK, "/", None, HERE).await {
            Ok(_) => sent += 1,
            Err(AccessError::Throttled { retry_after }) => assert!(retry_after.as_secs() > 0),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(sent, 60);
    // Somebody from elsewhere goes all the same, and the first again a little later.
    let elsewhere = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
    door.access.begin_sign_in("fake", BACK, "/", None, elsewhere).await.expect("begun");
    door.seconds.fetch_add(10, Ordering::Relaxed);
    door.begin("/", None).await;
}
