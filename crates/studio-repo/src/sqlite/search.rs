//! What can be searched: a line for each thing, and the words of it.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
use diesel::sqlite::SqliteConnection;
use studio_domain::{AlbumId, ArtistId, RecordingId, SongId};

use super::chance::own_list;
use super::error::{Failure, Outcome};
use super::rows::{slug, uuid};
use super::schema::search_lines;
use crate::{Hit, HitSubject, Hits, MAX_LISTED, Sight, Stretch};

/// The most words of a text that are looked for.
const MOST_WORDS: usize = 16;

/// The most characters of a word that are looked for; what is longer begins with them.
const MOST_CHARS: usize = 64;

/// The most lines that one page has, and the last place at which one begins.
const MOST_HITS: u32 = 100;
const LAST_PLACE: u32 = 10_000;

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

/// Begins with the words, so that it is never the lines that are walked. A name alone weighs
/// more than one in something else's line; of two with equal words the artist comes first.
pub(super) const SEARCH: &str = "\
    SELECT lines.kind, lines.subject_id, lines.title, lines.slug, lines.artist, \
        lines.artist_slug, lines.album \
    FROM search_words CROSS JOIN search_lines AS lines ON lines.id = search_words.rowid \
    WHERE search_words MATCH ? AND (lines.published OR NOT ?) \
    ORDER BY bm25(search_words, 10.0, 4.0, 2.0) * CASE lines.kind \
        WHEN 'artist' THEN 2.0 WHEN 'album' THEN 1.4 WHEN 'recording' THEN 1.1 ELSE 1.0 END, \
        lines.id \
    LIMIT ? OFFSET ?";

#[derive(QueryableByName)]
struct HitRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Binary)]
    subject_id: Vec<u8>,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Text)]
    slug: String,
    #[diesel(sql_type = Nullable<Text>)]
    artist: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    artist_slug: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    album: Option<String>,
}

impl HitRow {
    fn into_hit(self) -> Outcome<Hit> {
        let id = uuid(&self.subject_id)?;
        let subject = match self.kind.as_str() {
            "artist" => HitSubject::Artist(ArtistId::from_uuid(id)),
            "album" => HitSubject::Album(AlbumId::from_uuid(id)),
            "recording" => HitSubject::Recording(RecordingId::from_uuid(id)),
            "song" => HitSubject::Song(SongId::from_uuid(id)),
            other => {
                return Err(Failure::BadRow(format!("nothing is found that is `{other}`").into()));
            }
        };
        let artist = match (self.artist, self.artist_slug) {
            (Some(name), Some(text)) => Some((name, slug(&text)?)),
            _ => None,
        };
        let slug = slug(&self.slug)?;
        Ok(Hit { subject, title: self.title, slug, artist, album: self.album })
    }
}

pub(super) fn find(
    c: &mut SqliteConnection,
    text: &str,
    published_only: bool,
    from: u32,
    limit: u32,
) -> Outcome<Hits> {
    let Some(words) = words(text) else { return Ok(Hits::default()) };
    let limit = limit.clamp(1, MOST_HITS);
    let rows: Vec<HitRow> = diesel::sql_query(SEARCH)
        .bind::<Text, _>(words)
        .bind::<Bool, _>(published_only)
        // One more than asked for tells whether there is more.
        .bind::<BigInt, _>(i64::from(limit) + 1)
        .bind::<BigInt, _>(i64::from(from.min(LAST_PLACE)))
        .load(c)?;
    let has_more = rows.len() > limit as usize;
    let hits = rows.into_iter().take(limit as usize).map(HitRow::into_hit);
    Ok(Hits { hits: hits.collect::<Outcome<_>>()?, has_more })
}

/// Identities of one kind alone that are in sight, the best first.
pub(super) fn listed(
    c: &mut SqliteConnection,
    kind: Kind,
    text: &str,
    sight: &Sight,
    stretch: Stretch,
) -> Outcome<Vec<Vec<u8>>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Binary)]
        subject_id: Vec<u8>,
    }
    let Some(words) = words(text) else { return Ok(Vec::new()) };
    let found: Vec<Found> = diesel::sql_query(search_of(kind, sight))
        .bind::<Text, _>(words)
        .bind::<BigInt, _>(i64::from(stretch.limit.clamp(1, MAX_LISTED)))
        .bind::<BigInt, _>(i64::from(stretch.offset))
        .load(c)?;
    Ok(found.into_iter().map(|found| found.subject_id).collect())
}

/// Begins with the words, as [`SEARCH`] does.
pub(super) fn search_of(kind: Kind, sight: &Sight) -> String {
    let seen = match sight {
        Sight::Everything => String::new(),
        Sight::Published => " AND lines.published".to_owned(),
        Sight::PublishedAnd(own) => {
            let own = own_list(own);
            let is_own = match kind {
                Kind::Artist => format!("lines.subject_id IN ({own})"),
                _ => format!(
                    "lines.artist_slug IN (SELECT slug FROM artists WHERE artists.id IN ({own}))"
                ),
            };
            format!(" AND (lines.published OR {is_own})")
        }
    };
    let kind = kind.as_str();
    format!(
        "SELECT lines.subject_id \
         FROM search_words CROSS JOIN search_lines AS lines ON lines.id = search_words.rowid \
         WHERE search_words MATCH ? AND lines.kind = '{kind}'{seen} \
         ORDER BY bm25(search_words, 10.0, 4.0, 2.0), lines.id LIMIT ? OFFSET ?"
    )
}

/// The words of a text as a query of FTS5: each in quotes, so that none of it is an operator,
/// and as the beginning of a word. `None` when there is no word.
fn words(text: &str) -> Option<String> {
    let words = text.split(is_between_words).filter(|word| word.chars().any(char::is_alphanumeric));
    let quoted = words.take(MOST_WORDS).map(|word| {
        let word: String = word.chars().take(MOST_CHARS).collect();
        format!("\"{word}\"*")
    });
    Some(quoted.collect::<Vec<_>>().join(" ")).filter(|query| !query.is_empty())
}

/// Whether a character stands between words, as far as that is plain: what is left within the
/// quotes is split by FTS5 itself. Marks that are written over letters do not end a word.
fn is_between_words(c: char) -> bool {
    let is_sign = matches!(
        c,
        '\0'..='\u{bf}' | '\u{d7}' | '\u{f7}' | '\u{2000}'..='\u{206f}' | '\u{2e00}'..='\u{2e7f}'
            | '\u{3000}'..='\u{303f}'
    );
    is_sign && !c.is_alphanumeric() || c.is_whitespace()
}
