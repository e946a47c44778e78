//! `studio worker`.

use studio_core::Error;
use studio_core::ingest::{Ingest, OnInvalid};
use studio_core::queue::Error as QueueError;
use studio_core::queue::sqs::SqsAdmin;
use studio_worker::{DeleteHandler, Handler, ProbeHandler, Worker};

use super::service::{Parts, queue, queue_settings, worker_options};
use super::{Use, serve_until_stopped};
use crate::args::WorkerCommand;
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
    let ingest = super::ingest::ingest(config, &working.judging.rules, &catalog, vec![intake])?;
    let ingest = super::ingest::telling(ingest, config, working.asset_url.as_deref())?;
    let mut jobs: Vec<(String, Box<dyn Handler>)> = Vec::new();
    if probes {
        let name = config.ingest.events(working.queue.as_deref());
        jobs.push((name, Box::new(ProbeHandler::new(ingest.clone()))));
    }
    if deletes {
        let name = config.ingest.orders(working.delete_queue.as_deref());
        jobs.push((name, Box::new(DeleteHandler::new(ingest.clone()))));
    }
    if working.dry_run {
        let names: Vec<&str> = jobs.iter().map(|(name, _)| name.as_str()).collect();
        return describe(config, &ingest, &bucket, &names);
    }
    let options = worker_options(config, working.parallel, working.visibility);
    serve_until_stopped(async |shutdown| {
        let mut parts = Parts::new(shutdown);
        for (name, handler) in jobs {
            let (own, dead) = (queue(config, &name), queue(config, &dead(&name)));
            parts.work(Worker::new(own, dead, handler, options));
        }
        parts.keep_house(ingest);
        parts.join().await
    })
}

/// Tells what a worker would do, after asking whether its queues are there.
fn describe(
    config: &Config,
    ingest: &Ingest,
    bucket: &studio_core::BucketName,
    names: &[&str],
) -> Result<()> {
    super::ask(async {
        let admin = SqsAdmin::new(queue_settings(config));
        for name in names {
            for queue in [(*name).to_owned(), dead(name)] {
                if admin.find(&queue).await.map_err(Error::from)?.is_none() {
                    return Err(Error::from(QueueError::NoSuchQueue { queue }).into());
                }
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
    fields.extend(
        names.iter().map(|name| ("queue", format!("{name}, dead letters in {}", dead(name)))),
    );
    fields.extend([("profile", rules.profile.name().to_owned()), ("bad files", on_invalid)]);
    print_fields(&mut out, "", 10, fields)?;
    out.finish()
}
