//! Reading objects for those who listen to them.
//!
//! A [`RangeReader`] reads any range of any object of a place: of the studio's own store, or
//! of a bucket or folder that belongs to others. It reads ahead little, so that many slow
//! listeners hold little memory, and stops when what it gave is dropped.

pub(crate) mod disk;
mod memory;
mod pool;
mod store;

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use studio_domain::AssetKey;

pub use self::store::StoreReader;
use crate::Result;

/// What an object must be, to be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// How many bytes it has.
    pub size: u64,
    /// The place's name for its state, without the quotes of HTTP; none where any state of
    /// that size will do, as of objects whose key says what they are.
    pub etag: Option<String>,
}

/// A range of an object, being read.
pub struct Reading {
    /// The place's name for the state that is read, without the quotes of HTTP: to go on with
    /// the very same one after a transfer broke off.
    pub etag: Option<String>,
    /// The bytes of the range, in order. Ends with
    /// [`Interrupted`](crate::Error::Interrupted) where they break off.
    pub chunks: BoxStream<'static, Result<Bytes>>,
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").field("etag", &self.etag).finish_non_exhaustive()
    }
}

/// A place whose objects are read range by range.
///
/// Besides the errors named, each method can fail with the errors that concern the place as
/// a whole: [`NoSuchStore`](crate::Error::NoSuchStore), [`Denied`](crate::Error::Denied),
/// [`Credentials`](crate::Error::Credentials), [`WrongRegion`](crate::Error::WrongRegion),
/// [`Unreachable`](crate::Error::Unreachable), [`Io`](crate::Error::Io) or
/// [`Backend`](crate::Error::Backend). A place that is missing is never taken for an object
/// that is.
#[async_trait]
pub trait RangeReader: Send + Sync {
    /// Begins to read a range, which must not be empty and must lie within the object as it is
    /// wanted. No more is fetched than the range; dropping what is given ends the reading.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound), and [`Changed`](crate::Error::Changed) when the
    /// object is another one than is wanted.
    async fn open(&self, key: &AssetKey, range: Range<u64>, wanted: &Wanted) -> Result<Reading>;

    /// What an object is now: how large it is, and the name of its state.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound).
    async fn look(&self, key: &AssetKey) -> Result<Wanted>;

    /// A link by which anybody who has it can read the object until `expires` has passed, and
    /// save it under `file_name` if there is one; `None` where the place has no links.
    async fn link(
        &self,
        key: &AssetKey,
        expires: Duration,
        file_name: Option<String>,
    ) -> Result<Option<String>>;
}

/// An entity tag without its quotes. A weak one is none: equal ones do not mean equal bytes.
pub(crate) fn unquoted(etag: &str) -> Option<String> {
    let bare = etag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(etag);
    (!bare.is_empty() && !bare.contains('"')).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_loses_its_quotes_and_a_weak_one_is_none() {
        assert_eq!(unquoted("\"a-1\"").as_deref(), Some("a-1"));
        assert_eq!(unquoted("a-1").as_deref(), Some("a-1"));
        assert_eq!(unquoted("W/\"a\""), None);
        assert_eq!(unquoted("\"\""), None);
    }
}
