//! Asking before something is done.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use studio_core::{Error, Job};

use crate::failure::{Failure, Result};

/// What a question that was not answered has changed.
const NOTHING_DONE: &str = "nothing was done";

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    /// There is nobody to ask.
    Nobody,
}

/// Asks at the terminal, on stderr, until the job is cancelled. Anything but a clear yes is
/// a no.
pub(crate) async fn ask(question: &str, job: &Job) -> Result<Answer> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(Answer::Nobody);
    }
    // For as long as somebody thinks it over; nothing waits for this thread at the end.
    let question = format!("{question} [y/N] ");
    let answered = tokio::task::spawn_blocking(move || read_answer(&question));
    let line = tokio::select! {
        biased;
        () = job.cancelled() => {
            // The terminal shows ^C behind the question.
            let _ = writeln!(io::stderr());
            return Err(Failure::Core { error: Error::Cancelled, hint: Some(NOTHING_DONE.into()) });
        }
        line = answered => line,
    };
    let line = line.map_err(io::Error::other).flatten().map_err(|source| Failure::Own {
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

fn read_answer(question: &str) -> io::Result<String> {
    // Not locked while it waits: others have something to say then.
    let mut stderr = io::stderr();
    let mut line = String::new();
    stderr.write_all(question.as_bytes())?;
    stderr.flush()?;
    io::stdin().lock().read_line(&mut line)?;
    Ok(line)
}
