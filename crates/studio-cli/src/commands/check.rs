//! `studio check`.

use std::sync::Arc;

use studio_api::v1;
use studio_core::audio::gate::{Finding, Profile, Rule, Verdict};
use studio_core::{Checked, Job};

use super::left::{concerns_one, wire_failures};
use super::subject::{each, given, short, wire};
use crate::args;
use crate::config::Config;
use crate::failure::Result;
use crate::output::sound;
use crate::output::table::Table;
use crate::output::text::{Out, note};

pub(super) fn run(config: &Config, arguments: &args::Check) -> Result<()> {
    let profile = config.profile(arguments.profile.as_deref(), "ingest")?;
    if arguments.rules {
        return print_rules(&profile);
    }
    let profile = Arc::new(profile);
    let studio = super::open(config, super::Use::Look)?;
    super::transfer(async |job: Job| {
        let given = given(&studio, config, &arguments.subjects, false).await?;
        let (mut checks, mut failed) = (Vec::new(), Vec::new());
        let subjects = each(&studio, given).await?;
        let of = subjects.len();
        for subject in subjects {
            match studio.check(&subject, &profile, &job).await {
                Ok(checked) => {
                    if !arguments.json {
                        print(&checked)?;
                    }
                    checks.push(checked);
                }
                // Of many, one without bytes does not hide the others.
                Err(error) if concerns_one(&error) => failed.push((subject, error)),
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
        let refused = checks.iter().filter(|checked| !checked.verdict.is_accepted()).count();
        match refused {
            0 => super::left::sound_failures(&failed, of),
            refused => {
                super::left::tell_failures(&failed);
                let what = format!("profile `{}` refuses {refused} of {of}", profile.name());
                Err(super::damage_found(what, "`studio check --rules` tells what each rule means"))
            }
        }
    })
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

fn print_rules(profile: &Profile) -> Result<()> {
    let mut out = Out::new();
    out.line(&format!("profile `{}`", profile.name()))?;
    let mut table = Table::new(&["RULE", "LEVEL", "MEANING"]);
    for rule in Rule::ALL {
        table.row([
            rule.as_str().to_owned(),
            profile.level_of(*rule).as_str().to_owned(),
            rule.describe().to_owned(),
        ]);
    }
    table.print(&mut out)?;
    out.finish()
}
