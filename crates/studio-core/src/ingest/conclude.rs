//! Drawing the consequences of what an event is about.

use studio_domain::{Asset, AssetEvent, AssetKey, AssetStatus, EventKind, VersionId};
use studio_repo::{Judged, Judgement, Standing};

use super::filing::whole_text;
use super::judge::reason;
use super::{Examined, Ingest, OnInvalid};
use crate::{Error, Result};

/// What an event led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The asset is valid.
    Valid,
    /// The asset is valid, and a version of the catalogue.
    Filed(VersionId),
    /// The asset is bad, and its object lies aside.
    Quarantined(AssetKey),
    /// The asset is bad, and its object was removed.
    Removed,
    /// The asset is bad, and there is another object in its place by now.
    Replaced,
    /// There is no object any more.
    Gone,
    /// There is another object by now, of which another event tells.
    Superseded,
    /// The event was known.
    Seen,
    /// Something that happened later was known.
    Older,
    /// It is about an object that lies aside.
    Aside,
}

impl Outcome {
    /// Its stable name.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Filed(_) => "filed",
            Self::Quarantined(_) => "quarantined",
            Self::Removed => "removed",
            Self::Replaced => "replaced",
            Self::Gone => "gone",
            Self::Superseded => "superseded",
            Self::Seen => "seen",
            Self::Older => "older",
            Self::Aside => "aside",
        }
    }
}

/// What an event led to, and the asset as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// What it led to.
    pub outcome: Outcome,
    /// The asset at its place, if there is one.
    pub asset: Option<Box<Asset>>,
}

impl Taken {
    fn of(outcome: Outcome, asset: Option<Box<Asset>>) -> Self {
        Self { outcome, asset }
    }
}

impl Ingest {
    /// Looks into an event and draws the consequences.
    ///
    /// # Errors
    /// Those of [`examine`](Self::examine) and [`conclude`](Self::conclude).
    pub async fn take(&self, event: &AssetEvent) -> Result<Taken> {
        let taken = match self.examine(event).await {
            Ok(examined) => self.conclude(examined).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &taken {
            self.note_received(event, error).await;
        }
        taken
    }

    /// Lets it be known that an object came which could not be judged yet, and why.
    async fn note_received(&self, event: &AssetEvent, error: &Error) {
        let is_ours = !matches!(error, Error::OtherBucket { .. } | Error::Catalog(_));
        if !is_ours || event.kind != EventKind::Created {
            return;
        }
        let reason = reason("not-judged", &whole_text(error));
        if let Err(error) = self.known.assets.receive(event, &reason, self.now()).await {
            tracing::debug!(%error, "that a file came was not noted");
        }
    }

    /// Draws the consequences of what was found: the asset is recorded, a bad object goes, a
    /// good one is filed.
    ///
    /// # Errors
    /// Whatever the bucket, the catalogue or the store say. What had been done by then counts,
    /// and the event brings the rest to its end when it comes again.
    pub async fn conclude(&self, examined: Examined) -> Result<Taken> {
        let judged = match examined {
            Examined::Aside => return Ok(Taken::of(Outcome::Aside, None)),
            Examined::Known { seen, asset } => {
                let outcome = if seen { Outcome::Seen } else { Outcome::Older };
                return match asset {
                    Some(asset) => self.follow_up(*asset, Some(outcome)).await,
                    None => Ok(Taken::of(outcome, None)),
                };
            }
            Examined::Judged(judged) => judged,
        };
        if let (Some(herald), Judgement::Valid { .. }) = (&self.herald, &judged.judgement) {
            herald(&judged).await?;
        }
        let (outcome, asset) = match self.known.assets.record(&judged, self.now()).await? {
            Standing::New(asset) => (unfinished(&judged), asset),
            Standing::Seen(asset) => {
                let superseded = judged.judgement == Judgement::Superseded;
                let outcome = if superseded { Outcome::Superseded } else { Outcome::Seen };
                (Some(outcome), asset)
            }
            Standing::Older(asset) => (Some(Outcome::Older), Some(asset)),
        };
        match asset {
            Some(asset) => self.follow_up(*asset, outcome).await,
            None => Ok(Taken::of(outcome.unwrap_or(Outcome::Gone), None)),
        }
    }

    /// What is still to be done for an asset. Without anything to do, the outcome is as it is
    /// given, or what the asset says.
    async fn follow_up(&self, asset: Asset, outcome: Option<Outcome>) -> Result<Taken> {
        match asset.status {
            AssetStatus::Rejected => self.put_away(asset).await,
            AssetStatus::Valid => {
                let filed = match &self.filing {
                    Some(filing) if asset.filed.is_none() && asset.filing_problem.is_none() => {
                        self.file(filing, asset).await?
                    }
                    _ => asset,
                };
                let done = filed.filed.map_or(Outcome::Valid, Outcome::Filed);
                Ok(Taken::of(outcome.unwrap_or(done), Some(Box::new(filed))))
            }
            _ => Ok(Taken::of(outcome.unwrap_or(Outcome::Gone), Some(Box::new(asset)))),
        }
    }

    /// Rids the bucket of an object that was found bad.
    async fn put_away(&self, asset: Asset) -> Result<Taken> {
        let outcome = match self.rules.on_invalid {
            OnInvalid::Quarantine => return self.move_aside(asset).await,
            OnInvalid::Delete => self.remove_object(&asset).await?,
        };
        Ok(Taken::of(outcome, Some(Box::new(asset))))
    }

    async fn remove_object(&self, asset: &Asset) -> Result<Outcome> {
        use studio_blob::intake::Removal;
        let intake = self.intake(&asset.place.bucket)?;
        Ok(match intake.remove(&asset.place.key, &asset.state).await? {
            Removal::Removed | Removal::Gone => Outcome::Removed,
            Removal::Changed => Outcome::Replaced,
        })
    }
}

/// What news lead to, where nothing is left to be done for the asset.
fn unfinished(judged: &Judged) -> Option<Outcome> {
    match judged.judgement {
        Judgement::Gone { .. } => Some(Outcome::Gone),
        Judgement::Superseded => Some(Outcome::Superseded),
        Judgement::Valid { .. } | Judgement::Invalid { .. } => None,
    }
}
