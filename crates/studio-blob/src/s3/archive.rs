//! Objects that must be restored before they can be read (GLACIER, DEEP_ARCHIVE).

use studio_domain::ObjectKey;

use super::S3Store;
use super::client::promptly;
use crate::Error;

impl S3Store {
    /// Why a read failed. The refusal says that the object is archived; in which class,
    /// and whether it is on its way back, stands in the answer to HEAD.
    pub(super) async fn archived(&self, key: &ObjectKey, refusal: Error) -> Error {
        let Error::Archived { object, .. } = refusal else { return refusal };
        let connection = self.connection().await;
        let head = connection
            .client
            .head_object()
            .bucket(&self.bucket)
            .key(self.full_key(key.as_str()))
            .customize()
            .config_override(promptly())
            .send()
            .await;
        match head {
            Ok(head) => Error::Archived {
                object,
                class: head.storage_class().map(|class| class.as_str().to_owned()),
                restoring: head.restore().is_some_and(is_under_way),
            },
            // The refusal stands, with less to say about it.
            Err(_) => Error::Archived { object, class: None, restoring: false },
        }
    }
}

/// Reads `x-amz-restore` (S3 API, HeadObject): `ongoing-request="true"` while the object
/// is being restored.
fn is_under_way(restore: &str) -> bool {
    let ongoing = restore.split(',').find_map(|part| part.trim().strip_prefix("ongoing-request="));
    ongoing.is_some_and(|value| value.trim_matches('"') == "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restore_under_way_is_told_from_one_that_is_done() {
        assert!(is_under_way("ongoing-request=\"true\""));
        let done = "ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2012 00:00:00 GMT\"";
        assert!(!is_under_way(done));
        assert!(!is_under_way(""));
    }
}
