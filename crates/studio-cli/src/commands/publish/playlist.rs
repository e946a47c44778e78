//! `studio playlist`.

use studio_api::v1;
use studio_core::{PlaylistChange, PlaylistSheet};

use super::{near, verb, which};
use crate::args::{
    PlaylistAdd, PlaylistCommand, PlaylistCreate, PlaylistList, PlaylistRemove, PlaylistShow,
};
use crate::commands::{Use, ask, count, open};
use crate::config::Config;
use crate::failure::Result;
use crate::output::sound;
use crate::output::table::Table;
use crate::output::text::{Out, note};

/// How many playlists are looked up at once.
const PAGE: u32 = 500;

/// Runs a command about playlists.
pub(crate) fn run(config: &Config, command: &PlaylistCommand) -> Result<()> {
    match command {
        PlaylistCommand::Create(create) => self::create(config, create),
        PlaylistCommand::Add(add) => self::add(config, add),
        PlaylistCommand::Remove(remove) => self::remove(config, remove),
        PlaylistCommand::Show(show) => self::show(config, show),
        PlaylistCommand::List(list) => self::list(config, list),
    }
}

fn create(config: &Config, arguments: &PlaylistCreate) -> Result<()> {
    let dry_run = arguments.telling.dry_run;
    let studio = open(config, Use::of(dry_run))?;
    ask(async {
        let made = match &arguments.rename {
            None => studio.create_playlist(&arguments.name, dry_run).await,
            Some(from) => studio.rename_playlist(from, &arguments.name, dry_run).await,
        };
        let change = match made {
            Ok(change) => change,
            Err(error) => return Err(near(&studio, error).await),
        };
        let said = match (&arguments.rename, dry_run, change.changed) {
            (_, _, false) => "already there:",
            (None, true, true) => "would make",
            (None, false, true) => "made",
            (Some(_), true, true) => "would rename",
            (Some(_), false, true) => "renamed",
        };
        tell(&change, said, dry_run, arguments.telling.json)
    })
}

fn add(config: &Config, arguments: &PlaylistAdd) -> Result<()> {
    let dry_run = arguments.telling.dry_run;
    let which = which(&arguments.recording, config)?;
    let studio = open(config, Use::of(dry_run))?;
    ask(async {
        let added = async {
            let recording = studio.recording(&which).await?.recording.id;
            studio.add_to_playlist(&arguments.name, &[recording], arguments.at, dry_run).await
        };
        match added.await {
            Ok(change) => {
                tell(&change, verb(dry_run, change.changed), dry_run, arguments.telling.json)
            }
            Err(error) => Err(near(&studio, error).await),
        }
    })
}

fn remove(config: &Config, arguments: &PlaylistRemove) -> Result<()> {
    let dry_run = arguments.telling.dry_run;
    let studio = open(config, Use::of(dry_run))?;
    ask(async {
        let (removed, said) = match arguments.at {
            Some(place) => {
                let taken = studio.take_from_playlist(&arguments.name, place, dry_run).await;
                (taken, verb(dry_run, true))
            }
            None => {
                let said = if dry_run { "would take out" } else { "took out" };
                (studio.remove_playlist(&arguments.name, dry_run).await, said)
            }
        };
        match removed {
            Ok(change) => tell(&change, said, dry_run, arguments.telling.json),
            Err(error) => Err(near(&studio, error).await),
        }
    })
}

/// Tells what became of a playlist.
fn tell(change: &PlaylistChange, said: &str, dry_run: bool, json: bool) -> Result<()> {
    let mut out = Out::new();
    let playlist = &change.playlist;
    if json {
        return out.json(&v1::PlaylistMove {
            dry_run,
            changed: change.changed,
            playlist: v1::PlaylistManifest::from(playlist),
        });
    }
    let recordings = count(playlist.recordings.len() as u64, "recording", "recordings");
    out.line(&format!("{said} playlist \"{}\" ({recordings})", playlist.name))?;
    out.finish()
}

fn show(config: &Config, arguments: &PlaylistShow) -> Result<()> {
    let studio = open(config, Use::Look)?;
    ask(async {
        let PlaylistSheet { playlist, recordings } = match studio.playlist(&arguments.name).await {
            Ok(sheet) => sheet,
            Err(error) => return Err(near(&studio, error).await),
        };
        let mut out = Out::new();
        if arguments.json {
            let made =
                recordings.iter().map(|(_, entry)| v1::RecordingManifest::from(&entry.recording));
            return out.json(&v1::PlaylistShown {
                playlist: v1::PlaylistManifest::from(&playlist),
                recordings: made.collect(),
            });
        }
        out.line(&format!("playlist \"{}\"", playlist.name))?;
        let mut table = Table::new(&["NO", "TITLE", "ARTIST", "ALBUM", "LENGTH"]).indented();
        for (place, entry) in &recordings {
            let format = entry.recording.sound.format.as_ref();
            table.row([
                (place + 1).to_string(),
                entry.recording.title.to_string(),
                entry.recording.artist.to_string(),
                entry.album.as_ref().map(|line| line.title.to_string()).unwrap_or_default(),
                format.and_then(sound::length).unwrap_or_default(),
            ]);
        }
        if !recordings.is_empty() {
            table.print(&mut out)?;
        }
        out.finish()
    })
}

fn list(config: &Config, arguments: &PlaylistList) -> Result<()> {
    let studio = open(config, Use::Look)?;
    ask(async {
        let mut playlists = Vec::new();
        loop {
            let after = playlists.last().map(|(_, name, _)| name);
            let page = studio.playlists(after, PAGE).await?;
            let full = page.len() == PAGE as usize;
            playlists.extend(page);
            if !full {
                break;
            }
        }
        let mut out = Out::new();
        if arguments.json {
            let lines = playlists.iter().map(|(id, name, recordings)| v1::PlaylistEntry {
                id: id.to_string(),
                name: name.to_string(),
                recordings: *recordings,
            });
            return out.json(&v1::PlaylistList { playlists: lines.collect() });
        }
        if playlists.is_empty() {
            note("no playlists");
            return Ok(());
        }
        let mut table = Table::new(&["PLAYLIST", "RECORDINGS"]);
        for (_, name, recordings) in &playlists {
            table.row([name.to_string(), recordings.to_string()]);
        }
        table.print(&mut out)?;
        out.finish()
    })
}
