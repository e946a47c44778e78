//! What a studio does with its store, and what each promises.

use async_trait::async_trait;
use studio_core::{Job, ObjectKey, Result, Studio, TransferOptions, VersionId};

use crate::place::Place;
use crate::{care, publish};

/// Something that the studio does, as a row of the table.
#[async_trait(?Send)]
pub(crate) trait Operation: Send + Sync {
    /// Its name in the table.
    fn name(&self) -> &'static str;

    /// How many bytes it is about.
    fn size(&self) -> usize;

    /// Whether its bytes must be sound.
    fn is_sound(&self) -> bool {
        false
    }

    /// Whether a fault that does not pass tells nothing that another row does not tell.
    fn passing_only(&self) -> bool {
        false
    }

    /// How its bytes are moved.
    fn transfer(&self) -> TransferOptions {
        one_by_one()
    }

    /// What is there before.
    async fn prepare(&self, place: &Place);

    /// Does it.
    async fn run(&self, place: &Place, studio: &Studio) -> Result<()>;

    /// Asserts what is true once it has succeeded.
    async fn assert_done(&self, place: &Place);
}

const MIB: usize = 1 << 20;
/// What an attempt at a download leaves: as much as is compared at once when it goes on.
const KEPT: u64 = 8 << 20;
/// The ranges in which that comes.
const RANGE: u64 = 2 << 20;

/// One request after the other, so that each has its turn to be struck.
fn one_by_one() -> TransferOptions {
    TransferOptions {
        part_size: 5 << 20,
        parallel_parts: 1,
        range_size: 20_000,
        parallel_ranges: 1,
        ..Default::default()
    }
}

/// An upload of so many bytes.
struct UploadOf {
    name: &'static str,
    size: usize,
    before: Before,
    parallel: usize,
}

/// What there is already of what is to be uploaded.
enum Before {
    Nothing,
    /// An attempt was broken off.
    Some,
    /// All of it.
    All,
    /// The version, but its object is gone.
    AllButTheObject,
}

#[async_trait(?Send)]
impl Operation for UploadOf {
    fn name(&self) -> &'static str {
        self.name
    }

    fn size(&self) -> usize {
        self.size
    }

    fn passing_only(&self) -> bool {
        self.parallel > 1
    }

    fn transfer(&self) -> TransferOptions {
        TransferOptions { parallel_parts: self.parallel, ..one_by_one() }
    }

    async fn prepare(&self, place: &Place) {
        let request = place.takes.take.upload();
        let calm = place.calm();
        match self.before {
            Before::Nothing => {}
            Before::Some => {
                // A look at the object, one for open uploads, the beginning, and one part.
                let stopped = place.until_request(4, |studio| async move {
                    studio.upload(&request, &Job::default()).await.map(drop)
                });
                stopped.await.unwrap_err();
                assert_eq!(place.bucket().open_uploads().len(), 1);
            }
            Before::All => drop(calm.upload(&request, &Job::default()).await.unwrap()),
            Before::AllButTheObject => {
                place.store_calmly(&place.takes.take).await;
                place.lose_object();
            }
        }
    }

    async fn run(&self, place: &Place, studio: &Studio) -> Result<()> {
        studio.upload(&place.takes.take.upload(), &Job::default()).await.map(drop)
    }

    async fn assert_done(&self, place: &Place) {
        let version = place.take_version().await.unwrap();
        let object = place.bucket().get(version.object_key.as_str()).unwrap();
        assert!(object == place.takes.take.bytes);
        assert_eq!(place.bucket().open_uploads(), []);
        // The two of the version that was there before, and those of this one.
        let manifest = |id: VersionId| ObjectKey::of_version_manifest(id).to_string();
        let mut keys: Vec<_> = place.versions().await.iter().map(|v| manifest(v.id)).collect();
        assert_eq!(keys.len(), 2);
        keys.extend(place.versions().await.iter().map(|v| v.object_key.to_string()));
        keys.sort();
        assert_eq!(place.bucket().keys(), keys);
    }
}

/// A download of a version, perhaps after an attempt that was broken off.
struct DownloadOf {
    name: &'static str,
    size: usize,
    resumed: bool,
}

#[async_trait(?Send)]
impl Operation for DownloadOf {
    fn name(&self) -> &'static str {
        self.name
    }

    fn size(&self) -> usize {
        self.size
    }

    fn transfer(&self) -> TransferOptions {
        match self.resumed {
            // Of a file as small as the others nothing would be kept.
            true => TransferOptions { range_size: RANGE, ..one_by_one() },
            false => one_by_one(),
        }
    }

    async fn prepare(&self, place: &Place) {
        place.store_calmly(&place.takes.take).await;
        if self.resumed {
            // A look at the object, and so many ranges.
            let request = place.target();
            let stopped = place.until_request(1 + KEPT / RANGE, |studio| async move {
                studio.download(&request, &Job::default()).await.map(drop)
            });
            stopped.await.unwrap_err();
            assert!(!place.delivered().is_empty());
        }
    }

    async fn run(&self, place: &Place, studio: &Studio) -> Result<()> {
        let request = place.target();
        let done = studio.download(&request, &Job::default()).await;
        if done.is_err() {
            assert!(!request.target.exists(), "nothing appears under the target's name");
        }
        done.map(drop)
    }

    async fn assert_done(&self, place: &Place) {
        let request = place.target();
        assert!(std::fs::read(&request.target).unwrap() == place.takes.take.bytes);
        place.assert_delivered(&[&place.takes.take.bytes]);
    }
}

/// All of them, in the order of the table.
pub(crate) fn all() -> Vec<Box<dyn Operation>> {
    let upload = |name, size, before, parallel| -> Box<dyn Operation> {
        Box::new(UploadOf { name, size, before, parallel })
    };
    let download = |name, size, resumed| -> Box<dyn Operation> {
        Box::new(DownloadOf { name, size, resumed })
    };
    let mut all = vec![
        upload("upload, one piece", 50_000, Before::Nothing, 1),
        upload("upload, three parts", 10 * MIB + 5000, Before::Nothing, 1),
        upload("upload, two parts at once", 5 * MIB + 5000, Before::Nothing, 2),
        upload("upload, resumed", 5 * MIB + 5000, Before::Some, 1),
        upload("upload again", 50_000, Before::All, 1),
        upload("upload again, object lost", 50_000, Before::AllButTheObject, 1),
        download("download, one range", 20_000, false),
        download("download, three ranges", 50_000, false),
        download("download, resumed", 16 * MIB, true),
    ];
    all.extend(care::ALL.map(|care| -> Box<dyn Operation> { Box::new(care) }));
    all.extend(publish::ALL.map(|publishing| -> Box<dyn Operation> { Box::new(publishing) }));
    all
}
