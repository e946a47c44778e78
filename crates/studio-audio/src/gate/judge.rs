//! From facts to a verdict.

use std::fmt::Display;

use studio_domain::AudioFormat;

use super::content::ContentFacts;
use super::profile::Profile;
use super::rule::{Level, Rule};
use crate::defect::grouped;
use crate::probe::Header;

/// A rule that a file breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub rule: Rule,
    /// How, with the numbers: part of a sentence, without a full stop.
    pub detail: String,
}

/// What a gate says of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Why it does not come in; empty when it does.
    pub refusals: Vec<Finding>,
    /// What is wrong with it nevertheless.
    pub warnings: Vec<Finding>,
}

impl Verdict {
    /// Whether the file may come in.
    pub fn is_accepted(&self) -> bool {
        self.refusals.is_empty()
    }

    /// Both verdicts together, such as that on the header and that on the content.
    pub fn and(mut self, other: Self) -> Self {
        self.refusals.extend(other.refusals);
        self.warnings.extend(other.warnings);
        self
    }

    fn find(&mut self, profile: &Profile, rule: Rule, detail: impl Into<String>) {
        let finding = Finding { rule, detail: detail.into() };
        match profile.level_of(rule) {
            Level::Off => {}
            Level::Warn => self.warnings.push(finding),
            Level::Refuse => self.refusals.push(finding),
        }
    }
}

/// Bits below the top ones that must be 0 in all samples for sound to be called padded: one
/// or two are so in sound that was only made louder.
const PADDED_BITS: u16 = 4;

/// Judges a file by its header.
pub fn judge_header(header: &Header, profile: &Profile) -> Verdict {
    let mut verdict = Verdict::default();
    if header.size == 0 {
        verdict.find(profile, Rule::EmptyFile, "the file has no bytes");
        return verdict;
    }
    let Some(container) = header.container else {
        verdict.find(profile, Rule::NotAudio, "the file is of no known kind of audio file");
        return verdict;
    };
    if let Some(allowed) = outside(profile.allowed_containers(), &container) {
        let detail = format!("the file is {container}; allowed: {}", list(allowed));
        verdict.find(profile, Rule::Container, detail);
    }
    if let Some(format) = &header.format {
        judge_format(format, profile, &mut verdict);
    }
    for defect in &header.defects {
        verdict.find(profile, Rule::from(defect), defect.to_string());
    }
    verdict
}

fn judge_format(format: &AudioFormat, profile: &Profile, verdict: &mut Verdict) {
    if let Some(allowed) = outside(profile.allowed_codecs(), &format.codec) {
        let detail = format!("the codec is {}; allowed: {}", format.codec, list(allowed));
        verdict.find(profile, Rule::Codec, detail);
    }
    // Nothing at all has a rule of its own.
    let rate = format.sample_rate;
    if let Some(allowed) = outside(profile.allowed_sample_rates(), &rate).filter(|_| rate > 0) {
        let allowed = allowed.iter().map(|rate| grouped(u64::from(*rate)));
        let allowed = list(&allowed.collect::<Vec<_>>());
        let rate = grouped(u64::from(rate));
        let detail = format!("the sample rate is {rate} Hz; allowed: {allowed} Hz");
        verdict.find(profile, Rule::SampleRate, detail);
    }
    // A codec without bits is judged by its name.
    if let Some(depth) = format.bit_depth
        && let Some(allowed) = outside(profile.allowed_bit_depths(), &depth.container)
    {
        let (bits, allowed) = (depth.container, list(allowed));
        let detail = format!("samples have {bits} bits; allowed: {allowed} bits");
        verdict.find(profile, Rule::BitDepth, detail);
    }
    let channels = format.channels;
    if let Some(allowed) = outside(profile.allowed_channels(), &channels).filter(|_| channels > 0) {
        let detail = format!("channels: {channels}; allowed: {}", list(allowed));
        verdict.find(profile, Rule::Channels, detail);
    }
}

/// What is allowed, when something is not among it.
fn outside<'a, T: PartialEq>(allowed: Option<&'a [T]>, given: &T) -> Option<&'a [T]> {
    allowed.filter(|allowed| !allowed.contains(given))
}

/// `a, b or c`.
fn list<T: Display>(values: &[T]) -> String {
    match values {
        [] => "none".to_owned(),
        [one] => one.to_string(),
        [others @ .., last] => {
            let others: Vec<String> = others.iter().map(ToString::to_string).collect();
            format!("{} or {last}", others.join(", "))
        }
    }
}

/// Judges a file by what decoding it found.
pub fn judge_content(facts: &ContentFacts, profile: &Profile) -> Verdict {
    let mut verdict = Verdict::default();
    if let Some(reason) = &facts.undecodable {
        let detail =
            format!("decoding stopped after {} frames: {reason}", grouped(facts.decoded_frames));
        verdict.find(profile, Rule::Undecodable, detail);
    }
    if let Some(declared) = facts.declared_frames.filter(|told| *told != facts.decoded_frames) {
        let (declared, decoded) = (grouped(declared), grouped(facts.decoded_frames));
        let detail = format!("the header says {declared} frames; decoding gives {decoded}");
        verdict.find(profile, Rule::FramesDiffer, detail);
    }
    if let (Some(used), Some(valid)) = (facts.significant_bits, facts.valid_bits)
        && used.saturating_add(PADDED_BITS) <= valid
    {
        let detail = format!("only the upper {used} of {valid} bits are used in any sample");
        verdict.find(profile, Rule::PaddedBits, detail);
    }
    if facts.silent && facts.decoded_frames > 0 {
        let detail = format!("all {} frames are silent", grouped(facts.decoded_frames));
        verdict.find(profile, Rule::DigitalSilence, detail);
    }
    if facts.clipped_runs > 0 {
        let detail = format!("runs of samples at full scale: {}", grouped(facts.clipped_runs));
        verdict.find(profile, Rule::Clipping, detail);
    }
    let limit = profile.allowed_dc_offset();
    if let Some(offset) = facts.dc_offset.filter(|offset| *offset >= limit) {
        let detail = format!("the mean of a channel is {offset} dBFS; allowed: below {limit} dBFS");
        verdict.find(profile, Rule::DcOffset, detail);
    }
    if facts.not_finite > 0 {
        let detail =
            format!("samples that are infinite or no number: {}", grouped(facts.not_finite));
        verdict.find(profile, Rule::NotFinite, detail);
    }
    verdict
}
