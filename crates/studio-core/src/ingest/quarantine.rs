//! Objects that were found bad: moved aside, let in nevertheless, or removed for good.

use sha2::{Digest as _, Sha256};
use studio_blob::Error as StoreError;
use studio_blob::intake::{Relocation, Removal};
use studio_domain::{
    Asset, AssetKey, AssetPlace, MAX_KEY_BYTES, ObjectState, QuarantineId, Quarantined,
};
use studio_repo::Settlement;

use super::{Ingest, Outcome, Taken};
use crate::{Error, Result};

/// What became of an object that was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// What lay aside.
    pub quarantined: Quarantined,
    /// The asset as it is now.
    pub asset: Asset,
}

/// What became of an object that was removed for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purged {
    /// What lay aside.
    pub quarantined: Quarantined,
    /// Whether its object was still there.
    pub was_there: bool,
}

impl Ingest {
    /// Moves the object of a rejected asset aside.
    pub(super) async fn move_aside(&self, asset: Asset) -> Result<Taken> {
        let intake = self.intake(&asset.place.bucket)?;
        let to = aside(&self.rules.quarantine, &asset.place, &asset.state);
        let moved = intake.relocate(&asset.place.key, &asset.state, &to, false).await?;
        let lies_aside = match moved {
            Relocation::Moved(_) => true,
            // It may have been moved before, by somebody who could not say so any more.
            Relocation::Gone | Relocation::Changed | Relocation::Occupied => {
                match intake.head(&to).await {
                    Ok(_) => true,
                    Err(StoreError::NotFound { .. }) => false,
                    Err(error) => return Err(error.into()),
                }
            }
        };
        if !lies_aside {
            let outcome = match moved {
                Relocation::Changed => Outcome::Replaced,
                _ => Outcome::Gone,
            };
            return Ok(Taken { outcome, asset: Some(Box::new(asset)) });
        }
        let settled = Settlement::Quarantined {
            stored_as: to.clone(),
            reasons: asset.reasons.clone(),
            size: asset.size,
        };
        let (assets, now) = (&self.known.assets, self.now());
        let asset = assets.settle(asset.id, &asset.state, &settled, now).await?;
        Ok(Taken { outcome: Outcome::Quarantined(to), asset: Some(Box::new(asset)) })
    }

    /// Lets an object in that was found bad: it goes back to where it lay, and is valid from
    /// then on, with what was found as warnings.
    ///
    /// # Errors
    /// [`Occupied`](Error::Occupied) when something else lies there by now;
    /// [`Catalog`](Error::Catalog) with `NotQuarantined`; [`Store`](Error::Store) with
    /// `NotFound` when its object is gone.
    pub async fn release(&self, id: QuarantineId) -> Result<Released> {
        let quarantine = &self.known.quarantine;
        let quarantined = quarantine.quarantined_by_id(id).await?;
        let place = &quarantined.place;
        let intake = self.intake(&place.bucket)?;
        // Known before it lies there: its event may come before this is done.
        quarantine.begin_release(id, self.now()).await?;
        let moved = match intake.head(&quarantined.stored_as).await {
            Ok(found) => {
                let from = &quarantined.stored_as;
                intake.relocate(from, &found.state, &place.key, true).await
            }
            Err(StoreError::NotFound { .. }) => Ok(Relocation::Gone),
            Err(error) => Err(error),
        };
        let state = match moved {
            Ok(Relocation::Moved(state)) => state,
            other => match self.found_released(&quarantined, other).await {
                Ok(state) => state,
                Err(error) => {
                    quarantine.cancel_release(id, self.now()).await?;
                    return Err(error);
                }
            },
        };
        let asset = quarantine.end_release(id, &state, self.now()).await?;
        Ok(Released { quarantined, asset })
    }

    /// The state of an object that an earlier release, cut off, has moved back already; or why
    /// it is not there.
    async fn found_released(
        &self,
        quarantined: &Quarantined,
        moved: studio_blob::Result<Relocation>,
    ) -> Result<ObjectState> {
        let place = &quarantined.place;
        match moved? {
            Relocation::Moved(state) => Ok(state),
            Relocation::Gone => {
                let found = self.intake(&place.bucket)?.head(&place.key).await?;
                let same_size = quarantined.size.is_none_or(|size| size == found.size);
                let same_etag = found.state.etag == quarantined.state.etag;
                match same_size && same_etag {
                    true => Ok(found.state),
                    false => Err(Error::Occupied { place: place.clone() }),
                }
            }
            Relocation::Occupied => self.found_copied(quarantined).await,
            Relocation::Changed => Err(Error::Occupied { place: place.clone() }),
        }
    }

    /// The state of an object that an earlier release has copied back already, cut off before
    /// what lay aside was removed: then the same bytes are in both places.
    async fn found_copied(&self, quarantined: &Quarantined) -> Result<ObjectState> {
        let Quarantined { place, stored_as, .. } = quarantined;
        let intake = self.intake(&place.bucket)?;
        let (there, aside) = (intake.head(&place.key).await?, intake.head(stored_as).await?);
        let is_named = there.state.etag.is_some();
        if !is_named || there.state.etag != aside.state.etag || there.size != aside.size {
            return Err(Error::Occupied { place: place.clone() });
        }
        intake.remove(stored_as, &aside.state).await?;
        Ok(there.state)
    }

    /// Removes an object for good that was found bad.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog) with `NotQuarantined`; whatever the bucket says.
    pub async fn purge(&self, id: QuarantineId) -> Result<Purged> {
        let quarantined = self.known.quarantine.quarantined_by_id(id).await?;
        let intake = self.intake(&quarantined.place.bucket)?;
        let was_there = match intake.head(&quarantined.stored_as).await {
            Ok(found) => {
                let removed = intake.remove(&quarantined.stored_as, &found.state).await?;
                removed == Removal::Removed
            }
            Err(StoreError::NotFound { .. }) => false,
            Err(error) => return Err(error.into()),
        };
        self.known.quarantine.forget_quarantined(id, self.now()).await?;
        Ok(Purged { quarantined, was_there })
    }
}

/// Where an object lies aside: always the same for the same state, and another place for each
/// other, so that nothing that lies there is ever replaced by something else.
pub(super) fn aside(prefix: &str, place: &AssetPlace, state: &ObjectState) -> AssetKey {
    let mut sha256 = Sha256::new();
    for text in [Some(place.bucket.as_str()), Some(place.key.as_str())]
        .into_iter()
        .chain([state.etag.as_deref(), state.version_id.as_deref()])
    {
        let text = text.unwrap_or_default();
        sha256.update((text.len() as u64).to_be_bytes());
        sha256.update(text);
    }
    let hash = sha256.finalize();
    let hash: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let start = format!("{prefix}{hash}/");
    let room = MAX_KEY_BYTES.saturating_sub(start.len()).min(200);
    // The end of the name tells most: the take, and the kind of file.
    let name = place.key.file_name();
    let cut = (0..=name.len()).find(|at| name.is_char_boundary(*at) && name.len() - at <= room);
    let name: String = name[cut.unwrap_or(name.len())..]
        .chars()
        .map(|c| if c.is_control() { '_' } else { c })
        .collect();
    let name = match name.as_str() {
        "" | "." | ".." => "object",
        name => name,
    };
    // No longer than a key can be, by construction; and not empty.
    format!("{start}{name}").parse().unwrap_or_else(|_| place.key.clone())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_lies_aside_has_a_key_of_its_own(
            key in "\\PC{1,400}",
            other in "\\PC{1,400}",
            etag in "[a-f0-9]{0,8}",
        ) {
            let place = |key: &str| AssetPlace {
                bucket: "ingest".parse().unwrap_or_else(|error| panic!("{error}")),
                key: key.parse().unwrap_or_else(|error| panic!("{error}")),
            };
            prop_assume!(key.len() <= MAX_KEY_BYTES && other.len() <= MAX_KEY_BYTES);
            let state = |etag: &str| ObjectState { etag: Some(etag.to_owned()), version_id: None };
            let own = aside("quarantine/", &place(&key), &state(&etag));
            prop_assert_eq!(&own, &aside("quarantine/", &place(&key), &state(&etag)));
            prop_assert!(own.as_str().starts_with("quarantine/"));
            // Also below a watched folder, where keys are paths.
            prop_assert!(own.as_str().parse::<studio_domain::ObjectKey>().is_ok(), "{own}");
            let changed = aside("quarantine/", &place(&key), &state(&format!("{etag}0")));
            prop_assert!(own != changed);
            if key != other {
                prop_assert!(own != aside("quarantine/", &place(&other), &state(&etag)));
            }
        }
    }
}
