//! Paths that the documents name in the midst of sentences are ones that the daemon serves, by its own description.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::daemon::Daemon;

/// With what the paths that the daemon serves begin; all others are of outside systems.
const OURS: [&str; 9] = [
    "brands",
    "api",
    "admin",
    "replies",
    "webhooks",
    "healthz",
    "readyz",
    "metrics",
    "openapi.json",
];

/// The method, where one is named, and the path between backticks.
fn named(span: &str) -> Option<(Option<&str>, &str)> {
    let (method, path) = match span.split_once(' ') {
        Some((method, path)) if method.chars().all(|c| c.is_ascii_uppercase()) => {
            (Some(method), path)
        }
        Some(_) => return None,
        None => (None, span),
    };
    let first = path.strip_prefix('/')?.split('/').next()?;
    OURS.contains(&first).then_some((method, path))
}

/// Whether `path` is the served one, or the beginning of it; `Some(true)` if it is all of it.
fn leads_to(path: &str, served: &str) -> Option<bool> {
    let mut segments = served.split('/');
    for segment in path.trim_end_matches('/').split('/') {
        let served = segments.next()?;
        match segment {
            "…" => return Some(false),
            segment if segment == served || served.starts_with('{') => (),
            _ => return None,
        }
    }
    Some(segments.next().is_none())
}

#[tokio::test]
async fn every_path_that_the_documents_name_is_served() {
    let daemon = Daemon::started().await;
    let described = daemon.client().get(daemon.url("/openapi.json"));
    let described = described.send().await.unwrap().bytes().await.unwrap();
    let described: Value = serde_json::from_slice(&described).unwrap();
    let served = described["paths"].as_object().unwrap();
    let (mut looked_at, mut unknown) = (0, Vec::new());
    for file in ["README.md", "docs/MANUAL.md", "docs/CONFIGURATION.md"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let text = fs::read_to_string(path).unwrap();
        let blocks = text.split("```").step_by(2);
        let spans = blocks.flat_map(|prose| prose.split('`').skip(1).step_by(2));
        for (method, path) in spans.filter_map(named) {
            looked_at += 1;
            let is_served = served.iter().any(|(template, methods)| {
                let has = |method: &str| methods.get(method.to_lowercase()).is_some();
                match (leads_to(path, template), method) {
                    (Some(true), Some(method)) => has(method),
                    (found, _) => found.is_some(),
                }
            });
            if !is_served {
                unknown.push(format!("{file}: {method:?} {path}"));
            }
        }
    }
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
    assert!(looked_at > 20, "{looked_at}");
}

#[test]
fn a_path_is_told_from_the_beginning_of_one() {
    let served = "/brands/{brand}/external_tickets";
    assert_eq!(
        leads_to("/brands/acme/external_tickets", served),
        Some(true)
    );
    assert_eq!(leads_to("/brands/…", served), Some(false));
    assert_eq!(leads_to("/brands", served), Some(false));
    assert_eq!(leads_to("/brands/acme/tickets", served), None);
    assert_eq!(named("GET /readyz"), Some((Some("GET"), "/readyz")));
    assert_eq!(named("/etc/ticketbridge"), None);
    assert_eq!(named("POST /tickets"), None);
}
