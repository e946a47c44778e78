//! Import: a whole session becomes versions. Export: versions become files again.

mod export;
mod many;
mod pattern;
mod plan;
mod preview;
mod run;
mod session;
mod watch;

pub use export::{Export, ExportOutcome, ExportPlan, Exported, ExportedFile};
pub use pattern::{Pattern, PatternError, Reading};
pub use plan::{Import, ImportPlan, PlannedFile, Refusal, RefusedFile};
pub use preview::ImportPreview;
pub use run::{FailedFile, Imported, ImportedFile};
