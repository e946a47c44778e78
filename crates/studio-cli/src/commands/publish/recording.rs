//! `studio recording`.

use studio_api::v1;
use studio_core::repo::RecordingEntry;
use studio_core::{
    Added, Job, NewRecording, OfAlbum, Origin, Recording, RecordingChange, RecordingChanges,
    RecordingTitle, SongPath, SongTitle, SoundSource, TrackName, VersionPath, VersionTag, Wanted,
};

use super::album::yes;
use super::{near, verb, which};
use crate::args::{
    RecordingAdd, RecordingArtwork, RecordingCommand, RecordingList, RecordingRemove, RecordingSet,
    RecordingShow,
};
use crate::commands::{Use, artist, ask, open, transfer};
use crate::config::Config;
use crate::failure::{Failure, Result};
use crate::output::sound;
use crate::output::table::Table;
use crate::output::text::{Out, bytes, note, print_fields};

/// How many recordings are listed where no limit is given.
const MOST: u32 = 1000;

/// Runs a command about recordings.
pub(crate) fn run(config: &Config, command: &RecordingCommand) -> Result<()> {
    match command {
        RecordingCommand::Add(add) => self::add(config, add),
        RecordingCommand::Set(set) => self::set(config, set),
        RecordingCommand::Artwork(artwork) => self::artwork(config, artwork),
        RecordingCommand::Show(show) => self::show(config, show),
        RecordingCommand::List(list) => self::list(config, list),
        RecordingCommand::Remove(remove) => self::remove(config, remove),
    }
}

fn add(config: &Config, arguments: &RecordingAdd) -> Result<()> {
    let dry_run = arguments.telling.dry_run;
    let wanted = wanted(config, arguments)?;
    let studio = open(config, Use::of(dry_run))?;
    transfer(async |job: Job| {
        let Added { recording, changed, sent } =
            match studio.add_recording(&wanted, dry_run, &job).await {
                Ok(added) => added,
                Err(error) => return Err(near(&studio, error).await),
            };
        let mut out = Out::new();
        if arguments.telling.json {
            return out.json(&v1::RecordingMove {
                dry_run,
                changed,
                sent_bytes: sent,
                recording: recording.as_ref().map(v1::RecordingManifest::from),
            });
        }
        let said = match (dry_run, changed, sent) {
            (true, true, _) => "would take in",
            (false, true, _) => "took in",
            (false, false, 1..) => "put back the bytes of",
            (_, false, _) => "already there:",
        };
        out.line(&format!("{said} recording \"{}\" by {}", wanted.title, wanted.artist))?;
        if let Some(recording) = &recording {
            print_fields(&mut out, "  ", 9, lines_of(recording, wanted.album.as_ref()))?;
        }
        out.finish()
    })
}

fn wanted(config: &Config, arguments: &RecordingAdd) -> Result<NewRecording> {
    let artist = artist(arguments.artist.as_deref(), config)?;
    let (source, title) = source(arguments, &artist)?;
    let Some(title) = arguments.title.clone().or(title) else {
        return Err(Failure::usage("no title was given", "add --title TITLE"));
    };
    let album = match &arguments.album {
        None => None,
        Some(title) => {
            let own = arguments.album_artist.as_deref().map(str::parse).transpose()?;
            Some(OfAlbum { artist: own.unwrap_or_else(|| artist.clone()), title: title.clone() })
        }
    };
    Ok(NewRecording {
        artist,
        title,
        source,
        album,
        disc: arguments.disc,
        number: arguments.number,
        released: arguments.released,
        genre: arguments.genre.clone(),
        licence: arguments.licence,
        published: arguments.publish,
    })
}

/// What it is made of, and what that is called.
fn source(
    arguments: &RecordingAdd,
    artist: &studio_core::ArtistName,
) -> Result<(SoundSource, Option<RecordingTitle>)> {
    if let Some(release) = &arguments.release {
        let Some((song, name)) = release.rsplit_once('@') else {
            return Err(Failure::usage(
                format!("`{release}` does not say which release of the song"),
                "give both, as in --release \"White Gloves@1.0\"",
            ));
        };
        let song = SongPath { artist: artist.clone(), song: SongTitle::new(song)? };
        let title = RecordingTitle::new(song.song.as_str())?;
        return Ok((SoundSource::Release { song, name: name.parse()? }, Some(title)));
    }
    if let Some(file) = &arguments.file {
        let stem = file.file_stem().and_then(|stem| stem.to_str());
        let title = stem.and_then(|stem| RecordingTitle::new(stem).ok());
        return Ok((SoundSource::File(file.clone()), title));
    }
    if let (Some(tag), Some(song), Some(track)) =
        (&arguments.version, &arguments.song, &arguments.track)
    {
        let path = VersionPath {
            artist: artist.clone(),
            song: SongTitle::new(song)?,
            track: TrackName::new(track)?,
            tag: VersionTag::new(tag)?,
        };
        let title = RecordingTitle::new(path.song.as_str())?;
        return Ok((SoundSource::Version(path), Some(title)));
    }
    match &arguments.object {
        Some(key) => Ok((SoundSource::Object(key.clone()), None)),
        None => Err(Failure::usage(
            "nothing to take in was given",
            "add --release, --file, --version or --object",
        )),
    }
}

fn set(config: &Config, arguments: &RecordingSet) -> Result<()> {
    let dry_run = arguments.telling.dry_run;
    let which = which(&arguments.names, config)?;
    let album = match (&arguments.album_to, arguments.single) {
        (None, false) => Wanted::AsIs,
        (None, true) => Wanted::Nothing,
        (Some(title), _) => {
            let own = arguments.album_artist.as_deref().or(arguments.names.artist.as_deref());
            Wanted::Value(OfAlbum { artist: artist(own, config)?, title: title.clone() })
        }
    };
    let fields = &arguments.fields;
    let changes = RecordingChanges {
        title: arguments.title_to.clone(),
        album,
        disc: arguments.disc,
        number: arguments.number,
        released: fields.released.unwrap_or(Wanted::AsIs),
        genre: arguments.genre.clone().unwrap_or(Wanted::AsIs),
        licence: fields.licence.unwrap_or(Wanted::AsIs),
        published: fields.published(),
    };
    let studio = open(config, Use::of(dry_run))?;
    ask(async {
        match studio.change_recording(&which, &changes, dry_run).await {
            Ok(change) => {
                tell(&change, verb(dry_run, change.changed), dry_run, arguments.telling.json)
            }
            Err(error) => Err(near(&studio, error).await),
        }
    })
}

fn artwork(config: &Config, arguments: &RecordingArtwork) -> Result<()> {
    let dry_run = arguments.telling.dry_run;
    let which = which(&arguments.names, config)?;
    let studio = open(config, Use::of(dry_run))?;
    transfer(async |job: Job| {
        let file = arguments.file.as_deref();
        match studio.set_recording_artwork(&which, file, dry_run, &job).await {
            Ok(change) => {
                tell(&change, verb(dry_run, change.changed), dry_run, arguments.telling.json)
            }
            Err(error) => Err(near(&studio, error).await),
        }
    })
}

fn remove(config: &Config, arguments: &RecordingRemove) -> Result<()> {
    let dry_run = arguments.telling.dry_run;
    let which = which(&arguments.names, config)?;
    let studio = open(config, Use::of(dry_run))?;
    ask(async {
        match studio.remove_recording(&which, dry_run).await {
            Ok(change) => {
                let said = if dry_run { "would take out" } else { "took out" };
                tell(&change, said, dry_run, arguments.telling.json)
            }
            Err(error) => Err(near(&studio, error).await),
        }
    })
}

/// Tells what became of a recording.
fn tell(change: &RecordingChange, said: &str, dry_run: bool, json: bool) -> Result<()> {
    let mut out = Out::new();
    let recording = &change.recording;
    if json {
        return out.json(&v1::RecordingMove {
            dry_run,
            changed: change.changed,
            sent_bytes: 0,
            recording: Some(v1::RecordingManifest::from(recording)),
        });
    }
    out.line(&format!("{said} recording \"{}\" by {}", recording.title, recording.artist))?;
    out.finish()
}

fn show(config: &Config, arguments: &RecordingShow) -> Result<()> {
    let which = which(&arguments.names, config)?;
    let studio = open(config, Use::Look)?;
    ask(async {
        let RecordingEntry { recording, album, .. } = match studio.recording(&which).await {
            Ok(entry) => entry,
            Err(error) => return Err(near(&studio, error).await),
        };
        let mut out = Out::new();
        if arguments.json {
            return out.json(&v1::RecordingManifest::from(&recording));
        }
        out.line(&format!("recording \"{}\" by {}", recording.title, recording.artist))?;
        let album = album.map(|line| OfAlbum { artist: line.artist.name, title: line.title });
        print_fields(&mut out, "  ", 9, lines_of(&recording, album.as_ref()))?;
        out.finish()
    })
}

fn lines_of(recording: &Recording, album: Option<&OfAlbum>) -> Vec<(&'static str, String)> {
    let sound = &recording.sound;
    let mut lines = Vec::new();
    if let (Some(place), Some(album)) = (recording.album, album) {
        let place = match (place.position.disc, place.position.number) {
            (0, 0) => String::new(),
            (0, number) => format!(", number {number}"),
            (disc, number) => format!(", disc {disc}, number {number}"),
        };
        lines.push(("album", format!("{}{place}", album.title)));
    }
    lines.extend(recording.released.map(|date| ("released", date.to_string())));
    lines.extend(recording.genre.as_ref().map(|genre| ("genre", genre.to_string())));
    lines.extend(recording.licence.map(|licence| ("licence", licence.title().to_owned())));
    lines.extend(recording.artwork.as_ref().map(|own| ("artwork", own.content_type.clone())));
    lines.push(("published", yes(recording.published).to_owned()));
    let from = match recording.origin {
        Origin::Release(id) => format!("the mix of release {id}"),
        Origin::Upload => "a file".to_owned(),
        Origin::Existing => "an object of the store".to_owned(),
        Origin::Library(_) => "a library".to_owned(),
    };
    lines.push(("from", from));
    if let Some(format) = &sound.format {
        let length = sound::length(format).unwrap_or_default();
        lines.push(("sound", format!("{length} {}", sound::format(format)).trim().to_owned()));
    }
    lines.push(("size", bytes(sound.size)));
    lines.push(("object", format!("{}/{}", sound.place.store(), sound.place.key())));
    lines.push(("id", recording.id.to_string()));
    lines
}

fn list(config: &Config, arguments: &RecordingList) -> Result<()> {
    let artist: Option<studio_core::ArtistName> =
        arguments.artist.as_deref().map(str::parse).transpose()?;
    let studio = open(config, Use::Look)?;
    ask(async {
        let limit = arguments.limit.unwrap_or(MOST);
        let there = studio.recordings(artist.as_ref(), arguments.after, limit).await?;
        let next = (there.len() as u32 == limit).then(|| there.last()).flatten();
        let next = next.map(|entry| entry.recording.id.to_string());
        let mut out = Out::new();
        if arguments.json {
            let made = there.iter().map(|entry| v1::RecordingManifest::from(&entry.recording));
            return out.json(&v1::RecordingList { recordings: made.collect(), next });
        }
        if there.is_empty() {
            note("no recordings");
            return Ok(());
        }
        print_table(&mut out, &there)?;
        if let Some(next) = next {
            note(&format!("there may be more: --after {next}"));
        }
        out.finish()
    })
}

/// Recordings as a table.
fn print_table(out: &mut Out, recordings: &[RecordingEntry]) -> Result<()> {
    let mut table =
        Table::new(&["ARTIST", "TITLE", "ALBUM", "LENGTH", "FORMAT", "RELEASED", "PUBLISHED"]);
    for RecordingEntry { recording, album, .. } in recordings {
        let format = recording.sound.format.as_ref();
        table.row([
            recording.artist.to_string(),
            recording.title.to_string(),
            album.as_ref().map(|line| line.title.to_string()).unwrap_or_default(),
            format.and_then(sound::length).unwrap_or_default(),
            format.map(sound::format).unwrap_or_default(),
            recording.released.map(|date| date.to_string()).unwrap_or_default(),
            yes(recording.published).to_owned(),
        ]);
    }
    table.print(out)
}
