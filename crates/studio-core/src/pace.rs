//! What work takes of a processor that others want, too.

use std::sync::Arc;

use tokio::sync::oneshot;

/// What a thread takes of a processor that others want, too. (Elsewhere than on Linux all take
/// alike.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Nothing: all others go first, at once. Listeners are not to hear that somebody signs in.
    /// (A low priority alone would make them wait for the end of a slice, of up to 4 ms.)
    Spare,
    /// A tenth of what others take (a niceness of 10, about).
    Share,
}

/// Begins work on a thread of its own, which is called so. Nothing is told where it panics.
///
/// # Errors
/// Those of the system, when it has no thread to spare.
pub(crate) fn begin<T: Send + 'static>(
    pace: Pace,
    name: &str,
    work: Arc<impl Fn() -> T + Send + Sync + 'static>,
) -> std::io::Result<oneshot::Receiver<T>> {
    let (done, result) = oneshot::channel();
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        pace.take();
        // Nobody may wait any more.
        _ = done.send(work());
    })?;
    Ok(result)
}

impl Pace {
    /// Goes at this pace from now on, on this thread (sched(7)). Where that is forbidden the work
    /// is done all the same.
    #[cfg(target_os = "linux")]
    fn take(self) {
        use thread_priority::NormalThreadSchedulePolicy::{Idle, Other};
        use thread_priority::{
            ThreadPriority, ThreadPriorityValue, ThreadSchedulePolicy,
            set_thread_priority_and_policy, thread_native_id,
        };
        let quarter = ThreadPriorityValue::try_from(25_u8).map(ThreadPriority::Crossplatform);
        let (priority, policy) = match self {
            Self::Spare => (ThreadPriority::Min, Idle),
            Self::Share => (quarter.unwrap_or(ThreadPriority::Min), Other),
        };
        let policy = ThreadSchedulePolicy::Normal(policy);
        _ = set_thread_priority_and_policy(thread_native_id(), priority, policy);
    }

    #[cfg(not(target_os = "linux"))]
    fn take(self) {}
}
