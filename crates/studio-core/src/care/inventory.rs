//! What a store holds, and what a catalogue knows.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use studio_blob::{Attributes, Error as StoreError, MAX_LISTED, ObjectInfo, WriteMode, crc64nvme};
use studio_domain::{
    ALBUMS, AlbumId, BACKUPS, KeyKind, MARKS, MarkId, OBJECTS, ObjectKey, PICKS, PLAYLISTS, PickId,
    PlaylistId, RECORDINGS, RELEASES, RecordingId, ReleaseId, StoreUrl, TOMBSTONES, Timestamp,
    TrashedVersion, VERSION_MANIFESTS, Version, VersionId,
};
use studio_repo::{MAX_PAGE, PageRequest, VersionFilter};
use uuid::Uuid;

use crate::{Error, Job, Result, Studio};

/// How many versions are looked up at once.
const PAGE: u32 = 5000;
/// Below this a store is asked for its time.
const CLOCKS: &str = "clock/";
/// Nobody asks for so long.
const LONGEST_QUESTION: Duration = Duration::from_secs(24 * 60 * 60);

/// What stands in a store, by its keys.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    pub(super) objects: HashMap<ObjectKey, ObjectInfo>,
    pub(super) manifests: HashSet<VersionId>,
    pub(super) tombstones: HashSet<VersionId>,
    pub(super) picks: HashSet<PickId>,
    pub(super) marks: HashSet<MarkId>,
    pub(super) releases: HashSet<ReleaseId>,
    pub(super) albums: HashSet<AlbumId>,
    pub(super) recordings: HashSet<RecordingId>,
    pub(super) playlists: HashSet<PlaylistId>,
    /// What stands among these and was not made by studio.
    pub(super) foreign: Vec<ObjectKey>,
}

/// A copy of a catalogue in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StoredBackup {
    pub(super) key: ObjectKey,
    pub(super) taken_at: Timestamp,
    pub(super) digest: studio_domain::Digest,
    pub(super) size: u64,
}

/// The versions that a catalogue knows of.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) versions: HashMap<VersionId, Version>,
    pub(super) trashed: HashMap<VersionId, TrashedVersion>,
    /// Those that were purged, and of which the store may still have something.
    pub(super) purged: HashSet<VersionId>,
    /// Those, live or in the trash, that the catalogue has in other stores than the one that
    /// was asked for.
    pub(super) elsewhere: HashSet<VersionId>,
}

impl Known {
    pub(super) fn has(&self, id: VersionId) -> bool {
        self.versions.contains_key(&id)
            || self.trashed.contains_key(&id)
            || self.purged.contains(&id)
    }
}

impl Studio {
    /// All that stands in the store, but for backups.
    pub(super) async fn take_inventory(&self, job: &Job) -> Result<Inventory> {
        let of_versions = [OBJECTS, VERSION_MANIFESTS, TOMBSTONES, PICKS, MARKS, RELEASES];
        let mut all = of_versions.to_vec();
        all.extend([ALBUMS, RECORDINGS, PLAYLISTS]);
        self.list_into_inventory(&all, job).await
    }

    /// The manifests that stand in the store.
    pub(super) async fn list_manifests(&self, job: &Job) -> Result<Inventory> {
        let all = [VERSION_MANIFESTS, RELEASES, ALBUMS, RECORDINGS];
        self.list_into_inventory(&all, job).await
    }

    async fn list_into_inventory(&self, prefixes: &[&str], job: &Job) -> Result<Inventory> {
        let mut inventory = Inventory::default();
        for prefix in prefixes {
            for info in self.list_all(prefix, job).await? {
                match info.key.kind() {
                    KeyKind::Object(_) => {
                        inventory.objects.insert(info.key.clone(), info);
                    }
                    KeyKind::VersionManifest(id) => {
                        inventory.manifests.insert(id);
                    }
                    KeyKind::Tombstone(id) => {
                        inventory.tombstones.insert(id);
                    }
                    KeyKind::Pick(id) => {
                        inventory.picks.insert(id);
                    }
                    KeyKind::Mark(id) => {
                        inventory.marks.insert(id);
                    }
                    KeyKind::Release(id) => {
                        inventory.releases.insert(id);
                    }
                    KeyKind::Album(id) => {
                        inventory.albums.insert(id);
                    }
                    KeyKind::Recording(id) => {
                        inventory.recordings.insert(id);
                    }
                    KeyKind::Playlist(id) => {
                        inventory.playlists.insert(id);
                    }
                    // What is kept of Discogs is below another prefix, and can be had again.
                    KeyKind::Discogs(_) => {}
                    KeyKind::Backup { .. } | KeyKind::Rendition { .. } | KeyKind::Foreign => {
                        inventory.foreign.push(info.key);
                    }
                }
            }
        }
        Ok(inventory)
    }

    /// The copies of catalogues in the store, newest first.
    pub(super) async fn stored_backups(&self, job: &Job) -> Result<Vec<StoredBackup>> {
        let listed = self.list_all(BACKUPS, job).await?.into_iter();
        let mut backups: Vec<_> = listed
            .filter_map(|info| match info.key.kind() {
                KeyKind::Backup { taken_at, digest } => {
                    Some(StoredBackup { key: info.key, taken_at, digest, size: info.size })
                }
                _ => None,
            })
            .collect();
        backups.sort_by_key(|backup| std::cmp::Reverse(backup.taken_at));
        Ok(backups)
    }

    /// Tells a store that is not there, such as a disk that is not mounted, from one that
    /// has lost something: it has nothing at all, though the catalogue has versions in it.
    pub(crate) async fn expect_store(&self) -> Result<()> {
        let store = self.store.url();
        if self.care.objects_to_check(store, None, 1).await?.is_empty() {
            return Ok(());
        }
        for prefix in [OBJECTS, VERSION_MANIFESTS, RECORDINGS] {
            if !self.store.list(prefix, None).await?.is_empty() {
                return Ok(());
            }
        }
        Err(Error::StoreEmpty { store: Box::new(store.clone()) })
    }

    /// The same before something new is sent, at the price of one question: an object that
    /// the catalogue knows is there. Once it was, nobody is asked again.
    pub(crate) async fn expect_store_to_send_to(&self) -> Result<()> {
        if self.store_seen.load(Ordering::Relaxed) {
            return Ok(());
        }
        let named = self.care.objects_to_check(self.store.url(), None, 1).await?;
        if let Some(object) = named.first() {
            match self.store.head(&object.object_key).await {
                // Some buckets permit to write but not to ask; then the write decides.
                Ok(_) | Err(StoreError::Denied { .. }) => {}
                Err(StoreError::NotFound { .. }) => self.expect_store().await?,
                Err(error) => return Err(error.into()),
            }
        }
        self.store_seen.store(true, Ordering::Relaxed);
        Ok(())
    }

    pub(super) async fn list_all(&self, prefix: &str, job: &Job) -> Result<Vec<ObjectInfo>> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let page = job.unless_cancelled(self.store.list(prefix, after)).await?;
            let full = page.len() == MAX_LISTED;
            all.extend(page);
            after = all.last().map(|info| info.key.clone());
            if !full {
                return Ok(all);
            }
        }
    }

    /// All versions that the catalogue has in this store.
    pub(super) async fn known(&self) -> Result<Known> {
        self.known_where(|store| store == self.store.url()).await
    }

    /// All versions that the catalogue has in other stores.
    pub(super) async fn known_elsewhere(&self) -> Result<Known> {
        self.known_where(|store| store != self.store.url()).await
    }

    async fn known_where(&self, wanted: impl Fn(&StoreUrl) -> bool) -> Result<Known> {
        let mut known = Known::default();
        let mut after = None;
        loop {
            let page = PageRequest { after, limit: PAGE };
            let page = self.catalog.versions(&VersionFilter::All, page).await?;
            let (here, elsewhere): (Vec<_>, Vec<_>) =
                page.items.into_iter().partition(|version| wanted(&version.store));
            known.versions.extend(here.into_iter().map(|version| (version.id, version)));
            known.elsewhere.extend(elsewhere.iter().map(|version| version.id));
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        let mut after = None;
        loop {
            let page = self.trash.trashed(after, PAGE).await?;
            let (here, elsewhere): (Vec<_>, Vec<_>) =
                page.items.into_iter().partition(|version| wanted(&version.store));
            known.trashed.extend(here.into_iter().map(|version| (version.id, version)));
            known.elsewhere.extend(elsewhere.iter().map(|version| version.id));
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        // Last: what is purged meanwhile is in the trash or here.
        let removals = self.care.removals(MAX_PAGE).await?.into_iter();
        let removals = removals.filter(|removal| wanted(&removal.store));
        known.purged.extend(removals.filter_map(|removal| removal.version));
        Ok(known)
    }

    /// The present time as the store tells it, by which it dates its objects: written
    /// down there, read back and removed.
    async fn store_time(&self) -> Result<Option<Timestamp>> {
        let key = format!("{CLOCKS}{}", Uuid::now_v7());
        let Ok(key) = key.parse::<ObjectKey>() else { return Ok(None) };
        let (body, attributes) = (Bytes::from_static(b"now"), Attributes::default());
        let crc = crc64nvme(&body);
        self.store.put(&key, body, crc, &attributes, WriteMode::Replace).await?;
        let head = self.store.head(&key).await;
        self.store.delete(&key).await?;
        let now = head?.modified;
        if let Some(now) = now {
            self.clear_clocks(now).await?;
        }
        Ok(now)
    }

    /// Removes what those left who died while they asked for the time.
    async fn clear_clocks(&self, now: Timestamp) -> Result<()> {
        for left in self.store.list(CLOCKS, None).await? {
            if left.modified.is_some_and(|modified| modified.after(LONGEST_QUESTION) <= now) {
                self.store.delete(&left.key).await?;
            }
        }
        Ok(())
    }

    /// The time by which ages are told, and how far the two clocks are apart.
    ///
    /// Where they differ the earlier one counts: nothing is taken for old because a clock
    /// is wrong.
    pub(super) async fn careful_time(&self) -> Result<(Timestamp, Duration)> {
        let ours = self.now();
        let Some(theirs) = self.store_time().await? else { return Ok((ours, Duration::ZERO)) };
        let apart = ours.as_micros().abs_diff(theirs.as_micros());
        Ok((ours.min(theirs), Duration::from_micros(apart)))
    }
}
