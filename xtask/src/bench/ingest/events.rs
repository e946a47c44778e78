//! Whether the assets are as they must be after all that queues and buckets do.
//!
//! Files are put, put over, removed and ordered to be deleted, in rounds. What the bucket tells
//! of that is delivered three times, in no order, partly much later, among messages that make
//! no sense, to workers that are killed at random. After each round what is known must be what
//! the model says.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::driver::Driver;
use super::model::{Content, Model};
use super::poison::{self, Poison};
use super::script::{Op, Turn, key};
use super::workers::Workers;
use super::{BUCKET, Bench, EVENTS, ORDERS, Options, start};
use crate::Result;
use crate::bench::Verdict;
use crate::bench::site::Site;
use crate::cargo::{print, say};
use crate::files::Random;
use crate::s3::Buckets;
use crate::services::Kind;

/// The queue into which the bucket tells. From there it is passed on.
const TOLD: &str = "bucket-events";
/// How long a round may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(240);
/// How often a message is delivered that makes no sense.
const DELIVERIES: usize = 3;
/// With fewer messages on their way than these, no worker is killed.
const FEW: u64 = 100;
/// The most faults that are told.
const SHOWN: usize = 20;

/// Goes through the rounds, and looks at what is there then.
pub(super) fn measure(bench: &Bench<'_>, options: &Options, seed: u64) -> Result<Vec<Verdict>> {
    let server = start(Kind::MiniStack)?;
    let driver = Driver::start(&bench.python, &server.env(), seed)?;
    let site = Arc::new(Site::new(&bench.studio, bench.place, "events", server.env())?);
    // The queues are of another bucket; this one tells into one of its own.
    site.run(&["ingest", "setup", "--bucket", "another"])?;
    let own = [("STUDIO_INGEST_QUEUE", TOLD)];
    site.run_with(&["ingest", "setup", "--bucket", BUCKET], &own)?;
    let (service, url) = site.serve(&["--bucket", BUCKET])?;
    let workers = Workers::start(Arc::clone(&site), seed);
    let mut play = Play {
        driver,
        site,
        workers,
        url,
        random: Random::new(seed),
        model: Model::default(),
        keys: (options.events / 8).max(24),
        done: Done::default(),
        poison: [Vec::new(), Vec::new()],
    };
    let begin = Instant::now();
    while play.done.events < options.events || play.workers.kills() < options.kills {
        play.round()?;
    }
    play.end()?;
    let wall = begin.elapsed().as_secs_f64();
    let kills = play.workers.kills();
    let buckets = Buckets::new(bench.python.clone(), server.env());
    let faults = play.faults(&buckets)?;
    let Play { workers, model, done, .. } = play;
    workers.stop()?;
    service.stop()?;
    server.stop()?;
    done.print(&model, kills, wall, faults.len());
    faults.iter().take(SHOWN).for_each(|fault| say(&format!("  VIOLATION: {fault}")));
    let short = |what: &str, asked: u64, done: u64| Verdict {
        what: format!("{what} short of those asked for"),
        found: asked.saturating_sub(done) as f64,
        unit: "",
        most: 0.0,
    };
    Ok(vec![
        Verdict {
            what: "assets, files and dead letters that are not as they must be".to_owned(),
            found: faults.len() as f64,
            unit: "",
            most: 0.0,
        },
        short("events", options.events, done.events),
        short("kills", options.kills, kills),
    ])
}

/// What was done.
#[derive(Debug, Default)]
struct Done {
    rounds: u64,
    /// What the bucket told.
    events: u64,
    /// Messages that were sent to the queues.
    deliveries: u64,
    files: u64,
    poison: u64,
}

impl Done {
    fn print(&self, model: &Model, kills: u64, wall: f64, mismatches: usize) {
        print(
            "| events | deliveries | files put | keys | valid in the end | moved aside | poison, each three times | kill -9 | rounds | wall s | mismatches |",
        );
        print("|---|---|---|---|---|---|---|---|---|---|---|");
        let Self { rounds, events, deliveries, files, poison } = self;
        let (keys, valid, aside) = (model.keys(), model.valid(), model.aside());
        print(&format!(
            "| {events} | {deliveries} | {files} | {keys} | {valid} | {aside} | {poison} | {kills} | {rounds} | {wall:.0} | {mismatches} |"
        ));
    }
}

struct Play {
    driver: Driver,
    site: Arc<Site>,
    workers: Workers,
    /// Of the asset service.
    url: String,
    random: Random,
    model: Model,
    /// How many keys there are.
    keys: u64,
    done: Done,
    /// What was sent to the queue of events, and to that of orders.
    poison: [Vec<Poison>; 2],
}

impl Play {
    fn round(&mut self) -> Result {
        self.done.rounds += 1;
        let mut turns = Vec::new();
        for number in 0..self.keys {
            if self.random.below(2) == 0 {
                let key = key(number);
                let turn = Turn::any(&mut self.random, self.model.is_there(&key));
                turns.push((key, turn));
            }
        }
        let first: Vec<_> = turns.iter().map(|(key, turn)| (key, turn.first)).collect();
        let first = self.apply(&first)?;
        let poison = self.poison()?;
        self.relay(&poison, 25)?;
        self.workers.leave_in_peace(false);
        // While the first ones are on their way.
        let hasty = turns.iter().filter_map(|(key, turn)| Some((key, turn.second?)));
        let mut second = self.apply(&hasty.collect::<Vec<_>>())?.into_iter();
        for ((key, turn), content) in turns.iter().zip(first) {
            let then = turn.second.and_then(|_| second.next().flatten());
            self.model.take(key, *turn, [content, then]);
        }
        self.settle()?;
        let (Done { rounds, events, .. }, kills) = (&self.done, self.workers.kills());
        say(&format!("round {rounds}: {events} events, {kills} kills"));
        Ok(())
    }

    /// Does things to keys at once, and gives the files that were put.
    fn apply(&mut self, ops: &[(&String, Op)]) -> Result<Vec<Option<Content>>> {
        let mut wanted = Vec::new();
        for (key, op) in ops {
            wanted.push(match op {
                Op::Put(make) => {
                    self.done.files += 1;
                    let number = self.done.files;
                    json!({ "do": "put", "key": key, "kind": make.name(), "number": number })
                }
                Op::Delete => json!({ "do": "delete", "key": key }),
                Op::Order => json!({ "do": "order", "key": key }),
            });
        }
        let asked = json!({ "do": "apply", "bucket": BUCKET, "service": self.url, "ops": wanted });
        let answer = self.driver.ask(&asked)?;
        let done = answer["done"].as_array().filter(|done| done.len() == ops.len());
        let content = |item: &Value| {
            let text = |name: &str| item[name].as_str().map(str::to_owned);
            Some(Content { etag: text("etag")?, sha256: text("sha256")? })
        };
        Ok(done.ok_or("the driver did something else")?.iter().map(content).collect())
    }

    /// Messages that make no sense, or no difference: those for the queue of orders are sent,
    /// those for the queue of events are given.
    fn poison(&mut self) -> Result<Vec<String>> {
        let mut bodies = Vec::new();
        for _ in 0..14 {
            self.done.poison += 1;
            let poison = poison::for_events(self.done.poison);
            for _ in 0..DELIVERIES {
                bodies.push(poison.body.clone());
                self.poison[0].push(poison.clone());
            }
        }
        let mut orders = Vec::new();
        for _ in 0..7 {
            self.done.poison += 1;
            let poison = poison::for_orders(self.done.poison);
            for _ in 0..DELIVERIES {
                orders.push(poison.body.clone());
                self.poison[1].push(poison.clone());
            }
        }
        self.driver.send(ORDERS, &orders)?;
        self.done.deliveries += orders.len() as u64;
        let test = json!({
            "Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET, "RequestId": "r",
        });
        bodies.extend(std::iter::repeat_n(test.to_string(), 5));
        Ok(bodies)
    }

    /// Passes on what the bucket told, and so many of a hundred of the messages that are held
    /// back; how many events.
    fn relay(&mut self, more: &[String], late: u64) -> Result<u64> {
        let answer = self.driver.ask(&json!({
            "do": "relay", "source": TOLD, "target": EVENTS, "more": more,
            "late": late,
        }))?;
        let count = |name: &str| answer[name].as_u64().unwrap_or_default();
        self.done.events += count("events");
        self.done.deliveries += count("sent");
        Ok(count("events"))
    }

    /// Waits until nothing is on its way and what is known is what must be. If that does not
    /// come, the end will tell why.
    fn settle(&mut self) -> Result {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.workers.check()?;
            let news = self.relay(&[], 0)?;
            let messages = self.driver.messages(&[TOLD, EVENTS, ORDERS])?;
            if messages < FEW {
                // What is left would mostly go to requests of workers that are gone.
                self.workers.leave_in_peace(true);
            }
            let faults = match news == 0 && messages == 0 {
                true => self.model.compare_assets(&self.assets()?),
                false => vec![format!("{messages} messages are on their way")],
            };
            if faults.is_empty() {
                return Ok(());
            }
            if Instant::now() > deadline {
                let shown = faults.into_iter().take(SHOWN).collect::<Vec<_>>().join("\n  ");
                let round = self.done.rounds;
                return Err(format!("round {round} does not come to rest:\n  {shown}").into());
            }
            thread::sleep(Duration::from_millis(300));
        }
    }

    /// Delivers all that is still to be delivered.
    fn end(&mut self) -> Result {
        self.relay(&[], 100)?;
        thread::sleep(Duration::from_secs(2));
        // Moves of late bring events of their own.
        self.settle()?;
        self.relay(&[], 100)?;
        self.settle()
    }

    fn assets(&self) -> Result<Vec<Value>> {
        let listed = self.site.run(&["ingest", "list", "--json"])?;
        match serde_json::from_slice::<Value>(&listed)?.get_mut("items").map(Value::take) {
            Some(Value::Array(assets)) => Ok(assets),
            _ => Err("the listing of the assets is not as expected".into()),
        }
    }

    /// Everything that is not as it must be.
    fn faults(&self, buckets: &Buckets) -> Result<Vec<String>> {
        let mut faults = self.model.compare_assets(&self.assets()?);
        faults.extend(self.model.compare_objects(&buckets.look(BUCKET)?.objects));
        for (sent, which) in self.poison.iter().zip([None, Some("--delete")]) {
            let mut arguments = vec!["queue", "list", "--json", "--limit", "10000"];
            arguments.extend(which);
            let listed: Value = serde_json::from_slice(&self.site.run(&arguments)?)?;
            let letters = listed["messages"].as_array().ok_or("no dead letters are told")?;
            faults.extend(poison::compare(sent, letters));
        }
        Ok(faults)
    }
}
