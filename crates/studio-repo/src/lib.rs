//! The catalogue: which versions of which tracks there are, and where their bytes lie.
//!
//! [`CatalogRepo`] is the contract. `SqliteCatalog` (feature `sqlite`, on by default)
//! keeps it in one SQLite file, or in memory, where it doubles as the fake for tests.
//! Feature `mock` adds `MockCatalogRepo` for injecting failures.

mod catalog;
mod error;
#[cfg(feature = "sqlite")]
pub mod sqlite;

#[cfg(feature = "mock")]
pub use catalog::MockCatalogRepo;
pub use catalog::{
    CatalogRepo, Committed, MAX_PAGE, Page, PageRequest, Reservation, Reserved, VersionFilter,
};
pub use error::{Error, Result};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteCatalog;
