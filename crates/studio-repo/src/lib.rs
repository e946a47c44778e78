//! The catalogue: which versions of which tracks there are, and where their bytes lie.
//!
//! [`CatalogRepo`] is the contract for uploads and listings, [`TrashRepo`] that for what
//! is thrown away, [`CareRepo`] that for checking and removing what is stored,
//! [`ChoiceRepo`] that for what is known and thought of versions, [`ReleaseRepo`] that for
//! what was frozen of it; [`AssetRepo`], [`OrderRepo`] and [`QuarantineRepo`] those for files
//! that others put into a bucket;
//! [`WorkRepo`] leads to songs, tracks and versions by identity;
//! [`PublishRepo`], [`PlaylistRepo`] and [`ShelfRepo`] those for what is released, and
//! [`LibraryRepo`] and [`LinkRepo`] those for music that lies elsewhere and what others know of it.
//! [`AccountRepo`], [`SessionRepo`] and [`TokenRepo`] those for people who come in,
//! [`BrowseRepo`], [`ListenerRepo`], [`OwnPlaylistRepo`] and [`ShareRepo`] those for people who
//! listen. [`SiteRepo`] has what the pages of the site show, [`PageRepo`] what is said there, and
//! [`SketchRepo`] what is drawn for them.
//! `SqliteCatalog` (feature `sqlite`, on by default) keeps all of them in one SQLite file,
//! or in memory, where it doubles as the fake for tests. Feature `mock` adds a mock of
//! each (`MockCatalogRepo` and so on) for injecting failures.

mod account;
mod asset;
mod browse;
mod care;
mod catalog;
mod choice;
mod error;
mod library;
mod listener;
mod publish;
mod release;
mod shelf;
mod site;
#[cfg(feature = "sqlite")]
pub mod sqlite;
mod trash;
mod work;

pub use account::{AccountRepo, FoundSession, SessionRepo, SignIn, TokenRepo};
#[cfg(feature = "mock")]
pub use account::{MockAccountRepo, MockSessionRepo, MockTokenRepo};
pub use asset::{
    AssetFilter, AssetRepo, Judged, Judgement, NewAsset, OrderRepo, QuarantineRepo, Registered,
    Settlement, Standing,
};
#[cfg(feature = "mock")]
pub use asset::{MockAssetRepo, MockOrderRepo, MockQuarantineRepo};
#[cfg(feature = "mock")]
pub use browse::MockBrowseRepo;
pub use browse::{
    AlbumOrder, ArtistOrder, BrowseRepo, GenreLine, ListedAlbum, ListedArtist, Lot, MAX_LISTED,
    RecordingOrder, Sight, Stretch,
};
#[cfg(feature = "mock")]
pub use care::MockCareRepo;
pub use care::{
    CareRepo, EndedClaim, ObjectPosition, ObjectUse, Removal, RemovalPermit, StoredObject, Volume,
};
#[cfg(feature = "mock")]
pub use catalog::MockCatalogRepo;
pub use catalog::{
    CatalogRepo, Committed, MAX_PAGE, Page, PageRequest, Reservation, Reserved, VersionFilter,
};
pub use choice::ChoiceRepo;
#[cfg(feature = "mock")]
pub use choice::MockChoiceRepo;
pub use error::{Error, Result};
pub use library::{
    DiscogsEntry, DiscogsLink, LibraryCounts, LibraryRepo, LinkRepo, SaidBy, ScanResult,
    ScannedObject,
};
#[cfg(feature = "mock")]
pub use library::{MockLibraryRepo, MockLinkRepo};
pub use listener::{ListenerRepo, OwnPlaylistLine, OwnPlaylistRepo, ShareRepo};
#[cfg(feature = "mock")]
pub use listener::{MockListenerRepo, MockOwnPlaylistRepo, MockShareRepo};
pub use publish::{AlbumEntry, AlbumLine, PlaylistRepo, PublishRepo, RecordingEntry};
#[cfg(feature = "mock")]
pub use publish::{MockPlaylistRepo, MockPublishRepo};
#[cfg(feature = "mock")]
pub use release::MockReleaseRepo;
pub use release::ReleaseRepo;
#[cfg(feature = "mock")]
pub use shelf::MockShelfRepo;
pub use shelf::{AlbumSheet, Hit, HitSubject, Hits, ShelfRepo, Shown};
pub use site::{
    AlbumPage, ArtistCard, ArtistPart, ArtistSheet, MAX_SITE_PLACES, MOST_FEATURED, PageRepo,
    RecordingSheet, SitePlace, SiteRepo, SketchRepo,
};
#[cfg(feature = "mock")]
pub use site::{MockPageRepo, MockSiteRepo, MockSketchRepo};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteCatalog;
#[cfg(feature = "mock")]
pub use trash::MockTrashRepo;
pub use trash::TrashRepo;
#[cfg(feature = "mock")]
pub use work::MockWorkRepo;
pub use work::{SongEntry, TrackEntry, WorkRepo};
