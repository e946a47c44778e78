//! Messages in batches that one request takes.

use crate::{Outgoing, size_of};

/// The most entries of one request (SQS API).
pub(super) const MOST_ENTRIES: usize = 10;

/// The most bytes of one request with several messages: what every server takes, since it was
/// Amazon's limit before 2025. A larger message goes alone.
const MOST_BYTES: usize = 256 << 10;

/// The messages in their order, in batches.
pub(super) fn batches(messages: &[Outgoing]) -> Vec<&[Outgoing]> {
    let (mut batches, mut begin, mut bytes) = (Vec::new(), 0, 0);
    for (number, message) in messages.iter().enumerate() {
        let size = size_of(message);
        if number > begin && (number - begin == MOST_ENTRIES || bytes + size > MOST_BYTES) {
            batches.push(&messages[begin..number]);
            (begin, bytes) = (number, 0);
        }
        bytes += size;
    }
    if begin < messages.len() {
        batches.push(&messages[begin..]);
    }
    batches
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_message_goes_once_and_no_batch_is_too_large(
            sizes in vec(prop_oneof![0_usize..100, 50_000_usize..300_000], 0..40),
        ) {
            let messages: Vec<_> =
                sizes.iter().map(|size| Outgoing::new("x".repeat(*size))).collect();
            let batches = batches(&messages);
            for batch in &batches {
                let bytes: usize = batch.iter().map(size_of).sum();
                prop_assert!(!batch.is_empty() && batch.len() <= MOST_ENTRIES);
                prop_assert!(bytes <= MOST_BYTES || batch.len() == 1, "{} bytes", bytes);
            }
            prop_assert_eq!(batches.concat(), messages);
        }
    }
}
