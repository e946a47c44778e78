//! Looking into an event: what is there, and whether it is good.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use studio_audio::ByteSource;
use studio_audio::gate::{Finding, Verdict, judge_header};
use studio_audio::probe::examine;
use studio_audio::source::{HEAD_BYTES, Windowed};
use studio_blob::Error as StoreError;
use studio_blob::intake::{FoundObject, Intake, Piece};
use studio_domain::{Asset, AssetEvent, AssetFacts, AssetKey, EventKind, ObjectState, Reason};
use studio_repo::{Judged, Judgement, Standing};
use tokio::runtime::Handle;

use super::quarantine::aside;
use super::{Ingest, OnInvalid};
use crate::sound::{error, measure};
use crate::{Error, Result};

/// What looking into an event found.
#[derive(Debug, Clone, PartialEq)]
pub enum Examined {
    /// It tells of an object that lies aside: nothing is to be done.
    Aside,
    /// It was taken into account before, or something later was; with the asset at its
    /// place, if there is one.
    Known {
        /// Whether it was this event.
        seen: bool,
        /// The asset.
        asset: Option<Box<Asset>>,
    },
    /// It is news, and this is what was found.
    Judged(Box<Judged>),
}

impl Ingest {
    /// Looks into an event, and changes nothing. Of an object only its header is read, in the
    /// state that the event names: by two reads as a rule, and 256 KiB at most.
    ///
    /// # Errors
    /// [`OtherBucket`](Error::OtherBucket) for a bucket that is none of these; whatever the
    /// bucket or the catalogue say.
    pub async fn examine(&self, event: &AssetEvent) -> Result<Examined> {
        let intake = self.intake(&event.place.bucket)?;
        if self.is_aside(&event.place.key) {
            return Ok(Examined::Aside);
        }
        match self.known.assets.standing(event).await? {
            Standing::New(_) => {}
            Standing::Seen(asset) => return Ok(Examined::Known { seen: true, asset }),
            Standing::Older(asset) => {
                return Ok(Examined::Known { seen: false, asset: Some(asset) });
            }
        }
        let judged = match event.kind {
            EventKind::Created => self.judge_created(intake, event).await?,
            EventKind::Removed => self.judge_removed(&**intake, event).await?,
        };
        Ok(Examined::Judged(Box::new(judged)))
    }

    /// An object that is there again, or still, has an event of its own.
    async fn judge_removed(&self, intake: &dyn Intake, event: &AssetEvent) -> Result<Judged> {
        match intake.head(&event.place.key).await {
            Ok(_) => Ok(self.without_look(event, Judgement::Superseded)),
            Err(StoreError::NotFound { .. }) => {
                let reason = reason("object-removed", "the object was removed from its bucket");
                Ok(self.without_look(event, Judgement::Gone { reason }))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn judge_created(&self, intake: &Arc<dyn Intake>, event: &AssetEvent) -> Result<Judged> {
        let state = match event.state == ObjectState::default() {
            false => event.state.clone(),
            // Some servers do not say which bytes they tell of.
            true => match intake.head(&event.place.key).await {
                Ok(found) => found.state,
                Err(StoreError::NotFound { .. }) => return self.judge_missing(intake, event).await,
                Err(error) => return Err(error.into()),
            },
        };
        match self.judge_object(intake, &event.place.key, &state).await {
            Ok((object, judgement)) => Ok(Judged {
                event: event.clone(),
                state: object.state,
                size: Some(object.size),
                judgement,
                profile: Some(self.rules.profile.name().to_owned()),
            }),
            Err(Error::Store(StoreError::NotFound { .. })) => {
                self.judge_missing(intake, event).await
            }
            Err(Error::Store(StoreError::Changed { .. })) => {
                Ok(self.without_look(event, Judgement::Superseded))
            }
            Err(error) => Err(error),
        }
    }

    /// An object that is not there. If its bytes lie aside, an earlier event on the same bytes
    /// brought them there, and it is judged where it lies: it did not just vanish.
    async fn judge_missing(&self, intake: &Arc<dyn Intake>, event: &AssetEvent) -> Result<Judged> {
        let is_named = event.state != ObjectState::default();
        if is_named && self.rules.on_invalid == OnInvalid::Quarantine {
            let to = aside(&self.rules.quarantine, &event.place, &event.state);
            match self.judge_object(intake, &to, &ObjectState::default()).await {
                Ok((object, judgement @ Judgement::Invalid { .. })) => {
                    let (event, state) = (event.clone(), event.state.clone());
                    let profile = Some(self.rules.profile.name().to_owned());
                    return Ok(Judged {
                        event,
                        state,
                        size: Some(object.size),
                        judgement,
                        profile,
                    });
                }
                Ok(_) | Err(Error::Store(StoreError::NotFound { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        let reason = reason("object-missing", "the object was gone before it was judged");
        Ok(self.without_look(event, Judgement::Gone { reason }))
    }

    fn without_look(&self, event: &AssetEvent, judgement: Judgement) -> Judged {
        let (event, state, size) = (event.clone(), event.state.clone(), None);
        Judged { event, state, size, judgement, profile: None }
    }

    /// Judges an object by its header.
    pub(super) async fn judge_object(
        &self,
        intake: &Arc<dyn Intake>,
        key: &AssetKey,
        state: &ObjectState,
    ) -> Result<(FoundObject, Judgement)> {
        let head = intake.read(key, 0..HEAD_BYTES, state).await?;
        let object = head.object.clone();
        let (rules, what) = (Arc::clone(&self.rules), self.place(&**intake, key).to_string());
        let source = Windowed::new(InBucket::new(intake, head));
        let judgement = measure::aside(move || {
            let header = examine(&source).map_err(|e| error::of(what, e))?;
            let verdict = judge_header(&header, &rules.profile);
            Ok(judgement(verdict, header.format.as_ref().map(AssetFacts::of)))
        });
        Ok((object, judgement.await?))
    }
}

fn judgement(verdict: Verdict, facts: Option<AssetFacts>) -> Judgement {
    let Verdict { refusals, warnings } = verdict;
    let warnings = reasons(warnings);
    match (facts, refusals.is_empty()) {
        (Some(facts), true) => Judgement::Valid { facts, warnings },
        // A profile can let in what is no sound; an asset without any is of no use.
        (None, true) => {
            let reasons = vec![reason("not-audio", "the file has no sound that can be told")];
            Judgement::Invalid { facts: None, reasons, warnings }
        }
        (facts, false) => Judgement::Invalid { facts, reasons: reasons(refusals), warnings },
    }
}

fn reasons(findings: Vec<Finding>) -> Vec<Reason> {
    let findings = findings.into_iter();
    findings.map(|finding| reason(finding.rule.as_str(), &finding.detail)).collect()
}

pub(super) fn reason(code: &str, detail: &str) -> Reason {
    Reason { code: code.to_owned(), detail: detail.to_owned() }
}

/// An object of a bucket as a source of bytes, whose first ones are there already. Only for
/// threads that may wait.
pub(super) struct InBucket {
    intake: Arc<dyn Intake>,
    object: FoundObject,
    head: Bytes,
    runtime: Handle,
}

impl InBucket {
    /// Must be called within a runtime.
    pub(super) fn new(intake: &Arc<dyn Intake>, head: Piece) -> Self {
        let Piece { object, bytes } = head;
        Self { intake: Arc::clone(intake), object, head: bytes, runtime: Handle::current() }
    }
}

impl ByteSource for InBucket {
    fn size(&self) -> u64 {
        self.object.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let at = usize::try_from(offset).unwrap_or(usize::MAX);
        if let Some(kept) = self.head.get(at..).filter(|kept| !kept.is_empty()) {
            let length = kept.len().min(buffer.len());
            buffer[..length].copy_from_slice(&kept[..length]);
            return Ok(length);
        }
        let end = offset.saturating_add(buffer.len() as u64).min(self.object.size);
        if offset >= end {
            return Ok(0);
        }
        let read = self.intake.read(&self.object.key, offset..end, &self.object.state);
        let piece = self.runtime.block_on(read).map_err(io::Error::other)?;
        let length = piece.bytes.len().min(buffer.len());
        buffer[..length].copy_from_slice(&piece.bytes[..length]);
        Ok(length)
    }
}
