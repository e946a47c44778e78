//! `studio user`, `token`, `appkey` and `audit`.

mod appkey;
mod audit;
mod identities;
mod token;
mod user;

use std::sync::Arc;

use studio_core::access::{Access, AccessError, Actor, StudioSecret};
use studio_core::listener::Listeners;
use studio_core::{Error, ErrorKind};
use studio_repo::SqliteCatalog;

pub(super) use self::appkey::run as appkey;
pub(super) use self::audit::run as audit;
pub(super) use self::token::run as token;
pub(super) use self::user::run as user;

use super::Use;
use crate::config::Config;
use crate::failure::{Failure, Result, code_of};

/// Those who may come in to the studio of a configuration.
pub(super) fn access(config: &Config, purpose: Use) -> Result<Access> {
    Ok(Access::new(super::catalog(config, purpose)?, secret(config, purpose)?))
}

/// Those who may come in to a catalogue that is open, and what there is for them.
pub(super) fn access_to(
    config: &Config,
    catalog: &Arc<SqliteCatalog>,
    purpose: Use,
) -> Result<(Access, Listeners)> {
    let secret = secret(config, purpose)?;
    let listeners = Listeners::new(Arc::clone(catalog), secret.clone());
    Ok((Access::new(Arc::clone(catalog), secret), listeners))
}

/// What only the studio knows: of STUDIO_SECRET, or of a file beside the database, which is
/// made when it is first needed.
fn secret(config: &Config, purpose: Use) -> Result<StudioSecret> {
    if let Some(text) = std::env::var("STUDIO_SECRET").ok().filter(|text| !text.is_empty()) {
        return Ok(StudioSecret::from_text(&text)?);
    }
    let path = config.secret_file();
    match purpose == Use::Look && !path.exists() {
        true => Ok(StudioSecret::random()?),
        false => Ok(StudioSecret::open(&path)?),
    }
}

/// Whoever sits at this command line.
fn operator() -> Actor {
    let of = |names: [&str; 2]| {
        names.into_iter().find_map(|name| std::env::var(name).ok().filter(|text| !text.is_empty()))
    };
    let name = of(["USER", "LOGNAME"]).unwrap_or_else(|| "somebody".to_owned());
    let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
    Actor { account: None, name, way: "command line".to_owned(), address: machine }
}

impl From<AccessError> for Failure {
    fn from(error: AccessError) -> Self {
        let hint = match &error {
            AccessError::Failed(_) => None,
            AccessError::NoAccount { .. } => Some("`studio user list` tells which there are"),
            AccessError::Disabled { .. } => Some("`studio user enable` lets it in again"),
            AccessError::Password(_) => {
                Some("a few words that nobody would put together are easy to remember")
            }
            AccessError::Secret { .. } => {
                Some("it lies beside the database; put it back from a backup, or set STUDIO_SECRET")
            }
            _ => None,
        };
        match error {
            AccessError::Failed(error) => error.into(),
            error if error.kind() == ErrorKind::Failure => Error::Internal(Box::new(error)).into(),
            error => Self::Own {
                message: error.to_string(),
                code: code_of(error.kind()),
                source: None,
                hint: hint.map(str::to_owned),
            },
        }
    }
}
