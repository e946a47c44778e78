//! Histories that once went wrong.

use studio_core::Depth;

use crate::fuse::Blow;
use crate::history::{Deed, Step, Trouble};
use crate::{live_through, runtime};

const UPLOAD: Step = done(Deed::Upload { place: 0, take: 1, otherwise: false });
const REMOVE: Deed = Deed::Remove { place: 0 };
const HEAL: Step = done(Deed::Heal(Depth::Quick));
const RECOVER: Step = done(Deed::Recover);

const fn done(deed: Deed) -> Step {
    Step::Do(deed, Trouble::None)
}

/// Somebody dies after so many calls, the last of them carried out.
const fn died(deed: Deed, calls: u32) -> Step {
    Step::Do(deed, Trouble::Fails(calls - 1, Blow::DeathAfter))
}

fn holds(history: &[Step]) {
    assert_eq!(runtime().block_on(live_through(history)), Ok(()), "{history:?}");
}

#[test]
fn a_clearing_that_dies_while_it_asks_for_the_time_leaves_nothing() {
    holds(&[died(Deed::Collect, 1)]);
}

#[test]
fn what_a_purge_that_died_left_does_not_come_back() {
    for calls in 1..=8 {
        for mended in [HEAL, RECOVER] {
            holds(&[UPLOAD, done(REMOVE), died(Deed::Purge(0), calls), mended]);
            let lost = Step::LoseTombstone(0);
            holds(&[UPLOAD, done(REMOVE), died(Deed::Purge(0), calls), lost, mended]);
        }
    }
}

#[test]
fn a_recovery_gives_what_it_throws_away_its_whole_time() {
    let (month, clear) = (Step::Pass(31 * 24 * 60), done(Deed::Collect));
    for calls in 1..=3 {
        holds(&[UPLOAD, died(REMOVE, calls), month, RECOVER, clear]);
    }
}

#[test]
fn a_recovery_leaves_alone_what_was_taken_back() {
    for blow in [Blow::LostRequest, Blow::LostAnswer, Blow::DeathBefore, Blow::DeathAfter] {
        for calls in 0..5 {
            let restore = Step::Do(Deed::Restore(0), Trouble::Fails(calls, blow));
            holds(&[UPLOAD, done(REMOVE), restore, RECOVER]);
        }
    }
}
