//! `studio discogs`.

mod find;
mod knows;
mod say;

pub(super) use self::knows::for_service;
use self::knows::{Keeping, Knows};
use super::{Use, transfer};
use crate::args::DiscogsCommand;
use crate::config::Config;
use crate::failure::Result;

/// Runs a command about Discogs.
pub(super) fn run(config: &Config, command: &DiscogsCommand) -> Result<()> {
    match command {
        DiscogsCommand::Match(arguments) => {
            knows::need_token(config)?;
            let dry_run = arguments.telling.dry_run;
            // A dry run leaves nothing in the store either.
            let keeping = if dry_run { Keeping::InMemory } else { Keeping::AsSet };
            let knows = Knows::open(config, Use::of(dry_run), keeping)?;
            transfer(async |job| {
                let found = find::run(&knows, config, arguments, &job).await;
                knows.settle(&job).await;
                found
            })
        }
        DiscogsCommand::Set(arguments) => {
            let dry_run = arguments.telling.dry_run;
            let keeping = if dry_run { Keeping::InMemory } else { Keeping::AsSet };
            let knows = Knows::open(config, Use::of(dry_run), keeping)?;
            transfer(async |job| {
                let said = say::set(&knows, config, arguments, &job).await;
                knows.settle(&job).await;
                said
            })
        }
        DiscogsCommand::Unset(arguments) => {
            let purpose = Use::of(arguments.telling.dry_run);
            let knows = Knows::open(config, purpose, Keeping::InMemory)?;
            transfer(async |_| say::unset(&knows, config, arguments).await)
        }
        DiscogsCommand::Show(arguments) => {
            let knows = Knows::open(config, Use::Look, Keeping::AsSet)?;
            transfer(async |job| {
                let shown = say::show(&knows, config, arguments, &job).await;
                knows.settle(&job).await;
                shown
            })
        }
    }
}
