//! `studio appkey`.

use jiff::tz::TimeZone;
use studio_api::v1;
use studio_domain::{AppKey, AppKeyId, UserName};

use super::token::{identity, moment, nothing, revoked};
use super::{access, operator};
use crate::args::{AppkeyCommand, AppkeyCreate, KeyList, Revoke};
use crate::commands::{Use, ask};
use crate::config::Config;
use crate::failure::Result;
use crate::output::table::Table;
use crate::output::text::{Out, note};
use crate::output::time;

/// How many accounts are looked up at once.
const PAGE: u32 = 500;

/// Runs a command about keys of players.
pub(in crate::commands) fn run(config: &Config, command: &AppkeyCommand) -> Result<()> {
    match command {
        AppkeyCommand::Create(arguments) => create(config, arguments),
        AppkeyCommand::List(arguments) => list(config, arguments),
        AppkeyCommand::Revoke(arguments) => revoke(config, arguments),
    }
}

fn create(config: &Config, arguments: &AppkeyCreate) -> Result<()> {
    let access = access(config, Use::Change)?;
    ask(async {
        let (player, who) = (arguments.name.clone(), operator());
        let (key, secret) = access.create_app_key(&arguments.user, player, &who).await?;
        let player = &key.name;
        note(&format!("app key {} for {player}; it is told only now:", key.id));
        let mut out = Out::new();
        out.line(secret.as_str())?;
        out.finish()
    })
}

fn list(config: &Config, arguments: &KeyList) -> Result<()> {
    let access = access(config, Use::Look)?;
    ask(async {
        let mut keys: Vec<(AppKey, UserName)> = Vec::new();
        let mut add = |owner: &UserName, own: Vec<AppKey>| {
            keys.extend(own.into_iter().map(|key| (key, owner.clone())));
        };
        match &arguments.user {
            Some(user) => add(user, access.app_keys(user).await?),
            None => {
                let mut after: Option<UserName> = None;
                loop {
                    let page = access.accounts(after.as_ref(), PAGE).await?;
                    let Some(last) = page.last() else { break };
                    after = Some(last.name.clone());
                    for account in &page {
                        add(&account.name, access.app_keys(&account.name).await?);
                    }
                }
            }
        }
        let mut out = Out::new();
        if arguments.json {
            let lines = keys.iter().map(|(key, owner)| v1::AppKeyLine::new(key, owner));
            return out.json(&lines.collect::<Vec<_>>());
        }
        if keys.is_empty() {
            out.line("no app keys")?;
            return out.finish();
        }
        let zone = TimeZone::system();
        let mut table = Table::new(&["ID", "NAME", "USER", "MADE", "USED"]);
        for (key, owner) in &keys {
            table.row([
                key.id.to_string(),
                key.name.to_string(),
                owner.to_string(),
                time::to_minute(key.created_at, &zone),
                moment(key.seen_at, &zone),
            ]);
        }
        table.print(&mut out)?;
        out.finish()
    })
}

fn revoke(config: &Config, arguments: &Revoke) -> Result<()> {
    let id: AppKeyId = identity(&arguments.id, "appkey")?;
    let access = access(config, Use::Change)?;
    ask(async {
        match access.revoke_app_key(id, &operator()).await? {
            true => revoked("appkey", &arguments.id),
            false => Err(nothing("appkey", &arguments.id)),
        }
    })
}
