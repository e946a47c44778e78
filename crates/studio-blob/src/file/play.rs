//! Ranges of objects for listeners.

use std::fs::File;
use std::ops::Range;

use studio_domain::{AssetKey, ObjectKey};

use super::{FileStore, Root, state_of};
use crate::local::is_missing;
use crate::reader::disk::{Opened, begin, open_ready, reading};
use crate::reader::{Reading, Wanted};
use crate::{Error, Result};

impl FileStore {
    pub(crate) async fn open_range(
        &self,
        key: &AssetKey,
        range: Range<u64>,
        wanted: &Wanted,
    ) -> Result<Reading> {
        let missing = |_| Error::NotFound { object: format!("{}/{key}", self.0.url) };
        let key: ObjectKey = key.as_str().parse().map_err(missing)?;
        let object = self.0.url.locate(&key);
        let ready = open_ready(&self.0.path(&key)?, true)
            .map(|file| begin(&object, file, state_of, &range, wanted, false));
        let opened = match ready.transpose()?.flatten() {
            Some(opened) => opened,
            None => {
                let (range, wanted) = (range.clone(), wanted.clone());
                self.blocking(move |root| root.open_range(&key, &range, &wanted)).await?
            }
        };
        Ok(reading(object, opened, range))
    }
}

impl Root {
    fn open_range(&self, key: &ObjectKey, range: &Range<u64>, wanted: &Wanted) -> Result<Opened> {
        let object = self.url.locate(key);
        let path = self.path(key)?;
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if is_missing(&error) && self.directory.is_dir() => {
                return Err(Error::NotFound { object });
            }
            // The disk is not mounted.
            Err(error) if is_missing(&error) => {
                return Err(Error::NoSuchStore { store: self.url.clone() });
            }
            Err(error) => return Err(self.io_error("read", &path, error)),
        };
        let opened = begin(&object, file, state_of, range, wanted, true)?;
        opened.ok_or(Error::NotFound { object })
    }
}
