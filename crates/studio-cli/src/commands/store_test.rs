//! `studio store test`.

use studio_api::v1;
use studio_core::store_test::{
    Capability, Check, CheckResult, Outcome, Severity, StoreReport, Timing, Verdict, store_checks,
};
use studio_core::{Job, StoreUrl, test_store};

use crate::args::{self, Places};
use crate::config::{Config, resolve};
use crate::failure::{Failure, Result, told};
use crate::output::text::{Out, bytes, note};

pub(super) fn run(places: &Places, arguments: &args::StoreTest) -> Result<()> {
    let config = resolve(&with_store(places, arguments)?)?;
    if arguments.dry_run {
        return print_checks(&config, arguments);
    }
    let store = super::store(&config);
    let makes_directory = matches!(store.url(), StoreUrl::File(path) if !path.exists());
    let report = super::transfer(async |job: Job| Ok(test_store(&*store, &job).await?))?;
    if report.made_bucket || makes_directory {
        note(&format!("made {}", report.store));
    }
    let printed = match arguments.json {
        true => Out::new().json(&wire(&report)),
        false => print(&report, arguments.verbose),
    };
    told(printed, conclude(&report))
}

/// Where things are kept, with the store that was named behind the command.
fn with_store(places: &Places, arguments: &args::StoreTest) -> Result<Places> {
    let store = match (&arguments.url, &places.store) {
        (Some(_), Some(_)) => {
            return Err(Failure::usage(
                "the store was named twice",
                "give its URL behind `store test`, or with --store",
            ));
        }
        (url, flag) => url.clone().or_else(|| flag.clone()),
    };
    Ok(Places { store, ..places.clone() })
}

/// What follows: a warning, or a failure.
fn conclude(report: &StoreReport) -> Result<()> {
    let store = &report.store;
    match report.verdict() {
        Verdict::Trusted => Ok(()),
        Verdict::Usable => {
            for Capability { name, instead, .. } in report.missing() {
                note(&format!("warning: {store} is without {name}: {instead}"));
            }
            Ok(())
        }
        Verdict::Untrusted => {
            let needed = |result: &&CheckResult| result.check.severity == Severity::Needed;
            let names: Vec<&str> =
                report.failures().filter(needed).map(|result| result.check.name).collect();
            let what = format!("{store} is not to be trusted: {}", listed(&names));
            Err(super::damage_found(what, "keep no versions there; choose another store"))
        }
    }
}

/// The first few names, and how many there are besides.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 5;
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn print(report: &StoreReport, verbose: bool) -> Result<()> {
    let mut out = Out::new();
    for group in report.checks.chunk_by(|one, next| one.group == next.group) {
        print_group(&mut out, group, verbose)?;
    }
    let missing = report.missing();
    if !missing.is_empty() {
        out.line("")?;
        out.line("The store is without:")?;
        for Capability { name, about, instead } in missing {
            out.line(&format!("  {name}: {about}"))?;
            out.line(&format!("      instead, {instead}"))?;
        }
    }
    out.line("")?;
    if let Some(Timing { small_put, small_get, put_rate, get_rate }) = report.timing {
        let millis = |time: std::time::Duration| time.as_micros() as f64 / 1000.0;
        out.line(&format!(
            "speed: 1 KiB in {:.1} ms up, {:.1} ms down; 2 MiB at {}/s up, {}/s down",
            millis(small_put),
            millis(small_get),
            bytes(put_rate),
            bytes(get_rate),
        ))?;
    }
    let counts = report.counts();
    out.line(&format!(
        "{} checks in {:.1} s: {} passed, {} failed, {} skipped",
        report.checks.len(),
        report.took.as_secs_f64(),
        counts.passed,
        counts.failed,
        counts.skipped,
    ))?;
    out.line(&format!("{}: {}", report.store, describe(report.verdict())))?;
    out.finish()
}

fn describe(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Trusted => "to be trusted",
        Verdict::Usable => "usable with weaker checks",
        Verdict::Untrusted => "not to be trusted",
    }
}

fn print_group(out: &mut Out, group: &[CheckResult], verbose: bool) -> Result<()> {
    let passed = group.iter().filter(|result| result.outcome == Outcome::Passed).count();
    let Some(first) = group.first() else { return Ok(()) };
    let mark = if group.iter().any(CheckResult::has_failed) { '✗' } else { '✓' };
    out.line(&format!("{mark} {:<12} {passed} of {}", first.group, group.len()))?;
    for CheckResult { check: Check { name, about, severity }, outcome, .. } in group {
        match outcome {
            Outcome::Failed { found } => {
                out.line(&format!("    ✗ {name} ({}): {about}", weight(*severity)))?;
                out.line(&format!("        found: {found}"))?;
            }
            Outcome::Passed if verbose => out.line(&format!("    ✓ {name}: {about}"))?,
            Outcome::Skipped { why } if verbose => {
                out.line(&format!("    - {name}: {about}"))?;
                out.line(&format!("        skipped: {why}"))?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn weight(severity: Severity) -> &'static str {
    match severity {
        Severity::Needed => "needed",
        Severity::Degrades(capability) => capability.name,
        Severity::Nice => "nice to have",
    }
}

fn print_checks(config: &Config, arguments: &args::StoreTest) -> Result<()> {
    let store = &config.store.value;
    let mut out = Out::new();
    if arguments.json {
        let skipped = Outcome::Skipped { why: "this is a dry run".to_owned() };
        let checks: Vec<_> =
            store_checks().map(|(group, check)| wire_check(group, check, &skipped)).collect();
        return out.json(&v1::StoreTest {
            store: store.to_string(),
            dry_run: true,
            verdict: None,
            made_bucket: false,
            passed: 0,
            failed: 0,
            skipped: checks.len(),
            missing: Vec::new(),
            checks,
            timing: None,
            took_ms: 0,
        });
    }
    out.line(&format!("would ask {store}:"))?;
    for (group, Check { name, about, severity }) in store_checks() {
        out.line(&format!("  {group}: {name} ({}): {about}", weight(severity)))?;
    }
    out.finish()
}

fn wire(report: &StoreReport) -> v1::StoreTest {
    let counts = report.counts();
    let missing = report.missing().into_iter().map(|capability| v1::StoreCapability {
        name: capability.name.to_owned(),
        about: capability.about.to_owned(),
        instead: capability.instead.to_owned(),
    });
    let checks = &report.checks;
    let micros = |time: std::time::Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    v1::StoreTest {
        store: report.store.to_string(),
        dry_run: false,
        verdict: Some(match report.verdict() {
            Verdict::Trusted => v1::StoreVerdict::Trusted,
            Verdict::Usable => v1::StoreVerdict::Usable,
            Verdict::Untrusted => v1::StoreVerdict::Untrusted,
        }),
        made_bucket: report.made_bucket,
        passed: counts.passed,
        failed: counts.failed,
        skipped: counts.skipped,
        missing: missing.collect(),
        checks: checks.iter().map(|r| wire_check(r.group, r.check, &r.outcome)).collect(),
        timing: report.timing.map(|timing| v1::StoreTiming {
            small_put_us: micros(timing.small_put),
            small_get_us: micros(timing.small_get),
            put_rate: timing.put_rate,
            get_rate: timing.get_rate,
        }),
        took_ms: micros(report.took) / 1000,
    }
}

fn wire_check(group: &str, check: Check, outcome: &Outcome) -> v1::StoreCheck {
    let (severity, capability) = match check.severity {
        Severity::Needed => (v1::StoreSeverity::Needed, None),
        Severity::Degrades(capability) => (v1::StoreSeverity::Degrades, Some(capability.name)),
        Severity::Nice => (v1::StoreSeverity::Nice, None),
    };
    let (outcome, detail) = match outcome {
        Outcome::Passed => (v1::StoreOutcome::Passed, None),
        Outcome::Failed { found } => (v1::StoreOutcome::Failed, Some(found.clone())),
        Outcome::Skipped { why } => (v1::StoreOutcome::Skipped, Some(why.clone())),
    };
    v1::StoreCheck {
        name: check.name.to_owned(),
        group: group.to_owned(),
        about: check.about.to_owned(),
        severity,
        capability: capability.map(str::to_owned),
        outcome,
        detail,
    }
}
