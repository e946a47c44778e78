//! The S3 store passes the suite of every store on a real server, the one that the
//! environment names; `cargo xtask test` starts some and does so.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use studio_aws::{AwsSettings, Service, load};
use studio_blob::intake::Intake;
use studio_blob::{BlobStore, S3Intake, S3Settings, S3Store};
use studio_testkit::blob_suite::BlobFixture;
use studio_testkit::intake_suite::{IntakeFixture, Neighbour};

/// Names the server under test; unset, there is none.
const SERVER: &str = "STUDIO_TEST_S3";

struct Live {
    bucket: String,
}

fn new_bucket() -> Option<String> {
    if std::env::var_os(SERVER).is_none() {
        let reason = "STUDIO_TEST_S3 names no server (`cargo xtask test` starts some)";
        studio_testkit::say_skipped("S3 on real servers", reason);
        return None;
    }
    Some(format!("studio-test-{}", uuid::Uuid::now_v7().simple()))
}

/// Address and credentials come from the environment, as they do for a user.
fn settings() -> S3Settings {
    let endpoint = std::env::var("AWS_ENDPOINT_URL").unwrap();
    S3Settings { endpoint: Some(endpoint), ..S3Settings::default() }
}

#[async_trait]
impl BlobFixture for Live {
    async fn set_up() -> Option<Self> {
        new_bucket().map(|bucket| Self { bucket })
    }

    fn open(&self) -> Arc<dyn BlobStore> {
        Arc::new(S3Store::new(&self.bucket, Some("live"), settings()))
    }

    fn creates_once(&self) -> bool {
        // Garage takes If-None-Match and ignores it.
        std::env::var(SERVER).is_ok_and(|server| server != "garage")
    }
}

studio_testkit::blob_conformance!(Live);

/// A bucket into which others put files, with their own client.
struct Ingest {
    bucket: String,
    client: Client,
}

impl Ingest {
    fn intake(&self) -> S3Intake {
        S3Intake::new(&self.bucket.parse().unwrap(), settings())
    }

    fn is_on(server: &str) -> bool {
        std::env::var(SERVER).is_ok_and(|name| name == server)
    }
}

#[async_trait]
impl IntakeFixture for Ingest {
    async fn set_up() -> Option<Self> {
        let bucket = new_bucket()?;
        let service = Service {
            id: "S3",
            name: "S3",
            read_timeout: Duration::from_secs(60),
            attempt_timeout: Duration::from_secs(60),
            stall: None,
        };
        let settings = AwsSettings { endpoint: settings().endpoint, ..AwsSettings::default() };
        let loaded = load(&settings, service).await;
        let client =
            Client::from_conf(Builder::from(&loaded.config).force_path_style(true).build());
        for bucket in [bucket.clone(), format!("{bucket}-store")] {
            client.create_bucket().bucket(bucket).send().await.unwrap();
        }
        Some(Self { bucket, client })
    }

    fn open(&self) -> Arc<dyn Intake> {
        Arc::new(self.intake())
    }

    fn open_missing(&self) -> Arc<dyn Intake> {
        let bucket = format!("{}-missing", self.bucket);
        Arc::new(S3Intake::new(&bucket.parse().unwrap(), settings()))
    }

    async fn put(&self, key: &str, bytes: &[u8]) {
        let put = self.client.put_object().bucket(&self.bucket).key(key);
        put.body(bytes.to_vec().into()).send().await.unwrap();
    }

    /// SeaweedFS takes keys for paths.
    fn holds(&self, key: &str) -> bool {
        let is_name = |name: &str| !["", ".", ".."].contains(&name) && name.len() <= 255;
        !Self::is_on("seaweedfs") || (key.split('/').all(is_name) && !key.contains('\\'))
    }

    fn tells_what_it_cannot_hold(&self) -> bool {
        false
    }

    /// Garage knows no conditional deletions.
    fn heeds_conditions(&self) -> bool {
        !Self::is_on("garage")
    }

    fn neighbour(&self) -> Option<Neighbour> {
        let store = |suffix: &str| -> Arc<dyn BlobStore> {
            let bucket = format!("{}-{suffix}", self.bucket);
            Arc::new(S3Store::new(&bucket, Some("live"), settings()))
        };
        let in_parts = Arc::new(self.intake().with_copies_of(5 << 20, 5 << 20));
        Some(Neighbour { store: store("store"), in_parts, missing: store("missing") })
    }
}

mod intake {
    use super::Ingest;
    studio_testkit::intake_conformance!(Ingest);
}

/// The same in a bucket that keeps versions.
mod intake_with_versions {
    use std::sync::Arc;

    use async_trait::async_trait;
    use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
    use studio_blob::intake::Intake;
    use studio_testkit::intake_suite::{IntakeFixture, Neighbour};

    struct Versioned(super::Ingest);

    #[async_trait]
    impl IntakeFixture for Versioned {
        async fn set_up() -> Option<Self> {
            // SeaweedFS leaves out keys when it lists such a bucket, and a deletion of one
            // version can hide the next; Garage keeps no versions.
            if ["seaweedfs", "garage"].into_iter().any(super::Ingest::is_on) {
                let reason = "this server does not keep versions as S3 does";
                studio_testkit::say_skipped("buckets that keep versions", reason);
                return None;
            }
            let ingest = super::Ingest::set_up().await?;
            let enabled =
                VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled);
            let request = ingest.client.put_bucket_versioning().bucket(&ingest.bucket);
            request.versioning_configuration(enabled.build()).send().await.unwrap();
            Some(Self(ingest))
        }

        fn open(&self) -> Arc<dyn Intake> {
            self.0.open()
        }

        fn open_missing(&self) -> Arc<dyn Intake> {
            self.0.open_missing()
        }

        async fn put(&self, key: &str, bytes: &[u8]) {
            self.0.put(key, bytes).await;
        }

        fn holds(&self, key: &str) -> bool {
            self.0.holds(key)
        }

        fn tells_what_it_cannot_hold(&self) -> bool {
            self.0.tells_what_it_cannot_hold()
        }

        fn heeds_conditions(&self) -> bool {
            self.0.heeds_conditions()
        }

        fn neighbour(&self) -> Option<Neighbour> {
            self.0.neighbour()
        }
    }

    studio_testkit::intake_conformance!(Versioned);
}
