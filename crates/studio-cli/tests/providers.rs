//! Providers of `OpenID` Connect in studio.toml.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use common::Desk;

const TABLE: &str = "[[oidc]]\nname = \"google\"\nissuer = \"https://accounts.example.org\"\n\
    client_id = \"studio\"\nclient_secret = \"very secret\"\nlink_verified_email = true\n";

#[test]
fn a_provider_is_told_of_without_its_secret() {
    let desk = Desk::new();
    desk.file("studio.toml", TABLE.as_bytes());
    for arguments in [&["config"][..], &["config", "--json"]] {
        let told = desk.run(arguments).out();
        assert!(told.contains("oidc.google"), "{told}");
        assert!(told.contains("https://accounts.example.org as studio"), "{told}");
        assert!(told.contains("verified addresses count"), "{told}");
        assert!(!told.contains("very secret"), "{told}");
        assert!(told.contains("studio.secret") || told.contains(".secret"), "{told}");
    }
    desk.run(&["serve", "--dry-run"]).out();
    let secret = Desk::new().with("STUDIO_SECRET", "not shown").run(&["config"]).out();
    assert!(!secret.contains("not shown"), "{secret}");
}

#[test]
fn a_provider_that_cannot_be_is_refused() {
    for (from, to, said) in [
        ("https://accounts", "http://accounts", "reached by https"),
        ("\"google\"", "\"a b\"", "letters, digits and hyphens"),
        ("\"studio\"", "\"\"", "client_id"),
        ("link_verified_email", "link_any_email", "link_any_email"),
    ] {
        let desk = Desk::new();
        desk.file("studio.toml", TABLE.replace(from, to).as_bytes());
        desk.run(&["serve", "--dry-run"]).fails(2, &[said]);
    }
    let desk = Desk::new();
    desk.file("studio.toml", TABLE.repeat(2).as_bytes());
    desk.run(&["serve", "--dry-run"]).fails(2, &["two [[oidc]] with the name google"]);
}

#[test]
fn who_somebody_is_there_is_linked_told_and_taken_back() {
    let desk = Desk::new();
    desk.file("studio.toml", TABLE.as_bytes());
    for name in ["ann", "bob"] {
        desk.run(&["user", "add", name, "--role", "listener", "--no-password"]).out();
    }
    assert!(desk.run(&["user", "identities", "ann"]).out().contains("no identities"));
    let linked = desk.run(&["user", "link", "ANN", "google", "1101"]).out();
    assert_eq!(linked, "linked 1101 at https://accounts.example.org to account ann\n");
    desk.run(&["user", "link", "ann", "https://other.example", "s"]).out();
    let told = desk.run(&["user", "identities", "ann"]).out();
    assert!(told.contains("https://accounts.example.org  1101"), "{told}");
    let json = desk.run(&["user", "identities", "ann", "--json"]).out();
    let lines: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(lines.as_array().unwrap().len(), 2);
    assert_eq!((&lines[0]["subject"], &lines[0]["user"]), (&"1101".into(), &"ann".into()));
    // It is nobody else's, neither to have nor to take back.
    desk.run(&["user", "link", "bob", "google", "1101"]).fails(4, &["linked to another account"]);
    desk.run(&["user", "unlink", "bob", "google", "1101"]).fails(3, &["not linked", "identities"]);
    let taken = desk.run(&["user", "unlink", "ann", "https://accounts.example.org", "1101"]).out();
    assert!(taken.contains("1101") && taken.contains("ann"), "{taken}");
    desk.run(&["user", "unlink", "ann", "google", "1101"]).fails(3, &["not linked"]);
    desk.run(&["user", "link", "bob", "google", "1101"]).out();
    let log = desk.run(&["audit"]).out();
    assert!(log.contains("identity.link") && log.contains("identity.unlink"), "{log}");
}

#[test]
fn who_cannot_be_there_is_not_linked() {
    let desk = Desk::new();
    desk.file("studio.toml", TABLE.as_bytes());
    desk.run(&["user", "link", "eve", "google", "1"]).fails(3, &["there is no account eve"]);
    desk.run(&["user", "identities", "eve"]).fails(3, &["there is no account eve"]);
    desk.run(&["user", "link", "eve", "gogle", "1"]).fails(2, &["gogle", "studio config"]);
    for subject in ["", "\u{e9}", "a\nb", "x".repeat(256).as_str()] {
        desk.run(&["user", "link", "eve", "google", subject]).fails(2, &["1 to 255"]);
    }
}
