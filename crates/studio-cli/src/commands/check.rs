//! `studio check`.

use std::sync::Arc;

use studio_api::v1;
use studio_core::audio::gate::{Finding, Profile, Rule, Verdict};
use studio_core::{Checked, Job};

use super::left::{LeftOut, concerns_one, wire_failures};
use super::subject::{each, given, short, wire};
use crate::args;
use crate::config::Config;
use crate::failure::{Failure, Result, UNAVAILABLE};
use crate::output::sound;
use crate::output::table::Table;
use crate::output::text::{Out, note};

pub(super) fn run(config: &Config, arguments: &args::Check) -> Result<()> {
    let profile = config.profile(arguments.profile.as_deref(), "ingest")?;
    if arguments.rules {
        return print_rules(&profile, arguments.json);
    }
    let profile = Arc::new(profile);
    let studio = super::open(config, super::Use::Look)?;
    super::work(super::BEGINS_ANEW, async |job: Job| {
        let given = given(&studio, config, &arguments.subjects, false).await?;
        let found = each(&studio, given).await?;
        let of = found.named();
        let (mut checks, mut failed) = (Vec::new(), found.failed);
        for subject in found.subjects {
            match studio.check(&subject, &profile, &job).await {
                Ok(checked) => {
                    if !arguments.json {
                        print(&checked)?;
                    }
                    checks.push(checked);
                }
                // Of many, one without bytes does not hide the others.
                Err(error) if concerns_one(&error) => failed.push(LeftOut::of(&subject, error)),
                Err(error) => return Err(error.into()),
            }
        }
        if arguments.json {
            let list = v1::CheckList {
                profile: profile.name().to_owned(),
                checks: checks.iter().map(wire_check).collect(),
                failed: wire_failures(&failed),
            };
            Out::new().json(&list)?;
        }
        verdict(&profile, &checks, failed, of)
    })
}

/// How a check of so many ends.
fn verdict(profile: &Profile, checks: &[Checked], failed: Vec<LeftOut>, of: usize) -> Result<()> {
    let refused = checks.iter().filter(|checked| !checked.verdict.is_accepted()).count();
    if refused == 0 {
        return super::left::sound_failures(failed, of);
    }
    super::left::tell_failures(&failed);
    let left_out = match failed.len() {
        0 => String::new(),
        left => format!(", and {left} could not be looked at"),
    };
    let what = format!("profile `{}` refuses {refused} of {of}{left_out}", profile.name());
    match super::left::gravest(failed) {
        // What keeps the store from being read is graver than what is refused.
        Some(gravest) if gravest.code() == UNAVAILABLE => Err(Failure::Own {
            message: what,
            code: UNAVAILABLE,
            source: None,
            hint: gravest.hint().map(ToOwned::to_owned),
        }),
        _ => Err(super::damage_found(what, "`studio check --rules` tells what each rule means")),
    }
}

fn wire_check(checked: &Checked) -> v1::Check {
    v1::Check {
        subject: wire(&checked.subject),
        accepted: checked.verdict.is_accepted(),
        refusals: checked.verdict.refusals.iter().map(wire_finding).collect(),
        warnings: checked.verdict.warnings.iter().map(wire_finding).collect(),
        audio: checked.format.as_ref().map(v1::AudioFormat::from),
    }
}

pub(super) fn wire_finding(finding: &Finding) -> v1::GateFinding {
    v1::GateFinding { code: finding.rule.as_str().to_owned(), detail: finding.detail.clone() }
}

fn print(checked: &Checked) -> Result<()> {
    let Verdict { refusals, warnings } = &checked.verdict;
    let mut out = Out::new();
    let verdict = if refusals.is_empty() { "ok     " } else { "refused" };
    let format = checked.format.as_ref().map(|format| format!("  ({})", sound::format(format)));
    out.line(&format!("{verdict}  {}{}", short(&checked.subject), format.unwrap_or_default()))?;
    for finding in refusals {
        out.line(&format!("  {:<17}  {}", finding.rule.as_str(), finding.detail))?;
    }
    for finding in warnings {
        out.line(&format!("  {:<17}  {} (warning)", finding.rule.as_str(), finding.detail))?;
    }
    out.finish()
}

/// Tells on stderr what a gate found and let pass.
pub(super) fn warn(what: &str, findings: &[Finding]) {
    for finding in findings {
        note(&format!("warning: {what}: {} ({})", finding.detail, finding.rule.as_str()));
    }
}

fn print_rules(profile: &Profile, json: bool) -> Result<()> {
    let mut out = Out::new();
    let rules = Rule::ALL.iter().map(|rule| v1::GateRule {
        code: rule.as_str().to_owned(),
        level: profile.level_of(*rule).as_str().to_owned(),
        meaning: rule.describe().to_owned(),
    });
    if json {
        let (profile, rules) = (profile.name().to_owned(), rules.collect());
        return out.json(&v1::RuleList { profile, rules });
    }
    out.line(&format!("profile `{}`", profile.name()))?;
    let mut table = Table::new(&["RULE", "LEVEL", "MEANING"]);
    for v1::GateRule { code, level, meaning } in rules {
        table.row([code, level, meaning]);
    }
    table.print(&mut out)?;
    out.finish()
}
