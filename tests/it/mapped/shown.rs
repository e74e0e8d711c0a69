//! `config show mapping`: all of it, as it would be written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{run_in, shipped};

/// What `config show mapping` prints: key and value of each line.
fn shown_mapping(config: &Path) -> Vec<(String, String)> {
    let output = run_in(config, &["config", "show", "mapping", "--json"], None);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let word = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.iter()
        .map(|row| (word(row, "path"), word(row, "value")))
        .collect()
}

/// The same as lines of a table of TOML: lists of tables are written in one, `fields[0].type` and what follows it.
fn as_toml(rows: &[(String, String)]) -> String {
    let mut out = String::new();
    let mut lists: BTreeMap<&str, Vec<BTreeMap<&str, &str>>> = BTreeMap::new();
    for (key, value) in rows {
        let Some((list, rest)) = key.split_once('[') else {
            out.push_str(&format!("{key} = {value}\n"));
            continue;
        };
        let (number, name) = rest.split_once("].").unwrap();
        let items = lists.entry(list).or_default();
        items.resize(number.parse::<usize>().unwrap() + 1, BTreeMap::new());
        items.last_mut().unwrap().insert(name, value);
    }
    for (list, items) in lists {
        let items = items.iter().map(|item| {
            let fields = item.iter().map(|(name, value)| format!("{name} = {value}"));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        });
        let items: Vec<String> = items.collect();
        out.push_str(&format!("{list} = [{}]\n", items.join(", ")));
    }
    out
}

#[test]
fn the_mapping_that_is_shown_is_all_of_it_and_as_configuration_gives_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let original = shipped().join("config.toml");
    let shown = shown_mapping(&original);
    let mut by_table: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
    for (key, value) in &shown {
        let (table, key) = match key.strip_prefix("systems[") {
            None => ("", key.strip_prefix("mapping.").unwrap()),
            Some(rest) => {
                let (id, key) = rest.split_once("].").unwrap();
                (id, key)
            }
        };
        let rows = by_table.entry(table).or_default();
        rows.push((key.to_owned(), value.clone()));
    }
    let tables: Vec<&str> = by_table.keys().copied().collect();
    assert_eq!(tables, ["", "front-desk", "inbox", "lobby", "support"]);

    // In the place of what was there.
    let mut written = String::new();
    for line in fs::read_to_string(&original).unwrap().lines() {
        if line.starts_with("mapping = ") {
            continue;
        }
        written.push_str(&format!("{line}\n"));
        let id = line
            .strip_prefix("id = \"")
            .and_then(|id| id.strip_suffix('"'));
        if let Some(rows) = id.and_then(|id| by_table.get(id)) {
            written.push_str(&as_toml(rows));
        }
    }
    written.push_str(&format!("[mapping]\n{}", as_toml(&by_table[""])));
    let config = folder.path().join("config.toml");
    fs::write(&config, &written).unwrap();
    assert_eq!(shown_mapping(&config), shown);

    // Each line of it counts.
    fs::write(&config, written.replace("\"Customer\"", "\"Visitor\"")).unwrap();
    let changed = shown_mapping(&config);
    let differing = changed
        .iter()
        .zip(&shown)
        .filter(|(one, other)| one != other);
    let keys: Vec<&str> = differing.map(|((key, _), _)| key.as_str()).collect();
    let everywhere = [
        "mapping.qminder.nameless",
        "mapping.deskhive.nameless",
        "systems[front-desk].mapping.nameless",
        "systems[lobby].mapping.nameless",
        "systems[support].mapping.nameless",
        "systems[inbox].mapping.nameless",
    ];
    assert_eq!(keys, everywhere);
}
