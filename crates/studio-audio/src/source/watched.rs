//! Tells a source that failed from a parser that did.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::ByteSource;

/// A source that remembers how it failed: parsers of others report the end of a packet and
/// the end of a connection alike.
#[derive(Debug)]
pub(crate) struct Watched<S> {
    source: S,
    failure: Failure,
}

/// How a source failed, if it did.
#[derive(Debug, Clone, Default)]
pub(crate) struct Failure(Arc<Mutex<Option<io::Error>>>);

impl Failure {
    /// Takes it out.
    pub(crate) fn take(&self) -> Option<io::Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<S: ByteSource> Watched<S> {
    pub(crate) fn new(source: S) -> (Self, Failure) {
        let failure = Failure::default();
        (Self { source, failure: failure.clone() }, failure)
    }
}

impl<S: ByteSource> ByteSource for Watched<S> {
    fn size(&self) -> u64 {
        self.source.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.source.read_at(offset, buffer).map_err(|error| {
            let kind = error.kind();
            *self.failure.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            // What asks again at once would ask for ever.
            match kind {
                io::ErrorKind::Interrupted => io::ErrorKind::Other.into(),
                kind => kind.into(),
            }
        })
    }
}
