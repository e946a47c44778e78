//! Proves a store before it is trusted with takes.
//!
//! Run it with `cargo run --example test_a_store`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;

use studio_core::{FileStore, Job, test_store};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let place = tempfile::tempdir()?;
    let store = FileStore::new(place.path());
    let report = test_store(&store, &Job::default()).await?;
    println!("more than 100 checks: {}", report.checks.len() > 100);
    println!("verdict: {:?}", report.verdict());
    // What a store cannot do is said, with what studio does instead.
    for missing in report.missing() {
        println!("  without {}: {}", missing.name, missing.instead);
    }
    Ok(())
}
