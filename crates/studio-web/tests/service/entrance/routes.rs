//! The table of all routes is what is done.

use std::fmt::Write as _;

use reqwest::RequestBuilder;
use studio_domain::Scope;

use super::house::{Browser, House, answer};

const NOBODY: &str = "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a11";

/// A line of the table.
struct Line {
    method: String,
    path: String,
    who: String,
    scopes: String,
}

fn lines() -> Vec<Line> {
    let table = studio_web::table_of_routes();
    let lines = table.lines().skip(2).map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let (method, path) = cells[1].trim_matches('`').split_once(' ').unwrap();
        let [method, path, who, scopes] = [method, path, cells[2], cells[3]].map(str::to_owned);
        Line { method, path, who, scopes }
    });
    lines.collect()
}

impl Line {
    /// A request for something that is not there, so that nothing is changed.
    fn request(&self, house: &House) -> RequestBuilder {
        let path = self.path.split('/').map(|part| match part.starts_with('{') {
            true => NOBODY,
            false => part,
        });
        house.request(&self.method, &path.collect::<Vec<_>>().join("/"))
    }

    /// Whether somebody may have it: a guest who comes from elsewhere, or an account's name.
    fn is_for(&self, name: Option<&str>) -> bool {
        match self.who.as_str() {
            "anyone" | "whoever has its key or link" => true,
            "whoever is signed in" => name.is_some(),
            "managers, artists for what is theirs" => {
                matches!(name, Some("mia" | "laura" | "otto"))
            }
            "managers" | "managers, and this machine itself" => name == Some("mia"),
            other => panic!("nobody tested that it is for {other}"),
        }
    }

    fn has_own_proof(&self) -> bool {
        self.who == "whoever has its key or link"
    }

    fn takes(&self, scope: Scope) -> bool {
        self.scopes == "any scope" || self.scopes.contains(&format!("`{scope}`"))
    }
}

#[tokio::test]
async fn every_route_is_for_those_whom_the_table_names() {
    let house = House::behind_a_proxy().await;
    let lines = lines();
    assert!(lines.len() > 50, "{}", lines.len());
    for line in &lines {
        let elsewhere = |request: RequestBuilder| request.header("x-forwarded-for", "192.0.2.9");
        for name in [None, Some("mia"), Some("laura"), Some("otto"), Some("lea")] {
            // What ends sessions must not end those of the others.
            let browser = match name {
                Some(name) => Some(house.browser(name).await),
                None => None,
            };
            let request = elsewhere(line.request(&house));
            let answer = match &browser {
                Some(browser) => browser.send(request).await,
                None => answer(request).await,
            };
            let said = format!("{} {} by {name:?}: {answer:?}", line.method, line.path);
            let is_refused = matches!(answer.status, 401 | 403);
            if line.has_own_proof() {
                continue;
            }
            assert_eq!(!is_refused, line.is_for(name), "{said}");
            if is_refused {
                assert_eq!(answer.status, if name.is_none() { 401 } else { 403 }, "{said}");
                assert_eq!(answer.header("www-authenticate").is_empty(), name.is_some(), "{said}");
            }
            assert_ne!(answer.status, 500, "{said}");
            assert_ne!(answer.status, 405, "{said}");
        }
    }
}

#[tokio::test]
async fn a_token_does_no_more_than_its_scopes_say() {
    let house = House::new().await;
    let all = [Scope::Read, Scope::Write, Scope::Ingest, Scope::Manage];
    for scope in all {
        let token = house.token("mia", &[scope]).await;
        for line in lines().iter().filter(|line| !line.has_own_proof()) {
            let answer = answer(line.request(&house).bearer_auth(&token)).await;
            let said = format!("{} {} with {scope}: {answer:?}", line.method, line.path);
            assert_eq!(answer.status != 403, line.takes(scope), "{said}");
            assert_ne!(answer.status, 401, "{said}");
            if answer.status == 403 && line.path.starts_with("/api/") {
                assert_eq!(answer.json["code"], "insufficient-scope", "{said}");
            }
        }
    }
}

#[tokio::test]
async fn a_token_does_no_more_than_its_account_may() {
    let house = House::new().await;
    let all = [Scope::Read, Scope::Write, Scope::Ingest, Scope::Manage];
    let token = house.token("lea", &all).await;
    for line in lines() {
        if line.who != "managers" {
            continue;
        }
        let answer = answer(line.request(&house).bearer_auth(&token)).await;
        assert_eq!(answer.status, 403, "{} {}: {answer:?}", line.method, line.path);
    }
}

#[tokio::test]
async fn what_no_rule_is_of_answers_nobody() {
    let house = House::new().await;
    let mia: Browser = house.browser("mia").await;
    for (method, path) in [("PATCH", "/api/v1/albums"), ("PUT", "/assets"), ("TRACE", "/metrics")] {
        let answer = mia.send(house.request(method, path)).await;
        assert_eq!(answer.status, 405, "{method} {path}: {answer:?}");
        assert!(answer.header("allow").contains("GET,HEAD"), "{answer:?}");
    }
    assert_eq!(mia.get(&house, "/nothing").await.status, 404);
}

/// docs/security.md has the table as it is; with `STUDIO_WRITE_DOCS=1` this writes it there.
#[test]
fn the_document_has_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/security.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (begin, end) = ("<!-- routes -->\n", "<!-- end of routes -->\n");
    let (before, rest) = text.split_once(begin).unwrap();
    let (written, after) = rest.split_once(end).unwrap();
    let table = studio_web::table_of_routes();
    if std::env::var_os("STUDIO_WRITE_DOCS").is_some() {
        let mut text = before.to_owned();
        write!(text, "{begin}{table}{end}{after}").unwrap();
        return std::fs::write(path, text).unwrap();
    }
    assert_eq!(written, table, "STUDIO_WRITE_DOCS=1 writes docs/security.md anew");
}
