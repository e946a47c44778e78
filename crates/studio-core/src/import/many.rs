//! Many files, several at once.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt as _, stream};

use crate::{Error, ErrorKind, Result};

/// Does something with each of `count` files, `parallel` of them at once, and gives what came
/// of each, in their order: `None` of those that were not begun because the store or the
/// catalogue had failed.
///
/// # Errors
/// [`Cancelled`](Error::Cancelled).
pub(super) async fn several<T, W>(
    count: usize,
    parallel: usize,
    one: impl Fn(usize) -> W,
) -> Result<Vec<Option<Result<T>>>>
where
    W: Future<Output = Result<T>>,
{
    let stop = AtomicBool::new(false);
    let begun = (0..count).take_while(|_| !stop.load(Ordering::Relaxed)).map(|n| {
        let work = one(n);
        async move { (n, work.await) }
    });
    let mut works = stream::iter(begun).buffer_unordered(parallel);
    let mut done: Vec<_> = (0..count).map(|_| None).collect();
    // What was begun is carried to its end, so that what is told is what was done.
    while let Some((n, result)) = works.next().await {
        match &result {
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(error) if error.kind() == ErrorKind::Unavailable => {
                stop.store(true, Ordering::Relaxed);
            }
            _ => {}
        }
        done[n] = Some(result);
    }
    Ok(done)
}
