//! `studio ingest setup`.

use std::collections::BTreeMap;

use serde::Serialize;
use studio_core::blob::s3::BucketAdmin;
use studio_core::ingest::{SetUp, SetUpPlan, SetUpStep};
use studio_core::queue::sqs::{Ensured, SqsAdmin};

use crate::args;
use crate::commands::ask;
use crate::commands::service::queue_settings;
use crate::config::Config;
use crate::config::ingest::{Intake, dead};
use crate::failure::{Failure, Result};
use crate::output::text::{Out, note};

pub(super) fn run(config: &Config, arguments: &args::IngestSetup) -> Result<()> {
    let bucket = match config.ingest.needed_intake(arguments.bucket.as_deref())? {
        Intake::Bucket(bucket) => bucket,
        Intake::Folder(folder) => {
            return Err(Failure::usage(
                format!("{} is a folder, and needs no setting up", folder.display()),
                format!("studio ingest watch {}", folder.display()),
            ));
        }
    };
    let named = |name: String| {
        if name.contains('/') {
            let hint = "to make one, name it without its URL";
            return Err(Failure::usage(format!("`{name}` is no name of a queue"), hint));
        }
        let dead = dead(&name);
        Ok([name, dead])
    };
    let set_up = SetUp {
        events: named(config.ingest.events(None))?,
        orders: named(config.ingest.orders(None))?,
        prefix: arguments.prefix.clone(),
        suffix: arguments.suffix.clone(),
        bucket,
    };
    let buckets = BucketAdmin::new(set_up.bucket.as_str(), config.s3.settings());
    let queues = SqsAdmin::new(queue_settings(config));
    ask(async {
        match arguments.dry_run {
            true => print_plan(&set_up, &set_up.plan(&buckets, &queues).await?, arguments.json),
            false => print(&set_up.run(&buckets, &queues).await?, arguments.json),
        }
    })
}

#[derive(Serialize)]
struct Done<'a> {
    steps: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    what: &'a str,
    name: &'a str,
    outcome: &'static str,
    changed: &'a [String],
    left: &'a [String],
}

fn outcome(done: &Ensured) -> (&'static str, &[String]) {
    match done {
        Ensured::Made => ("made", &[]),
        Ensured::Kept => ("kept", &[]),
        Ensured::Changed(names) => ("changed", names),
    }
}

fn print(steps: &[SetUpStep], json: bool) -> Result<()> {
    let mut out = Out::new();
    let told = steps.iter().map(|step| {
        let SetUpStep { what, name, done, left } = step;
        let (outcome, changed) = outcome(done);
        Step { what, name, outcome, changed, left }
    });
    if json {
        return out.json(&Done { steps: told.collect() });
    }
    for step in told {
        let changed = match step.changed {
            [] => String::new(),
            names => format!(" ({})", names.join(", ")),
        };
        let Step { what, name, outcome, .. } = step;
        out.line(&format!("{outcome:<8} {what:<13} {name}{changed}"))?;
        for name in step.left {
            note(&format!("{} of {} is otherwise, and was left so", name, step.name));
        }
    }
    out.finish()
}

#[derive(Serialize)]
struct Plan<'a> {
    dry_run: bool,
    bucket: &'a str,
    bucket_is_there: bool,
    queues: Vec<PlannedQueue<'a>>,
    notification: &'a serde_json::Value,
}

#[derive(Serialize)]
struct PlannedQueue<'a> {
    name: &'a str,
    is_there: bool,
    attributes: &'a BTreeMap<String, String>,
}

fn print_plan(set_up: &SetUp, plan: &SetUpPlan, json: bool) -> Result<()> {
    let mut out = Out::new();
    let bucket = set_up.bucket.as_str();
    if json {
        let queues = plan.queues.iter().map(|(name, is_there, attributes)| PlannedQueue {
            name,
            is_there: *is_there,
            attributes,
        });
        return out.json(&Plan {
            dry_run: true,
            bucket,
            bucket_is_there: plan.bucket_is_there,
            queues: queues.collect(),
            notification: &plan.notification,
        });
    }
    let state = |is_there: bool| if is_there { "is there" } else { "would be made" };
    out.line(&format!("# bucket {bucket} {}", state(plan.bucket_is_there)))?;
    for (name, is_there, attributes) in &plan.queues {
        out.line(&format!("# queue {name} {}; its attributes:", state(*is_there)))?;
        out.json(attributes)?;
    }
    out.line(&format!("# the notification configuration of bucket {bucket}:"))?;
    out.json(&plan.notification)
}
