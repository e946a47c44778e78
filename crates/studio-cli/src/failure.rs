//! Failures: how they are told, and with which number the program ends.

use std::error::Error as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use studio_core::{Error, ErrorKind};

/// Exit code of a command that asked and was answered with no: it was not done, and what a
/// script has behind it must not go on as if it were.
const DECLINED: u8 = 1;
/// Exit code of a command line or configuration that makes no sense.
pub(crate) const USAGE: u8 = 2;
/// Exit code of something that is not there.
pub(crate) const NOT_FOUND: u8 = 3;
/// Exit code of something that is in the way.
pub(crate) const CONFLICT: u8 = 4;
/// Exit code of bytes that are not what they should be.
pub(crate) const INTEGRITY: u8 = 5;
/// Exit code of a store or a database that cannot be used.
pub(crate) const UNAVAILABLE: u8 = 6;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line or the configuration makes no sense.
    Usage { message: String, hint: Option<String> },
    /// A use case failed.
    Core { error: Error, hint: Option<String> },
    /// Something of this program's own failed.
    Own { message: String, code: u8, source: Option<io::Error>, hint: Option<String> },
    /// A question was answered with no; what was left undone.
    Declined(&'static str),
    /// Whoever read our output has gone; that is their right. What was to be told besides the
    /// output still counts: see [`told`].
    OutputClosed,
}

/// The result of a command.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// A usage error.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: Some(hint.into()) }
    }

    /// Prints the error, the errors behind it and the hint, and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let code = self.code();
        self.tell();
        ExitCode::from(code)
    }

    fn tell(self) {
        if let Self::Core { error, .. } = &self {
            for reason in reasons(error) {
                crate::output::text::note(&format!("  {reason}"));
            }
        }
        match self {
            Self::OutputClosed => return,
            // Not an error: it is what was asked for.
            Self::Declined(undone) => return crate::output::text::note(undone),
            _ => {}
        }
        // Should stderr be closed, the exit code still tells.
        let mut stderr = io::stderr().lock();
        let message = self.message();
        let _ = writeln!(stderr, "error: {}", crate::output::text::printable(&message));
        if let Some(hint) = self.hint() {
            let _ = writeln!(stderr, "hint: {}", crate::output::text::printable(hint));
        }
    }

    /// The error and those behind it, in one line.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::OutputClosed => "nobody reads the output any more".to_owned(),
            Self::Declined(undone) => (*undone).to_owned(),
            Self::Usage { message, .. } => message.clone(),
            Self::Own { message, source: None, .. } => message.clone(),
            Self::Own { message, source: Some(source), .. } => format!("{message}: {source}"),
            Self::Core { error, .. } => whole(error),
        }
    }

    /// What to do about it, where there is something to do.
    pub(crate) fn hint(&self) -> Option<&str> {
        match self {
            Self::OutputClosed | Self::Declined(_) => None,
            Self::Usage { hint, .. } | Self::Own { hint, .. } | Self::Core { hint, .. } => {
                hint.as_deref()
            }
        }
    }

    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::OutputClosed => 0,
            Self::Declined(_) => DECLINED,
            Self::Usage { .. } => USAGE,
            Self::Own { code, .. } => *code,
            Self::Core { error, .. } => code_of(error.kind()),
        }
    }
}

/// How a command ends whose verdict was printed, or could not be: that nobody read it to its
/// end makes no damage good.
pub(crate) fn told(printed: Result<()>, verdict: Result<()>) -> Result<()> {
    match (printed, verdict) {
        (Ok(()) | Err(Failure::OutputClosed), verdict) => verdict,
        (unwritten, Ok(())) => unwritten,
        (Err(unwritten), verdict) => {
            unwritten.tell();
            verdict
        }
    }
}

/// The exit code of a kind of error.
pub(crate) fn code_of(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::InvalidInput => USAGE,
        ErrorKind::NotFound => NOT_FOUND,
        ErrorKind::Conflict => CONFLICT,
        ErrorKind::Integrity => INTEGRITY,
        ErrorKind::Unavailable => UNAVAILABLE,
        ErrorKind::Cancelled => 130,
        _ => 1,
    }
}

/// An error and those behind it, in one line.
pub(crate) fn whole(error: &Error) -> String {
    chain(error).join(": ")
}

/// What an error only counts: one line for each reason, with its code. Empty where the error
/// says all itself.
pub(crate) fn reasons(error: &Error) -> Vec<String> {
    match error {
        Error::Refused { findings, .. } if findings.len() > 1 => {
            in_columns(findings.iter().map(|f| (f.rule.as_str(), f.detail.clone())).collect())
        }
        Error::NotReleasable { obstacles, .. } if obstacles.len() > 1 => in_columns(
            obstacles.iter().map(|obstacle| (obstacle.code(), obstacle.to_string())).collect(),
        ),
        _ => Vec::new(),
    }
}

/// Codes and sentences below each other.
pub(crate) fn in_columns(reasons: Vec<(&'static str, String)>) -> Vec<String> {
    let width = reasons.iter().map(|(code, _)| code.len()).max().unwrap_or(0);
    reasons.into_iter().map(|(code, sentence)| format!("{code:<width$}  {sentence}")).collect()
}

fn chain(error: &Error) -> Vec<String> {
    let mut lines = vec![headline(error)];
    let mut next = error.source();
    while let Some(cause) = next {
        lines.push(cause.to_string());
        next = cause.source();
    }
    lines
}

/// An error itself; one with several reasons only counts them, since they are told beside it.
fn headline(error: &Error) -> String {
    match error {
        Error::Refused { file, profile, findings } if findings.len() > 1 => {
            let (file, reasons) = (file.display(), findings.len());
            format!("{file} is refused by profile `{profile}` for {reasons} reasons")
        }
        error => error.to_string(),
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let hint = crate::output::hint::for_error(&error);
        Self::Core { error, hint }
    }
}

impl From<io::Error> for Failure {
    /// An error while writing to stdout.
    fn from(source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::Own {
                message: "cannot write the output".to_owned(),
                code: 1,
                source: Some(source),
                hint: None,
            },
        }
    }
}

impl From<studio_core::NameError> for Failure {
    fn from(error: studio_core::NameError) -> Self {
        Self::usage(
            error.to_string(),
            "a name has 1 to 200 visible characters, and no line breaks or other control characters",
        )
    }
}
