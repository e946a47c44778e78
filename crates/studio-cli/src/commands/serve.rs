//! `studio serve`.

use std::sync::Arc;

use studio_core::queue::{MemoryQueue, Queue};
use studio_core::{Assets, Error, Relay};
use studio_web::{Options, State};
use studio_worker::{DeleteHandler, Worker};
use tokio::net::TcpListener;

use super::service::{Parts, queue, worker_options};
use super::{Use, serve_until_stopped};
use crate::args::{self, Rules};
use crate::config::Config;
use crate::config::ingest::Intake;
use crate::failure::{Failure, Result, UNAVAILABLE};
use crate::output::text::{Out, note, print_fields};

/// Who carries orders to delete out.
enum Deletion {
    /// Workers that listen to this queue.
    Queue(String),
    /// This process, in this folder.
    Here(Intake),
    /// Nobody yet: orders wait.
    Nobody,
}

pub(super) fn run(config: &Config, arguments: &args::Serve) -> Result<()> {
    let address = config.ingest.listen(arguments.listen);
    let flag = arguments.delete_queue.as_deref();
    let is_named = flag.is_some() || config.ingest.delete_queue.is_some();
    let deletion = match config.ingest.intake(arguments.bucket.as_deref())? {
        Some(folder @ Intake::Folder(_)) if !is_named => Deletion::Here(folder),
        None if !is_named => Deletion::Nobody,
        _ => Deletion::Queue(config.ingest.orders(flag)),
    };
    if arguments.dry_run {
        let orders = match &deletion {
            Deletion::Queue(name) => format!("go to the queue {name}"),
            Deletion::Here(folder) => format!("are carried out in {folder}"),
            Deletion::Nobody => "wait: there is neither a bucket nor a queue".to_owned(),
        };
        let mut out = Out::new();
        let database = config.database.value.display().to_string();
        let fields = [
            ("address", format!("http://{address}")),
            ("database", database),
            ("deletions", orders),
        ];
        print_fields(&mut out, "", 10, fields)?;
        return out.finish();
    }
    let catalog = super::catalog(config, Use::Change)?;
    let assets = Assets::new(Arc::clone(&catalog));
    serve_until_stopped(async |shutdown| {
        let listener = TcpListener::bind(address).await.map_err(|source| Failure::Own {
            message: format!("cannot listen on {address}"),
            code: UNAVAILABLE,
            source: Some(source),
            hint: Some("another address is named with --listen or STUDIO_LISTEN".to_owned()),
        })?;
        let mut parts = Parts::new(shutdown);
        let orders: Option<Arc<dyn Queue>> = match &deletion {
            Deletion::Queue(name) => Some(queue(config, name)),
            Deletion::Here(folder) => {
                let intake = super::ingest::intake(config, folder)?;
                let judging = Rules::default();
                let ingest = super::ingest::ingest(config, &judging, &catalog, vec![intake])?;
                let orders: Arc<dyn Queue> = Arc::new(MemoryQueue::new("deletions"));
                let dead = Arc::new(MemoryQueue::new("dead letters"));
                let handler = DeleteHandler::new(ingest);
                let options = worker_options(config, None, None);
                let worker = Worker::new(Arc::clone(&orders), dead, handler, options);
                parts.work(worker);
                Some(orders)
            }
            Deletion::Nobody => {
                note("orders to delete wait: there is neither a bucket nor a queue for them");
                None
            }
        };
        let relay = orders.map(|queue| Relay::new(&assets, queue));
        let options = Options { relay: relay.as_ref().map(Relay::watch), ..Options::default() };
        if let Some(relay) = relay {
            let own = parts.shutdown();
            parts.begin(async move {
                relay.run(own).await;
                Ok(())
            });
        }
        let (state, own) = (State::new(assets, options), parts.shutdown());
        parts.begin(async move {
            let served = studio_web::serve(listener, state, own).await;
            served.map_err(|error| Error::Internal(Box::new(error)))
        });
        parts.join().await
    })
}
