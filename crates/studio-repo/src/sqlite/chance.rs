//! Some of many, drawn without a look at the rest.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use diesel::sqlite::SqliteConnection;

use super::error::Outcome;
use super::write::{bytes, new_id};
use crate::{MAX_LISTED, Sight};

/// How often is drawn before what is left is taken as it stands: with few to draw from, most are
/// drawn again.
const ROUNDS: usize = 3;

/// What is drawn from.
#[derive(Debug, Clone, Copy)]
pub(super) enum From<'a> {
    Albums,
    Recordings,
    RecordingsOf(&'a str),
}

#[derive(QueryableByName)]
struct Drawn {
    #[diesel(sql_type = Nullable<Binary>)]
    id: Option<Vec<u8>>,
}

/// Identities of some that are in sight, none of them twice.
pub(super) fn draw(
    c: &mut SqliteConnection,
    from: From<'_>,
    sight: &Sight,
    limit: u32,
) -> Outcome<Vec<Vec<u8>>> {
    let limit = limit.clamp(1, MAX_LISTED);
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let (mut known, mut drawn) = (BTreeSet::new(), Vec::new());
    let mut take = |rows: Vec<Drawn>, drawn: &mut Vec<Vec<u8>>| {
        for id in rows.into_iter().filter_map(|row| row.id) {
            if drawn.len() < wanted && known.insert(id.clone()) {
                drawn.push(id);
            }
        }
    };
    for _ in 0..ROUNDS {
        if drawn.len() < wanted {
            let rows = load(c, &points(from, sight), from, Bound::Count(limit))?;
            take(rows, &mut drawn);
        }
    }
    // Round the circle, from where chance says: a new identity ends at random too.
    let start = new_id().split_off(12);
    for stretch in [">=", "<"] {
        if drawn.len() < wanted {
            let rows = load(c, &stretch_of(from, sight, stretch), from, Bound::Point(&start))?;
            take(rows, &mut drawn);
        }
    }
    Ok(drawn)
}

enum Bound<'a> {
    Count(u32),
    Point(&'a [u8]),
}

fn load(
    c: &mut SqliteConnection,
    query: &str,
    from: From<'_>,
    bound: Bound<'_>,
) -> QueryResult<Vec<Drawn>> {
    let query = diesel::sql_query(query).into_boxed();
    let query = match bound {
        Bound::Count(count) => query.bind::<BigInt, _>(i64::from(count)),
        Bound::Point(point) => query.bind::<Binary, _>(point),
    };
    match from {
        From::RecordingsOf(genre) => query.bind::<Text, _>(genre).load(c),
        From::Albums | From::Recordings => query.load(c),
    }
}

/// As many points as the first parameter says, and for each what stands behind it, up to 15
/// places on. Behind the end it goes on from the start, where the first places are what is reached
/// most often.
pub(super) fn points(from: From<'_>, sight: &Sight) -> String {
    let one = candidates(from, sight, "substr(id, 13) >= point");
    let first = candidates(from, sight, "substr(id, 13) >= substr(point, 1, 0)");
    format!(
        "WITH RECURSIVE points (n, point) AS ( \
             SELECT 1, randomblob(4) \
             UNION ALL SELECT n + 1, randomblob(4) FROM points WHERE n < ?1 \
         ) \
         SELECT coalesce( \
             ({one} LIMIT 1 OFFSET abs(random() % 16)), \
             ({first} LIMIT 1 OFFSET min(abs(random() % 16), abs(random() % 16))) \
         ) AS id FROM points"
    )
}

/// What stands on one side of the first parameter.
pub(super) fn stretch_of(from: From<'_>, sight: &Sight, side: &str) -> String {
    let all = candidates(from, sight, &format!("substr(id, 13) {side} ?1"));
    format!("{all} LIMIT {MAX_LISTED}")
}

fn candidates(from: From<'_>, sight: &Sight, place: &str) -> String {
    let (table, of_genre) = match from {
        From::Albums => ("albums", ""),
        From::Recordings => ("recordings", ""),
        From::RecordingsOf(_) => ("recordings", " AND genre_key = ?2"),
    };
    let seen = match sight {
        Sight::Everything => String::new(),
        Sight::Published => " AND published".to_owned(),
        Sight::PublishedAnd(own) => {
            // Digits only: nothing that would have to be a parameter.
            let own = own.iter().map(|id| format!("X'{}'", hex(bytes(id.as_uuid()))));
            let own = own.collect::<Vec<_>>().join(", ");
            format!(" AND (published OR +artist_id IN ({own}))")
        }
    };
    format!("SELECT id FROM {table} WHERE {place}{of_genre}{seen} ORDER BY substr(id, 13), id")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
