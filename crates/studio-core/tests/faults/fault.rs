//! The faults, and what may come of each.

use studio_core::ErrorKind;
use studio_testkit::proxy::{Answered, Fault};

/// A fault as the table names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) fault: Fault,
    /// The kinds of error that are right for it, if it does not pass.
    pub(crate) kinds: &'static [ErrorKind],
}

impl Column {
    /// Whether a connection stands still.
    pub(crate) fn stalls(&self) -> bool {
        matches!(self.fault, Fault::StallUp { .. } | Fault::StallDown { .. })
    }
}

const UNREACHABLE: &[ErrorKind] = &[ErrorKind::Unavailable];
/// What came is wrong, or makes no sense.
const WRONG: &[ErrorKind] = &[ErrorKind::Integrity, ErrorKind::Unavailable, ErrorKind::Failure];

const fn column(name: &'static str, fault: Fault, kinds: &'static [ErrorKind]) -> Column {
    Column { name, fault, kinds }
}

/// Where an answer is struck: before its last byte. The second request, for the one that is
/// missing, brings nothing; were it more, each request would bring a little, for hours.
const NEARLY_ALL: u64 = u64::MAX;

/// All of them, in the order of the table.
pub(crate) const COLUMNS: [Column; 14] = [
    column("the server answers 500 InternalError", Fault::INTERNAL_ERROR, UNREACHABLE),
    column("the server answers 503 SlowDown", Fault::SLOW_DOWN, UNREACHABLE),
    column("the server answers 403 AccessDenied", Fault::ACCESS_DENIED, UNREACHABLE),
    column("an error page comes with status 200", Fault::ErrorInOk, WRONG),
    column("reset within the request", Fault::ResetUp { after: 1000 }, UNREACHABLE),
    column("reset within the answer", Fault::ResetDown { after: NEARLY_ALL }, UNREACHABLE),
    column("the request stands still", Fault::StallUp { after: 1000 }, UNREACHABLE),
    column("the answer stands still", Fault::StallDown { after: NEARLY_ALL }, UNREACHABLE),
    column("the answer is cut short", Fault::TruncateDown { after: NEARLY_ALL }, UNREACHABLE),
    column("a bit flips on the way up", Fault::FlipUp { byte: 777, bit: 3 }, WRONG),
    column("a bit flips on the way down", Fault::FlipDown { byte: 120, bit: 1 }, WRONG),
    column("the answer is lost, the work done", Fault::LostAnswer, UNREACHABLE),
    column("delivered twice, first answer", Fault::Duplicate { answer: Answered::First }, &[]),
    column("delivered twice, second answer", Fault::Duplicate { answer: Answered::Second }, &[]),
];
