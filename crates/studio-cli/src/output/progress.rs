//! Progress bars: on a terminal only, on stderr, gone when done.

use std::io::{IsTerminal as _, stderr};
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use studio_core::{Event, Phase, Progress};

/// What a bar looks like: what is done, how far, how fast, how long still.
const TEMPLATE: &str =
    "{msg:>9} [{bar:30}] {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} {eta} left";

/// That of a phase whose steps are no bytes.
const COUNT_TEMPLATE: &str = "{msg:>9} [{bar:30}] {pos}/{len} {eta} left";

/// Shows each phase of a job as a bar; nothing where nobody watches.
#[derive(Debug)]
pub(crate) struct Bars {
    shown: bool,
    bar: Mutex<ProgressBar>,
}

impl Bars {
    /// Bars on stderr, if that is a terminal.
    pub(crate) fn on_terminal() -> Self {
        Self { shown: stderr().is_terminal(), bar: Mutex::new(ProgressBar::hidden()) }
    }

    /// Takes away a bar that stopped half way.
    pub(crate) fn clear(&self) {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner).finish_and_clear();
    }

    fn begin(&self, phase: Phase, total: u64) -> ProgressBar {
        if !self.shown {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
        let template = match phase {
            Phase::Testing
            | Phase::Recovering
            | Phase::Listening
            | Phase::Mixing
            | Phase::Scanning => COUNT_TEMPLATE,
            _ => TEMPLATE,
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(match phase {
            Phase::Reading => "reading",
            Phase::Comparing => "comparing",
            Phase::Sending => "sending",
            Phase::Fetching => "fetching",
            Phase::Verifying => "verifying",
            Phase::Importing => "moving",
            Phase::Recovering => "recovering",
            Phase::Scanning => "scanning",
            Phase::Testing => "testing",
            Phase::Listening => "listening",
            Phase::Mixing => "mixing",
            _ => "working",
        });
        bar
    }
}

impl Progress for Bars {
    fn on(&self, event: Event) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Begin { phase, total } => *bar = self.begin(phase, total),
            Event::Moved { bytes } => bar.inc(bytes),
            Event::End => bar.finish_and_clear(),
            _ => {}
        }
    }
}
