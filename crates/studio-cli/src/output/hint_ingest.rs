//! What to do about errors of the ingest and its queues.

use studio_core::Error;
use studio_core::queue::Error as QueueError;

/// What to do about a queue.
pub(super) fn for_queue(error: &QueueError) -> Option<String> {
    let hint = match error {
        QueueError::NoSuchQueue { .. } => {
            "`studio ingest setup --bucket NAME` makes it; another one is named with --queue or in \
             [ingest] of studio.toml"
        }
        QueueError::Denied { .. } => {
            "check what the queue's policy permits, and whose credentials these are"
        }
        QueueError::Credentials { problem, .. } => {
            return Some(super::hint::for_credentials(problem));
        }
        QueueError::Unreachable { .. } => {
            "check the address (AWS_ENDPOINT_URL, or AWS_ENDPOINT_URL_SQS) and that the server is up"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

/// What to do about the files that others put into a bucket.
pub(super) fn for_ingest(error: &Error) -> Option<String> {
    let hint = match error {
        Error::Occupied { .. } => {
            "move that file away first, or leave this one where it lies: nothing was changed"
        }
        Error::OtherBucket { .. } => "name it with --bucket",
        Error::Watch { .. } => {
            "Linux lets a user watch so many folders (fs.inotify.max_user_watches); `--once` goes \
             through it without watching"
        }
        Error::NotTold { .. } => "check --asset-url, and that the service is up",
        _ => return None,
    };
    Some(hint.to_owned())
}
