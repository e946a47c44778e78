//! Numbers for Prometheus, in the OpenMetrics text format.

use std::sync::atomic::AtomicU64;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::State as Shared;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use studio_core::RelayWatch;
use studio_domain::AssetStatus;

use crate::State;
use crate::failure::Failure;

/// The media type of the text that `encode` writes.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How long counting the assets may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The bounds of the histogram in seconds: from a row of the database to the timeout.
const BOUNDS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Answered {
    pub(crate) route: String,
    pub(crate) method: &'static str,
    pub(crate) status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    route: String,
    method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRoute {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InStatus {
    status: &'static str,
}

/// All numbers of a service.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Asked, Histogram, fn() -> Histogram>,
    sent: Family<OfRoute, Counter>,
    aborted: Family<OfRoute, Counter>,
    pub(crate) in_flight: Gauge,
    pub(crate) connections: Gauge,
    assets: Family<InStatus, Gauge>,
    pending: Gauge,
    database: Gauge,
}

impl Metrics {
    pub(crate) fn new(relay: Option<RelayWatch>) -> Self {
        let mut registry = Registry::default();
        let requests = Family::default();
        registry.register("studio_http_requests", "Requests answered", requests.clone());
        let durations =
            Family::new_with_constructor((|| Histogram::new(BOUNDS)) as fn() -> Histogram);
        registry.register_with_unit(
            "studio_http_request_duration",
            "Time from the headers of a request to those of its answer",
            Unit::Seconds,
            durations.clone(),
        );
        let (sent, aborted) = (Family::default(), Family::default());
        let help = "Bytes of answers that were sent, as they are behind the compression";
        registry.register_with_unit("studio_http_response", help, Unit::Bytes, sent.clone());
        let help = "Answers that broke off";
        registry.register("studio_http_aborted", help, aborted.clone());
        let (in_flight, connections) = (Gauge::default(), Gauge::default());
        let help = "Requests whose answers have not gone out yet";
        registry.register("studio_http_requests_in_flight", help, in_flight.clone());
        registry.register("studio_http_connections", "Open connections", connections.clone());
        let assets = Family::default();
        registry.register("studio_assets", "Assets by status", assets.clone());
        let pending = Gauge::default();
        let help = "Orders to delete an object that are not carried out";
        registry.register("studio_deletion_orders_pending", help, pending.clone());
        let database = Gauge::default();
        let help = "Whether the database answered when these numbers were taken";
        registry.register("studio_database_up", help, database.clone());
        let started: Gauge<f64, AtomicU64> = Gauge::default();
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        started.set(since_epoch.as_secs_f64());
        let help = "When the service started";
        registry.register_with_unit("process_start_time", help, Unit::Seconds, started);
        if let Some(relay) = relay {
            registry.register_collector(Box::new(RelayNumbers(relay)));
        }
        Self {
            registry,
            requests,
            durations,
            sent,
            aborted,
            in_flight,
            connections,
            assets,
            pending,
            database,
        }
    }

    /// Notes a request whose answer begins.
    pub(crate) fn note_request(&self, answered: &Answered, took: Duration) {
        self.requests.get_or_create(answered).inc();
        let asked = Asked { route: answered.route.clone(), method: answered.method };
        self.durations.get_or_create(&asked).observe(took.as_secs_f64());
    }

    /// Notes an answer that has ended.
    pub(crate) fn note_sent(&self, answered: &Answered, bytes: u64, is_aborted: bool) {
        let route = OfRoute { route: answered.route.clone() };
        self.sent.get_or_create(&route).inc_by(bytes);
        if is_aborted {
            self.aborted.get_or_create(&route).inc();
        }
    }

    /// Takes the numbers of the catalogue; the last ones stay if it does not answer.
    async fn count(&self, state: &State) {
        let counted = tokio::time::timeout(PATIENCE, state.assets.counts()).await;
        let Ok(Ok(counts)) = counted else {
            self.database.set(0);
            return;
        };
        self.database.set(1);
        for status in AssetStatus::ALL {
            let count = counts.iter().find(|(counted, _)| counted == status);
            let count = count.map_or(0, |(_, count)| i64::try_from(*count).unwrap_or(i64::MAX));
            self.assets.get_or_create(&InStatus { status: status.as_str() }).set(count);
            if *status == AssetStatus::Deleting {
                // There is one order for each.
                self.pending.set(count);
            }
        }
    }
}

/// What a relay has done, read when it is asked for.
#[derive(Debug)]
struct RelayNumbers(RelayWatch);

impl Collector for RelayNumbers {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let sent = ConstCounter::new(self.0.sent());
        let help = "Orders to delete an object that were sent to the queue";
        let metric =
            encoder.encode_descriptor("studio_relay_sent", help, None, sent.metric_type())?;
        sent.encode(metric)?;
        let failures = ConstCounter::new(self.0.failures());
        let help = "Attempts to send orders that failed";
        let kind = failures.metric_type();
        failures.encode(encoder.encode_descriptor("studio_relay_failures", help, None, kind)?)?;
        let failing = ConstGauge::new(i64::from(self.0.is_failing()));
        let help = "Whether the last attempt to send orders failed";
        let kind = failing.metric_type();
        failing.encode(encoder.encode_descriptor("studio_relay_failing", help, None, kind)?)
    }
}

/// Numbers for Prometheus
#[utoipa::path(
    get, path = "/metrics", tag = "service",
    responses((
        status = 200, description = "In the OpenMetrics text format", body = String,
        content_type = "application/openmetrics-text",
    )),
)]
pub(crate) async fn metrics(Shared(state): Shared<State>) -> Result<Response, Failure> {
    state.metrics.count(&state).await;
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &state.metrics.registry)
        .map_err(|error| Failure::internal().because(error))?;
    Ok(([(CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}
