//! Signing in at a real provider: npm oidc-provider. Needs `STUDIO_TEST_OIDC_PROVIDER`, its folder;
//! `cargo xtask test` installs it.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test's way to fail and to tell")]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use studio_oidc::{Begun, Error, Provider, ProviderSettings, Return};
use url::Url;

const BACK: &str = "http://127.0.0.1:8000/auth/real/callback";
const CLIENT_ID: &str = "studio";
const CLIENT_SECRET: &str = "a secret / of + both";

/// The provider, until it is dropped.
struct Real {
    child: Child,
    issuer: String,
}

impl Drop for Real {
    fn drop(&mut self) {
        // One that has ended is nothing to be ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Real {
    fn start(folder: &Path) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/provider_live/provider.mjs");
        let mut child = Command::new("node")
            .args([script.as_path(), folder])
            .args([CLIENT_ID, CLIENT_SECRET, BACK])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        // It may go on talking, and would end if nobody listened.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self { child, issuer: line.trim().to_owned() }
    }

    fn provider(&self, secret: &str) -> Provider {
        let settings = ProviderSettings {
            name: "real".to_owned(),
            issuer: self.issuer.clone(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: Some(secret.to_owned()),
            scopes: vec!["email".to_owned(), "profile".to_owned()],
        };
        Provider::new(settings).unwrap()
    }
}

/// A browser: cookies, and no redirect that is not looked at.
struct Browser {
    client: Client,
    cookies: HashMap<String, String>,
}

impl Browser {
    fn new() -> Self {
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self { client, cookies: HashMap::new() }
    }

    async fn send(&mut self, url: &Url, form: Option<&str>) -> Response {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = match form {
            None => self.client.get(url.clone()),
            Some(form) => self
                .client
                .post(url.clone())
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.to_owned()),
        };
        let answer = request.header(COOKIE, cookies.join("; ")).send().await.unwrap();
        for set in answer.headers().get_all(SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// Goes where it is sent, signs in and agrees, until it is sent back.
    async fn sign_in(&mut self, first: &Url, person: &str) -> HashMap<String, String> {
        let (mut url, mut form) = (first.clone(), None::<String>);
        for _ in 0..20 {
            let answer = self.send(&url, form.take().as_deref()).await;
            if let Some(location) = answer.headers().get(LOCATION) {
                url = url.join(location.to_str().unwrap()).unwrap();
                if url.as_str().starts_with(BACK) {
                    return url.query_pairs().into_owned().collect();
                }
                continue;
            }
            let page = answer.text().await.unwrap();
            form = Some(match page.contains("name=\"login\"") {
                true => format!("prompt=login&login={person}&password=x"),
                false => "prompt=consent".to_owned(),
            });
            let action = page.split_once("action=\"").unwrap().1.split_once('"').unwrap().0;
            url = url.join(action).unwrap();
        }
        panic!("it was never sent back");
    }
}

fn back<'a>(begun: &'a Begun, brought: &'a HashMap<String, String>) -> Return<'a> {
    Return {
        redirect_uri: BACK,
        code: &brought["code"],
        issuer: brought.get("iss").map(String::as_str),
        nonce: &begun.nonce,
        verifier: &begun.verifier,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_at_a_real_provider() {
    let Some(folder) = std::env::var_os("STUDIO_TEST_OIDC_PROVIDER") else {
        eprintln!("skipped: STUDIO_TEST_OIDC_PROVIDER is not set; `cargo xtask test` sets it");
        return;
    };
    let real = Real::start(Path::new(&folder));
    let provider = real.provider(CLIENT_SECRET);
    let begun = provider.begin(BACK).await.unwrap();
    let brought = Browser::new().sign_in(&begun.url, "ann").await;
    assert_eq!(brought["state"], begun.state);
    let claims = provider.finish(back(&begun, &brought)).await.unwrap();
    assert_eq!((claims.issuer, claims.subject.as_str()), (real.issuer.clone(), "ann"));
    // It tells the address apart from the token.
    assert_eq!(claims.email.as_deref(), Some("ann@example.org"));
    assert!(claims.email_verified);
    // A code is good once.
    let again = provider.finish(back(&begun, &brought)).await;
    assert!(matches!(again, Err(Error::Refused { ref code, .. }) if code == "invalid_grant"));

    // Another's verifier, another's nonce, another issuer, another secret.
    let other = provider.begin(BACK).await.unwrap();
    let begun = provider.begin(BACK).await.unwrap();
    let brought = Browser::new().sign_in(&begun.url, "bob").await;
    let mixed = Return { verifier: &other.verifier, ..back(&begun, &brought) };
    let refused = provider.finish(mixed).await;
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    let begun = provider.begin(BACK).await.unwrap();
    let brought = Browser::new().sign_in(&begun.url, "bob").await;
    let mixed = Return { nonce: &other.nonce, ..back(&begun, &brought) };
    let refused = provider.finish(mixed).await;
    assert!(matches!(refused, Err(Error::InvalidToken { .. })), "{refused:?}");
    let begun = provider.begin(BACK).await.unwrap();
    let brought = Browser::new().sign_in(&begun.url, "bob").await;
    let sent = Return { issuer: Some("https://evil.example"), ..back(&begun, &brought) };
    let refused = provider.finish(sent).await;
    assert!(matches!(refused, Err(Error::InvalidToken { .. })), "{refused:?}");
    let wrong = real.provider("wrong").finish(back(&begun, &brought)).await;
    assert!(matches!(wrong, Err(Error::Misconfigured { .. })), "{wrong:?}");
}
