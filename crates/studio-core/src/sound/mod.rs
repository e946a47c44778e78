//! Sound: what stored versions and local files hold.

mod analyse;
mod check;
mod compare;
pub(crate) mod error;
pub(crate) mod gate;
pub(crate) mod measure;
pub(crate) mod probe;
mod range;
pub(crate) mod spool;
mod subject;

pub use self::analyse::Analysed;
pub use self::check::Checked;
pub use self::compare::Compared;
pub use self::probe::{Probed, probe_file};
pub use self::spool::is_in_spool;
pub use self::subject::Subject;
