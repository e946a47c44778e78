//! Reading a server's answers: times, ranges, bodies.

use aws_sdk_s3::primitives::{ByteStream, DateTime};
use bytes::Bytes;
use futures_util::stream;
use studio_domain::Timestamp;

use crate::{Error, Result};

/// A time, if it can be told in microseconds.
pub(super) fn timestamp(time: Option<&DateTime>) -> Option<Timestamp> {
    let micros = time?.as_nanos() / 1_000;
    i64::try_from(micros).ok().map(Timestamp::from_micros)
}

/// The size of the whole object, from a Content-Range (RFC 9110, 14.4) that must begin at `start`.
pub(super) fn size_of_whole(content_range: &str, start: u64) -> Option<u64> {
    let (range, size) = content_range.strip_prefix("bytes ")?.split_once('/')?;
    let (first, _) = range.split_once('-')?;
    (first.parse() == Ok(start)).then(|| size.parse().ok())?
}

/// The body's bytes; an end before `length` bytes is an interruption like any other.
pub(super) fn chunks(
    body: ByteStream,
    object: String,
    length: u64,
) -> impl stream::Stream<Item = Result<Bytes>> + Send {
    stream::try_unfold((body, object, length), |(mut body, object, left)| async move {
        match body.next().await {
            Some(Ok(chunk)) => {
                let left = left.saturating_sub(chunk.len() as u64);
                Ok(Some((chunk, (body, object, left))))
            }
            Some(Err(error)) => Err(Error::Interrupted { object, source: Box::new(error) }),
            None if left > 0 => {
                let source = format!("{left} bytes did not come").into();
                Err(Error::Interrupted { object, source })
            }
            None => Ok(None),
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_content_range_must_begin_where_it_was_asked() {
        assert_eq!(size_of_whole("bytes 10-19/100", 10), Some(100));
        for wrong in ["bytes 11-19/100", "10-19/100", "bytes 10/100", "bytes 10-19/*", "bytes */9"]
        {
            assert_eq!(size_of_whole(wrong, 10), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_content_range_is_too_strange(text in ".*", start in any::<u64>()) {
            if let Some(size) = size_of_whole(&text, start) {
                let ending = format!("/{size}");
                prop_assert!(text.starts_with("bytes ") && text.trim_start_matches("bytes ").contains('-'));
                prop_assert!(text.ends_with(&ending) || text.contains("/+") || text.contains("/0"));
            }
        }
    }
}
