//! The S3 store passes the suite of every store, on a server in the process; and it reads
//! every refusal of a server for what it is.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use studio_blob::{
    Attributes, BlobStore, CredentialProblem, Error, S3Settings, S3Store, WriteMode, crc64nvme,
};
use studio_testkit::blob_suite::BlobFixture;
use studio_testkit::s3::{Refusal, TestS3};

struct InProcess(TestS3);

#[async_trait]
impl BlobFixture for InProcess {
    async fn set_up() -> Option<Self> {
        Some(Self(TestS3::start()))
    }

    fn open(&self) -> Arc<dyn BlobStore> {
        Arc::new(S3Store::new("not-there-yet", Some("a prefix/of two"), self.0.settings()))
    }
}

studio_testkit::blob_conformance!(InProcess);

async fn put(store: &dyn BlobStore) -> studio_blob::Result<()> {
    let (key, body) = ("a".parse().unwrap(), Bytes::from_static(b"bytes"));
    let crc = crc64nvme(&body);
    store.put(&key, body, crc, &Attributes::default(), WriteMode::CreateNew).await
}

/// What a put, a head, a get and a list say when the server answers this way.
async fn errors_under(refusal: Refusal) -> Vec<Error> {
    let server = TestS3::start();
    let store = S3Store::new("bucket", None, server.settings());
    put(&store).await.unwrap();
    server.refuse(Some(refusal));
    let key = "a".parse().unwrap();
    vec![
        put(&store).await.unwrap_err(),
        store.head(&key).await.unwrap_err(),
        store.get(&key, None, None).await.unwrap_err(),
        store.list("", None).await.unwrap_err(),
    ]
}

fn refusal(status: u16, code: &'static str) -> Refusal {
    Refusal { status, code, header: None }
}

#[tokio::test]
async fn a_forbidden_bucket_is_denied() {
    for error in errors_under(refusal(403, "AccessDenied")).await {
        assert!(matches!(error, Error::Denied { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn expired_credentials_are_told() {
    for error in errors_under(refusal(400, "ExpiredToken")).await {
        let Error::Credentials { problem, .. } = error else { panic!("{error:?}") };
        assert_eq!(*problem, CredentialProblem::Expired);
    }
}

#[tokio::test]
async fn a_wrong_region_is_told_with_the_right_one() {
    let moved = Refusal {
        header: Some(("x-amz-bucket-region", "eu-central-1")),
        ..refusal(301, "PermanentRedirect")
    };
    for error in errors_under(moved).await {
        let Error::WrongRegion { configured, expected, .. } = error else { panic!("{error:?}") };
        assert_eq!(configured, "us-east-1");
        assert_eq!(expected.as_deref(), Some("eu-central-1"));
    }
}

#[tokio::test]
async fn a_server_that_cannot_serve_is_unreachable() {
    for error in errors_under(refusal(500, "InternalError")).await {
        assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_full_server_is_full() {
    let errors = errors_under(refusal(507, "InsufficientStorage")).await;
    assert!(matches!(errors[0], Error::Full { .. }), "{:?}", errors[0]);
}

#[tokio::test]
async fn a_wrong_secret_is_rejected() {
    let server = TestS3::start();
    let (id, _) = server.settings().credentials.unwrap();
    for credentials in [(id, "wrong".to_owned()), ("nobody".to_owned(), "x".to_owned())] {
        let settings = S3Settings { credentials: Some(credentials), ..server.settings() };
        let store = S3Store::new("bucket", None, settings);
        for error in
            [put(&store).await.unwrap_err(), store.head(&"a".parse().unwrap()).await.unwrap_err()]
        {
            let Error::Credentials { problem, .. } = error else { panic!("{error:?}") };
            assert_eq!(*problem, CredentialProblem::Rejected);
        }
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let settings = {
        let server = TestS3::start();
        server.settings()
    };
    let error = put(&S3Store::new("bucket", None, settings)).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}
