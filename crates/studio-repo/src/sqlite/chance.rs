//! Some of many, drawn without a look at the rest.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::ArtistId;

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
    let seen = seen(sight);
    format!("SELECT id FROM {table} WHERE {place}{of_genre}{seen} ORDER BY substr(id, 13), id")
}

/// What of it is in sight, as a condition behind others.
fn seen(sight: &Sight) -> String {
    match sight {
        Sight::Everything => String::new(),
        Sight::Published => " AND published".to_owned(),
        Sight::PublishedAnd(own) => {
            format!(" AND (published OR +artist_id IN ({}))", own_list(own))
        }
    }
}

/// Artists as a list in SQL: digits only, nothing that would have to be a parameter.
pub(super) fn own_list(own: &BTreeSet<ArtistId>) -> String {
    let own = own.iter().map(|id| format!("X'{}'", hex(bytes(id.as_uuid()))));
    own.collect::<Vec<_>>().join(", ")
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Identities of recordings that are in sight and came out in some years, of a genre if one is
/// given. Their index is walked twice: to count them, and to take of each as many.
pub(super) fn draw_of_years(
    c: &mut SqliteConnection,
    (from, to): (u16, u16),
    genre: Option<&str>,
    sight: &Sight,
    limit: u32,
) -> Outcome<Vec<Vec<u8>>> {
    // A date begins with its year; what comes behind that stands before the sign.
    let [first, end] = [format!("{:04}", from.min(to)), format!("{:04}~", from.max(to))];
    let bound = |query: &str| {
        let query = diesel::sql_query(query).into_boxed::<Sqlite>();
        let query = query.bind::<Text, _>(first.clone()).bind::<Text, _>(end.clone());
        match genre {
            Some(genre) => query.bind::<Text, _>(genre.to_owned()),
            None => query,
        }
    };
    let [count, some] = of_years(genre.is_some(), sight);
    let counted: Vec<Counted> = bound(&count).load(c)?;
    let count = counted.first().map_or(0, |counted| counted.count);
    let limit = limit.clamp(1, MAX_LISTED);
    // About twice as many as are wanted: so few never come that it would be too few.
    let odds = format!("abs(random() % {}) < {}", count.max(1), 2 * i64::from(limit) + 32);
    let drawn: Vec<Drawn> = bound(&format!("{some} AND {odds}")).load(c)?;
    let drawn = drawn.into_iter().filter_map(|row| row.id);
    // In an order by chance: a new identity ends at random.
    let mut drawn: Vec<_> = drawn.map(|id| (new_id().split_off(9), id)).collect();
    drawn.sort();
    Ok(drawn.into_iter().map(|(_, id)| id).take(limit as usize).collect())
}

/// How many came out from the first parameter up to the second, and which.
pub(super) fn of_years(of_genre: bool, sight: &Sight) -> [String; 2] {
    // The sign keeps SQLite from going by the genre, which is not in the order of the years.
    let of_genre = if of_genre { " AND +genre_key = ?3" } else { "" };
    let seen = seen(sight);
    ["count(*) AS count", "id"].map(|what| {
        format!(
            "SELECT {what} FROM recordings WHERE released >= ?1 AND released < ?2{of_genre}{seen}"
        )
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
