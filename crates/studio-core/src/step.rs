//! The steps of the storage protocol, told as they are reached.

/// Tells in the log (target `studio_core::step`, level debug) that a step was reached.
/// What kills this program between two of them, at any place, is what the protocol is for.
macro_rules! step {
    ($name:literal $(, $($field:tt)+)?) => {
        tracing::debug!(target: "studio_core::step", step = %$name $(, $($field)+)?)
    };
}

pub(crate) use step;
