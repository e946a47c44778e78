//! Ranges of objects, for stores that cut them themselves.

use std::ops::Range;

use crate::{Error, Result};

/// The part of `asked` that an object of `size` bytes has; all of it when none is asked for.
pub(crate) fn within(object: &str, size: u64, asked: Option<Range<u64>>) -> Result<Range<u64>> {
    let Some(asked) = asked else {
        return Ok(0..size);
    };
    let end = asked.end.min(size);
    match asked.start < end {
        true => Ok(asked.start..end),
        false => Err(Error::RangeNotSatisfiable { object: object.to_owned(), start: asked.start }),
    }
}
