//! The workers of a bucket or a folder in the process of the service.

use std::sync::Arc;

use studio_core::SqliteCatalog;
use studio_core::ingest::{FolderWatch, Ingest};
use studio_core::queue::{MemoryQueue, Queue};
use studio_worker::{DeleteHandler, ProbeHandler, Worker};

use super::service::{Parts, queue, worker_options};
use crate::args::Rules;
use crate::config::Config;
use crate::config::ingest::{Intake, dead};
use crate::failure::Result;

/// What works beside the service.
pub(super) struct Workers {
    ingest: Ingest,
    /// The folder that is watched, if all of it is judged here.
    watched: Option<studio_core::blob::intake::FolderIntake>,
    /// The queues of a bucket: its events, and the orders to delete.
    queues: Option<(String, String)>,
}

impl Workers {
    /// Those who only carry out what the service orders, in a folder.
    pub(super) fn deleting(
        config: &Config,
        folder: &Intake,
        catalog: &Arc<SqliteCatalog>,
    ) -> Result<Self> {
        let intake = super::ingest::intake(config, folder)?;
        let ingest = super::ingest::ingest(config, &Rules::default(), catalog, vec![intake])?;
        Ok(Self { ingest, watched: None, queues: None })
    }

    /// All of them: what `studio worker all` does of a bucket, and `studio ingest watch` of a
    /// folder.
    pub(super) fn all(
        config: &Config,
        from: &Intake,
        catalog: &Arc<SqliteCatalog>,
        orders: String,
    ) -> Result<Self> {
        let rules = Rules::default();
        let (intake, watched, queues): (Arc<dyn studio_core::blob::intake::Intake>, _, _) =
            match from {
                Intake::Folder(folder) => {
                    let folder = super::ingest::folder_intake(folder)?;
                    folder.put_back_lost().map_err(studio_core::Error::from)?;
                    (Arc::new(folder.clone()), Some(folder), None)
                }
                Intake::Bucket(_) => {
                    let queues = (config.ingest.events(None), orders);
                    (super::ingest::intake(config, from)?, None, Some(queues))
                }
            };
        let ingest = super::ingest::ingest(config, &rules, catalog, vec![intake])?;
        let ingest = super::ingest::telling(ingest, config, None)?;
        Ok(Self { ingest, watched, queues })
    }

    /// Lets them begin, and tells where they look for orders to delete.
    pub(super) fn begin(self, config: &Config, parts: &mut Parts) -> Arc<dyn Queue> {
        let Self { ingest, watched, queues } = self;
        let options = worker_options(config, None, None);
        let probe = ProbeHandler::new(ingest.clone());
        let delete = DeleteHandler::new(ingest.clone());
        if let Some((events, orders)) = queues {
            let of = |name: &str| (queue(config, name), queue(config, &dead(name)));
            let (own, lost) = of(&events);
            parts.work(Worker::new(own, lost, probe, options));
            let (own, lost) = of(&orders);
            parts.work(Worker::new(Arc::clone(&own), lost, delete, options));
            parts.keep_house(ingest);
            return own;
        }
        let queue = |name: &str| Arc::new(MemoryQueue::new(name)) as Arc<dyn Queue>;
        let (orders, dead) = (queue("deletions"), queue("dead letters"));
        parts.work(Worker::new(Arc::clone(&orders), Arc::clone(&dead), delete, options));
        if let Some(folder) = watched {
            let events = queue("the folder");
            parts.work(Worker::new(Arc::clone(&events), dead, probe, options));
            let watch = FolderWatch::new(ingest.clone(), folder, events);
            let own = parts.shutdown();
            parts.begin(async move { watch.run(own).await });
            parts.keep_house(ingest);
        }
        orders
    }
}
