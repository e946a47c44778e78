//! `studio url`.

use studio_api::{format_time, v1};
use studio_core::{Job, Link, StoreUrl, Version};

use crate::args;
use crate::config::Config;
use crate::failure::{Failure, Result};
use crate::output::text::Out;

pub(super) fn run(config: &Config, arguments: &args::Url) -> Result<()> {
    let path = super::version_path(&arguments.names, config)?;
    let studio = super::open(config, super::Use::Look)?;
    super::transfer(async |job: Job| match studio.link(&path, arguments.expires.0, &job).await {
        Ok(Link { version, url: Some(url), expires_at }) => {
            let mut out = Out::new();
            if arguments.json {
                let version = v1::Version::from(&version.record);
                let expires_at = format_time(expires_at);
                return out.json(&v1::Link { url, expires_at, version });
            }
            out.line(&url)?;
            out.finish()
        }
        Ok(Link { version, url: None, .. }) => Err(no_links(studio.store_url(), &version)),
        Err(error) => Err(super::with_suggestions(&studio, error).await),
    })
}

/// What to say of a store that cannot be reached from elsewhere.
fn no_links(store: &StoreUrl, version: &Version) -> Failure {
    let hint = match store {
        StoreUrl::File(directory) => {
            let file = directory.join(version.object_key.as_str());
            format!("the bytes are in {}", file.display())
        }
        _ => "`studio download` makes a file to pass on".to_owned(),
    };
    Failure::usage(format!("only a bucket has links, and {store} is none"), hint)
}
