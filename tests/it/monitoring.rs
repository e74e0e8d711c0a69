//! Metrics are what dashboards and alarms rely on: their names, types and labels are held against the contract, and
//! everything that is shipped for monitoring against what a daemon really shows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use ticketbridge_sim::Receiver;

use crate::daemon::{Daemon, LOOPBACK, ticket};

/// Every metric, its type and its labels.
const METRICS: &[(&str, &str, &[&str])] = &[
    ("tickets_accepted_total", "counter", &["brand"]),
    ("intake_rejected_total", "counter", &["reason"]),
    ("intake_seconds", "histogram", &[]),
    ("deliveries_total", "counter", &["system", "outcome"]),
    ("attempts_total", "counter", &["system", "class"]),
    ("attempt_seconds", "histogram", &["system"]),
    ("pending", "gauge", &["system"]),
    ("dead_letters", "gauge", &["system"]),
    ("oldest_due_seconds", "gauge", &["system"]),
    ("throttled_seconds_total", "counter", &["system"]),
    ("breaker_open", "gauge", &["system"]),
    ("paused", "gauge", &["system"]),
    ("store_commit_seconds", "histogram", &[]),
    ("store_commit_batch_size", "histogram", &[]),
    ("store_bytes", "gauge", &[]),
    ("store_free_bytes", "gauge", &[]),
    ("poll_age_seconds", "gauge", &["system"]),
    ("webhooks_total", "counter", &["system", "outcome"]),
    ("echoes_total", "counter", &["system"]),
    ("loop_breaks_total", "counter", &[]),
    ("spans_total", "counter", &["outcome"]),
];

/// What each label may say, for a daemon as configured here.
const WORDS: &[(&str, &[&str])] = &[
    ("brand", &["acme"]),
    ("system", &["response-url", "front-desk"]),
    (
        "reason",
        &["credentials", "schema", "size", "type", "rate", "store"],
    ),
    (
        "class",
        &["ok", "retry", "throttled", "rejected", "paused", "unknown"],
    ),
];

/// Nobody listens there.
const DESK: &str = r#"
[[systems]]
id = "front-desk"
kind = "qminder"
base_url = "http://127.0.0.1:9"
api_key_file = "./qminder.key"
line = "12345"
"#;

async fn daemon() -> Daemon {
    let mut daemon = Daemon::configured(&format!("{LOOPBACK}{DESK}"));
    let key = daemon.folder().join("qminder.key");
    fs::write(&key, "key").unwrap();
    let owner_only = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&key, owner_only).unwrap();
    daemon.start().await;
    daemon
}

/// What a scrape shows.
#[derive(Debug, Default)]
struct Scrape {
    /// The type of each name.
    types: BTreeMap<String, String>,
    /// The value of each series, named with its labels.
    series: BTreeMap<String, String>,
}

impl Scrape {
    async fn of(daemon: &Daemon) -> Self {
        let answer = daemon.client().get(daemon.url("/metrics")).send().await;
        let text = answer.unwrap().text().await.unwrap();
        let mut scrape = Self::default();
        for line in text.lines() {
            if let Some(described) = line.strip_prefix("# TYPE ") {
                let (name, kind) = described.split_once(' ').unwrap();
                scrape.types.insert(name.to_owned(), kind.to_owned());
            } else if !line.starts_with('#') {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let twice = scrape.series.insert(series.to_owned(), value.to_owned());
                assert_eq!(twice, None, "{series} is there twice");
            }
        }
        scrape
    }

    /// The names of the series of one metric, without what a histogram adds to them, and their labels.
    fn labels(&self) -> BTreeMap<String, BTreeSet<(String, String)>> {
        let mut labels: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
        for series in self.series.keys() {
            let (name, rest) = series.split_once('{').unwrap_or((series, "}"));
            let pairs = rest.trim_end_matches('}').split(',');
            let pairs = pairs.filter_map(|pair| pair.split_once('='));
            let pairs = pairs.map(|(label, value)| (label.to_owned(), value.replace('"', "")));
            labels
                .entry(self.metric(name))
                .or_default()
                .extend(pairs.filter(|(label, _)| label != "le"));
        }
        labels
    }

    fn metric(&self, name: &str) -> String {
        let whole = ["_bucket", "_sum", "_count"]
            .into_iter()
            .filter_map(|part| name.strip_suffix(part))
            .find(|whole| {
                self.types
                    .get(*whole)
                    .is_some_and(|kind| kind == "histogram")
            });
        whole.unwrap_or(name).to_owned()
    }
}

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Everything in `text` that is named like a metric of ours, without the parts of histograms.
fn named(text: &str) -> BTreeSet<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c: char| !is_word(c));
    let names = words.filter(|word| word.starts_with("ticketbridge_"));
    names
        .map(|name| name.strip_suffix("_bucket").unwrap_or(name).to_owned())
        .collect()
}

fn of_contract() -> BTreeSet<String> {
    let names = METRICS.iter().map(|(name, _, _)| name);
    names.map(|name| format!("ticketbridge_{name}")).collect()
}

#[tokio::test]
async fn every_metric_has_its_name_type_and_labels_and_begins_at_zero() {
    let daemon = daemon().await;
    let scrape = Scrape::of(&daemon).await;
    let labels = scrape.labels();
    let mut expected = BTreeMap::new();
    for (name, kind, of) in METRICS {
        let name = format!("ticketbridge_{name}");
        let found: BTreeSet<&str> = labels[&name]
            .iter()
            .map(|(label, _)| label.as_str())
            .collect();
        assert_eq!(found, of.iter().copied().collect(), "{name}");
        expected.insert(name, (*kind).to_owned());
    }
    assert_eq!(scrape.types, expected);
    for (series, value) in &scrape.series {
        // What starting the store took, and what a disk has; and the time since then.
        let is_running = ["store_", "poll_age_"]
            .iter()
            .any(|begin| series.starts_with(&format!("ticketbridge_{begin}")));
        let value: f64 = value.parse().unwrap();
        assert!(is_running || value == 0.0, "{series} is {value}");
    }
}

#[tokio::test]
async fn nothing_from_outside_becomes_a_series() {
    let daemon = daemon().await;
    let before = Scrape::of(&daemon).await;
    for (label, value) in before.labels().into_values().flatten() {
        let words = WORDS.iter().find(|(of, _)| *of == label);
        let known = words.is_none_or(|(_, words)| words.contains(&value.as_str()));
        assert!(known, "{label} says {value}");
    }

    let hooks = Receiver::start().await.unwrap();
    for uid in ["a", "b", "c"] {
        let (status, taken) = daemon
            .post_ticket(&ticket(uid, &hooks.url(&format!("/{uid}"))))
            .await;
        assert_eq!(status, 201, "{taken}");
        let reply = serde_json::json!({ "content": "Hello" });
        let id = taken["id"].as_u64().unwrap();
        assert_eq!(daemon.reply(id, &reply).await.0, 201);
    }
    for path in [
        "/brands/strange/external_tickets",
        "/brands/acme/external_tickets",
        "/webhooks/qminder/strange",
        "/webhooks/qminder/front-desk",
        "/replies/strange",
        "/strange",
    ] {
        let call = daemon.client().post(daemon.url(path)).body("strange");
        assert!(
            call.send().await.unwrap().status().is_client_error(),
            "{path}"
        );
    }
    daemon.says("delivered", 3).await;
    let after = Scrape::of(&daemon).await;
    assert_eq!(
        before.series.keys().collect::<Vec<_>>(),
        after.series.keys().collect::<Vec<_>>()
    );
    let taken = &after.series[r#"ticketbridge_tickets_accepted_total{brand="acme"}"#];
    assert_eq!(taken, "3");
}

#[test]
fn alerts_dashboard_and_manual_name_metrics_that_exist() {
    let contract = of_contract();
    for path in [
        "docs/monitoring/alerts.yml",
        "docs/monitoring/alerts-test.yml",
        "docs/monitoring/dashboard.json",
    ] {
        let named = named(&file(path));
        let unknown: Vec<_> = named.difference(&contract).collect();
        assert!(unknown.is_empty(), "{path} names {unknown:?}");
    }
    let dashboard = named(&file("docs/monitoring/dashboard.json"));
    let unshown: Vec<_> = contract.difference(&dashboard).collect();
    assert!(
        unshown.is_empty(),
        "the dashboard does not show {unshown:?}"
    );
    let undocumented: Vec<_> = {
        let manual = named(&file("docs/MANUAL.md"));
        contract.difference(&manual).cloned().collect()
    };
    assert!(undocumented.is_empty(), "the manual lacks {undocumented:?}");
}

#[test]
fn the_dashboard_is_one_that_can_be_imported() {
    let dashboard: Value = serde_json::from_str(&file("docs/monitoring/dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let mut ids = BTreeSet::new();
    for panel in panels {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{panel}");
        if panel["type"] == "row" {
            continue;
        }
        assert_eq!(panel["datasource"]["uid"], "${datasource}");
        let targets = panel["targets"].as_array().unwrap();
        assert!(!targets.is_empty(), "{panel}");
        for target in targets {
            let expr = target["expr"].as_str().unwrap();
            assert!(
                expr.contains(r#"job="$job", instance=~"$instance""#),
                "{expr}"
            );
        }
    }
}

/// As the place in a page that a heading has.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_alert_is_tried_and_has_its_place_in_the_manual() {
    let alerts = file("docs/monitoring/alerts.yml");
    let tests = file("docs/monitoring/alerts-test.yml");
    let value = |line: &str, key: &str| {
        let line = line.trim().trim_start_matches("- ");
        line.strip_prefix(key).map(|value| value.trim().to_owned())
    };
    let all = |key| alerts.lines().filter_map(|line| value(line, key)).collect();
    let (names, runbooks): (Vec<String>, Vec<String>) = (all("alert:"), all("runbook:"));
    assert!(
        names.len() >= 8 && names.len() == runbooks.len(),
        "{names:?}"
    );
    let manual = file("docs/MANUAL.md");
    let headings = manual.lines().filter_map(|line| line.strip_prefix("### "));
    let anchors: BTreeSet<String> = headings.map(anchor).collect();
    for (name, runbook) in names.iter().zip(&runbooks) {
        let mut tried = tests.split("alertname: ").skip(1);
        let fires = tried
            .any(|test| test.lines().next() == Some(name) && !test.contains("exp_alerts: []\n"));
        assert!(fires, "no test has {name} fire");
        let place = runbook.strip_prefix("MANUAL.md#").unwrap();
        assert!(anchors.contains(place), "{name}: the manual has no {place}");
        assert!(
            manual.contains(&format!("`{name}`")),
            "the manual does not name {name}"
        );
    }
}
