//! The facade.

use std::fmt;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{SystemTime, UNIX_EPOCH};

use studio_audio::gate::Profile;
use studio_blob::BlobStore;
use studio_domain::{StoreUrl, Timestamp};
use studio_repo::{
    CareRepo, CatalogRepo, ChoiceRepo, LibraryRepo, PlaylistRepo, PublishRepo, ReleaseRepo,
    ShelfRepo, TrashRepo,
};

use crate::RateLimit;
use crate::transfer::memory::Memory;

/// The least bytes in a part: S3 takes no smaller ones than 5 MiB, but for the last.
pub const LEAST_PART: u64 = 5 << 20;
/// The most parts that S3 takes of one object.
pub(crate) const MOST_PARTS: u64 = 10_000;
/// The most bytes in a part that S3 takes: 5 GiB.
pub const MOST_PART: u64 = 5 << 30;
/// The most parts or ranges that move at once.
pub const MOST_PARALLEL: usize = 64;

/// How bytes are moved. What is in memory at once is about `part_size` times
/// `parallel_parts` on the way up, `range_size` times `parallel_ranges` on the way down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferOptions {
    /// Bytes in each part of an upload, at least 5 MiB; larger for files of which more
    /// than 10,000 such parts would be needed.
    pub part_size: u64,
    /// How many parts are sent at once.
    pub parallel_parts: usize,
    /// Bytes in each range of a download.
    pub range_size: u64,
    /// How many ranges are fetched at once.
    pub parallel_ranges: usize,
    /// How many bytes may move in a second, up and down together; no limit if `None`.
    pub limit_rate: Option<NonZeroU64>,
}

impl Default for TransferOptions {
    fn default() -> Self {
        Self {
            part_size: 8 << 20,
            parallel_parts: 3,
            range_size: 4 << 20,
            parallel_ranges: 4,
            limit_rate: None,
        }
    }
}

impl TransferOptions {
    /// The part size for a file of `size` bytes, in whole MiB (S3: at most 10,000 parts).
    pub(crate) fn part_size_for(&self, size: u64) -> u64 {
        const MIB: u64 = 1 << 20;
        let needed = size.div_ceil(MOST_PARTS);
        needed.max(self.part_size).max(LEAST_PART).next_multiple_of(MIB)
    }
}

/// Where a studio keeps what it knows: eight views, as a rule on one database.
#[derive(Clone)]
pub struct Repositories {
    /// The versions.
    pub catalog: Arc<dyn CatalogRepo>,
    /// The versions that were thrown away.
    pub trash: Arc<dyn TrashRepo>,
    /// The state of the objects.
    pub care: Arc<dyn CareRepo>,
    /// What is known and thought of the versions.
    pub choices: Arc<dyn ChoiceRepo>,
    /// The releases.
    pub releases: Arc<dyn ReleaseRepo>,
    /// The albums and recordings.
    pub publish: Arc<dyn PublishRepo>,
    /// The playlists.
    pub playlists: Arc<dyn PlaylistRepo>,
    /// Albums and recordings, as those who look see them.
    pub shelf: Arc<dyn ShelfRepo>,
}

impl<R> From<Arc<R>> for Repositories
where
    R: CatalogRepo
        + TrashRepo
        + CareRepo
        + ChoiceRepo
        + ReleaseRepo
        + PublishRepo
        + PlaylistRepo
        + ShelfRepo
        + 'static,
{
    fn from(database: Arc<R>) -> Self {
        Self {
            catalog: database.clone(),
            trash: database.clone(),
            care: database.clone(),
            choices: database.clone(),
            releases: database.clone(),
            publish: database.clone(),
            playlists: database.clone(),
            shelf: database,
        }
    }
}

/// Tells the time.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A studio: the catalogue of its versions and the store of their bytes.
///
/// Cheap to clone; clones work on the same catalogue and store. Its use cases are methods,
/// each in a file of its own.
#[derive(Clone)]
pub struct Studio {
    pub(crate) catalog: Arc<dyn CatalogRepo>,
    pub(crate) trash: Arc<dyn TrashRepo>,
    pub(crate) care: Arc<dyn CareRepo>,
    pub(crate) choices: Arc<dyn ChoiceRepo>,
    pub(crate) releases: Arc<dyn ReleaseRepo>,
    pub(crate) publish: Arc<dyn PublishRepo>,
    pub(crate) playlists: Arc<dyn PlaylistRepo>,
    pub(crate) shelf: Arc<dyn ShelfRepo>,
    pub(crate) store: Arc<dyn BlobStore>,
    pub(crate) transfer: TransferOptions,
    pub(crate) memory: Memory,
    /// What bytes in either direction wait for; shared by all clones.
    pub(crate) rate: RateLimit,
    /// Whether the store was seen to be the one that the catalogue means.
    pub(crate) store_seen: Arc<AtomicBool>,
    /// What uploads must keep to.
    pub(crate) gate: Arc<Profile>,
    /// Whether uploads are measured, whatever the gate asks for.
    pub(crate) measures_uploads: bool,
    /// The libraries whose renditions stay, if somebody told of them.
    pub(crate) libraries: Option<Arc<dyn LibraryRepo>>,
    /// Where bytes lie that are worked on; the system's directory for that if `None`.
    pub(crate) spool_directory: Option<PathBuf>,
    clock: Clock,
}

impl Studio {
    /// Joins a catalogue and a store.
    pub fn new(repositories: impl Into<Repositories>, store: Arc<dyn BlobStore>) -> Self {
        let Repositories { catalog, trash, care, choices, releases, publish, playlists, shelf } =
            repositories.into();
        let transfer = TransferOptions::default();
        let rate = RateLimit::new(transfer.limit_rate);
        let (memory, store_seen) = (Memory::default(), Arc::default());
        let clock = Arc::new(system_time);
        Self {
            catalog,
            trash,
            care,
            choices,
            releases,
            publish,
            playlists,
            shelf,
            store,
            transfer,
            memory,
            rate,
            store_seen,
            gate: Arc::new(Profile::any()),
            measures_uploads: false,
            libraries: None,
            spool_directory: None,
            clock,
        }
    }

    /// Refuses from now on what does not keep to a profile, and tells what it warns of. At
    /// first, nothing is refused.
    pub fn with_gate(mut self, profile: Profile) -> Self {
        self.gate = Arc::new(profile);
        self
    }

    /// Decodes and measures from now on what is uploaded, if it is sound.
    pub fn measuring_uploads(mut self) -> Self {
        self.measures_uploads = true;
        self
    }

    /// Keeps from now on what was made of the music of these libraries as long as they have it:
    /// garbage collection goes by their scans, and not by age alone.
    pub fn with_libraries(mut self, libraries: Arc<dyn LibraryRepo>) -> Self {
        self.libraries = Some(libraries);
        self
    }

    /// Lets bytes that are worked on (versions that are mixed, for example) lie below this
    /// directory from now on. It needs room for all stems of a song.
    pub fn with_spool_directory(mut self, directory: PathBuf) -> Self {
        self.spool_directory = Some(directory);
        self
    }

    /// Moves bytes in another way from now on.
    pub fn with_transfer_options(self, transfer: TransferOptions) -> Self {
        Self { transfer, rate: RateLimit::new(transfer.limit_rate), ..self }
    }

    /// Fills a store again that has lost everything. Without this, a store that is empty
    /// though versions should be in it is taken for one that is not there, such as a disk
    /// that is not mounted, and nothing is sent to it.
    pub fn filling_an_empty_store(self) -> Self {
        Self { store_seen: Arc::new(AtomicBool::new(true)), ..self }
    }

    /// What the transfers of this studio and its clones wait for before they move bytes;
    /// a program may let its own wait for it too.
    pub fn rate_limit(&self) -> &RateLimit {
        &self.rate
    }

    /// Goes by another clock from now on: for tests of what takes days.
    pub fn with_clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// The store's name.
    pub fn store_url(&self) -> &StoreUrl {
        self.store.url()
    }

    /// The present time, by this studio's clock.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

/// The present time, by this machine.
pub(crate) fn system_time() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(0).after(since_epoch)
}

impl fmt::Debug for Studio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Studio")
            .field("store", self.store.url())
            .field("transfer", &self.transfer)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_few_enough_for_s3_and_large_enough() {
        let options = TransferOptions::default();
        for size in [0, 1, 8 << 20, 4 << 30, 100 << 30, 5 << 40] {
            let part = options.part_size_for(size);
            assert!(size.div_ceil(part) <= 10_000, "{size} bytes in parts of {part}");
            assert!(part >= 8 << 20 && part.is_multiple_of(1 << 20));
        }
        let tiny = TransferOptions { part_size: 1, ..options };
        assert_eq!(tiny.part_size_for(10), LEAST_PART);
    }
}
