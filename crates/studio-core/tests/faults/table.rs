//! What came of it all, for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use crate::cell::{Lasting, Outcome, Strike};
use crate::fault::{COLUMNS, Column};

/// Where the table stands, between these two lines.
const DOCUMENT: &str = "../../docs/reliability.md";
const BEGIN: &str = "<!-- faults: written by `cargo xtask reliability` -->";
const END: &str = "<!-- faults: end -->";

/// Outcomes by fault, duration and operation.
pub(crate) struct Table {
    operations: Vec<&'static str>,
    cells: BTreeMap<(Lasting, usize, usize), BTreeSet<Outcome>>,
    struck: usize,
}

impl Table {
    pub(crate) fn new(operations: impl Iterator<Item = &'static str>) -> Self {
        Self { operations: operations.collect(), cells: BTreeMap::new(), struck: 0 }
    }

    /// Enters what came of a strike; nothing where there was nothing to strike.
    pub(crate) fn note(&mut self, row: usize, strike: &Strike<'_>, outcome: Option<Outcome>) {
        if let Some(outcome) = outcome {
            self.struck += 1;
            let cell = self.cells.entry((strike.lasting, strike.index, row)).or_default();
            cell.insert(outcome);
        }
    }

    /// Asserts that the document has this table, or writes it to `out` with this table.
    pub(crate) fn compare(&self, out: Option<&Path>) {
        let text = std::fs::read_to_string(document()).unwrap();
        let (before, rest) = text.split_once(BEGIN).unwrap();
        let (_, after) = rest.split_once(END).unwrap();
        let expected = format!("{before}{BEGIN}\n\n{self}\n{END}{after}");
        match out {
            Some(out) => std::fs::write(out, expected).unwrap(),
            None => assert!(
                text == expected,
                "docs/reliability.md tells something else; run `cargo xtask reliability`:\n{self}"
            ),
        }
    }

    /// Asserts that the document tells of each operation and each fault.
    pub(crate) fn compare_names(&self) {
        let text = std::fs::read_to_string(document()).unwrap();
        let rows = self.operations.iter().map(|name| format!("| {name} |"));
        let columns = COLUMNS.iter().map(|one| format!("- **{}**: {}", one.short, one.name));
        for told in rows.chain(columns) {
            assert!(text.contains(&told), "docs/reliability.md lacks `{told}`");
        }
    }

    /// The worst that came of a fault at any request.
    fn word(&self, lasting: Lasting, column: usize, row: usize) -> String {
        match self.cells.get(&(lasting, column, row)).and_then(BTreeSet::last) {
            Some(worst) => worst.to_string(),
            None => "–".to_owned(),
        }
    }
}

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT)
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} runs in which a fault struck. The faults:\n", self.struck)?;
        for Column { short, name, .. } in COLUMNS {
            writeln!(f, "- **{short}**: {name}")?;
        }
        for (lasting, title) in [
            (Lasting::Once, "The fault strikes one request"),
            (Lasting::Forever, "The fault strikes a request and all that follow"),
        ] {
            write!(f, "\n### {title}\n\n| |")?;
            for Column { short, .. } in COLUMNS {
                write!(f, " {short} |")?;
            }
            writeln!(f, "\n|---|{}", "---|".repeat(COLUMNS.len()))?;
            for (row, name) in self.operations.iter().enumerate() {
                if !self.cells.keys().any(|at| (at.0, at.2) == (lasting, row)) {
                    continue;
                }
                write!(f, "| {name} |")?;
                for index in 0..COLUMNS.len() {
                    write!(f, " {} |", self.word(lasting, index, row))?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}
