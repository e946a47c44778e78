//! `studio config`.

use studio_api::v1;

use crate::args;
use crate::config::{self, Config};
use crate::failure::Result;
use crate::output::text::Out;

pub(super) fn run(config: &Config, arguments: &args::Config) -> Result<()> {
    let settings = config::report(config);
    let mut out = Out::new();
    if arguments.json {
        return out.json(&v1::Config { settings });
    }
    let values: Vec<&str> =
        settings.iter().map(|setting| setting.value.as_deref().unwrap_or("-")).collect();
    let name_width = settings.iter().map(|setting| setting.name.len()).max().unwrap_or(0);
    let value_width = values.iter().map(|value| value.chars().count()).max().unwrap_or(0);
    for (setting, value) in settings.iter().zip(values) {
        let (name, source) = (&setting.name, &setting.source);
        out.line(&format!("{name:<name_width$}  {value:<value_width$}  ({source})"))?;
    }
    out.finish()
}
