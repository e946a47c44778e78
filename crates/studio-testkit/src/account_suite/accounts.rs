use studio_domain::{Account, ArtistName, Identity, PasswordHash, Role, UserName};
use studio_repo::{Error, SignIn};

use super::{AccountFixture, account, app_key, at, noted, put, secret, session, token};

/// By identity, name and address, with all that was said of it.
pub async fn an_account_is_found_as_it_is<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    assert!(!catalog.has_accounts().await.unwrap());
    let mut ann = account("Ann Lee", Role::Artist);
    ann.email = Some("Ann@Example.org".parse().unwrap());
    ann.artists = ["Émile", "The \"A\""].map(|name| ArtistName::new(name).unwrap()).to_vec();
    ann.disabled_at = Some(at(9));
    put(&*catalog, &[&ann, &account("bob", Role::Manager)]).await;
    let catalog = fixture.open();
    assert!(catalog.has_accounts().await.unwrap());
    assert_eq!(catalog.account(ann.id).await.unwrap().as_ref(), Some(&ann));
    let named = catalog.account_named(&"ann LEE".parse().unwrap()).await.unwrap();
    assert_eq!(named.as_ref(), Some(&ann));
    let written = catalog.account_with_email(&"ann@example.ORG".parse().unwrap()).await.unwrap();
    assert_eq!(written.as_ref(), Some(&ann));
    let nobody = account("nobody", Role::Listener);
    assert_eq!(catalog.account(nobody.id).await.unwrap(), None);
    assert_eq!(catalog.account_named(&nobody.name).await.unwrap(), None);
    assert_eq!(catalog.account_with_email(&"no@body".parse().unwrap()).await.unwrap(), None);
}

/// What is not said any more is gone, and a name or an address that was given up is free.
pub async fn an_account_takes_its_new_state<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let mut ann = account("ann", Role::Listener);
    ann.email = Some("ann@example.org".parse().unwrap());
    ann.artists = vec![ArtistName::new("A").unwrap()];
    put(&*catalog, &[&ann]).await;
    let before = ann.clone();
    ann = Account {
        name: "ANN".parse().unwrap(),
        email: None,
        artists: Vec::new(),
        password: None,
        updated_at: at(2),
        ..ann
    };
    put(&*catalog, &[&ann]).await;
    assert_eq!(catalog.account(ann.id).await.unwrap().as_ref(), Some(&ann));
    assert_eq!(catalog.account_with_email(&before.email.unwrap()).await.unwrap(), None);
    ann.name = "anna".parse().unwrap();
    let mut other = account("Ann", Role::Listener);
    other.email = Some("ANN@example.org".parse().unwrap());
    put(&*catalog, &[&ann, &other]).await;
    let named = catalog.account_named(&"ann".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(named, other);
}

/// And the one that was there stays as it is.
pub async fn names_and_addresses_are_taken_once_whatever_their_case<F: AccountFixture>(
    fixture: &F,
) {
    let catalog = fixture.open();
    let mut ann = account("Ann", Role::Listener);
    ann.email = Some("ann@example.org".parse().unwrap());
    let bob = account("bob", Role::Listener);
    put(&*catalog, &[&ann, &bob]).await;
    let done = noted("user.change", 2);
    for id in [account("x", Role::Listener).id, bob.id] {
        let same_name = Account { id, ..account("aNN", Role::Listener) };
        match catalog.put_account(&same_name, &done).await {
            Err(Error::AccountExists { name, email: None }) => assert_eq!(*name, same_name.name),
            unexpected => panic!("{unexpected:?}"),
        }
        let email = Some("Ann@EXAMPLE.org".parse().unwrap());
        let same_address = Account { id, email, ..account("Bob", Role::Listener) };
        match catalog.put_account(&same_address, &done).await {
            Err(Error::AccountExists { email: Some(_), .. }) if id == bob.id => {}
            Err(Error::AccountExists { .. }) if id != bob.id => {}
            unexpected => panic!("{unexpected:?}"),
        }
    }
    assert_eq!(catalog.accounts(None, 10).await.unwrap(), [ann, bob]);
}

/// Without regard to case, in pages that join to the whole.
pub async fn accounts_are_listed_by_name<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    assert_eq!(catalog.accounts(None, 10).await.unwrap(), []);
    let [b, a, d, c] = ["Bea", "ann", "Dan", "cy"].map(|name| account(name, Role::Listener));
    put(&*catalog, &[&b, &a, &d, &c]).await;
    let all = [a, b, c, d];
    let mut after: Option<UserName> = None;
    let mut joined = Vec::new();
    loop {
        let page = catalog.accounts(after.as_ref(), 3).await.unwrap();
        assert!(page.len() <= 3);
        let Some(last) = page.last() else { break };
        after = Some(last.name.clone());
        joined.extend(page);
    }
    assert_eq!(joined, all);
    assert_eq!(catalog.accounts(None, 0).await.unwrap().len(), 1, "a page has one at least");
}

/// It is there then, and noted; the second one is neither.
pub async fn the_first_account_is_put_once<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = (account("ann", Role::Manager), account("bob", Role::Manager));
    let first = noted("user.first", 1);
    assert!(catalog.put_first_account(&ann, &first).await.unwrap());
    assert!(!catalog.put_first_account(&bob, &noted("user.first", 2)).await.unwrap());
    assert_eq!(catalog.accounts(None, 10).await.unwrap(), [ann]);
    assert_eq!(catalog.audit(None, None, 10).await.unwrap(), [first]);
}

/// However many try at once.
pub async fn one_of_many_puts_the_first_account<F: AccountFixture>(fixture: &F) {
    let tries = (0..12).map(|n| {
        let catalog = fixture.open();
        tokio::spawn(async move {
            let one = account(&format!("user {n}"), Role::Manager);
            catalog.put_first_account(&one, &noted("user.first", n)).await.unwrap()
        })
    });
    let mut done = 0;
    for tried in tries.collect::<Vec<_>>() {
        done += usize::from(tried.await.unwrap());
    }
    assert_eq!(done, 1);
    assert_eq!(fixture.open().accounts(None, 100).await.unwrap().len(), 1);
}

/// Whether the last one is to go, to be disabled or to be something else; who is no manager
/// can always go.
pub async fn a_manager_always_stays<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let listener = account("lee", Role::Listener);
    let done = || noted("user.change", 2);
    put(&*catalog, &[&listener]).await;
    catalog.remove_account(listener.id, &done()).await.unwrap();
    let (ann, bob) = (account("ann", Role::Manager), account("bob", Role::Manager));
    put(&*catalog, &[&ann, &bob, &listener]).await;
    let disabled = Account { disabled_at: Some(at(3)), ..bob.clone() };
    catalog.put_account(&disabled, &done()).await.unwrap();
    let last = session(&ann, 1, 1);
    catalog.put_session(&last).await.unwrap();
    for refused in [
        Account { disabled_at: Some(at(3)), ..ann.clone() },
        Account { role: Role::Artist, ..ann.clone() },
    ] {
        let outcome = catalog.put_account(&refused, &done()).await;
        assert!(matches!(outcome, Err(Error::LastManager)), "{outcome:?}");
    }
    let outcome = catalog.remove_account(ann.id, &done()).await;
    assert!(matches!(outcome, Err(Error::LastManager)), "{outcome:?}");
    assert_eq!(catalog.account(ann.id).await.unwrap().as_ref(), Some(&ann));
    assert!(catalog.session(&last.secret).await.unwrap().is_some(), "nothing of it was done");
    // A new password of the last one is no reason to refuse, and with another manager it goes.
    let password = Some(PasswordHash::new("another".to_owned()));
    catalog.put_account(&Account { password, ..ann.clone() }, &done()).await.unwrap();
    catalog.remove_account(listener.id, &done()).await.unwrap();
    catalog.put_account(&bob, &done()).await.unwrap();
    catalog.remove_account(ann.id, &done()).await.unwrap();
    assert_eq!(catalog.accounts(None, 10).await.unwrap(), [bob]);
}

/// Nothing of others goes; what it did stays noted.
pub async fn an_account_goes_with_what_is_its_own<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = (account("ann", Role::Listener), account("bob", Role::Manager));
    put(&*catalog, &[&ann, &bob]).await;
    let done = noted("made", 2);
    for (who, seed) in [(&ann, 1), (&bob, 2)] {
        catalog.put_session(&session(who, seed, 1)).await.unwrap();
        catalog.put_token(&token(who, "t", seed, 1), &made()).await.unwrap();
        catalog.put_app_key(&app_key(who, "k", 1), &made()).await.unwrap();
        catalog.put_sign_in(&sign_in_for(who, seed)).await.unwrap();
        catalog.link_identity(&identity(who, who.name.as_str()), &made()).await.unwrap();
    }
    let mut by_ann = done.clone();
    by_ann.account = Some(ann.id);
    catalog.note(&by_ann).await.unwrap();
    let gone = noted("user.remove", 3);
    catalog.remove_account(ann.id, &gone).await.unwrap();
    assert_eq!(catalog.account(ann.id).await.unwrap(), None);
    assert_eq!(catalog.session(&secret(1)).await.unwrap(), None);
    assert_eq!(catalog.token(&secret(1)).await.unwrap(), None);
    assert!(catalog.take_sign_in(&secret(1)).await.unwrap().is_none());
    assert_eq!(catalog.account_of_identity("https://id", "ann").await.unwrap(), None);
    assert_eq!(catalog.app_keys_of(&ann.name).await.unwrap(), None);
    assert_eq!(catalog.audit(Some(ann.id), None, 10).await.unwrap(), [by_ann]);
    assert_eq!(catalog.audit(None, None, 1).await.unwrap(), [gone]);
    assert!(catalog.session(&secret(2)).await.unwrap().is_some());
    assert!(catalog.token(&secret(2)).await.unwrap().is_some());
    assert!(catalog.take_sign_in(&secret(2)).await.unwrap().is_some());
    assert_eq!(catalog.identities_of(bob.id).await.unwrap().len(), 1);
    // Whoever takes the name has nothing of the one who had it.
    let next = account("Ann", Role::Listener);
    put(&*catalog, &[&next]).await;
    assert_eq!(catalog.app_keys_of(&next.name).await.unwrap(), Some((next, Vec::new())));
}

fn made() -> studio_domain::AuditEntry {
    noted("made", 1)
}

fn sign_in_for(who: &Account, seed: u8) -> SignIn {
    SignIn { account: Some(who.id), ..super::sessions::sign_in(seed, 100) }
}

fn identity(of: &Account, subject: &str) -> Identity {
    Identity {
        issuer: "https://id".to_owned(),
        subject: subject.to_owned(),
        account: of.id,
        email: Some("whoever@example.org".to_owned()),
        linked_at: at(5),
    }
}

/// And gets nothing back with the right to come in; others keep theirs.
pub async fn who_may_not_come_in_has_nothing_to_come_in_with<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (mut ann, bob) = (account("ann", Role::Listener), account("bob", Role::Manager));
    put(&*catalog, &[&ann, &bob]).await;
    let key = app_key(&ann, "k", 1);
    catalog.put_app_key(&key, &made()).await.unwrap();
    for (who, seed) in [(&ann, 1), (&bob, 2)] {
        catalog.put_session(&session(who, seed, 1)).await.unwrap();
        catalog.put_token(&token(who, "t", seed, 1), &made()).await.unwrap();
    }
    catalog.link_identity(&identity(&ann, "ann"), &made()).await.unwrap();
    for disabled_at in [Some(at(5)), None] {
        ann.disabled_at = disabled_at;
        put(&*catalog, &[&ann]).await;
        assert_eq!(catalog.session(&secret(1)).await.unwrap(), None);
        assert_eq!(catalog.token(&secret(1)).await.unwrap(), None);
        assert_eq!(catalog.app_key(key.id).await.unwrap(), None);
    }
    assert_eq!(catalog.identities_of(ann.id).await.unwrap().len(), 1, "who it is stays known");
    assert!(catalog.session(&secret(2)).await.unwrap().is_some());
    assert!(catalog.token(&secret(2)).await.unwrap().is_some());
}

/// Tokens stay; what else changes ends nothing.
pub async fn a_new_password_or_role_ends_sessions<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let mut ann = account("ann", Role::Listener);
    put(&*catalog, &[&ann]).await;
    catalog.put_token(&token(&ann, "t", 9, 1), &made()).await.unwrap();
    let password = Some(PasswordHash::new("another".to_owned()));
    let changes = [
        (Account { name: "anna".parse().unwrap(), updated_at: at(2), ..ann.clone() }, true),
        (Account { password: password.clone(), ..ann.clone() }, false),
        (Account { password: password.clone(), role: Role::Artist, ..ann.clone() }, false),
        (Account { password: None, role: Role::Artist, ..ann.clone() }, false),
    ];
    for (n, (changed, stays)) in (1..).zip(changes) {
        catalog.put_session(&session(&ann, n, 1)).await.unwrap();
        put(&*catalog, &[&changed]).await;
        let found = catalog.session(&secret(n)).await.unwrap();
        assert_eq!(found.is_some(), stays, "change {n}");
        ann = changed;
    }
    assert!(catalog.token(&secret(9)).await.unwrap().is_some());
}

/// One that cannot have its identity is not there, and neither is an identity without its account.
pub async fn an_account_comes_with_its_identity_or_not_at_all<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, other) = (account("ann", Role::Listener), account("ann-2", Role::Listener));
    let done = noted("user.sign-up", 1);
    catalog.put_account_of(&identity(&ann, "s"), &ann, &done).await.unwrap();
    let found = catalog.account_of_identity("https://id", "s").await.unwrap();
    assert_eq!(found.as_ref(), Some(&ann));
    let taken = catalog.put_account_of(&identity(&other, "s"), &other, &noted("no", 2)).await;
    assert!(matches!(taken, Err(Error::IdentityTaken)), "{taken:?}");
    let same = Account { name: ann.name.clone(), ..other };
    let named = catalog.put_account_of(&identity(&same, "t"), &same, &noted("no", 3)).await;
    assert!(matches!(named, Err(Error::AccountExists { .. })), "{named:?}");
    assert_eq!(catalog.accounts(None, 10).await.unwrap(), [ann]);
    assert_eq!(catalog.account_of_identity("https://id", "t").await.unwrap(), None);
    assert_eq!(catalog.audit(None, None, 10).await.unwrap(), [done]);
}

/// And can be linked again to the one that has it, but to no other.
pub async fn an_identity_is_that_of_one_account<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = (account("ann", Role::Listener), account("bob", Role::Manager));
    put(&*catalog, &[&ann, &bob]).await;
    let link = noted("link", 2);
    let at_other = Identity { issuer: "https://other".to_owned(), ..identity(&ann, "s") };
    let early = Identity { linked_at: at(2), email: None, ..at_other };
    catalog.link_identity(&identity(&ann, "s"), &link).await.unwrap();
    catalog.link_identity(&early, &noted("link", 3)).await.unwrap();
    let relinked = Identity { email: None, linked_at: at(7), ..identity(&ann, "s") };
    catalog.link_identity(&relinked, &noted("link", 4)).await.unwrap();
    let taken = catalog.link_identity(&identity(&bob, "s"), &noted("link", 5)).await;
    assert!(matches!(taken, Err(Error::IdentityTaken)), "{taken:?}");
    let of_identity = catalog.account_of_identity("https://id", "s").await.unwrap();
    assert_eq!(of_identity.as_ref(), Some(&ann));
    // Both are compared letter by letter.
    assert_eq!(catalog.account_of_identity("https://id", "S").await.unwrap(), None);
    assert_eq!(catalog.identities_of(ann.id).await.unwrap(), [early.clone(), relinked]);
    for n in 6..8 {
        catalog.unlink_identity("https://id", "s", &noted("unlink", n)).await.unwrap();
    }
    assert_eq!(catalog.account_of_identity("https://id", "s").await.unwrap(), None);
    assert_eq!(catalog.identities_of(ann.id).await.unwrap(), [early]);
    catalog.link_identity(&identity(&bob, "s"), &noted("link", 9)).await.unwrap();
    assert_eq!(catalog.identities_of(bob.id).await.unwrap(), [identity(&bob, "s")]);
}
