//! What is described is what is served, and every example fits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::http::Hearing;
use crate::http::testing::{Fixture, settings};
use crate::live::Live;
use crate::settings::{Listen, Sha256Digest};

fn document() -> Value {
    super::document(&settings().server)
}

/// Paths with their methods, in upper case.
fn described() -> BTreeMap<String, BTreeSet<String>> {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let methods = |item: &Value| {
        let keys = item.as_object().unwrap().keys();
        keys.filter(|key| *key != "servers")
            .map(|key| key.to_uppercase())
            .collect()
    };
    paths
        .iter()
        .map(|(path, item)| (path.clone(), methods(item)))
        .collect()
}

/// A path that a pattern fits.
fn instance(pattern: &str) -> String {
    let segments = pattern.split('/').map(|segment| match segment {
        "{brand}" => "acme",
        segment if segment.starts_with('{') => "1",
        segment => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

fn fixture() -> Fixture {
    Fixture::with(|settings| settings.admin.token = Some(Sha256Digest::of("operator")))
}

/// The methods that a path knows, as the answer to one that it does not know says; empty where nothing is.
async fn served(bridge: &Fixture, path: &str) -> BTreeSet<String> {
    let headers = [("authorization", "Bearer operator")];
    let reply = bridge
        .without_body("PURGE", &instance(path), &headers)
        .await;
    let allowed = reply.header("allow").unwrap_or_default();
    allowed
        .split(',')
        .map(|method| method.trim().to_owned())
        .filter(|method| !method.is_empty() && method != "HEAD")
        .collect()
}

/// Every pattern that the router holds. It names them nowhere but where it is shown for debugging.
fn patterns() -> BTreeSet<String> {
    let bridge = fixture().bridge;
    let router = crate::http::public_router(bridge, Hearing::deaf(), true);
    let shown = format!("{router:?}");
    let quoted = shown.split('"').skip(1).step_by(2);
    let patterns: BTreeSet<String> = quoted
        .filter(|text| text.starts_with('/'))
        .map(str::to_owned)
        .collect();
    assert!(
        patterns.contains("/healthz"),
        "the router is shown in another way: {shown}"
    );
    patterns
}

#[tokio::test(start_paused = true)]
async fn every_route_is_described_with_its_methods() {
    let (bridge, described) = (fixture(), described());
    for path in patterns() {
        let served = served(&bridge, &path).await;
        // Where nothing is a fallback answers, which is kept as a route too.
        if served.is_empty() {
            continue;
        }
        let methods = described.get(&path).unwrap_or_else(|| panic!("{path}"));
        assert_eq!(&served, methods, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_described_path_is_served_with_its_methods() {
    let bridge = fixture();
    for (path, methods) in described() {
        let served = served(&bridge, &path).await;
        assert_eq!(served, methods, "{path}");
    }
}

/// Each operation of the document, and the health check of its overview.
#[test]
fn the_whole_agent_api_is_described() {
    let operations: usize = described()
        .into_iter()
        .filter(|(path, _)| path.starts_with("/api/v1/"))
        .map(|(_, methods)| methods.len())
        .sum();
    assert_eq!(operations, 17);
}

#[test]
fn operations_have_names_of_their_own_and_known_schemes() {
    let document = document();
    let mut ids = BTreeSet::new();
    for item in document["paths"].as_object().unwrap().values() {
        for (method, operation) in item.as_object().unwrap() {
            if method == "servers" {
                continue;
            }
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id}");
            for way in operation["security"].as_array().unwrap() {
                for scheme in way.as_object().unwrap().keys() {
                    let known = &document["components"]["securitySchemes"][scheme];
                    assert!(known.is_object(), "{scheme}");
                }
            }
        }
    }
}

/// The schemas with their examples, wherever in the document these stand.
fn examples<'d>(value: &'d Value, found: &mut Vec<(&'d Value, &'d Value)>) {
    if let Value::Object(entries) = value {
        if let Some(schema) = entries.get("schema") {
            found.extend(entries.get("example").map(|example| (schema, example)));
            let several = entries.get("examples").and_then(Value::as_object);
            let several = several.into_iter().flat_map(|named| named.values());
            found.extend(several.map(|example| (schema, &example["value"])));
        }
        entries.values().for_each(|entry| examples(entry, found));
    }
}

#[test]
fn every_example_fits_its_schema() {
    let document = document();
    let mut found = Vec::new();
    examples(&document["paths"], &mut found);
    assert!(found.len() > 30, "{}", found.len());
    for (schema, example) in found {
        let mut whole = schema.clone();
        whole["components"] = document["components"].clone();
        let validator = jsonschema::draft202012::new(&whole).unwrap();
        let faults: Vec<_> = validator
            .iter_errors(example)
            .map(|fault| fault.to_string())
            .collect();
        assert!(faults.is_empty(), "{faults:?}\n{example}\n{schema}");
    }
}

/// The examples would fit schemas that allow everything, too.
#[test]
fn a_schema_refuses_what_is_not_served() {
    let document = document();
    let schema =
        json!({"$ref": "#/components/schemas/Ticket", "components": document["components"]});
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    assert!(!validator.is_valid(&json!({})));
    assert!(!validator.is_valid(&json!({"id": "1"})));
}

#[tokio::test(start_paused = true)]
async fn it_is_served_to_everybody_with_the_address_of_the_daemon() {
    let bridge = fixture();
    let reply = bridge.get("/openapi.json", &[]).await.expect(200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let served = reply.json();
    assert_eq!(served["openapi"], "3.1.0");
    assert_eq!(
        served["servers"],
        json!([{"url": "https://bridge.example.com"}])
    );
    assert_eq!(served["paths"]["/healthz"].get("servers"), None);

    let mut settings = settings();
    settings.server.public_url = "https://elsewhere.example.com/x/".parse().unwrap();
    bridge.bridge.live.store(Arc::new(Live::new(settings)));
    let reply = bridge.get("/openapi.json", &[]).await.expect(200);
    let servers = json!([{"url": "https://elsewhere.example.com/x"}]);
    assert_eq!(reply.json()["servers"], servers);
}

#[test]
fn operations_of_another_address_say_so() {
    let mut server = settings().server;
    server.ops_listen = Some(Listen::Tcp(([127, 0, 0, 1], 9080).into()));
    let document = super::document(&server);
    let elsewhere = json!([{"url": "http://127.0.0.1:9080"}]);
    for path in ["/healthz", "/openapi.json", "/admin/v1/status"] {
        assert_eq!(document["paths"][path]["servers"], elsewhere);
    }
    assert_eq!(
        document["paths"]["/api/v1/health-check"].get("servers"),
        None
    );
}
