//! A bucket on a server in the process, and what is known of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use studio_core::blob::intake::Intake;
use studio_core::ingest::{Filing, Ingest, IngestRules, OnInvalid, Taken};
use studio_core::repo::QuarantineRepo as _;
use studio_core::{
    CatalogRepo as _, NewVersion, PageRequest, S3Intake, S3Settings, S3Store, SqliteCatalog,
    Studio, Timestamp, VersionFilter, VersionId,
};
use studio_domain::{
    Asset, AssetEvent, AssetPlace, AssetStatus, EventKind, Moment, ObjectState, Quarantined,
};
use studio_repo::AssetRepo as _;
use studio_testkit::proxy::FaultProxy;
use studio_testkit::s3::{TestS3, Weakness};
use studio_testkit::wav::Wav;

use super::tripwire::{Hook, WiredCatalog, WiredIntake};

/// The bucket of these tests.
pub(crate) const BUCKET: &str = "ingest";

pub(crate) struct Scene {
    pub(crate) server: TestS3,
    /// Before the server, and counting.
    pub(crate) proxy: FaultProxy,
    pub(crate) catalog: Arc<SqliteCatalog>,
    pub(crate) directory: tempfile::TempDir,
    events: AtomicU64,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::on(&[Weakness::Md5ETags])
    }

    pub(crate) fn on(weaknesses: &[Weakness]) -> Self {
        let server = TestS3::start_with(weaknesses);
        server.bucket(BUCKET).put("x", "");
        server.bucket(BUCKET).remove("x");
        let proxy = FaultProxy::start(&server.endpoint());
        let directory = tempfile::tempdir().unwrap();
        let catalog = Arc::new(SqliteCatalog::open(&directory.path().join("studio.db")).unwrap());
        Self { server, proxy, catalog, directory, events: AtomicU64::new(0) }
    }

    pub(crate) fn settings(&self) -> S3Settings {
        S3Settings { endpoint: Some(self.proxy.endpoint()), ..self.server.settings() }
    }

    pub(crate) fn intake(&self) -> Arc<dyn Intake> {
        Arc::new(S3Intake::new(&BUCKET.parse().unwrap(), self.settings()))
    }

    pub(crate) fn ingest(&self) -> Ingest {
        self.ingest_with(IngestRules::default())
    }

    pub(crate) fn ingest_with(&self, rules: IngestRules) -> Ingest {
        Ingest::new(vec![self.intake()], self.catalog.clone(), rules).with_clock(now)
    }

    /// With something happening before and after each call.
    pub(crate) fn wired(&self, rules: IngestRules, hook: Hook) -> Ingest {
        let intake = WiredIntake { inner: self.intake(), hook: hook.clone() };
        let known = WiredCatalog::repositories(self.catalog.clone(), hook);
        Ingest::new(vec![Arc::new(intake)], known, rules).with_clock(now)
    }

    /// A studio whose store is another bucket on the same server.
    pub(crate) fn studio(&self) -> Studio {
        let store = Arc::new(S3Store::new("masters", None, self.settings()));
        Studio::new(self.catalog.clone(), store)
            .with_spool_directory(self.directory.path().to_owned())
    }

    pub(crate) fn filing(&self, pattern: Option<&str>) -> Filing {
        let pattern = pattern.map(|pattern| pattern.parse().unwrap());
        Filing { studio: self.studio(), pattern, ixml: false, artist: None }
    }

    /// Puts an object there; what its bucket tells of that.
    pub(crate) fn put(&self, key: &str, bytes: &[u8]) -> AssetEvent {
        self.server.bucket(BUCKET).put(key, bytes.to_vec());
        let etag = Some(md5(bytes));
        AssetEvent {
            size: Some(bytes.len() as u64),
            state: ObjectState { etag, version_id: None },
            ..self.event(key, EventKind::Created)
        }
    }

    /// Removes an object; what its bucket tells of that.
    pub(crate) fn remove(&self, key: &str) -> AssetEvent {
        assert!(self.server.bucket(BUCKET).remove(key));
        self.event(key, EventKind::Removed)
    }

    /// An event later than all before it.
    pub(crate) fn event(&self, key: &str, kind: EventKind) -> AssetEvent {
        let n = self.events.fetch_add(1, Ordering::Relaxed) + 1;
        let at = Timestamp::from_micros(now().as_micros() + n.cast_signed());
        let sequencer = Some(format!("{n:018X}").parse().unwrap());
        let moment = Moment { sequencer, at: Some(at) };
        AssetEvent { place: place(key), kind, state: ObjectState::default(), size: None, moment }
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.server.bucket(BUCKET).keys()
    }

    pub(crate) fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.server.bucket(BUCKET).get(key).map(|bytes| bytes.to_vec())
    }

    pub(crate) async fn asset(&self, key: &str) -> Option<Asset> {
        let place = place(key);
        self.catalog.asset_at(Some(&place.bucket), &place.key).await.unwrap()
    }

    pub(crate) async fn status(&self, key: &str) -> AssetStatus {
        self.asset(key).await.unwrap().status
    }

    pub(crate) async fn quarantined(&self) -> Vec<Quarantined> {
        self.catalog.quarantined(None, None, 1000).await.unwrap()
    }
}

impl Scene {
    pub(crate) async fn version(&self, id: VersionId) -> NewVersion {
        let page = PageRequest { after: None, limit: 1000 };
        let all = self.catalog.versions(&VersionFilter::All, page).await.unwrap().items;
        all.into_iter().map(|version| version.record).find(|record| record.id == id).unwrap()
    }
}

pub(crate) fn place(key: &str) -> AssetPlace {
    AssetPlace { bucket: BUCKET.parse().unwrap(), key: key.parse().unwrap() }
}

/// The clock of the tests is the true one: a bucket says when an object was written.
pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap())
}

pub(crate) fn deleting() -> IngestRules {
    IngestRules { on_invalid: OnInvalid::Delete, ..IngestRules::default() }
}

/// A good file, other bytes for each `n`.
pub(crate) fn good(n: usize) -> Vec<u8> {
    Wav::pcm(48_000, 2, 24).frames(1000 + n, |frame, _| (frame as f64 / 40.0).sin() / 2.0).build()
}

/// A file of another sample rate than is wanted.
pub(crate) fn bad(n: usize) -> Vec<u8> {
    Wav::pcm(44_100, 2, 24).frames(1000 + n, |frame, _| (frame as f64 / 40.0).sin() / 2.0).build()
}

pub(crate) fn md5(bytes: &[u8]) -> String {
    use md5::Digest as _;
    md5::Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn status_of(taken: &Taken) -> AssetStatus {
    taken.asset.as_ref().unwrap().status
}
