//! `studio ingest`.

mod list;
mod quarantine;
mod reconcile;
mod setup;
mod watch;

use std::sync::Arc;

use studio_core::ingest::{Filing, Ingest, IngestRules};
use studio_core::{BucketName, S3Intake, SqliteCatalog, blob};
use studio_worker::AssetService;

use crate::args::{IngestCommand, Rules};
use crate::config::Config;
use crate::config::ingest::Intake;
use crate::config::profiles;
use crate::failure::{Failure, Result};

pub(super) fn run(config: &Config, command: &IngestCommand) -> Result<()> {
    match command {
        IngestCommand::Setup(arguments) => setup::run(config, arguments),
        IngestCommand::Watch(arguments) => watch::run(config, arguments),
        IngestCommand::List(arguments) => list::run(config, arguments),
        IngestCommand::Reconcile(arguments) => reconcile::run(config, arguments),
        IngestCommand::Quarantine(quarantine) => quarantine::run(config, &quarantine.command),
    }
}

/// What files are put into, as the core sees it.
pub(super) fn intake(config: &Config, intake: &Intake) -> Result<Arc<dyn blob::intake::Intake>> {
    Ok(match intake {
        Intake::Bucket(name) => Arc::new(S3Intake::new(name, config.s3.settings())),
        Intake::Folder(folder) => Arc::new(folder_intake(folder)?),
    })
}

pub(super) fn folder_intake(folder: &std::path::Path) -> Result<blob::intake::FolderIntake> {
    if !folder.is_dir() {
        let directory = folder.to_owned();
        return Err(studio_core::Error::SourceDirectoryMissing { directory }.into());
    }
    Ok(blob::intake::FolderIntake::new(folder).map_err(studio_core::Error::from)?)
}

/// The ingest of one bucket or folder, by the settings and what the flags say.
pub(super) fn ingest(
    config: &Config,
    rules: &Rules,
    catalog: &Arc<SqliteCatalog>,
    intakes: Vec<Arc<dyn blob::intake::Intake>>,
) -> Result<Ingest> {
    let settings = config.ingest.clone().judging(rules)?;
    let profile = settings.profile.as_ref().map_or("ingest", |set| set.value.as_str());
    let rules = IngestRules {
        profile: profiles::find(profile, &config.profiles)?,
        on_invalid: settings.on_invalid.as_ref().map(|set| set.value).unwrap_or_default(),
        quarantine: settings.quarantine(),
    };
    let ingest = Ingest::new(intakes, Arc::clone(catalog), rules);
    let pattern = settings.file_as.as_ref().map(|set| set.value.clone());
    let ixml = settings.file_by_ixml.as_ref().is_some_and(|set| set.value);
    if pattern.is_none() && !ixml {
        return Ok(ingest);
    }
    let studio = super::studio_on(config, Arc::clone(catalog));
    let artist = config.artist.as_ref().map(|set| set.value.clone());
    Ok(ingest.with_filing(Filing { studio, pattern, ixml, artist }))
}

/// An ingest that tells an asset service of good files, if there is one to be told.
pub(super) fn telling(ingest: Ingest, config: &Config, flag: Option<&str>) -> Result<Ingest> {
    let url = flag.or(config.ingest.asset_url.as_ref().map(|set| set.value.as_str()));
    let Some(url) = url else { return Ok(ingest) };
    let service = AssetService::new(url).map_err(|error| {
        Failure::usage(error.to_string(), "as in --asset-url http://localhost:8000")
    })?;
    let service = match &config.ingest.asset_token {
        Some(token) => service.with_token(&token.value),
        None => service,
    };
    Ok(ingest.telling(service.herald()))
}

/// The name under which the assets of a bucket or a folder are known.
fn bucket_name(config: &Config, flag: Option<&str>) -> Result<Option<BucketName>> {
    let Some(text) = flag else { return Ok(None) };
    let found = config.ingest.needed_intake(Some(text))?;
    Ok(Some(match found {
        Intake::Bucket(name) => name,
        Intake::Folder(folder) => {
            let intake = blob::intake::FolderIntake::new(&folder);
            let intake = intake.map_err(studio_core::Error::from)?;
            blob::intake::Intake::bucket(&intake).clone()
        }
    }))
}
