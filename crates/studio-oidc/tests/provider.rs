//! Signing in at a provider that tells the truth, and at one that lies in every way.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::collections::HashMap;
use std::time::Duration;

use studio_oidc::{Begun, Claims, Error, Provider, ProviderSettings, Return};
use studio_testkit::oidc::{CLIENT_ID, CLIENT_SECRET, FakeProvider, Lie, Person};

const BACK: &str = "http://127.0.0.1:8000/auth/fake/callback";

fn settings(issuer: &str) -> ProviderSettings {
    ProviderSettings {
        name: "fake".to_owned(),
        issuer: issuer.to_owned(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(CLIENT_SECRET.to_owned()),
        scopes: vec!["email".to_owned(), "profile".to_owned()],
    }
}

/// What a browser brings back.
struct Brought(HashMap<String, String>);

impl Brought {
    fn of(fake: &FakeProvider, begun: &Begun) -> Self {
        let back = fake.visit(&begun.url);
        assert!(back.as_str().starts_with(BACK), "{back}");
        let brought = Self(back.query_pairs().into_owned().collect());
        assert_eq!(brought.0["state"], begun.state);
        brought
    }

    fn with<'a>(&'a self, begun: &'a Begun) -> Return<'a> {
        Return {
            redirect_uri: BACK,
            code: &self.0["code"],
            issuer: Some(&self.0["iss"]),
            nonce: &begun.nonce,
            verifier: &begun.verifier,
        }
    }
}

async fn sign_in(fake: &FakeProvider, provider: &Provider) -> Result<Claims, Error> {
    let begun = provider.begin(BACK).await?;
    let brought = Brought::of(fake, &begun);
    provider.finish(brought.with(&begun)).await
}

#[tokio::test]
async fn whoever_comes_back_is_who_sat_there() {
    let fake = FakeProvider::start().await;
    let provider = Provider::new(settings(fake.issuer())).unwrap();
    let claims = sign_in(&fake, &provider).await.unwrap();
    let expected = Claims {
        issuer: fake.issuer().to_owned(),
        subject: "248289761001".to_owned(),
        email: Some("ann@example.org".to_owned()),
        email_verified: true,
        name: Some("Ann Lee".to_owned()),
    };
    assert_eq!(claims, expected);
    // An address that stands apart from the token, and one that is nobody's for certain.
    fake.seat(Person { is_in_token: false, verified: false, ..Person::default() });
    let claims = sign_in(&fake, &provider).await.unwrap();
    assert_eq!(claims, Claims { email_verified: false, ..expected.clone() });
    fake.seat(Person { email: None, ..Person::default() });
    let claims = sign_in(&fake, &provider).await.unwrap();
    assert_eq!(claims, Claims { email: None, email_verified: true, ..expected });
    // What it says of itself was asked once.
    let asked = fake.asked();
    let descriptions = asked.iter().filter(|path| path.starts_with("/.well-known")).count();
    assert_eq!(descriptions, 1, "{asked:?}");
}

#[tokio::test]
async fn what_does_not_hold_signs_nobody_in() {
    let fake = FakeProvider::start().await;
    let provider = Provider::new(settings(fake.issuer())).unwrap();
    sign_in(&fake, &provider).await.unwrap();
    for lie in [
        Lie::Issuer,
        Lie::Audience,
        Lie::Audiences,
        Lie::Party,
        Lie::Nonce,
        Lie::Expired,
        Lie::Unsigned,
        Lie::PublicAsSecret,
        Lie::ClientSecret,
        Lie::OtherKey,
        Lie::Altered,
        Lie::NoToken,
        Lie::Sender,
    ] {
        fake.lie(Some(lie));
        let refused = sign_in(&fake, &provider).await;
        assert!(matches!(refused, Err(Error::InvalidToken { .. })), "{lie:?}: {refused:?}");
        // What it made up is told to nobody.
        let said = format!("{refused:?}");
        assert!(!said.contains("evil.example") && !said.contains("somebody-else"), "{said}");
    }
    fake.lie(Some(Lie::Userinfo));
    fake.seat(Person { is_in_token: false, ..Person::default() });
    let refused = sign_in(&fake, &provider).await;
    assert!(matches!(refused, Err(Error::InvalidToken { .. })), "{refused:?}");
    fake.lie(None);
    sign_in(&fake, &provider).await.unwrap();
}

#[tokio::test]
async fn clocks_that_are_a_little_apart_keep_nobody_out() {
    let fake = FakeProvider::start().await;
    let provider = Provider::new(settings(fake.issuer())).unwrap();
    fake.lie(Some(Lie::JustOver));
    let claims = sign_in(&fake, &provider).await.unwrap();
    assert_eq!(claims.subject, "248289761001");
    fake.lie(Some(Lie::Expired));
    let refused = sign_in(&fake, &provider).await;
    let problem = "its time is over".to_owned();
    assert_eq!(refused, Err(Error::InvalidToken { name: "fake".to_owned(), problem }));
}

#[tokio::test]
async fn a_provider_that_is_down_or_sends_elsewhere_is_not_reached() {
    let fake = FakeProvider::start().await;
    for lie in [Lie::Down, Lie::Redirect, Lie::Huge] {
        // Before it was ever asked, and then in the middle of a sign-in.
        let provider = Provider::new(settings(fake.issuer())).unwrap();
        fake.lie(Some(lie));
        let refused = provider.begin(BACK).await;
        assert!(matches!(refused, Err(Error::Unreachable { .. })), "{lie:?}: {refused:?}");
        fake.lie(None);
        let begun = provider.begin(BACK).await.unwrap();
        let brought = Brought::of(&fake, &begun);
        fake.lie(Some(lie));
        let refused = provider.finish(brought.with(&begun)).await;
        assert!(matches!(refused, Err(Error::Unreachable { .. })), "{lie:?}: {refused:?}");
        fake.lie(None);
    }
    assert!(!fake.asked().iter().any(|path| path == "/elsewhere"), "it was followed");
    let issuer = fake.issuer().to_owned();
    drop(fake);
    let provider = Provider::new(settings(&issuer)).unwrap();
    let refused = provider.begin(BACK).await;
    // Its port may be somebody else's by now, but no provider's.
    assert!(refused.is_err(), "{refused:?}");
}

#[tokio::test]
async fn a_code_is_good_once_and_with_its_own_verifier() {
    let fake = FakeProvider::start().await;
    let provider = Provider::new(settings(fake.issuer())).unwrap();
    let refused = |result: Result<Claims, Error>| match result {
        Err(Error::Refused { code, .. }) => code,
        other => panic!("{other:?}"),
    };
    let begun = provider.begin(BACK).await.unwrap();
    let brought = Brought::of(&fake, &begun);
    provider.finish(brought.with(&begun)).await.unwrap();
    assert_eq!(refused(provider.finish(brought.with(&begun)).await), "invalid_grant");
    let (one, other) = (provider.begin(BACK).await.unwrap(), provider.begin(BACK).await.unwrap());
    let brought = Brought::of(&fake, &one);
    let mixed = Return { verifier: &other.verifier, ..brought.with(&one) };
    assert_eq!(refused(provider.finish(mixed).await), "invalid_grant");
    let elsewhere = Brought::of(&fake, &other);
    let elsewhere = Return { redirect_uri: "http://127.0.0.1:1/", ..elsewhere.with(&other) };
    assert_eq!(refused(provider.finish(elsewhere).await), "invalid_grant");
    let made_up = Return { code: "made-up", ..brought.with(&one) };
    assert_eq!(refused(provider.finish(made_up).await), "invalid_grant");
    // One that says by whom it is sent must say so.
    let begun = provider.begin(BACK).await.unwrap();
    let brought = Brought::of(&fake, &begun);
    let silent = Return { issuer: None, ..brought.with(&begun) };
    let silent = provider.finish(silent).await;
    assert!(matches!(silent, Err(Error::InvalidToken { .. })), "{silent:?}");
}

#[tokio::test]
async fn settings_that_do_not_fit_are_told() {
    let fake = FakeProvider::start().await;
    let good = settings(fake.issuer());
    for bad in [
        ProviderSettings { issuer: "http://accounts.example.org".to_owned(), ..good.clone() },
        ProviderSettings { issuer: "not an address".to_owned(), ..good.clone() },
        ProviderSettings { issuer: "ftp://127.0.0.1".to_owned(), ..good.clone() },
        ProviderSettings { client_id: String::new(), ..good.clone() },
        ProviderSettings { name: "a/b".to_owned(), ..good.clone() },
        ProviderSettings { name: String::new(), ..good.clone() },
    ] {
        let refused = Provider::new(bad.clone());
        assert!(matches!(refused, Err(Error::Misconfigured { .. })), "{bad:?}");
        assert!(!format!("{bad:?}").contains(CLIENT_SECRET));
    }
    let wrong = ProviderSettings { client_secret: Some("wrong".to_owned()), ..good.clone() };
    let refused = sign_in(&fake, &Provider::new(wrong).unwrap()).await;
    assert!(matches!(refused, Err(Error::Misconfigured { .. })), "{refused:?}");
    for lie in [Lie::Name, Lie::Entrance, Lie::NoPublicKey] {
        fake.lie(Some(lie));
        let refused = sign_in(&fake, &Provider::new(good.clone()).unwrap()).await;
        assert!(matches!(refused, Err(Error::Misconfigured { .. })), "{lie:?}: {refused:?}");
    }
    // By ES256 it signs, and does not say so.
    fake.lie(Some(Lie::Unannounced));
    let refused = sign_in(&fake, &Provider::new(good).unwrap()).await;
    assert!(matches!(refused, Err(Error::InvalidToken { .. })), "{refused:?}");
}

#[tokio::test]
async fn other_keys_are_asked_for_but_not_again_and_again() {
    let fake = FakeProvider::start().await;
    let provider = Provider::new(settings(fake.issuer())).unwrap();
    let descriptions = || {
        let asked = fake.asked();
        asked.iter().filter(|path| path.starts_with("/.well-known")).count()
    };
    sign_in(&fake, &provider).await.unwrap();
    fake.rotate_keys();
    let refused = sign_in(&fake, &provider).await;
    assert!(matches!(refused, Err(Error::InvalidToken { .. })), "{refused:?}");
    assert_eq!(descriptions(), 1);
    pass(31).await;
    sign_in(&fake, &provider).await.unwrap();
    assert_eq!(descriptions(), 2);
    pass(3000).await;
    sign_in(&fake, &provider).await.unwrap();
    assert_eq!(descriptions(), 2);
    pass(700).await;
    sign_in(&fake, &provider).await.unwrap();
    assert_eq!(descriptions(), 3);
}

/// Lets so many seconds be over at once.
async fn pass(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn who_comes_while_it_is_asked_waits_for_that_answer() {
    let fake = FakeProvider::start().await;
    let provider = Provider::new(settings(fake.issuer())).unwrap();
    fake.lie(Some(Lie::Down));
    let refused = tokio::join!(provider.begin(BACK), provider.begin(BACK), provider.begin(BACK));
    assert!(refused.0.is_err() && refused.1.is_err() && refused.2.is_err(), "{refused:?}");
    assert_eq!(fake.asked().len(), 1, "each asked anew");
    // Whoever comes later asks again.
    fake.lie(None);
    let begun = tokio::join!(provider.begin(BACK), provider.begin(BACK), provider.begin(BACK));
    assert!(begun.0.is_ok() && begun.1.is_ok() && begun.2.is_ok(), "{begun:?}");
    assert_eq!(fake.asked()[1..], ["/.well-known/openid-configuration", "/jwks"]);
}

#[tokio::test(start_paused = true)]
async fn one_that_never_answers_is_not_waited_for_for_ever() {
    let fake = FakeProvider::start().await;
    let provider = Provider::new(settings(fake.issuer())).unwrap();
    fake.lie(Some(Lie::Silent));
    let refused = provider.begin(BACK).await;
    assert!(matches!(refused, Err(Error::Unreachable { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_code_of_an_error_is_short_and_plain() {
    let fake = FakeProvider::start().await;
    let provider = Provider::new(settings(fake.issuer())).unwrap();
    fake.lie(Some(Lie::LongCode));
    let refused = sign_in(&fake, &provider).await;
    let code = format!("no[31m{}", "x".repeat(58));
    assert_eq!(refused, Err(Error::Refused { name: "fake".to_owned(), code }));
}

#[tokio::test]
async fn what_is_sent_tells_nothing_of_what_is_kept() {
    let fake = FakeProvider::start().await;
    let provider = Provider::new(settings(fake.issuer())).unwrap();
    let (one, other) = (provider.begin(BACK).await.unwrap(), provider.begin(BACK).await.unwrap());
    assert!(!one.url.as_str().contains(&one.verifier));
    assert!(one.url.as_str().contains("code_challenge_method=S256"));
    assert!(one.url.as_str().contains("scope=openid+email+profile"), "{}", one.url);
    assert_ne!((&one.state, &one.nonce), (&other.state, &other.nonce));
    assert!(one.state.len() >= 22 && one.nonce.len() >= 22 && one.verifier.len() >= 43);
    assert_eq!(format!("{one:?}"), "Begun(..)");
}
