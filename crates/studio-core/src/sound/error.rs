//! From what the library of sound says to what a caller can act on.

use studio_audio::Error as SoundError;

use crate::Error;

/// The error of work on the sound of `what`.
pub(crate) fn of(what: impl Into<String>, error: SoundError) -> Error {
    match error {
        SoundError::Cancelled => Error::Cancelled,
        SoundError::Io(source) => match source.downcast::<studio_blob::Error>() {
            Ok(error) => Error::Store(error),
            Err(source) => Error::Sound { what: what.into(), source: SoundError::Io(source) },
        },
        source => Error::Sound { what: what.into(), source },
    }
}
