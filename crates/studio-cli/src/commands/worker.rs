//! `studio worker`.

use std::sync::Arc;

use studio_core::Error;
use studio_core::blob::intake::Intake as _;
use studio_core::ingest::{Ingest, OnInvalid};
use studio_worker::{DeleteHandler, Handler, ProbeHandler, Worker};

use super::service::{housekeeping, queue, together, worker_options};
use super::{Use, serve_until_stopped};
use crate::args::{WorkerCommand, Working};
use crate::config::Config;
use crate::config::ingest::{Intake, dead};
use crate::failure::{Failure, Result};
use crate::output::text::{Out, print_fields};

pub(super) fn run(config: &Config, command: &WorkerCommand) -> Result<()> {
    let (working, probes, deletes) = match command {
        WorkerCommand::Probe(working) => (working, true, false),
        WorkerCommand::Delete(working) => (working, false, true),
        WorkerCommand::All(working) => (working, true, true),
    };
    let from = config.ingest.needed_intake(working.judging.bucket.as_deref())?;
    if let Intake::Folder(folder) = &from {
        return Err(Failure::usage(
            format!("{} is a folder, and has no queues", folder.display()),
            format!("studio ingest watch {}", folder.display()),
        ));
    }
    let intake = super::ingest::intake(config, &from)?;
    let bucket = intake.bucket().clone();
    let catalog = super::catalog(config, Use::of(working.dry_run))?;
    let ingest = super::ingest::ingest(config, &working.judging, &catalog, vec![intake])?;
    let ingest = super::ingest::telling(ingest, config, working.asset_url.as_deref())?;
    let mut names = Vec::new();
    names.extend(probes.then(|| config.ingest.events(working.queue.as_deref())));
    names.extend(deletes.then(|| config.ingest.orders(working.delete_queue.as_deref())));
    if working.dry_run {
        return describe(config, &ingest, &bucket, &names);
    }
    let worker = |name: &str, handler: Box<dyn Handler>| {
        let (own, dead) = (queue(config, name), queue(config, &dead(name)));
        Worker::new(own, dead, handler, worker_options(config, working.parallel, working.visibility))
    };
    let mut workers = Vec::new();
    let mut names = names.iter();
    if let Some(name) = names.next().filter(|_| probes) {
        workers.push(worker(name, Box::new(ProbeHandler::new(ingest.clone()))));
    }
    if deletes {
        let name = config.ingest.orders(working.delete_queue.as_deref());
        workers.push(worker(&name, Box::new(DeleteHandler::new(ingest.clone()))));
    }
    serve_until_stopped(async |shutdown| {
        let mut parts: Vec<std::pin::Pin<Box<dyn Future<Output = Result<()>>>>> = Vec::new();
        for worker in workers {
            let own = shutdown.clone();
            parts.push(Box::pin(together(&shutdown, async move {
                let tally = worker.run(own).await.map_err(Error::from)?;
                let (done, retried, dead) = (tally.done, tally.retried, tally.dead);
                tracing::info!(done, retried, dead, "stopped");
                Ok(())
            })));
        }
        parts.push(Box::pin(together(&shutdown, housekeeping(ingest, shutdown.clone()))));
        for part in parts {
            part.await?;
        }
        Ok(())
    })
}

/// Tells what a worker would do, after asking whether its queues are there.
fn describe(
    config: &Config,
    ingest: &Ingest,
    bucket: &studio_core::BucketName,
    names: &[String],
) -> Result<()> {
    super::ask(async {
        for name in names {
            for name in [name.clone(), dead(name)] {
                let queue = queue(config, &name);
                studio_core::queue::exists(&*queue).await.map_err(Error::from)?;
            }
        }
        Ok(())
    })?;
    let rules = ingest.rules();
    let on_invalid = match rules.on_invalid {
        OnInvalid::Quarantine => format!("moved below {}", rules.quarantine),
        OnInvalid::Delete => "removed".to_owned(),
    };
    let mut out = Out::new();
    let mut fields = vec![("bucket", bucket.to_string())];
    fields.extend(names.iter().map(|name| ("queue", format!("{name}, dead letters in {}", dead(name)))));
    fields.extend([("profile", rules.profile.name().to_owned()), ("bad files", on_invalid)]);
    print_fields(&mut out, "", 10, fields)?;
    out.finish()
}
