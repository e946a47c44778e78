//! The profiles of the gate.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::Deserialize;
use studio_core::audio::gate::{Level, Profile, Rule};
use studio_core::{Codec, Container, Decibels, ParseKindError};

use crate::failure::{Failure, Result};

/// The table `[profiles.NAME]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileTable {
    base: Option<String>,
    sample_rates: Option<Vec<u32>>,
    bit_depths: Option<Vec<u16>>,
    channels: Option<Vec<u16>>,
    codecs: Option<Vec<String>>,
    containers: Option<Vec<String>>,
    dc_offset: Option<f64>,
    #[serde(default)]
    refuse: Vec<String>,
    #[serde(default)]
    warn: Vec<String>,
    #[serde(default)]
    off: Vec<String>,
}

/// The profiles of one's own, by name.
pub(crate) type Profiles = BTreeMap<String, ProfileTable>;

/// The names of those that are built in.
const BUILT_IN: [&str; 2] = ["any", "ingest"];

/// The profile with a name: one of one's own, or a built-in one.
pub(crate) fn find(name: &str, own: &Profiles) -> Result<Profile> {
    if let Some(table) = own.get(name) {
        return build(name, table);
    }
    Profile::built_in(name).ok_or_else(|| {
        // One of one's own may have the name of a built-in one.
        let own = own.keys().map(String::as_str).filter(|name| !BUILT_IN.contains(name));
        let known: Vec<&str> = BUILT_IN.into_iter().chain(own).collect();
        Failure::usage(
            format!("there is no profile `{name}`"),
            format!(
                "there are: {}; `studio check --help` shows how to write another",
                known.join(", ")
            ),
        )
    })
}

fn build(name: &str, table: &ProfileTable) -> Result<Profile> {
    let base = table.base.as_deref().unwrap_or("any");
    let wrong = |problem: String| {
        Failure::usage(
            format!("[profiles.{name}] in studio.toml: {problem}"),
            "`studio check --help` shows what a profile looks like",
        )
    };
    let Some(mut profile) = Profile::built_in(base) else {
        return Err(wrong(format!("base is `any` or `ingest`, not `{base}`")));
    };
    profile = profile.named(name);
    if table.sample_rates.is_some() {
        profile = profile.sample_rates(table.sample_rates.clone());
    }
    if table.bit_depths.is_some() {
        profile = profile.bit_depths(table.bit_depths.clone());
    }
    if table.channels.is_some() {
        profile = profile.channels(table.channels.clone());
    }
    if let Some(codecs) = &table.codecs {
        let codecs = kinds(codecs, Codec::ALL.iter().map(|codec| codec.as_str()));
        profile = profile.codecs(Some(codecs.map_err(wrong)?));
    }
    if let Some(containers) = &table.containers {
        let known = Container::ALL.iter().map(|container| container.as_str());
        let containers = kinds(containers, known);
        profile = profile.containers(Some(containers.map_err(wrong)?));
    }
    if let Some(limit) = table.dc_offset {
        let limit = Decibels::from_f64(limit)
            .ok_or_else(|| wrong("dc_offset is a level in dBFS".to_owned()))?;
        profile = profile.dc_offset_limit(limit);
    }
    // A list of what is allowed is meant to be kept to, unless the levels say otherwise.
    let lists = [
        (table.sample_rates.is_some(), Rule::SampleRate),
        (table.bit_depths.is_some(), Rule::BitDepth),
        (table.channels.is_some(), Rule::Channels),
        (table.codecs.is_some(), Rule::Codec),
        (table.containers.is_some(), Rule::Container),
    ];
    for (_, rule) in lists.into_iter().filter(|(said, _)| *said) {
        profile = profile.level(rule, Level::Refuse);
    }
    for (level, rules) in
        [(Level::Refuse, &table.refuse), (Level::Warn, &table.warn), (Level::Off, &table.off)]
    {
        for rule in rules {
            let rule: Rule =
                rule.parse().map_err(|_| wrong(format!("there is no rule `{rule}`")))?;
            profile = profile.level(rule, level);
        }
    }
    Ok(profile)
}

/// What names stand for; of one that stands for nothing, which ones there are.
fn kinds<T: FromStr<Err = ParseKindError>>(
    names: &[String],
    known: impl Iterator<Item = &'static str>,
) -> Result<Vec<T>, String> {
    let kinds = names.iter().map(|name| name.parse()).collect::<Result<Vec<T>, _>>();
    kinds.map_err(|error| format!("{error}; there are {}", known.collect::<Vec<_>>().join(", ")))
}
