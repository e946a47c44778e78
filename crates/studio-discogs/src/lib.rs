//! What Discogs knows of artists and albums.
//!
//! [`Metadata`] is whoever can be asked; [`MetadataExt`] are the questions by their names.
//! [`DiscogsClient`] asks Discogs itself. Before it stand caches, each of which is a
//! [`Metadata`] too and fronts another: [`MemoryCache`], `RedisCache` (feature `redis`) and
//! [`ObjectCache`], which keeps JSON in a bucket. The usual stack, from the page down:
//!
//! ```text
//! MemoryCache -> RedisCache (if there is one) -> ObjectCache -> DiscogsClient (Limiter)
//! ```
//!
//! # Rules
//! * Values are fully shaped ([`entry`]): what Discogs leaves out is empty, and what makes no
//!   sense is left out. Nothing is passed on as it came. For a studio without a token there
//!   is [`Nobody`], who knows nothing.
//! * That there is no such entry is an answer and is cached; an error never is. How long
//!   answers are served is said by [`Lifetimes`], and who serves which in the caches'
//!   [`Urgency`]: stale ones to [`Interactive`](Urgency::Interactive) look-ups, while one
//!   [`Background`](Urgency::Background) look-up runs behind.
//! * However many ask for the same thing at once, it is asked for once, and all share the
//!   answer or the error.
//! * A page asks with [`MetadataExt::within`] and does not wait.
//! * Never more than 60 requests go to Discogs in any moving minute ([`Limiter`]).
//! * A cache that does not work is a miss and one warning, and is left alone for a while.
//! * The token is in no address, error, log or `Debug`; answers' bodies are in none either.
//! * Where Discogs' data shows, [`ATTRIBUTION`] does, with a link to the entry's page
//!   ([`EntryKind::site_url`]).

mod cache;
mod client;
pub mod entry;
mod error;
mod fields;
mod flight;
mod lifetimes;
mod limiter;
mod lookup;
mod metadata;
mod parse;
mod text;

pub use cache::{MemoryCache, ObjectCache};
#[cfg(feature = "redis")]
pub use cache::{RedisCache, RedisSettings};
pub use client::{DISCOGS_API, DiscogsClient, DiscogsSettings, Token};
pub use entry::{
    Album, Artist, Company, Credit, Entry, EntryKind, Format, Found, Identifier, Image, Label,
    Reference, ReleaseDate, SearchHit, Track, TrackKind,
};
pub use error::{Error, Result};
pub use lifetimes::{Age, Clock, Keeping, Lifetimes};
pub use limiter::{Limiter, Pace, Permit, Told};
pub use lookup::{Lookup, SearchKind, SearchQuery, Urgency};
#[cfg(feature = "mock")]
pub use metadata::MockMetadata;
pub use metadata::{Metadata, MetadataExt, Nobody};
pub use parse::parse;
pub use text::{clean_name, parse_date, parse_duration, plain_text};

/// What stands where Discogs' data shows, with a link to the entry.
pub const ATTRIBUTION: &str = "Data provided by Discogs";
