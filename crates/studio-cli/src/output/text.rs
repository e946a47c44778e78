//! Lines on stdout and stderr.

use std::borrow::Cow;
use std::io::{self, BufWriter, StdoutLock, Write as _};

use serde::Serialize;

use crate::failure::Result;

/// Stdout: data, and nothing else.
#[derive(Debug)]
pub(crate) struct Out(BufWriter<StdoutLock<'static>>);

impl Out {
    /// Takes stdout until dropped.
    pub(crate) fn new() -> Self {
        Self(BufWriter::new(io::stdout().lock()))
    }

    /// Writes a line, of text that may come from anywhere.
    pub(crate) fn line(&mut self, text: &str) -> Result<()> {
        writeln!(self.0, "{}", printable(text))?;
        Ok(())
    }

    /// Sees to it that all lines so far are out; what cannot be written is a failure too.
    pub(crate) fn flush(&mut self) -> Result<()> {
        Ok(self.0.flush()?)
    }

    /// Sees to it that all lines are out, at the end.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.flush()
    }

    /// Writes a text as it is.
    pub(crate) fn raw(&mut self, text: &str) -> Result<()> {
        self.0.write_all(text.as_bytes())?;
        self.0.flush()?;
        Ok(())
    }

    /// Writes a JSON document for people and programs: indented, with a line's end.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<()> {
        serde_json::to_writer_pretty(&mut self.0, value).map_err(io::Error::from)?;
        self.raw("\n")
    }

    /// Writes a JSON value in a document that is being written.
    pub(crate) fn json_value(&mut self, value: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.0, value).map_err(io::Error::from)?;
        Ok(())
    }
}

/// Prints names and values below each other, names `width` wide; a value of several lines
/// keeps them.
pub(crate) fn print_fields(
    out: &mut Out,
    indent: &str,
    width: usize,
    fields: impl IntoIterator<Item = (&'static str, String)>,
) -> Result<()> {
    for (name, value) in fields {
        let mut name = name;
        for line in value.split(['\n', '\r']).filter(|line| !line.is_empty()) {
            out.line(&format!("{indent}{name:<width$} {line}"))?;
            name = "";
        }
    }
    Ok(())
}

/// Tells something on stderr.
pub(crate) fn note(text: &str) {
    // Nobody is left to tell should this fail.
    let _ = writeln!(io::stderr().lock(), "{}", printable(text));
}

/// A text in which nothing controls the terminal it is shown on: no escape sequences, no
/// line breaks, nothing that turns the direction of what follows. Letters of scripts that
/// run from right to left are letters like others.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let controls = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}' | '\u{FEFF}')
    };
    if !text.chars().any(controls) {
        return Cow::Borrowed(text);
    }
    let escape = |c: char| match controls(c) {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    Cow::Owned(text.chars().map(escape).collect())
}

/// A number of bytes in decimal units, as disks and stores are sold.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if count < 1000 {
        return format!("{count} B");
    }
    let mut amount = count as f64 / 1000.0;
    let mut unit = 0;
    // From 999.95 of a unit on, the next one reads better.
    while amount >= 999.95 && unit + 1 < UNITS.len() {
        amount /= 1000.0;
        unit += 1;
    }
    format!("{amount:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_one_decimal_and_a_fitting_unit() {
        let shown = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (1449, "1.4 kB"),
            (999_949, "999.9 kB"),
            (999_950, "1.0 MB"),
            (17_280_102, "17.3 MB"),
            (4_294_967_296, "4.3 GB"),
            (u64::MAX, "18.4 EB"),
        ];
        for (count, text) in shown {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn nothing_printable_controls_a_terminal() {
        assert_eq!(printable("Björk 🎸 שלום"), "Björk 🎸 שלום");
        assert_eq!(printable("a\u{1b}[2Jb\n"), "a\\u{1b}[2Jb\\n");
    }
}
