//! The pages that everybody sees.

mod addresses;
mod pages;
mod pictures;

use std::sync::Arc;

use studio_domain::Slug;
use studio_repo::SqliteCatalog;

use crate::seed::{self, Seeded, band};
use crate::support::Service;

/// A service with a band of which everything is published, and another of which some is not.
async fn site() -> (Service, Seeded) {
    let seeded = seed::fill(Arc::new(SqliteCatalog::in_memory().unwrap()), false).await;
    band::take_in(&seeded.studio).await;
    (Service::of_state(seeded.state.clone()).await, seeded)
}

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

/// A page as it came.
struct Page {
    status: u16,
    headers: reqwest::header::HeaderMap,
    text: String,
}

impl Page {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The values of an attribute, in their order.
    fn all(&self, attribute: &str) -> Vec<String> {
        let before = format!(" {attribute}=\"");
        let parts = self.text.split(&before).skip(1);
        parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
    }
}

/// Asks as a browser does.
async fn visit(service: &Service, path: &str) -> Page {
    let request = service.request("GET", path).header("accept", "text/html,*/*;q=0.8");
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Page { status, headers, text: response.text().await.unwrap() }
}
