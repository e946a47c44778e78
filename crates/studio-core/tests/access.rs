//! Who may come in: accounts, passwords, sessions, tokens and keys, on a catalogue in memory.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use studio_core::access::{
    Access, AccessError, AccountChange, Actor, KeyProof, NewAccount, NewToken, Opened,
    PasswordProblem, StudioSecret, Visit,
};
use studio_core::{CatalogError, Error, ErrorKind, SqliteCatalog, Timestamp};
use studio_domain::{Account, Role, Scope, Scopes, UserName};

const PASSWORD: &str = "correct horse battery";
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1));
const DAY: i64 = 24 * 3600;

/// A studio with a clock that tests set, in seconds.
struct Door {
    access: Access,
    seconds: Arc<AtomicI64>,
}

impl Door {
    fn new() -> Self {
        let seconds = Arc::new(AtomicI64::new(1_000_000));
        let clock = Arc::clone(&seconds);
        let catalog = Arc::new(SqliteCatalog::in_memory().expect("a catalogue"));
        let access = Access::new(catalog, StudioSecret::new([7; 32]))
            .with_clock(move || Timestamp::from_micros(clock.load(Ordering::Relaxed) * 1_000_000));
        Self { access, seconds }
    }

    fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    async fn add(&self, name: &str, role: Role) -> Account {
        let new = NewAccount { name: named(name), email: None, role, artists: Vec::new() };
        self.access.add_account(new, Some(PASSWORD), &operator()).await.expect("an account")
    }

    async fn sign_in(&self, name: &str, password: &str) -> Result<Opened, AccessError> {
        self.access.sign_in(name, password, visit(HERE)).await
    }

    async fn actions(&self) -> Vec<String> {
        let entries = self.access.audit(None, None, 100).await.expect("the log");
        entries.into_iter().rev().map(|entry| entry.action).collect()
    }
}

fn named(name: &str) -> UserName {
    name.parse().expect("a name")
}

fn operator() -> Actor {
    let [name, way, address] = ["root", "command line", "console"].map(str::to_owned);
    Actor { account: None, name, way, address }
}

fn visit(address: IpAddr) -> Visit<'static> {
    Visit { address, agent: "Browser/1", device: None }
}

fn denied<T>(result: Result<T, AccessError>) -> AccessError {
    match result {
        Ok(_) => panic!("it was let in"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn who_has_the_password_gets_in_and_is_known_then() {
    let door = Door::new();
    let ann = door.add("Ann", Role::Manager).await;
    let opened = door.sign_in("ANN", PASSWORD).await.expect("in");
    assert_eq!(opened.account, ann);
    assert_eq!(opened.session.address, "192.0.2.7");
    let entered = door.access.know_session(opened.secret.as_str()).await.expect("asked");
    let entered = entered.expect("known");
    assert_eq!((entered.account, entered.renewed), (ann, None));
    assert_eq!(door.actions().await, ["user.add", "session.begin"]);
    let shown = format!("{opened:?}");
    assert!(!shown.contains(opened.secret.as_str()) && !shown.contains("argon2"), "{shown}");
}

#[tokio::test]
async fn a_name_that_nobody_has_is_told_from_a_wrong_password_by_nothing() {
    let door = Door::new();
    door.add("ann", Role::Listener).await;
    let disabled = door.add("bob", Role::Listener).await;
    let off = AccountChange { enabled: Some(false), ..AccountChange::default() };
    door.add("boss", Role::Manager).await;
    door.access.change_account(&disabled.name, off, &operator()).await.expect("disabled");
    let long = "x".repeat(1 << 20);
    let tries = [
        ("ann", "wrong password"),
        ("eve", PASSWORD),
        ("bob", PASSWORD),
        ("\0", PASSWORD),
        ("ann", &long),
    ];
    for (name, password) in tries {
        let error = denied(door.sign_in(name, password).await);
        assert!(matches!(error, AccessError::Denied), "{name}: {error}");
        assert_eq!(error.to_string(), "the name or the password is wrong");
    }
}

#[tokio::test]
async fn a_stranger_locks_nobody_out() {
    let door = Door::new();
    door.add("ann", Role::Manager).await;
    let known = door.sign_in("ann", PASSWORD).await.expect("in");
    let mut throttled = 0;
    for _ in 0..10_000 {
        match denied(door.sign_in("ann", "wrong password").await) {
            AccessError::Throttled { retry_after } => {
                assert!(retry_after > Duration::ZERO && retry_after <= Duration::from_secs(61));
                throttled += 1;
            }
            AccessError::Denied => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(throttled, 10_000 - 10);
    // The right password does not help there now, but elsewhere it does,
    assert_eq!(denied(door.sign_in("ann", PASSWORD).await).kind(), ErrorKind::Unavailable);
    door.access.sign_in("ann", PASSWORD, visit(ELSEWHERE)).await.expect("in from elsewhere");
    // and in the very same network, too, with a browser that has been here before.
    let again = Visit { device: Some(known.device.as_str()), ..visit(HERE) };
    door.access.sign_in("ann", PASSWORD, again).await.expect("in with a browser that is known");
    // What tells of a browser is good for its name alone, and cannot be made up.
    door.add("bob", Role::Listener).await;
    for device in [known.device.as_str(), "", "AAAA", &"A".repeat(48)] {
        let other = Visit { device: Some(device), ..visit(HERE) };
        let name = if device == known.device.as_str() { "bob" } else { "ann" };
        let failed = denied(door.access.sign_in(name, "wrong password", other).await);
        assert!(matches!(failed, AccessError::Throttled { .. } | AccessError::Denied), "{failed}");
    }
    door.pass(3600);
    door.sign_in("ann", PASSWORD).await.expect("in again, later");
}

#[tokio::test]
async fn what_a_browser_comes_with_is_replaced_each_day() {
    let door = Door::new();
    door.add("ann", Role::Listener).await;
    let first = door.sign_in("ann", PASSWORD).await.expect("in").secret;
    let know = async |text: &str| door.access.know_session(text).await.expect("asked");
    door.pass(DAY - 1);
    assert_eq!(know(first.as_str()).await.expect("known").renewed, None);
    door.pass(1);
    let second = know(first.as_str()).await.expect("known").renewed.expect("replaced");
    assert_ne!(second, first);
    // Another request that was under way, or an answer that was lost: the same, and no haste.
    door.pass(3600);
    assert_eq!(know(first.as_str()).await.expect("known").renewed, Some(second.clone()));
    // Once the browser came with the new one, the old one holds for a minute.
    assert_eq!(know(second.as_str()).await.expect("known").renewed, None);
    door.pass(59);
    assert_eq!(know(first.as_str()).await.expect("known").renewed, Some(second.clone()));
    door.pass(1);
    // Somebody else has it: out with both.
    assert_eq!(know(first.as_str()).await, None);
    assert_eq!(know(second.as_str()).await, None);
    assert_eq!(door.actions().await.last().map(String::as_str), Some("session.replayed"));
}

#[tokio::test]
async fn sessions_end() {
    let door = Door::new();
    let ann = door.add("ann", Role::Manager).await;
    let know = async |text: &str| door.access.know_session(text).await.expect("asked");
    let idle = door.sign_in("ann", PASSWORD).await.expect("in").secret;
    door.pass(14 * DAY - 1);
    assert!(know(idle.as_str()).await.is_some());
    let unused = door.sign_in("ann", PASSWORD).await.expect("in").secret;
    door.pass(14 * DAY);
    assert_eq!(know(unused.as_str()).await, None);
    // However much it is used, it ends after ninety days.
    let mut used = door.sign_in("ann", PASSWORD).await.expect("in").secret;
    for _ in 0..89 {
        door.pass(DAY);
        let entered = know(used.as_str()).await.expect("known");
        used = entered.renewed.unwrap_or(used);
    }
    door.pass(DAY);
    assert_eq!(know(used.as_str()).await, None);
    assert!(door.access.sweep().await.expect("swept") >= 2);
    // By its owner, by a new password, by a manager.
    let [one, two] = [door.sign_in("ann", PASSWORD).await, door.sign_in("ann", PASSWORD).await];
    let (one, two) = (one.expect("in"), two.expect("in"));
    let who = Actor::of(&ann, "session", "192.0.2.7");
    assert!(door.access.end_session(&ann, one.session.id, &who).await.expect("ended"));
    assert!(!door.access.end_session(&ann, one.session.id, &who).await.expect("gone already"));
    assert_eq!(know(one.secret.as_str()).await, None);
    assert!(know(two.secret.as_str()).await.is_some());
    door.access.set_password(&ann.name, "another fine password", &who).await.expect("set");
    assert_eq!(know(two.secret.as_str()).await, None);
    assert!(matches!(denied(door.sign_in("ann", PASSWORD).await), AccessError::Denied));
    door.sign_in("ann", "another fine password").await.expect("in with the new one");
}

#[tokio::test]
async fn each_session_has_a_word_of_its_own_against_forged_requests() {
    let door = Door::new();
    door.add("ann", Role::Manager).await;
    let [one, two] = [door.sign_in("ann", PASSWORD).await, door.sign_in("ann", PASSWORD).await];
    let [one, two] = [one.expect("in").session.id, two.expect("in").session.id];
    let word = door.access.csrf_token(one);
    assert!(door.access.is_csrf_token(one, word.as_str()));
    assert!(!door.access.is_csrf_token(two, word.as_str()));
    assert!(!door.access.is_csrf_token(one, ""));
}

#[tokio::test]
async fn tokens_hold_as_long_and_as_far_as_they_were_made_for() {
    let door = Door::new();
    let ann = door.add("ann", Role::Manager).await;
    let scopes = Scopes::new([Scope::Read]).expect("a scope");
    let name = "laptop".parse().expect("a name");
    let new = NewToken { name, scopes, holds: Some(Duration::from_secs(3600)) };
    let (token, text) =
        door.access.create_token(&ann.name, new.clone(), &operator()).await.expect("made");
    let know = async |text: &str| door.access.know_token(text).await.expect("asked");
    let (found, owner) = know(text.as_str()).await.expect("known");
    assert_eq!((found.id, found.scopes, owner.id), (token.id, token.scopes.clone(), ann.id));
    for wrong in ["", "studio_", &text.as_str()[..40], &text.as_str().to_uppercase()] {
        assert_eq!(know(wrong).await, None, "{wrong}");
    }
    let twice = denied(door.access.create_token(&ann.name, new, &operator()).await);
    assert_eq!(twice.kind(), ErrorKind::Conflict);
    door.pass(3600);
    assert_eq!(know(text.as_str()).await, None);
    let lasting = NewToken {
        name: "server".parse().expect("a name"),
        scopes: Scopes::new([Scope::Ingest]).expect("a scope"),
        holds: None,
    };
    let (lasting, text) =
        door.access.create_token(&ann.name, lasting, &operator()).await.expect("made");
    door.pass(1000 * DAY);
    assert!(know(text.as_str()).await.is_some());
    assert!(door.access.revoke_token(lasting.id, &operator()).await.expect("revoked"));
    assert!(!door.access.revoke_token(lasting.id, &operator()).await.expect("gone already"));
    assert_eq!(know(text.as_str()).await, None);
}

fn salted(key: &str, salt: &str) -> String {
    use md5::Digest as _;
    md5::Md5::digest(format!("{key}{salt}")).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn players_show_their_key_or_a_hash_of_it() {
    let door = Door::new();
    let (ann, bob) = (door.add("ann", Role::Listener).await, door.add("bob", Role::Listener).await);
    door.add("boss", Role::Manager).await;
    let phone = "phone".parse().expect("a name");
    let (key, text) =
        door.access.create_app_key(&ann.name, phone, &operator()).await.expect("made");
    let text = text.as_str();
    let (found, owner) = door.access.know_app_key(text).await.expect("asked").expect("known");
    assert_eq!((found.id, &owner.id), (key.id, &ann.id));
    let token = salted(text, "c19b2d");
    let proof = KeyProof::Salted { token: &token, salt: "c19b2d" };
    let know = async |name: &UserName, proof| {
        let found = door.access.know_player(name, proof).await.expect("asked");
        found.map(|(_, account)| account.id)
    };
    assert_eq!(know(&ann.name, proof).await, Some(ann.id));
    assert_eq!(know(&ann.name, KeyProof::Key(text)).await, Some(ann.id));
    assert_eq!(know(&bob.name, proof).await, None);
    assert_eq!(know(&named("eve"), proof).await, None);
    assert_eq!(know(&ann.name, KeyProof::Salted { token: &token, salt: "c19b2e" }).await, None);
    // Never the password of the account, in whatever form.
    let token = salted(PASSWORD, "c19b2d");
    assert_eq!(know(&ann.name, KeyProof::Key(PASSWORD)).await, None);
    assert_eq!(know(&ann.name, KeyProof::Salted { token: &token, salt: "c19b2d" }).await, None);
    // A key whose identity was changed to that of another is none.
    let mut forged = text.to_owned();
    forged.replace_range(20..21, if &text[20..21] == "A" { "B" } else { "A" });
    for wrong in ["", "x", forged.as_str(), &text[1..]] {
        assert_eq!(door.access.know_app_key(wrong).await.expect("asked"), None, "{wrong}");
    }
    assert!(door.access.revoke_app_key(key.id, &operator()).await.expect("revoked"));
    assert_eq!(door.access.know_app_key(text).await.expect("asked"), None);
    assert_eq!(know(&ann.name, KeyProof::Key(text)).await, None);
}

#[tokio::test]
async fn who_is_disabled_is_out_with_all_that_they_had() {
    let door = Door::new();
    let (_, ann) = (door.add("boss", Role::Manager).await, door.add("ann", Role::Artist).await);
    let opened = door.sign_in("ann", PASSWORD).await.expect("in");
    let scopes = Scopes::new([Scope::Read]).expect("a scope");
    let new = NewToken { name: "laptop".parse().expect("a name"), scopes, holds: None };
    let (_, token) =
        door.access.create_token(&ann.name, new.clone(), &operator()).await.expect("made");
    let phone = "phone".parse().expect("a name");
    let (_, key) = door.access.create_app_key(&ann.name, phone, &operator()).await.expect("made");
    let set = |enabled| AccountChange { enabled: Some(enabled), ..AccountChange::default() };
    let change = async |enabled| {
        door.access.change_account(&ann.name, set(enabled), &operator()).await.expect("changed")
    };
    assert!(!change(false).await.is_enabled());
    assert_eq!(door.access.know_session(opened.secret.as_str()).await.expect("asked"), None);
    assert_eq!(door.access.know_token(token.as_str()).await.expect("asked"), None);
    assert_eq!(door.access.know_app_key(key.as_str()).await.expect("asked"), None);
    let refused = denied(door.access.create_token(&ann.name, new, &operator()).await);
    assert!(matches!(refused, AccessError::Disabled { .. }), "{refused}");
    // Nothing of it comes back with the account.
    assert!(change(true).await.is_enabled());
    assert_eq!(door.access.know_token(token.as_str()).await.expect("asked"), None);
    door.sign_in("ann", PASSWORD).await.expect("in again");
}

#[tokio::test]
async fn accounts_are_kept_apart_and_one_manager_stays() {
    let door = Door::new();
    assert!(!door.access.has_accounts().await.expect("asked"));
    let boss = door.add("boss", Role::Manager).await;
    let again =
        NewAccount { name: named("BOSS"), email: None, role: Role::Listener, artists: Vec::new() };
    let twice = denied(door.access.add_account(again.clone(), None, &operator()).await);
    assert_eq!(twice.kind(), ErrorKind::Conflict);
    let email = Some("ann@example.org".parse().expect("an address"));
    let ann = NewAccount { name: named("ann"), email: email.clone(), ..again.clone() };
    door.access.add_account(ann, None, &operator()).await.expect("made");
    let bob = NewAccount { name: named("bob"), email, ..again };
    let same = denied(door.access.add_account(bob, None, &operator()).await);
    assert!(same.to_string().contains("ann@example.org"), "{same}");
    // An account without a password is entered by no password.
    assert!(matches!(denied(door.sign_in("ann", "").await), AccessError::Denied));
    let less = AccountChange { role: Some(Role::Listener), ..AccountChange::default() };
    let off = AccountChange { enabled: Some(false), ..AccountChange::default() };
    for change in [less, off] {
        let kept = denied(door.access.change_account(&boss.name, change, &operator()).await);
        let AccessError::Failed(Error::Catalog(CatalogError::LastManager)) = kept else {
            panic!("{kept}");
        };
    }
    assert!(door.access.remove_account(&boss.name, &operator()).await.is_err());
    let easy = denied(door.access.set_password(&boss.name, "short", &operator()).await);
    assert!(matches!(easy, AccessError::Password(PasswordProblem::Short)), "{easy}");
    let nobody = denied(door.access.set_password(&named("eve"), PASSWORD, &operator()).await);
    assert_eq!(nobody.kind(), ErrorKind::NotFound);
}
