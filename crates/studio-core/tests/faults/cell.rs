//! One operation under one fault, at each of its requests in turn.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use studio_core::ErrorKind;
use studio_testkit::proxy::{Operation as RequestKind, Rule, Traffic};

use crate::fault::Column;
use crate::operation::Operation;
use crate::place::{Place, Takes};

/// Nothing here takes that long unless it hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// Whether a fault passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lasting {
    /// It strikes one request.
    Once,
    /// It strikes one request and all after it.
    Forever,
}

/// What came of an operation; the worse, the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Done, as if nothing had been.
    Ok,
    /// Done, by more requests than on a calm day.
    Retried,
    /// Not done, and said so: the store cannot be reached. Done when called again.
    Unreachable,
    /// Not done, and said so: what came was wrong. Done when called again.
    Refused,
    /// Not done, and said so. Done when called again.
    Failed,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Retried => "retried",
            Self::Unreachable => "exit 6",
            Self::Refused => "exit 5",
            Self::Failed => "exit 1",
        })
    }
}

/// An operation, a fault, and the request that it strikes.
#[derive(Clone)]
pub(crate) struct Strike<'a> {
    pub(crate) operation: &'a dyn Operation,
    pub(crate) column: Column,
    /// The number of the column.
    pub(crate) index: usize,
    pub(crate) lasting: Lasting,
    /// Which kind of request, if not any.
    pub(crate) kind: Option<RequestKind>,
    /// How many of them are spared first.
    pub(crate) step: u64,
    /// How many requests the operation makes on a calm day.
    pub(crate) calm: u64,
    /// What the bytes are made from.
    pub(crate) seed: u64,
    pub(crate) takes: Arc<Takes>,
}

impl fmt::Debug for Strike<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, column, lasting, kind, step, seed, .. } = self;
        let (operation, fault) = (operation.name(), column.name);
        write!(f, "{operation}: {fault}, {lasting:?}, at request {step} of {kind:?}, seed {seed}")
    }
}

/// The requests that an operation makes when nothing happens.
pub(crate) async fn calm_traffic(
    operation: &dyn Operation,
    takes: &Arc<Takes>,
) -> BTreeMap<RequestKind, Traffic> {
    let place = Place::new(Arc::clone(takes), operation.transfer()).await;
    operation.prepare(&place).await;
    operation.run(&place, &place.studio()).await.unwrap();
    operation.assert_done(&place).await;
    place.assert_whole().await;
    place.proxy.take_traffic()
}

impl Strike<'_> {
    /// What comes of it; nothing if there was nothing to strike.
    pub(crate) async fn run(&self) -> Option<Outcome> {
        let outcome = tokio::time::timeout(LIMIT, self.strike()).await;
        outcome.unwrap_or_else(|_| panic!("{self:?}: it hangs"))
    }

    async fn strike(&self) -> Option<Outcome> {
        let Self { operation, column, .. } = self;
        let place = Place::new(Arc::clone(&self.takes), operation.transfer()).await;
        operation.prepare(&place).await;
        let rule = match self.kind {
            Some(kind) => Rule::on(kind, column.fault),
            None => Rule::on_any(column.fault),
        };
        let rule = rule.skip(self.step);
        place.proxy.add(match self.lasting {
            Lasting::Once => rule,
            Lasting::Forever => rule.always(),
        });
        let studio = match column.stalls() {
            true => place.impatient(),
            false => place.studio(),
        };
        let done = operation.run(&place, &studio).await;
        if place.proxy.struck() == 0 {
            return None;
        }
        let requests = place.proxy.all_traffic().requests;
        place.proxy.heal();
        place.assert_whole().await;
        let outcome = match done {
            Ok(()) if requests > self.calm => Outcome::Retried,
            Ok(()) => Outcome::Ok,
            Err(error) => {
                let kind = error.kind();
                assert!(column.kinds.contains(&kind), "{self:?}: {kind:?}: {error:?}");
                let again = operation.run(&place, &place.studio()).await;
                assert!(again.is_ok(), "{self:?}: {error:?}, and again: {again:?}");
                place.assert_whole().await;
                outcome_of(kind)
            }
        };
        operation.assert_done(&place).await;
        Some(outcome)
    }
}

fn outcome_of(kind: ErrorKind) -> Outcome {
    match kind {
        ErrorKind::Unavailable => Outcome::Unreachable,
        ErrorKind::Integrity => Outcome::Refused,
        _ => Outcome::Failed,
    }
}
