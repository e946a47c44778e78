//! What can be searched: a line for each thing, and the words of it.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use super::error::Outcome;
use super::schema::search_lines;

diesel::table! {
    // FTS5 without a copy of the words: they can be searched but not read.
    search_words (rowid) {
        rowid -> BigInt,
        title -> Text,
        artist -> Nullable<Text>,
        album -> Nullable<Text>,
    }
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Artist,
    Album,
    Recording,
    Song,
}

impl Kind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Artist => "artist",
            Self::Album => "album",
            Self::Recording => "recording",
            Self::Song => "song",
        }
    }
}

/// All that is shown of something that was found.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub(super) kind: Kind,
    pub(super) id: &'a [u8],
    pub(super) title: &'a str,
    pub(super) slug: &'a str,
    /// The name and the slug.
    pub(super) artist: Option<(&'a str, &'a str)>,
    pub(super) album: Option<&'a str>,
    pub(super) published: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = search_lines, check_for_backend(diesel::sqlite::Sqlite))]
struct KnownLine {
    id: i64,
    title: String,
    slug: String,
    artist: Option<String>,
    artist_slug: Option<String>,
    album: Option<String>,
    published: bool,
}

impl KnownLine {
    fn has_words_of(&self, line: &Line<'_>) -> bool {
        self.title == line.title
            && self.artist.as_deref() == line.artist.map(|(name, _)| name)
            && self.album.as_deref() == line.album
    }

    fn is(&self, line: &Line<'_>) -> bool {
        self.has_words_of(line)
            && self.slug == line.slug
            && self.artist_slug.as_deref() == line.artist.map(|(_, slug)| slug)
            && self.published == line.published
    }
}

/// Lets something be found as this line says, and no other way.
pub(super) fn put(c: &mut SqliteConnection, line: &Line<'_>) -> Outcome<()> {
    let known: Option<KnownLine> = search_lines::table
        .filter(search_lines::kind.eq(line.kind.as_str()))
        .filter(search_lines::subject_id.eq(line.id))
        .select(KnownLine::as_select())
        .first(c)
        .optional()?;
    let columns = (
        search_lines::kind.eq(line.kind.as_str()),
        search_lines::subject_id.eq(line.id),
        search_lines::title.eq(line.title),
        search_lines::slug.eq(line.slug),
        search_lines::artist.eq(line.artist.map(|(name, _)| name)),
        search_lines::artist_slug.eq(line.artist.map(|(_, slug)| slug)),
        search_lines::album.eq(line.album),
        search_lines::published.eq(line.published),
    );
    let id = match known {
        Some(known) if known.is(line) => return Ok(()),
        Some(known) => {
            diesel::update(search_lines::table.find(known.id)).set(columns).execute(c)?;
            if known.has_words_of(line) {
                return Ok(());
            }
            known.id
        }
        None => diesel::insert_into(search_lines::table)
            .values(columns)
            .returning(search_lines::id)
            .get_result(c)?,
    };
    diesel::replace_into(search_words::table)
        .values((
            search_words::rowid.eq(id),
            search_words::title.eq(line.title),
            search_words::artist.eq(line.artist.map(|(name, _)| name)),
            search_words::album.eq(line.album),
        ))
        .execute(c)?;
    Ok(())
}

/// Lets something be found no more.
pub(super) fn remove(c: &mut SqliteConnection, kind: Kind, id: &[u8]) -> Outcome<()> {
    let known: Option<i64> = search_lines::table
        .filter(search_lines::kind.eq(kind.as_str()))
        .filter(search_lines::subject_id.eq(id))
        .select(search_lines::id)
        .first(c)
        .optional()?;
    let Some(known) = known else { return Ok(()) };
    diesel::delete(search_lines::table.find(known)).execute(c)?;
    diesel::delete(search_words::table.find(known)).execute(c)?;
    Ok(())
}
