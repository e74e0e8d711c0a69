//! The keys that documents name: in the midst of sentences, such as `store.path`, and in samples of a configuration.

use std::collections::BTreeSet;

use config::{Value, ValueKind};

use super::comments::Comments;
use crate::settings::lines;

/// Every key that `text` names, as `server.listen` or `brands[].tokens[].name`.
pub(super) fn of(text: &str, comments: &Comments) -> Vec<String> {
    let mut keys = Vec::new();
    let mut prose = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.trim_start().strip_prefix("```") else {
            prose.push_str(line);
            prose.push('\n');
            continue;
        };
        let indent = line.len() - line.trim_start().len();
        let inside = lines
            .by_ref()
            .map(|line| line.get(indent..).unwrap_or_default());
        let sample: Vec<&str> = inside.take_while(|line| *line != "```").collect();
        if language == "toml" {
            keys.extend(in_sample(&sample.join("\n")));
        }
    }
    for paragraph in prose.split("\n\n") {
        let spans = paragraph.split('`').skip(1).step_by(2);
        keys.extend(spans.filter_map(|span| in_span(span, comments)));
    }
    keys
}

/// `store.path`, also with its value; not the name of a file.
fn in_span(span: &str, comments: &Comments) -> Option<String> {
    let key = span
        .split(" = ")
        .next()
        .unwrap_or_default()
        .trim_end_matches(".*");
    let (section, rest) = key.split_once('.')?;
    let is_section = comments.tables().any(|(name, _)| name == section);
    let is_key = rest
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "._[]".contains(c));
    let is_file = ["toml", "yml", "key", "secret", "sock"].contains(&rest);
    (is_section && is_key && !is_file).then(|| key.to_owned())
}

/// A sample is a configuration, or what stands in one of its lists.
fn in_sample(sample: &str) -> Vec<String> {
    let root =
        lines::parse(sample, "sample").unwrap_or_else(|problem| panic!("{problem}: {sample}"));
    let mut keys = Vec::new();
    walk("", &root, &mut keys);
    // The files that are named by settings have keys of their own, which their readers check.
    keys.retain(|key| !key.starts_with("responses"));
    keys
}

fn walk(path: &str, value: &Value, keys: &mut Vec<String>) {
    match &value.kind {
        ValueKind::Table(table) => {
            let kind = table.get("kind").map(ToString::to_string);
            let path = match kind.filter(|_| path == "systems[]") {
                Some(kind) => format!("systems[{kind}]"),
                None => path.to_owned(),
            };
            for (key, value) in table {
                let path = match path.as_str() {
                    "" => key.clone(),
                    path => format!("{path}.{key}"),
                };
                walk(&path, value, keys);
            }
        }
        ValueKind::Array(elements) if elements.iter().any(is_table) => {
            for element in elements {
                walk(&format!("{path}[]"), element, keys);
            }
        }
        _ => keys.push(path.to_owned()),
    }
}

fn is_table(value: &Value) -> bool {
    matches!(value.kind, ValueKind::Table(_))
}

/// Whether the settings know it, by its whole name or as documents shorten it: a key of a list by itself, one of every
/// kind's mapping without the kind.
pub(super) fn is_known(key: &str, known: &BTreeSet<String>) -> bool {
    let is = |key: &str| {
        let within = format!("{key}.");
        let of_any = key
            .rsplit_once('.')
            .map(|(table, _)| format!("{table}.NAME"));
        known
            .iter()
            .any(|known| known == key || known.starts_with(&within))
            || of_any.is_some_and(|any| known.contains(&any))
    };
    let of_kind = |kind: &str| {
        let rest = key.strip_prefix("mapping.");
        rest.is_some_and(|rest| is(&format!("mapping.{kind}.{rest}")))
    };
    is(key) || of_kind("qminder") || of_kind("deskhive") || is(&format!("brands[].{key}"))
}

#[test]
fn mentions_are_found_and_judged() {
    let comments = Comments::of("[store]\npath = 1\n");
    let text = "`store.path` and `store.size = 1` of `store.toml`, `other.path`\n\n```toml\n[[brands]]\nid = 1\ntokens = [{ name = 1 }]\n```\n";
    assert_eq!(
        of(text, &comments).into_iter().collect::<BTreeSet<_>>(),
        [
            "brands[].id",
            "brands[].tokens[].name",
            "store.path",
            "store.size"
        ]
        .map(str::to_owned)
        .into()
    );
    let known = [
        "store.path",
        "mapping.qminder.status.NEW",
        "mapping.qminder.labels.NAME",
    ];
    let known = known.map(str::to_owned).into();
    for (key, is_one) in [
        ("store.path", true),
        ("store", true),
        ("mapping.status", true),
        ("mapping.qminder.labels.Bug", true),
        ("mapping.qminder.status.OLD", false),
        ("store.size", false),
    ] {
        assert_eq!(is_known(key, &known), is_one, "{key}");
    }
}
