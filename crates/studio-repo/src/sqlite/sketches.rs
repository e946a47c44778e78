//! Sketches of recordings, and those that wait for one.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use studio_domain::{RecordingId, Sketch};

use super::entries::{self, Query, recording_entries};
use super::error::Outcome;
use super::publish_rows::EntryRow;
use super::rows::digest;
use super::schema::{recordings, sketches, wanted_sketches};
use super::write::bytes;
use super::{SqliteCatalog, sound_rows};
use crate::{MAX_PAGE, RecordingEntry, Result, SketchRepo};

/// How a recording looks and how loud it is.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = sketches, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct SketchRow {
    state: String,
    bars: Vec<u8>,
    loudness: Option<i32>,
    true_peak: Option<i32>,
}

impl SketchRow {
    /// The sketch of bytes in a state; nothing if it is one of others.
    pub(super) fn of_state(self, state: &str) -> Outcome<Option<Sketch>> {
        if self.state != state {
            return Ok(None);
        }
        let loudness = self.loudness.map(sound_rows::decibels).transpose()?;
        let true_peak = self.true_peak.map(sound_rows::decibels).transpose()?;
        Ok(Some(Sketch { bars: self.bars, loudness, true_peak }))
    }
}

/// A recording has bytes that nobody has measured yet.
pub(super) fn want(c: &mut SqliteConnection, recording: &[u8]) -> QueryResult<()> {
    let row = wanted_sketches::recording_id.eq(recording);
    diesel::replace_into(wanted_sketches::table).values(row).execute(c).map(|_| ())
}

#[async_trait]
impl SketchRepo for SqliteCatalog {
    async fn without_sketch(
        &self,
        after: Option<RecordingId>,
        limit: u32,
    ) -> Result<Vec<RecordingEntry>> {
        self.connections
            .alone("find what has no sketch", move |c| {
                let after = after.map(|id| bytes(id.as_uuid()).to_vec()).unwrap_or_default();
                entries::load(c, waiting(&after, limit))
            })
            .await
    }

    async fn put_sketch(&self, id: RecordingId, state: &str, sketch: &Sketch) -> Result<()> {
        let (state, sketch) = (state.to_owned(), sketch.clone());
        self.connections
            .write("keep a sketch", move |c| put(c, bytes(id.as_uuid()), &state, &sketch))
            .await
    }
}

pub(super) fn waiting(after: &[u8], limit: u32) -> impl Query<'_, EntryRow> {
    recording_entries!()
        .inner_join(wanted_sketches::table.on(wanted_sketches::recording_id.eq(recordings::id)))
        .filter(wanted_sketches::recording_id.gt(after))
        .order(wanted_sketches::recording_id)
        .limit(limit.clamp(1, MAX_PAGE).into())
}

fn put(c: &mut SqliteConnection, id: &[u8], state: &str, sketch: &Sketch) -> Outcome<()> {
    let known: Option<(Option<Vec<u8>>, Option<String>)> = recordings::table
        .find(id)
        .select((recordings::digest, recordings::etag))
        .first(c)
        .optional()?;
    let now = match known {
        Some((Some(own), _)) => digest(&own)?.to_string(),
        Some((None, Some(etag))) => etag,
        _ => return Ok(()),
    };
    if now != state {
        return Ok(());
    }
    let row = (
        sketches::recording_id.eq(id),
        sketches::state.eq(state),
        sketches::bars.eq(&sketch.bars),
        sketches::loudness.eq(sketch.loudness.map(|level| level.thousandths())),
        sketches::true_peak.eq(sketch.true_peak.map(|level| level.thousandths())),
    );
    diesel::replace_into(sketches::table).values(row).execute(c)?;
    diesel::delete(wanted_sketches::table.find(id)).execute(c)?;
    Ok(())
}
