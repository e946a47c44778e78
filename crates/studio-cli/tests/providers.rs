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
