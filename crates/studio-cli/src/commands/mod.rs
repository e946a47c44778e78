//! The commands, one file each.

mod analyse;
mod artwork;
mod backup;
mod brought;
mod check;
mod compare;
mod completions;
mod config;
mod demo;
mod discogs;
mod doctor;
mod download;
mod export;
mod gc;
mod import;
mod ingest;
mod kept;
mod left;
mod library;
mod list;
mod made;
mod man;
mod music;
mod notify;
mod people;
mod pick;
mod probe;
mod publish;
mod queue;
mod recover;
mod release;
mod rm;
mod scrub;
mod serve;
mod service;
mod show;
mod status;
mod store_test;
mod subject;
mod trash;
mod upload;
mod url;
mod verify;
mod waveform;
mod worker;
mod workers;

use std::future::Future;
use std::sync::Arc;

use studio_core::{
    ArtistName, BlobStore, CancellationToken, Error, FileStore, Job, MemoryStore, S3Store,
    SongTitle, SqliteCatalog, StoreUrl, Studio, TrackName, VersionFilter, VersionPath, VersionTag,
};

use crate::args::{Arguments, Command, Filter, Gate, StoreCommand, VersionNames};
use crate::config::{Config, resolve};
use crate::failure::{Failure, INTEGRITY, NOT_FOUND, Result};
use crate::interrupt::cancel_on_interrupt;
use crate::output::progress::Bars;

/// Runs a command.
pub(crate) fn run(arguments: Arguments) -> Result<()> {
    let places = &arguments.places;
    match &arguments.command {
        Command::Upload(upload) => {
            let config = resolve(places)?.moving(&upload.moving).storing(&upload.storing)?;
            self::upload::run(&config, upload)
        }
        Command::Download(download) => {
            self::download::run(&resolve(places)?.moving(&download.moving), download)
        }
        Command::Import(import) => {
            let config = resolve(places)?.moving(&import.moving).storing(&import.storing)?;
            self::import::run(&config, import)
        }
        Command::Export(export) => {
            self::export::run(&resolve(places)?.moving(&export.moving), export)
        }
        Command::Rm(rm) => self::rm::run(&resolve(places)?, rm),
        Command::Trash(trash) => self::trash::run(&resolve(places)?, trash),
        Command::Verify(verify) => self::verify::run(&resolve(places)?, verify),
        Command::Scrub(scrub) => self::scrub::run(&resolve(places)?, scrub),
        Command::Doctor(doctor) => self::doctor::run(&resolve(places)?, doctor),
        Command::Gc(gc) => self::gc::run(&resolve(places)?, gc),
        Command::Backup(backup) => self::backup::run(&resolve(places)?, backup),
        Command::Recover(recover) => self::recover::run(places, recover),
        Command::List(list) => self::list::run(&resolve(places)?, list),
        Command::Show(show) => self::show::run(&resolve(places)?, show),
        Command::Probe(probe) => self::probe::run(&resolve(places)?, probe),
        Command::Check(check) => self::check::run(&resolve(places)?, check),
        Command::Analyse(analyse) => self::analyse::run(&resolve(places)?, analyse),
        Command::Waveform(waveform) => self::waveform::run(&resolve(places)?, waveform),
        Command::Compare(compare) => self::compare::run(&resolve(places)?, compare),
        Command::Mix(mix) => self::release::mix(&resolve(places)?, mix),
        Command::Release(release) => self::release::run(&resolve(places)?, &release.command),
        Command::Album(album) => self::publish::album(&resolve(places)?, &album.command),
        Command::Recording(made) => self::publish::recording(&resolve(places)?, &made.command),
        Command::Playlist(list) => self::publish::playlist(&resolve(places)?, &list.command),
        Command::Pick(pick) => self::pick::run(&resolve(places)?, pick),
        Command::Unpick(unpick) => self::pick::unpick(&resolve(places)?, unpick),
        Command::Picks(picks) => self::pick::list(&resolve(places)?, picks),
        Command::Mark(mark) => self::status::run(&resolve(places)?, mark),
        Command::Library(library) => self::library::run(&resolve(places)?, &library.command),
        Command::Discogs(discogs) => self::discogs::run(&resolve(places)?, &discogs.command),
        Command::Ingest(ingest) => self::ingest::run(&resolve(places)?, &ingest.command),
        Command::Worker(worker) => self::worker::run(&resolve(places)?, &worker.command),
        Command::Queue(queue) => self::queue::run(&resolve(places)?, &queue.command),
        Command::Serve(serve) => self::serve::run(&resolve(places)?, serve),
        Command::User(user) => self::people::user(&resolve(places)?, &user.command),
        Command::Token(token) => self::people::token(&resolve(places)?, &token.command),
        Command::Appkey(key) => self::people::appkey(&resolve(places)?, &key.command),
        Command::Audit(audit) => self::people::audit(&resolve(places)?, audit),
        Command::Url(url) => self::url::run(&resolve(places)?, url),
        Command::Store(store) => match &store.command {
            StoreCommand::Test(test) => self::store_test::run(places, test),
        },
        Command::Demo(demo) => self::demo::run(places, demo),
        Command::Config(config) => self::config::run(&resolve(places)?, config),
        Command::Completions(completions) => self::completions::run(completions),
        Command::Man(man) => self::man::run(man),
    }
}

/// What a command is going to do with its studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Look at it; where there is none, it is an empty one, and none is made.
    Look,
    /// Change it; where there is none, one is made.
    Change,
    /// Look after what is in it; where there is none, that is told. To an empty catalogue
    /// all that is in a store would look like garbage.
    Care,
}

impl Use {
    /// That of a command that changes things unless it is a dry run.
    fn of(dry_run: bool) -> Self {
        if dry_run { Self::Look } else { Self::Change }
    }
}

/// The studio that a configuration describes. Its store is not touched before it is used.
fn open(config: &Config, purpose: Use) -> Result<Studio> {
    Ok(studio_on(config, catalog(config, purpose)?))
}

/// The catalogue that a configuration names.
fn catalog(config: &Config, purpose: Use) -> Result<Arc<SqliteCatalog>> {
    let database = &config.database.value;
    let missing = std::fs::metadata(database)
        .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
    if missing && purpose == Use::Care {
        return Err(Failure::Own {
            message: format!("there is no catalogue {}", database.display()),
            code: NOT_FOUND,
            source: None,
            hint: Some(
                "`studio config` tells where it comes from; `studio recover` rebuilds it from the \
                 store"
                    .to_owned(),
            ),
        });
    }
    if missing
        && purpose == Use::Change
        && let Some(directory) = database.parent()
    {
        // Should this fail, opening the database says so with the better reason.
        let _ = std::fs::create_dir_all(directory);
    }
    let catalog = match missing && purpose == Use::Look {
        true => SqliteCatalog::in_memory(),
        false => SqliteCatalog::open(database),
    };
    Ok(Arc::new(catalog.map_err(Error::from)?))
}

/// The studio of a configuration on a catalogue that is open.
fn studio_on(config: &Config, catalog: Arc<SqliteCatalog>) -> Studio {
    let studio = Studio::new(catalog, store(config));
    let studio = studio.with_transfer_options(config.transfer.options());
    let studio = match &config.spool {
        Some(spool) => studio.with_spool_directory(spool.value.clone()),
        None => studio,
    };
    if config.refill { studio.filling_an_empty_store() } else { studio }
}

/// A studio that takes only what keeps to the profile that is asked for.
fn gated(studio: Studio, config: &Config, gate: &Gate) -> Result<Studio> {
    let studio = studio.with_gate(config.profile(gate.profile.as_deref(), "any")?);
    let analyse = gate.analyse || config.analyse.as_ref().is_some_and(|set| set.value);
    Ok(if analyse { studio.measuring_uploads() } else { studio })
}

/// The store that a configuration names, not touched yet.
fn store(config: &Config) -> Arc<dyn BlobStore> {
    match &config.store.value {
        StoreUrl::S3 { bucket, prefix } => {
            Arc::new(S3Store::new(bucket, prefix.as_deref(), config.s3.settings()))
        }
        StoreUrl::File(directory) => Arc::new(FileStore::new(directory)),
        StoreUrl::Memory => Arc::new(MemoryStore::new()),
    }
}

/// That bytes are not what they should be, after all of it has been told.
fn damage_found(what: String, hint: &str) -> Failure {
    Failure::Own { message: what, code: INTEGRITY, source: None, hint: Some(hint.to_owned()) }
}

/// A number of things.
fn count(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    }
}

/// Runs a question to the catalogue.
fn ask<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(work)
}

/// Runs a job that moves bytes: watched on a terminal, stopped by Ctrl-C.
fn transfer<T, W>(work: impl FnOnce(Job) -> W) -> Result<T>
where
    W: Future<Output = Result<T>>,
{
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let result = runtime.block_on(async {
        let bars = Arc::new(Bars::on_terminal());
        let done = work(Job::new(Arc::clone(&bars) as Arc<_>, cancel_on_interrupt()?)).await;
        bars.clear();
        done
    });
    // A thread that still waits for a disk need not be waited for.
    runtime.shutdown_background();
    result
}

/// Runs something that goes on until it is told to stop, by Ctrl-C or SIGTERM.
fn serve_until_stopped<W>(work: impl FnOnce(CancellationToken) -> W) -> Result<()>
where
    W: Future<Output = Result<()>>,
{
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let result = runtime.block_on(async { work(cancel_on_interrupt()?).await });
    runtime.shutdown_background();
    result
}

/// What is said where a job was stopped of which nothing is kept.
const BEGINS_ANEW: &str = "nothing half done was left; the same command again begins anew";

/// The same for a job that moves bytes to no place of their own, but listens to them or mixes
/// them: told of otherwise where it is stopped.
fn work<T, W>(stopped: &str, work: impl FnOnce(Job) -> W) -> Result<T>
where
    W: Future<Output = Result<T>>,
{
    transfer(work).map_err(|failure| match failure {
        Failure::Core { error: error @ Error::Cancelled, .. } => {
            Failure::Core { error, hint: Some(stopped.to_owned()) }
        }
        other => other,
    })
}

/// The place that the names on the command line lead to.
fn version_path(names: &VersionNames, config: &Config) -> Result<VersionPath> {
    Ok(VersionPath {
        artist: artist(names.artist.as_deref(), config)?,
        song: SongTitle::new(&names.song)?,
        track: TrackName::new(&names.track)?,
        tag: VersionTag::new(&names.version)?,
    })
}

/// The artist that is meant: the one on the command line, or that of the settings.
fn artist(name: Option<&str>, config: &Config) -> Result<ArtistName> {
    match (name, &config.artist) {
        (Some(name), _) => Ok(ArtistName::new(name)?),
        (None, Some(set)) => Ok(set.value.clone()),
        (None, None) => Err(Failure::usage(
            "no artist was given",
            "add --artist NAME, or set STUDIO_ARTIST (ARTIST_NAME works too), \
             or put `artist = \"NAME\"` into studio.toml",
        )),
    }
}

/// The versions that the filters on the command line leave.
fn filter(config: &Config, filter: &Filter) -> Result<VersionFilter> {
    let artist = match (&filter.artist, &config.artist) {
        (Some(name), _) => Some(ArtistName::new(name)?),
        (None, Some(set)) if !filter.all_artists => Some(set.value.clone()),
        _ => None,
    };
    let Some(artist) = artist else {
        return match &filter.song {
            None => Ok(VersionFilter::All),
            Some(_) => Err(Failure::usage(
                "--song was given, but no artist",
                "add --artist NAME, or set STUDIO_ARTIST: songs are listed by artist",
            )),
        };
    };
    let Some(song) = filter.song.as_deref().map(SongTitle::new).transpose()? else {
        return Ok(VersionFilter::Artist(artist));
    };
    let Some(track) = filter.track.as_deref().map(TrackName::new).transpose()? else {
        return Ok(VersionFilter::Song(artist, song));
    };
    match filter.version.as_deref().map(VersionTag::new).transpose()? {
        None => Ok(VersionFilter::Track(artist, song, track)),
        Some(tag) => Ok(VersionFilter::Version(VersionPath { artist, song, track, tag })),
    }
}

/// A failure, with "did you mean" where a name was not found.
async fn with_suggestions(studio: &Studio, error: Error) -> Failure {
    if let Error::Catalog(studio_repo::Error::NotFound { path, missing }) = &error {
        let neighbours = studio.neighbours(path, *missing).await.ok();
        let hint = neighbours.and_then(|near| crate::output::hint::for_missing(path, &near));
        return Failure::Core { error, hint };
    }
    error.into()
}
