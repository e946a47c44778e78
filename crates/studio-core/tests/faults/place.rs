//! A studio whose store stands behind a proxy, and what must be true of it at all times.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use studio_api::v1::{RecordingManifest, VersionManifest, VersionTombstone};
use studio_core::blob::Attributes;
use studio_core::{
    BlobStore as _, Clearing, Download, Job, ObjectKey, PageRequest, Result, S3Settings, S3Store,
    SqliteCatalog, Studio, TransferOptions, Upload, Version, VersionFilter, VersionPath,
};
use studio_testkit::catalog_suite::path;
use studio_testkit::noise;
use studio_testkit::proxy::{Fault, FaultProxy, Rule};
use studio_testkit::s3::{Bucket, TestS3};
use studio_testkit::wav::Wav;

const BUCKET: &str = "vault";
/// How long the store waits for a connection that stands still, where one will, and how much
/// longer for each MiB that is moved. Elsewhere it waits as long as ever: a machine that is
/// busy with other tests is no fault.
const PATIENCE: Duration = Duration::from_millis(1500);
const PATIENCE_PER_MIB: Duration = Duration::from_millis(300);
/// The tag of the version that an operation is about.
pub(crate) const TAG: &str = "take";
/// The tag of a version that was stored before, and that no operation is about.
const BYSTANDER: &str = "stored-before";

/// The file of a version, made once.
#[derive(Debug)]
pub(crate) struct Take {
    pub(crate) bytes: Vec<u8>,
    pub(crate) key: ObjectKey,
    tag: &'static str,
    file: PathBuf,
}

impl Take {
    fn new(directory: &Path, tag: &'static str, bytes: Vec<u8>) -> Self {
        let digest = studio_core::Digest::from_bytes(Sha256::digest(&bytes).into());
        let file = directory.join(format!("{tag}.wav"));
        std::fs::write(&file, &bytes).unwrap();
        Self { bytes, tag, key: ObjectKey::of_object(&digest), file }
    }

    /// How to upload it.
    pub(crate) fn upload(&self) -> Upload {
        Upload { path: version_path(self.tag), file: self.file.clone() }
    }
}

/// What an operation is about, and what was there before.
#[derive(Debug)]
pub(crate) struct Takes {
    pub(crate) take: Take,
    bystander: Take,
    _directory: tempfile::TempDir,
}

impl Takes {
    /// A take of about `size` bytes that are made from `seed`; a WAVE file if it is sound.
    pub(crate) fn new(seed: u64, size: usize, is_sound: bool) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let noise = noise::bytes(seed, size);
        let take = match is_sound {
            true => Wav::pcm(48_000, 2, 24).raw_data(&noise[..size / 6 * 6]).build(),
            false => noise,
        };
        Self {
            take: Take::new(directory.path(), TAG, take),
            bystander: Take::new(directory.path(), BYSTANDER, noise::bytes(!seed, 5000)),
            _directory: directory,
        }
    }
}

/// A catalogue, and whether it is one that was lost and is to be rebuilt.
struct Catalog {
    catalog: Arc<SqliteCatalog>,
    lost: bool,
}

impl Catalog {
    fn empty(lost: bool) -> Self {
        Self { catalog: Arc::new(SqliteCatalog::in_memory().unwrap()), lost }
    }
}

/// One studio, which one fault befalls.
pub(crate) struct Place {
    pub(crate) proxy: FaultProxy,
    pub(crate) takes: Arc<Takes>,
    server: TestS3,
    catalog: Mutex<Catalog>,
    directory: tempfile::TempDir,
    transfer: TransferOptions,
    /// Whether the take's object was lost, so that it may be missing.
    object_lost: AtomicBool,
}

impl Place {
    /// A place with one version in it.
    pub(crate) async fn new(takes: Arc<Takes>, transfer: TransferOptions) -> Self {
        let server = TestS3::start();
        let place = Self {
            proxy: FaultProxy::start(&server.endpoint()),
            server,
            catalog: Mutex::new(Catalog::empty(false)),
            directory: tempfile::tempdir().unwrap(),
            transfer,
            takes,
            object_lost: AtomicBool::new(false),
        };
        place.store_calmly(&place.takes.bystander).await;
        place
    }

    /// The studio as a new process would open it, behind the proxy.
    pub(crate) fn studio(&self) -> Studio {
        self.studio_on(self.proxy.endpoint(), None)
    }

    /// The same, and it expects that a connection will stand still.
    pub(crate) fn impatient(&self) -> Studio {
        let mib = self.takes.take.bytes.len() >> 20;
        self.studio_on(self.proxy.endpoint(), Some(PATIENCE + PATIENCE_PER_MIB * mib as u32))
    }

    /// The studio without a proxy.
    pub(crate) fn calm(&self) -> Studio {
        self.studio_on(self.server.endpoint(), None)
    }

    /// The studio without a proxy, an hour later.
    pub(crate) fn later(&self) -> Studio {
        let calm = self.calm();
        let clock = self.calm();
        calm.with_clock(move || clock.now().after(Duration::from_secs(3600)))
    }

    /// Does something whose requests are refused after the first `served`.
    pub(crate) async fn until_request<W>(
        &self,
        served: u64,
        work: impl FnOnce(Studio) -> W,
    ) -> Result<()>
    where
        W: Future<Output = Result<()>>,
    {
        let proxy = FaultProxy::start(&self.server.endpoint());
        proxy.add(Rule::on_any(Fault::ACCESS_DENIED).skip(served).always());
        work(self.studio_on(proxy.endpoint(), None)).await
    }

    fn studio_on(&self, endpoint: String, patience: Option<Duration>) -> Studio {
        let endpoint = Some(endpoint);
        let settings =
            S3Settings { endpoint, attempts: Some(2), patience, ..self.server.settings() };
        let store = Arc::new(S3Store::new(BUCKET, None, settings));
        let catalog = Arc::clone(&self.catalog.lock().unwrap().catalog);
        Studio::new(catalog, store).with_transfer_options(self.transfer)
    }

    /// The bucket, past the API.
    pub(crate) fn bucket(&self) -> Bucket<'_> {
        self.server.bucket(BUCKET)
    }

    pub(crate) async fn store_calmly(&self, take: &Take) {
        // What is there need not be sent.
        self.bucket().put(take.key.as_str(), take.bytes.clone());
        self.calm().upload(&take.upload(), &Job::default()).await.unwrap();
    }

    /// Where the take is downloaded to: a directory with nothing else.
    pub(crate) fn target(&self) -> Download {
        let directory = self.deliveries();
        std::fs::create_dir_all(&directory).unwrap();
        let target = directory.join("delivered.wav");
        Download { path: version_path(TAG), target, overwrite: false }
    }

    fn deliveries(&self) -> PathBuf {
        self.directory.path().join("deliveries")
    }

    /// The names of all files that were downloaded, or are being.
    pub(crate) fn delivered(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.deliveries()) else { return Vec::new() };
        let names = entries.map(|entry| entry.unwrap().file_name());
        names.map(|name| name.into_string().unwrap()).collect()
    }

    pub(crate) async fn versions(&self) -> Vec<Version> {
        let page = PageRequest { after: None, limit: 1000 };
        self.calm().versions(&VersionFilter::All, page).await.unwrap().items
    }

    /// The version of the take.
    pub(crate) async fn take_version(&self) -> Option<Version> {
        let versions = self.versions().await;
        versions.into_iter().find(|version| version.path == version_path(TAG))
    }

    /// Where the take's manifest is, or was.
    pub(crate) async fn manifest_of_take(&self) -> String {
        let id = self.take_version().await.unwrap().id;
        ObjectKey::of_version_manifest(id).to_string()
    }

    /// Loses the catalogue; an empty one is there instead.
    pub(crate) fn lose_catalog(&self) {
        *self.catalog.lock().unwrap() = Catalog::empty(true);
    }

    /// Loses the object of the take.
    pub(crate) fn lose_object(&self) {
        assert!(self.bucket().remove(self.takes.take.key.as_str()));
        self.object_lost.store(true, Ordering::Relaxed);
    }

    /// Leaves the take in the bucket, and half of another upload of it, as a program that
    /// was killed long ago.
    pub(crate) async fn leave_orphans(&self) {
        let Take { key, bytes, .. } = &self.takes.take;
        let store = S3Store::new(BUCKET, None, self.server.settings());
        let size = bytes.len() as u64;
        store.begin(key, size, 5 << 20, &Attributes::default()).await.unwrap();
        self.bucket().put(key.as_str(), bytes.clone());
        let grace = Clearing::default().grace + Duration::from_secs(3600);
        self.bucket().age(key.as_str(), grace);
        self.bucket().age_open_uploads(grace);
    }

    /// Asserts that these bytes were delivered, each in a file, and nothing else.
    pub(crate) fn assert_delivered(&self, expected: &[&Vec<u8>]) {
        let names = self.delivered();
        let files = names.iter().map(|name| std::fs::read(self.deliveries().join(name)).unwrap());
        let files: Vec<_> = files.collect();
        assert!(files.iter().collect::<Vec<_>>() == expected, "{names:?}");
    }

    /// What holds whatever happened: all that is visible is whole, and what was stored
    /// before is still there.
    pub(crate) async fn assert_whole(&self) {
        for key in self.bucket().keys() {
            self.assert_right(&key);
        }
        let versions = self.versions().await;
        let page = self.calm().trashed(None, 1000).await.unwrap();
        let trashed = page.items.into_iter().map(|trashed| trashed.record);
        for version in versions.iter().map(|version| version.record.clone()).chain(trashed) {
            let lost =
                self.object_lost.load(Ordering::Relaxed) && version.path == version_path(TAG);
            assert!(lost || self.bucket().get(version.object_key.as_str()).is_some());
            let manifest = ObjectKey::of_version_manifest(version.id);
            if let Some(manifest) = self.bucket().get(manifest.as_str()) {
                assert_eq!(VersionManifest::decode(&manifest).unwrap(), version);
            }
        }
        if !self.catalog.lock().unwrap().lost {
            assert!(versions.iter().any(|version| version.path == version_path(BYSTANDER)));
        }
        let bystander = self.bucket().get(self.takes.bystander.key.as_str());
        assert!(bystander.unwrap() == self.takes.bystander.bytes);
    }

    /// Asserts that an object is what its name says.
    fn assert_right(&self, key: &str) {
        let bytes = self.bucket().get(key).unwrap();
        let digest = || studio_core::Digest::from_bytes(Sha256::digest(&bytes).into());
        match key.split_once('/') {
            Some(("objects", _)) => {
                let Takes { take, bystander, .. } = &*self.takes;
                let known = [take, bystander].into_iter().find(|take| take.key.as_str() == key);
                assert!(known.unwrap().bytes == bytes, "the bytes of {key}");
            }
            Some(("versions", _)) => {
                let version = VersionManifest::decode(&bytes).unwrap();
                assert_eq!(key, ObjectKey::of_version_manifest(version.id).as_str());
            }
            Some(("trash", _)) => {
                let tombstone = VersionTombstone::decode(&bytes).unwrap();
                assert_eq!(key, ObjectKey::of_tombstone(tombstone.version.id).as_str());
            }
            Some(("backups", name)) => {
                assert!(name.ends_with(&format!("-{}.db", digest())), "{key}");
            }
            Some(("published", _)) => {
                let recording = RecordingManifest::decode(&bytes).unwrap().value;
                assert_eq!(key, ObjectKey::of_recording(recording.id).as_str());
            }
            // Written to read the store's clock.
            Some(("clock", _)) => {}
            _ => panic!("{key} is in the bucket"),
        }
    }
}

fn version_path(tag: &str) -> VersionPath {
    path("Khruangbin", "White Gloves", "Bass", tag)
}
