//! The S3 store passes the suite of every store on a real server, the one that the
//! environment names; `cargo xtask test` starts some and does so.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::sync::Arc;

use async_trait::async_trait;
use studio_blob::{BlobStore, S3Settings, S3Store};
use studio_testkit::blob_suite::BlobFixture;

/// Names the server under test; unset, there is none.
const SERVER: &str = "STUDIO_TEST_S3";

struct Live {
    bucket: String,
}

#[async_trait]
impl BlobFixture for Live {
    async fn set_up() -> Option<Self> {
        if std::env::var_os(SERVER).is_none() {
            let reason = "STUDIO_TEST_S3 names no server (`cargo xtask test` starts some)";
            studio_testkit::say_skipped("S3 on real servers", reason);
            return None;
        }
        let random = uuid::Uuid::now_v7().simple().to_string();
        Some(Self { bucket: format!("studio-test-{random}") })
    }

    fn open(&self) -> Arc<dyn BlobStore> {
        // Address and credentials come from the environment, as they do for a user.
        let endpoint = std::env::var("AWS_ENDPOINT_URL").unwrap();
        let settings = S3Settings { endpoint: Some(endpoint), ..S3Settings::default() };
        Arc::new(S3Store::new(&self.bucket, Some("live"), settings))
    }

    fn creates_once(&self) -> bool {
        // Garage takes If-None-Match and ignores it.
        std::env::var(SERVER).is_ok_and(|server| server != "garage")
    }
}

studio_testkit::blob_conformance!(Live);
