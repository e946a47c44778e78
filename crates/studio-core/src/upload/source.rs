//! The file that is uploaded.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::{Upload, Warning};
use crate::{Error, Fingerprint, Job, Result, Studio};

/// A file that was opened and read once.
pub(super) struct Source {
    pub(super) file: Arc<File>,
    pub(super) fingerprint: Fingerprint,
    /// Its size and when it was written last, before it was read.
    pub(super) state: FileState,
    /// Where it is from, for the record.
    pub(super) original: String,
}

pub(super) type FileState = (u64, Option<SystemTime>);

impl Source {
    pub(super) async fn read(request: &Upload, studio: &Studio, job: &Job) -> Result<Self> {
        let file = Arc::new(open(request)?);
        let state = state(&file, request)?;
        let fingerprint =
            Fingerprint::read(Arc::clone(&file), &request.file, studio.transfer, job).await?;
        let original = request.file.to_string_lossy().into_owned();
        Ok(Self { file, fingerprint, state, original })
    }

    /// Refuses a file that was written to since it was opened, as far as the system tells.
    pub(super) fn expect_unchanged(&self, request: &Upload) -> Result<()> {
        match state(&self.file, request)? == self.state {
            true => Ok(()),
            false => Err(Error::SourceChanged { file: request.file.clone() }),
        }
    }

    pub(super) fn warnings(&self) -> Vec<Warning> {
        match self.fingerprint.size {
            0 => vec![Warning::EmptyFile],
            _ => Vec::new(),
        }
    }

    /// The parts are what they were; this notices that something was added behind them.
    pub(super) fn check_size(&self, request: &Upload) -> Result<()> {
        let file = request.file.clone();
        match self.file.metadata() {
            Ok(metadata) if metadata.len() == self.fingerprint.size => Ok(()),
            Ok(_) => Err(Error::SourceChanged { file }),
            Err(source) => Err(Error::SourceUnreadable { file, source }),
        }
    }
}

fn state(file: &File, request: &Upload) -> Result<FileState> {
    let unreadable = |source| Error::SourceUnreadable { file: request.file.clone(), source };
    let metadata = file.metadata().map_err(unreadable)?;
    Ok((metadata.len(), metadata.modified().ok()))
}

pub(crate) fn open(request: &Upload) -> Result<File> {
    open_file(&request.file)
}

/// Opens a local file to be sent.
pub(crate) fn open_file(file: &Path) -> Result<File> {
    let file = file.to_owned();
    let metadata = match std::fs::metadata(&file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Error::SourceMissing { file });
        }
        Err(source) => return Err(Error::SourceUnreadable { file, source }),
    };
    // Looked at before it is opened: opening a pipe would wait for its other end.
    if metadata.is_dir() {
        return Err(Error::SourceNotAFile { file, what: "a directory" });
    }
    if !metadata.is_file() {
        return Err(Error::SourceNotAFile { file, what: "a pipe or a device" });
    }
    File::open(&file).map_err(|source| Error::SourceUnreadable { file, source })
}
