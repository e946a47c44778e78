//! `studio upload`.

use studio_api::v1;
use studio_core::{Error, Job, Studio, Upload, UploadOutcome, UploadPlan, Uploaded, Warning};

use crate::args;
use crate::config::Config;
use crate::failure::{Failure, Result};
use crate::output::sound;
use crate::output::text::{Out, bytes, note};

pub(super) fn run(config: &Config, arguments: &args::Upload) -> Result<()> {
    let path = super::version_path(&arguments.names, config)?;
    let request = Upload { path, file: arguments.file_path.clone() };
    let studio = super::open(config, super::Use::of(arguments.dry_run))?;
    let studio = super::gated(studio, config, &arguments.gate)?;
    let failure = |error| failure(error, arguments.json);
    super::transfer(async |job: Job| match arguments.dry_run {
        true => {
            let plan = studio.plan_upload(&request, &job).await.map_err(failure)?;
            warn(&request, &plan.warnings);
            super::check::warn(&request.file.display().to_string(), &plan.findings);
            print_plan(&studio, &request, &plan, arguments.json)
        }
        false => {
            let uploaded = studio.upload(&request, &job).await.map_err(failure)?;
            warn(&request, &uploaded.warnings);
            super::check::warn(&request.file.display().to_string(), &uploaded.findings);
            print(&uploaded, arguments.json)
        }
    })
}

/// A failure to upload; programs are told every reason of a profile that refuses the file.
fn failure(error: Error, json: bool) -> Failure {
    let printed = match &error {
        Error::Refused { file, profile, findings } if json => Out::new().json(&v1::RefusedUpload {
            file: file.display().to_string(),
            profile: profile.clone(),
            refusals: findings.iter().map(super::check::wire_finding).collect(),
        }),
        _ => Ok(()),
    };
    // That nobody reads the reasons makes the file no better.
    if let Err(unwritten @ Failure::Own { .. }) = printed {
        note(&format!("error: {}", unwritten.message()));
    }
    error.into()
}

fn describe(warning: Warning) -> &'static str {
    match warning {
        Warning::EmptyFile => "the file is empty",
        Warning::StoredElsewhere => {
            "the version is in another store, and this one does not have its bytes"
        }
        _ => "the file is unusual",
    }
}

fn warn(request: &Upload, warnings: &[Warning]) {
    for warning in warnings {
        let file = request.file.display();
        note(&format!("warning: {}: {file}", describe(*warning)));
    }
}

pub(super) fn wire_outcome(outcome: UploadOutcome) -> v1::UploadOutcome {
    match outcome {
        UploadOutcome::Stored => v1::UploadOutcome::Stored,
        UploadOutcome::AlreadyStored => v1::UploadOutcome::AlreadyStored,
        UploadOutcome::ObjectRestored => v1::UploadOutcome::ObjectRestored,
    }
}

fn wire_warnings(warnings: &[Warning]) -> Vec<String> {
    warnings.iter().map(|warning| describe(*warning).to_owned()).collect()
}

fn print(uploaded: &Uploaded, json: bool) -> Result<()> {
    let Uploaded { version, outcome, sent_bytes, kept_bytes, warnings, findings, format } =
        uploaded;
    let mut out = Out::new();
    if json {
        return out.json(&v1::Upload {
            outcome: wire_outcome(*outcome),
            dry_run: false,
            sent_bytes: *sent_bytes,
            kept_bytes: *kept_bytes,
            size: version.size,
            sha256: version.digest.to_string(),
            version: Some(v1::Version::from(&version.record)),
            warnings: wire_warnings(warnings),
            findings: findings.iter().map(super::check::wire_finding).collect(),
        });
    }
    let path = &version.path;
    match outcome {
        UploadOutcome::Stored => out.line(&format!("stored {path}"))?,
        UploadOutcome::AlreadyStored => {
            out.line(&format!("{path} is stored already, with the same bytes"))?;
        }
        UploadOutcome::ObjectRestored => {
            out.line(&format!(
                "{path} was stored already; its missing bytes are back in the store"
            ))?;
        }
    }
    let kept = match kept_bytes {
        0 => String::new(),
        kept => format!(", {kept} sent by an earlier attempt"),
    };
    out.line(&format!("  size     {} ({sent_bytes} bytes sent{kept})", bytes(version.size)))?;
    if let Some(format) = format {
        let length = sound::length(format).map(|length| format!(", {length}")).unwrap_or_default();
        out.line(&format!("  sound    {}{length}", sound::format(format)))?;
    }
    out.line(&format!("  SHA-256  {}", version.digest))?;
    out.line(&format!("  object   {}", version.store.locate(&version.object_key)))?;
    out.finish()
}

fn print_plan(studio: &Studio, request: &Upload, plan: &UploadPlan, json: bool) -> Result<()> {
    let UploadPlan { fingerprint, existing, outcome, bytes_to_send, warnings, findings } = plan;
    let mut out = Out::new();
    if json {
        return out.json(&v1::Upload {
            outcome: wire_outcome(*outcome),
            dry_run: true,
            sent_bytes: *bytes_to_send,
            kept_bytes: 0,
            size: fingerprint.size,
            sha256: fingerprint.digest.to_string(),
            version: existing.as_ref().map(|version| v1::Version::from(&version.record)),
            warnings: wire_warnings(warnings),
            findings: findings.iter().map(super::check::wire_finding).collect(),
        });
    }
    let path = &request.path;
    let store = studio.store_url();
    out.line(&match outcome {
        UploadOutcome::Stored => format!("would store {path} in {store}"),
        UploadOutcome::AlreadyStored => {
            format!("{path} is stored already, with the same bytes; nothing to do")
        }
        UploadOutcome::ObjectRestored => {
            format!("{path} is stored already; would put its missing bytes back into {store}")
        }
    })?;
    out.line(&format!("  size     {} ({} bytes to send)", bytes(fingerprint.size), bytes_to_send))?;
    out.line(&format!("  SHA-256  {}", fingerprint.digest))?;
    out.finish()
}
