//! `cargo xtask test`: every test there is.

use crate::Result;
use crate::cargo::{self, cargo, say, target_directory};
use crate::services::{self, Installed, Kind, Server, Started};

/// Runs the hermetic tests, and unless told otherwise the live ones on each server that
/// can be had.
pub(crate) fn run(hermetic: bool, live: bool) -> Result {
    if !live {
        cargo::run(&mut cargo(&["test", "--workspace"])?)?;
    }
    if hermetic {
        return Ok(());
    }
    for kind in Kind::ALL {
        match services::start(kind, &target_directory()?)? {
            Started::Unavailable(reason) => say(&format!("skipped: {kind}: {reason}")),
            Started::Running(server) => run_live(server)?,
        }
    }
    run_described()
}

/// Compares the service with its description.
fn run_described() -> Result {
    let program = match services::schemathesis(&target_directory()?)? {
        Installed::Unavailable(reason) => {
            say(&format!("skipped: schemathesis: {reason}"));
            return Ok(());
        }
        Installed::Ready(program) => program,
    };
    say("the API against its description");
    let mut test = cargo(&["test", "--workspace", "--test", "api_live"])?;
    cargo::run(test.env("STUDIO_TEST_SCHEMATHESIS", program))
}

fn run_live(server: Server) -> Result {
    say(&format!("live tests on {} at {}", server.kind, server.endpoint));
    let targets = server.kind.live_tests().iter().flat_map(|target| ["--test", *target]);
    // The whole workspace again, so that nothing is built with other features.
    let arguments: Vec<&str> = ["test", "--workspace"].into_iter().chain(targets).collect();
    cargo::run(cargo(&arguments)?.envs(server.env()))?;
    Ok(server.stop()?)
}
