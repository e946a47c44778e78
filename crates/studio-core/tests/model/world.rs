//! A studio on a store and a catalogue that fail when they are told to, and the model beside it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use studio_core::blob::{Attributes, WriteMode, crc64nvme};
use studio_core::repo::CareRepo as _;
use studio_core::{
    BlobStore as _, CancellationToken, CatalogError, Clearing, Error, ErrorKind, Event,
    Examination, Job, MemoryStore, ObjectKey, PageRequest, Progress, Repositories, SqliteCatalog,
    Studio, Timestamp, Upload, VersionFilter, VersionId,
};

use crate::fuse::{Fuse, Fused};
use crate::history::{Deed, Step, Trouble, place};
use crate::reference::{Reference, Seen, Verdict, ensure};
use crate::takes::TAKES;

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A time that stands still until it is told to pass.
#[derive(Clone)]
pub(crate) struct Clock(Arc<AtomicI64>);

impl Clock {
    fn new() -> Self {
        Self(Arc::new(AtomicI64::new(1_700_000_000_000_000)))
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.0.fetch_add(time.as_micros() as i64, Ordering::SeqCst);
    }
}

pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) catalog: Arc<SqliteCatalog>,
    pub(crate) studio: Studio,
    pub(crate) model: Reference,
    fuse: Arc<Fuse>,
}

/// What came of a deed.
#[derive(Debug)]
struct Done {
    result: Result<(), Error>,
    /// The version that was to be restored or purged.
    which: Option<VersionId>,
    /// Whether something went wrong.
    troubled: bool,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = Clock::new();
        let told = clock.clone();
        let store = Arc::new(MemoryStore::with_clock(move || told.now()));
        let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
        let fuse = Arc::new(Fuse::default());
        let inner = Arc::clone(&catalog);
        let fused = Arc::new(Fused { inner, fuse: Arc::clone(&fuse) });
        let repositories = Repositories {
            catalog: fused.clone(),
            trash: fused.clone(),
            care: fused.clone(),
            choices: fused.clone(),
            releases: fused,
            publish: catalog.clone(),
            playlists: catalog.clone(),
            shelf: catalog.clone(),
        };
        let inner = Arc::clone(&store);
        let fused = Arc::new(Fused { inner, fuse: Arc::clone(&fuse) });
        let told = clock.clone();
        let studio = Studio::new(repositories, fused).with_clock(move || told.now());
        Self { clock, store, catalog, studio, model: Reference::default(), fuse }
    }

    /// Lets one thing happen, and compares.
    pub(crate) async fn step(&mut self, step: Step) -> Verdict {
        // So that no two things happen at one time.
        self.clock.pass(Duration::from_secs(1));
        match step {
            Step::Pass(minutes) => {
                self.clock.pass(Duration::from_secs(60) * minutes);
                return Ok(());
            }
            Step::Do(deed, trouble) => return self.deed(deed, trouble).await,
            Step::LoseManifest(n) => self.lose("versions/", n).await,
            Step::LoseTombstone(n) => self.lose("trash/", n).await,
            Step::LeaveObject(take) => self.put_object(take).await,
            Step::LeaveUpload(take) => {
                let take = &TAKES[take];
                let size = take.bytes.len() as u64;
                let attributes = Attributes::default();
                self.store.begin(&take.object_key, size, 5 << 20, &attributes).await.unwrap();
            }
        }
        let seen = self.look().await?;
        self.model.follow(None, None, self.clock.now(), &seen, &seen)
    }

    async fn lose(&self, prefix: &str, n: usize) {
        let keys = self.store.list(prefix, None).await.unwrap();
        if let Some(info) = keys.get(n) {
            self.store.delete(&info.key).await.unwrap();
        }
    }

    async fn put_object(&self, take: usize) {
        let take = &TAKES[take];
        let body = Bytes::from_static(take.bytes);
        let (crc, attributes) = (crc64nvme(&body), Attributes::default());
        let put = self.store.put(&take.object_key, body, crc, &attributes, WriteMode::Replace);
        put.await.unwrap();
    }

    pub(crate) async fn deed(&mut self, deed: Deed, trouble: Trouble) -> Verdict {
        let before = self.look().await?;
        let expected = self.expected(deed).await;
        let done = self.carry_out(deed, trouble).await;
        let after = self.look().await?;
        let now = self.clock.now();
        self.model.follow(Some(deed), done.which, now, &before, &after)?;
        let Done { result, which, troubled } = done;
        match &result {
            Ok(()) => self.see_effect(deed, which, &after)?,
            Err(error) if troubled => {
                let told = matches!(
                    error.kind(),
                    ErrorKind::Failure | ErrorKind::Cancelled | ErrorKind::Conflict
                ) || Some(error.kind()) == expected;
                ensure!(told, "{error:?}");
            }
            Err(_) => {}
        }
        if !troubled {
            let kind = result.as_ref().err().map(Error::kind);
            ensure!(kind == expected, "{expected:?} was to come, not {result:?}");
            self.see_completeness(deed)?;
        }
        Ok(())
    }

    /// The sort of error that a deed ends with if nothing goes wrong.
    async fn expected(&self, deed: Deed) -> Option<ErrorKind> {
        let conflict = Some(ErrorKind::Conflict);
        match deed {
            Deed::Upload { place, take, .. } => match self.model.at(place) {
                Some((_, there)) if there == take => None,
                Some(_) => conflict,
                None if self.is_claimed_for_others(place, take).await => conflict,
                None if self.is_being_removed(take).await => conflict,
                None => None,
            },
            Deed::Remove { place } => match self.model.at(place) {
                Some(_) => None,
                None => Some(ErrorKind::NotFound),
            },
            Deed::Restore(n) => match self.model.in_trash(n) {
                None => Some(ErrorKind::NotFound),
                Some(id) => {
                    let (take, _) = self.model.trash[&id];
                    let taken = self.model.at(take.place).is_some()
                        || self.is_claimed_for_others(take.place, take.take).await;
                    taken.then_some(ErrorKind::Conflict)
                }
            },
            Deed::Purge(_) | Deed::Collect | Deed::Heal(_) | Deed::Recover => None,
        }
    }

    /// Whether the claim of an upload that died keeps other bytes from a place.
    async fn is_claimed_for_others(&self, index: usize, take: usize) -> bool {
        let claims = self.catalog.ended_claims(Timestamp::from_micros(i64::MAX), 100);
        let place = place(index, false).to_string().to_lowercase();
        claims.await.unwrap().iter().any(|claim| {
            claim.place.to_lowercase() == place
                && claim.digest != TAKES[take].digest
                && claim.ended_at > self.clock.now()
        })
    }

    async fn is_being_removed(&self, take: usize) -> bool {
        let keys = [TAKES[take].object_key.clone()];
        let uses = self.catalog.uses(self.store.url(), &keys, self.clock.now()).await;
        uses.unwrap()[0].being_removed
    }

    async fn carry_out(&self, deed: Deed, trouble: Trouble) -> Done {
        let (job, cancelled) = match trouble {
            Trouble::Cancelled(events) => cancelled_after(events),
            Trouble::Fails(calls, blow) => {
                self.fuse.arm(calls, blow);
                (Job::default(), CancellationToken::new())
            }
            Trouble::None => (Job::default(), CancellationToken::new()),
        };
        let which = match deed {
            Deed::Restore(n) | Deed::Purge(n) => self.model.in_trash(n),
            _ => None,
        };
        let result = self.run(deed, which, &job).await;
        let troubled = self.fuse.disarm() | cancelled.is_cancelled();
        Done { result, which, troubled }
    }

    async fn run(&self, deed: Deed, which: Option<VersionId>, job: &Job) -> Result<(), Error> {
        let studio = &self.studio;
        match deed {
            Deed::Upload { place: index, take, otherwise } => {
                let file = TAKES[take].path.clone();
                let request = Upload { path: place(index, otherwise), file };
                studio.upload(&request, job).await.map(|_| ())
            }
            Deed::Remove { place: index } => {
                studio.throw_away(&place(index, false)).await.map(|_| ())
            }
            Deed::Restore(_) => {
                let trash = studio.trashed(None, 100).await?.items;
                let chosen = trash.iter().find(|version| Some(version.id) == which);
                match chosen {
                    Some(version) => studio.restore_from_trash(version).await.map(|_| ()),
                    None => {
                        let id = VersionId::from_uuid(uuid::Uuid::nil());
                        Err(CatalogError::NotInTrash { id }.into())
                    }
                }
            }
            Deed::Purge(_) => {
                let trash = studio.trashed(None, 100).await?.items;
                let chosen = trash.iter().find(|version| Some(version.id) == which);
                match chosen {
                    Some(version) => studio.purge(version).await.map(|_| ()),
                    None => Ok(()),
                }
            }
            Deed::Collect => studio.collect_garbage(&Clearing::default(), job).await.map(|_| ()),
            Deed::Heal(depth) => {
                let examination = Examination { depth, grace: 7 * DAY, downloads: vec![] };
                let diagnosis = studio.examine(&examination, job).await?;
                studio.repair(&diagnosis, job).await.map(|_| ())
            }
            Deed::Recover => studio.recover(false, job).await.map(|_| ()),
        }
    }

    /// Whether what was told to be done is done.
    fn see_effect(&self, deed: Deed, which: Option<VersionId>, after: &Seen) -> Verdict {
        match deed {
            Deed::Upload { place, take, .. } => {
                let there = self.model.at(place);
                let Some((id, _)) = there.filter(|(_, bytes)| *bytes == take) else {
                    return Err(format!("{there:?} is where {take} was uploaded to"));
                };
                ensure!(after.manifests.contains(&id), "{take} was uploaded without a manifest");
                ensure!(!self.model.hollow.contains(&id), "{take} was uploaded without bytes");
            }
            Deed::Remove { place } => {
                ensure!(self.model.at(place).is_none(), "what was removed is there");
            }
            Deed::Restore(_) => {
                let back = which.is_some_and(|id| self.model.live.contains_key(&id));
                ensure!(back, "what was restored is not there");
            }
            Deed::Purge(_) => {
                let gone = which.is_none_or(|id| self.model.gone.contains(&id));
                ensure!(gone, "what was purged is there");
            }
            Deed::Collect | Deed::Heal(_) | Deed::Recover => {}
        }
        Ok(())
    }

    /// Whether all was done that was to be done.
    fn see_completeness(&self, deed: Deed) -> Verdict {
        let model = &self.model;
        match deed {
            Deed::Collect => {
                ensure!(!model.has_expired(self.clock.now()), "what has expired was not purged");
            }
            Deed::Heal(_) | Deed::Recover => {
                let halves = &model.halves;
                ensure!(halves.is_empty(), "{halves:?} were passed over");
            }
            _ => {}
        }
        Ok(())
    }

    /// What catalogue and store have.
    pub(crate) async fn look(&self) -> Verdict<Seen> {
        use studio_core::CatalogRepo as _;
        use studio_core::repo::TrashRepo as _;
        let mut seen = Seen::default();
        let all = PageRequest { after: None, limit: 100 };
        for version in &self.catalog.versions(&VersionFilter::All, all).await.unwrap().items {
            seen.add_live(version)?;
        }
        for version in &self.catalog.trashed(None, 100).await.unwrap().items {
            seen.add_trashed(version)?;
        }
        seen.manifests = self.ids("versions/").await;
        seen.tombstones = self.ids("trash/").await;
        for (take, file) in TAKES.iter().enumerate() {
            if let Some(bytes) = self.bytes(&file.object_key).await {
                ensure!(bytes == file.bytes, "take {take} has other bytes in the store");
                seen.objects.insert(take);
            }
        }
        Ok(seen)
    }

    async fn ids(&self, prefix: &str) -> std::collections::BTreeSet<VersionId> {
        use studio_domain::KeyKind;
        let listed = self.store.list(prefix, None).await.unwrap();
        let ids = listed.iter().filter_map(|info| match info.key.kind() {
            KeyKind::VersionManifest(id) | KeyKind::Tombstone(id) => Some(id),
            _ => None,
        });
        ids.collect()
    }

    async fn bytes(&self, key: &ObjectKey) -> Option<Vec<u8>> {
        let body = self.store.get(key, None, None).await.ok()?;
        let chunks: Vec<Bytes> = body.chunks.try_collect().await.unwrap();
        Some(chunks.concat())
    }
}

/// A job that is cancelled when it has told of so many events, and how to know of it.
fn cancelled_after(events: u32) -> (Job, CancellationToken) {
    struct Watch(AtomicU32, CancellationToken);
    impl Progress for Watch {
        fn on(&self, _event: Event) {
            if self.0.fetch_sub(1, Ordering::SeqCst) == 0 {
                self.1.cancel();
            }
        }
    }
    let token = CancellationToken::new();
    let watch = Watch(AtomicU32::new(events), token.clone());
    (Job::new(Arc::new(watch), token.clone()), token)
}
