//! Identifiers: UUIDs (version 7 when made by studio, RFC 9562), one type for each entity.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID.
            pub const fn as_uuid(&self) -> &Uuid {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::try_parse(text).map(Self)
            }
        }
    };
}

id_type!(
    /// Identifies an [`Artist`](crate::Artist).
    ArtistId
);
id_type!(
    /// Identifies a [`Song`](crate::Song).
    SongId
);
id_type!(
    /// Identifies a [`Track`](crate::Track).
    TrackId
);
id_type!(
    /// Identifies a [`Version`](crate::Version).
    VersionId
);
id_type!(
    /// Identifies the claim of an upload on a version's place.
    ReservationId
);
id_type!(
    /// Identifies the removal of a stored object, from the decision until it is done.
    RemovalId
);
id_type!(
    /// Identifies a [`Pick`](crate::Pick).
    PickId
);
id_type!(
    /// Identifies a [`Mark`](crate::Mark).
    MarkId
);
id_type!(
    /// Identifies a [`Release`](crate::Release).
    ReleaseId
);
id_type!(
    /// Identifies an [`Asset`](crate::Asset).
    AssetId
);
id_type!(
    /// Identifies a [`Quarantined`](crate::Quarantined) object.
    QuarantineId
);
id_type!(
    /// Identifies a [`DeletionOrder`](crate::DeletionOrder).
    OrderId
);
id_type!(
    /// Identifies an [`Album`](crate::Album).
    AlbumId
);
id_type!(
    /// Identifies a [`Recording`](crate::Recording).
    RecordingId
);
id_type!(
    /// Identifies a [`Playlist`](crate::Playlist).
    PlaylistId
);
id_type!(
    /// Identifies a [`Library`](crate::Library).
    LibraryId
);
id_type!(
    /// Identifies an [`Account`](crate::Account).
    AccountId
);
id_type!(
    /// Identifies a [`Session`](crate::Session).
    SessionId
);
id_type!(
    /// Identifies an [`ApiToken`](crate::ApiToken).
    ApiTokenId
);
id_type!(
    /// Identifies an [`AppKey`](crate::AppKey).
    AppKeyId
);
id_type!(
    /// Identifies an [`AuditEntry`](crate::AuditEntry).
    AuditId
);
id_type!(
    /// Identifies an [`OwnPlaylist`](crate::OwnPlaylist).
    OwnPlaylistId
);
id_type!(
    /// Identifies a [`Share`](crate::Share).
    ShareId
);
