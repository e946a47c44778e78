//! Claims whose lease has ended.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use studio_domain::{ReservationId, Timestamp};

use super::error::{Failure, Outcome};
use super::rows::{digest, path, uuid};
use super::schema::reservations;
use crate::{EndedClaim, MAX_PAGE};

#[derive(Queryable, Selectable)]
#[diesel(table_name = reservations, check_for_backend(diesel::sqlite::Sqlite))]
struct ClaimRow {
    id: Vec<u8>,
    artist_key: String,
    song_key: String,
    track_key: String,
    tag_key: String,
    digest: Vec<u8>,
    object_key: String,
    expires_at: i64,
}

impl ClaimRow {
    fn into_claim(self) -> Outcome<EndedClaim> {
        let place = path([&self.artist_key, &self.song_key, &self.track_key, &self.tag_key])?;
        Ok(EndedClaim {
            id: ReservationId::from_uuid(uuid(&self.id)?),
            place: place.to_string(),
            object_key: self.object_key.parse().map_err(Failure::bad_row)?,
            digest: digest(&self.digest)?,
            ended_at: Timestamp::from_micros(self.expires_at),
        })
    }
}

pub(super) fn ended(
    c: &mut SqliteConnection,
    now: Timestamp,
    limit: u32,
) -> Outcome<Vec<EndedClaim>> {
    let rows: Vec<ClaimRow> = reservations::table
        .filter(reservations::expires_at.le(now.as_micros()))
        .order((reservations::expires_at, reservations::id))
        .limit(limit.clamp(1, MAX_PAGE).into())
        .select(ClaimRow::as_select())
        .load(c)?;
    rows.into_iter().map(ClaimRow::into_claim).collect()
}

pub(super) fn forget(c: &mut SqliteConnection, now: Timestamp) -> Outcome<usize> {
    let ended = reservations::table.filter(reservations::expires_at.le(now.as_micros()));
    Ok(diesel::delete(ended).execute(c)?)
}
