//! Measuring the sound in a local file.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use studio_audio::analysis::{Analysis, Measures, analyse};
use studio_audio::source::FileSource;
use studio_audio::{ByteSource, Decode, decode};

use super::error;
use crate::{Error, Event, Job, Phase, Result};

/// A local file as a source of bytes.
pub(crate) fn source(file: &Path) -> Result<Arc<dyn ByteSource>> {
    let unreadable = |source| Error::SourceUnreadable { file: file.to_owned(), source };
    // Looked at before it is opened: opening a pipe would wait for its other end.
    match file.metadata() {
        Ok(there) if there.is_file() => {}
        Ok(there) => {
            let what = if there.is_dir() { "a directory" } else { "a pipe or a device" };
            return Err(Error::SourceNotAFile { file: file.to_owned(), what });
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::SourceMissing { file: file.to_owned() });
        }
        Err(error) => return Err(unreadable(error)),
    }
    let source = File::open(file).and_then(FileSource::new).map_err(unreadable)?;
    Ok(Arc::new(source))
}

/// A decoder of a local file, told of as `what`.
pub(crate) fn decoder(file: &Path, what: &str) -> Result<Box<dyn Decode>> {
    decode::open(source(file)?).map_err(|error| error::of(what, error))
}

/// Decodes a local file to its end and measures it. Blocks until it is done.
pub(crate) fn measure(file: &Path, what: &str, measures: Measures, job: &Job) -> Result<Analysis> {
    let mut decoder = decoder(file, what)?;
    let frames = decoder.sound().declared_frames.unwrap_or(0);
    job.tell(Event::Begin { phase: Phase::Listening, total: frames });
    let analysis = analyse(&mut *decoder, measures, &mut telling(job));
    job.tell(Event::End);
    analysis.map_err(|error| error::of(what, error))
}

/// Tells a job how many frames are done, and lets it break off.
pub(crate) fn telling(job: &Job) -> impl FnMut(u64) -> ControlFlow<()> + '_ {
    let mut told = 0;
    move |frames| {
        job.tell(Event::Moved { bytes: frames.saturating_sub(told) });
        told = frames;
        match job.check() {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

/// The same on a thread of its own.
pub(crate) async fn measure_aside(
    file: PathBuf,
    what: String,
    measures: Measures,
    job: &Job,
) -> Result<Analysis> {
    let job = job.clone();
    aside(move || measure(&file, &what, measures, &job)).await
}

/// Runs work that takes the processor for a while where it holds nobody up.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::Internal(Box::new(error)))?
}
