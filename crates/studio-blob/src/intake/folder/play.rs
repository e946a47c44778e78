//! Ranges of files for listeners.

use std::fs::File;
use std::ops::Range;

use studio_domain::AssetKey;

use super::{FolderIntake, Root, plain, state_of};
use crate::local::is_missing;
use crate::reader::disk::{Opened, begin, open_ready, reading};
use crate::reader::{Reading, Wanted};
use crate::{Error, Result};

impl FolderIntake {
    pub(crate) async fn open_range(
        &self,
        key: &AssetKey,
        range: Range<u64>,
        wanted: &Wanted,
    ) -> Result<Reading> {
        let object = self.0.object(key);
        let Some(path) = plain(key).map(|plain| self.0.directory.join(plain.as_str())) else {
            return Err(Error::NotFound { object });
        };
        let state = |metadata: &std::fs::Metadata| Some(state_of(metadata));
        let ready =
            open_ready(&path, false).map(|file| begin(&object, file, state, &range, wanted, false));
        let opened = match ready.transpose()?.flatten() {
            Some(opened) => opened,
            None => {
                let (key, range, wanted) = (key.clone(), range.clone(), wanted.clone());
                self.blocking(move |root| root.open_range(&key, &range, &wanted)).await?
            }
        };
        Ok(reading(object, opened, range))
    }
}

impl Root {
    fn open_range(&self, key: &AssetKey, range: &Range<u64>, wanted: &Wanted) -> Result<Opened> {
        let (path, _) = self.look(key)?;
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if is_missing(&error) => return Err(self.missing(key)),
            Err(error) => return Err(self.io_error("read", &path, error)),
        };
        let state = |metadata: &std::fs::Metadata| Some(state_of(metadata));
        let opened = begin(&self.object(key), file, state, range, wanted, true)?;
        opened.ok_or_else(|| self.missing(key))
    }
}
