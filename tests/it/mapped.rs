//! `map` and `test-mappings`, as they are typed: no daemon, no store, nothing outside.

mod kept;
mod shown;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config/mapping")
}

/// Runs the program with the configuration in `config`, without anything of this process's environment.
fn run_in(config: &Path, arguments: &[&str], input: Option<&Value>) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ticketbridge"))
        .env_clear()
        .arg("--config")
        .arg(config)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    if let Some(input) = input {
        stdin.write_all(input.to_string().as_bytes()).unwrap();
    }
    drop(stdin);
    child.wait_with_output().unwrap()
}

fn run(arguments: &[&str], input: Option<&Value>) -> Output {
    run_in(&shipped().join("config.toml"), arguments, input)
}

/// What `map --json` prints.
#[track_caller]
fn mapped(from: &str, to: &str, input: &Value) -> Value {
    let output = run(
        &["map", "--from", from, "--to", to, "-", "--json"],
        Some(input),
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn ticket() -> Value {
    json!({
        "external_uid": "t-1",
        "content": "The printer is on fire.",
        "response_url": "https://hooks.example.com/secret-part",
        "author": {"external_uid": "jane@example.com", "username": "Jane Doe"},
        "created_at": "2026-03-14T09:00:00Z",
        "personal_access_token": {"name": "zapier", "token": "very-secret"},
    })
}

#[test]
fn the_shipped_mapping_tests_are_as_expected() {
    let output = run(&["test-mappings"], None);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains(", all as expected"), "{said}");
}

#[test]
fn every_pair_has_a_mapping_test() {
    let output = run(&["test-mappings", "--json"], None);
    let tried: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let kinds = ["respondo", "qminder", "deskhive", "agent-api"];
    for from in kinds {
        for to in kinds {
            // Two systems of one kind are no pair of the table but where tickets come in and go out in one format.
            let is_pair = from != to || ["respondo", "agent-api"].contains(&from);
            let folder = format!("{from}-to-{to}/");
            let has = |tried: &Value| tried["case"].as_str().unwrap().starts_with(&folder);
            assert!(!is_pair || tried.iter().any(has), "{folder}");
        }
    }
}

#[test]
fn every_field_of_every_sample_is_accounted_for() {
    let folder = shipped().join("mapping-tests");
    let mut seen = 0;
    for pair in fs::read_dir(folder).unwrap() {
        for case in fs::read_dir(pair.unwrap().path()).unwrap() {
            let case = case.unwrap().path();
            let read = |name: &str| -> Value {
                serde_json::from_slice(&fs::read(case.join(name)).unwrap()).unwrap()
            };
            let (input, expected) = (read("input.json"), read("expected.json"));
            if expected.get("refused").is_some() {
                continue;
            }
            let events = match input {
                Value::Array(events) => events,
                event => vec![event],
            };
            let told = expected["events"].as_array().unwrap();
            assert_eq!(told.len(), events.len(), "{}", case.display());
            for (event, told) in events.iter().zip(told) {
                let mut pointers = Vec::new();
                leaves(event, String::new(), &mut pointers);
                let fields = told["fields"].as_array().unwrap();
                for pointer in pointers {
                    let is_told = fields.iter().any(|field| field["field"] == pointer);
                    assert!(is_told, "{}: {pointer}", case.display());
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 500, "{seen}");
}

fn leaves(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, inner) in fields {
                leaves(inner, format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (number, inner) in items.iter().enumerate() {
                leaves(inner, format!("{at}/{number}"), found);
            }
        }
        _ => found.push(at),
    }
}

#[test]
fn the_same_sample_gives_the_same_requests() {
    for to in ["qminder", "deskhive", "respondo", "agent-api"] {
        assert_eq!(
            mapped("respondo", to, &ticket()),
            mapped("respondo", to, &ticket())
        );
    }
}

#[test]
fn no_secret_is_shown() {
    for to in ["qminder", "deskhive", "respondo", "agent-api"] {
        for json in [&["--json"][..], &[]] {
            let arguments = [&["map", "--from", "respondo", "--to", to, "-"], json].concat();
            let output = run(&arguments, Some(&ticket()));
            assert_eq!(output.status.code(), Some(0));
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8(said).unwrap();
            for secret in ["very-secret", "secret-part"] {
                assert!(!said.contains(secret), "{said}");
            }
        }
    }
}

#[test]
fn what_is_wrong_with_a_sample_is_told_as_its_sender_would_be() {
    let sample = json!({"external_uid": 7, "content": " ", "colour": "red", "author": {}});
    let output = run(
        &["map", "--from", "respondo", "--to", "qminder", "-"],
        Some(&sample),
    );
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    for pointer in [
        "/external_uid",
        "/content",
        "/author/external_uid",
        "/author/username",
        "/created_at",
        "/response_url",
        "/colour",
    ] {
        assert!(
            said.contains(&format!("  {pointer} ")),
            "{pointer} in\n{said}"
        );
    }
    let output = run(
        &[
            "map", "--from", "respondo", "--to", "qminder", "-", "--json",
        ],
        Some(&sample),
    );
    assert_eq!(output.status.code(), Some(1));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["refused"]["status"], 422);
    assert_eq!(said["refused"]["errors"][0]["pointer"], "/external_uid");
}

#[test]
fn what_cannot_be_read_is_a_failure_and_a_wrong_word_is_usage() {
    let map = |arguments: &[&str]| run(&[&["map"], arguments].concat(), None).status.code();
    assert_eq!(
        map(&["--from", "respondo", "--to", "qminder", "/nowhere.json"]),
        Some(1)
    );
    assert_eq!(
        map(&["--from", "respondo", "--to", "qminder", "-"]),
        Some(1)
    );
    assert_eq!(map(&["--from", "zapier", "--to", "qminder", "-"]), Some(2));
    assert_eq!(map(&["--from", "respondo", "-"]), Some(2));
}

#[test]
fn who_is_not_configured_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let said = |text: &str, arguments: &[&str]| {
        fs::write(&config, text).unwrap();
        let arguments = [&["map", "--from", "respondo", "-"], arguments].concat();
        let output = run_in(&config, &arguments, Some(&ticket()));
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let none = said("", &["--to", "qminder"]);
    assert!(none.contains("[[brands]]"), "{none}");
    let brand = "[[brands]]\nid = \"acme\"\n";
    let alone = said(brand, &["--to", "qminder"]);
    assert!(
        alone.contains("`mirror_to`") && alone.contains("qminder"),
        "{alone}"
    );
    let system = said(brand, &["--to", "qminder", "--system", "front-desk"]);
    assert!(
        system.contains("\"front-desk\" is not configured"),
        "{system}"
    );
    let agent = said(brand, &["--to", "agent-api"]);
    assert!(agent.contains("an active agent"), "{agent}");
}

#[test]
fn a_title_of_which_nothing_comes_gives_way_to_the_tickets_own() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let text = fs::read_to_string(shipped().join("config.toml")).unwrap();
    let title = "[mapping.deskhive.texts]\ntitle = \"{{ provider | upper }}\"\n";
    fs::write(&config, format!("{text}\n{title}")).unwrap();
    let titled = |ticket: &Value| {
        let map = [
            "map", "--from", "respondo", "--to", "deskhive", "-", "--json",
        ];
        let output = run_in(&config, &map, Some(ticket));
        assert_eq!(output.status.code(), Some(0));
        let mapped: Value = serde_json::from_slice(&output.stdout).unwrap();
        let event = &mapped["events"][0];
        let requests = event["requests"].as_array().unwrap();
        let made = requests.iter().find(|one| one["body"]["title"].is_string());
        let fields = event["fields"].as_array().unwrap();
        let to_title = fields.iter().filter(|one| one["to"] == "ticket /title");
        let told: Vec<Value> = to_title
            .map(|one| json!([one["field"], one["how"]]))
            .collect();
        (made.unwrap()["body"]["title"].clone(), json!(told))
    };
    let mut ticket = ticket();
    let own = json!([["/content", "kept"]]);
    assert_eq!(titled(&ticket), (json!("The printer is on fire."), own));
    ticket["custom_provider"] = json!("hacker_news");
    let provider = json!([["/custom_provider", "converted"]]);
    assert_eq!(titled(&ticket), (json!("HACKER_NEWS"), provider));
}
