//! `studio ingest watch`.

use std::sync::Arc;

use studio_core::blob::intake::Intake as _;
use studio_core::ingest::FolderWatch;
use studio_core::queue::{MemoryQueue, Queue};
use studio_core::{Assets, Relay};
use studio_worker::{DeleteHandler, ProbeHandler, Worker};

use crate::args;
use crate::commands::service::{Parts, worker_options};
use crate::commands::{Use, catalog, serve_until_stopped};
use crate::config::Config;
use crate::config::ingest::Intake;
use crate::failure::Result;

pub(super) fn run(config: &Config, arguments: &args::IngestWatch) -> Result<()> {
    let args::IngestWatch { directory, asset_url, once, dry_run, .. } = arguments;
    let judging = &arguments.rules;
    let folder = std::path::absolute(directory).unwrap_or_else(|_| directory.clone());
    if *once || *dry_run {
        let from = Intake::Folder(folder);
        let done =
            super::reconcile::reconcile(config, &from, judging, asset_url.as_deref(), *dry_run)?;
        return super::reconcile::print(&done, *dry_run, false);
    }
    let intake = super::folder_intake(&folder)?;
    intake.put_back_lost().map_err(studio_core::Error::from)?;
    let catalog = catalog(config, Use::Change)?;
    let ingest = super::ingest(config, judging, &catalog, vec![Arc::new(intake.clone())])?;
    let ingest = super::telling(ingest, config, asset_url.as_deref())?;
    let options = worker_options(config, None, None);
    let queue = |name: &str| Arc::new(MemoryQueue::new(name)) as Arc<dyn Queue>;
    let (events, orders, dead) = (queue("the folder"), queue("deletions"), queue("dead letters"));
    serve_until_stopped(async |shutdown| {
        tracing::info!(folder = intake.bucket().as_str(), "watching");
        let mut parts = Parts::new(shutdown);
        let probe = ProbeHandler::new(ingest.clone());
        parts.work(Worker::new(Arc::clone(&events), Arc::clone(&dead), probe, options));
        let delete = DeleteHandler::new(ingest.clone());
        parts.work(Worker::new(Arc::clone(&orders), dead, delete, options));
        let (watch, own) = (FolderWatch::new(ingest.clone(), intake, events), parts.shutdown());
        parts.begin(async move { watch.run(own).await });
        let (relay, own) = (Relay::new(&Assets::new(catalog), orders), parts.shutdown());
        parts.begin(async move {
            relay.run(own).await;
            Ok(())
        });
        parts.keep_house(ingest);
        parts.join().await
    })
}
