//! What is known of the sound of some bytes.

use std::collections::HashMap;

use diesel::dsl::AsSelect;
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{Digest, Loudness, SoundFacts};

use super::entries::Query;
use super::error::Outcome;
use super::rows::digest;
use super::schema::{recordings, sounds};
use super::sound_rows::{FormatColumns, facts, format_of, levels_of, loudness, loudness_columns};

/// How many are asked for at once: SQLite takes no more than so many parameters.
pub(super) const AT_ONCE: usize = 500;

/// A row, either way.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sounds, check_for_backend(diesel::sqlite::Sqlite))]
struct SoundRow {
    digest: Vec<u8>,
    container: String,
    codec: String,
    channels: i32,
    sample_rate: i64,
    bits: Option<i32>,
    valid_bits: Option<i32>,
    frames: Option<i64>,
    measured_frames: Option<i64>,
    audio_digest: Option<Vec<u8>>,
    integrated: Option<i32>,
    loudness_range: Option<i32>,
    max_momentary: Option<i32>,
    max_short_term: Option<i32>,
    true_peak: Option<i32>,
    sample_peak: Option<i32>,
}

impl SoundRow {
    fn new(bytes: &Digest, sound: &SoundFacts) -> Self {
        let FormatColumns { container, codec, channels, sample_rate, bits, valid_bits, frames } =
            FormatColumns::of(&sound.format);
        let levels = sound.measured.map(|measured| loudness_columns(&measured.loudness));
        let [integrated, loudness_range, max_momentary, max_short_term, true_peak, sample_peak] =
            levels.unwrap_or_default();
        Self {
            digest: bytes.as_bytes().to_vec(),
            container,
            codec,
            channels,
            sample_rate,
            bits,
            valid_bits,
            frames,
            measured_frames: sound.measured.map(|measured| measured.frames.cast_signed()),
            audio_digest: sound.measured.map(|measured| measured.audio_digest.as_bytes().to_vec()),
            integrated,
            loudness_range,
            max_momentary,
            max_short_term,
            true_peak,
            sample_peak,
        }
    }

    fn into_facts(self) -> Outcome<SoundFacts> {
        let levels = levels_of!(self);
        let measured = self.measured_frames.zip(self.audio_digest);
        facts(format_of!(self), measured, levels)
    }
}

pub(super) fn record(c: &mut SqliteConnection, all: &[(Digest, SoundFacts)]) -> Outcome<()> {
    for (bytes, sound) in all {
        let mut sound = *sound;
        let before = find(c, &[*bytes])?.remove(bytes);
        if sound.measured.is_none() {
            sound.measured = before.and_then(|before| before.measured);
        }
        diesel::replace_into(sounds::table).values(SoundRow::new(bytes, &sound)).execute(c)?;
    }
    Ok(())
}

/// What is known of the sound of each of these bytes, of which something is.
pub(super) fn find(
    c: &mut SqliteConnection,
    wanted: &[Digest],
) -> Outcome<HashMap<Digest, SoundFacts>> {
    let mut found = HashMap::with_capacity(wanted.len());
    for some in wanted.chunks(AT_ONCE) {
        let digests: Vec<&[u8]> = some.iter().map(|digest| digest.as_bytes().as_slice()).collect();
        let rows: Vec<SoundRow> = of_bytes(&digests).load(c)?;
        for row in rows {
            found.insert(digest(&row.digest)?, row.into_facts()?);
        }
    }
    Ok(found)
}

#[diesel::dsl::auto_type]
fn of_bytes<'a>(digests: &'a [&'a [u8]]) -> _ {
    let selected: AsSelect<SoundRow, Sqlite> = SoundRow::as_select();
    sounds::table.filter(sounds::digest.eq_any(digests)).select(selected)
}

/// How loud those of some recordings are that were measured, by their identities.
pub(super) fn loudness_of(
    c: &mut SqliteConnection,
    recordings: &[&[u8]],
) -> Outcome<Vec<(Vec<u8>, Loudness)>> {
    let rows: Vec<LoudRow> = measured(recordings).load(c)?;
    let told = |(id, levels): LoudRow| {
        let (integrated, range, momentary, short_term, true_peak, sample_peak) = levels;
        let levels = [integrated, range, momentary, short_term, true_peak, sample_peak];
        Ok((id, loudness(levels)?))
    };
    rows.into_iter().map(told).collect()
}

type Level = Option<i32>;
type LoudRow = (Vec<u8>, (Level, Level, Level, Level, Level, Level));

fn measured<'q>(ids: &'q [&'q [u8]]) -> impl Query<'q, LoudRow> {
    recordings::table
        .inner_join(sounds::table.on(recordings::digest.eq(sounds::digest.nullable())))
        .filter(recordings::id.eq_any(ids))
        .filter(sounds::measured_frames.is_not_null())
        .select((
            recordings::id,
            (
                sounds::integrated,
                sounds::loudness_range,
                sounds::max_momentary,
                sounds::max_short_term,
                sounds::true_peak,
                sounds::sample_peak,
            ),
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Result;
    use crate::sqlite::SqliteCatalog;
    use crate::sqlite::plan::{assert_leads, plan};

    #[tokio::test]
    async fn sounds_are_searched() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| -> Outcome<()> {
            let found = plan(c, of_bytes(&[&[1; 32], &[2; 32]]))?;
            assert_leads("sounds", &found, "(digest=?)");
            let loud = plan(c, measured(&[&[1; 16], &[2; 16]]))?;
            assert_leads("of recordings", &loud, "recordings USING INDEX");
            assert!(loud.iter().any(|step| step.contains("(digest=?)")), "{loud:?}");
            Ok(())
        };
        catalog.connections.read("explain the sounds", explain).await
    }
}
