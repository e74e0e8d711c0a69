//! The direction of dependencies, held against the sources: who may use whom, and which outside crate lives where.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module of the daemon, and those of ours that it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("settings", &["mapping", "model"]),
    ("outbound", &[]),
    ("room", &[]),
    ("mapping", &["model"]),
    ("plan", &["mapping", "model"]),
    ("clock", &["model"]),
    ("metrics", &["model"]),
    ("gates", &["settings"]),
    ("knowledge", &["settings"]),
    (
        "live",
        &[
            "gates",
            "knowledge",
            "mapping",
            "model",
            "outbound",
            "plan",
            "settings",
        ],
    ),
    ("store", &["model", "plan"]),
    (
        "alerts",
        &[
            "clock", "live", "metrics", "model", "outbound", "settings", "store",
        ],
    ),
    (
        "systems",
        &[
            "clock", "gates", "mapping", "model", "outbound", "settings", "store",
        ],
    ),
    (
        "delivery",
        &[
            "alerts", "clock", "gates", "live", "metrics", "model", "plan", "settings", "store",
            "systems",
        ],
    ),
    (
        "polling",
        &[
            "clock", "live", "metrics", "model", "plan", "room", "settings", "store",
        ],
    ),
    (
        "reconcile",
        &[
            "clock", "live", "mapping", "metrics", "model", "plan", "polling", "store", "systems",
        ],
    ),
    ("probe", &["gates", "settings", "systems"]),
    (
        "retention",
        &["clock", "live", "model", "plan", "room", "store"],
    ),
    (
        "traces",
        &["clock", "live", "metrics", "model", "outbound", "plan"],
    ),
    (
        "http",
        &[
            "clock",
            "gates",
            "knowledge",
            "live",
            "mapping",
            "metrics",
            "model",
            "outbound",
            "plan",
            "polling",
            "probe",
            "reconcile",
            "retention",
            "room",
            "settings",
            "store",
            "systems",
        ],
    ),
    (
        "app",
        &[
            "alerts",
            "clock",
            "delivery",
            "gates",
            "http",
            "live",
            "mapping",
            "metrics",
            "model",
            "outbound",
            "plan",
            "polling",
            "retention",
            "room",
            "settings",
            "store",
            "systems",
            "traces",
        ],
    ),
    (
        "rehearsal",
        &[
            "app", "clock", "http", "live", "mapping", "metrics", "model", "plan", "polling",
            "room", "settings", "store", "systems",
        ],
    ),
    (
        "cli",
        &[
            "app",
            "clock",
            "http",
            "live",
            "metrics",
            "model",
            "plan",
            "rehearsal",
            "room",
            "settings",
            "store",
        ],
    ),
];

/// Outside crates with one home each, so that each can be replaced there.
const HOMES: &[(&str, &[&str])] = &[
    ("sled", &["store"]),
    ("axum", &["http"]),
    ("reqwest", &["outbound"]),
    ("governor", &["gates"]),
    ("config", &["settings"]),
    ("backoff", &["plan"]),
    ("prometheus_client", &["metrics"]),
    ("opentelemetry_proto", &["traces"]),
    ("prost", &["traces"]),
    ("tracing_subscriber", &["app", "settings"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("sd_notify", &["app"]),
    ("listenfd", &["app"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The sources of the daemon by top module, without comments and without what stands behind `#[cfg(test)]`.
fn sources() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let src = root().join("src");
    let mut sources: BTreeMap<String, Vec<(PathBuf, String)>> = BTreeMap::new();
    for file in rust_files(&src) {
        let inside = file.strip_prefix(&src).unwrap();
        let module = inside
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_str()
            .unwrap()
            .trim_end_matches(".rs")
            .to_owned();
        let is_test = inside.iter().any(|part| {
            ["tests", "tests.rs", "testing.rs"]
                .iter()
                .any(|name| part == *name)
        });
        if is_test || ["lib", "main"].contains(&module.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let code: Vec<&str> = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        sources
            .entry(module)
            .or_default()
            .push((file, code.join("\n")));
    }
    sources
}

/// The names that follow `prefix` in `code`, such as the modules after `crate::`.
fn names_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let starts = code
        .match_indices(prefix)
        .map(|(at, found)| (at, at + found.len()));
    let whole = starts.filter(|(at, _)| {
        !code[..*at].ends_with(|last: char| last.is_alphanumeric() || last == '_' || last == ':')
    });
    whole
        .flat_map(|(_, end)| {
            let rest = &code[end..];
            let list = match rest.strip_prefix('{') {
                Some(inner) => inner
                    .split('}')
                    .next()
                    .unwrap_or_default()
                    .split(',')
                    .collect(),
                None => vec![rest],
            };
            list.into_iter()
                .map(|item| {
                    item.trim_start()
                        .chars()
                        .take_while(|c| c.is_alphanumeric() || *c == '_')
                        .collect::<String>()
                })
                .filter(|name| !name.is_empty())
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn modules_depend_downwards_only() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut breaches = Vec::new();
    for (module, files) in sources() {
        let Some(may_use) = allowed.get(module.as_str()) else {
            breaches.push(format!("module `{module}` is not in the table"));
            continue;
        };
        for (file, code) in files {
            for used in names_after(&code, "crate::") {
                if used != module && !may_use.contains(&used.as_str()) {
                    breaches.push(format!("{}: `{module}` uses `{used}`", file.display()));
                }
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn each_outside_crate_has_one_home() {
    let mut breaches = Vec::new();
    for (module, files) in sources() {
        for (file, code) in files {
            for (outside, homes) in HOMES {
                let is_used = !names_after(&code, &format!("{outside}::")).is_empty();
                if is_used && !homes.contains(&module.as_str()) {
                    breaches.push(format!(
                        "{}: `{module}` uses the crate `{outside}`",
                        file.display()
                    ));
                }
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn connectors_know_nothing_of_the_daemon_or_of_each_other() {
    let mut breaches = Vec::new();
    for connector in fs::read_dir(root().join("connectors")).unwrap() {
        let folder = connector.unwrap().path();
        let own = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let mut files = rust_files(&folder.join("src"));
        files.push(folder.join("Cargo.toml"));
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for other in ["ticketbridge", "respondo", "qminder", "deskhive"] {
                let names = [format!("{other}_client"), format!("{other}-client")];
                let uses = other == "ticketbridge"
                    && (text.contains("ticketbridge::") || text.contains("ticketbridge.workspace"))
                    || other != own && names.iter().any(|name| text.contains(name));
                if uses {
                    breaches.push(format!("{} uses {other}", file.display()));
                }
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn the_benchmark_knows_the_daemon_only_from_outside() {
    let manifest = fs::read_to_string(root().join("tests/bench/Cargo.toml")).unwrap();
    let links = |line: &str| line.starts_with("ticketbridge.") || line.starts_with("ticketbridge ");
    assert!(
        !manifest.lines().any(links),
        "what is measured is the binary"
    );
}

#[test]
fn the_guard_itself_sees_every_spelling() {
    let code = "use crate::store::Store;\nlet x = crate::http::y();\nuse crate::{plan, model::Time};\nfn not_mycrate::z() {}";
    assert_eq!(
        names_after(code, "crate::"),
        ["http", "model", "plan", "store"].map(str::to_owned).into()
    );
    assert_eq!(
        names_after("::sled::open(); sled::Db; unsled::x", "sled::"),
        ["Db"].map(str::to_owned).into()
    );
}
