//! An S3 server in the process, on a free port of 127.0.0.1.

mod backend;
mod bucket;
mod copies;
mod objects;
mod state;
mod uploads;
mod weakness;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use hyper::Request;
use hyper::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use studio_blob::S3Settings;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use self::backend::Backend;
pub use self::bucket::Bucket;
pub use self::weakness::Weakness;
use self::weakness::Weaknesses;

/// The access key id that the server knows.
pub const ACCESS_KEY: &str = "studio-test";
/// The secret that belongs to it.
pub const SECRET_KEY: &str = "studio-test-secret";

/// An answer that the server gives instead of serving.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The S3 error code.
    pub code: &'static str,
    /// A header that comes along.
    pub header: Option<(&'static str, &'static str)>,
}

/// The server; it ends when dropped. It has a runtime of its own, so that it can serve
/// blocking tests, and programs that they start.
#[derive(Debug)]
pub struct TestS3 {
    address: SocketAddr,
    backend: Backend,
    refusal: Arc<Mutex<Option<Refusal>>>,
    runtime: Option<Runtime>,
}

impl TestS3 {
    /// Starts a server without buckets, that does all that Amazon's does.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server without buckets, and with these weaknesses.
    pub fn start_with(weaknesses: &[Weakness]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let backend = Backend::with(Weaknesses::of(weaknesses));
        let mut builder = S3ServiceBuilder::new(backend.clone());
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let refusal = Arc::new(Mutex::new(None));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(serve(listener, service, Arc::clone(&refusal)));
        Self { address, backend, refusal, runtime: Some(runtime) }
    }

    /// The server's URL.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Settings for an `S3Store` on this server.
    pub fn settings(&self) -> S3Settings {
        S3Settings {
            endpoint: Some(self.endpoint()),
            region: Some("us-east-1".to_owned()),
            path_style: Some(true),
            credentials: Some((ACCESS_KEY.to_owned(), SECRET_KEY.to_owned())),
            ..S3Settings::default()
        }
    }

    /// The environment in which a program uses this server.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", self.endpoint()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY.to_owned()),
        ]
    }

    /// A bucket, past the API.
    pub fn bucket(&self, name: &str) -> Bucket<'_> {
        Bucket { backend: &self.backend, name: name.to_owned() }
    }

    /// Answers every request with `refusal` from now on, or serves again.
    pub fn refuse(&self, refusal: Option<Refusal>) {
        *self.refusal.lock().unwrap() = refusal;
    }
}

impl Drop for TestS3 {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Also from within another runtime, where waiting is not allowed.
            runtime.shutdown_background();
        }
    }
}

async fn serve(
    listener: std::net::TcpListener,
    service: S3Service,
    refusal: Arc<Mutex<Option<Refusal>>>,
) {
    let listener = TcpListener::from_std(listener).unwrap();
    while let Ok((socket, _)) = listener.accept().await {
        let (service, refusal) = (service.clone(), Arc::clone(&refusal));
        let handler = service_fn(move |request: Request<Incoming>| {
            let service = service.clone();
            let refusal = refusal.lock().unwrap().clone();
            async move {
                match refusal {
                    Some(refusal) => Ok(refusal.response()),
                    None => service.call(request.map(s3s::Body::from)).await,
                }
            }
        });
        let _ = socket.set_nodelay(true);
        tokio::spawn(async move {
            let http = Builder::new(TokioExecutor::new());
            let _ = http.serve_connection(TokioIo::new(socket), handler).await;
        });
    }
}

impl Refusal {
    fn response(&self) -> Response<s3s::Body> {
        let code = self.code;
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <Error><Code>{code}</Code><Message>refused by the test</Message></Error>"
        );
        let mut response = Response::builder().status(self.status);
        response = response.header("content-type", "application/xml");
        if let Some((name, value)) = self.header {
            response = response.header(name, value);
        }
        response.body(s3s::Body::from(body)).unwrap()
    }
}
