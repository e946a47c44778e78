//! `studio queue`.

use serde::Serialize;
use studio_api::format_time;
use studio_core::Error;
use studio_core::queue::dead_letter::{self, DeadLetter};

use super::service::queue;
use super::{ask, count};
use crate::args::{QueueCommand, QueueList, QueueRedrive, WhichQueue};
use crate::config::Config;
use crate::config::ingest::dead;
use crate::failure::Result;
use crate::output::text::{Out, note};

/// How much of a message's text is shown, in characters.
const SHOWN: usize = 160;

pub(super) fn run(config: &Config, command: &QueueCommand) -> Result<()> {
    match command {
        QueueCommand::List(arguments) => list(config, arguments),
        QueueCommand::Redrive(arguments) => redrive(config, arguments),
    }
}

fn name(config: &Config, which: &WhichQueue) -> String {
    match which.delete {
        true => config.ingest.orders(None),
        false => config.ingest.events(which.queue.as_deref()),
    }
}

#[derive(Serialize)]
struct Letters {
    queue: String,
    messages: Vec<Letter>,
}

#[derive(Serialize)]
struct Letter {
    id: String,
    reason: Option<String>,
    detail: Option<String>,
    source: Option<String>,
    received: Option<u32>,
    cut_from_bytes: Option<usize>,
    since: Option<String>,
    body: String,
}

impl From<DeadLetter> for Letter {
    fn from(letter: DeadLetter) -> Self {
        let DeadLetter { id, body, reason, detail, source, received, cut, since, .. } = letter;
        let since = since.map(format_time);
        Self { id, reason, detail, source, received, cut_from_bytes: cut, since, body }
    }
}

fn list(config: &Config, arguments: &QueueList) -> Result<()> {
    let name = dead(&name(config, &arguments.which));
    ask(async {
        let queue = queue(config, &name);
        let letters = dead_letter::list(&*queue, arguments.which.limit).await;
        let letters = letters.map_err(Error::from)?;
        let mut out = Out::new();
        if arguments.json {
            let messages = letters.into_iter().map(Letter::from).collect();
            return out.json(&Letters { queue: name, messages });
        }
        for letter in &letters {
            let reason = letter.reason.as_deref().unwrap_or("too many deliveries");
            let detail = letter.detail.as_deref().unwrap_or_default();
            out.line(&format!("{}  {reason}  {detail}", letter.id))?;
            let shown: String = letter.body.chars().take(SHOWN).collect();
            let more = if shown.len() < letter.body.len() { "…" } else { "" };
            out.line(&format!("    {shown}{more}"))?;
        }
        out.finish()?;
        note(&match letters.len() as u64 {
            0 => format!("{name} is empty"),
            some => format!("{} in {name}", count(some, "message", "messages")),
        });
        Ok(())
    })
}

#[derive(Serialize)]
struct Redriven {
    dry_run: bool,
    queue: String,
    moved: usize,
    /// Those that are left because they have other reasons.
    others: usize,
    /// Those that are left because their text is not whole.
    cut: Vec<Letter>,
    /// Whether there may be more.
    more: bool,
}

fn redrive(config: &Config, arguments: &QueueRedrive) -> Result<()> {
    let QueueRedrive { which, reason, dry_run, json } = arguments;
    let name = name(config, which);
    ask(async {
        let (own, aside) = (queue(config, &name), queue(config, &dead(&name)));
        let done = match dry_run {
            true => {
                let letters = dead_letter::list(&*aside, which.limit).await.map_err(Error::from)?;
                let asked = |one: &DeadLetter| reason.is_none() || one.reason == *reason;
                let (wanted, others): (Vec<_>, Vec<_>) = letters.into_iter().partition(asked);
                let (cut, whole): (Vec<_>, Vec<_>) =
                    wanted.into_iter().partition(|one| one.cut.is_some());
                let (moved, others) = (whole.len(), others.len());
                dead_letter::Redriven { moved, others, cut, more: false }
            }
            false => {
                let reason = reason.as_deref();
                let done = dead_letter::redrive(&*aside, &*own, which.limit, reason).await;
                done.map_err(Error::from)?
            }
        };
        let mut out = Out::new();
        let dead_letter::Redriven { moved, others, cut, more } = done;
        if *json {
            let cut = cut.into_iter().map(Letter::from).collect();
            return out.json(&Redriven {
                dry_run: *dry_run,
                queue: name,
                moved,
                others,
                cut,
                more,
            });
        }
        let verb = if *dry_run { "would move" } else { "moved" };
        let messages = count(moved as u64, "message", "messages");
        out.line(&format!("{verb} {messages} back to {name}"))?;
        out.finish()?;
        match others {
            0 => {}
            1 => note("1 message with another reason stays"),
            others => note(&format!("{others} messages with other reasons stay")),
        }
        for letter in &cut {
            note(&format!("{} stays: its text was too long, and is not whole", letter.id));
        }
        if more {
            note("there may be more: the same command again goes on");
        }
        Ok(())
    })
}
