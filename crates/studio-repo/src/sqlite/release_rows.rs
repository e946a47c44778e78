//! Rows of releases, and their way from and to the values of the domain.

use diesel::prelude::*;
use studio_domain::{
    ArtistName, Mix, Note, Pan, PersonName, PickId, Release, ReleaseId, ReleaseName, SongPath,
    SongTitle, Stem, StemLevel, TrackName, VersionId, VersionTag,
};

use super::choice_rows::said;
use super::error::{Failure, Outcome};
use super::rows::{digest, uuid};
use super::schema::{release_stems, releases};
use super::sound_rows::{
    FormatColumns, audio_digest, decibels, format_of, levels_of, loudness, loudness_columns,
};

/// A release without its stems.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = releases, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct ReleaseRow {
    pub(super) id: Vec<u8>,
    artist: String,
    artist_key: String,
    song: String,
    song_key: String,
    name: String,
    name_key: String,
    said_by: String,
    said_at: i64,
    note: Option<String>,
    made_with: String,
    store: String,
    recipe: i64,
    sample_rate: i64,
    channels: i32,
    bits: Option<i32>,
    gain: i32,
    dither: Option<i64>,
    frames: i64,
    clipped: i64,
    audio_digest: Vec<u8>,
    integrated: Option<i32>,
    loudness_range: Option<i32>,
    max_momentary: Option<i32>,
    max_short_term: Option<i32>,
    true_peak: Option<i32>,
    sample_peak: Option<i32>,
}

impl ReleaseRow {
    pub(super) fn new(release: &Release) -> Self {
        let Release { id, song, name, said, made_with, store, mix, stems: _ } = release;
        let [integrated, loudness_range, max_momentary, max_short_term, true_peak, sample_peak] =
            loudness_columns(&mix.loudness);
        Self {
            id: id.as_uuid().as_bytes().to_vec(),
            artist: song.artist.to_string(),
            artist_key: song.artist.key().to_owned(),
            song: song.song.to_string(),
            song_key: song.song.key().to_owned(),
            name: name.to_string(),
            name_key: name.key().to_owned(),
            said_by: said.by.to_string(),
            said_at: said.at.as_micros(),
            note: said.note.as_ref().map(Note::to_string),
            made_with: made_with.clone(),
            store: store.to_string(),
            recipe: mix.recipe.into(),
            sample_rate: mix.sample_rate.into(),
            channels: mix.channels.into(),
            bits: mix.bits.map(i32::from),
            gain: mix.gain.thousandths(),
            // The same 64 bits, as SQL has no unsigned numbers.
            dither: mix.dither.map(u64::cast_signed),
            frames: mix.frames.cast_signed(),
            clipped: mix.clipped.cast_signed(),
            audio_digest: mix.audio_digest.as_bytes().to_vec(),
            integrated,
            loudness_range,
            max_momentary,
            max_short_term,
            true_peak,
            sample_peak,
        }
    }

    pub(super) fn into_release(self, stems: Vec<StemRow>) -> Outcome<Release> {
        let levels = levels_of!(self);
        let bits = self.bits.map(u16::try_from).transpose().map_err(Failure::bad_row)?;
        Ok(Release {
            id: ReleaseId::from_uuid(uuid(&self.id)?),
            song: SongPath {
                artist: ArtistName::new(&self.artist).map_err(Failure::bad_row)?,
                song: SongTitle::new(&self.song).map_err(Failure::bad_row)?,
            },
            name: ReleaseName::new(&self.name).map_err(Failure::bad_row)?,
            said: said(&self.said_by, self.said_at, self.note.as_deref())?,
            made_with: self.made_with,
            store: self.store.parse().map_err(Failure::bad_row)?,
            stems: stems.into_iter().map(StemRow::into_stem).collect::<Outcome<_>>()?,
            mix: Mix {
                recipe: u32::try_from(self.recipe).map_err(Failure::bad_row)?,
                sample_rate: u32::try_from(self.sample_rate).map_err(Failure::bad_row)?,
                channels: u16::try_from(self.channels).map_err(Failure::bad_row)?,
                bits,
                gain: decibels(self.gain)?,
                dither: self.dither.map(i64::cast_unsigned),
                frames: self.frames.cast_unsigned(),
                clipped: self.clipped.cast_unsigned(),
                audio_digest: audio_digest(&self.audio_digest)?,
                loudness: loudness(levels)?,
            },
        })
    }
}

/// One stem of a release.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = release_stems, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct StemRow {
    release_id: Vec<u8>,
    place: i32,
    said_at: i64,
    track: String,
    tag: String,
    version_id: Vec<u8>,
    pick_id: Vec<u8>,
    picked_by: String,
    size: i64,
    digest: Vec<u8>,
    object_key: String,
    container: String,
    codec: String,
    channels: i32,
    sample_rate: i64,
    bits: Option<i32>,
    valid_bits: Option<i32>,
    frames: Option<i64>,
    audio_digest: Vec<u8>,
    integrated: Option<i32>,
    loudness_range: Option<i32>,
    max_momentary: Option<i32>,
    max_short_term: Option<i32>,
    true_peak: Option<i32>,
    sample_peak: Option<i32>,
    gain: i32,
    pan: i32,
    start_frame: i64,
    mute: bool,
}

impl StemRow {
    pub(super) fn new(release: &Release, place: usize, stem: &Stem) -> Outcome<Self> {
        let FormatColumns { container, codec, channels, sample_rate, bits, valid_bits, frames } =
            FormatColumns::of(&stem.format);
        let [integrated, loudness_range, max_momentary, max_short_term, true_peak, sample_peak] =
            loudness_columns(&stem.loudness);
        Ok(Self {
            release_id: release.id.as_uuid().as_bytes().to_vec(),
            place: i32::try_from(place).map_err(Failure::bad_row)?,
            said_at: release.said.at.as_micros(),
            track: stem.track.to_string(),
            tag: stem.tag.to_string(),
            version_id: stem.version.as_uuid().as_bytes().to_vec(),
            pick_id: stem.pick.as_uuid().as_bytes().to_vec(),
            picked_by: stem.picked_by.to_string(),
            size: i64::try_from(stem.size).map_err(Failure::bad_row)?,
            digest: stem.digest.as_bytes().to_vec(),
            object_key: stem.object_key.to_string(),
            container,
            codec,
            channels,
            sample_rate,
            bits,
            valid_bits,
            frames,
            audio_digest: stem.audio_digest.as_bytes().to_vec(),
            integrated,
            loudness_range,
            max_momentary,
            max_short_term,
            true_peak,
            sample_peak,
            gain: stem.level.gain.thousandths(),
            pan: stem.level.pan.percent().into(),
            start_frame: stem.level.offset,
            mute: stem.level.mute,
        })
    }

    fn into_stem(self) -> Outcome<Stem> {
        let levels = levels_of!(self);
        let pan = i8::try_from(self.pan).ok().and_then(Pan::from_percent);
        let level = StemLevel {
            gain: decibels(self.gain)?,
            pan: pan.ok_or_else(|| Failure::BadRow("a pan beyond left or right".into()))?,
            offset: self.start_frame,
            mute: self.mute,
        };
        Ok(Stem {
            track: TrackName::new(&self.track).map_err(Failure::bad_row)?,
            tag: VersionTag::new(&self.tag).map_err(Failure::bad_row)?,
            version: VersionId::from_uuid(uuid(&self.version_id)?),
            pick: PickId::from_uuid(uuid(&self.pick_id)?),
            picked_by: PersonName::new(&self.picked_by).map_err(Failure::bad_row)?,
            size: u64::try_from(self.size).map_err(Failure::bad_row)?,
            digest: digest(&self.digest)?,
            object_key: self.object_key.parse().map_err(Failure::bad_row)?,
            audio_digest: audio_digest(&self.audio_digest)?,
            loudness: loudness(levels)?,
            level,
            format: format_of!(self).into_format()?,
        })
    }
}
