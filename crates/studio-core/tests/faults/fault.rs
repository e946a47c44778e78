//! The faults, and what may come of each.

use studio_core::ErrorKind;
use studio_testkit::proxy::{Answered, Fault};

/// A fault as the table names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// At the head of its column.
    pub(crate) short: &'static str,
    /// In the list of all.
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

const fn column(
    short: &'static str,
    name: &'static str,
    fault: Fault,
    kinds: &'static [ErrorKind],
) -> Column {
    Column { short, name, fault, kinds }
}

/// Where an answer is struck: before its last byte. The second request, for the one that is
/// missing, brings nothing; were it more, each request would bring a little, for hours.
const NEARLY_ALL: u64 = u64::MAX;

const FIRST: Fault = Fault::Duplicate { answer: Answered::First };
const SECOND: Fault = Fault::Duplicate { answer: Answered::Second };
const FLIP_UP: Fault = Fault::FlipUp { byte: 777, bit: 3 };
const FLIP_DOWN: Fault = Fault::FlipDown { byte: 120, bit: 1 };

/// All of them, in the order of the table.
pub(crate) const COLUMNS: [Column; 14] = [
    column("500", "the server answers 500 InternalError", Fault::INTERNAL_ERROR, UNREACHABLE),
    column("503", "the server answers 503 SlowDown", Fault::SLOW_DOWN, UNREACHABLE),
    column("403", "the server answers 403 AccessDenied", Fault::ACCESS_DENIED, UNREACHABLE),
    column("page", "an error page comes with status 200", Fault::ErrorInOk, WRONG),
    column("reset↑", "reset within the request", Fault::ResetUp { after: 1000 }, UNREACHABLE),
    column(
        "reset↓",
        "reset within the answer",
        Fault::ResetDown { after: NEARLY_ALL },
        UNREACHABLE,
    ),
    column("stall↑", "the request stands still", Fault::StallUp { after: 1000 }, UNREACHABLE),
    column(
        "stall↓",
        "the answer stands still",
        Fault::StallDown { after: NEARLY_ALL },
        UNREACHABLE,
    ),
    column(
        "cut↓",
        "the answer is cut short",
        Fault::TruncateDown { after: NEARLY_ALL },
        UNREACHABLE,
    ),
    column("flip↑", "a bit of the request is turned over", FLIP_UP, WRONG),
    column("flip↓", "a bit of the answer is turned over", FLIP_DOWN, WRONG),
    column("lost", "the work is done, its answer lost", Fault::LostAnswer, UNREACHABLE),
    column("twice¹", "delivered twice; the first answer comes", FIRST, &[]),
    column("twice²", "delivered twice; the second answer comes", SECOND, &[]),
];
