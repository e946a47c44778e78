//! `cargo xtask reliability`: the tables of docs/reliability.md come from the runs they tell of.

use crate::Result;
use crate::cargo::{self, cargo, root, say};

/// Runs every operation under every fault, and writes what came of it into the document, or
/// compares it with what stands there.
pub(crate) fn run(check: bool) -> Result {
    let document = root()?.join("docs/reliability.md");
    let mut test = cargo(&["test", "--locked", "--workspace", "--test", "faults"])?;
    if !check {
        // Beside the document first: a run that fails leaves the old one.
        let written = document.with_extension("md.new");
        test.env("STUDIO_RELIABILITY_OUT", &written);
        cargo::run(&mut test)?;
        std::fs::rename(&written, &document)?;
        say(&format!("wrote {}", document.display()));
        return Ok(());
    }
    cargo::run(test.env("STUDIO_RELIABILITY_CHECK", "1"))?;
    say("docs/reliability.md tells what happens");
    Ok(())
}
