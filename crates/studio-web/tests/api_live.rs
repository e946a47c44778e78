//! The service does what its description says: schemathesis makes requests of the description,
//! good and bad ones, and looks at the answers. Needs `STUDIO_TEST_SCHEMATHESIS`, the program;
//! `cargo xtask test` installs it.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test's way to fail and to tell")]

#[expect(dead_code, reason = "other tests use all of it")]
mod seed;

use std::process::Stdio;
use std::sync::Arc;

use studio_core::CancellationToken;
use studio_repo::SqliteCatalog;
use studio_web::serve;
use tokio::net::TcpListener;
use tokio::process::Command;

const PROGRAM: &str = "STUDIO_TEST_SCHEMATHESIS";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_described_is_what_is_done() {
    let Some(program) = std::env::var_os(PROGRAM) else {
        eprintln!("skipped: {PROGRAM} is not set; `cargo xtask test` sets it");
        return;
    };
    let seeded = seed::fill(Arc::new(SqliteCatalog::in_memory().unwrap()), false).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, seeded.state, shutdown.clone()));
    let directory = tempfile::tempdir().unwrap();
    let run = Command::new(program)
        .args(["run", &format!("http://{address}/api/openapi.json")])
        .args(["--checks", "all", "--seed", "1", "--max-examples", "30", "--no-color"])
        .args(["--phases", "examples,coverage,fuzzing", "--generation-database", "none"])
        // What the documents of the media-ingest workflow lay down is tested beside them.
        .args(["--include-path-regex", "^/api/v1/"])
        // What makes no sense to the domain is refused, though JSON Schema cannot say it.
        .args(["--exclude-checks", "positive_data_acceptance"])
        .current_dir(directory.path())
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
    shutdown.cancel();
    serving.await.unwrap().unwrap();
}
