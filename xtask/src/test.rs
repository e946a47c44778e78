//! `cargo xtask test`: every test there is.

use std::path::Path;

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
    for tool in &TOOLS {
        tool.run()?;
    }
    Ok(())
}

/// Programs of others against which something is tested, each installed if it can be.
struct Tool {
    name: &'static str,
    /// What is tested with it.
    said: &'static str,
    install: fn(&Path) -> services::Result<Installed>,
    /// The variable by which the test finds it, and the test target.
    variable: &'static str,
    target: &'static str,
}

const TOOLS: [Tool; 5] = [
    Tool {
        name: "schemathesis",
        said: "the API against its description",
        install: services::schemathesis,
        variable: "STUDIO_TEST_SCHEMATHESIS",
        target: "api_live",
    },
    Tool {
        name: "py-opensonic",
        said: "players against the service: py-opensonic",
        install: services::opensonic,
        variable: "STUDIO_TEST_PYOPENSONIC",
        target: "players_live",
    },
    Tool {
        name: "subsonic-api",
        said: "players against the service: subsonic-api",
        install: services::subsonic_api,
        variable: "STUDIO_TEST_SUBSONIC_API",
        target: "players_live",
    },
    Tool {
        name: "oidc-provider",
        said: "signing in at a provider: oidc-provider",
        install: services::oidc_provider,
        variable: "STUDIO_TEST_OIDC_PROVIDER",
        target: "provider_live",
    },
    Tool {
        name: "playwright-core",
        said: "the site in a real browser: Chromium",
        install: services::playwright,
        variable: "STUDIO_TEST_PLAYWRIGHT",
        target: "browser_live",
    },
];

impl Tool {
    fn run(&self) -> Result {
        match (self.install)(&target_directory()?)? {
            Installed::Unavailable(reason) => say(&format!("skipped: {}: {reason}", self.name)),
            Installed::Ready(program) => {
                say(self.said);
                let mut test = cargo(&["test", "--workspace", "--test", self.target])?;
                cargo::run(test.env(self.variable, program))?;
            }
        }
        Ok(())
    }
}

fn run_live(server: Server) -> Result {
    say(&format!("live tests on {} at {}", server.kind, server.endpoint));
    let targets = server.kind.live_tests().iter().flat_map(|target| ["--test", *target]);
    // The whole workspace again, so that nothing is built with other features.
    let arguments: Vec<&str> = ["test", "--workspace"].into_iter().chain(targets).collect();
    cargo::run(cargo(&arguments)?.envs(server.env()))?;
    Ok(server.stop()?)
}
