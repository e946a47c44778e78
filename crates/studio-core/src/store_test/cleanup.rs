//! Removing all that a test made.

use std::path::Path;

use futures_util::stream::{self, StreamExt as _};
use studio_blob::{BlobStore, Error as StoreError, MAX_LISTED};
use studio_domain::{ObjectKey, StoreUrl};

use super::bench::{Bench, ROOT, is_lost, told};
use super::report::{Check, Outcome};

pub(super) const GROUP: &str = "cleanup";

pub(super) const CHECKS: &[Check] = &[
    Check::needed("uploads-given-up", "every upload that was begun is finished or given up"),
    Check::needed("objects-removed", "every object of the test can be removed"),
    Check::needed("nothing-left", "nothing is listed where the test was"),
];

/// How many removals run at once.
const AT_ONCE: usize = 12;

/// Removes everything, by what the bench knows and by what the store lists. Runs also when
/// the job is cancelled. Says what could not be removed.
pub(super) async fn run(bench: &Bench<'_>) -> Result<(), String> {
    let store = bench.store();
    let (keys, uploads) = bench.leftovers();
    let given_up = each(uploads, |upload| async move { store.abort(&upload).await }).await;
    let given_up = given_up.and(give_up_listed(store, bench.prefix()).await);
    let removed = each(keys, |key| async move { remove(store, &key).await }).await;
    let left = remove_listed(store, bench.prefix()).await;
    remove_directories(store.url(), bench.prefix());
    let all = given_up.clone().and(removed.clone()).and(left.clone());
    for (check, result) in CHECKS.iter().zip([given_up, removed, left]) {
        let outcome = match result {
            Ok(()) => Outcome::Passed,
            Err(found) => Outcome::Failed { found },
        };
        bench.settle(check.name, outcome);
    }
    all
}

/// Removes an object. A store that refuses to remove it since it takes no such key has no
/// such object.
async fn remove(store: &dyn BlobStore, key: &ObjectKey) -> Result<(), StoreError> {
    match store.delete(key).await {
        Err(error) if !is_lost(&error) && store.head(key).await.is_err() => {
            tracing::debug!(%key, "not removed, and not there: {}", told(&error));
            Ok(())
        }
        removed => removed,
    }
}

/// Does it to each, and tells the first thing that went wrong. A store that is lost is
/// not asked any more.
async fn each<T, W>(things: Vec<T>, work: impl Fn(T) -> W) -> Result<(), String>
where
    W: Future<Output = Result<(), StoreError>>,
{
    let mut done = stream::iter(things).map(work).buffer_unordered(AT_ONCE);
    let mut result = Ok(());
    while let Some(one) = done.next().await {
        if let Err(error) = one {
            let lost = is_lost(&error);
            result = result.and(Err(told(&error)));
            if lost {
                break;
            }
        }
    }
    result
}

/// Gives up what the store still lists: an upload whose beginning was answered too late.
/// Says what was listed after all was given up.
async fn give_up_listed(store: &dyn BlobStore, prefix: &str) -> Result<(), String> {
    let listed = match store.open_uploads(&format!("{prefix}/")).await {
        Ok(listed) => listed,
        // A check of its own asks for that.
        Err(StoreError::Unsupported { .. } | StoreError::Denied { .. }) => return Ok(()),
        Err(error) => return Err(told(&error)),
    };
    let count = listed.len();
    each(listed, |upload| async move { store.abort(&upload).await }).await?;
    match count {
        0 => Ok(()),
        _ => Err(format!("{count} uploads were still open")),
    }
}

/// Removes what the store still lists; says what was listed after all was removed.
async fn remove_listed(store: &dyn BlobStore, prefix: &str) -> Result<(), String> {
    let prefix = format!("{prefix}/");
    let listed = store.list(&prefix, None).await.map_err(|error| told(&error))?;
    let Some(first) = listed.first() else { return Ok(()) };
    let found = match listed.len() {
        MAX_LISTED => format!("{MAX_LISTED} objects or more are listed"),
        count => format!("{count} objects are listed, {} among them", first.key),
    };
    let keys = listed.into_iter().map(|info| info.key).collect();
    each(keys, |key| async move { store.delete(&key).await }).await?;
    Err(found)
}

/// Removes the empty directories that a store in a directory keeps. Whatever is not empty
/// stays: only empty directories can be removed in this way.
fn remove_directories(url: &StoreUrl, prefix: &str) {
    if let StoreUrl::File(directory) = url {
        remove_empty(&directory.join(prefix));
        // Of other tests that are under way, it holds something.
        let _ = std::fs::remove_dir(directory.join(ROOT));
    }
}

fn remove_empty(directory: &Path) {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    for entry in entries {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_empty(&entry.path());
        }
    }
    // One that is not empty is told by the listing.
    let _ = std::fs::remove_dir(directory);
}
