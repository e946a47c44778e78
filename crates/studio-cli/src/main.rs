//! `studio`: keeps every take of every track.
//!
//! Parse, call the core, print. One file per command in `commands`; settings in `config`;
//! everything a person reads is made in `output`.

mod args;
mod commands;
mod config;
mod demo;
mod failure;
mod interrupt;
mod levels;
mod output;
mod units;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Arguments;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(answer) => {
            // Help and version too; a closed pipe is nobody's fault.
            let _ = answer.print();
            return ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(failure::USAGE));
        }
    };
    start_log(arguments.command.is_service());
    match commands::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Sends what is logged to stderr: warnings, of a service also what it does, or what
/// `STUDIO_LOG` asks for (`debug`, or `studio_core=debug,aws_config=info`). As JSON, one
/// document a line, if `STUDIO_LOG_FORMAT` is `json`.
fn start_log(is_service: bool) {
    use tracing_subscriber::Layer as _;
    use tracing_subscriber::filter::{LevelFilter, Targets};
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::util::SubscriberInitExt as _;
    let asked = std::env::var("STUDIO_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let filter = asked.unwrap_or_else(|| {
        // The SDK warns of what we report as errors ourselves.
        let level = if is_service { LevelFilter::INFO } else { LevelFilter::WARN };
        Targets::new().with_target("studio", level)
    });
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    let lines = match std::env::var("STUDIO_LOG_FORMAT").as_deref() {
        Ok("json") => lines.json().flatten_event(true).boxed(),
        _ if is_service => lines.boxed(),
        _ => lines.without_time().boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
}
