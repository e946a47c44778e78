//! `studio serve`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use studio_core::access::Access;
use studio_core::discogs::{Refresh, RefreshOptions};
use studio_core::queue::Queue;
use studio_core::{Assets, CancellationToken, Error, Relay};
use studio_web::{Options, State, StoreProbe};
use tokio::net::TcpListener;

use super::discogs::for_service;
use super::music::{music, sketches};
use super::people::access_to;
use super::service::{Parts, queue};
use super::workers::Workers;
use super::{Use, ask, notify, serve_until_stopped, store};
use crate::args;
use crate::config::Config;
use crate::config::ingest::Intake;
use crate::config::oidc::providers;
use crate::config::serve::Serve;
use crate::failure::{Failure, Result, UNAVAILABLE};
use crate::output::text::{Out, note, print_fields};

/// What is said as long as nobody has to sign in.
const NOBODY: &str = "nobody has an account: whoever is at this machine may do everything, and \
    nobody else anything; `studio user add NAME --role manager` makes the first manager";

/// How often sessions that have ended are taken out.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);

/// Who carries orders to delete out, and who judges files.
enum Work {
    /// Workers elsewhere, who listen to this queue for orders.
    Elsewhere(String),
    /// This process carries orders out, in this folder.
    Deleting(Intake),
    /// This process does all of it; the queue is that of a bucket's orders.
    All(Intake, String),
    /// Nobody yet: orders wait.
    Nobody,
}

impl Work {
    fn of(config: &Config, arguments: &args::Serve) -> Result<Self> {
        let flag = arguments.delete_queue.as_deref();
        let bucket = arguments.bucket.as_deref();
        if arguments.with_workers {
            let orders = config.ingest.orders(flag);
            return Ok(Self::All(config.ingest.needed_intake(bucket)?, orders));
        }
        let is_named = flag.is_some() || config.ingest.delete_queue.is_some();
        Ok(match config.ingest.intake(bucket)? {
            Some(folder @ Intake::Folder(_)) if !is_named => Self::Deleting(folder),
            None if !is_named => Self::Nobody,
            _ => Self::Elsewhere(config.ingest.orders(flag)),
        })
    }

    /// What becomes of orders to delete.
    fn orders(&self) -> String {
        match self {
            Self::Elsewhere(name) | Self::All(Intake::Bucket(_), name) => {
                format!("go to the queue {name}")
            }
            Self::Deleting(folder) | Self::All(folder, _) => {
                format!("are carried out in {folder}")
            }
            Self::Nobody => "wait: there is neither a bucket nor a queue".to_owned(),
        }
    }

    /// What is done besides answering.
    fn workers(&self, config: &Config) -> String {
        match self {
            Self::All(Intake::Folder(folder), _) => format!("watch {}", folder.display()),
            Self::All(Intake::Bucket(bucket), orders) => {
                let events = config.ingest.events(None);
                format!("judge {bucket} by the queue {events}, and delete by {orders}")
            }
            Self::Deleting(_) => "delete".to_owned(),
            Self::Elsewhere(_) | Self::Nobody => "none".to_owned(),
        }
    }
}

pub(super) fn run(config: &Config, arguments: &args::Serve) -> Result<()> {
    let address = config.ingest.listen(arguments.listen);
    let settings = config.serve.clone().with(arguments);
    let work = Work::of(config, arguments)?;
    let providers = providers(&config.oidc)?;
    let purpose = if arguments.dry_run { Use::Look } else { Use::Change };
    let catalog = super::catalog(config, purpose)?;
    let (access, listeners) = access_to(config, &catalog, purpose)?;
    let access = access.with_providers(providers);
    let (has_accounts, has_manager) =
        ask(async { Ok((access.has_accounts().await?, access.has_manager().await?)) })?;
    Serve::check(address, has_manager)?;
    if arguments.dry_run {
        return describe(config, &settings, address, &work, has_accounts);
    }
    if !has_accounts {
        note(NOBODY);
    }
    let assets = Assets::new(Arc::clone(&catalog));
    let knows = for_service(config, &catalog)?;
    let workers = match &work {
        Work::Deleting(folder) => Some(Workers::deleting(config, folder, &catalog)?),
        Work::All(from, orders) => Some(Workers::all(config, from, &catalog, orders.clone())?),
        Work::Elsewhere(_) | Work::Nobody => None,
    };
    let options =
        Options { store: Some(StoreProbe::new(store(config))), ..settings.options(address) };
    serve_until_stopped(async |shutdown| {
        let listener = listen(address).await?;
        let mut parts = Parts::new(shutdown);
        let orders: Option<Arc<dyn Queue>> = match (&work, workers) {
            (_, Some(workers)) => Some(workers.begin(config, &mut parts)),
            (Work::Elsewhere(name), None) => Some(queue(config, name)),
            _ => {
                note("orders to delete wait: there is neither a bucket nor a queue for them");
                None
            }
        };
        let relay = orders.map(|queue| Relay::new(&assets, queue));
        let options = Options { relay: relay.as_ref().map(Relay::watch), ..options };
        if let Some(relay) = relay {
            let own = parts.shutdown();
            parts.begin(async move {
                relay.run(own).await;
                Ok(())
            });
        }
        let (discogs, asks) = knows;
        if asks {
            let refresh = Refresh::new(&discogs, RefreshOptions::default());
            let own = parts.shutdown();
            parts.begin(async move {
                refresh.run(own).await;
                Ok(())
            });
        }
        let mut music = music(config, &catalog).with_discogs(discogs);
        if let Some(holds) = &settings.redirect {
            music = music.redirecting(holds.value.0);
        }
        let own = parts.shutdown();
        parts.begin(sweep(access.clone(), own));
        if let Some(sketches) = sketches(&music, &catalog) {
            let own = parts.shutdown();
            parts.begin(async move {
                sketches.run(own).await;
                Ok(())
            });
        }
        let state = State::new(assets, options).with_music(music);
        let state = state.with_access(access).with_listeners(listeners);
        let own = parts.shutdown();
        parts.begin(async move {
            let served = studio_web::serve(listener, state, own).await;
            served.map_err(|error| Error::Internal(Box::new(error)))
        });
        let own = parts.shutdown();
        parts.begin(async move {
            // Who connects now waits in the queue of the socket, and is answered.
            notify::tell(notify::READY);
            own.cancelled().await;
            notify::tell(notify::STOPPING);
            Ok(())
        });
        parts.join().await
    })
}

/// Takes out, now and then, what let somebody in and has ended.
async fn sweep(access: Access, shutdown: CancellationToken) -> Result<(), Error> {
    loop {
        if let Err(error) = access.sweep().await {
            tracing::warn!(%error, "sessions that have ended are still there");
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            () = shutdown.cancelled() => return Ok(()),
        }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|source| Failure::Own {
        message: format!("cannot listen on {address}"),
        code: UNAVAILABLE,
        source: Some(source),
        hint: Some("another address is named with --listen or STUDIO_LISTEN".to_owned()),
    })
}

/// Tells what would be served, and to whom.
fn describe(
    config: &Config,
    settings: &Serve,
    address: SocketAddr,
    work: &Work,
    has_accounts: bool,
) -> Result<()> {
    let options = settings.options(address);
    let listed = |set: Option<String>| set.filter(|text| !text.is_empty());
    let hosts = listed(settings.hosts.as_ref().map(|set| set.value.to_string()));
    let proxies = listed(settings.trusted_proxies.as_ref().map(|set| set.value.to_string()));
    let origins = listed(settings.cors_origins.as_ref().map(|set| set.value.to_string()));
    let of_one = match options.most_per_client {
        Some(most) => format!("{most} of one client"),
        None => "any number of one client".to_owned(),
    };
    let proxies = match proxies {
        Some(proxies) => format!("{proxies}, by {}", options.proxies.kind),
        None => "none".to_owned(),
    };
    let sound = match &settings.redirect {
        None => "from here".to_owned(),
        Some(holds) => format!("from the bucket where one has it, by links for {}", holds.value),
    };
    let fields = [
        ("address", format!("http://{address}")),
        (
            "hosts",
            hosts.map_or_else(
                || "this machine".to_owned(),
                |names| format!("this machine, {names}"),
            ),
        ),
        ("entrance", if has_accounts { "whoever has an account" } else { NOBODY }.to_owned()),
        ("proxies", proxies),
        ("origins", origins.unwrap_or_else(|| "none".to_owned())),
        ("sound", sound),
        ("limits", format!("{} connections, {of_one}", options.most_connections)),
        ("store", config.store.value.to_string()),
        ("database", config.database.value.display().to_string()),
        ("deletions", work.orders()),
        ("workers", work.workers(config)),
    ];
    let mut out = Out::new();
    print_fields(&mut out, "", 10, fields)?;
    out.finish()
}
