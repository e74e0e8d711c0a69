//! Where settings come from: compiled-in defaults, the file, `conf.d` beside it and the environment.
//!
//! Every layer becomes one tree whose values know their origin. A layer that cannot be read is a
//! problem and is left out; the others are still gathered, so that their problems show as well.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use config::{FileFormat, Map, Source, Value, ValueKind};

use super::lines;
use super::problem::{Fault, Problem};

/// The compiled-in defaults, which document every key.
pub const DEFAULT_TOML: &str = include_str!("../../config/default.toml");

/// The origin that compiled-in values carry.
pub(super) const DEFAULT_ORIGIN: &str = "default";

pub(super) const VARIABLE_PREFIX: &str = "TICKETBRIDGE__";

/// Deeper than any key; bounds the recursion over trees.
const DEEPEST_VARIABLE: usize = 8;

/// Longer than any variable of ours; keeps a report readable.
const LONGEST_NAME: usize = 128;

/// The layers, lowest first, and what kept others out.
pub(super) struct Layers {
    pub(super) tables: Vec<Value>,
    pub(super) problems: Vec<Problem>,
}

pub(super) fn gather(file: &Path, environment: &BTreeMap<String, String>) -> Layers {
    let mut layers = Layers {
        tables: Vec::new(),
        problems: Vec::new(),
    };
    layers.add(parse_toml(DEFAULT_TOML, DEFAULT_ORIGIN));
    layers.add_file(file);
    match conf_d(file) {
        Ok(files) => files.iter().for_each(|file| layers.add_file(file)),
        Err((folder, error)) => {
            let fault = Fault::new(format!("cannot be listed: {error}"), "");
            layers.add(Err(fault.at("", Some(&folder.display().to_string()))));
        }
    }
    for (name, raw) in environment {
        if let Some(key) = name.strip_prefix(VARIABLE_PREFIX) {
            let origin: String = name.chars().take(LONGEST_NAME).collect();
            let layer = variable(&origin, key, raw);
            layers.add(layer.map_err(|fault| fault.at("", Some(&origin))));
        }
    }
    layers
}

impl Layers {
    fn add(&mut self, layer: Result<Value, Problem>) {
        match layer {
            Ok(table) => self.tables.push(table),
            Err(problem) => self.problems.push(problem),
        }
    }

    fn add_file(&mut self, file: &Path) {
        let origin = file.display().to_string();
        let fault = |what: String, expected| Err(Fault::new(what, expected).at("", Some(&origin)));
        let layer = match fs::read(file) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => parse_toml(&text, &origin),
                Err(_) => fault("is not UTF-8".to_owned(), "a TOML file"),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fault("does not exist".to_owned(), "a TOML file")
            }
            Err(error) => fault(format!("cannot be read: {error}"), ""),
        };
        self.add(layer);
    }
}

/// The files of `conf.d`, in name order; hidden files, such as an editor's, do not count.
fn conf_d(file: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let folder = file.parent().unwrap_or(Path::new("")).join("conf.d");
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err((folder, error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = match entry {
            Ok(entry) => entry.path(),
            Err(error) => return Err((folder, error)),
        };
        let hidden = path
            .file_name()
            .is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
        if !hidden
            && path
                .extension()
                .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The compiled-in values are the same everywhere; all others know their line.
fn parse_toml(text: &str, origin: &str) -> Result<Value, Problem> {
    let table = lines::parse(text, origin)?;
    Ok(match origin {
        DEFAULT_ORIGIN => stamped(table, &origin.to_owned()),
        _ => table,
    })
}

fn stamped(value: Value, origin: &String) -> Value {
    let kind = match value.kind {
        ValueKind::Table(table) => ValueKind::Table(
            table
                .into_iter()
                .map(|(key, value)| (key, stamped(value, origin)))
                .collect(),
        ),
        ValueKind::Array(values) => ValueKind::Array(
            values
                .into_iter()
                .map(|value| stamped(value, origin))
                .collect(),
        ),
        scalar => scalar,
    };
    Value::new(Some(origin), kind)
}

/// One environment variable as a layer of its own: `SERVER__LISTEN` is `server.listen`.
fn variable(origin: &str, key: &str, raw: &str) -> Result<Value, Fault> {
    let segments: Vec<String> = key.split("__").map(str::to_lowercase).collect();
    if segments.len() > DEEPEST_VARIABLE || segments.iter().any(String::is_empty) {
        return Err(Fault::new(
            "names no key",
            format!("{VARIABLE_PREFIX}SECTION__KEY"),
        ));
    }
    let origin = origin.to_owned();
    let value = stamped(variable_value(raw), &origin);
    Ok(segments.into_iter().rev().fold(value, |inner, segment| {
        Value::new(Some(&origin), Map::from_iter([(segment, inner)]))
    }))
}

/// What is TOML is taken as such; all else is text, so that nobody has to quote within quotes.
fn variable_value(raw: &str) -> Value {
    let line = format!("value = {raw}");
    let parsed = config::File::from_str(&line, FileFormat::Toml).collect();
    match parsed {
        Ok(mut table) if table.len() == 1 => table.remove("value"),
        _ => None,
    }
    .unwrap_or_else(|| Value::new(None, raw))
}

#[cfg(test)]
mod tests {
    use crate::settings::trial::Trial;

    #[test]
    fn later_layers_win_key_by_key() {
        let trial = Trial::new(
            "[server]\nread_timeout = \"1s\"\nshutdown_grace = \"1s\"\nmax_body = \"1KiB\"",
        )
        .with("conf.d/20.toml", "[server]\nshutdown_grace = \"3s\"")
        .with(
            "conf.d/10.toml",
            "[server]\nshutdown_grace = \"2s\"\nmax_body = \"2KiB\"",
        )
        .with("conf.d/.hidden.toml", "broken")
        .with("conf.d/notes.txt", "broken")
        .env("TICKETBRIDGE__SERVER__MAX_BODY", "3KiB");
        let loaded = trial.load().unwrap();
        let seconds = |d: std::time::Duration| d.as_secs();
        assert_eq!(seconds(loaded.settings.server.read_timeout), 1);
        assert_eq!(seconds(loaded.settings.server.shutdown_grace), 3);
        assert_eq!(loaded.settings.server.max_body, 3 * 1024);
        for (key, origin) in [
            ("server.read_timeout", "config.toml"),
            ("server.shutdown_grace", "20.toml"),
            ("server.max_body", "TICKETBRIDGE__SERVER__MAX_BODY"),
            ("server.listen", "default"),
        ] {
            let row = loaded.effective.row(key).unwrap();
            assert!(row.origin.contains(origin), "{row:?}");
        }
    }

    #[test]
    fn a_variable_is_toml_where_it_can_be_and_text_elsewhere() {
        let loaded = Trial::new("")
            .env("TICKETBRIDGE__DELIVERY__JITTER", "0.5")
            .env("TICKETBRIDGE__DELIVERY__ALLOW_HTTP", "true")
            .env(
                "TICKETBRIDGE__DELIVERY__ALLOW_NETWORKS",
                r#"["10.0.0.0/8"]"#,
            )
            .env("TICKETBRIDGE__DELIVERY__BREAKER__FAILURES", "7")
            .env("TICKETBRIDGE__DELIVERY__MAX_AGE", "1h 30m")
            .env("TICKETBRIDGE__LOG__LEVEL", "\"warn\"")
            .env("TICKETBRIDGE__ALERTS__URL", "")
            .env("TICKETBRIDGE__BRANDS", r#"[{ id = "acme" }]"#)
            .env("TICKETBRIDGE_OTHER", "ignored")
            .env("PATH", "ignored")
            .load()
            .unwrap();
        let delivery = &loaded.settings.delivery;
        assert_eq!(delivery.jitter, 0.5);
        assert!(delivery.allow_http);
        assert_eq!(delivery.allow_networks.len(), 1);
        assert_eq!(delivery.breaker.failures, 7);
        assert_eq!(delivery.breaker.open_for.as_secs(), 30);
        assert_eq!(delivery.max_age.as_secs(), 5400);
        assert_eq!(loaded.settings.log.level, "warn");
        assert!(loaded.settings.brands.contains_key("acme"));
    }

    #[test]
    fn a_variable_smuggles_no_second_key_in() {
        let problems = Trial::new("")
            .env("TICKETBRIDGE__LOG__LEVEL", "\"info\"\nother = 1")
            .problems();
        assert!(problems.contains("log.level"), "{problems}");
    }

    #[test]
    fn what_cannot_be_read_is_a_problem_each() {
        let problems = Trial::new("[server]\nlisten = \"127.0.0.1:80\nsecret-part = 1")
            .with("conf.d/a.toml", "[server]\nlisten = 1\nlisten = 2")
            .with("conf.d/b.toml", "[server]\nmax_body = 99999999999999999999")
            .with("conf.d/c.toml", "[sever]")
            .with("conf.d/d.toml", b"\xff".as_slice())
            .with("conf.d/e.toml/folder", "")
            .env("TICKETBRIDGE__SERVER____X", "1")
            .env(&format!("TICKETBRIDGE__{}", "A__".repeat(5000)), "1")
            .problems();
        for part in [
            "config.toml",
            "config.toml:2",
            "a.toml:3",
            "duplicate key",
            "b.toml",
            "sever ",
            "server",
            "d.toml",
            "not UTF-8",
            "e.toml",
            "cannot be read",
            "TICKETBRIDGE__SERVER____X",
            "names no key",
        ] {
            assert!(problems.contains(part), "{part}: {problems}");
        }
        assert_eq!(problems.lines().count(), 8, "{problems}");
        assert!(!problems.contains("secret-part"), "{problems}");
        assert!(!problems.contains("127.0.0.1:80"), "{problems}");
    }

    #[test]
    fn a_missing_file_is_a_problem() {
        let problems = Trial::without_file().problems();
        assert!(problems.contains("does not exist"), "{problems}");
    }
}
