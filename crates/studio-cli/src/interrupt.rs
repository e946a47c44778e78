//! Ctrl-C: the first one stops the job and takes back what is half done, the second one
//! ends the program on the spot.

use studio_core::CancellationToken;

/// Exit code of a program that was interrupted.
const INTERRUPTED: i32 = 130;

/// Cancels the token at the first Ctrl-C or SIGTERM. Needs a running runtime.
pub(crate) fn cancel_on_interrupt() -> CancellationToken {
    let token = CancellationToken::new();
    let watched = token.clone();
    tokio::spawn(async move {
        interrupted().await;
        watched.cancel();
        interrupted().await;
        std::process::exit(INTERRUPTED);
    });
    token
}

async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
