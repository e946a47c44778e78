//! The catalogue: which versions of which tracks there are, and where their bytes lie.
//!
//! [`CatalogRepo`] is the contract for uploads and listings, [`TrashRepo`] that for what
//! is thrown away, [`CareRepo`] that for checking and removing what is stored,
//! [`ChoiceRepo`] that for what is known and thought of versions, [`ReleaseRepo`] that for
//! what was frozen of it; [`AssetRepo`], [`OrderRepo`] and [`QuarantineRepo`] those for files
//! that others put into a bucket.
//! `SqliteCatalog` (feature `sqlite`, on by default) keeps all of them in one SQLite file,
//! or in memory, where it doubles as the fake for tests. Feature `mock` adds a mock of
//! each (`MockCatalogRepo` and so on) for injecting failures.

mod asset;
mod care;
mod catalog;
mod choice;
mod error;
mod release;
#[cfg(feature = "sqlite")]
pub mod sqlite;
mod trash;

pub use asset::{
    AssetFilter, AssetRepo, Judged, Judgement, NewAsset, OrderRepo, QuarantineRepo, Registered,
    Settlement, Standing,
};
#[cfg(feature = "mock")]
pub use asset::{MockAssetRepo, MockOrderRepo, MockQuarantineRepo};
#[cfg(feature = "mock")]
pub use care::MockCareRepo;
pub use care::{
    CareRepo, EndedClaim, ObjectPosition, ObjectUse, Removal, RemovalPermit, StoredObject, Volume,
};
#[cfg(feature = "mock")]
pub use catalog::MockCatalogRepo;
pub use catalog::{
    CatalogRepo, Committed, MAX_PAGE, Page, PageRequest, Reservation, Reserved, VersionFilter,
};
pub use choice::ChoiceRepo;
#[cfg(feature = "mock")]
pub use choice::MockChoiceRepo;
pub use error::{Error, Result};
#[cfg(feature = "mock")]
pub use release::MockReleaseRepo;
pub use release::ReleaseRepo;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteCatalog;
#[cfg(feature = "mock")]
pub use trash::MockTrashRepo;
pub use trash::TrashRepo;
