//! `studio trash`.

use jiff::tz::TimeZone;
use studio_api::v1;
use studio_core::{CatalogError, Emptied, Error, Job, Studio, TrashedVersion};

use super::count;
use super::kept::Kept;
use crate::args::{self, TrashCommand};
use crate::config::Config;
use crate::failure::{CONFLICT, Failure, NOT_FOUND, Result};
use crate::output::confirm::{Answer, ask};
use crate::output::hint::names_on_command_line;
use crate::output::text::{Out, bytes, note};
use crate::output::time;

/// How many versions are asked for at once.
const PAGE: u32 = 1000;

pub(super) fn run(config: &Config, arguments: &args::Trash) -> Result<()> {
    let studio = super::open(config, super::Use::Care)?;
    match &arguments.command {
        TrashCommand::List(arguments) => super::ask(list(config, &studio, arguments)),
        TrashCommand::Restore(arguments) => super::ask(restore(config, &studio, arguments)),
        TrashCommand::Purge(arguments) => {
            super::transfer(async |job: Job| purge(config, &studio, arguments, &job).await)
        }
    }
}

async fn all(studio: &Studio) -> Result<Vec<TrashedVersion>> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = studio.trashed(after, PAGE).await?;
        all.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(all),
        }
    }
}

async fn list(config: &Config, studio: &Studio, arguments: &args::TrashList) -> Result<()> {
    let trash = all(studio).await?;
    let mut releases = Vec::with_capacity(trash.len());
    for version in &trash {
        releases.push(studio.releases_with(version.id).await?);
    }
    let retention = config.care.retention();
    let mut out = Out::new();
    if arguments.json {
        let trash = trash.iter().zip(&releases);
        let trash = trash.map(|(version, releases)| v1::Trashed::new(version, retention, releases));
        return out.json(&v1::TrashList { trash: trash.collect() });
    }
    let zone = TimeZone::system();
    for (version, releases) in trash.iter().zip(&releases) {
        let thrown = time::to_minute(version.trashed_at, &zone);
        let until = match releases.len() {
            0 => {
                let until = time::to_minute(version.trashed_at.after(retention), &zone);
                format!("kept until {until}")
            }
            // For good, however long ago it was thrown away.
            1 => format!("kept: in release {}", releases[0]),
            several => format!("kept: in {several} releases"),
        };
        let size = bytes(version.size);
        out.line(&format!("{thrown}  {until:<27}  {size:>9}  {}", version.path))?;
        out.line(&format!("                  id {}", version.id))?;
    }
    out.finish()?;
    if trash.is_empty() {
        note("the trash is empty");
    }
    Ok(())
}

async fn restore(config: &Config, studio: &Studio, arguments: &args::TrashRestore) -> Result<()> {
    let path = super::version_path(&arguments.names, config)?;
    let found = studio.find_trashed(&path).await?;
    let wanted = match arguments.id {
        Some(id) => found.iter().find(|version| version.id == id),
        None => found.first(),
    };
    let Some(wanted) = wanted else {
        return Err(not_there(format!("no version {path} is in the trash")));
    };
    if found.len() > 1 && arguments.id.is_none() {
        let others = count(found.len() as u64 - 1, "older one", "older ones");
        note(&format!("the one thrown away last; --id chooses one of {others}"));
    }
    let dry_run = arguments.dry_run;
    if !dry_run {
        studio.restore_from_trash(wanted).await.map_err(place_taken)?;
    }
    let mut out = Out::new();
    if arguments.json {
        let releases = studio.releases_with(wanted.id).await?;
        let trashed = v1::Trashed::new(wanted, config.care.retention(), &releases);
        let releases = releases.iter().map(ToString::to_string).collect();
        return out.json(&v1::TrashMove { dry_run, trashed, picked: false, releases });
    }
    out.line(&match dry_run {
        true => format!("would take back {}", wanted.path),
        false => format!("took back {}", wanted.path),
    })?;
    out.finish()
}

/// A failure to take a version back, with what to do where another one has its place.
fn place_taken(error: Error) -> Failure {
    let hint = match &error {
        Error::Catalog(CatalogError::VersionExists { existing, .. }) => {
            let names = names_on_command_line(&existing.path);
            format!("throw the one that is there away first: studio rm {names}")
        }
        _ => return error.into(),
    };
    Failure::Core { error, hint: Some(hint) }
}

fn not_there(message: String) -> Failure {
    let hint = Some("`studio trash list` shows what is there".to_owned());
    Failure::Own { message, code: NOT_FOUND, source: None, hint }
}

async fn purge(
    config: &Config,
    studio: &Studio,
    arguments: &args::TrashPurge,
    job: &Job,
) -> Result<()> {
    let early = arguments.all || arguments.id.is_some();
    let doomed = match early {
        false => studio.expired(config.care.retention()).await?,
        true => {
            let mut trash = all(studio).await?;
            if let Some(id) = arguments.id {
                trash.retain(|version| version.id == id);
                if trash.is_empty() {
                    return Err(not_there(format!("no version with the id {id} is in the trash")));
                }
            }
            trash
        }
    };
    // Those whose time is over need no question; others could still have been taken back.
    if early && !arguments.yes && !arguments.dry_run && !doomed.is_empty() {
        let versions = count(doomed.len() as u64, "version", "versions");
        match ask(&format!("remove {versions} for good?"), job).await? {
            Answer::Yes => {}
            Answer::No => return Err(Failure::Declined("nothing was removed")),
            Answer::Nobody => {
                let message = "this removes versions for good, and nobody can be asked";
                return Err(Failure::usage(message, "add --yes"));
            }
        }
    }
    let emptied = match arguments.dry_run {
        true => studio.plan_purge(&doomed, job).await?,
        false => studio.purge_all(&doomed, job).await?,
    };
    let kept = Kept::each(studio, &emptied.kept).await?;
    if let (Some(_), [kept]) = (arguments.id, &kept[..]) {
        let hint = Some(
            "a release keeps its versions for good; `studio trash restore` takes this one back"
                .to_owned(),
        );
        return Err(Failure::Own { message: kept.sentence(), code: CONFLICT, source: None, hint });
    }
    print_purged(&emptied, &kept, arguments)
}

fn print_purged(emptied: &Emptied, kept: &[Kept], arguments: &args::TrashPurge) -> Result<()> {
    let Emptied { versions, objects, bytes: size, unreadable, .. } = emptied;
    let dry_run = arguments.dry_run;
    let mut out = Out::new();
    if arguments.json {
        let wire = |version: &TrashedVersion| v1::Version::from(&version.record);
        let versions = versions.iter().map(wire).collect();
        let kept = kept.iter().map(Kept::wire).collect();
        let (objects, bytes, unreadable) = (*objects, *size, unreadable.clone());
        return out.json(&v1::Purged { dry_run, versions, objects, bytes, kept, unreadable });
    }
    for version in versions {
        out.line(&format!("  {}", version.path))?;
    }
    let versions = count(versions.len() as u64, "version", "versions");
    let verb = if dry_run { "would remove" } else { "removed" };
    out.line(&format!("{verb} {versions}, {} in the store", bytes(*size)))?;
    out.finish()?;
    kept.iter().for_each(|kept| note(&kept.sentence()));
    for location in unreadable {
        note(&format!("warning: bytes stay, because {location} cannot be read and may name them"));
    }
    Ok(())
}
