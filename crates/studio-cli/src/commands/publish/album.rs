//! `studio album`.

use studio_api::v1;
use studio_core::repo::{AlbumSheet, RecordingEntry};
use studio_core::{Album, AlbumChange, AlbumChanges, Job, NewAlbum, Wanted};

use super::{artist_of, near, verb};
use crate::args::{
    AlbumArtwork, AlbumCommand, AlbumCreate, AlbumList, AlbumRemove, AlbumSet, AlbumShow,
};
use crate::commands::{Use, ask, count, open, transfer};
use crate::config::Config;
use crate::failure::Result;
use crate::output::sound;
use crate::output::table::Table;
use crate::output::text::{Out, note, print_fields};

/// How many albums are listed where no limit is given.
const MOST: u32 = 1000;

/// Runs a command about albums.
pub(crate) fn run(config: &Config, command: &AlbumCommand) -> Result<()> {
    match command {
        AlbumCommand::Create(create) => self::create(config, create),
        AlbumCommand::Set(set) => self::set(config, set),
        AlbumCommand::Artwork(artwork) => self::artwork(config, artwork),
        AlbumCommand::Show(show) => self::show(config, show),
        AlbumCommand::List(list) => self::list(config, list),
        AlbumCommand::Remove(remove) => self::remove(config, remove),
    }
}

fn create(config: &Config, arguments: &AlbumCreate) -> Result<()> {
    let dry_run = arguments.telling.dry_run;
    let wanted = NewAlbum {
        artist: artist_of(&arguments.names, config)?,
        title: arguments.names.title.clone(),
        released: arguments.released,
        licence: arguments.licence,
        published: arguments.publish,
    };
    let studio = open(config, Use::of(dry_run))?;
    ask(async {
        let change = studio.create_album(&wanted, dry_run).await?;
        let said = match (dry_run, change.changed) {
            (_, false) => "already there:",
            (true, true) => "would make",
            (false, true) => "made",
        };
        tell(&change, said, dry_run, arguments.telling.json)
    })
}

fn set(config: &Config, arguments: &AlbumSet) -> Result<()> {
    let dry_run = arguments.telling.dry_run;
    let artist = artist_of(&arguments.names, config)?;
    let fields = &arguments.fields;
    let changes = AlbumChanges {
        title: arguments.title_to.clone(),
        released: fields.released.unwrap_or(Wanted::AsIs),
        licence: fields.licence.unwrap_or(Wanted::AsIs),
        published: fields.published(),
        with_recordings: arguments.with_recordings,
    };
    let studio = open(config, Use::of(dry_run))?;
    ask(async {
        let title = &arguments.names.title;
        let change = match studio.change_album(&artist, title, &changes, dry_run).await {
            Ok(change) => change,
            Err(error) => return Err(near(&studio, error).await),
        };
        let changed = change.changed || change.recordings > 0;
        tell(&change, verb(dry_run, changed), dry_run, arguments.telling.json)
    })
}

fn artwork(config: &Config, arguments: &AlbumArtwork) -> Result<()> {
    let dry_run = arguments.telling.dry_run;
    let artist = artist_of(&arguments.names, config)?;
    let studio = open(config, Use::of(dry_run))?;
    transfer(async |job: Job| {
        let (title, file) = (&arguments.names.title, arguments.file.as_deref());
        let set = studio.set_album_artwork(&artist, title, file, dry_run, &job).await;
        match set {
            Ok(change) => {
                let said = verb(dry_run, change.changed);
                tell(&change, said, dry_run, arguments.telling.json)
            }
            Err(error) => Err(near(&studio, error).await),
        }
    })
}

fn remove(config: &Config, arguments: &AlbumRemove) -> Result<()> {
    let dry_run = arguments.telling.dry_run;
    let artist = artist_of(&arguments.names, config)?;
    let studio = open(config, Use::of(dry_run))?;
    ask(async {
        let (title, with) = (&arguments.names.title, arguments.with_recordings);
        match studio.remove_album(&artist, title, with, dry_run).await {
            Ok(change) => {
                let said = if dry_run { "would take out" } else { "took out" };
                tell(&change, said, dry_run, arguments.telling.json)
            }
            Err(error) => Err(near(&studio, error).await),
        }
    })
}

/// Tells what became of an album.
fn tell(change: &AlbumChange, said: &str, dry_run: bool, json: bool) -> Result<()> {
    let mut out = Out::new();
    if json {
        return out.json(&v1::AlbumMove {
            dry_run,
            changed: change.changed || change.recordings > 0,
            recordings_changed: change.recordings,
            album: v1::AlbumManifest::from(&change.album),
        });
    }
    let Album { title, artist, .. } = &change.album;
    let with = match change.recordings {
        0 => String::new(),
        some => format!(", with {}", count(some, "recording", "recordings")),
    };
    out.line(&format!("{said} album \"{title}\" by {artist}{with}"))?;
    out.finish()
}

fn show(config: &Config, arguments: &AlbumShow) -> Result<()> {
    let artist = artist_of(&arguments.names, config)?;
    let studio = open(config, Use::Look)?;
    ask(async {
        let AlbumSheet { entry, recordings } =
            match studio.album(&artist, &arguments.names.title).await {
                Ok(sheet) => sheet,
                Err(error) => return Err(near(&studio, error).await),
            };
        let mut out = Out::new();
        if arguments.json {
            let recordings =
                recordings.iter().map(|entry| v1::RecordingManifest::from(&entry.recording));
            return out.json(&v1::AlbumShown {
                album: v1::AlbumManifest::from(&entry.album),
                recordings: recordings.collect(),
            });
        }
        out.line(&format!("album \"{}\" by {}", entry.album.title, entry.album.artist))?;
        print_fields(&mut out, "  ", 9, lines_of(&entry.album))?;
        if !recordings.is_empty() {
            out.line("")?;
            print_recordings(&mut out, &entry.album, &recordings)?;
        }
        out.finish()
    })
}

fn lines_of(album: &Album) -> Vec<(&'static str, String)> {
    let Album { released, licence, artwork, published, .. } = album;
    let mut lines = Vec::new();
    lines.extend(released.map(|date| ("released", date.to_string())));
    lines.extend(licence.map(|licence| ("licence", licence.title().to_owned())));
    lines.extend(artwork.as_ref().map(|artwork| ("artwork", artwork.content_type.clone())));
    lines.push(("published", yes(*published).to_owned()));
    lines.push(("id", album.id.to_string()));
    lines
}

/// Whether everybody may see something.
pub(super) fn yes(published: bool) -> &'static str {
    if published { "yes" } else { "no" }
}

/// The recordings of an album as a table.
fn print_recordings(out: &mut Out, album: &Album, recordings: &[RecordingEntry]) -> Result<()> {
    let mut table =
        Table::new(&["NO", "TITLE", "ARTIST", "LENGTH", "FORMAT", "LICENCE", "PUBLISHED"]);
    for RecordingEntry { recording, .. } in recordings {
        let place = recording.album.map(|place| place.position).unwrap_or_default();
        let number = match (place.disc, place.number) {
            (0, 0) => String::new(),
            (0, number) => number.to_string(),
            (disc, number) => format!("{disc}-{number}"),
        };
        let other = recording.artist.key() != album.artist.key();
        let format = recording.sound.format.as_ref();
        table.row([
            number,
            recording.title.to_string(),
            if other { recording.artist.to_string() } else { String::new() },
            format.and_then(sound::length).unwrap_or_default(),
            format.map(sound::format).unwrap_or_default(),
            recording.licence.map(|licence| licence.title().to_owned()).unwrap_or_default(),
            yes(recording.published).to_owned(),
        ]);
    }
    table.print(out)
}

fn list(config: &Config, arguments: &AlbumList) -> Result<()> {
    let artist: Option<studio_core::ArtistName> =
        arguments.artist.as_deref().map(str::parse).transpose()?;
    let studio = open(config, Use::Look)?;
    ask(async {
        let limit = arguments.limit.unwrap_or(MOST);
        let albums = studio.albums(artist.as_ref(), arguments.after, limit).await?;
        let next = (albums.len() as u32 == limit).then(|| albums.last()).flatten();
        let next = next.map(|entry| entry.album.id.to_string());
        let mut out = Out::new();
        if arguments.json {
            let albums = albums.iter().map(|entry| v1::AlbumManifest::from(&entry.album));
            return out.json(&v1::AlbumList { albums: albums.collect(), next });
        }
        if albums.is_empty() {
            note("no albums");
            return Ok(());
        }
        let mut table =
            Table::new(&["ARTIST", "ALBUM", "RELEASED", "LICENCE", "COVER", "PUBLISHED"]);
        for entry in &albums {
            let Album { artist, title, released, licence, artwork, published, .. } = &entry.album;
            table.row([
                artist.to_string(),
                title.to_string(),
                released.map(|date| date.to_string()).unwrap_or_default(),
                licence.map(|licence| licence.title().to_owned()).unwrap_or_default(),
                yes(artwork.is_some()).to_owned(),
                yes(*published).to_owned(),
            ]);
        }
        table.print(&mut out)?;
        if let Some(next) = next {
            note(&format!("there may be more: --after {next}"));
        }
        out.finish()
    })
}
