use studio_domain::{Account, Role};
use studio_repo::Error;

use super::{AccountFixture, Accounts, account, app_key, at, noted, put, secret, token};

async fn two(catalog: &dyn Accounts) -> (Account, Account) {
    let (ann, bob) = (account("Ann", Role::Artist), account("bob", Role::Listener));
    put(catalog, &[&ann, &bob]).await;
    (ann, bob)
}

/// With whose it is, until it is taken out.
pub async fn a_token_is_found_by_its_secret<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, _) = two(&*catalog).await;
    let mut made = token(&ann, "laptop", 1, 2);
    made.expires_at = Some(at(3));
    catalog.put_token(&made, &noted("token.add", 2)).await.unwrap();
    assert_eq!(catalog.token(&secret(2)).await.unwrap(), None);
    catalog.see_token(made.id, at(9)).await.unwrap();
    made.seen_at = Some(at(9));
    let found = fixture.open().token(&secret(1)).await.unwrap();
    assert_eq!(found, Some((made.clone(), ann)), "whether it has ended or not");
    let gone = noted("token.remove", 3);
    assert!(catalog.remove_token(made.id, &gone).await.unwrap());
    assert!(!catalog.remove_token(made.id, &noted("token.remove", 4)).await.unwrap());
    assert_eq!(catalog.token(&secret(1)).await.unwrap(), None);
    assert_eq!(catalog.audit(None, None, 1).await.unwrap(), [gone], "only what was done is noted");
}

/// Those of one account or of all, with the names of the accounts.
pub async fn tokens_are_listed_the_newest_first<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = two(&*catalog).await;
    let all = [token(&ann, "b", 1, 30), token(&bob, "b", 2, 20), token(&ann, "a", 3, 10)];
    for token in [&all[1], &all[0], &all[2]] {
        catalog.put_token(token, &noted("token.add", 2)).await.unwrap();
    }
    let listed = catalog.tokens(None).await.unwrap();
    let names: Vec<_> = listed.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["Ann", "bob", "Ann"]);
    let tokens: Vec<_> = listed.into_iter().map(|(token, _)| token).collect();
    assert_eq!(tokens, all);
    let of_ann = catalog.tokens(Some(ann.id)).await.unwrap();
    let of_ann: Vec<_> = of_ann.into_iter().map(|(token, _)| token).collect();
    assert_eq!(of_ann, [all[0].clone(), all[2].clone()]);
}

/// With whose it is, until it is taken out.
pub async fn an_app_key_is_found_by_its_identity<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, _) = two(&*catalog).await;
    let mut key = app_key(&ann, "phone", 2);
    assert_eq!(catalog.app_key(key.id).await.unwrap(), None);
    catalog.put_app_key(&key, &noted("key.add", 2)).await.unwrap();
    catalog.see_app_key(key.id, at(9)).await.unwrap();
    key.seen_at = Some(at(9));
    assert_eq!(fixture.open().app_key(key.id).await.unwrap(), Some((key.clone(), ann)));
    let gone = noted("key.remove", 3);
    assert!(catalog.remove_app_key(key.id, &gone).await.unwrap());
    assert!(!catalog.remove_app_key(key.id, &noted("key.remove", 4)).await.unwrap());
    assert_eq!(catalog.app_key(key.id).await.unwrap(), None);
    assert_eq!(catalog.audit(None, None, 1).await.unwrap(), [gone], "only what was done is noted");
}

/// The newest first; an account without one is told from none.
pub async fn app_keys_are_found_by_the_name_of_their_account<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = two(&*catalog).await;
    let (old, new) = (app_key(&ann, "phone", 2), app_key(&ann, "car", 5));
    for key in [&old, &new] {
        catalog.put_app_key(key, &noted("key.add", 2)).await.unwrap();
    }
    let found = catalog.app_keys_of(&"ANN".parse().unwrap()).await.unwrap();
    assert_eq!(found, Some((ann, vec![new, old])));
    let found = catalog.app_keys_of(&bob.name).await.unwrap();
    assert_eq!(found, Some((bob, Vec::new())));
    assert_eq!(catalog.app_keys_of(&"nobody".parse().unwrap()).await.unwrap(), None);
}

/// Without regard to case. Another account, and a key beside a token, may have the same.
pub async fn names_of_tokens_are_taken_once_for_an_account<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = two(&*catalog).await;
    let first = token(&ann, "Laptop", 1, 2);
    catalog.put_token(&first, &noted("token.add", 2)).await.unwrap();
    let again = catalog.put_token(&token(&ann, "lapTOP", 2, 3), &noted("no", 3)).await;
    assert!(matches!(again, Err(Error::TokenExists { .. })), "{again:?}");
    catalog.put_token(&token(&bob, "laptop", 3, 3), &noted("token.add", 4)).await.unwrap();
    let key = app_key(&ann, "laptop", 2);
    catalog.put_app_key(&key, &noted("key.add", 5)).await.unwrap();
    let again = catalog.put_app_key(&app_key(&ann, "LAPTOP", 3), &noted("no", 6)).await;
    assert!(matches!(again, Err(Error::TokenExists { .. })), "{again:?}");
    catalog.put_app_key(&app_key(&bob, "laptop", 3), &noted("key.add", 7)).await.unwrap();
    assert_eq!(catalog.tokens(Some(ann.id)).await.unwrap().len(), 1);
    // What is gone leaves its name.
    assert!(catalog.remove_token(first.id, &noted("token.remove", 8)).await.unwrap());
    catalog.put_token(&token(&ann, "laptop", 4, 9), &noted("token.add", 9)).await.unwrap();
    assert_eq!(catalog.token(&secret(4)).await.unwrap().unwrap().1, ann);
}
