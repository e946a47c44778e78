//! The scan of a library.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use studio_audio::probe::Probe;
use studio_blob::intake::FoundObject;
use studio_domain::{
    Album, AlbumId, AlbumPlace, Artwork, AssetKey, Library, LibraryId, Origin, Picture, Recording,
    RecordingId, SoundPlace, StoredSound,
};
use studio_repo::{ScanResult, ScannedObject};
use tokio::time::Instant;
use uuid::Uuid;

use super::folders::{self, Folders};
use super::look::{Kind, Listed, Look, Looked, content_type, look};
use super::removed::{Seen, gone};
use super::report::{ScanOptions, ScanVerdict, Scanned};
use super::tags::describe;
use super::{Libraries, LibrarySource, PAGE, layout};
use crate::{Error, Event, Job, Phase, Result};

/// How many objects are read at once.
const AT_ONCE: usize = 8;
/// How many results are recorded at once, and after how long those that are there are.
const BATCH: usize = 100;
const BATCH_TIME: Duration = Duration::from_secs(1);
/// The most covers that wait for an album of theirs to be listed.
const MOST_WAITING: usize = 1000;
impl Libraries {
    /// Scans a library: what is new or changed is read and recorded, what is gone is
    /// forgotten. What was recorded when a scan breaks off is not read again by the next one.
    ///
    /// # Errors
    /// [`LibraryEmpty`](Error::LibraryEmpty); [`Cancelled`](Error::Cancelled); whatever the
    /// store or the catalogue say. That one object cannot be read is no error.
    pub async fn scan(
        &self,
        source: &LibrarySource,
        options: ScanOptions,
        job: &Job,
    ) -> Result<Scanned> {
        let mut scan = Scan::begin(self, source, options, job).await?;
        let done = scan.run().await;
        // What was read is recorded whatever ended the scan.
        let recorded = scan.record().await;
        job.tell(Event::End);
        done?;
        recorded?;
        if !options.dry_run {
            self.known.libraries.finish_scan(scan.report.library.id, self.now()).await?;
        }
        Ok(scan.report)
    }
}

struct Scan<'a> {
    libraries: &'a Libraries,
    source: &'a LibrarySource,
    options: ScanOptions,
    job: &'a Job,
    known_objects: u64,
    seen: Seen,
    folders: Folders,
    /// New covers in whose directories no music was listed so far.
    waiting: Vec<Listed>,
    batch: Vec<ScanResult>,
    due: Instant,
    report: Scanned,
}

impl<'a> Scan<'a> {
    async fn begin(
        libraries: &'a Libraries,
        source: &'a LibrarySource,
        options: ScanOptions,
        job: &'a Job,
    ) -> Result<Self> {
        let url = source.url().clone();
        let known = libraries.list().await?.into_iter().find(|(known, _)| known.url == url);
        let (library, known_objects) = match known {
            Some((library, counts)) => (library, counts.objects),
            None => {
                let id = LibraryId::from_uuid(Uuid::now_v7());
                let new = Library { id, url, added_at: libraries.now(), scanned_at: None };
                // One that is not there is not taken in.
                job.unless_cancelled(source.list(None)).await?;
                match options.dry_run {
                    true => (new, 0),
                    false => (libraries.known.libraries.add_library(&new).await?, 0),
                }
            }
        };
        job.tell(Event::Begin { phase: Phase::Scanning, total: known_objects });
        Ok(Self {
            libraries,
            source,
            options,
            job,
            known_objects,
            seen: Seen::default(),
            folders: Folders::default(),
            waiting: Vec::new(),
            batch: Vec::new(),
            due: Instant::now() + BATCH_TIME,
            report: Scanned::of(library),
        })
    }

    async fn run(&mut self) -> Result<()> {
        let mut after = None;
        loop {
            let page = self.job.unless_cancelled(self.source.list(after.clone())).await?;
            let Some(last) = page.last() else { break };
            // A server that does not heed where to go on would be listed for ever.
            if after.as_ref() == Some(&last.key) {
                break;
            }
            after = Some(last.key.clone());
            let own = |found: FoundObject| Listed::new(self.source.own_key(&found.key)?, found);
            let objects: Vec<Listed> = page.into_iter().filter_map(own).collect();
            self.take_page(objects).await?;
        }
        let waiting = std::mem::take(&mut self.waiting);
        self.add_covers(waiting, true).await?;
        self.record().await?;
        if self.seen.is_empty() && self.known_objects > 0 && !self.options.allow_empty {
            let url = Box::new(self.source.url().clone());
            return Err(Error::LibraryEmpty { url });
        }
        self.forget_gone().await
    }

    async fn take_page(&mut self, objects: Vec<Listed>) -> Result<()> {
        let known = self.known_of(&objects).await?;
        let mut to_read = Vec::new();
        for listed in objects {
            self.report.objects += 1;
            self.seen.add(&listed.key);
            self.folders.saw_cover(&listed);
            let before = known.get(&listed.key);
            let recording = before.and_then(|object| object.recording);
            if before.is_some_and(|object| object.etag == listed.etag) {
                self.report.unchanged += 1;
                self.job.tell(Event::Moved { bytes: 1 });
                if let Some(recording) = recording {
                    self.folders.saw_album(&listed.key, &folders::Album::Of(recording));
                }
                continue;
            }
            let verdict = match before {
                Some(_) => ScanVerdict::Changed,
                None => ScanVerdict::New,
            };
            match listed.kind {
                Kind::Music => to_read.push((listed, verdict, recording)),
                Kind::Cover(_) => {
                    self.count(&listed.key, verdict);
                    self.job.tell(Event::Moved { bytes: 1 });
                    self.waiting.push(listed);
                }
            }
        }
        self.read(to_read).await?;
        let waiting = std::mem::take(&mut self.waiting);
        self.add_covers(waiting, false).await
    }

    /// What is known of some objects, which are in the order of a listing. Each stretch of it
    /// that is in the order of bytes is one range of what is known.
    async fn known_of(&self, objects: &[Listed]) -> Result<HashMap<AssetKey, ScannedObject>> {
        let mut known = HashMap::new();
        if self.known_objects == 0 {
            return Ok(known);
        }
        let wanted: HashSet<&AssetKey> = objects.iter().map(|listed| &listed.key).collect();
        let in_order = |a: &Listed, b: &Listed| a.key.as_str() < b.key.as_str();
        for stretch in objects.chunk_by(in_order) {
            let (Some(first), Some(last)) = (stretch.first(), stretch.last()) else { continue };
            let mut after = just_before(&first.key);
            loop {
                let (id, repo) = (self.report.library.id, &self.libraries.known.libraries);
                let rows = repo.scanned_between(id, after.as_ref(), Some(&last.key), PAGE);
                let rows = self.job.unless_cancelled(rows).await?;
                let Some(row) = rows.last() else { break };
                after = Some(row.key.clone());
                let rows = rows.into_iter().filter(|row| wanted.contains(&row.key));
                known.extend(rows.map(|row| (row.key.clone(), row)));
            }
        }
        Ok(known)
    }

    async fn read(
        &mut self,
        objects: Vec<(Listed, ScanVerdict, Option<RecordingId>)>,
    ) -> Result<()> {
        let is_local = matches!(self.source.url(), studio_domain::StoreUrl::File(_));
        let intake = &self.source.intake;
        let looks = objects.into_iter().map(|(listed, verdict, recording)| {
            let looking = look(intake.clone(), listed, is_local);
            async move { (looking.await, verdict, recording) }
        });
        let mut looks = std::pin::pin!(stream::iter(looks).buffer_unordered(AT_ONCE));
        loop {
            let next = tokio::time::timeout_at(self.due, looks.next());
            let next = tokio::select! {
                biased;
                () = self.job.cancelled() => return Err(Error::Cancelled),
                next = next => next,
            };
            match next {
                Ok(Some((looked, verdict, recording))) => {
                    self.take(looked?, verdict, recording);
                    self.job.tell(Event::Moved { bytes: 1 });
                }
                Ok(None) => return Ok(()),
                Err(_) => {}
            }
            if self.batch.len() >= BATCH || Instant::now() >= self.due {
                self.record().await?;
            }
        }
    }

    /// Takes what came of looking at one object.
    fn take(&mut self, looked: Looked, verdict: ScanVerdict, recording: Option<RecordingId>) {
        let Looked { listed, look, bytes } = looked;
        let report = &mut self.report;
        report.read += u64::from(bytes > 0);
        report.bytes += bytes;
        report.most_bytes = report.most_bytes.max(bytes);
        match look {
            Look::Heard(probe) => {
                self.count(&listed.key, verdict);
                self.add_recording(&listed, &probe, recording);
            }
            Look::NoMusic(problem) => {
                self.count(&listed.key, verdict);
                self.unreadable(&listed.key, &problem);
                let object = scanned(&listed, None, Some(problem));
                self.batch.push(ScanResult { object, recording: None, album: None });
            }
            Look::Unreadable(problem) => {
                self.count(&listed.key, verdict);
                self.unreadable(&listed.key, &problem);
            }
            Look::Moved => report.moved += 1,
        }
    }

    fn count(&mut self, key: &AssetKey, verdict: ScanVerdict) {
        let report = &mut self.report;
        match verdict {
            ScanVerdict::New => report.new += 1,
            ScanVerdict::Changed => report.changed += 1,
            ScanVerdict::Gone => report.gone += 1,
            ScanVerdict::Unreadable => report.unreadable += 1,
        }
        if self.options.dry_run {
            report.tell(key, verdict, None);
        }
    }

    fn unreadable(&mut self, key: &AssetKey, problem: &str) {
        self.report.unreadable += 1;
        tracing::debug!(%key, problem, "cannot be read as music");
        self.report.tell(key, ScanVerdict::Unreadable, Some(problem.to_owned()));
    }

    fn add_recording(&mut self, listed: &Listed, probe: &Probe, known: Option<RecordingId>) {
        let layout = layout::read(listed.key.as_str());
        let described = match describe(&layout, &probe.tags) {
            Ok(described) => described,
            Err(error) => return self.unreadable(&listed.key, &error.to_string()),
        };
        if let Some((artist, title)) = &described.album {
            let album = folders::Album::Named(artist.clone(), title.clone());
            self.folders.saw_album(&listed.key, &album);
        }
        let (url, library) = (&self.report.library.url, self.report.library.id);
        let (now, published) = (self.libraries.now(), !self.options.unpublished);
        let embedded = probe.tags.has_artwork.then(|| embedded(url, listed));
        let album = described.album.map(|(artist, title)| Album {
            id: AlbumId::from_uuid(Uuid::now_v7()),
            artist,
            title,
            released: described.released,
            licence: None,
            artwork: self.folders.cover_of(&listed.key, url).or_else(|| embedded.clone()),
            published,
            library: Some(library),
            updated_at: now,
        });
        let place = SoundPlace::Found {
            store: url.clone(),
            key: listed.key.clone(),
            etag: listed.etag.clone(),
        };
        let id = known.unwrap_or_else(|| RecordingId::from_uuid(Uuid::now_v7()));
        let position = described.position;
        let recording = Recording {
            id,
            artist: described.artist,
            title: described.title,
            album: album.as_ref().map(|album| AlbumPlace { album: album.id, position }),
            released: described.released,
            genre: described.genre,
            licence: None,
            artwork: embedded.filter(|_| album.is_none()),
            published,
            origin: Origin::Library(library),
            sound: StoredSound {
                place,
                size: listed.found.size,
                content_type: content_type(probe.header.container).to_owned(),
                modified_at: listed.found.modified.unwrap_or(now),
                format: Some(probe.format),
            },
            updated_at: now,
        };
        let object = scanned(listed, Some(id), None);
        self.batch.push(ScanResult { object, recording: Some(recording), album });
    }

    /// Gives new covers to the albums in their directories. Those without music so far wait,
    /// unless these are all.
    async fn add_covers(&mut self, covers: Vec<Listed>, all: bool) -> Result<()> {
        for listed in covers {
            let album = match self.folders.album_of_cover(&listed.key).cloned() {
                Some(folders::Album::Named(artist, title)) => Some((artist, title)),
                Some(folders::Album::Of(recording)) => {
                    let entry = self.libraries.known.published.recording(recording).await?;
                    entry
                        .and_then(|entry| entry.album)
                        .map(|album| (album.artist.name, album.title))
                }
                None if all || self.waiting.len() >= MOST_WAITING => None,
                None => {
                    self.waiting.push(listed);
                    continue;
                }
            };
            let library = &self.report.library;
            let album = album.map(|(artist, title)| Album {
                id: AlbumId::from_uuid(Uuid::now_v7()),
                artist,
                title,
                released: None,
                licence: None,
                artwork: Some(folders::found(&library.url, &listed.key, &listed.etag)),
                published: !self.options.unpublished,
                library: Some(library.id),
                updated_at: self.libraries.now(),
            });
            let object = scanned(&listed, None, None);
            self.batch.push(ScanResult { object, recording: None, album });
        }
        Ok(())
    }

    /// Records what is there to be recorded.
    async fn record(&mut self) -> Result<()> {
        self.due = Instant::now() + BATCH_TIME;
        let batch = std::mem::take(&mut self.batch);
        if self.options.dry_run {
            return Ok(());
        }
        for some in batch.chunks(2 * BATCH) {
            let repo = &self.libraries.known.libraries;
            repo.record_scan(self.report.library.id, some).await?;
        }
        Ok(())
    }

    async fn forget_gone(&mut self) -> Result<()> {
        if self.known_objects == 0 {
            return Ok(());
        }
        let repo = &self.libraries.known.libraries;
        let (id, mut after) = (self.report.library.id, None);
        loop {
            let (source, job) = (self.source, self.job);
            let (keys, next) = gone(&**repo, source, id, &self.seen, after.as_ref(), job).await?;
            for some in keys.chunks(BATCH) {
                some.iter().for_each(|key| self.count(key, ScanVerdict::Gone));
                if !self.options.dry_run {
                    repo.forget_scanned(id, some).await?;
                }
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(()),
            }
        }
    }
}

/// A key that comes before `key` and before which nothing is lost: its own beginning.
fn just_before(key: &AssetKey) -> Option<AssetKey> {
    let (last, _) = key.as_str().char_indices().next_back()?;
    key.as_str()[..last].parse().ok()
}

fn scanned(
    listed: &Listed,
    recording: Option<RecordingId>,
    problem: Option<String>,
) -> ScannedObject {
    let (key, etag) = (listed.key.clone(), listed.etag.clone());
    ScannedObject { key, etag, size: listed.found.size, recording, problem }
}

/// The picture in a file of sound, whose kind nobody knows before it is read.
fn embedded(store: &studio_domain::StoreUrl, listed: &Listed) -> Artwork {
    let (store, key, etag) = (store.clone(), listed.key.clone(), listed.etag.clone());
    let content_type = "application/octet-stream".to_owned();
    Artwork { picture: Picture::Embedded { store, key, etag }, content_type }
}
