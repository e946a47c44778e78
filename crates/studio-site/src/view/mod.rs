//! The pages: what each of them shows, as its template wants it.

mod card;
mod lists;
mod page;
mod search;
mod sheets;
mod simple;
mod track;

pub use self::search::SearchPage;

/// How many tracks of an album stand on one page.
const TRACKS: usize = 50;
