//! The table of every route and who may call it, for people to read (docs/security.md).

use std::fmt::Write as _;

use super::Rules;
use super::rules::Who;

/// All routes as a table in Markdown, made of the rules that are followed.
pub fn table() -> String {
    let mut text = String::from("| route | who | a token needs |\n|---|---|---|\n");
    for (route, method, rule) in rules().iter() {
        let scopes: Vec<String> = rule.scopes.iter().map(|scope| format!("`{scope}`")).collect();
        let scopes = match (rule.who, scopes.as_slice()) {
            (Who::Bearer, _) => "nothing".to_owned(),
            (_, []) => "no token will do".to_owned(),
            (_, scopes) if scopes.len() == 4 => "any scope".to_owned(),
            (_, scopes) => scopes.join(" or "),
        };
        // Writing to a text does not fail.
        let _ = writeln!(text, "| `{method} {route}` | {} | {scopes} |", rule.who.told());
    }
    text
}

fn rules() -> Rules {
    crate::server::rules()
}
