//! Keeping what is stored: proving that it is intact, throwing away in two steps, clearing
//! up what crashes left, and rebuilding the catalogue.

mod backup;
pub(crate) mod check;
mod choices;
mod doctor;
mod gc;
mod inventory;
mod named;
mod published;
mod recover;
mod recover_choices;
mod recover_published;
mod removal;
mod renditions;
mod repair;
mod scrub;
mod trash;
mod verify;

pub use backup::{BackedUp, Backup};
pub use check::Depth;
pub use choices::Choice;
pub use doctor::{Diagnosis, Examination, Problem};
pub use gc::{Cleared, Clearing};
pub use published::Published;
pub use recover::{Conflict, Recovered};
pub use repair::{Outcome, Treatment};
pub use scrub::{Budget, Scrubbed};
pub use trash::Emptied;
pub use verify::{Finding, Verified};
