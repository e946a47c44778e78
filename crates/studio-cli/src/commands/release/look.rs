//! `studio release list` and `studio release show`.

use jiff::tz::TimeZone;
use studio_api::v1;
use studio_core::{Release, SongPath, Stem};

use super::{cells_of_level, known, lines_of_mix, release, title};
use crate::args;
use crate::commands::{Use, ask, open};
use crate::config::Config;
use crate::failure::Result;
use crate::output::sound;
use crate::output::table::Table;
use crate::output::text::{Out, note, print_fields};
use crate::output::time;

pub(super) fn list(config: &Config, arguments: &args::ReleaseList) -> Result<()> {
    let studio = open(config, Use::Look)?;
    let of_song = match &arguments.song {
        None => None,
        Some(song) => {
            let artist = crate::commands::artist(arguments.artist.as_deref(), config)?;
            Some(SongPath { artist, song: song.parse()? })
        }
    };
    let artist: Option<studio_core::ArtistName> =
        arguments.artist.as_deref().map(str::parse).transpose()?;
    ask(async {
        let mut releases = studio.releases(of_song.as_ref()).await?;
        if let Some(artist) = &artist {
            releases.retain(|release| release.song.artist.key() == artist.key());
        }
        let mut out = Out::new();
        if arguments.json {
            let releases = releases.iter().map(v1::Release::from).collect();
            return out.json(&v1::ReleaseList { releases });
        }
        if releases.is_empty() {
            if let Some(song) = &of_song {
                known(&studio, song).await?;
            }
            note("no releases");
            return Ok(());
        }
        let zone = TimeZone::system();
        let mut table = Table::new(&[
            "ARTIST", "SONG", "RELEASE", "STEMS", "LENGTH", "LUFS", "BY", "WHEN", "NOTE",
        ]);
        for release in &releases {
            table.row(row(release, &zone));
        }
        table.print(&mut out)?;
        out.finish()
    })
}

fn row(release: &Release, zone: &TimeZone) -> [String; 9] {
    let mix = &release.mix;
    let note = release.said.note.as_ref();
    [
        release.song.artist.to_string(),
        release.song.song.to_string(),
        release.name.to_string(),
        release.stems.len().to_string(),
        sound::length_of_frames(mix.frames, mix.sample_rate),
        sound::level(mix.loudness.integrated),
        release.said.by.to_string(),
        time::to_minute(release.said.at, zone),
        note.map(|note| crate::commands::pick::one_line(note.as_str())).unwrap_or_default(),
    ]
}

pub(super) fn show(config: &Config, arguments: &args::ReleaseShow) -> Result<()> {
    let studio = open(config, Use::Look)?;
    ask(async {
        let release = release(&studio, &arguments.names, config).await?;
        match arguments.json {
            true => Out::new().json(&v1::Release::from(&release)),
            false => print(&release),
        }
    })
}

fn print(release: &Release) -> Result<()> {
    let mut out = Out::new();
    let said = &release.said;
    out.line(&title(release))?;
    let by = format!("{}, {}", said.by, time::with_seconds(said.at));
    let mut lines = vec![("made by", by)];
    lines.extend(said.note.as_ref().map(|note| ("note", note.to_string())));
    lines.push(("made with", release.made_with.clone()));
    lines.push(("store", release.store.to_string()));
    lines.extend(lines_of_mix(&release.mix));
    let dither = match release.mix.dither {
        Some(seed) => format!("triangular, from seed {seed}"),
        None => "none".to_owned(),
    };
    lines.push(("dither", dither));
    lines.push(("id", release.id.to_string()));
    print_fields(&mut out, "  ", 13, lines)?;
    out.line("")?;
    let heads = ["TRACK", "VERSION", "LENGTH", "FORMAT", "LUFS", "GAIN", "PAN", "OFFSET", "BY"];
    let mut table = Table::new(&heads);
    for stem in &release.stems {
        table.row(row_of_stem(stem));
    }
    table.print(&mut out)?;
    out.finish()
}

fn row_of_stem(stem: &Stem) -> [String; 9] {
    let [gain, pan, offset] = cells_of_level(&stem.level);
    [
        stem.track.to_string(),
        stem.tag.to_string(),
        sound::length(&stem.format).unwrap_or_default(),
        sound::format(&stem.format),
        sound::level(stem.loudness.integrated),
        gain,
        pan,
        offset,
        stem.picked_by.to_string(),
    ]
}
