//! Changes. Each function runs inside one immediate transaction.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use studio_domain::{
    Check, Digest, NewVersion, ReservationId, Slug, SongTitle, Timestamp, TrackName, Version,
    VersionId, VersionPath,
};
use uuid::Uuid;

use super::error::{Failure, Outcome};
use super::rows::{NewVersionRow, uuid};
use super::schema::{artists, reservations, songs, tracks, versions};
use super::search::{self, Kind, Line};
use super::{artists as catalogue_artists, read, removals};
use crate::{Committed, Error, Reservation, Reserved};

pub(super) fn reserve(
    c: &mut SqliteConnection,
    wanted: Reservation,
    now: Timestamp,
) -> Outcome<Reserved> {
    if let Some(existing) = read::find(c, &wanted.path)? {
        return match existing.digest == wanted.digest {
            true => Ok(Reserved::Stored(existing)),
            false => Err(exists_already(existing, wanted.digest)),
        };
    }
    let mut granted = wanted;
    if let Some(earlier) = same_upload(c, &granted.path, &granted.digest, now)? {
        granted.version = earlier;
    }
    removals::refuse_if_being_removed(c, &granted.object_key, now)?;
    forget_ended_claims(c, &granted.path, now)?;
    insert_claim(c, &granted)?;
    Ok(Reserved::Granted(granted))
}

pub(super) fn exists_already(existing: Version, offered: Digest) -> Failure {
    Failure::Known(Error::VersionExists { existing: Box::new(existing), offered })
}

/// The identity that an earlier claim on a place gave to a version with these bytes.
///
/// # Errors
/// `PlaceTaken` when a live claim for other bytes is there.
pub(super) fn same_upload(
    c: &mut SqliteConnection,
    path: &VersionPath,
    digest: &Digest,
    now: Timestamp,
) -> Outcome<Option<VersionId>> {
    let mut earlier = None;
    for claim in claims_on(c, path)? {
        if claim.digest == digest.as_bytes() {
            earlier = Some(VersionId::from_uuid(uuid(&claim.version_id)?));
        } else if claim.expires_at > now.as_micros() {
            return Err(Failure::Known(Error::PlaceTaken {
                path: Box::new(path.clone()),
                until: Timestamp::from_micros(claim.expires_at),
            }));
        }
    }
    Ok(earlier)
}

/// The columns of a claim that decide what another one may do.
#[derive(Queryable, Selectable)]
#[diesel(table_name = reservations, check_for_backend(diesel::sqlite::Sqlite))]
struct Claim {
    version_id: Vec<u8>,
    digest: Vec<u8>,
    expires_at: i64,
}

/// The claims on a place.
#[diesel::dsl::auto_type]
fn claims_at<'a>(path: &'a VersionPath) -> _ {
    let artist: &'a str = path.artist.key();
    let song: &'a str = path.song.key();
    let track: &'a str = path.track.key();
    let tag: &'a str = path.tag.key();
    reservations::table
        .filter(reservations::artist_key.eq(artist))
        .filter(reservations::song_key.eq(song))
        .filter(reservations::track_key.eq(track))
        .filter(reservations::tag_key.eq(tag))
}

fn claims_on(c: &mut SqliteConnection, path: &VersionPath) -> QueryResult<Vec<Claim>> {
    claims_at(path).order(reservations::expires_at).select(Claim::as_select()).load(c)
}

fn forget_ended_claims(
    c: &mut SqliteConnection,
    path: &VersionPath,
    now: Timestamp,
) -> QueryResult<usize> {
    diesel::delete(claims_at(path).filter(reservations::expires_at.le(now.as_micros()))).execute(c)
}

/// Drops what claims there are for one version, live or not.
pub(super) fn lose_claims(c: &mut SqliteConnection, version: VersionId) -> QueryResult<usize> {
    let of_version = reservations::version_id.eq(bytes(version.as_uuid()));
    diesel::delete(reservations::table.filter(of_version)).execute(c)
}

fn insert_claim(c: &mut SqliteConnection, claim: &Reservation) -> QueryResult<usize> {
    let VersionPath { artist, song, track, tag } = &claim.path;
    diesel::insert_into(reservations::table)
        .values((
            reservations::id.eq(bytes(claim.id.as_uuid())),
            reservations::version_id.eq(bytes(claim.version.as_uuid())),
            reservations::artist_key.eq(artist.key()),
            reservations::song_key.eq(song.key()),
            reservations::track_key.eq(track.key()),
            reservations::tag_key.eq(tag.key()),
            reservations::digest.eq(claim.digest.as_bytes().as_slice()),
            reservations::object_key.eq(claim.object_key.as_str()),
            reservations::expires_at.eq(claim.expires_at.as_micros()),
        ))
        .execute(c)
}

/// A UUID as it stands in a column.
pub(super) fn bytes(id: &Uuid) -> &[u8] {
    id.as_bytes()
}

pub(super) fn renew(
    c: &mut SqliteConnection,
    reservation: ReservationId,
    expires_at: Timestamp,
) -> Outcome<()> {
    let renewed = diesel::update(reservations::table.find(bytes(reservation.as_uuid())))
        .set(reservations::expires_at.eq(expires_at.as_micros()))
        .execute(c)?;
    match renewed {
        0 => Err(Error::ClaimLost { reservation }.into()),
        _ => Ok(()),
    }
}

pub(super) fn release(c: &mut SqliteConnection, reservation: ReservationId) -> Outcome<()> {
    end_claim(c, reservation)?;
    Ok(())
}

/// Drops a claim; tells whether it was there.
fn end_claim(c: &mut SqliteConnection, reservation: ReservationId) -> QueryResult<bool> {
    let dropped =
        diesel::delete(reservations::table.find(bytes(reservation.as_uuid()))).execute(c)?;
    Ok(dropped > 0)
}

pub(super) fn commit(
    c: &mut SqliteConnection,
    version: &NewVersion,
    reservation: ReservationId,
) -> Outcome<Committed> {
    let held = end_claim(c, reservation)?;
    let fresh = put(c, version)?;
    if fresh && !held {
        // What was put is taken back with the transaction.
        return Err(Error::ClaimLost { reservation }.into());
    }
    // Read back, so that the names are those first typed.
    let version = read::version(c, version.path.clone())?;
    Ok(Committed { version, fresh })
}

pub(super) fn restore(c: &mut SqliteConnection, versions: &[NewVersion]) -> Outcome<usize> {
    let mut fresh = 0;
    for version in versions {
        fresh += usize::from(put(c, version)?);
    }
    Ok(fresh)
}

/// Inserts a version, unless one with the same bytes is there; tells whether it did.
fn put(c: &mut SqliteConnection, version: &NewVersion) -> Outcome<bool> {
    let VersionPath { artist, song, track, tag } = &version.path;
    let existing: Option<Vec<u8>> = versions::table
        .filter(versions::artist_key.eq(artist.key()))
        .filter(versions::song_key.eq(song.key()))
        .filter(versions::track_key.eq(track.key()))
        .filter(versions::tag_key.eq(tag.key()))
        .select(versions::digest)
        .first(c)
        .optional()?;
    match existing {
        Some(digest) if digest == version.digest.as_bytes() => return Ok(false),
        Some(_) => {
            let existing = read::version(c, version.path.clone())?;
            return Err(exists_already(existing, version.digest));
        }
        None => insert(c, version, None)?,
    }
    Ok(true)
}

/// Inserts a version whose place is free.
pub(super) fn insert(
    c: &mut SqliteConnection,
    version: &NewVersion,
    check: Option<Check>,
) -> Outcome<()> {
    let VersionPath { artist, song, track, tag } = &version.path;
    let artist_id = catalogue_artists::id_of(c, artist)?;
    let song_id = song_id(c, &artist_id, song)?;
    let track_id = track_id(c, &song_id, track)?;
    let slug = free_slug(tag.as_str(), |slug| {
        let taken = versions::table
            .filter(versions::track_id.eq(&track_id))
            .filter(versions::slug.eq(slug.as_str()));
        select(exists(taken)).get_result(c)
    })?;
    diesel::insert_into(versions::table)
        .values(NewVersionRow::new(version, check, &track_id, &slug)?)
        .execute(c)?;
    Ok(())
}

/// Takes a version out of the catalogue, and its track, song and artist where it was the
/// last; tells whether it was there.
pub(super) fn take_out(c: &mut SqliteConnection, id: VersionId) -> Outcome<bool> {
    let version = versions::table.find(bytes(id.as_uuid()));
    let track: Option<Vec<u8>> = version.select(versions::track_id).first(c).optional()?;
    let Some(track) = track else { return Ok(false) };
    diesel::delete(version).execute(c)?;
    if select(exists(versions::table.filter(versions::track_id.eq(&track)))).get_result(c)? {
        return Ok(true);
    }
    let song: Vec<u8> = tracks::table.find(&track).select(tracks::song_id).first(c)?;
    diesel::delete(tracks::table.find(&track)).execute(c)?;
    if select(exists(tracks::table.filter(tracks::song_id.eq(&song)))).get_result(c)? {
        return Ok(true);
    }
    let artist: Vec<u8> = songs::table.find(&song).select(songs::artist_id).first(c)?;
    diesel::delete(songs::table.find(&song)).execute(c)?;
    search::remove(c, Kind::Song, &song)?;
    catalogue_artists::settle(c, &artist)?;
    Ok(true)
}

fn song_id(c: &mut SqliteConnection, artist: &[u8], title: &SongTitle) -> Outcome<Vec<u8>> {
    let of_artist = songs::table.filter(songs::artist_id.eq(artist));
    let known =
        of_artist.filter(songs::title_key.eq(title.key())).select(songs::id).first(c).optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    let slug = free_slug(title.as_str(), |slug| {
        select(exists(of_artist.filter(songs::slug.eq(slug.as_str())))).get_result(c)
    })?;
    let id = new_id();
    diesel::insert_into(songs::table)
        .values((
            songs::id.eq(&id),
            songs::artist_id.eq(artist),
            songs::title.eq(title.as_str()),
            songs::title_key.eq(title.key()),
            songs::slug.eq(slug.as_str()),
        ))
        .execute(c)?;
    let (name, artist_slug): (String, String) =
        artists::table.find(artist).select((artists::name, artists::slug)).first(c)?;
    let line = Line {
        kind: Kind::Song,
        id: &id,
        title: title.as_str(),
        slug: slug.as_str(),
        artist: Some((&name, &artist_slug)),
        album: None,
        published: false,
    };
    search::put(c, &line)?;
    Ok(id)
}

fn track_id(c: &mut SqliteConnection, song: &[u8], name: &TrackName) -> Outcome<Vec<u8>> {
    let of_song = tracks::table.filter(tracks::song_id.eq(song));
    let known =
        of_song.filter(tracks::name_key.eq(name.key())).select(tracks::id).first(c).optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    let slug = free_slug(name.as_str(), |slug| {
        select(exists(of_song.filter(tracks::slug.eq(slug.as_str())))).get_result(c)
    })?;
    let id = new_id();
    diesel::insert_into(tracks::table)
        .values((
            tracks::id.eq(&id),
            tracks::song_id.eq(song),
            tracks::name.eq(name.as_str()),
            tracks::name_key.eq(name.key()),
            tracks::slug.eq(slug.as_str()),
        ))
        .execute(c)?;
    Ok(id)
}

/// A new identity, as it stands in a column.
pub(super) fn new_id() -> Vec<u8> {
    Uuid::now_v7().as_bytes().to_vec()
}

/// The slug of a name, numbered from 2 on where others have it.
///
/// Among many of one name the number is looked for in steps that double, and then by halves:
/// a library of ten thousand pieces called "Untitled" takes no longer than one of ten.
pub(super) fn free_slug(
    name: &str,
    mut is_taken: impl FnMut(&Slug) -> QueryResult<bool>,
) -> QueryResult<Slug> {
    const ONE_BY_ONE: u64 = 8;
    let plain = Slug::from_name(name);
    if !is_taken(&plain)? {
        return Ok(plain);
    }
    let (mut taken, mut free) = (1, 2);
    while is_taken(&plain.numbered(free))? {
        taken = free;
        free = if free < ONE_BY_ONE { free + 1 } else { free.saturating_mul(2) };
    }
    while free - taken > 1 {
        let between = taken + (free - taken) / 2;
        match is_taken(&plain.numbered(between))? {
            true => taken = between,
            false => free = between,
        }
    }
    Ok(plain.numbered(free))
}
