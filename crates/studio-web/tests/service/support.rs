//! A service at a free port, and a client.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use studio_core::{Assets, CancellationToken, Relay, RelayOptions};
use studio_queue::{Delivery, Error as QueueError, Outgoing, Queue, Receipt, Receive};
use studio_repo::SqliteCatalog;
use studio_web::{Options, State, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A service, and what sends its orders, if anything does.
pub(crate) struct Service {
    pub(crate) address: String,
    pub(crate) client: Client,
    pub(crate) shutdown: CancellationToken,
    pub(crate) serving: JoinHandle<studio_web::Result<()>>,
    pub(crate) relaying: Option<JoinHandle<()>>,
}

/// How patient a relay is in a test: not at all.
pub(crate) fn impatient() -> RelayOptions {
    RelayOptions {
        poll: Duration::from_millis(20),
        longest_poll: Duration::from_millis(20),
        retry: Duration::from_millis(10),
        longest_retry: Duration::from_millis(20),
        ..RelayOptions::default()
    }
}

impl Service {
    /// Of an empty catalogue, without a queue.
    pub(crate) async fn new() -> Self {
        Self::of(Assets::new(Arc::new(SqliteCatalog::in_memory().unwrap()))).await
    }

    pub(crate) async fn of(assets: Assets) -> Self {
        Self::with(assets, Options::default()).await
    }

    pub(crate) async fn with(assets: Assets, options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shutdown = CancellationToken::new();
        let state = State::new(assets, options);
        Self::at(listener, address, shutdown, state)
    }

    pub(crate) async fn of_state(state: State) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        Self::at(listener, address, CancellationToken::new(), state)
    }

    fn at(
        listener: TcpListener,
        address: String,
        shutdown: CancellationToken,
        state: State,
    ) -> Self {
        let serving = tokio::spawn(serve(listener, state, shutdown.clone()));
        Self { address, client: client(), shutdown, serving, relaying: None }
    }

    /// With a relay to a queue.
    pub(crate) async fn relaying(
        assets: Assets,
        queue: Arc<dyn Queue>,
        patience: RelayOptions,
    ) -> Self {
        let relay = Relay::new(&assets, queue).with_options(patience);
        let options = Options { relay: Some(relay.watch()), ..Options::default() };
        let mut service = Self::with(assets, options).await;
        let shutdown = service.shutdown.clone();
        service.relaying = Some(tokio::spawn(async move { relay.run(shutdown).await }));
        service
    }

    /// Ends it, and waits for that.
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        self.serving.await.unwrap().unwrap();
        if let Some(relaying) = self.relaying {
            relaying.await.unwrap();
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    pub(crate) async fn send(&self, method: &str, path: &str) -> Answer {
        Answer::of(self.request(method, path).send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request("POST", path).json(body).send().await.unwrap()).await
    }

    /// Registers a file, and gives the asset as version 1 tells of it.
    pub(crate) async fn register(&self, bucket: &str, key: &str) -> Value {
        let answer = self.post("/api/v1/assets", &file(bucket, key)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json
    }
}

fn client() -> Client {
    // Whoever comes first installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    client.timeout(Duration::from_secs(20)).build().unwrap()
}

/// All of a response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// Null if it is no JSON.
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or_default();
        Self { status, headers, text, json }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// That it is a problem of a kind.
    pub(crate) fn assert_problem(&self, status: u16, code: &str, instance: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.json["type"], format!("urn:studio:problem:{code}"), "{self:?}");
        assert_eq!(self.json["code"], code);
        assert_eq!(self.json["status"], status);
        assert_eq!(self.json["instance"], instance);
        assert!(self.json["title"].as_str().unwrap().len() > 2);
        assert!(self.json["detail"].as_str().unwrap().len() > 2);
    }

    /// That it is a message.
    pub(crate) fn assert_message(&self, status: u16, message: &str) {
        assert_eq!(self.json, json!({ "message": message }), "{self:?}");
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/json");
    }
}

/// What the worker of the documents posts of a file.
pub(crate) fn file(bucket: &str, key: &str) -> Value {
    json!({
        "bucket": bucket, "file": key, "channel_count": 2, "frame_count": 2_880_000,
        "sample_rate": 48_000, "bits_per_sample": 24, "duration": "60.0",
    })
}

/// A path segment by segment, with every byte encoded that can be.
pub(crate) fn encoded(key: &str) -> String {
    key.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Sends bytes as they are, and gives what comes back until the connection ends.
pub(crate) async fn raw(address: &str, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is reset has still said what it said.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// A queue that keeps what it is sent, unless it is broken.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) is_broken: AtomicBool,
    sent: Mutex<Vec<Outgoing>>,
}

impl Kept {
    /// The messages so far.
    pub(crate) fn messages(&self) -> Vec<Value> {
        let sent = self.sent.lock().unwrap();
        sent.iter().map(|message| serde_json::from_str(&message.body).unwrap()).collect()
    }

    /// The messages when there are so many.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Value> {
        until(|| self.messages().len() >= count).await;
        self.messages()
    }
}

/// Waits for something to become true.
pub(crate) async fn until(truth: impl Fn() -> bool) {
    let waiting = async {
        while !truth() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap();
}

#[async_trait]
impl Queue for Kept {
    fn name(&self) -> &str {
        "s3-delete-messages"
    }

    async fn receive(&self, _: Receive) -> Result<Vec<Delivery>, QueueError> {
        Ok(Vec::new())
    }

    async fn extend(&self, _: &Receipt, _: Duration) -> Result<(), QueueError> {
        Ok(())
    }

    async fn ack(&self, _: &[Receipt]) -> Result<(), QueueError> {
        Ok(())
    }

    async fn send(&self, messages: &[Outgoing]) -> Result<(), QueueError> {
        match self.is_broken.load(Ordering::SeqCst) {
            true => Err(QueueError::NoSuchQueue { queue: self.name().to_owned() }),
            false => {
                self.sent.lock().unwrap().extend_from_slice(messages);
                Ok(())
            }
        }
    }
}
