use studio_domain::{Account, Role, Session};
use studio_repo::{FoundSession, SignIn};

use super::{AccountFixture, Accounts, account, at, put, secret, session};

pub(super) fn sign_in(seed: u8, until: i64) -> SignIn {
    SignIn {
        state: secret(seed),
        browser: secret(seed.wrapping_add(100)),
        provider: "home".to_owned(),
        nonce: "a nonce".to_owned(),
        verifier: "a verifier".to_owned(),
        return_to: "/albums?page=2".to_owned(),
        account: None,
        expires_at: at(until),
    }
}

async fn ann(catalog: &dyn Accounts) -> Account {
    let ann = account("ann", Role::Listener);
    put(catalog, &[&ann]).await;
    ann
}

/// Whatever its state and that of its account.
pub async fn a_session_is_found_by_its_secret<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let ann = ann(&*catalog).await;
    let mut first = session(&ann, 1, 1);
    catalog.put_session(&first).await.unwrap();
    assert_eq!(catalog.session(&secret(2)).await.unwrap(), None);
    catalog.see_session(first.id, at(50), at(60)).await.unwrap();
    first.seen_at = at(50);
    let found = fixture.open().session(&first.secret).await.unwrap();
    let expected = FoundSession { session: first.clone(), account: ann, former_until: None };
    assert_eq!(found, Some(expected));
    catalog.remove_session(first.id).await.unwrap();
    catalog.remove_session(first.id).await.unwrap();
    assert_eq!(catalog.session(&first.secret).await.unwrap(), None);
    catalog.see_session(first.id, at(51), at(61)).await.unwrap();
    assert_eq!(catalog.session(&first.secret).await.unwrap(), None, "to see makes none");
}

fn renewed(session: &Session, seed: u8, seconds: i64) -> Session {
    Session {
        secret: secret(seed),
        renewed_at: at(seconds),
        seen_at: at(seconds),
        expires_at: at(seconds + 100),
        ..session.clone()
    }
}

/// The secret before is told as such, the one before that is nobody's.
pub async fn a_session_is_renewed_by_who_has_its_secret<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let ann = ann(&*catalog).await;
    let (first, other) = (session(&ann, 1, 1), session(&ann, 9, 1));
    catalog.put_session(&first).await.unwrap();
    catalog.put_session(&other).await.unwrap();
    let second = renewed(&first, 2, 10);
    assert!(!catalog.renew_session(&secret(7), &second, at(40)).await.unwrap());
    assert!(catalog.renew_session(&secret(1), &second, at(40)).await.unwrap());
    assert!(!catalog.renew_session(&secret(1), &renewed(&first, 3, 11), at(41)).await.unwrap());
    let by_new = catalog.session(&secret(2)).await.unwrap().unwrap();
    assert_eq!((&by_new.session, by_new.former_until), (&second, None));
    let by_former = catalog.session(&secret(1)).await.unwrap().unwrap();
    assert_eq!((&by_former.session, by_former.former_until), (&second, Some(at(40))));
    assert_eq!(by_former.account, ann);
    let third = renewed(&second, 3, 20);
    assert!(catalog.renew_session(&secret(2), &third, at(50)).await.unwrap());
    assert_eq!(catalog.session(&secret(1)).await.unwrap(), None);
    let by_former = catalog.session(&secret(2)).await.unwrap().unwrap();
    assert_eq!((by_former.session, by_former.former_until), (third, Some(at(50))));
    // Whoever comes with the new one ends the time of the old one, and never prolongs it.
    for (former_until, expected) in [(45, 45), (48, 45)] {
        catalog.see_session(first.id, at(44), at(former_until)).await.unwrap();
        let by_former = catalog.session(&secret(2)).await.unwrap().unwrap();
        assert_eq!(by_former.former_until, Some(at(expected)));
    }
    let untouched = catalog.session(&other.secret).await.unwrap().unwrap();
    assert_eq!((untouched.session, untouched.former_until), (other, None));
}

/// However many tabs come with the same secret at once.
pub async fn one_of_many_renews_a_session<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let ann = ann(&*catalog).await;
    let first = session(&ann, 1, 1);
    catalog.put_session(&first).await.unwrap();
    let tries = (2..12).map(|seed| {
        let (catalog, new) = (fixture.open(), renewed(&first, seed, 10));
        tokio::spawn(async move { catalog.renew_session(&secret(1), &new, at(40)).await.unwrap() })
    });
    let mut done = 0;
    for tried in tries.collect::<Vec<_>>() {
        done += usize::from(tried.await.unwrap());
    }
    assert_eq!(done, 1);
    let found = catalog.session(&secret(1)).await.unwrap().unwrap();
    assert_eq!(found.former_until, Some(at(40)));
}

/// The newest first, without those that have ended.
pub async fn sessions_of_an_account_are_listed_and_ended<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = (ann(&*catalog).await, account("bob", Role::Listener));
    put(&*catalog, &[&bob]).await;
    let all = [session(&ann, 1, 30), session(&ann, 2, 20), session(&ann, 3, 10)];
    let theirs = session(&bob, 4, 10);
    for session in all.iter().rev().chain([&theirs]) {
        catalog.put_session(session).await.unwrap();
    }
    assert_eq!(catalog.sessions_of(ann.id, at(30)).await.unwrap(), all);
    assert_eq!(catalog.sessions_of(ann.id, at(110)).await.unwrap(), all[..2]);
    assert_eq!(catalog.sessions_of(ann.id, at(500)).await.unwrap(), []);
    assert_eq!(catalog.remove_sessions_of(ann.id, Some(all[1].id)).await.unwrap(), 2);
    assert_eq!(catalog.sessions_of(ann.id, at(30)).await.unwrap(), all[1..2]);
    assert_eq!(catalog.remove_sessions_of(ann.id, None).await.unwrap(), 1);
    assert_eq!(catalog.remove_sessions_of(ann.id, None).await.unwrap(), 0);
    assert_eq!(catalog.sessions_of(bob.id, at(30)).await.unwrap(), [theirs]);
}

/// However many come back with it.
pub async fn a_sign_in_is_taken_once<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let ann = ann(&*catalog).await;
    let (plain, mut linking) = (sign_in(1, 100), sign_in(2, 100));
    linking.account = Some(ann.id);
    catalog.put_sign_in(&plain).await.unwrap();
    catalog.put_sign_in(&linking).await.unwrap();
    assert!(catalog.take_sign_in(&secret(3)).await.unwrap().is_none());
    assert!(catalog.take_sign_in(&linking.state).await.unwrap() == Some(linking.clone()));
    assert!(catalog.take_sign_in(&linking.state).await.unwrap().is_none());
    let tries = (0..8).map(|_| {
        let catalog = fixture.open();
        tokio::spawn(async move { catalog.take_sign_in(&secret(1)).await.unwrap() })
    });
    let mut taken = Vec::new();
    for tried in tries.collect::<Vec<_>>() {
        taken.extend(tried.await.unwrap());
    }
    assert!(taken == [plain]);
    let said = format!("{linking:?}");
    assert!(!said.contains("verifier") && !said.contains("nonce"), "{said}");
}

/// And nothing else, to the moment.
pub async fn what_has_ended_is_swept_out<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let ann = ann(&*catalog).await;
    let [ended, ends, lasts] = [1, 2, 3].map(|n| session(&ann, n, i64::from(n)));
    for session in [&ended, &ends, &lasts] {
        catalog.put_session(session).await.unwrap();
    }
    for (seed, until) in [(11, 101), (12, 102), (13, 103)] {
        catalog.put_sign_in(&sign_in(seed, until)).await.unwrap();
    }
    assert_eq!(catalog.sweep(at(102)).await.unwrap(), 4);
    assert_eq!(catalog.sweep(at(102)).await.unwrap(), 0);
    assert_eq!(catalog.sessions_of(ann.id, at(0)).await.unwrap(), [lasts]);
    assert!(catalog.take_sign_in(&secret(12)).await.unwrap().is_none());
    assert!(catalog.take_sign_in(&secret(13)).await.unwrap().is_some());
}
