//! `studio user identities`, `link` and `unlink`.

use jiff::tz::TimeZone;
use studio_api::v1;

use super::user::say;
use super::{access, operator};
use crate::args::{AtProvider, UserIdentities, UserLink, UserUnlink};
use crate::commands::{Use, ask};
use crate::config::Config;
use crate::failure::{Failure, NOT_FOUND, Result};
use crate::output::table::Table;
use crate::output::text::Out;
use crate::output::time;

pub(super) fn list(config: &Config, arguments: &UserIdentities) -> Result<()> {
    let access = access(config, Use::Look)?;
    ask(async {
        let account = access.account(&arguments.name).await?;
        let identities = access.identities(&account).await?;
        let mut out = Out::new();
        if arguments.json {
            let line = |identity| v1::IdentityLine::new(identity, &account.name);
            return out.json(&identities.iter().map(line).collect::<Vec<_>>());
        }
        if identities.is_empty() {
            out.line("no identities; `studio user link` links one")?;
            return out.finish();
        }
        let zone = TimeZone::system();
        let mut table = Table::new(&["ISSUER", "SUBJECT", "E-MAIL", "LINKED"]);
        for identity in identities {
            let linked = time::to_day(identity.linked_at, &zone);
            let email = identity.email.unwrap_or_default();
            table.row([identity.issuer, identity.subject, email, linked]);
        }
        table.print(&mut out)?;
        out.finish()
    })
}

pub(super) fn link(config: &Config, arguments: &UserLink) -> Result<()> {
    let (issuer, subject) = (issuer(config, &arguments.identity)?, &arguments.identity.subject);
    let access = access(config, Use::Change)?;
    ask(async {
        let account = access.account(&arguments.name).await?;
        access.link_identity(&account, issuer, subject, &operator()).await?;
        say(&format!("linked {subject} at {issuer} to account {}", account.name))
    })
}

pub(super) fn unlink(config: &Config, arguments: &UserUnlink) -> Result<()> {
    let (issuer, subject) = (issuer(config, &arguments.identity)?, &arguments.identity.subject);
    let access = access(config, Use::Change)?;
    ask(async {
        let account = access.account(&arguments.name).await?;
        let name = &account.name;
        if access.unlink(&account, issuer, subject, &operator()).await? {
            return say(&format!("took the link of {subject} at {issuer} to account {name} back"));
        }
        Err(Failure::Own {
            message: format!("{subject} at {issuer} is not linked to account {name}"),
            code: NOT_FOUND,
            source: None,
            hint: Some(format!("`studio user identities {name}` tells what is")),
        })
    })
}

/// The issuer that is meant: that of a table of this name, or one that is written out.
fn issuer<'a>(config: &'a Config, meant: &'a AtProvider) -> Result<&'a str> {
    let named = config.oidc.iter().find(|table| table.name == meant.provider);
    if let Some(table) = named {
        return Ok(&table.issuer);
    }
    let text = meant.provider.as_str();
    match text.starts_with("https://") || text.starts_with("http://") {
        true => Ok(text),
        false => Err(Failure::usage(
            format!("there is no [[oidc]] with the name {text} in studio.toml"),
            "`studio config` tells which there are; an issuer begins with https://",
        )),
    }
}
