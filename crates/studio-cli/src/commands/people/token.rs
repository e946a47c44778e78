//! `studio token`.

use jiff::tz::TimeZone;
use studio_api::v1;
use studio_core::Timestamp;
use studio_core::access::NewToken;
use studio_domain::ApiTokenId;

use super::{access, operator};
use crate::args::{KeyList, Revoke, TokenCommand, TokenCreate};
use crate::commands::{Use, ask};
use crate::config::Config;
use crate::failure::{Failure, NOT_FOUND, Result};
use crate::output::table::Table;
use crate::output::text::{Out, note};
use crate::output::time;

/// Runs a command about tokens.
pub(in crate::commands) fn run(config: &Config, command: &TokenCommand) -> Result<()> {
    match command {
        TokenCommand::Create(arguments) => create(config, arguments),
        TokenCommand::List(arguments) => list(config, arguments),
        TokenCommand::Revoke(arguments) => revoke(config, arguments),
    }
}

fn create(config: &Config, arguments: &TokenCreate) -> Result<()> {
    let access = access(config, Use::Change)?;
    ask(async {
        let new = NewToken {
            name: arguments.name.clone(),
            scopes: arguments.scope.clone(),
            holds: arguments.expires.0.map(|span| span.0),
        };
        let (token, secret) = access.create_token(&arguments.user, new, &operator()).await?;
        let until = match token.expires_at {
            Some(end) => format!("until {}", time::to_minute(end, &TimeZone::system())),
            None => "until it is revoked".to_owned(),
        };
        // On its own on stdout, so that it can be caught.
        note(&format!("token {} for {}, {until}; it is told only now:", token.id, token.scopes));
        let mut out = Out::new();
        out.line(secret.as_str())?;
        out.finish()
    })
}

/// Day and minute, or nothing.
pub(super) fn moment(at: Option<Timestamp>, zone: &TimeZone) -> String {
    at.map(|at| time::to_minute(at, zone)).unwrap_or_default()
}

fn list(config: &Config, arguments: &KeyList) -> Result<()> {
    let access = access(config, Use::Look)?;
    ask(async {
        let tokens = access.tokens(arguments.user.as_ref()).await?;
        let mut out = Out::new();
        if arguments.json {
            let lines = tokens.iter().map(|(token, owner)| v1::TokenLine::new(token, owner));
            return out.json(&lines.collect::<Vec<_>>());
        }
        if tokens.is_empty() {
            out.line("no tokens")?;
            return out.finish();
        }
        let zone = TimeZone::system();
        let mut table = Table::new(&["ID", "NAME", "USER", "SCOPES", "ENDS", "USED"]);
        for (token, owner) in &tokens {
            let ends = match token.expires_at {
                None => "never".to_owned(),
                end => moment(end, &zone),
            };
            table.row([
                token.id.to_string(),
                token.name.to_string(),
                owner.to_string(),
                token.scopes.to_string(),
                ends,
                moment(token.seen_at, &zone),
            ]);
        }
        table.print(&mut out)?;
        out.finish()
    })
}

fn revoke(config: &Config, arguments: &Revoke) -> Result<()> {
    let id: ApiTokenId = identity(&arguments.id, "token")?;
    let access = access(config, Use::Change)?;
    ask(async {
        match access.revoke_token(id, &operator()).await? {
            true => revoked("token", &arguments.id),
            false => Err(nothing("token", &arguments.id)),
        }
    })
}

pub(super) fn identity<T: std::str::FromStr>(text: &str, what: &str) -> Result<T> {
    let hint = format!("`studio {what} list` tells the ids");
    text.parse().map_err(|_| Failure::usage(format!("`{text}` is no id"), hint))
}

pub(super) fn revoked(what: &str, id: &str) -> Result<()> {
    let mut out = Out::new();
    out.line(&format!("took back {what} {id}"))?;
    out.finish()
}

pub(super) fn nothing(what: &str, id: &str) -> Failure {
    Failure::Own {
        message: format!("there is no {what} {id}"),
        code: NOT_FOUND,
        source: None,
        hint: Some(format!("`studio {what} list` tells which there are")),
    }
}
