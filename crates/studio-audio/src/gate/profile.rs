//! Profiles: which rules hold, and how strictly.

use std::collections::BTreeMap;

use studio_domain::{Codec, Container, Decibels};

use super::rule::{Level, Rule, Stage};

/// What a file must be, and what happens when it is not.
///
/// The built-in ones are [`Profile::ingest`] and [`Profile::any`]; one's own begins as one
/// of them and is changed:
///
/// ```
/// use studio_audio::gate::{Level, Profile, Rule};
///
/// let film = Profile::ingest()
///     .named("film")
///     .sample_rates(Some(vec![48_000, 96_000]))
///     .level(Rule::Clipping, Level::Refuse);
/// assert_eq!(film.level_of(Rule::Clipping), Level::Refuse);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    name: String,
    sample_rates: Option<Vec<u32>>,
    bit_depths: Option<Vec<u16>>,
    channels: Option<Vec<u16>>,
    codecs: Option<Vec<Codec>>,
    containers: Option<Vec<Container>>,
    dc_offset_limit: Decibels,
    levels: BTreeMap<Rule, Level>,
}

/// The mean from which on samples lie off 0 (-40 dBFS): converters stay far below it.
pub const DC_OFFSET_LIMIT: Decibels = match Decibels::from_thousandths(-40_000) {
    Some(limit) => limit,
    None => Decibels::ZERO,
};

impl Profile {
    /// For takes that go into a production: 48,000 Hz, 24 bits, linear PCM in a WAV, RF64 or
    /// BW64 file that is whole and says nothing untrue. What can be heard in the samples is
    /// for people to judge: it is said, not refused.
    pub fn ingest() -> Self {
        let level = |rule: Rule| match (rule, rule.stage()) {
            // Of no harm to anybody, and common.
            (Rule::PadByte, _) => Level::Warn,
            // Decoding finds what no header tells: that sound is missing.
            (Rule::FramesDiffer | Rule::Undecodable, _) => Level::Refuse,
            (_, Stage::Content) => Level::Warn,
            (_, Stage::Format | Stage::Structure) => Level::Refuse,
        };
        Self {
            name: "ingest".to_owned(),
            sample_rates: Some(vec![48_000]),
            bit_depths: Some(vec![24]),
            channels: None,
            codecs: Some(vec![Codec::Pcm]),
            containers: Some(vec![Container::Wav, Container::Rf64, Container::Bw64]),
            dc_offset_limit: DC_OFFSET_LIMIT,
            levels: Rule::ALL.iter().map(|rule| (*rule, level(*rule))).collect(),
        }
    }

    /// For whatever there is: nothing is refused, and files that are no sound are not spoken
    /// of. Sound whose header breaks the rules of its kind is warned of; nothing is decoded.
    pub fn any() -> Self {
        let level = |rule: Rule| match (rule, rule.stage()) {
            (Rule::EmptyFile | Rule::NotAudio, _) | (_, Stage::Content) => Level::Off,
            (_, Stage::Format | Stage::Structure) => Level::Warn,
        };
        Self {
            name: "any".to_owned(),
            sample_rates: None,
            bit_depths: None,
            codecs: None,
            containers: None,
            levels: Rule::ALL.iter().map(|rule| (*rule, level(*rule))).collect(),
            ..Self::ingest()
        }
    }

    /// A built-in profile by its name.
    pub fn built_in(name: &str) -> Option<Self> {
        match name {
            "ingest" => Some(Self::ingest()),
            "any" => Some(Self::any()),
            _ => None,
        }
    }

    /// Gives it another name.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Allows these sample rates (Hz); any if `None`.
    pub fn sample_rates(mut self, allowed: Option<Vec<u32>>) -> Self {
        self.sample_rates = allowed;
        self
    }

    /// Allows samples that take so many bits; any if `None`.
    pub fn bit_depths(mut self, allowed: Option<Vec<u16>>) -> Self {
        self.bit_depths = allowed;
        self
    }

    /// Allows these numbers of channels; any if `None`.
    pub fn channels(mut self, allowed: Option<Vec<u16>>) -> Self {
        self.channels = allowed;
        self
    }

    /// Allows these codecs; any if `None`.
    pub fn codecs(mut self, allowed: Option<Vec<Codec>>) -> Self {
        self.codecs = allowed;
        self
    }

    /// Allows these kinds of files; any if `None`.
    pub fn containers(mut self, allowed: Option<Vec<Container>>) -> Self {
        self.containers = allowed;
        self
    }

    /// Speaks of a mean of the samples from this level on (dBFS).
    pub fn dc_offset_limit(mut self, limit: Decibels) -> Self {
        self.dc_offset_limit = limit;
        self
    }

    /// Makes one rule as strict as that.
    pub fn level(mut self, rule: Rule, level: Level) -> Self {
        self.levels.insert(rule, level);
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How strict a rule is.
    pub fn level_of(&self, rule: Rule) -> Level {
        self.levels.get(&rule).copied().unwrap_or(Level::Off)
    }

    /// The sample rates that it allows (Hz); any if `None`.
    pub fn allowed_sample_rates(&self) -> Option<&[u32]> {
        self.sample_rates.as_deref()
    }

    /// The bits of a sample that it allows; any if `None`.
    pub fn allowed_bit_depths(&self) -> Option<&[u16]> {
        self.bit_depths.as_deref()
    }

    /// The numbers of channels that it allows; any if `None`.
    pub fn allowed_channels(&self) -> Option<&[u16]> {
        self.channels.as_deref()
    }

    /// The codecs that it allows; any if `None`.
    pub fn allowed_codecs(&self) -> Option<&[Codec]> {
        self.codecs.as_deref()
    }

    /// The kinds of files that it allows; any if `None`.
    pub fn allowed_containers(&self) -> Option<&[Container]> {
        self.containers.as_deref()
    }

    /// The mean of the samples from which on it speaks of it (dBFS).
    pub fn allowed_dc_offset(&self) -> Decibels {
        self.dc_offset_limit
    }

    /// Whether a file must be decoded for it.
    pub fn needs_content(&self) -> bool {
        let content = Rule::ALL.iter().filter(|rule| rule.stage() == Stage::Content);
        content.into_iter().any(|rule| self.level_of(*rule) > Level::Off)
    }
}
