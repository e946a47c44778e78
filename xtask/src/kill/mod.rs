//! `cargo xtask kill-test`: kill -9 at any moment, and nothing is lost or sent twice.
//!
//! A history is a command that is killed up to six times and then run to its end, on a real
//! server. After it there must be one row, one object with the right bytes and one manifest
//! for each file, no open upload, and on the wire no more than the files and what was in
//! flight at each kill.

mod attempt;
mod history;
mod subject;

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use self::history::{Harness, Kind, Outcome};
use self::subject::STEPS;
pub(crate) use self::subject::Subject;
use crate::Result;
use crate::cargo::{cargo, print, run as run_command, say, target_directory};
use crate::files::Random;
use crate::s3::Buckets;
use crate::services::{self, Installed, Started};
use crate::wire::Wire;

/// What is killed, and how often.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many processes are killed, of all commands together
    #[arg(long, default_value_t = 200)]
    kills: u64,
    /// The size of what each history sends, in millions of bytes
    #[arg(long, default_value_t = 160)]
    size_mb: u64,
    /// The server
    #[arg(long, default_value = "seaweedfs")]
    server: services::Kind,
    /// The commands that are killed
    #[arg(long, value_delimiter = ',', default_value = "upload,import,publish")]
    commands: Vec<Subject>,
    /// The number that all random choices follow from; another each time if not given
    #[arg(long)]
    seed: Option<u64>,
    /// Say so and succeed where there is no server to be had
    #[arg(long)]
    optional: bool,
}

impl Options {
    fn without(&self, what: &str, reason: &str) -> Result {
        match self.optional {
            true => {
                say(&format!("skipped: no {what}: {reason}"));
                Ok(())
            }
            false => Err(format!("no {what}: {reason}").into()),
        }
    }
}

/// Kills until there were as many kills as asked for, and fails if anything was not right.
pub(crate) fn run(options: &Options) -> Result {
    let seed = options.seed.unwrap_or_else(any_seed);
    let studio = studio()?;
    let target = target_directory()?;
    let python = match services::boto3(&target)? {
        Installed::Ready(python) => python,
        Installed::Unavailable(reason) => return options.without("boto3", &reason),
    };
    let server = match services::start(options.server, &target)? {
        Started::Running(server) => server,
        Started::Unavailable(reason) => return options.without(options.server.name(), &reason),
    };
    let place = tempfile::Builder::new().prefix("studio-kill-").tempdir()?;
    let wire = Wire::to(&server.endpoint)?;
    let mut environment = server.env();
    environment.retain(|(name, _)| name != "AWS_ENDPOINT_URL");
    environment.push(("AWS_ENDPOINT_URL".to_owned(), wire.endpoint()));
    let mut harness = Harness {
        studio: &studio,
        buckets: &Buckets::new(python, server.env()),
        wire: &wire,
        environment: &environment,
        place: place.path(),
        size: options.size_mb * 1_000_000,
        usual: Duration::ZERO,
        beside: 0,
    };
    print(&format!(
        "kill -9 of {} MB on {}, seed {seed} (again: --seed {seed})",
        options.size_mb, options.server
    ));
    let mut rows = Vec::new();
    for (number, subject) in options.commands.iter().enumerate() {
        // What does not divide is for the first.
        let commands = options.commands.len() as u64;
        let kills =
            options.kills / commands + u64::from((number as u64) < options.kills % commands);
        rows.extend(kill(&mut harness, *subject, kills, seed)?);
    }
    server.stop()?;
    report(&rows, options.kills)
}

/// The program as tests use it; built with the whole workspace's features, as they are.
fn studio() -> Result<PathBuf> {
    run_command(&mut cargo(&["build", "--workspace", "--bin", "studio"])?)?;
    Ok(target_directory()?.join("debug/studio"))
}

fn any_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Short enough to be typed.
    now.as_micros() as u64 % 1_000_000
}

/// All histories of one command and kind.
#[derive(Debug)]
struct Row {
    subject: Subject,
    kind: Kind,
    histories: u64,
    kills: u64,
    runs: u64,
    /// The most that a history sent again for each of its kills.
    most_again: u64,
    failures: u64,
}

/// Kills one command in every way, in a random order, until it was killed often enough.
fn kill(harness: &mut Harness<'_>, subject: Subject, kills: u64, seed: u64) -> Result<Vec<Row>> {
    let bucket = |number: u64| format!("kill-{subject}-{number}");
    // So little that a file sent twice is seen.
    harness.beside = 1 << 20;
    let unharmed = harness.history(subject, None, &bucket(0), seed)?;
    if let Some(violation) = unharmed.violations.first() {
        return Err(format!("{subject} fails even when nobody kills it: {violation}").into());
    }
    let told = |step: &&&str| unharmed.steps.iter().any(|told| told == **step);
    // The one that no first attempt goes through.
    let not_told = STEPS.iter().find(|step| **step != "resumed" && !told(step));
    if let Some(step) = not_told {
        return Err(format!("{subject} does not tell the step `{step}` in its log").into());
    }
    (harness.usual, harness.beside) = (unharmed.last, unharmed.beside);
    say(&format!("{subject}: unharmed in {:.1?}, {} bytes beside", harness.usual, harness.beside));
    let row =
        |kind| Row { subject, kind, histories: 0, kills: 0, runs: 0, most_again: 0, failures: 0 };
    let mut rows: Vec<Row> = Kind::all().into_iter().map(row).collect();
    let mut random = Random::new(seed ^ subject as u64);
    let (mut done, mut histories, mut deck) = (0, 0, Vec::new());
    // A history without a kill is one that came too late: rare, but never endless.
    while done < kills && histories < 20 + 4 * kills {
        if deck.is_empty() {
            deck = (0..rows.len()).collect();
        }
        let row = &mut rows[deck.swap_remove(random.below(deck.len() as u64) as usize)];
        histories += 1;
        let outcome =
            harness.history(subject, Some(row.kind), &bucket(histories), random.next())?;
        done += outcome.kills;
        say(&format!(
            "{subject} {histories}: {}: {} kills, {} bytes again ({done} of {kills})",
            row.kind.name(),
            outcome.kills,
            outcome.sent_again
        ));
        row.add(&outcome);
    }
    Ok(rows)
}

impl Row {
    fn add(&mut self, outcome: &Outcome) {
        self.histories += 1;
        self.kills += outcome.kills;
        self.runs += outcome.runs;
        self.most_again = self.most_again.max(outcome.sent_again / outcome.kills.max(1));
        self.failures += u64::from(!outcome.violations.is_empty());
        for violation in &outcome.violations {
            say(&format!("  VIOLATION: {violation}"));
        }
    }
}

fn report(rows: &[Row], kills: u64) -> Result {
    print("");
    print(
        "| command | killed at | histories | kills | runs | most sent again per kill, MiB | allowed | failures |",
    );
    print("|---|---|---|---|---|---|---|---|");
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    for row in rows {
        print(&format!(
            "| {} | {} | {} | {} | {} | {:.1} | {:.0} | {} |",
            row.subject,
            row.kind.name(),
            row.histories,
            row.kills,
            row.runs,
            mib(row.most_again),
            mib(row.subject.in_flight()),
            row.failures,
        ));
    }
    let sum = |of: fn(&Row) -> u64| rows.iter().map(of).sum::<u64>();
    let (histories, done, failures) =
        (sum(|row| row.histories), sum(|row| row.kills), sum(|row| row.failures));
    print("");
    print(&format!("{done} kills in {histories} histories, {failures} of which failed"));
    match failures {
        0 if done >= kills => Ok(()),
        0 => Err(format!("only {done} of {kills} kills").into()),
        _ => Err(format!("{failures} of {histories} histories did not end as they must").into()),
    }
}
