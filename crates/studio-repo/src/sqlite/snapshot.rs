//! Copies of the whole database.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;

use super::error::Outcome;
use crate::Error;

/// What is being done, for errors.
pub(super) const ACTION: &str = "copy the catalogue";

/// Writes a copy of the database to a new file.
///
/// `VACUUM INTO` reads one state of the database while others write to it, as SQLite's
/// online backup does, without calls that are not safe, and leaves the free pages out. The
/// copy has the header of the original, so that it is told to be ours.
pub(super) fn write(c: &mut SqliteConnection, to: &Path) -> Outcome<()> {
    let failed = |source| Error::SnapshotFile { file: to.to_owned(), source };
    // An absolute path can be taken neither for ":memory:" nor for a "file:" URI.
    let absolute = std::path::absolute(to).map_err(failed)?;
    let name = absolute.to_str().ok_or_else(|| {
        failed(io::Error::new(io::ErrorKind::InvalidInput, "its path is not UTF-8"))
    })?;
    // SQLite fills a file that is empty; that it is ours is known because we made it.
    let file = File::create_new(&absolute).map_err(failed)?;
    let written = diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(name)
        .execute(c)
        .map_err(super::error::Failure::from)
        .and_then(|_| Ok(file.sync_all().map_err(failed)?));
    if written.is_err() {
        // The error says more than a file that cannot be removed.
        let _ = fs::remove_file(&absolute);
    }
    written
}
