//! Buckets and folders that others put files into.
//!
//! A [`BlobStore`](crate::BlobStore) holds what studio writes: immutable, under keys of its
//! own. An [`Intake`] holds what others write: any key, replaced at any time. So whatever is
//! done to an object here is done to the state in which it was looked at, or not at all.

mod folder;

use std::ops::Range;
use std::path::PathBuf;

use async_trait::async_trait;
use bytes::Bytes;
use studio_domain::{AssetKey, BucketName, ObjectKey, ObjectState, StoreUrl, Timestamp};

use crate::{Attributes, Result};

pub use self::folder::{FOLDERS_OWN, FolderIntake};

/// What an intake says of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundObject {
    /// Its key.
    pub key: AssetKey,
    /// How many bytes it has.
    pub size: u64,
    /// Which bytes.
    pub state: ObjectState,
    /// When it was written, by the intake's clock and to the second or better.
    pub modified: Option<Timestamp>,
}

/// A range of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The whole object.
    pub object: FoundObject,
    /// The bytes from the start of the range on, up to its end or the object's.
    pub bytes: Bytes,
}

/// What came of taking an object away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    /// It was there in that state, and is not any more.
    Removed,
    /// There was nothing.
    Gone,
    /// There is another one by now, which was not touched.
    Changed,
}

/// What came of moving an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relocation {
    /// It lies at the other key now, in this state.
    Moved(ObjectState),
    /// There was nothing.
    Gone,
    /// There is another one by now, which was not touched.
    Changed,
    /// Something lies at the other key that was not to be replaced.
    Occupied,
}

/// A bucket, or a folder, that others put files into.
///
/// Besides the errors named, each method can fail with the errors that concern the bucket as
/// a whole: [`NoSuchStore`](crate::Error::NoSuchStore), [`Denied`](crate::Error::Denied),
/// [`Credentials`](crate::Error::Credentials), [`WrongRegion`](crate::Error::WrongRegion),
/// [`Unreachable`](crate::Error::Unreachable), [`Full`](crate::Error::Full),
/// [`Io`](crate::Error::Io) or [`Backend`](crate::Error::Backend). A bucket that is missing
/// is never taken for an object that is.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Intake: Send + Sync {
    /// Its name.
    fn bucket(&self) -> &BucketName;

    /// What it says of an object.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound).
    async fn head(&self, key: &AssetKey) -> Result<FoundObject>;

    /// Reads a range of an object, as far as the object has it: nothing of one that ends
    /// before. With names in `state`, only in that state.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound), [`Changed`](crate::Error::Changed), and
    /// [`Interrupted`](crate::Error::Interrupted) when the transfer keeps breaking off.
    async fn read(&self, key: &AssetKey, range: Range<u64>, state: &ObjectState) -> Result<Piece>;

    /// Removes an object that is in a state. In a bucket that keeps versions, it is hidden
    /// behind a delete marker.
    ///
    /// On a server that does not know conditional deletes, an upload in the moment between
    /// the look and the deletion is not noticed.
    async fn remove(&self, key: &AssetKey, state: &ObjectState) -> Result<Removal>;

    /// Moves an object that is in a state to another key. With `only_new`, nothing that lies
    /// there is replaced.
    async fn relocate(
        &self,
        key: &AssetKey,
        state: &ObjectState,
        to: &AssetKey,
        only_new: bool,
    ) -> Result<Relocation>;

    /// Objects whose keys begin with `prefix` and come after `after`, in the order of the
    /// listing, up to a bound. None means that there are no more.
    async fn list(&self, prefix: &str, after: Option<AssetKey>) -> Result<Vec<FoundObject>>;

    /// The local file that an object is, if it is one and in that state.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound) and [`Changed`](crate::Error::Changed).
    async fn local_file(&self, found: &FoundObject) -> Result<Option<PathBuf>>;

    /// Whether [`hand_over`](Self::hand_over) can bring objects into a store.
    fn hands_over_to(&self, store: &StoreUrl) -> bool;

    /// Brings an object that is in the state of `found` into a store without its bytes going
    /// through this program, over whatever stands there. What was copied is not proven right.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound) and [`Changed`](crate::Error::Changed);
    /// [`NoSuchStore`](crate::Error::NoSuchStore) when there is no such bucket on the same
    /// server, and [`Unsupported`](crate::Error::Unsupported).
    async fn hand_over(
        &self,
        found: &FoundObject,
        store: &StoreUrl,
        object: &ObjectKey,
        attributes: &Attributes,
    ) -> Result<()>;
}
