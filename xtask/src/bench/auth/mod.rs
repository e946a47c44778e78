//! `cargo xtask bench-auth`: what it costs that people have accounts.
//!
//! Each measure is a ratio of two that are taken in turns in one run: with an account and
//! without, while many sign in and while nobody does, in a large catalogue and in a small one.

mod lists;
mod logins;
mod people;
mod session;

use std::path::PathBuf;

use serde_json::Value;

use super::site::Site;
use super::{median, wrk};
use crate::Result;
use crate::cargo::{print, release_studio};

/// What is measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only these parts; otherwise all
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// How long each is measured each time
    #[arg(long, value_name = "SECONDS", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// How often each is measured, in turns; the median counts
    #[arg(long, value_name = "COUNT", default_value_t = 7, value_parser = clap::value_parser!(u64).range(1..))]
    rounds: u64,
    /// How many recordings the large catalogue has
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(5000..))]
    recordings: u64,
    /// This program instead of one that is built now
    #[arg(long, value_name = "FILE")]
    studio: Option<PathBuf>,
}

/// A part of the measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Pages for who has signed in, beside those for a guest
    Session,
    /// A recording that is listened to while many sign in
    Logins,
    /// Lists of 500 albums for a player, in a small and in a large catalogue
    Lists,
}

/// Measures everything, or the parts that are asked for, and fails if a bound does not hold.
pub(crate) fn run(options: &Options) -> Result {
    let studio = match &options.studio {
        Some(studio) => std::path::absolute(studio)?,
        None => release_studio()?,
    };
    let place = tempfile::Builder::new().prefix("studio-auth-").tempdir()?;
    let bench = Bench { studio, place: place.path().to_owned(), options };
    let wanted = |part| options.only.is_empty() || options.only.contains(&part);
    let mut rows = Vec::new();
    if wanted(Part::Session) {
        rows.extend(session::measure(&bench)?);
    }
    if wanted(Part::Logins) {
        rows.extend(logins::measure(&bench)?);
    }
    if wanted(Part::Lists) {
        rows.extend(lists::measure(&bench)?);
    }
    judge(&rows)
}

/// With what it is measured, and where.
struct Bench<'a> {
    studio: PathBuf,
    place: PathBuf,
    options: &'a Options,
}

impl Bench<'_> {
    /// A place of its own for a part of the measures.
    fn site(&self, name: &str, environment: Vec<(String, String)>) -> Result<Site> {
        Site::new(&self.studio, &self.place, name, environment)
    }

    /// The database of such a place.
    fn database(&self, name: &str) -> PathBuf {
        self.place.join(name).join("studio.db")
    }
}

/// One line of the result.
struct Row {
    what: String,
    value: f64,
    base: f64,
    unit: &'static str,
    /// How often the base the value is, or the value the base where more is better.
    ratio: f64,
    most: f64,
}

impl Row {
    /// What was measured in turns with its base: the median of each, and that of the ratio of
    /// each round, since what else the machine does changes between them.
    fn in_turns(what: String, unit: &'static str, [value, base]: [Vec<f64>; 2], most: f64) -> Self {
        let ratios = value.iter().zip(&base).map(|(value, base)| value / base).collect();
        Self { what, unit, ratio: median(ratios), value: median(value), base: median(base), most }
    }

    /// The same of a rate: how much less it is.
    fn of_rates(what: String, [value, base]: [Vec<f64>; 2], most: f64) -> Self {
        let row = Self::in_turns(what, "a second", [base, value], most);
        Self { value: row.base, base: row.value, ..row }
    }
}

/// Prints the lines and fails if one is not within its bound.
fn judge(rows: &[Row]) -> Result {
    print("");
    print("| measure | value | base | ratio | bound | held |");
    print("|---|---|---|---|---|---|");
    let mut failed = 0;
    for Row { what, value, base, unit, ratio, most } in rows {
        let holds = ratio <= most;
        failed += usize::from(!holds);
        let held = if holds { "yes" } else { "NO" };
        let digits = if *unit == "ms" { 2 } else { 0 };
        let number = |number: &f64| format!("{number:.digits$} {unit}");
        let (value, base) = (number(value), number(base));
        print(&format!("| {what} | {value} | {base} | {ratio:.2} | {most} | {held} |"));
    }
    match failed {
        0 => Ok(()),
        _ => Err(format!("{failed} of {} measures do not hold", rows.len()).into()),
    }
}

/// What the server answers to a request with a header, as JSON.
fn ask(url: &str, header: Option<&str>) -> Result<Value> {
    let mut curl = std::process::Command::new("curl");
    curl.args(["-sS", "--fail-with-body"]);
    if let Some(header) = header {
        curl.args(["-H", header]);
    }
    let done = curl.arg(url).output()?;
    if !done.status.success() {
        let text = String::from_utf8_lossy(&done.stdout);
        // Not the whole URL: a key may be in it.
        let path = url.split('?').next().unwrap_or_default();
        return Err(format!("{path} was refused: {}", text.trim_end()).into());
    }
    Ok(serde_json::from_slice(&done.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_that_of_the_rounds_and_above_one_where_the_base_is_better() {
        let slow =
            Row::in_turns("p99".to_owned(), "ms", [vec![2.0, 9.0, 4.0], vec![1.0, 3.0, 4.0]], 3.0);
        assert_eq!((slow.value, slow.base, slow.ratio), (4.0, 3.0, 2.0));
        let rate = Row::of_rates("rate".to_owned(), [vec![50.0], vec![100.0]], 1.3);
        assert_eq!((rate.value, rate.base, rate.ratio), (50.0, 100.0, 2.0));
        assert!(judge(&[slow]).is_ok() && judge(&[rate]).is_err());
    }
}
