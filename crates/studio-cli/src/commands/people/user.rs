//! `studio user`.

use std::io::{self, BufRead as _, IsTerminal as _};

use jiff::tz::TimeZone;
use studio_api::v1;
use studio_core::access::{Access, AccountChange, NewAccount};
use studio_domain::{Account, ArtistName, UserName};

use super::{access, identities, operator};
use crate::args::{NewPassword, UserAdd, UserCommand, UserList, UserPasswd, UserRemove, UserSet};
use crate::commands::{Use, ask, transfer};
use crate::config::Config;
use crate::failure::{Failure, Result};
use crate::output::confirm;
use crate::output::table::Table;
use crate::output::text::Out;
use crate::output::time;

/// How many accounts are looked up at once.
const PAGE: u32 = 500;

/// The longest line that is read as a password, to tell one that is too long.
const LONGEST_LINE: u64 = 4096;

/// Runs a command about accounts.
pub(in crate::commands) fn run(config: &Config, command: &UserCommand) -> Result<()> {
    match command {
        UserCommand::Add(arguments) => add(config, arguments),
        UserCommand::List(arguments) => list(config, arguments),
        UserCommand::Set(arguments) => set(config, arguments),
        UserCommand::Passwd(arguments) => passwd(config, arguments),
        UserCommand::Disable(arguments) => enable(config, &arguments.name, false),
        UserCommand::Enable(arguments) => enable(config, &arguments.name, true),
        UserCommand::Identities(arguments) => identities::list(config, arguments),
        UserCommand::Link(arguments) => identities::link(config, arguments),
        UserCommand::Unlink(arguments) => identities::unlink(config, arguments),
        UserCommand::Remove(arguments) => remove(config, arguments),
    }
}

fn add(config: &Config, arguments: &UserAdd) -> Result<()> {
    let password = match arguments.no_password {
        true => None,
        false => Some(new_password(&arguments.password)?),
    };
    let access = access(config, Use::Change)?;
    ask(async {
        let new = NewAccount {
            name: arguments.name.clone(),
            email: arguments.email.clone(),
            role: arguments.role,
            artists: arguments.artists.clone(),
        };
        let account = access.add_account(new, password.as_deref(), &operator()).await?;
        say(&format!("made account {} ({})", account.name, account.role))
    })
}

pub(super) fn say(line: &str) -> Result<()> {
    let mut out = Out::new();
    out.line(line)?;
    out.finish()
}

fn list(config: &Config, arguments: &UserList) -> Result<()> {
    let access = access(config, Use::Look)?;
    ask(async {
        let accounts = all(&access).await?;
        let mut out = Out::new();
        if arguments.json {
            return out.json(&accounts.iter().map(v1::AccountLine::from).collect::<Vec<_>>());
        }
        if accounts.is_empty() {
            out.line("no accounts; `studio user add NAME --role manager` makes the first")?;
            return out.finish();
        }
        let zone = TimeZone::system();
        let mut table = Table::new(&["NAME", "ROLE", "E-MAIL", "ARTISTS", "MADE", "STATE"]);
        for account in &accounts {
            let artists: Vec<&str> = account.artists.iter().map(ArtistName::as_str).collect();
            table.row([
                account.name.to_string(),
                account.role.to_string(),
                account.email.as_ref().map(ToString::to_string).unwrap_or_default(),
                artists.join(", "),
                time::to_day(account.created_at, &zone),
                state(account).to_owned(),
            ]);
        }
        table.print(&mut out)?;
        out.finish()
    })
}

fn state(account: &Account) -> &'static str {
    match (account.is_enabled(), &account.password) {
        (false, _) => "disabled",
        (true, None) => "no password",
        (true, Some(_)) => "",
    }
}

async fn all(access: &Access) -> Result<Vec<Account>> {
    let mut accounts: Vec<Account> = Vec::new();
    loop {
        let after = accounts.last().map(|account| account.name.clone());
        let page = access.accounts(after.as_ref(), PAGE).await?;
        match page.is_empty() {
            true => return Ok(accounts),
            false => accounts.extend(page),
        }
    }
}

fn set(config: &Config, arguments: &UserSet) -> Result<()> {
    let artists = match arguments.no_artists {
        true => Some(Vec::new()),
        false => Some(arguments.artists.clone()).filter(|artists| !artists.is_empty()),
    };
    let email = arguments.email.as_ref().map(|email| email.0.clone());
    let change = AccountChange { email, role: arguments.role, artists, enabled: None };
    if change == AccountChange::default() {
        return Err(Failure::usage(
            "nothing to change was named",
            "--role, --email, --artist or --no-artists",
        ));
    }
    let access = access(config, Use::Change)?;
    ask(async {
        let before = access.account(&arguments.name).await?;
        let account = access.change_account(&arguments.name, change, &operator()).await?;
        let verb = if account == before { "nothing to change:" } else { "changed" };
        say(&format!("{verb} account {}", account.name))
    })
}

fn passwd(config: &Config, arguments: &UserPasswd) -> Result<()> {
    let access = access(config, Use::Change)?;
    // Before anything is asked.
    ask(async { Ok(access.account(&arguments.name).await?) })?;
    let password = new_password(&arguments.password)?;
    ask(async {
        let account = access.set_password(&arguments.name, &password, &operator()).await?;
        say(&format!("changed the password of {}; its sessions have ended", account.name))
    })
}

fn enable(config: &Config, name: &UserName, enabled: bool) -> Result<()> {
    let access = access(config, Use::Change)?;
    ask(async {
        let before = access.account(name).await?;
        let change = AccountChange { enabled: Some(enabled), ..AccountChange::default() };
        let account = access.change_account(name, change, &operator()).await?;
        let done = match (before.is_enabled() == enabled, enabled) {
            (true, true) => "already enabled:",
            (true, false) => "already disabled:",
            (false, true) => "enabled",
            (false, false) => "disabled",
        };
        say(&format!("{done} account {}", account.name))
    })
}

fn remove(config: &Config, arguments: &UserRemove) -> Result<()> {
    let access = access(config, Use::Change)?;
    let name = &arguments.name;
    transfer(async |job| {
        access.account(name).await?;
        let question = format!("take account {name} out, with all that is its own?");
        if !arguments.yes {
            match confirm::ask(&question, &job).await? {
                confirm::Answer::Yes => {}
                confirm::Answer::No => return Err(Failure::Declined("nothing was done")),
                confirm::Answer::Nobody => {
                    return Err(Failure::usage(
                        format!("account {name} is taken out only when somebody says so"),
                        "add --yes",
                    ));
                }
            }
        }
        let account = access.remove_account(name, &operator()).await?;
        say(&format!("took out account {}", account.name))
    })
}

/// A password that somebody types, twice, or that stands in the first line of stdin.
fn new_password(from: &NewPassword) -> Result<String> {
    if from.password_stdin {
        return first_line(io::stdin().lock());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(
            "there is nobody to ask for the password",
            "add --password-stdin to read it from the first line of stdin",
        ));
    }
    let ask = |prompt: &str| rpassword::prompt_password(prompt).map_err(unread);
    let first = ask("new password: ")?;
    match first == ask("once more: ")? {
        true => Ok(first),
        false => Err(Failure::usage("that was not the same twice", "nothing was done; try again")),
    }
}

fn first_line(from: impl io::BufRead) -> Result<String> {
    let mut line = String::new();
    io::Read::take(from, LONGEST_LINE).read_line(&mut line).map_err(unread)?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

fn unread(source: io::Error) -> Failure {
    Failure::Own {
        message: "the password cannot be read".to_owned(),
        code: 1,
        source: Some(source),
        hint: None,
    }
}
