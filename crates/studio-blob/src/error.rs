//! What can go wrong with a store.

use std::path::PathBuf;

pub use studio_domain::CredentialProblem;
use studio_domain::StoreUrl;

/// The result of a store's operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of a library below, of which only the text matters.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An error of a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such object.
    #[error("no object {object}")]
    NotFound {
        /// The object's URL.
        object: String,
    },
    /// The object is there already, and was to be made new.
    #[error("object {object} exists already")]
    AlreadyExists {
        /// The object's URL.
        object: String,
    },
    /// Another write of the same object was under way, and the store let neither wait.
    #[error("object {object} is being written by somebody else")]
    Contended {
        /// The object's URL.
        object: String,
    },
    /// The object is not the one that was looked at before.
    #[error("object {object} was replaced while it was read")]
    Changed {
        /// The object's URL.
        object: String,
    },
    /// The object ends before the range begins.
    #[error("object {object} has no byte {start}")]
    RangeNotSatisfiable {
        /// The object's URL.
        object: String,
        /// The first byte that was asked for.
        start: u64,
    },
    /// What arrived at the store is not what was sent, by its checksum or size. Nothing was kept.
    #[error("object {object} did not arrive as it was sent: {detail}")]
    Corrupted {
        /// The object's URL.
        object: String,
        /// What differs.
        detail: String,
    },
    /// The transfer of the object broke off; what came before is good.
    #[error("the transfer of {object} broke off")]
    Interrupted {
        /// The object's URL.
        object: String,
        /// What happened.
        source: BoxError,
    },
    /// The object is in an archive: it cannot be read before it is restored, which is
    /// asked for with the provider's own tools and takes minutes to days.
    #[error("object {object} {}", in_archive(class.as_deref(), *restoring))]
    Archived {
        /// The object's URL.
        object: String,
        /// Its storage class, if the server said so.
        class: Option<String>,
        /// Whether it is being restored already.
        restoring: bool,
    },
    /// The bucket or directory itself is not there.
    #[error("{store} does not exist")]
    NoSuchStore {
        /// The bucket or directory.
        store: StoreUrl,
    },
    /// The store forbids it.
    #[error("{store} does not permit to {action}")]
    Denied {
        /// The bucket or directory.
        store: StoreUrl,
        /// What was to be done.
        action: &'static str,
        /// What the store said.
        source: BoxError,
    },
    /// The store does not know who is asking.
    #[error("cannot sign in to {store}: {problem}")]
    Credentials {
        /// The bucket.
        store: StoreUrl,
        /// What is wrong with them.
        problem: Box<CredentialProblem>,
        /// What the store said.
        source: BoxError,
    },
    /// The bucket lives in another region.
    #[error("{store} is in {}, not in region {configured}", in_region(expected.as_deref()))]
    WrongRegion {
        /// The bucket.
        store: StoreUrl,
        /// The region that was asked.
        configured: String,
        /// The region it is in, if the server said so.
        expected: Option<String>,
    },
    /// The server does not answer, or answers that it cannot serve now.
    #[error("cannot reach {endpoint} for {store}")]
    Unreachable {
        /// The server's address.
        endpoint: String,
        /// The bucket.
        store: StoreUrl,
        /// What happened.
        source: BoxError,
    },
    /// The disk or quota behind the store is used up.
    #[error("no space left in {store}")]
    Full {
        /// The bucket or directory.
        store: StoreUrl,
        /// What the store said.
        source: BoxError,
    },
    /// The directory of the store cannot be used.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was to be done.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The store does not know how to do this, now or ever.
    #[error("{store} cannot {action}")]
    Unsupported {
        /// The bucket or directory.
        store: StoreUrl,
        /// What was to be done.
        action: &'static str,
        /// What the store said.
        source: BoxError,
    },
    /// Anything else.
    #[error("cannot {action} {object}")]
    Backend {
        /// What was to be done.
        action: &'static str,
        /// The object's or store's URL.
        object: String,
        /// What happened.
        source: BoxError,
    },
}

fn in_archive(class: Option<&str>, restoring: bool) -> String {
    let class = class.map(|class| format!(" ({class})")).unwrap_or_default();
    match restoring {
        true => format!("is being restored from the archive{class} and cannot be read yet"),
        false => format!("is in the archive{class} and cannot be read before it is restored"),
    }
}

fn in_region(region: Option<&str>) -> String {
    region.map_or_else(|| "another region".to_owned(), |region| format!("region {region}"))
}
