//! `studio pick`, `studio unpick` and `studio picks`.

use jiff::tz::TimeZone;
use studio_api::v1;
use studio_core::{
    Pick, PickSheet, PickedTrack, SongPath, Standing, Status, Studio, TrackName, TrackPath,
    VersionPath,
};

use crate::args;
use crate::config::Config;
use crate::failure::{Failure, NOT_FOUND, Result};
use crate::output::table::Table;
use crate::output::text::{Out, note};
use crate::output::time;

/// How much of a history is shown.
const MOST: u32 = 10_000;

pub(super) fn run(config: &Config, arguments: &args::Pick) -> Result<()> {
    let path = super::version_path(&arguments.names, config)?;
    let by = config.person(arguments.saying.by.as_ref())?;
    let studio = super::open(config, super::Use::of(arguments.dry_run))?;
    super::ask(async {
        if arguments.dry_run {
            return would_pick(&studio, arguments, &path).await;
        }
        let picked = match studio.pick(&path, &by, arguments.saying.note.clone()).await {
            Ok(picked) => picked,
            Err(error) => return Err(super::with_suggestions(&studio, error).await),
        };
        if picked.status == Some(Status::NoGood) {
            note("warning: this version is marked no-good");
        }
        let mut out = Out::new();
        if arguments.json {
            let tag = picked.pick.version.as_ref().map(|version| &version.tag);
            return out.json(&v1::PickMove {
                dry_run: false,
                changed: picked.fresh,
                pick: Some(v1::Pick::from(&picked.pick)),
                before: picked.before.as_ref().map(v1::Pick::from),
                ..v1::PickMove::new(&picked.pick.track, tag)
            });
        }
        // As it is stored, not as it was typed.
        let TrackPath { artist, song, track } = picked.pick.track;
        let tag = picked.pick.version.map_or(path.tag, |version| version.tag);
        let path = VersionPath { artist, song, track, tag };
        match picked.fresh {
            true => out.line(&format!("picked {path}"))?,
            false => out.line(&format!("already picked: {path}"))?,
        }
        let before = picked.before.and_then(|pick| Some((pick.version?.tag, pick.said)));
        if let Some((tag, said)) = before.filter(|(tag, _)| picked.fresh && *tag != path.tag) {
            out.line(&format!("  instead of `{tag}`, picked by {}", said.by))?;
        }
        out.finish()
    })
}

async fn would_pick(studio: &Studio, arguments: &args::Pick, path: &VersionPath) -> Result<()> {
    let version = match studio.version(path).await {
        Ok(version) => version,
        Err(error) => return Err(super::with_suggestions(studio, error).await),
    };
    let path = &version.path;
    let before = pick_of(studio, &path.track_path()).await?;
    let stands = before.as_ref().and_then(|pick| pick.version.as_ref());
    let changed =
        stands.is_none_or(|picked| picked.id != version.id) || arguments.saying.note.is_some();
    let mut out = Out::new();
    if arguments.json {
        return out.json(&v1::PickMove {
            changed,
            before: before.as_ref().map(v1::Pick::from),
            ..v1::PickMove::new(&path.track_path(), Some(&path.tag))
        });
    }
    match changed {
        true => out.line(&format!("would pick {path}"))?,
        false => out.line(&format!("already picked: {path}; nothing to do"))?,
    }
    out.finish()
}

/// The pick of a track that stands.
async fn pick_of(studio: &Studio, track: &TrackPath) -> Result<Option<Pick>> {
    let song = SongPath { artist: track.artist.clone(), song: track.song.clone() };
    let picked = sheet(studio, &song).await?.picked.into_iter().map(|picked| picked.pick);
    Ok(picked.into_iter().find(|pick| pick.track.track.key() == track.track.key()))
}

pub(super) fn unpick(config: &Config, arguments: &args::Unpick) -> Result<()> {
    let names = &arguments.names;
    let track = TrackPath {
        artist: super::artist(names.artist.as_deref(), config)?,
        song: names.song.parse()?,
        track: names.track.parse()?,
    };
    let by = config.person(arguments.saying.by.as_ref())?;
    let studio = super::open(config, super::Use::of(arguments.dry_run))?;
    super::ask(async {
        let done = match arguments.dry_run {
            true => {
                see_track(&studio, &track).await?;
                pick_of(&studio, &track).await?
            }
            false => match studio.unpick(&track, &by, arguments.saying.note.clone()).await {
                Ok(before) => before,
                Err(error) => return Err(super::with_suggestions(&studio, error).await),
            },
        };
        let mut out = Out::new();
        if arguments.json {
            return out.json(&v1::PickMove {
                dry_run: arguments.dry_run,
                changed: done.is_some(),
                before: done.as_ref().map(v1::Pick::from),
                ..v1::PickMove::new(&track, None)
            });
        }
        let verb = if arguments.dry_run { "would take" } else { "took" };
        match done.and_then(|pick| Some((pick.version?.tag, pick.track))) {
            Some((tag, track)) => {
                out.line(&format!("{verb} back the pick of `{tag}` for {track}"))?
            }
            None => out.line(&format!("{track} has no pick"))?,
        }
        out.finish()
    })
}

/// Sees that there is such a track, with or without a pick.
async fn see_track(studio: &Studio, track: &TrackPath) -> Result<()> {
    let song = SongPath { artist: track.artist.clone(), song: track.song.clone() };
    let PickSheet { picked, without } = sheet(studio, &song).await?;
    let picked = picked.iter().map(|picked| &picked.pick.track.track);
    let names: Vec<_> = picked.chain(&without).collect();
    if names.iter().any(|name| name.key() == track.track.key()) {
        return Ok(());
    }
    let names: Vec<_> = names.into_iter().map(TrackName::as_str).collect();
    Err(Failure::Own {
        message: format!("no track {} in {song}", track.track),
        code: NOT_FOUND,
        source: None,
        hint: crate::output::hint::for_unknown(track.track.as_str(), "tracks", &names, false),
    })
}

pub(super) fn list(config: &Config, arguments: &args::Picks) -> Result<()> {
    let song = SongPath {
        artist: super::artist(arguments.artist.as_deref(), config)?,
        song: arguments.song.parse()?,
    };
    let track = arguments.track.as_deref().map(TrackName::new).transpose()?;
    let studio = super::open(config, super::Use::Look)?;
    super::ask(async {
        match arguments.history {
            true => print_history(&studio, &song, track.as_ref(), arguments.json).await,
            false => print_sheet(&sheet(&studio, &song).await?, &song, arguments.json),
        }
    })
}

async fn sheet(studio: &Studio, song: &SongPath) -> Result<PickSheet> {
    match studio.picks(song).await {
        Ok(sheet) => Ok(sheet),
        Err(error) => Err(super::with_suggestions(studio, error).await),
    }
}

fn print_sheet(sheet: &PickSheet, song: &SongPath, json: bool) -> Result<()> {
    let mut out = Out::new();
    if json {
        let picks = sheet.picked.iter().map(|picked| v1::Pick::from(&picked.pick)).collect();
        let without = sheet.without.iter().map(TrackName::to_string).collect();
        return out.json(&v1::PickList { picks, without });
    }
    out.line(&format!("{}: \"{}\"", song.artist, song.song))?;
    let zone = TimeZone::system();
    let mut table =
        Table::new(&["TRACK", "PICK", "LENGTH", "FORMAT", "LUFS", "STATUS", "BY", "WHEN", "NOTE"]);
    for PickedTrack { pick, standing } in &sheet.picked {
        let tag = pick.version.as_ref().map(|version| version.tag.to_string());
        let [length, format, lufs, status] = cells_of(standing);
        let said = &pick.said;
        table.row([
            pick.track.track.to_string(),
            tag.unwrap_or_default(),
            length,
            format,
            lufs,
            status,
            said.by.to_string(),
            time::to_minute(said.at, &zone),
            said.note.as_ref().map(|note| one_line(note.as_str())).unwrap_or_default(),
        ]);
    }
    for track in &sheet.without {
        table.row([track.to_string(), "none".to_owned()]);
    }
    table.print(&mut out)?;
    out.finish()
}

/// Length, format, loudness and status of a picked version.
fn cells_of(standing: &Standing) -> [String; 4] {
    match standing {
        Standing::There(version, details) => {
            let [length, format, lufs] = crate::output::versions::sound_cells(details);
            let damaged = version.check.is_some_and(|check| check.damage.is_some());
            let mark = details.mark.as_ref().and_then(|mark| mark.status);
            let status = match damaged {
                true => "DAMAGED".to_owned(),
                false => mark.map(|status| status.to_string()).unwrap_or_default(),
            };
            [length, format, lufs, status]
        }
        Standing::Trashed(_) => [String::new(), String::new(), String::new(), "IN TRASH".into()],
        Standing::Gone => [String::new(), String::new(), String::new(), "GONE".into()],
    }
}

async fn print_history(
    studio: &Studio,
    song: &SongPath,
    track: Option<&TrackName>,
    json: bool,
) -> Result<()> {
    let history = studio.history_of_picks(song, track, MOST).await?;
    let mut out = Out::new();
    if json {
        let picks = history.iter().map(v1::Pick::from).collect();
        return out.json(&v1::PickList { picks, without: Vec::new() });
    }
    if history.is_empty() {
        // Names that lead nowhere are told of.
        sheet(studio, song).await?;
        note(&format!("nothing was ever picked for {song}"));
        return Ok(());
    }
    let zone = TimeZone::system();
    let mut table = Table::new(&["WHEN", "TRACK", "PICK", "BY", "NOTE"]);
    for pick in &history {
        let tag = pick.version.as_ref().map(|version| version.tag.to_string());
        table.row([
            time::to_minute(pick.said.at, &zone),
            pick.track.track.to_string(),
            tag.unwrap_or_else(|| "(taken back)".to_owned()),
            pick.said.by.to_string(),
            pick.said.note.as_ref().map(|note| one_line(note.as_str())).unwrap_or_default(),
        ]);
    }
    table.print(&mut out)?;
    out.finish()
}

/// A note in a table: its lines after each other.
pub(super) fn one_line(note: &str) -> String {
    note.split_whitespace().collect::<Vec<_>>().join(" ")
}
