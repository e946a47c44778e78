//! How an asset changes by what happens to it: the rules of [`AssetRepo`](crate::AssetRepo)
//! and its neighbours, on values.

use studio_domain::{
    Asset, AssetEvent, AssetFacts, AssetId, AssetPlace, AssetStatus, EventKind, Moment,
    ObjectState, QuarantineId, Quarantined, Reason, Timestamp,
};

use crate::{Judged, NewAsset, Settlement};

/// An asset, and what is kept of it besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) asset: Asset,
    pub(super) waiver: Waiver,
}

/// Whether a verdict that the object at a place is bad counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Waiver {
    /// It does.
    None,
    /// The next one does not, whatever object it is on: this one is being put back.
    Open(QuarantineId),
    /// None on an object in this state does.
    Bound(ObjectState),
}

impl Waiver {
    /// Whether a verdict on an object in this state is waived, and what is left of this.
    fn used_for(self, state: &ObjectState) -> (bool, Self) {
        match self {
            Self::Open(_) => (true, Self::Bound(state.clone())),
            Self::Bound(bound) if bound.is_same(state) => (true, Self::Bound(bound)),
            Self::Bound(_) | Self::None => (false, Self::None),
        }
    }
}

/// What a judge found: a status and why.
pub(super) struct Verdict {
    pub(super) status: AssetStatus,
    pub(super) facts: Option<AssetFacts>,
    pub(super) reasons: Vec<Reason>,
    pub(super) warnings: Vec<Reason>,
}

impl Kept {
    /// Of a place that nothing is known of yet.
    pub(super) fn new(id: AssetId, place: AssetPlace, now: Timestamp) -> Self {
        let asset = Asset {
            id,
            place,
            status: AssetStatus::Received,
            state: ObjectState::default(),
            size: None,
            moment: Moment::default(),
            facts: None,
            reasons: Vec::new(),
            warnings: Vec::new(),
            profile: None,
            filed: None,
            filing_problem: None,
            revision: 1,
            received_at: now,
            updated_at: now,
        };
        Self { asset, waiver: Waiver::None }
    }

    /// After a verdict.
    pub(super) fn judged(self, judged: &Judged, verdict: Verdict) -> Self {
        let Self { mut asset, waiver } = self;
        // The same bytes are a new upload only if the bucket says that they came later.
        let is_new =
            !asset.state.is_same(&judged.state) || asset.moment.is_before(&judged.event.moment);
        if asset.status == AssetStatus::Deleting && !is_new {
            return Self { asset, waiver };
        }
        advance(&mut asset.moment, &judged.event.moment);
        let (is_waived, waiver) = waiver.used_for(&judged.state);
        let Verdict { status, facts, mut reasons, mut warnings } = verdict;
        asset.status = status;
        if is_waived && status == AssetStatus::Rejected {
            asset.status = AssetStatus::Valid;
            warnings.append(&mut reasons);
        }
        take_state(&mut asset, &judged.state);
        asset.size = judged.size;
        asset.facts = facts;
        asset.reasons = reasons;
        asset.warnings = warnings;
        asset.profile.clone_from(&judged.profile);
        Self { asset, waiver }
    }

    /// After an object came that could not be judged.
    pub(super) fn received(mut self, event: &AssetEvent, reason: &Reason) -> Self {
        let asset = &mut self.asset;
        let is_open = matches!(asset.status, AssetStatus::Received | AssetStatus::Deleted);
        if !is_open || event.moment.is_before(&asset.moment) {
            return self;
        }
        advance(&mut asset.moment, &event.moment);
        take_state(asset, &event.state);
        asset.status = AssetStatus::Received;
        asset.size = event.size;
        asset.facts = None;
        asset.reasons = vec![reason.clone()];
        asset.warnings.clear();
        asset.profile = None;
        self
    }

    /// The first that is known of a place is that nothing is there.
    pub(super) fn absent(mut self, judged: &Judged, reason: &Reason) -> Self {
        let event = &judged.event;
        self.asset.state = event.state.clone();
        self.asset.size = event.size;
        self.become_absent(&event.moment, reason);
        self
    }

    /// After it was found that nothing is at its place any more.
    pub(super) fn gone(mut self, judged: &Judged, reason: &Reason) -> Self {
        let event = &judged.event;
        let asset = &mut self.asset;
        let is_named = event.state.etag.is_some() || event.state.version_id.is_some();
        let is_other =
            event.kind == EventKind::Created && is_named && !event.state.is_same(&asset.state);
        if is_other {
            // Something else was there in between, and nothing is known of that.
            take_state(asset, &event.state);
            asset.size = event.size;
            asset.facts = None;
            asset.warnings.clear();
            asset.profile = None;
        } else if is_done_with(asset.status) {
            // Its object left by our own doing, and this is what is told of that. Were the
            // moment taken over, an upload from before that we hear of later would be stale.
            // That of the same bytes once more is not our doing, and makes it so.
            if event.kind == EventKind::Created && is_named {
                advance(&mut asset.moment, &event.moment);
            }
            return self;
        }
        self.become_absent(&event.moment, reason);
        self
    }

    fn become_absent(&mut self, moment: &Moment, reason: &Reason) {
        advance(&mut self.asset.moment, moment);
        self.asset.status = AssetStatus::Deleted;
        self.asset.reasons = vec![reason.clone()];
    }

    /// After somebody told of it by its name.
    pub(super) fn registered(mut self, new: &NewAsset) -> Self {
        let asset = &mut self.asset;
        take_state(asset, &new.state);
        asset.status = AssetStatus::Valid;
        asset.size = new.size;
        asset.facts = Some(new.facts.clone());
        asset.reasons.clear();
        asset.warnings.clear();
        asset.profile = None;
        self
    }

    /// After something was done to its object, which had this state.
    pub(super) fn settled(mut self, state: &ObjectState, settlement: &Settlement) -> Self {
        let asset = &mut self.asset;
        let is_same = asset.state.is_same(state);
        match settlement {
            Settlement::Quarantined { .. } if is_same && asset.status == AssetStatus::Rejected => {
                asset.status = AssetStatus::Quarantined;
            }
            // Of whatever state: if another object is there by now, its event tells.
            Settlement::Deleted if asset.status == AssetStatus::Deleting => {
                asset.status = AssetStatus::Deleted;
            }
            Settlement::Filed(version) if is_same => {
                asset.filed = Some(*version);
                asset.filing_problem = None;
            }
            Settlement::NotFiled(problem) if is_same => {
                asset.filing_problem = Some(problem.clone());
            }
            _ => {}
        }
        self
    }

    /// After a quarantined object was put back to its place, where it has this state.
    pub(super) fn released(mut self, object: &Quarantined, state: &ObjectState) -> Self {
        let asset = &mut self.asset;
        let is_there = asset.state.is_same(state);
        let is_first = self.waiver == Waiver::Open(object.id);
        self.waiver = Waiver::Bound(state.clone());
        // Another object was judged since: what is known of that one stays.
        let is_overtaken = !is_there && !is_first;
        if is_overtaken || (is_there && asset.status == AssetStatus::Deleting) {
            return self;
        }
        if !is_there && !asset.state.is_same(&object.state) {
            asset.facts = None;
            asset.warnings.clear();
            asset.reasons.clear();
        }
        for reason in asset.reasons.drain(..).chain(object.reasons.iter().cloned()) {
            if !asset.warnings.contains(&reason) {
                asset.warnings.push(reason);
            }
        }
        take_state(asset, state);
        asset.size = object.size;
        asset.status = AssetStatus::Valid;
        self
    }

    /// After a quarantined object was forgotten.
    pub(super) fn forgotten(mut self, object: &Quarantined) -> Self {
        if self.waiver == Waiver::Open(object.id) {
            self.waiver = Waiver::None;
        }
        let is_it = self.asset.state.is_same(&object.state);
        if is_it && self.asset.status == AssetStatus::Quarantined {
            self.asset.status = AssetStatus::Deleted;
        }
        self
    }
}

/// Whether nothing is expected at the place of an asset with this status.
fn is_done_with(status: AssetStatus) -> bool {
    matches!(status, AssetStatus::Rejected | AssetStatus::Quarantined | AssetStatus::Deleted)
}

/// Gives an asset another state. What was filed was the object in the one before.
fn take_state(asset: &mut Asset, state: &ObjectState) {
    if !asset.state.is_same(state) {
        asset.filed = None;
        asset.filing_problem = None;
    }
    asset.state = state.clone();
}

/// Moves a moment on to that of an event which is not before it.
fn advance(moment: &mut Moment, event: &Moment) {
    if event.sequencer.is_some() {
        moment.sequencer.clone_from(&event.sequencer);
    }
    moment.at = event.at.or(moment.at);
}
