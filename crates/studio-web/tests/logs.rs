//! What the service writes to the log. A program of its own, because a process has one log.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use studio_core::{Assets, CancellationToken};
use studio_repo::{Error, MockAssetRepo, MockOrderRepo};
use studio_web::proxies::Proxies;
use studio_web::{Options, State, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The lines on requests.
    fn lines(&self) -> Vec<Value> {
        let text = self.text();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.filter(|line: &Value| line["span"]["name"] == "request").collect()
    }
}

async fn ask(address: &str, path: &str, id: &str) {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: {id}\r\n\
         User-Agent: test \"one\"\r\nX-Forwarded-For: 192.0.2.7\r\nConnection: close\r\n\r\n"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.read_to_end(&mut Vec::new()).await.unwrap();
}

#[tokio::test]
async fn each_request_has_a_line_and_each_failure_its_causes() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(move || writer.clone())
        .init();
    let mut assets = MockAssetRepo::new();
    assets.expect_asset_at().returning(|_, key| match key.as_str() {
        "broken" => Err(Error::Backend { action: "find an asset", source: "rotten page".into() }),
        _ => Ok(None),
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let assets = Assets::from_parts(Arc::new(assets), Arc::new(MockOrderRepo::new()));
    let shutdown = CancellationToken::new();
    let trusted = vec!["127.0.0.1".parse().unwrap()];
    let proxies = Proxies { trusted, ..Proxies::default() };
    let state = State::new(assets, Options { proxies, ..Options::default() });
    let serving = tokio::spawn(serve(listener, state, shutdown.clone()));
    ask(&address, "/asset/none?token=secret", "first").await;
    ask(&address, "/asset/broken", "second").await;
    ask(&address, "/health/live", "third").await;
    // A panic, as the mock expects no such thing.
    ask(&address, "/api/v1/assets", "fourth").await;
    shutdown.cancel();
    serving.await.unwrap().unwrap();

    let lines = log.lines();
    let of = |id: &str| -> Vec<&Value> {
        lines.iter().filter(|line| line["span"]["id"] == id).collect()
    };
    let [answered] = of("first")[..] else { panic!("{lines:#?}") };
    let fields = &answered["fields"];
    assert_eq!(answered["level"], "INFO");
    assert_eq!(fields["method"], "GET");
    assert_eq!(fields["route"], "/asset/{*file}");
    assert_eq!(fields["status"], 404);
    assert!(fields["duration_ms"].is_f64());
    assert_eq!(answered["target"], "studio::access");
    assert_eq!(fields["path"], "/asset/none");
    assert_eq!(fields["bytes"], r#"{"message":"asset not found"}"#.len());
    assert_eq!(fields["client"], "192.0.2.7");
    assert_eq!(fields["agent"], "test \\\"one\\\"");
    assert_eq!(fields["aborted"], false);
    assert!(!log.text().contains("secret"), "what is asked for is nobody's affair");

    let [failed, answered] = of("second")[..] else { panic!("{lines:#?}") };
    assert_eq!(failed["level"], "ERROR");
    assert_eq!(failed["fields"]["error"], "cannot find an asset: rotten page");
    assert_eq!(answered["fields"]["status"], 500);

    let [answered] = of("third")[..] else { panic!("{lines:#?}") };
    assert_eq!(answered["level"], "DEBUG");

    let [failed, answered] = of("fourth")[..] else { panic!("{lines:#?}") };
    assert!(failed["fields"]["error"].as_str().unwrap().starts_with("panicked: "), "{failed}");
    assert_eq!(answered["fields"]["status"], 500);
}
