//! Asking before something is done.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use crate::failure::{Failure, Result};

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    /// There is nobody to ask.
    Nobody,
}

/// Asks at the terminal, on stderr. Anything but a clear yes is a no.
pub(crate) fn ask(question: &str) -> Result<Answer> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(Answer::Nobody);
    }
    let mut stderr = io::stderr().lock();
    let mut line = String::new();
    write!(stderr, "{question} [y/N] ")
        .and_then(|()| stderr.flush())
        .and_then(|()| io::stdin().lock().read_line(&mut line))
        .map_err(|source| Failure::Own {
            message: "cannot ask at the terminal".to_owned(),
            code: 1,
            source: Some(source),
            hint: Some("add --yes".to_owned()),
        })?;
    match line.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(Answer::Yes),
        _ => Ok(Answer::No),
    }
}
