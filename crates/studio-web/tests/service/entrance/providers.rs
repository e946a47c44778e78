//! Signing in at a provider of `OpenID` Connect, over HTTP as a browser does.

use std::collections::HashMap;

use serde_json::json;
use studio_core::access::{Provider, ProviderSettings, SignInProvider};
use studio_testkit::oidc::{CLIENT_ID, CLIENT_SECRET, FakeProvider, Lie, Person};

use super::house::{Browser, House, answer, cookie_of, pair};
use crate::support::Answer;

struct Sign {
    house: House,
    fake: FakeProvider,
}

impl Sign {
    async fn new(sign_up: bool) -> Self {
        let fake = FakeProvider::start().await;
        let settings = ProviderSettings {
            name: "fake".to_owned(),
            issuer: fake.issuer().to_owned(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: Some(CLIENT_SECRET.to_owned()),
            scopes: vec!["email".to_owned()],
        };
        let provider = Provider::new(settings).unwrap();
        let provider = SignInProvider { provider, sign_up, link_verified_email: false };
        Self { house: House::with_providers(vec![provider]).await, fake }
    }

    /// Goes to the provider, and gives the path to which the browser is sent back, with the
    /// cookie that it was given.
    async fn go(&self, query: &str) -> (String, String) {
        let path = format!("/auth/fake/login{query}");
        let sent = answer(self.house.request("GET", &path)).await;
        assert_eq!(sent.status, 303, "{sent:?}");
        assert_eq!(sent.header("cache-control"), "no-store");
        let cookie = cookie_of(&sent, "studio-sign-in").unwrap();
        assert!(cookie.contains("HttpOnly; SameSite=Lax") && cookie.contains("Max-Age=600"));
        (self.back(sent.header("location")), pair(&cookie))
    }

    fn back(&self, address: &str) -> String {
        let back = self.fake.visit(&address.parse().unwrap());
        assert_eq!(back.host_str(), Some("127.0.0.1"));
        assert_eq!(back.path(), "/auth/fake/callback");
        format!("{}?{}", back.path(), back.query().unwrap())
    }

    async fn come(&self, path: &str, cookie: &str) -> Answer {
        answer(self.house.request("GET", path).header("cookie", cookie)).await
    }

    async fn whose(&self, cookie: &str) -> serde_json::Value {
        let request = self.house.request("GET", "/api/v1/session").header("cookie", cookie);
        answer(request).await.json["account"]["name"].clone()
    }
}

#[tokio::test]
async fn a_browser_goes_there_and_comes_back_signed_in() {
    let sign = Sign::new(true).await;
    let listed = sign.house.service.get("/auth").await;
    assert_eq!(listed.json, json!({ "providers": ["fake"] }));
    let (back, cookie) = sign.go("?return_to=/albums%3Fx=1").await;
    let signed = sign.come(&back, &cookie).await;
    assert_eq!((signed.status, signed.header("location")), (303, "/albums?x=1"), "{signed:?}");
    let session = pair(&cookie_of(&signed, "studio").unwrap());
    assert!(cookie_of(&signed, "studio-sign-in").unwrap().contains("Max-Age=0"));
    assert_eq!(sign.whose(&session).await, "ann");
    // The same once more, and in another browser.
    let again = sign.come(&back, &cookie).await;
    assert_eq!(again.status, 400, "{again:?}");
    let (back, _) = sign.go("").await;
    let (_, other) = sign.go("").await;
    assert_eq!(sign.come(&back, &other).await.status, 400);
    let (back, _) = sign.go("").await;
    assert_eq!(sign.come(&back, "").await.status, 400);
    let log = sign.house.log().await;
    assert!(log.iter().any(|(who, action, _)| who == "ann" && action == "user.sign-up"));
}

#[tokio::test]
async fn nobody_is_sent_to_another_site_afterwards() {
    let sign = Sign::new(true).await;
    for evil in
        ["https://evil.example", "//evil.example", "/%5Cevil.example", "javascript:alert(1)"]
    {
        let (back, cookie) = sign.go(&format!("?return_to={evil}")).await;
        let signed = sign.come(&back, &cookie).await;
        assert_eq!((signed.status, signed.header("location")), (303, "/"), "{evil}: {signed:?}");
    }
}

#[tokio::test]
async fn the_session_before_ends() {
    let sign = Sign::new(true).await;
    let lea = sign.house.browser("lea").await;
    let (back, cookie) = sign.go("").await;
    let signed = sign.come(&back, &format!("{cookie}; {}", lea.cookie)).await;
    assert_eq!(signed.status, 303, "{signed:?}");
    assert_eq!(sign.whose(&lea.cookie).await, json!(null));
}

#[tokio::test]
async fn an_identity_is_linked_by_a_page_of_this_service_alone() {
    let sign = Sign::new(false).await;
    let lea = sign.house.browser("lea").await;
    let (back, cookie) = sign.go("").await;
    let refused = sign.come(&back, &cookie).await;
    assert_eq!(refused.status, 403, "{refused:?}");
    assert!(refused.text.contains("no account here is linked"), "{refused:?}");
    let link = || sign.house.request("POST", "/auth/fake/link?return_to=/me");
    assert_eq!(answer(link()).await.status, 401);
    let forged = answer(link().header("cookie", &lea.cookie)).await;
    assert_eq!(forged.status, 403, "{forged:?}");
    let evil = lea.send(link().header("origin", "https://evil.example")).await;
    assert_eq!(evil.status, 403, "{evil:?}");
    let sent = lea.send(link()).await;
    let cookie = pair(&cookie_of(&sent, "studio-sign-in").unwrap());
    let back = sign.back(sent.json["address"].as_str().unwrap());
    let linked = sign.come(&back, &format!("{cookie}; {}", lea.cookie)).await;
    assert_eq!((linked.status, linked.header("location")), (303, "/me"), "{linked:?}");
    let (back, cookie) = sign.go("").await;
    let signed = sign.come(&back, &cookie).await;
    let session = pair(&cookie_of(&signed, "studio").unwrap());
    assert_eq!(sign.whose(&session).await, "lea");
    // It is nobody else's.
    let otto: Browser = sign.house.browser("otto").await;
    let sent = otto.send(link()).await;
    let cookie = pair(&cookie_of(&sent, "studio-sign-in").unwrap());
    let back = sign.back(sent.json["address"].as_str().unwrap());
    assert_eq!(sign.come(&back, &format!("{cookie}; {}", otto.cookie)).await.status, 409);
}

#[tokio::test]
async fn what_a_provider_does_wrong_has_its_status() {
    let sign = Sign::new(true).await;
    for (lie, status) in [
        (Lie::Nonce, 401),
        (Lie::Expired, 401),
        (Lie::Unsigned, 401),
        (Lie::PublicAsSecret, 401),
        (Lie::Audience, 401),
        (Lie::Issuer, 401),
        (Lie::Down, 503),
        (Lie::Redirect, 503),
        (Lie::Huge, 503),
    ] {
        let (back, cookie) = sign.go("").await;
        sign.fake.lie(Some(lie));
        let refused = sign.come(&back, &cookie).await;
        sign.fake.lie(None);
        assert_eq!(refused.status, status, "{lie:?}: {refused:?}");
        assert!(cookie_of(&refused, "studio").is_none(), "{refused:?}");
        assert!(!refused.text.contains(CLIENT_SECRET) && !refused.text.contains("code-"));
        assert_eq!(refused.header("retry-after").is_empty(), status != 503);
    }
    let (back, cookie) = sign.go("").await;
    let state: HashMap<String, String> =
        url::form_urlencoded::parse(back.split_once('?').unwrap().1.as_bytes())
            .into_owned()
            .collect();
    let denied = format!("/auth/fake/callback?error=access_denied&state={}", state["state"]);
    let refused = sign.come(&denied, &cookie).await;
    assert_eq!(refused.status, 401, "{refused:?}");
    for path in ["/auth/other/login", "/auth/other/callback?state=x&code=y"] {
        assert_eq!(sign.house.service.get(path).await.status, 404, "{path}");
    }
    assert_eq!(sign.house.service.get("/auth/fake/callback").await.status, 400);
    sign.fake.seat(Person::default());
}
