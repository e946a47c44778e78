//! Files as readers: the store in a directory, and folders of others.
//!
//! What the system has in memory is read at once; only what the disk must bring is read on
//! a thread that may wait for it.

use std::fs::{File, Metadata};
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use studio_domain::AssetKey;

use super::pool::{Buffer, buffer};
use super::{RangeReader, Reading, Wanted};
use crate::intake::{FolderIntake, Intake as _};
use crate::{Error, FileStore, Result};

/// A listener who takes a piece in less time than this gets larger ones.
const QUICK: Duration = Duration::from_millis(20);

/// A file that was opened, what it is, and its first piece.
pub(crate) struct Opened {
    file: File,
    etag: String,
    first: Bytes,
}

/// Looks whether a file that was opened is the one wanted, and reads its first piece. Without
/// `may_wait`, only if the system has that in memory.
pub(crate) fn begin(
    object: &str,
    file: File,
    etag: impl FnOnce(&Metadata) -> Option<String>,
    range: &Range<u64>,
    wanted: &Wanted,
    may_wait: bool,
) -> Result<Option<Opened>> {
    let interrupted = |error: io::Error| Error::Interrupted {
        object: object.to_owned(),
        source: Box::new(error),
    };
    let metadata = file.metadata().map_err(interrupted)?;
    if !metadata.is_file() {
        return Err(Error::NotFound { object: object.to_owned() });
    }
    let etag = etag(&metadata).unwrap_or_default();
    let other = wanted.etag.as_ref().is_some_and(|wanted| *wanted != etag);
    if metadata.len() != wanted.size || other {
        return Err(Error::Changed { object: object.to_owned() });
    }
    let length = range.end.saturating_sub(range.start);
    let mut piece = buffer(length, true);
    let filled = match read_ready(&file, piece.room(length), range.start) {
        Some(filled) => filled,
        None if may_wait => read(&file, piece.room(length), range.start).map_err(interrupted)?,
        None => return Ok(None),
    };
    Ok(Some(Opened { file, etag, first: piece.freeze(filled) }))
}

/// Opens a file if the system need not ask the disk for any part of its path, of which
/// without `links` none may be a link.
#[cfg(target_os = "linux")]
pub(crate) fn open_ready(path: &Path, links: bool) -> Option<File> {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let straight = if links { ResolveFlags::empty() } else { ResolveFlags::NO_SYMLINKS };
    let ready = ResolveFlags::CACHED | straight;
    openat2(CWD, path, flags, Mode::empty(), ready).ok().map(File::from)
}

/// Nothing is known of what this system has in memory.
#[cfg(not(target_os = "linux"))]
pub(crate) fn open_ready(_path: &Path, _links: bool) -> Option<File> {
    None
}

/// Reads what the system has in memory, if it has anything.
#[cfg(target_os = "linux")]
fn read_ready(file: &File, room: &mut [u8], at: u64) -> Option<usize> {
    use rustix::io::{ReadWriteFlags, preadv2};
    let mut room = [io::IoSliceMut::new(room)];
    preadv2(file, &mut room, at, ReadWriteFlags::NOWAIT).ok().filter(|read| *read > 0)
}

#[cfg(not(target_os = "linux"))]
fn read_ready(_file: &File, _room: &mut [u8], _at: u64) -> Option<usize> {
    None
}

/// Reads from the disk; a file that ends here was cut short.
fn read(file: &File, room: &mut [u8], at: u64) -> io::Result<usize> {
    loop {
        match file.read_at(room, at) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// Where a listener is in a file.
struct Place {
    object: String,
    file: Arc<File>,
    rest: Range<u64>,
    given: Instant,
}

/// The range of a file that was opened, from its first piece on.
pub(crate) fn reading(object: String, opened: Opened, range: Range<u64>) -> Reading {
    let Opened { file, etag, first } = opened;
    let rest = range.start + first.len() as u64..range.end;
    let etag = Some(etag).filter(|etag| !etag.is_empty());
    if rest.is_empty() {
        return Reading { etag, chunks: stream::iter([Ok(first)]).boxed() };
    }
    let place = Place { object, file: Arc::new(file), rest, given: Instant::now() };
    let others = stream::try_unfold(place, |mut place| async move {
        if place.rest.is_empty() {
            return Ok(None);
        }
        let piece = next(&place).await?;
        place.rest.start += piece.len() as u64;
        place.given = Instant::now();
        Ok(Some((piece, place)))
    });
    Reading { etag, chunks: stream::iter([Ok(first)]).chain(others).boxed() }
}

async fn next(place: &Place) -> Result<Bytes> {
    let (at, length) = (place.rest.start, place.rest.end - place.rest.start);
    let mut piece = buffer(length, place.given.elapsed() < QUICK);
    if let Some(filled) = read_ready(&place.file, piece.room(length), at) {
        return Ok(piece.freeze(filled));
    }
    let file = Arc::clone(&place.file);
    let read = tokio::task::spawn_blocking(move || read_piece(&file, piece, at, length)).await;
    let interrupted = |source| Error::Interrupted { object: place.object.clone(), source };
    match read {
        Ok(Ok(piece)) => Ok(piece),
        Ok(Err(error)) => Err(interrupted(error.into())),
        Err(error) => Err(interrupted(error.into())),
    }
}

fn read_piece(file: &File, mut piece: Buffer, at: u64, length: u64) -> io::Result<Bytes> {
    let filled = read(file, piece.room(length), at)?;
    Ok(piece.freeze(filled))
}

#[async_trait]
impl RangeReader for FileStore {
    async fn open(&self, key: &AssetKey, range: Range<u64>, wanted: &Wanted) -> Result<Reading> {
        self.open_range(key, range, wanted).await
    }

    async fn look(&self, key: &AssetKey) -> Result<Wanted> {
        super::store::look(self, key).await
    }

    async fn link(
        &self,
        _key: &AssetKey,
        _expires: Duration,
        _file_name: Option<String>,
    ) -> Result<Option<String>> {
        Ok(None)
    }
}

#[async_trait]
impl RangeReader for FolderIntake {
    async fn open(&self, key: &AssetKey, range: Range<u64>, wanted: &Wanted) -> Result<Reading> {
        self.open_range(key, range, wanted).await
    }

    async fn look(&self, key: &AssetKey) -> Result<Wanted> {
        let found = self.head(key).await?;
        Ok(Wanted { size: found.size, etag: found.state.etag })
    }

    async fn link(
        &self,
        _key: &AssetKey,
        _expires: Duration,
        _file_name: Option<String>,
    ) -> Result<Option<String>> {
        Ok(None)
    }
}
