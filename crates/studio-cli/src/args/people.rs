//! The commands about those who may come in.

use clap::{ArgAction, Args, Subcommand};
use studio_core::ArtistName;
use studio_domain::{DeviceName, EmailAddress, Role, Scopes, UserName};

use crate::units::Span;

/// Decide who may come in
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct User {
    #[command(subcommand)]
    pub(crate) command: UserCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    Add(UserAdd),
    List(UserList),
    Set(UserSet),
    Passwd(UserPasswd),
    /// Let an account in no more
    ///
    /// Its sessions, tokens and app keys end; they do not come back when it is enabled.
    Disable(UserNamed),
    /// Let an account in again that was disabled
    Enable(UserNamed),
    Identities(UserIdentities),
    Link(UserLink),
    Unlink(UserUnlink),
    Remove(UserRemove),
}

/// Where a password comes from.
#[derive(Debug, Clone, Args)]
pub(crate) struct NewPassword {
    /// Read the password from the first line of stdin instead of asking for it
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

/// Make an account
///
/// The password is asked for at the terminal, twice. It has at least 12 characters; nothing
/// else is asked of it.
#[derive(Debug, Args)]
#[command(after_help = USER_EXAMPLES)]
pub(crate) struct UserAdd {
    /// The name to sign in with
    pub(crate) name: UserName,
    /// What they are: manager, artist or listener
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Role,
    /// Where they can be written to; unique, as the name is
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<EmailAddress>,
    /// An artist that is theirs: they see and change what belongs to it. May be given more
    /// than once
    #[arg(long = "artist", value_name = "NAME")]
    pub(crate) artists: Vec<ArtistName>,
    #[command(flatten)]
    pub(crate) password: NewPassword,
    /// Without a password: for who comes in by another way, or is given one later
    #[arg(long, conflicts_with = "password_stdin")]
    pub(crate) no_password: bool,
}

/// List the accounts
#[derive(Debug, Args)]
pub(crate) struct UserList {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Change what an account is; what is not named stays
#[derive(Debug, Args)]
pub(crate) struct UserSet {
    /// Whose account
    pub(crate) name: UserName,
    /// What they are from now on; they have to sign in again
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<Role>,
    /// Where they can be written to; `none` for nowhere
    #[arg(long, value_name = "ADDRESS", value_parser = email)]
    pub(crate) email: Option<Email>,
    /// The artists that are theirs, in the place of those before. May be given more than once
    #[arg(long = "artist", value_name = "NAME")]
    pub(crate) artists: Vec<ArtistName>,
    /// No artist is theirs any more
    #[arg(long, conflicts_with = "artists", action = ArgAction::SetTrue)]
    pub(crate) no_artists: bool,
}

/// An address, or none.
#[derive(Debug, Clone)]
pub(crate) struct Email(pub(crate) Option<EmailAddress>);

fn email(text: &str) -> Result<Email, String> {
    match text {
        "none" => Ok(Email(None)),
        text => text.parse().map(|email| Email(Some(email))).map_err(|error| format!("{error}")),
    }
}

/// Give an account another password; who is signed in with it has to sign in again
#[derive(Debug, Args)]
pub(crate) struct UserPasswd {
    /// Whose account
    pub(crate) name: UserName,
    #[command(flatten)]
    pub(crate) password: NewPassword,
}

/// An account by its name.
#[derive(Debug, Args)]
pub(crate) struct UserNamed {
    /// Whose account
    pub(crate) name: UserName,
}

/// List who they are at providers of OpenID Connect, the oldest link first
#[derive(Debug, Args)]
pub(crate) struct UserIdentities {
    /// Whose account
    pub(crate) name: UserName,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Link somebody at a provider to an account: they come in from there, as that account
///
/// Nothing is asked of the provider. Whoever is signed in can link themselves at
/// /auth/PROVIDER/link, without anybody having to know their subject.
#[derive(Debug, Args)]
#[command(after_help = LINK_EXAMPLES)]
pub(crate) struct UserLink {
    /// Whose account
    pub(crate) name: UserName,
    #[command(flatten)]
    pub(crate) identity: AtProvider,
}

/// Take such a link back; the sessions of the account end
#[derive(Debug, Args)]
pub(crate) struct UserUnlink {
    /// Whose account
    pub(crate) name: UserName,
    #[command(flatten)]
    pub(crate) identity: AtProvider,
}

/// Who somebody is at a provider.
#[derive(Debug, Clone, Args)]
pub(crate) struct AtProvider {
    /// The provider: the name of its table [[oidc]] in studio.toml, or its issuer
    pub(crate) provider: String,
    /// Who they are there, for ever: the claim `sub`
    #[arg(value_parser = subject)]
    pub(crate) subject: String,
}

/// OpenID Connect Core 1.0, 2: at most 255 characters of ASCII.
fn subject(text: &str) -> Result<String, String> {
    match !text.is_empty()
        && text.len() <= 255
        && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
    {
        true => Ok(text.to_owned()),
        false => Err("a subject has 1 to 255 characters of ASCII".to_owned()),
    }
}

/// Take an account out, with all that is its own
#[derive(Debug, Args)]
pub(crate) struct UserRemove {
    /// Whose account
    pub(crate) name: UserName,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Let programs in
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Token {
    #[command(subcommand)]
    pub(crate) command: TokenCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    Create(TokenCreate),
    List(KeyList),
    Revoke(Revoke),
}

/// Make a token; it is printed once, and never again
///
/// A program sends it as `Authorization: Bearer TOKEN`. It carries the rights of the account,
/// as far as its scopes go.
#[derive(Debug, Args)]
#[command(after_help = TOKEN_EXAMPLES)]
pub(crate) struct TokenCreate {
    /// Whose rights it carries
    pub(crate) user: UserName,
    /// What it is for
    pub(crate) name: DeviceName,
    /// What it may be used for: read, write, ingest, manage, with commas between them
    #[arg(long, value_name = "SCOPES", default_value = "read")]
    pub(crate) scope: Scopes,
    /// How long it holds; `never` for one that does not end
    #[arg(long, value_name = "TIME", default_value = "90d", value_parser = holds)]
    pub(crate) expires: Holds,
}

/// How long something holds; for ever if nothing is there.
#[derive(Debug, Clone)]
pub(crate) struct Holds(pub(crate) Option<Span>);

fn holds(text: &str) -> Result<Holds, String> {
    match text {
        "never" => Ok(Holds(None)),
        text => crate::config::serve::parse_span(text).map(|span| Holds(Some(span))),
    }
}

/// List them, the newest first
#[derive(Debug, Args)]
pub(crate) struct KeyList {
    /// Only those of this account
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<UserName>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Take one back: it lets nobody in from now on
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// Its id, as `list` tells it
    pub(crate) id: String,
}

/// Let players in: apps that speak OpenSubsonic
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Appkey {
    #[command(subcommand)]
    pub(crate) command: AppkeyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AppkeyCommand {
    Create(AppkeyCreate),
    List(KeyList),
    Revoke(Revoke),
}

/// Make a key for a player; it is printed once
///
/// It is typed into the player in the place of the password, which no player ever needs.
#[derive(Debug, Args)]
#[command(after_help = APPKEY_EXAMPLES)]
pub(crate) struct AppkeyCreate {
    /// Who listens
    pub(crate) user: UserName,
    /// The player
    pub(crate) name: DeviceName,
}

/// Tell who changed what, when and from where: the last first
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Only what this account did
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<UserName>,
    /// At most so many lines
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    pub(crate) limit: u32,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const USER_EXAMPLES: &str = "\
Examples:
  studio user add laura --role manager --email laura@example.org
  studio user add khruangbin --role artist --artist Khruangbin
  pass studio/ann | studio user add ann --role listener --password-stdin";

const LINK_EXAMPLES: &str = "\
Examples:
  studio user link ann google 110169484474386276334
  studio user unlink ann https://accounts.google.com 110169484474386276334";

const TOKEN_EXAMPLES: &str = "\
Examples:
  studio token create laura worker --scope ingest --expires never
  studio token create laura report --scope read --expires 30d";

const APPKEY_EXAMPLES: &str = "\
Examples:
  studio appkey create ann phone
  studio appkey list --user ann";
