//! How good versions are found to be.

use studio_domain::{Mark, MarkId, Note, PersonName, Said, Status, Version, VersionPath};
use uuid::Uuid;

use crate::{Result, Studio, manifest};

/// What came of a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The version.
    pub version: Version,
    /// The mark that stands now; `None` when there is none to take back.
    pub mark: Option<Mark>,
    /// The one that stood before, if there was one.
    pub before: Option<Mark>,
    /// Whether it says anything new.
    pub fresh: bool,
}

impl Studio {
    /// Says how good a version is; without a status, takes back what was said.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog) with `NotFound`;
    /// [`StoredElsewhere`](crate::Error::StoredElsewhere);
    /// [`StoreEmpty`](crate::Error::StoreEmpty); what the store says.
    pub async fn mark(
        &self,
        path: &VersionPath,
        status: Option<Status>,
        by: &PersonName,
        note: Option<Note>,
    ) -> Result<Marked> {
        let version = self.catalog.version(path).await?;
        self.check_is_here(&version)?;
        let last = self.choices.marks_ever(version.id).await?.into_iter().next();
        let before = last.clone().filter(|mark| mark.status.is_some());
        let standing = before.as_ref().and_then(|mark| mark.status);
        if standing == status && note.is_none() {
            let mark = before.clone();
            return Ok(Marked { version, mark, before, fresh: false });
        }
        let at = self.time_after(last.map(|mark| mark.said.at));
        let said = Said { by: by.clone(), at, note };
        let id = MarkId::from_uuid(Uuid::now_v7());
        let mark = Mark { id, version: version.id, status, said };
        self.record_mark(&mark).await?;
        Ok(Marked { version, mark: Some(mark), before, fresh: true })
    }

    /// Marks a version as it was marked elsewhere, in the words of who did.
    pub(crate) async fn mark_again(&self, version: &Version, mark: &Mark) -> Result<()> {
        // Whatever was said here since, counts.
        let said_here = !self.choices.marks_ever(version.id).await?.is_empty();
        if said_here || mark.status.is_none() || self.check_is_here(version).is_err() {
            return Ok(());
        }
        let id = MarkId::from_uuid(Uuid::now_v7());
        self.record_mark(&Mark { id, version: version.id, ..mark.clone() }).await
    }

    async fn record_mark(&self, mark: &Mark) -> Result<()> {
        self.expect_store_to_send_to().await?;
        manifest::write_mark(&*self.store, mark).await?;
        self.choices.add_marks(std::slice::from_ref(mark)).await?;
        Ok(())
    }

    /// Every mark that a version was ever given, newest first.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog) with `NotFound`.
    pub async fn marks(&self, path: &VersionPath) -> Result<Vec<Mark>> {
        let version = self.catalog.version(path).await?;
        Ok(self.choices.marks_ever(version.id).await?)
    }
}
