//! Tests of the files in `config/`: they load, and the defaults document every key.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::trial::{Trial, loaded};
use super::{DEFAULT_TOML, LoadOptions, Loaded, Sha256Digest, load_in};

fn shipped(name: &str, open_files: bool) -> Loaded {
    let file = folder().join(name);
    load_in(&file, LoadOptions { open_files }, &BTreeMap::new())
        .unwrap_or_else(|problems| panic!("{name}\n{problems}"))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config")
}

/// The defaults with every commented-out key in force: those are the lines without a space after `#`.
pub(super) fn uncommented() -> String {
    DEFAULT_TOML
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(key) if !key.is_empty() && !key.starts_with(' ') => key,
            _ => line,
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_shipped_file_loads() {
    let mut names: Vec<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "default.toml",
            "example.toml",
            "quickstart-helpdesks.toml",
            "quickstart-qminder.toml",
            "quickstart.toml"
        ]
    );
    for name in names {
        shipped(&name, false);
    }
}

#[test]
fn the_defaults_document_every_key() {
    let trial = Trial::new(&uncommented());
    let loaded = trial.load().unwrap_or_else(|problems| panic!("{problems}"));
    let undocumented: Vec<_> = loaded
        .effective
        .rows()
        .iter()
        .filter(|row| row.origin == "default")
        .map(|row| row.path.as_str())
        .collect();
    assert_eq!(undocumented, [""; 0]);
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    assert_eq!(loaded.settings.systems.len(), 3);
}

#[test]
fn the_documented_defaults_are_those_in_force() {
    let documented = loaded(&uncommented()).effective;
    let least = loaded(
        r#"
        agent_api.labels = [{ id = 1, name = "Bug" }]
        [[brands]]
        id = "acme"
        [[agents]]
        id = 3
        name = "Agent Smith"
        [[systems]]
        id = "front-desk"
        kind = "qminder"
        api_key_file = "k"
        line = "12345"
        [[systems]]
        id = "support"
        kind = "deskhive"
        base_url = "https://desk.example.com"
        external_key_file = "k"
        [[systems]]
        id = "hub"
        kind = "respondo"
        base_url = "https://app.example.com"
        remote_brand = 7
        token_name = "bridge"
        token_file = "k"
        "#,
    )
    .effective;
    // These show how something is written that is absent by default.
    let shown = [
        "agent_api.departments",
        "agent_api.categories",
        "agent_api.products",
        "brands[acme].name",
        "brands[acme].tokens",
        "brands[acme].mirror_to",
        "brands[acme].agents",
        "brands[acme].signing_key_files",
        "brands[acme].department",
        "brands[acme].category",
        "brands[acme].product",
        "agents[3].email",
        "agents[3].api_keys",
        "systems[front-desk].webhook",
        "systems[support].internal_key_file",
    ];
    let as_number = |text: &str| {
        text.parse::<f64>()
            .map_or(text.to_owned(), |n| n.to_string())
    };
    let mut compared = 0;
    for row in least.rows() {
        if row.origin == "default" && !shown.contains(&row.path.as_str()) {
            let other = documented
                .row(&row.path)
                .unwrap_or_else(|| panic!("{row:?}"));
            // Every trial has a folder of its own.
            if row.path != "store.path" && row.path != "admin.socket" {
                assert_eq!(
                    as_number(&other.value),
                    as_number(&row.value),
                    "{}",
                    row.path
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 70, "{compared}");
}

#[test]
fn without_a_brand_there_is_one_warning() {
    let warnings = loaded("").warnings;
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].path, "brands");
}

#[test]
fn the_quickstart_is_complete_in_itself() {
    let loaded = shipped("quickstart.toml", true);
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    let settings = loaded.settings;
    let brand = settings.brand("demo").unwrap();
    assert_eq!(brand.name, "Demo");
    assert_eq!(brand.tokens[0].name, "quickstart");
    assert_eq!(brand.tokens[0].sha256, Sha256Digest::of("quickstart-token"));
    let agents: Vec<_> = settings.agents_of(brand).collect();
    assert_eq!(agents[0].name, "Quickstart Agent");
    assert_eq!(
        agents[0].api_keys,
        [Sha256Digest::of("quickstart-agent-key")]
    );
    assert!(settings.delivery.allow_http);
    assert_eq!(settings.delivery.allow_networks.len(), 2);
    assert!(settings.store.path.ends_with("../quickstart-state"));
    assert_eq!(settings.agent_api.canned_responses.len(), 2);
    assert_eq!(settings.agent_api.knowledge_base.len(), 2);
}

#[test]
fn the_example_is_one_brand_two_agents_and_three_systems() {
    let loaded = shipped("example.toml", false);
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    let settings = loaded.settings;
    assert_eq!(settings.store.path, Path::new("/var/lib/ticketbridge"));
    assert_eq!((settings.brands.len(), settings.agents.len()), (1, 2));
    let systems: Vec<_> = settings.systems.keys().map(String::as_str).collect();
    assert_eq!(systems, ["front-desk", "hub", "support"]);
}
