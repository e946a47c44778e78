//! The description of the service, and the page that shows it.

use std::collections::BTreeSet;

use serde_json::Value;

use studio_core::access::{Access, StudioSecret};
use studio_core::listener::Listeners;

use crate::support::Service;

/// Every route that the service has, but for the page and the description themselves.
const ROUTES: [(&str, &str); 63] = [
    ("get", "/assets"),
    ("post", "/asset"),
    ("get", "/asset/{file}"),
    ("delete", "/asset/{file}"),
    ("get", "/api/v1/assets"),
    ("post", "/api/v1/assets"),
    ("get", "/api/v1/assets/{id}"),
    ("delete", "/api/v1/assets/{id}"),
    ("get", "/api/v1/artists"),
    ("get", "/api/v1/artists/{artist}"),
    ("get", "/api/v1/artists/{artist}/albums"),
    ("get", "/api/v1/artists/{artist}/albums/{album}"),
    ("get", "/api/v1/artists/{artist}/recordings"),
    ("get", "/api/v1/artists/{artist}/songs"),
    ("get", "/api/v1/artists/{artist}/songs/{song}"),
    ("get", "/api/v1/albums"),
    ("get", "/api/v1/albums/{id}"),
    ("get", "/api/v1/albums/{id}/artwork"),
    ("get", "/api/v1/albums/{album}/discogs"),
    ("get", "/api/v1/artists/{artist}/discogs"),
    ("get", "/api/v1/recordings"),
    ("get", "/api/v1/recordings/{id}"),
    ("get", "/api/v1/recordings/{id}/stream"),
    ("get", "/api/v1/recordings/{id}/artwork"),
    ("get", "/api/v1/songs/{id}"),
    ("get", "/api/v1/songs/{id}/tracks"),
    ("get", "/api/v1/songs/{id}/picks"),
    ("get", "/api/v1/songs/{id}/releases"),
    ("get", "/api/v1/tracks/{id}"),
    ("get", "/api/v1/tracks/{id}/versions"),
    ("get", "/api/v1/versions"),
    ("get", "/api/v1/versions/{id}"),
    ("get", "/api/v1/releases"),
    ("get", "/api/v1/releases/{id}"),
    ("get", "/api/v1/search"),
    ("get", "/api/v1/playlists"),
    ("post", "/api/v1/playlists"),
    ("get", "/api/v1/playlists/{id}"),
    ("put", "/api/v1/playlists/{id}"),
    ("delete", "/api/v1/playlists/{id}"),
    ("get", "/api/v1/playlists/{id}/recordings"),
    ("get", "/api/v1/session"),
    ("post", "/api/v1/session"),
    ("delete", "/api/v1/session"),
    ("post", "/api/v1/account/password"),
    ("get", "/api/v1/sessions"),
    ("delete", "/api/v1/sessions"),
    ("delete", "/api/v1/sessions/{id}"),
    ("get", "/api/v1/tokens"),
    ("post", "/api/v1/tokens"),
    ("delete", "/api/v1/tokens/{id}"),
    ("get", "/api/v1/app-keys"),
    ("post", "/api/v1/app-keys"),
    ("delete", "/api/v1/app-keys/{id}"),
    ("get", "/api/v1/shares"),
    ("post", "/api/v1/shares"),
    ("delete", "/api/v1/shares/{id}"),
    ("get", "/api/v1/accounts"),
    ("get", "/api/v1/audit"),
    ("get", "/health/live"),
    ("get", "/health/ready"),
    ("get", "/metrics"),
    ("get", "/"),
];

#[tokio::test]
async fn every_route_is_described_and_exists() {
    let catalog = std::sync::Arc::new(studio_repo::SqliteCatalog::in_memory().unwrap());
    let access = Access::new(catalog.clone(), StudioSecret::new([7; 32]));
    let listeners = Listeners::new(catalog.clone(), StudioSecret::new([7; 32]));
    let state = crate::seed::fill(catalog, false).await.state.with_access(access);
    let state = state.with_listeners(listeners);
    let service = Service::of_state(state).await;
    let description = service.get("/api/openapi.json").await;
    assert_eq!(description.header("content-type"), "application/json");
    let description = description.json;
    assert_eq!(description["openapi"], "3.1.0");
    assert_eq!(description["info"]["title"], "studio");
    let mut described = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            described.insert((method.as_str(), path.as_str()));
        }
    }
    let expected: BTreeSet<_> = ROUTES.into_iter().filter(|(_, path)| *path != "/").collect();
    assert_eq!(described, expected);
    for (method, path) in ROUTES {
        let path = path.replace("{file}", "none").replace("{id}", "none");
        let path = path.replace("{artist}", "none").replace("{album}", "none");
        let path = path.replace("{song}", "none");
        let answer = service.send(&method.to_uppercase(), &path).await;
        assert_ne!(answer.status, 405, "{method} {path}");
        let is_found = answer.status != 404 || path.contains("/none");
        assert!(is_found, "{method} {path}: {answer:?}");
        assert!(!answer.text.contains("\"not found\""), "{answer:?}");
    }
}

#[tokio::test]
async fn the_description_is_whole() {
    let service = Service::new().await;
    let description = service.get("/api/openapi.json").await;
    let (text, description) = (description.text, description.json);
    let schemas = description["components"]["schemas"].as_object().unwrap();
    for name in
        ["Asset", "AssetFile", "AssetPage", "AssetStatus", "ProblemDetails", "Message", "Reason"]
    {
        assert!(schemas.contains_key(name), "{name}");
    }
    // Every reference leads somewhere.
    for reference in text.split("\"$ref\":\"").skip(1) {
        let name = reference.split('"').next().unwrap();
        let name = name.strip_prefix("#/components/schemas/").unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
    for name in ["Asset", "AssetFile", "ProblemDetails"] {
        assert!(schemas[name]["example"].is_object(), "{name}");
    }
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert_documented(path, method, operation);
        }
    }
}

fn assert_documented(path: &str, method: &str, operation: &Value) {
    let place = format!("{method} {path}");
    assert!(operation["summary"].as_str().unwrap().len() > 5, "{place}");
    let responses = operation["responses"].as_object().unwrap();
    for (status, response) in responses {
        assert!(!response["description"].as_str().unwrap().is_empty(), "{place} {status}");
        let is_problem = path.starts_with("/api") && status.starts_with(['4', '5']);
        if is_problem {
            let content = response["content"].as_object().unwrap();
            assert!(content.contains_key("application/problem+json"), "{place} {status}");
        }
    }
    if path.contains("asset") || path.starts_with("/api/v1") {
        assert!(responses.contains_key("503") && responses.contains_key("500"), "{place}");
    }
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let service = Service::new().await;
    let root = service.get("/").await;
    assert_eq!((root.status, root.header("location")), (307, "/api/docs/"));
    let short = service.get("/api/docs").await;
    assert_eq!((short.status, short.header("location")), (303, "/api/docs/"));
    let page = service.get("/api/docs/").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!policy.contains("http") && !policy.contains('*'), "{policy}");
    // What the page loads, and what its program is told to load.
    let mut loaded = Vec::new();
    for part in page.text.split(['"', '\'']).filter(|part| part.contains('.')) {
        if part.ends_with(".js") || part.ends_with(".css") || part.ends_with(".png") {
            loaded.push(part.trim_start_matches("./").to_owned());
        }
    }
    assert!(loaded.len() >= 6, "{loaded:?}");
    for file in &loaded {
        let answer = service.request("GET", &format!("/api/docs/{file}")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{file}");
        assert_eq!(answer.headers()["content-security-policy"], policy);
    }
    let program = service.get("/api/docs/swagger-initializer.js").await.text;
    assert!(program.contains("\"url\": \"/api/openapi.json\""), "{program}");
    assert!(program.contains("\"validatorUrl\": \"none\""), "{program}");
    let styles = service.get("/api/docs/index.css").await.text;
    for text in [&page.text, &program, &styles] {
        assert!(!text.contains("http://") && !text.contains("https://"), "{text}");
        assert!(!text.contains("src=\"//") && !text.contains("url(//"), "{text}");
    }
}
