//! What stores and intakes on a local disk share.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;

use studio_domain::StoreUrl;

use crate::{Error, Result};

/// Runs `work` on a thread that may block.
pub(crate) async fn blocking<R, T, F>(root: &Arc<R>, url: &StoreUrl, work: F) -> Result<T>
where
    R: Send + Sync + 'static,
    T: Send + 'static,
    F: FnOnce(&R) -> Result<T> + Send + 'static,
{
    let root = Arc::clone(root);
    match tokio::task::spawn_blocking(move || work(&root)).await {
        Ok(result) => result,
        Err(error) => {
            let (object, source) = (url.to_string(), Box::new(error));
            Err(Error::Backend { action: "use", object, source })
        }
    }
}

/// What the system said of a file, as an error of the place that it lies in.
pub(crate) fn io_error(
    url: &StoreUrl,
    action: &'static str,
    path: &Path,
    error: io::Error,
) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            Error::Full { store: url.clone(), source: Box::new(error) }
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            let source = format!("{}: {error}", path.display()).into();
            Error::Denied { store: url.clone(), action, source }
        }
        _ => Error::Io { action, path: path.to_owned(), source: error },
    }
}

/// Whether there is nothing of that name, or can be nothing: also where a part of the path is a
/// file, not a directory.
pub(crate) fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename
    )
}
