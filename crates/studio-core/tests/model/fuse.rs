//! A store and a catalogue that fail when they are told to.

use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use studio_core::blob::{
    self, Attributes, ETag, MultipartUpload, ObjectBody, ObjectInfo, OpenUpload, PartReceipt,
    StoredParts, WriteMode,
};
use studio_core::repo::{
    self, CareRepo, ChoiceRepo, Committed, EndedClaim, ObjectPosition, ObjectUse, ReleaseRepo,
    Removal, RemovalPermit, Reservation, Reserved, StoredObject, TrashRepo, Volume,
};
use studio_core::{
    Artist, ArtistName, BlobStore, CatalogRepo, Check, Crc64Nvme, Digest, Mark, MemoryStore,
    NewVersion, ObjectKey, Page, PageRequest, Pick, Release, ReleaseName, Selection, Song,
    SongPath, SongTitle, SoundFacts, SqliteCatalog, StoreUrl, Timestamp, Track, TrackName,
    TrashedVersion, Version, VersionDetails, VersionFilter, VersionId, VersionPath,
};

type ReleaseId = studio_domain::ReleaseId;
type RemovalId = studio_domain::RemovalId;
type ReservationId = studio_domain::ReservationId;

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blow {
    /// It does not arrive; the next one does.
    LostRequest,
    /// It is carried out, and its answer does not arrive.
    LostAnswer,
    /// The process dies before it: neither this call nor a later one arrives.
    DeathBefore,
    /// The process dies after it.
    DeathAfter,
}

/// What decides which call fails.
#[derive(Debug, Default)]
pub(crate) struct Fuse(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    armed: Option<(u32, Blow)>,
    dead: bool,
    blown: bool,
}

impl Fuse {
    /// Lets the call after `calls` others fail.
    pub(crate) fn arm(&self, calls: u32, blow: Blow) {
        *self.0.lock().unwrap() = State { armed: Some((calls, blow)), ..State::default() };
    }

    /// Lets no call fail any more; tells whether one did.
    pub(crate) fn disarm(&self) -> bool {
        std::mem::take(&mut *self.0.lock().unwrap()).blown
    }

    fn next(&self) -> Option<Blow> {
        let mut state = self.0.lock().unwrap();
        if state.dead {
            return Some(Blow::DeathBefore);
        }
        match state.armed {
            Some((0, blow)) => {
                state.armed = None;
                state.blown = true;
                state.dead = matches!(blow, Blow::DeathBefore | Blow::DeathAfter);
                Some(blow)
            }
            Some((calls, blow)) => {
                state.armed = Some((calls - 1, blow));
                None
            }
            None => None,
        }
    }

    async fn pass<T, E>(
        &self,
        work: impl Future<Output = Result<T, E>>,
        failure: impl FnOnce() -> E,
    ) -> Result<T, E> {
        match self.next() {
            None => work.await,
            Some(Blow::LostRequest | Blow::DeathBefore) => Err(failure()),
            Some(Blow::LostAnswer | Blow::DeathAfter) => {
                let _ = work.await;
                Err(failure())
            }
        }
    }
}

/// What it is around, but for the calls that fail.
pub(crate) struct Fused<T> {
    pub(crate) inner: Arc<T>,
    pub(crate) fuse: Arc<Fuse>,
}

fn no_store() -> blob::Error {
    let source = "the fuse has blown".into();
    blob::Error::Backend { action: "go on with", object: "memory:".to_owned(), source }
}

fn no_catalog() -> repo::Error {
    repo::Error::Backend { action: "go on", source: "the fuse has blown".into() }
}

/// A trait of which every call passes the fuse.
macro_rules! fused {
    (
        impl $trait:ident for $inner:ty, or $failure:path {
            $(fn $call:ident($($name:ident: $type:ty),*) -> $result:ty;)+
        }
        $($plain:item)*
    ) => {
        #[async_trait]
        impl $trait for Fused<$inner> {
            $(
                async fn $call(&self, $($name: $type),*) -> $result {
                    self.fuse.pass(self.inner.$call($($name),*), $failure).await
                }
            )+
            $($plain)*
        }
    };
}

fused! {
    impl BlobStore for MemoryStore, or no_store {
        fn head(key: &ObjectKey) -> blob::Result<ObjectInfo>;
        fn get(
            key: &ObjectKey,
            range: Option<Range<u64>>,
            if_match: Option<ETag>
        ) -> blob::Result<ObjectBody>;
        fn put(
            key: &ObjectKey,
            body: Bytes,
            crc64nvme: Crc64Nvme,
            attributes: &Attributes,
            mode: WriteMode
        ) -> blob::Result<()>;
        fn delete(key: &ObjectKey) -> blob::Result<()>;
        fn list(prefix: &str, after: Option<ObjectKey>) -> blob::Result<Vec<ObjectInfo>>;
        fn begin(
            key: &ObjectKey,
            size: u64,
            part_size: u64,
            attributes: &Attributes
        ) -> blob::Result<MultipartUpload>;
        fn put_part(
            upload: &MultipartUpload,
            number: u32,
            body: Bytes,
            crc64nvme: Crc64Nvme
        ) -> blob::Result<PartReceipt>;
        fn complete(
            upload: &MultipartUpload,
            parts: &[PartReceipt],
            crc64nvme: Crc64Nvme,
            mode: WriteMode
        ) -> blob::Result<()>;
        fn presigned_url(
            key: &ObjectKey,
            expires: Duration,
            file_name: Option<String>
        ) -> blob::Result<Option<String>>;
        fn abort(upload: &OpenUpload) -> blob::Result<()>;
        fn open_uploads(prefix: &str) -> blob::Result<Vec<OpenUpload>>;
        fn parts(upload: &OpenUpload) -> blob::Result<StoredParts>;
    }
    fn url(&self) -> &StoreUrl {
        self.inner.url()
    }
}

fused! {
    impl CatalogRepo for SqliteCatalog, or no_catalog {
        fn reserve(wanted: &Reservation, now: Timestamp) -> repo::Result<Reserved>;
        fn renew(reservation: ReservationId, expires_at: Timestamp) -> repo::Result<()>;
        fn release(reservation: ReservationId) -> repo::Result<()>;
        fn commit(version: &NewVersion, reservation: ReservationId) -> repo::Result<Committed>;
        fn restore(versions: &[NewVersion]) -> repo::Result<usize>;
        fn version(path: &VersionPath) -> repo::Result<Version>;
        fn versions(filter: &VersionFilter, page: PageRequest) -> repo::Result<Page<Version>>;
        fn artists(after: Option<&ArtistName>, limit: u32) -> repo::Result<Vec<Artist>>;
        fn songs(
            artist: &ArtistName,
            after: Option<&SongTitle>,
            limit: u32
        ) -> repo::Result<Vec<Song>>;
        fn tracks(
            artist: &ArtistName,
            song: &SongTitle,
            after: Option<&TrackName>,
            limit: u32
        ) -> repo::Result<Vec<Track>>;
    }
}

fused! {
    impl TrashRepo for SqliteCatalog, or no_catalog {
        fn trash(path: &VersionPath, at: Timestamp) -> repo::Result<TrashedVersion>;
        fn trashed(
            after: Option<VersionId>,
            limit: u32
        ) -> repo::Result<Page<TrashedVersion>>;
        fn find_trashed(path: &VersionPath) -> repo::Result<Vec<TrashedVersion>>;
        fn untrash(id: VersionId, now: Timestamp) -> repo::Result<Version>;
        fn purge(id: VersionId, at: Timestamp) -> repo::Result<Removal>;
        fn adopt_trashed(versions: &[TrashedVersion]) -> repo::Result<usize>;
        fn forget(ids: &[VersionId]) -> repo::Result<usize>;
    }
}

fused! {
    impl CareRepo for SqliteCatalog, or no_catalog {
        fn objects_to_check(
            store: &StoreUrl,
            after: Option<&ObjectPosition>,
            limit: u32
        ) -> repo::Result<Vec<StoredObject>>;
        fn keep_objects(objects: &[StoredObject]) -> repo::Result<()>;
        fn record_checks(
            store: &StoreUrl,
            checks: &[(ObjectKey, Check)]
        ) -> repo::Result<()>;
        fn uses(
            store: &StoreUrl,
            keys: &[ObjectKey],
            now: Timestamp
        ) -> repo::Result<Vec<ObjectUse>>;
        fn volume(store: &StoreUrl) -> repo::Result<Volume>;
        fn propose_removal(
            store: &StoreUrl,
            object_key: &ObjectKey,
            at: Timestamp
        ) -> repo::Result<Removal>;
        fn claim_removal(
            id: RemovalId,
            now: Timestamp,
            until: Timestamp
        ) -> repo::Result<RemovalPermit>;
        fn removals(limit: u32) -> repo::Result<Vec<Removal>>;
        fn finish_removal(id: RemovalId) -> repo::Result<()>;
        fn ended_claims(now: Timestamp, limit: u32) -> repo::Result<Vec<EndedClaim>>;
        fn forget_claims(now: Timestamp) -> repo::Result<usize>;
        fn snapshot(to: &Path) -> repo::Result<()>;
    }
}

fused! {
    impl ChoiceRepo for SqliteCatalog, or no_catalog {
        fn record_sounds(sounds: &[(Digest, SoundFacts)]) -> repo::Result<()>;
        fn details(versions: &[(VersionId, Digest)]) -> repo::Result<Vec<VersionDetails>>;
        fn selected(
            place: &VersionFilter,
            selection: Selection,
            page: PageRequest
        ) -> repo::Result<Page<Version>>;
        fn add_picks(picks: &[Pick]) -> repo::Result<usize>;
        fn picks(song: &SongPath) -> repo::Result<Vec<Pick>>;
        fn picks_ever(
            song: &SongPath,
            track: Option<&TrackName>,
            limit: u32
        ) -> repo::Result<Vec<Pick>>;
        fn unknown_picks(ids: &[studio_domain::PickId]) -> repo::Result<Vec<studio_domain::PickId>>;
        fn unknown_marks(ids: &[studio_domain::MarkId]) -> repo::Result<Vec<studio_domain::MarkId>>;
        fn add_marks(marks: &[Mark]) -> repo::Result<usize>;
        fn marks_ever(version: VersionId) -> repo::Result<Vec<Mark>>;
    }
}

fused! {
    impl ReleaseRepo for SqliteCatalog, or no_catalog {
        fn add_release(release: &Release) -> repo::Result<()>;
        fn restore_release(release: &Release) -> repo::Result<()>;
        fn move_releases(ids: &[ReleaseId], store: &StoreUrl) -> repo::Result<()>;
        fn release_named(song: &SongPath, name: &ReleaseName) -> repo::Result<Release>;
        fn releases(song: Option<&SongPath>) -> repo::Result<Vec<ReleaseId>>;
        fn release_by_id(id: ReleaseId) -> repo::Result<Option<Release>>;
        fn releases_with(version: VersionId) -> repo::Result<Vec<ReleaseId>>;
    }
}
