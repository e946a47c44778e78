//! A worker that has nothing to do.

use std::thread;
use std::time::Duration;

use super::{BUCKET, Bench, start};
use crate::Result;
use crate::bench::Verdict;
use crate::bench::site::Site;
use crate::cargo::{print, say};
use crate::services::Kind;
use crate::wire::Wire;

/// How long it rests.
const REST: Duration = Duration::from_secs(60);
const MOST_MIB: f64 = 32.0;
/// Seconds of CPU while it rests: it waits for messages, and does not look for them.
const MOST_CPU: f64 = 0.2;

/// Lets a worker on both queues rest.
pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Verdict>> {
    let server = start(Kind::MiniStack)?;
    let wire = Wire::to(&server.endpoint)?;
    let mut environment = server.env();
    environment.retain(|(name, _)| name != "AWS_ENDPOINT_URL");
    environment.push(("AWS_ENDPOINT_URL".to_owned(), wire.endpoint()));
    let site = Site::new(&bench.studio, bench.place, "rest", environment)?;
    site.run(&["ingest", "setup", "--bucket", BUCKET])?;
    let mut worker = site.start(&["worker", "all", "--bucket", BUCKET], "worker.log")?;
    say("a worker rests for a minute");
    // Its start is another matter.
    thread::sleep(Duration::from_secs(5));
    let (cpu, sent) = (worker.cpu()?, wire.sent());
    thread::sleep(REST);
    worker.check()?;
    let (cpu, sent) = (worker.cpu()? - cpu, wire.sent() - sent);
    let (resident, peak) = (worker.memory("VmRSS")?, worker.memory("VmHWM")?);
    worker.stop()?;
    server.stop()?;
    print("");
    print(
        "| `studio worker all` at rest for 60 s | resident MiB | peak MiB | CPU s | bytes sent |",
    );
    print("|---|---|---|---|---|");
    print(&format!("| two queues | {resident:.1} | {peak:.1} | {cpu:.2} | {sent} |"));
    let verdict = |what: &str, found, unit, most| {
        let what = format!("a worker at rest: {what}");
        Verdict { what, found, unit, most }
    };
    Ok(vec![
        verdict("resident memory", resident, "MiB", MOST_MIB),
        verdict("CPU time in a minute", cpu, "s", MOST_CPU),
    ])
}
