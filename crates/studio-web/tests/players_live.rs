//! The libraries that players are made of, against a real service: py-opensonic (PyPI) and
//! subsonic-api (npm). Needs `STUDIO_TEST_PYOPENSONIC`, a Python that has the one, and
//! `STUDIO_TEST_SUBSONIC_API`, the folder of the other; `cargo xtask test` installs them.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test's way to fail and to tell")]

#[expect(dead_code, reason = "other tests use all of it")]
mod seed;

use std::path::Path;
use std::sync::Arc;

use studio_core::CancellationToken;
use studio_core::access::{Access, Actor, NewAccount, StudioSecret};
use studio_core::listener::Listeners;
use studio_domain::{Role, UserName};
use studio_repo::SqliteCatalog;
use studio_web::serve;
use tokio::net::TcpListener;
use tokio::process::Command;

/// Runs a program against a service with a listener, whose key it is given.
async fn against_a_service(program: &Path, arguments: &[&Path], expected: &str) {
    let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
    let seeded = seed::fill(Arc::clone(&catalog), false).await;
    seed::band::take_in(&seeded.studio).await;
    let secret = StudioSecret::new([7; 32]);
    let access = Access::new(Arc::clone(&catalog), secret.clone());
    let [name, way, address] = ["root", "command line", "console"].map(str::to_owned);
    let actor = Actor { account: None, name, way, address };
    let name: UserName = "lea".parse().unwrap();
    let new =
        NewAccount { name: name.clone(), email: None, role: Role::Listener, artists: Vec::new() };
    access.add_account(new, None, &actor).await.unwrap();
    let (_, key) = access.create_app_key(&name, "test".parse().unwrap(), &actor).await.unwrap();
    let listeners = Listeners::new(catalog, secret);
    let state = seeded.state.with_access(access).with_listeners(listeners);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, state, shutdown.clone()));
    let ran = Command::new(program)
        .args(arguments)
        .args([&url, "lea", key.as_str()])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{said}\n{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(said.trim(), expected);
    shutdown.cancel();
    serving.await.unwrap().unwrap();
}

fn script(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/players_live").join(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn py_opensonic_understands_every_answer() {
    let Some(python) = std::env::var_os("STUDIO_TEST_PYOPENSONIC") else {
        eprintln!("skipped: STUDIO_TEST_PYOPENSONIC is not set; `cargo xtask test` sets it");
        return;
    };
    let script = script("opensonic.py");
    against_a_service(Path::new(&python), &[&script], "py-opensonic: 6 ways").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn subsonic_api_understands_every_answer() {
    let Some(folder) = std::env::var_os("STUDIO_TEST_SUBSONIC_API") else {
        eprintln!("skipped: STUDIO_TEST_SUBSONIC_API is not set; `cargo xtask test` sets it");
        return;
    };
    let script = script("subsonic.mjs");
    let arguments = [script.as_path(), Path::new(&folder)];
    against_a_service(Path::new("node"), &arguments, "subsonic-api: 4 ways").await;
}
