//! Releases: the picks of a song, frozen with their mix.

mod about;
mod create;
pub(crate) mod deliver;
mod gather;
mod list;
mod mixdown;
mod obstacle;
mod place;
mod plan;
mod render;
mod settings;
mod verify;

pub use self::create::{ReleasePlan, ReleaseRequest};
pub use self::deliver::{Credit, Delivered, DeliveredFile, Delivery};
pub use self::obstacle::Obstacle;
pub use self::plan::{AuditionPlan, DeliveryPlan, PlannedMix};
pub use self::render::{Audition, MixFile, Rendered};
pub use self::settings::{FileKind, MixSettings};
pub use self::verify::{Flaw, VerifiedRelease};
