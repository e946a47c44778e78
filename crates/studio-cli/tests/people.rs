//! Accounts, tokens, keys of players and the audit log, at the command line.

#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use common::{Desk, Ran};

fn with_password(desk: &Desk, words: &[&str], password: &str) -> Ran {
    let script = format!("printf '%s\\n' '{password}' | \"$0\" \"$@\"");
    let words = [words, &["--password-stdin"]].concat();
    desk.shell(&script, &words).output().unwrap().into()
}

fn studio() -> Desk {
    let desk = Desk::new();
    let add = ["user", "add", "Laura", "--role", "manager", "--email", "laura@example.org"];
    let made = with_password(&desk, &add, "correct horse battery").out();
    assert_eq!(made, "made account Laura (manager)\n");
    desk
}

#[test]
fn accounts_are_made_listed_changed_and_taken_out() {
    let desk = studio();
    assert!(Desk::new().run(&["user", "list"]).out().contains("--role manager"));
    let add = ["user", "add", "ana", "--role", "artist", "--artist", "Ana Torres", "--no-password"];
    desk.run(&add).out();
    let list = desk.run(&["user", "list"]).out();
    assert!(list.contains("laura@example.org") && list.contains("Ana Torres"), "{list}");
    assert!(list.contains("no password"), "{list}");
    desk.run(&["user", "set", "ANA", "--email", "ana@example.org", "--role", "listener"]).out();
    let json = desk.run(&["user", "list", "--json"]).out();
    assert!(json.contains("\"ana@example.org\"") && !json.contains("argon2"), "{json}");
    let again = desk.run(&["user", "set", "ana", "--role", "listener"]).out();
    assert_eq!(again, "nothing to change: account ana\n");
    assert_eq!(desk.run(&["user", "disable", "ana"]).out(), "disabled account ana\n");
    assert_eq!(desk.run(&["user", "disable", "ana"]).out(), "already disabled: account ana\n");
    assert_eq!(desk.run(&["user", "enable", "ana"]).out(), "enabled account ana\n");
    desk.run(&["user", "remove", "ana"]).fails(2, &["--yes"]);
    assert_eq!(desk.run(&["user", "remove", "ana", "--yes"]).out(), "took out account ana\n");
    desk.run(&["user", "disable", "ana"]).fails(3, &["there is no account ana", "user list"]);
}

#[test]
fn what_must_not_be_is_refused() {
    let desk = studio();
    let add = ["user", "add", "ann", "--role", "listener"];
    with_password(&desk, &add, "short").fails(2, &["at least 12 characters"]);
    with_password(&desk, &add, &"x".repeat(5000)).fails(2, &["at most 1024 bytes"]);
    with_password(&desk, &add, "ababababababab").fails(2, &["five different"]);
    desk.run(&add).fails(2, &["nobody to ask", "--password-stdin"]);
    desk.run(&["user", "add", "x", "--role", "owner"]).fails(2, &["manager, artist or listener"]);
    let twice = ["user", "add", "LAURA", "--role", "listener", "--no-password"];
    desk.run(&twice).fails(4, &["there is an account"]);
    desk.run(&["user", "disable", "laura"]).fails(4, &["manager"]);
    desk.run(&["user", "remove", "laura", "--yes"]).fails(4, &["manager"]);
    desk.run(&["user", "set", "laura"]).fails(2, &["nothing to change"]);
    desk.run(&["token", "create", "laura", "x", "--scope", "all"]).fails(2, &["read, write"]);
    desk.run(&["token", "create", "eve", "x"]).fails(3, &["there is no account eve"]);
    desk.run(&["token", "revoke", "x"]).fails(2, &["token list"]);
    let nothing = "0198c5a0-0000-7000-8000-000000000000";
    desk.run(&["token", "revoke", nothing]).fails(3, &["there is no token"]);
    desk.run(&["appkey", "revoke", nothing]).fails(3, &["there is no appkey"]);
}

#[test]
fn tokens_and_keys_are_told_once() {
    let desk = studio();
    let token = desk.run(&["token", "create", "laura", "worker", "--scope", "ingest,read"]).out();
    assert!(token.starts_with("studio_") && token.trim_end().len() == 50, "{token}");
    let key = desk.run(&["appkey", "create", "laura", "phone"]).out();
    assert_eq!(key.trim_end().len(), 48, "{key}");
    desk.run(&["token", "create", "laura", "WORKER"]).fails(4, &["WORKER"]);
    for (what, name, secret) in [("token", "worker", &token), ("appkey", "phone", &key)] {
        let list = desk.run(&[what, "list"]).out();
        assert!(list.contains(name) && !list.contains(secret.trim_end()), "{list}");
        let json = desk.run(&[what, "list", "--user", "laura", "--json"]).out();
        let lines: serde_json::Value = serde_json::from_str(&json).unwrap();
        let id = lines[0]["id"].as_str().unwrap();
        let revoked = desk.run(&[what, "revoke", id]).out();
        assert_eq!(revoked, format!("took back {what} {id}\n"));
        desk.run(&[what, "revoke", id]).fails(3, &[id]);
    }
    // Neither the database nor the log of changes has any of them.
    let audit = desk.run(&["audit", "--json"]).out();
    let actions: serde_json::Value = serde_json::from_str(&audit).unwrap();
    let actions: Vec<&str> =
        actions.as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap()).collect();
    let expected = ["appkey.revoke", "token.revoke", "appkey.create", "token.create", "user.add"];
    assert_eq!(actions, expected);
    let database = std::fs::read(desk.path("home/.local/share/studio/studio.db")).unwrap();
    for secret in [token.trim_end(), key.trim_end(), "correct horse battery"] {
        assert!(!audit.contains(secret));
        assert!(!database.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()));
    }
    assert!(desk.run(&["audit", "--limit", "1"]).out().contains("appkey.revoke"));
}
