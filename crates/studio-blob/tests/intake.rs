//! A folder, and buckets of a server in the process, pass the suite of every intake.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use studio_blob::intake::{FOLDERS_OWN, FolderIntake, Intake, Relocation, Removal};
use studio_blob::{Error, S3Intake, S3Store};
use studio_domain::{AssetKey, ObjectState};
use studio_testkit::intake_suite::{IntakeFixture, Neighbour};
use studio_testkit::s3::{TestS3, Weakness};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(folder.path()).unwrap();
        folder
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("drop here")
    }

    fn intake(&self) -> FolderIntake {
        FolderIntake::new(&self.path()).unwrap()
    }
}

#[async_trait]
impl IntakeFixture for Folder {
    async fn set_up() -> Option<Self> {
        Some(Self::new())
    }

    fn open(&self) -> Arc<dyn Intake> {
        Arc::new(self.intake())
    }

    fn open_missing(&self) -> Arc<dyn Intake> {
        Arc::new(FolderIntake::new(&self.0.path().join("no such folder")).unwrap())
    }

    async fn put(&self, key: &str, bytes: &[u8]) {
        let file = self.path().join(key);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        // As a tool that minds its readers does: whole, or not at all.
        let part = tempfile::NamedTempFile::new_in(self.0.path()).unwrap();
        std::fs::write(part.path(), bytes).unwrap();
        part.persist(file).unwrap();
    }

    /// Names of a path's parts, and nothing that leads elsewhere.
    fn holds(&self, key: &str) -> bool {
        let is_name = |name: &str| {
            !["", ".", ".."].contains(&name)
                && name.len() <= 255
                && !name.chars().any(char::is_control)
        };
        key.split('/').all(is_name)
    }
}

studio_testkit::intake_conformance!(Folder);

/// A bucket of a server in the process.
struct Bucket<const ETAGS_ARE_MD5: bool>(TestS3);

impl<const M: bool> Bucket<M> {
    fn on(server: TestS3) -> Self {
        for bucket in ["ingest", "store"] {
            server.bucket(bucket).put("x", "");
            server.bucket(bucket).remove("x");
        }
        Self(server)
    }

    fn intake(&self, bucket: &str) -> S3Intake {
        S3Intake::new(&bucket.parse().unwrap(), self.0.settings())
    }

    fn store(&self, bucket: &str) -> Arc<dyn studio_blob::BlobStore> {
        Arc::new(S3Store::new(bucket, Some("below/this"), self.0.settings()))
    }
}

#[async_trait]
impl<const M: bool> IntakeFixture for Bucket<M> {
    async fn set_up() -> Option<Self> {
        let weak = if M { vec![Weakness::Md5ETags] } else { vec![] };
        Some(Self::on(TestS3::start_with(&weak)))
    }

    fn open(&self) -> Arc<dyn Intake> {
        Arc::new(self.intake("ingest"))
    }

    fn open_missing(&self) -> Arc<dyn Intake> {
        Arc::new(self.intake("no-such-bucket"))
    }

    async fn put(&self, key: &str, bytes: &[u8]) {
        self.0.bucket("ingest").put(key, bytes.to_vec());
    }

    fn neighbour(&self) -> Option<Neighbour> {
        let in_parts = self.intake("ingest").with_copies_of(5 << 20, 5 << 20);
        let (store, missing) = (self.store("store"), self.store("not-there-yet"));
        Some(Neighbour { store, in_parts: Arc::new(in_parts), missing })
    }
}

mod s3 {
    type Bucket = super::Bucket<false>;
    studio_testkit::intake_conformance!(Bucket);
}

mod s3_with_md5_etags {
    type Bucket = super::Bucket<true>;
    studio_testkit::intake_conformance!(Bucket);
}

mod s3_without_conditions {
    //! A server that ignores the conditions: what is not in a hurry is right all the same.

    use std::sync::Arc;

    use async_trait::async_trait;
    use studio_blob::intake::Intake;
    use studio_testkit::intake_suite::{IntakeFixture, Neighbour};
    use studio_testkit::s3::{TestS3, Weakness};

    struct Weak(super::Bucket<true>);

    #[async_trait]
    impl IntakeFixture for Weak {
        async fn set_up() -> Option<Self> {
            let weak = [
                Weakness::Md5ETags,
                Weakness::NoCopyConditions,
                Weakness::NoConditionalDeletes,
                Weakness::NoCrc64Nvme,
            ];
            Some(Self(super::Bucket::on(TestS3::start_with(&weak))))
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

        fn heeds_conditions(&self) -> bool {
            false
        }

        fn neighbour(&self) -> Option<Neighbour> {
            self.0.neighbour()
        }
    }

    studio_testkit::intake_conformance!(Weak);
}

fn key(text: &str) -> AssetKey {
    text.parse().unwrap()
}

/// Nothing outside the folder can be reached, nor what is ours in it.
#[tokio::test]
async fn no_key_leads_out_of_the_folder() {
    let folder = Folder::new();
    let intake = folder.intake();
    let outside = folder.0.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("secret"), b"secret").unwrap();
    std::fs::write(folder.path().join("file"), b"a file").unwrap();
    let link = |to: &Path, name: &str| {
        std::os::unix::fs::symlink(to, folder.path().join(name)).unwrap();
    };
    link(&outside, "link");
    link(&outside.join("secret"), "link-to-file");
    link(Path::new("/nowhere"), "broken");
    std::fs::create_dir(folder.path().join(FOLDERS_OWN)).unwrap();
    std::fs::write(folder.path().join(FOLDERS_OWN).join("taken-1-1"), b"ours").unwrap();
    let secret = outside.join("secret");
    let keys = [
        "../outside/secret".to_owned(),
        "x/../../outside/secret".to_owned(),
        secret.to_str().unwrap().to_owned(),
        format!("/{}", secret.display()),
        "link/secret".to_owned(),
        "link-to-file".to_owned(),
        "broken".to_owned(),
        "file/below".to_owned(),
        "file/".to_owned(),
        ".".to_owned(),
        "line\nbreak".to_owned(),
        format!("{FOLDERS_OWN}/taken-1-1"),
        "n".repeat(256),
    ];
    let own = intake.head(&key("file")).await.unwrap();
    for at in keys {
        let at = key(&at);
        let told = intake.head(&at).await;
        assert!(matches!(told, Err(Error::NotFound { .. })), "{at}: {told:?}");
        let told = intake.read(&at, 0..10, &ObjectState::default()).await;
        assert!(matches!(told, Err(Error::NotFound { .. })), "{at}: {told:?}");
        assert_eq!(intake.remove(&at, &own.state).await.unwrap(), Removal::Gone, "{at}");
        let out = intake.relocate(&at, &own.state, &key("to"), false).await.unwrap();
        assert_eq!(out, Relocation::Gone, "{at}");
        let into = intake.relocate(&own.key, &own.state, &at, false).await;
        assert!(!matches!(into, Ok(Relocation::Moved(_))), "{at}: {into:?}");
    }
    let listed = intake.list("", None).await.unwrap();
    assert_eq!(listed, [own]);
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1);
    assert_eq!(std::fs::read(secret).unwrap(), b"secret");
}

/// A program that is killed while it takes a file away leaves it on its way: who begins to work
/// puts it back, unless somebody is taking files at that moment. Who looks alters nothing.
#[tokio::test]
async fn what_a_killed_program_took_is_put_back() {
    let folder = Folder::new();
    let own = folder.path().join(FOLDERS_OWN);
    let left = own.join("taken-1-1/artist/song");
    std::fs::create_dir_all(&left).unwrap();
    std::fs::write(left.join("take.wav"), b"lost").unwrap();
    std::fs::write(left.join("other.wav"), b"older").unwrap();
    folder.put("artist/song/other.wav", b"newer").await;
    std::fs::create_dir(own.join("taken-1-2")).unwrap();
    let lock = std::fs::File::create(own.join("lock")).unwrap();
    lock.lock_shared().unwrap();
    let keys = async || {
        let listed = folder.intake().list("", None).await.unwrap();
        listed.iter().map(|found| found.key.to_string()).collect::<Vec<_>>()
    };
    folder.intake().put_back_lost().unwrap();
    assert_eq!(keys().await, ["artist/song/other.wav"]);
    drop(lock);
    assert_eq!(keys().await, ["artist/song/other.wav"]);
    folder.intake().put_back_lost().unwrap();
    let all = ["artist/song/other.wav", "artist/song/other.wav.1", "artist/song/take.wav"];
    assert_eq!(keys().await, all);
    for (name, bytes) in [("take.wav", b"lost".as_slice()), ("other.wav.1", b"older")] {
        assert_eq!(std::fs::read(folder.path().join("artist/song").join(name)).unwrap(), bytes);
    }
    let names = std::fs::read_dir(&own).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.collect::<Vec<_>>(), ["lock"]);
    // Its own way is gone with each file that it takes.
    let found = folder.intake().head(&key("artist/song/take.wav")).await.unwrap();
    let removed = folder.intake().remove(&found.key, &found.state).await.unwrap();
    assert_eq!(removed, Removal::Removed);
    assert_eq!(std::fs::read_dir(&own).unwrap().count(), 1);
}

/// What cannot be asked for is not listed; what is not a file is none.
#[tokio::test]
async fn files_that_have_no_key_are_left_alone() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Folder::new();
    let names: [&[u8]; 3] = [b"latin \xe4.wav", b"line\nbreak", b"bell\x07"];
    for name in names {
        let file = folder.path().join(std::ffi::OsStr::from_bytes(name));
        std::fs::write(&file, b"x").unwrap();
        assert_eq!(folder.intake().key_of(&file), None);
    }
    folder.put("good.wav", b"x").await;
    let socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket"));
    assert!(socket.is_ok());
    let listed = folder.intake().list("", None).await.unwrap();
    assert_eq!(listed.iter().map(|found| found.key.as_str()).collect::<Vec<_>>(), ["good.wav"]);
    let own = folder.path().join(FOLDERS_OWN).join("taken-1-1");
    assert_eq!(folder.intake().key_of(&own), None);
    assert_eq!(folder.intake().key_of(Path::new("/elsewhere")), None);
    let below = folder.path().join("a/b.wav");
    assert_eq!(folder.intake().key_of(&below), Some(key("a/b.wav")));
}

/// The directory into which files are taken is as empty afterwards as before.
#[tokio::test]
async fn nothing_is_left_where_files_are_taken() {
    let folder = Folder::new();
    let intake = folder.intake();
    for n in 0..3 {
        folder.put("a", format!("old {n}").as_bytes()).await;
        let old = intake.head(&key("a")).await.unwrap();
        folder.put("b", b"in the way").await;
        let moved = intake.relocate(&old.key, &old.state, &key("b"), true).await.unwrap();
        assert_eq!(moved, Relocation::Occupied);
        intake.relocate(&old.key, &old.state, &key("c"), false).await.unwrap();
        folder.put("a", b"new").await;
        assert_eq!(intake.remove(&old.key, &old.state).await.unwrap(), Removal::Changed);
    }
    let own = folder.path().join(FOLDERS_OWN);
    let names = std::fs::read_dir(own).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.collect::<Vec<_>>(), ["lock"]);
}
