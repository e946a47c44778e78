//! Asset services that are told of what was found good: our own, and one that answers like
//! the service of the documents.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

#[path = "common/bucket.rs"]
mod bucket;
#[path = "common/catalog.rs"]
mod catalog;
#[path = "common/dice.rs"]
mod dice;
#[path = "common/queue.rs"]
mod queue;
#[path = "common/rig.rs"]
mod rig;

use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State as Shared;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use studio_api::v1::AssetFile;
use studio_core::access::{Access, Actor, NewAccount, NewToken, StudioSecret};
use studio_core::{Assets, CancellationToken, SqliteCatalog};
use studio_domain::{AssetStatus, Role, Scope, Scopes, UserName};
use studio_worker::{AssetService, Error};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;

use crate::rig::{Rig, bad, good, key};

/// A service that answers what it is told to answer, and remembers what it was asked.
struct StandIn {
    url: String,
    asked: Arc<Asked>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Asked {
    requests: Mutex<Vec<(Method, String, Value)>>,
    /// The status of the answers, and how many of them have it; the others are 200.
    status: AtomicU16,
    left: AtomicU32,
}

impl Asked {
    fn answer(&self, status: StatusCode, times: u32) {
        self.status.store(status.as_u16(), Ordering::SeqCst);
        self.left.store(times, Ordering::SeqCst);
    }

    fn requests(&self) -> Vec<(Method, String, Value)> {
        self.requests.lock().unwrap().clone()
    }
}

async fn answer(
    Shared(asked): Shared<Arc<Asked>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Response {
    assert_eq!(headers[header::CONTENT_TYPE], "application/json");
    let body: Value = serde_json::from_str(&body).unwrap();
    let file = body["file"].as_str().unwrap().to_owned();
    asked.requests.lock().unwrap().push((method, uri.path().to_owned(), body));
    let less = |left: u32| left.checked_sub(1);
    if asked.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_err() {
        let message = json!({"message": format!("asset already exists {file}")});
        return axum::Json(message).into_response();
    }
    let status = StatusCode::from_u16(asked.status.load(Ordering::SeqCst)).unwrap();
    let detail = json!({"detail": [{"loc": ["body", "duration"], "msg": "not good enough"}]});
    let moved = [(header::LOCATION, "/elsewhere/asset")];
    (status, moved, axum::Json(detail)).into_response()
}

impl StandIn {
    async fn start() -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn at(listener: TcpListener) -> Self {
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Asked::default());
        let app = axum::Router::new().fallback(answer).with_state(asked.clone());
        let serving = tokio::spawn(async move { axum_serve(listener, app).await });
        Self { url, asked, serving }
    }

    fn rig(&self) -> Rig {
        Rig::new().telling(AssetService::new(&self.url).unwrap().herald())
    }
}

/// One connection after the other, over HTTP/1.1.
async fn axum_serve(listener: TcpListener, app: axum::Router) {
    axum::serve(listener, app).await.unwrap();
}

/// Whether all that is known of an asset is that it came.
async fn is_received(rig: &Rig, name: &str) -> bool {
    let asset = rig.asset(name).await.unwrap();
    let received = asset.status == AssetStatus::Received;
    assert_eq!(received, asset.reasons.first().is_some_and(|one| one.code == "not-judged"));
    received
}

#[tokio::test]
async fn valid_assets_are_posted_as_the_documents_have_them_and_others_are_not() {
    let service = StandIn::start().await;
    let rig = service.rig();
    let running = rig.probe();
    rig.put("session 1/\u{fc}n\u{ef}.wav", good()).await;
    rig.put("bad.wav", bad()).await;
    rig.drained().await;
    let [(method, path, body)] = &service.asked.requests()[..] else { panic!("one request") };
    assert_eq!((method, &**path), (&Method::POST, "/asset"));
    let documents = json!({
        "bucket": "ingest", "file": "session 1/\u{fc}n\u{ef}.wav", "channel_count": 2,
        "frame_count": 48_000, "sample_rate": 48_000, "bits_per_sample": 24, "duration": "1.0",
    });
    for (name, value) in documents.as_object().unwrap() {
        assert_eq!(body[name], *value, "{name}");
    }
    assert_eq!(rig.asset("session 1/\u{fc}n\u{ef}.wav").await.unwrap().status, AssetStatus::Valid);
    assert_eq!(rig.asset("bad.wav").await.unwrap().status, AssetStatus::Quarantined);
    assert_eq!(running.stop().await.done, 2);
    service.serving.abort();
}

/// Those who may come in to a service: a manager, and a token that registers assets.
async fn with_a_token() -> (Access, String) {
    let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
    let access = Access::new(catalog, StudioSecret::new([7; 32]));
    let [name, way, address] = ["root", "command line", "console"].map(str::to_owned);
    let actor = Actor { account: None, name, way, address };
    let (name, role): (UserName, _) = ("mia".parse().unwrap(), Role::Manager);
    let account = NewAccount { name: name.clone(), email: None, role, artists: Vec::new() };
    access.add_account(account, None, &actor).await.unwrap();
    let scopes = Scopes::new([Scope::Ingest]).unwrap();
    let new = NewToken { name: "worker".parse().unwrap(), scopes, holds: None };
    let (_, secret) = access.create_token(&name, new, &actor).await.unwrap();
    (access, secret.as_str().to_owned())
}

fn file(key: &str) -> AssetFile {
    let told = json!({
        "bucket": "ingest", "file": key, "channel_count": 2, "frame_count": 2_880_000,
        "sample_rate": 48_000, "bits_per_sample": 24, "duration": "60.0",
    });
    serde_json::from_value(told).unwrap()
}

#[tokio::test]
async fn our_own_service_takes_them_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let assets = Assets::new(Arc::new(SqliteCatalog::in_memory().unwrap()));
    let (access, token) = with_a_token().await;
    let state = studio_web::State::new(assets.clone(), studio_web::Options::default());
    let state = state.with_access(access);
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(studio_web::serve(listener, state, shutdown.clone()));

    // Who comes with nothing may come again.
    let refused = AssetService::new(&url).unwrap().register(&file("b.wav")).await;
    assert!(matches!(refused, Err(Error::ServiceUnreachable { .. })), "{refused:?}");
    let service = AssetService::new(&url).unwrap().with_token(&token);
    assert!(!format!("{service:?}").contains(&token));
    let rig = Rig::new().telling(service.clone().herald());
    let running = rig.probe();
    let event = rig.put("a.wav", good()).await;
    let again = studio_core::queue::event::encode(&[event.clone(), event.clone()]);
    rig.queue.put(&[&again, &again]).await;
    rig.drained().await;
    let known = assets.find(None, &key("a.wav")).await.unwrap().unwrap();
    let own = rig.asset("a.wav").await.unwrap();
    assert_eq!((known.revision, known.status), (1, AssetStatus::Valid));
    assert_eq!((&known.state, &known.moment), (&own.state, &own.moment));
    assert_eq!((&known.size, known.place), (&own.size, own.place));

    // Told once more, by somebody who begins with an empty catalogue.
    let other = Rig::new().telling(service.herald());
    other.bucket.put(&key("a.wav"), good());
    let second = other.probe();
    other.queue.put(&[&again]).await;
    other.drained().await;
    assert_eq!(other.asset("a.wav").await.unwrap().status, AssetStatus::Valid);
    assert_eq!(assets.find(None, &key("a.wav")).await.unwrap().unwrap().revision, 1);
    running.stop().await;
    second.stop().await;
    shutdown.cancel();
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_service_that_cannot_serve_now_is_told_later() {
    let service = StandIn::start().await;
    let statuses = [
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::BAD_GATEWAY,
        StatusCode::SERVICE_UNAVAILABLE,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::REQUEST_TIMEOUT,
    ];
    for status in statuses {
        let rig = service.rig();
        service.asked.answer(status, u32::MAX);
        // Fewer tries than fail: an outage counts for none.
        let running = rig.probe_trying(2);
        rig.put("a.wav", good()).await;
        while running.worker.tally().retried < 4 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(is_received(&rig, "a.wav").await, "{status}");
        assert_eq!((rig.queue.len(), rig.dead.len()), (1, 0), "{status}");
        service.asked.answer(status, 0);
        rig.drained().await;
        assert_eq!(rig.asset("a.wav").await.unwrap().status, AssetStatus::Valid);
        let tally = running.stop().await;
        assert_eq!((tally.done, tally.dead), (1, 0), "{status}");
    }
    service.serving.abort();
}

#[tokio::test]
async fn a_service_that_is_down_is_told_when_it_is_back() {
    // Ours, and nobody listens at it for now.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let url = format!("http://{address}/");
    let rig = Rig::new().telling(AssetService::new(&url).unwrap().herald());
    let running = rig.probe_trying(2);
    rig.put("a.wav", good()).await;
    rig.put("b.wav", good()).await;
    // What needs no service is done all the while.
    rig.put("bad.wav", bad()).await;
    while running.worker.tally().retried < 6 || rig.queue.len() > 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(is_received(&rig, "a.wav").await && is_received(&rig, "b.wav").await);
    assert_eq!(rig.asset("bad.wav").await.unwrap().status, AssetStatus::Quarantined);
    assert_eq!((rig.queue.len(), rig.dead.len()), (2, 0));
    let service = StandIn::at(socket.listen(16).unwrap());
    rig.drained().await;
    assert_eq!(rig.asset("a.wav").await.unwrap().status, AssetStatus::Valid);
    assert_eq!(rig.asset("b.wav").await.unwrap().status, AssetStatus::Valid);
    assert_eq!(service.asked.requests().len(), 2);
    let tally = running.stop().await;
    assert_eq!((tally.done, tally.dead), (3, 0));
    service.serving.abort();
}

#[tokio::test]
async fn what_a_service_refuses_is_put_aside_with_what_it_said() {
    let service = StandIn::start().await;
    service.asked.answer(StatusCode::UNPROCESSABLE_ENTITY, u32::MAX);
    let rig = service.rig();
    let running = rig.probe_trying(3);
    let event = rig.put("a.wav", good()).await;
    rig.drained().await;
    let [letter] = &rig.letters().await[..] else { panic!("one letter") };
    assert_eq!(letter.reason.as_deref(), Some("too_many_tries"));
    let detail = letter.detail.as_deref().unwrap();
    assert!(detail.contains("422") && detail.contains("not good enough"), "{detail}");
    assert_eq!(letter.body, studio_core::queue::event::encode(&[event]));
    assert_eq!(service.asked.requests().len(), 3);
    assert!(is_received(&rig, "a.wav").await);
    // Its object stays where it is: nobody found it bad.
    assert!(rig.bucket.objects().contains_key(&key("a.wav")));
    let tally = running.stop().await;
    assert_eq!((tally.done, tally.retried, tally.dead), (0, 2, 1));
    service.serving.abort();
}

#[tokio::test]
async fn what_a_service_knows_already_is_done() {
    let service = StandIn::start().await;
    // The one of the documents says so with 200, others with 409.
    for (times, name) in [(0, "a.wav"), (1, "b.wav")] {
        service.asked.answer(StatusCode::CONFLICT, times);
        let rig = service.rig();
        let running = rig.probe();
        rig.put(name, good()).await;
        rig.drained().await;
        assert_eq!(rig.asset(name).await.unwrap().status, AssetStatus::Valid);
        assert_eq!(running.stop().await.done, 1);
    }
    assert_eq!(service.asked.requests().len(), 2);
    service.serving.abort();
}

#[tokio::test]
async fn a_url_may_end_in_a_slash_and_have_a_path() {
    let service = StandIn::start().await;
    let forms =
        [("", "/asset"), ("/", "/asset"), ("/api/v0", "/api/v0/asset"), ("/a b/", "/a%20b/asset")];
    for (form, _) in forms {
        let rig = Rig::new();
        let url = format!("{}{form}", service.url);
        let rig = rig.telling(AssetService::new(&url).unwrap().herald());
        let running = rig.probe();
        rig.put("a.wav", good()).await;
        rig.drained().await;
        running.stop().await;
    }
    let paths: Vec<_> = service.asked.requests().into_iter().map(|(_, path, _)| path).collect();
    assert_eq!(paths, forms.map(|(_, path)| path));
    for wrong in ["", "localhost", "localhost:8000", "ftp://host/", "mailto:a@b", "http://"] {
        let refused = AssetService::new(wrong).unwrap_err();
        assert!(matches!(refused, Error::ServiceUrl { .. }), "{wrong}: {refused}");
    }
    service.serving.abort();
}

#[tokio::test]
async fn a_redirection_never_turns_a_post_into_something_else() {
    for (status, is_followed) in [
        (StatusCode::TEMPORARY_REDIRECT, true),
        (StatusCode::PERMANENT_REDIRECT, true),
        (StatusCode::MOVED_PERMANENTLY, false),
        (StatusCode::FOUND, false),
        (StatusCode::SEE_OTHER, false),
    ] {
        let service = StandIn::start().await;
        service.asked.answer(status, 1);
        let rig = service.rig();
        let running = rig.probe_trying(1);
        rig.put("a.wav", good()).await;
        rig.drained().await;
        let requests = service.asked.requests();
        let paths: Vec<_> = requests.iter().map(|(_, path, _)| &**path).collect();
        assert!(requests.iter().all(|(method, ..)| *method == Method::POST), "{requests:?}");
        match is_followed {
            true => assert_eq!(paths, ["/asset", "/elsewhere/asset"]),
            false => assert_eq!(paths, ["/asset"]),
        }
        assert_eq!(is_received(&rig, "a.wav").await, !is_followed, "{status}");
        assert_eq!(rig.dead.len(), usize::from(!is_followed), "{status}");
        running.stop().await;
        service.serving.abort();
    }
}
