//! Ctrl-C: the first one stops the job and takes back what is half done, the second one
//! ends the program on the spot.

use std::io;

use studio_core::CancellationToken;
use tokio::signal::unix::{SignalKind, signal};

/// Exit code of a program that was interrupted.
const INTERRUPTED: i32 = 130;

/// Cancels the token at the first Ctrl-C, SIGTERM or closing of the terminal from now on. Needs a running runtime.
pub(crate) fn cancel_on_interrupt() -> io::Result<CancellationToken> {
    // Listened for before anything begins, not when the task first runs.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let token = CancellationToken::new();
    let watched = token.clone();
    tokio::spawn(async move {
        for first in [true, false] {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hang_up.recv() => {}
            }
            match first {
                true => watched.cancel(),
                false => std::process::exit(INTERRUPTED),
            }
        }
    });
    Ok(token)
}
