//! Which entries of Discogs artists and albums are.

use async_trait::async_trait;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use studio_domain::{Artist, SubjectId, Timestamp};

use super::SqliteCatalog;
use super::entries::Query;
use super::error::{Failure, Outcome};
use super::rows::ArtistRow;
use super::schema::{artists, discogs_links as links};
use super::write::bytes;
use crate::{DiscogsEntry, DiscogsLink, LinkRepo, MAX_PAGE, Result, SaidBy};

const ARTIST: &str = "artist";
const ALBUM: &str = "album";
const MASTER: &str = "master";
const RELEASE: &str = "release";
const MATCH: &str = "match";
const PERSON: &str = "person";

#[async_trait]
impl LinkRepo for SqliteCatalog {
    async fn discogs_link(&self, subject: SubjectId) -> Result<Option<DiscogsLink>> {
        self.connections.alone("look up a link to Discogs", move |c| find(c, subject)).await
    }

    async fn put_discogs_link(&self, link: &DiscogsLink) -> Result<DiscogsLink> {
        let link = *link;
        self.connections.write("keep a link to Discogs", move |c| put(c, link)).await
    }

    async fn remove_discogs_link(&self, subject: SubjectId) -> Result<()> {
        self.connections
            .write("take back a link to Discogs", move |c| {
                let (kind, id) = key(&subject);
                diesel::delete(links::table.find((kind, id))).execute(c)?;
                Ok(())
            })
            .await
    }

    async fn artists_to_look_at(&self, before: Timestamp, limit: u32) -> Result<Vec<Artist>> {
        let limit = limit.clamp(1, MAX_PAGE);
        self.connections
            .read("list artists to look up", move |c| to_look_at(c, before, limit))
            .await
    }

    async fn looked_at(&self, subject: SubjectId, at: Timestamp) -> Result<()> {
        self.connections.write("note a look at Discogs", move |c| look(c, subject, at)).await
    }
}

fn key(subject: &SubjectId) -> (&'static str, &[u8]) {
    match subject {
        SubjectId::Artist(id) => (ARTIST, bytes(id.as_uuid())),
        SubjectId::Album(id) => (ALBUM, bytes(id.as_uuid())),
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = links, check_for_backend(diesel::sqlite::Sqlite))]
struct LinkRow {
    entry_kind: Option<String>,
    entry_id: Option<i64>,
    score: i32,
    said_by: String,
    said_at: Option<i64>,
    looked_at: i64,
}

/// A text that stands in a column in which only certain ones may.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is nothing that is written there")]
struct Unknown(String);

impl LinkRow {
    /// `None` for a row that only tells when was last looked.
    fn into_link(self, subject: SubjectId) -> Outcome<Option<DiscogsLink>> {
        let Some(said_at) = self.said_at else { return Ok(None) };
        let id = self.entry_id.map(u64::try_from).transpose().map_err(Failure::bad_row)?;
        let entry = match (self.entry_kind, id) {
            (Some(kind), Some(id)) => Some(match kind.as_str() {
                ARTIST => DiscogsEntry::Artist(id),
                MASTER => DiscogsEntry::Master(id),
                RELEASE => DiscogsEntry::Release(id),
                _ => return Err(Failure::bad_row(Unknown(kind))),
            }),
            _ => None,
        };
        Ok(Some(DiscogsLink {
            subject,
            entry,
            score: u16::try_from(self.score).map_err(Failure::bad_row)?,
            said_by: if self.said_by == PERSON { SaidBy::Person } else { SaidBy::Match },
            said_at: Timestamp::from_micros(said_at),
            looked_at: Timestamp::from_micros(self.looked_at),
        }))
    }
}

fn find(c: &mut SqliteConnection, subject: SubjectId) -> Outcome<Option<DiscogsLink>> {
    let row = links::table.find(key(&subject)).select(LinkRow::as_select()).first(c).optional()?;
    row.map_or(Ok(None), |row| row.into_link(subject))
}

fn put(c: &mut SqliteConnection, link: DiscogsLink) -> Outcome<DiscogsLink> {
    if let Some(known) = find(c, link.subject)?
        && known.said_by == SaidBy::Person
        && link.said_by != SaidBy::Person
    {
        return Ok(known);
    }
    let (kind, id) = key(&link.subject);
    let entry = link.entry.map(|entry| match entry {
        DiscogsEntry::Artist(id) => (ARTIST, id),
        DiscogsEntry::Master(id) => (MASTER, id),
        DiscogsEntry::Release(id) => (RELEASE, id),
    });
    let entry_id = entry.map(|(_, id)| i64::try_from(id)).transpose().map_err(Failure::bad_row)?;
    let said_by = match link.said_by {
        SaidBy::Match => MATCH,
        SaidBy::Person => PERSON,
    };
    diesel::replace_into(links::table)
        .values((
            links::subject_kind.eq(kind),
            links::subject_id.eq(id),
            links::entry_kind.eq(entry.map(|(kind, _)| kind)),
            links::entry_id.eq(entry_id),
            links::score.eq(i32::from(link.score)),
            links::said_by.eq(said_by),
            links::said_at.eq(link.said_at.as_micros()),
            links::looked_at.eq(link.looked_at.as_micros()),
        ))
        .execute(c)?;
    Ok(link)
}

fn look(c: &mut SqliteConnection, subject: SubjectId, at: Timestamp) -> Outcome<()> {
    let (kind, id) = key(&subject);
    let at = links::looked_at.eq(at.as_micros());
    let known = diesel::update(links::table.find((kind, id))).set(at).execute(c)?;
    if known == 0 {
        diesel::insert_into(links::table)
            .values((
                links::subject_kind.eq(kind),
                links::subject_id.eq(id),
                links::score.eq(0),
                links::said_by.eq(MATCH),
                at,
            ))
            .execute(c)?;
    }
    Ok(())
}

fn to_look_at(c: &mut SqliteConnection, before: Timestamp, limit: u32) -> Outcome<Vec<Artist>> {
    let mut rows: Vec<ArtistRow> = never_looked_at(limit).load(c)?;
    let left = limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(limit));
    if left > 0 {
        rows.extend(looked_at_before(before, left).load(c)?);
    }
    rows.into_iter().map(ArtistRow::into_artist).collect()
}

/// Walks the artists in the order of their identities, as far as it must.
fn never_looked_at(limit: u32) -> impl Query<'static, ArtistRow> {
    let link = links::table
        .filter(links::subject_kind.eq(ARTIST))
        .filter(links::subject_id.eq(artists::id));
    artists::table
        .filter(artists::id.gt(&[] as &[u8]))
        .filter(not(exists(link)))
        .order(artists::id)
        .limit(i64::from(limit))
        .select(ArtistRow::as_select())
}

fn looked_at_before(before: Timestamp, limit: u32) -> impl Query<'static, ArtistRow> {
    links::table
        .inner_join(artists::table.on(artists::id.eq(links::subject_id)))
        .filter(links::subject_kind.eq(ARTIST))
        .filter(links::looked_at.lt(before.as_micros()))
        .order((links::looked_at, links::subject_id))
        .limit(i64::from(limit))
        .select(ArtistRow::as_select())
}

#[cfg(test)]
mod tests {
    use super::super::plan::{assert_leads, assert_searches, plan};
    use super::*;

    #[tokio::test]
    async fn those_to_look_at_are_searched() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| {
            assert_searches("the new ones", &plan(c, never_looked_at(10))?);
            let old = plan(c, looked_at_before(Timestamp::from_micros(1), 10))?;
            assert_leads("the old ones", &old, "discogs_links_by_look");
            Ok(())
        };
        catalog.connections.read("explain", explain).await
    }
}
