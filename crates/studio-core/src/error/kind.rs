//! What sort of thing it is that catalogues, stores and queues say.

use super::ErrorKind;

pub(super) fn of_catalog(error: &studio_repo::Error) -> ErrorKind {
    use studio_repo::Error as E;
    match error {
        E::NotFound { .. }
        | E::UnknownCursor { .. }
        | E::NotInTrash { .. }
        | E::NoRelease { .. }
        | E::NoAsset { .. }
        | E::NoAlbum { .. }
        | E::NoRecording { .. }
        | E::UnknownShelfCursor { .. }
        | E::NotQuarantined { .. } => ErrorKind::NotFound,
        E::VersionExists { .. }
        | E::PlaceTaken { .. }
        | E::ClaimLost { .. }
        | E::BeingRemoved { .. }
        | E::RemovalGone { .. }
        | E::ReleaseExists { .. }
        | E::PickChanged { .. }
        | E::InRelease { .. }
        | E::AlbumExists { .. }
        | E::AlbumInUse { .. }
        | E::PlaylistExists { .. }
        | E::AccountExists { .. }
        | E::LastManager
        | E::IdentityTaken
        | E::TokenExists { .. }
        | E::AssetChanged { .. } => ErrorKind::Conflict,
        E::Damaged { .. } => ErrorKind::Integrity,
        E::NewerSchema { .. }
        | E::NotADatabase { .. }
        | E::ForeignDatabase { .. }
        | E::CannotOpen { .. }
        | E::Busy { .. }
        | E::Full { .. }
        | E::ReadOnly { .. }
        | E::Disk { .. } => ErrorKind::Unavailable,
        _ => ErrorKind::Failure,
    }
}

pub(super) fn of_store(error: &studio_blob::Error) -> ErrorKind {
    use studio_blob::Error as E;
    match error {
        E::NotFound { .. } => ErrorKind::NotFound,
        E::AlreadyExists { .. } => ErrorKind::Conflict,
        E::Changed { .. } | E::RangeNotSatisfiable { .. } | E::Corrupted { .. } => {
            ErrorKind::Integrity
        }
        E::Interrupted { .. }
        | E::Archived { .. }
        | E::Contended { .. }
        | E::NoSuchStore { .. }
        | E::Denied { .. }
        | E::Credentials { .. }
        | E::WrongRegion { .. }
        | E::Unreachable { .. }
        | E::Unsupported { .. }
        | E::Full { .. }
        | E::Io { .. } => ErrorKind::Unavailable,
        _ => ErrorKind::Failure,
    }
}

pub(super) fn of_queue(error: &studio_queue::Error) -> ErrorKind {
    use studio_queue::Error as E;
    match error {
        E::NoSuchQueue { .. }
        | E::Denied { .. }
        | E::Credentials { .. }
        | E::Unreachable { .. } => ErrorKind::Unavailable,
        E::TooLarge { .. } => ErrorKind::InvalidInput,
        _ => ErrorKind::Failure,
    }
}

#[cfg(feature = "discogs")]
pub(super) fn of_discogs(error: &studio_discogs::Error) -> ErrorKind {
    use studio_discogs::Error as E;
    match error {
        E::Setting { .. } => ErrorKind::InvalidInput,
        E::Unauthorized | E::RateLimited { .. } | E::Busy | E::Unavailable { .. } => {
            ErrorKind::Unavailable
        }
        _ => ErrorKind::Failure,
    }
}
