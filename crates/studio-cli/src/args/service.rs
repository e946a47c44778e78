//! The commands that run until they are stopped, and those about their queues.

use std::net::SocketAddr;

use clap::{Args, Subcommand};

use super::ingest::Judging;

/// Serve what is known of the assets over HTTP
///
/// JSON with an OpenAPI description at /api/openapi.json, which can be browsed at /api/docs.
/// Deleting an asset leaves an order, which goes to the delete queue. Ends with Ctrl-C or
/// SIGTERM, when the requests under way are answered. Who may ask and how much is set in
/// [serve] of studio.toml; docs/serve.md tells more.
#[derive(Debug, Args)]
#[command(after_help = SERVE_EXAMPLES)]
pub(crate) struct Serve {
    /// The address to listen on; otherwise STUDIO_LISTEN, `listen` in studio.toml, or
    /// 127.0.0.1:8000. One that other machines can reach needs a manager who can sign in
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// A name by which the service is known, such as music.example.org; localhost and the
    /// addresses of this machine are always known. May be given more than once
    #[arg(long = "host", value_name = "NAME")]
    pub(crate) hosts: Vec<studio_web::HostName>,
    /// Also judge the files that come into the bucket or the folder, as studio worker all
    /// and studio ingest watch do
    #[arg(long)]
    pub(crate) with_workers: bool,
    /// The bucket, or the folder, whose assets can be deleted
    #[arg(long, value_name = "BUCKET")]
    pub(crate) bucket: Option<String>,
    /// The queue for orders to delete, by its name or URL; s3-delete-messages if nothing else
    /// is said and there is a bucket
    #[arg(long, value_name = "QUEUE")]
    pub(crate) delete_queue: Option<String>,
    /// Check the settings, tell what would be served, and end
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Do what messages on the queues ask for
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Worker {
    #[command(subcommand)]
    pub(crate) command: WorkerCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WorkerCommand {
    /// Judge the files that come into the bucket
    #[command(after_help = WORKER_EXAMPLES)]
    Probe(Working),
    /// Delete the objects that the asset service orders to delete
    #[command(after_help = WORKER_EXAMPLES)]
    Delete(Working),
    /// Both at once
    #[command(after_help = WORKER_EXAMPLES)]
    All(Working),
}

/// How a worker works.
#[derive(Debug, Clone, Args)]
pub(crate) struct Working {
    #[command(flatten)]
    pub(crate) judging: Judging,
    /// The queue with the bucket's events, by its name or URL; s3-ingest-messages if nothing
    /// else is said
    #[arg(long, value_name = "QUEUE")]
    pub(crate) queue: Option<String>,
    /// The queue with the orders to delete; s3-delete-messages if nothing else is said
    #[arg(long, value_name = "QUEUE")]
    pub(crate) delete_queue: Option<String>,
    /// Tell this asset service of each good file too, such as http://localhost:8000
    #[arg(long, value_name = "URL")]
    pub(crate) asset_url: Option<String>,
    /// Messages that are worked on at once; 8 if nothing else is said
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) parallel: Option<u16>,
    /// How long a message is held at a time before it is held again; 60s if nothing else is
    /// said
    #[arg(long, value_name = "TIME")]
    pub(crate) visibility: Option<crate::units::Span>,
    /// Check the settings and the queues, tell what would be done, and end
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Look at messages that nobody could do anything with, and move them back
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Queue {
    #[command(subcommand)]
    pub(crate) command: QueueCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum QueueCommand {
    List(QueueList),
    Redrive(QueueRedrive),
}

/// Which queue.
#[derive(Debug, Clone, Args)]
pub(crate) struct WhichQueue {
    /// The queue whose dead-letter queue is meant, by its name or URL; that of the bucket's
    /// events if nothing else is said
    #[arg(long, value_name = "QUEUE")]
    pub(crate) queue: Option<String>,
    /// The queue of orders to delete
    #[arg(long, conflicts_with = "queue")]
    pub(crate) delete: bool,
    /// At most so many messages
    #[arg(long, value_name = "COUNT", default_value_t = 1000)]
    pub(crate) limit: usize,
}

/// List the messages in a dead-letter queue, with the reasons
#[derive(Debug, Args)]
pub(crate) struct QueueList {
    #[command(flatten)]
    pub(crate) which: WhichQueue,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Move messages from a dead-letter queue back, to be tried again
#[derive(Debug, Args)]
#[command(after_help = REDRIVE_EXAMPLES)]
pub(crate) struct QueueRedrive {
    #[command(flatten)]
    pub(crate) which: WhichQueue,
    /// Only those with this reason
    #[arg(long, value_name = "REASON")]
    pub(crate) reason: Option<String>,
    /// Tell which would be moved, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const SERVE_EXAMPLES: &str = "\
Examples:
  studio serve
  studio serve --bucket ingest --with-workers
  studio serve --listen 192.0.2.7:8000 --host music.example.org
  STUDIO_LOG_FORMAT=json studio serve";

const WORKER_EXAMPLES: &str = "\
Examples:
  studio worker all --bucket ingest
  studio worker probe --bucket ingest --on-invalid delete --asset-url http://localhost:8000
  studio worker probe --bucket ingest --file-as '{artist}/{song}/{track}/{version}.wav'";

const REDRIVE_EXAMPLES: &str = "\
Examples:
  studio queue list
  studio queue redrive --reason too_many_tries
  studio queue redrive --delete --dry-run";
