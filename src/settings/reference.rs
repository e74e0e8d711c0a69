//! The reference of all keys in the documents: made of what the readers ask for and of what the compiled-in defaults say
//! in comments, and held against `docs/CONFIGURATION.md`. `UPDATE_MANUAL=1 cargo test --lib settings::reference` writes it.

mod comments;
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use config::{Value, ValueKind};

use super::effective::toml_text;
use super::reader::asked::{Asked, Without};
use super::reload::restart_keys;
use super::shipped::uncommented;
use super::trial::{Trial, loaded};
use super::{DEFAULT_TOML, lines};
use comments::Comments;
use page::Row;

const BEGIN: &str = "<!-- generated: every key -->";
const END: &str = "<!-- end of every key -->";
/// How comments say what `restart_keys` knows.
const RESTART: &str = "Restart.";
/// How comments say that a key in a list has no default.
const REQUIRED: &str = "Required.";

/// `path` with the operator's ids taken out: `brands[acme].name` is `brands[].name`, and of systems the kind stays.
fn general(path: &str, kinds: &BTreeMap<String, String>) -> String {
    let mut general = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('[') {
        let (id, after) = after.split_once(']').unwrap_or((after, ""));
        general.push_str(before);
        let kind = (before == "systems").then(|| kinds.get(id)).flatten();
        general.push_str(&format!("[{}]", kind.map_or("", String::as_str)));
        rest = after;
    }
    general + rest
}

/// Every key that was asked for, in order, once.
fn every_key() -> Vec<Asked> {
    // A label's name is the operator's word.
    let text = uncommented().replace("\"Bug\"", "\"NAME\"");
    let loaded = Trial::new(&text).load().unwrap();
    let ids = loaded.settings.systems.keys();
    let kinds = ids.map(|id| {
        let kind = loaded.effective.row(&format!("systems[{id}].kind"));
        let kind = kind.unwrap().value.trim_matches('"').to_owned();
        (id.clone(), kind)
    });
    let kinds = kinds.collect();
    let all = loaded.asked;
    for path in &all.paths {
        let is_noted = all.keys.iter().any(|key| key.path == *path);
        assert!(is_noted, "the reference does not hear of {path}");
    }
    let mut seen = BTreeSet::new();
    let asked = all.keys.into_iter().map(|asked| Asked {
        path: general(&asked.path, &kinds),
        ..asked
    });
    asked
        .filter(|asked| seen.insert(asked.path.clone()))
        .collect()
}

/// What a system's `mapping` has is what the table of its kind has, and is not told twice.
fn without_mappings_of_systems(keys: Vec<Asked>) -> Vec<Asked> {
    let within = |prefix: &str| -> BTreeSet<String> {
        let paths = keys.iter().map(|key| key.path.as_str());
        let rest = paths.filter_map(|path| path.strip_prefix(prefix));
        rest.map(str::to_owned).collect()
    };
    for kind in ["qminder", "deskhive"] {
        let of_kind = within(&format!("mapping.{kind}."));
        assert!(of_kind.len() > 20, "{of_kind:?}");
        assert_eq!(within(&format!("systems[{kind}].mapping.")), of_kind);
    }
    let of_system = |key: &Asked| key.path.contains("].mapping.");
    keys.into_iter().filter(|key| !of_system(key)).collect()
}

/// The compiled-in value of a key outside lists, as TOML.
fn compiled_in(path: &str) -> Option<String> {
    let mut value = lines::parse(DEFAULT_TOML, "default.toml").unwrap();
    for part in path.split('.') {
        let ValueKind::Table(mut table) = value.kind else {
            return None;
        };
        value = table.remove(part)?;
    }
    Some(toml_text(&Value::new(None, value.kind)))
}

fn default(key: &Asked) -> String {
    let code = |value: String| format!("`{value}`");
    if !key.path.contains('[') && key.expected != "a table" {
        if let Some(value) = compiled_in(&key.path) {
            return code(value);
        }
    }
    match &key.without {
        Without::Missed => "required".to_owned(),
        Without::Default(value) => code(value.clone()),
        Without::Id => "the id".to_owned(),
        Without::Other => "as `other`".to_owned(),
        Without::Nothing if key.expected.starts_with("a") && key.expected.contains("tables") => {
            code("[]".to_owned())
        }
        Without::Nothing if key.expected.starts_with("a list") => code("[]".to_owned()),
        Without::Nothing => "none".to_owned(),
        Without::ItsDefaults => String::new(),
    }
}

/// The rows of the reference; panics where a key is not explained, or not as it is.
fn rows(comments: &Comments) -> Vec<Row> {
    let settings = loaded("").settings;
    let restart: BTreeSet<&str> = restart_keys(&settings, &settings)
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    let keys = without_mappings_of_systems(every_key());
    for key in &restart {
        assert!(keys.iter().any(|asked| asked.path == **key), "{key}");
    }
    let mut rows = Vec::new();
    for key in &keys {
        let Some(place) = comments.place(&key.path) else {
            continue;
        };
        let text = comments.of_key(&key.path).unwrap_or_default();
        let default = default(key);
        let says = |word: &str| text.contains(word);
        let path = &key.path;
        assert_eq!(says(RESTART), restart.contains(path.as_str()), "{path}");
        let is_own_key = !place.key.contains(['.', '[']);
        assert!(
            !is_own_key || comments.is_of_table(path) || !text.is_empty(),
            "config/default.toml does not explain {path}"
        );
        assert!(!says(REQUIRED) || default == "required", "{path}");
        let text = text.replace(RESTART, "").replace(REQUIRED, "");
        rows.push(Row {
            section: place.section,
            key: place.key,
            expected: key.expected.clone(),
            default,
            change: if restart.contains(path.as_str()) {
                "restart"
            } else {
                "SIGHUP"
            },
            text: text.trim().to_owned(),
        });
    }
    let explained = comments.keys();
    let known = |path: &&String| keys.iter().any(|key| key.path == **path);
    let unknown: Vec<_> = explained.filter(|path| !known(path)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    rows
}

#[test]
fn the_reference_names_every_key_that_is_known_and_no_other() {
    let comments = Comments::of(DEFAULT_TOML);
    let expected = page::in_markdown(&rows(&comments), &comments);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/CONFIGURATION.md");
    let document = fs::read_to_string(&path).unwrap();
    let (before, rest) = document.split_once(BEGIN).unwrap();
    let (reference, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_MANUAL").is_some() {
        fs::write(&path, format!("{before}{BEGIN}\n{expected}{END}{after}")).unwrap();
        return;
    }
    assert!(
        reference == format!("\n{expected}"),
        "docs/CONFIGURATION.md is not what the settings know; run this with UPDATE_MANUAL=1 and look at the difference"
    );
}

#[test]
fn ids_are_the_operator_s_and_kinds_are_not() {
    let kinds = BTreeMap::from([("front-desk".to_owned(), "qminder".to_owned())]);
    for (path, expected) in [
        ("server.listen", "server.listen"),
        ("brands[a].tokens[0].name", "brands[].tokens[].name"),
        ("systems[front-desk].line", "systems[qminder].line"),
        ("mapping.qminder.labels.NAME", "mapping.qminder.labels.NAME"),
    ] {
        assert_eq!(general(path, &kinds), expected);
    }
}
