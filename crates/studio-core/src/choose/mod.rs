//! Choosing: marks on versions, and the pick of each track.

mod mark;
mod pick;

pub use self::mark::Marked;
pub use self::pick::{PickSheet, Picked, PickedTrack, Standing};

use studio_domain::{NewVersion, Selection, Timestamp, Version, VersionDetails};
use studio_repo::{Page, PageRequest, VersionFilter};

use crate::{Result, Studio};

impl Studio {
    /// One page of those of the versions at a place that are wanted, in the order of
    /// [`versions`](Self::versions).
    ///
    /// # Errors
    /// Those of `versions`.
    pub async fn select_versions(
        &self,
        place: &VersionFilter,
        selection: Selection,
        page: PageRequest,
    ) -> Result<Page<Version>> {
        Ok(match selection == Selection::ALL {
            true => self.catalog.versions(place, page).await?,
            false => self.choices.selected(place, selection, page).await?,
        })
    }

    /// What is known and thought of each of these versions, in their order.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog).
    pub async fn details<V: std::ops::Deref<Target = NewVersion> + Sync>(
        &self,
        versions: &[V],
    ) -> Result<Vec<VersionDetails>> {
        let wanted: Vec<_> = versions.iter().map(|version| (version.id, version.digest)).collect();
        Ok(self.choices.details(&wanted).await?)
    }

    /// The time of something said after something else: a clock that was set back does not
    /// let the earlier word count.
    pub(crate) fn time_after(&self, before: Option<Timestamp>) -> Timestamp {
        let now = self.now();
        match before {
            Some(before) if before >= now => {
                Timestamp::from_micros(before.as_micros().saturating_add(1))
            }
            _ => now,
        }
    }
}
