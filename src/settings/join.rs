//! Joining the layers to one tree. The later wins, table by table and key by key.
//!
//! Arrays of tables with an id are strung together instead, and an id may stand once only;
//! `delivery.rates` are told apart by host and scope, and the later replaces the whole entry.

use std::collections::BTreeMap;

use config::{Map, Value, ValueKind};

use super::problem::{Fault, Problem};
use super::reader::kind_name;

const JOINED_BY_ID: [&str; 7] = [
    "brands",
    "agents",
    "systems",
    "agent_api.departments",
    "agent_api.categories",
    "agent_api.products",
    "agent_api.labels",
];

const JOINED_BY_HOST: &str = "delivery.rates";

/// One tree of all layers, lowest first, and what did not fit.
pub(super) fn join(layers: Vec<Value>) -> (Value, Vec<Problem>) {
    let mut root = Value::new(None, Map::<String, Value>::new());
    let mut problems = Vec::new();
    for layer in layers {
        merge("", &mut root, layer, &mut problems);
    }
    (root, problems)
}

/// `path[name]`, printable whatever the name holds.
pub(super) fn element_path(path: &str, name: &str) -> String {
    let name: String = name.chars().take(64).flat_map(char::escape_debug).collect();
    format!("{path}[{name}]")
}

/// What tells an element of an array of tables apart: its id, its host and scope, or else its place.
pub(super) fn element_name(value: &Value, place: impl FnOnce() -> usize) -> String {
    id_of(value)
        .or_else(|| host_and_scope_of(value))
        .unwrap_or_else(|| place().to_string())
}

fn id_of(value: &Value) -> Option<String> {
    match &field(value, "id")?.kind {
        ValueKind::String(id) if !id.is_empty() => Some(id.clone()),
        ValueKind::I64(id) => Some(id.to_string()),
        _ => None,
    }
}

fn host_and_scope_of(value: &Value) -> Option<String> {
    match (&field(value, "host")?.kind, &field(value, "scope")?.kind) {
        (ValueKind::String(host), ValueKind::String(scope)) => Some(format!("{host} {scope}")),
        _ => None,
    }
}

fn field<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match &value.kind {
        ValueKind::Table(table) => table.get(key),
        _ => None,
    }
}

fn merge(path: &str, base: &mut Value, over: Value, problems: &mut Vec<Problem>) {
    let origin = over.origin().map(str::to_owned);
    match (&mut base.kind, over.kind) {
        (ValueKind::Table(table), ValueKind::Table(entries)) => {
            for (key, value) in sorted(entries) {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                let start = || {
                    Value::new(
                        value.origin().map(str::to_owned).as_ref(),
                        start_of(&path, &value),
                    )
                };
                let slot = table.entry(key).or_insert_with(start);
                merge(&path, slot, value, problems);
            }
        }
        // A whole section is never swept away by a slip such as `server = 1`.
        (ValueKind::Table(_), other) => problems.push(
            Fault::new(format!("is {}", kind_name(&other)), "a table of keys")
                .at(path, origin.as_deref()),
        ),
        (ValueKind::Array(elements), ValueKind::Array(more)) if JOINED_BY_ID.contains(&path) => {
            string_together(path, elements, more, problems);
        }
        (ValueKind::Array(elements), ValueKind::Array(more)) if path == JOINED_BY_HOST => {
            replace_or_add(elements, more);
        }
        // Nor are the brands by a variable that takes them for a table.
        (ValueKind::Array(_), other) if is_joined(path) => problems.push(
            Fault::new(format!("is {}", kind_name(&other)), "an array of tables")
                .at(path, origin.as_deref()),
        ),
        (_, kind) => *base = Value::new(origin.as_ref(), kind),
    }
}

fn is_joined(path: &str) -> bool {
    JOINED_BY_ID.contains(&path) || path == JOINED_BY_HOST
}

/// What a key that is new is merged into, so that joining starts with the first layer.
fn start_of(path: &str, value: &Value) -> ValueKind {
    match &value.kind {
        ValueKind::Table(_) => ValueKind::Table(Map::new()),
        ValueKind::Array(_) if is_joined(path) => ValueKind::Array(Vec::new()),
        _ => ValueKind::Nil,
    }
}

fn string_together(
    path: &str,
    elements: &mut Vec<Value>,
    more: Vec<Value>,
    problems: &mut Vec<Problem>,
) {
    let mut places: BTreeMap<String, usize> = elements
        .iter()
        .enumerate()
        .filter_map(|(place, element)| Some((id_of(element)?, place)))
        .collect();
    for element in more {
        if let Some(id) = id_of(&element) {
            match places.get(&id).and_then(|place| elements.get(*place)) {
                Some(first) => problems.push(twice(path, &id, first, &element)),
                None => {
                    places.insert(id, elements.len());
                }
            }
        }
        elements.push(element);
    }
}

fn twice(path: &str, id: &str, first: &Value, second: &Value) -> Problem {
    let origin = |value: &Value| value.origin().unwrap_or_default().to_owned();
    let what = match (origin(first), origin(second)) {
        (there, here) if there == here => format!("is defined twice in {here}"),
        (there, here) => format!("is defined in {there} and again in {here}"),
    };
    Fault::new(what, "each id once").at(element_path(path, id), second.origin())
}

fn replace_or_add(elements: &mut Vec<Value>, more: Vec<Value>) {
    for element in more {
        let key = host_and_scope_of(&element);
        let same = |earlier: &&mut Value| key.is_some() && host_and_scope_of(earlier) == key;
        match elements.iter_mut().find(same) {
            Some(earlier) => *earlier = element,
            None => elements.push(element),
        }
    }
}

/// In key order, so that the same files always give the same report.
fn sorted(table: Map<String, Value>) -> Vec<(String, Value)> {
    let mut entries: Vec<_> = table.into_iter().collect();
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    entries
}

#[cfg(test)]
mod tests {
    use crate::settings::trial::Trial;
    use crate::settings::{Rate, RateScope};

    #[test]
    fn arrays_of_tables_are_joined_by_id_across_files() {
        let loaded = Trial::new("[[brands]]\nid = \"a\"\n[[agents]]\nid = 1\nname = \"A\"\n[agent_api]\ndepartments = [{ id = 1, name = \"One\" }]")
            .with("conf.d/b.toml", "[[brands]]\nid = \"b\"\nagents = [1, 2]\n[[agents]]\nid = 2\nname = \"B\"\n[agent_api]\ndepartments = [{ id = 2, name = \"Two\" }]")
            .load()
            .unwrap();
        assert_eq!(loaded.settings.brands.len(), 2);
        assert_eq!(loaded.settings.agents.len(), 2);
        assert_eq!(loaded.settings.agent_api.departments[&2], "Two");
        let row = loaded.effective.row("brands[b].id").unwrap();
        assert!(row.origin.ends_with("b.toml:2"), "{row:?}");
    }

    #[test]
    fn the_same_id_twice_names_both_places() {
        let problems = Trial::new("[[brands]]\nid = \"a\"\n[[agents]]\nid = 1\nname = \"A\"\n[[agents]]\nid = 1\nname = \"B\"")
            .with("conf.d/b.toml", "[[brands]]\nid = \"a\"\nname = 7")
            .problems();
        let line = |part: &str| problems.lines().find(|line| line.contains(part)).unwrap();
        assert!(
            line("brands[a] ").contains("config.toml:1 and again in "),
            "{problems}"
        );
        assert!(line("brands[a] ").contains("b.toml"), "{problems}");
        assert!(
            line("agents[1] ").contains("config.toml:3 and again in "),
            "{problems}"
        );
        assert!(
            line("brands[a].name").contains("is a whole number"),
            "{problems}"
        );
    }

    #[test]
    fn rates_are_joined_by_host_and_scope_and_the_later_wins() {
        let rate = "rate = { per_second = 1, burst = 2 }";
        let loaded = Trial::new(&format!(
            "[[delivery.rates]]\nhost = \"hooks.zapier.com\"\nscope = \"url\"\n{rate}"
        ))
        .with(
            "conf.d/x.toml",
            format!("[[delivery.rates]]\nhost = \"example.com\"\nscope = \"host\"\n{rate}"),
        )
        .load()
        .unwrap();
        let rates: Vec<_> = loaded
            .settings
            .delivery
            .rates
            .iter()
            .map(|rate| (rate.host.as_str(), rate.scope, rate.rate.per_second))
            .collect();
        assert_eq!(
            rates,
            [
                ("hooks.zapier.com", RateScope::Url, 1.0),
                ("hooks.zapier.com", RateScope::Account, 33.0),
                ("example.com", RateScope::Host, 1.0),
            ]
        );
        assert_eq!(
            loaded.settings.delivery.rates[0].rate,
            Rate {
                per_second: 1.0,
                burst: 2
            }
        );
    }

    #[test]
    fn other_arrays_are_replaced_as_a_whole() {
        let loaded = Trial::new("[alerts]\nevents = [\"disk\"]").load().unwrap();
        assert_eq!(loaded.settings.alerts.events, ["disk"]);
    }

    #[test]
    fn a_slip_does_not_sweep_a_section_away() {
        let problems = Trial::new("server = 1\nbrands = { id = \"a\" }").problems();
        assert!(problems.contains("expected a table of keys"), "{problems}");
        assert!(problems.contains("brands "), "{problems}");
        assert_eq!(problems.lines().count(), 2, "{problems}");
    }

    #[test]
    fn a_slip_does_not_sweep_the_brands_away() {
        let trial = Trial::new("[[brands]]\nid = \"a\"\nmirror_to = [\"hub\"]\n[[systems]]\nid = \"hub\"\nkind = \"deskhive\"\nbase_url = \"https://d.example.com\"\nexternal_key_file = \"k\"\nimport_to = \"a\"")
            .env("TICKETBRIDGE__BRANDS__A__NAME", "x")
            .env("TICKETBRIDGE__SYSTEMS", "none");
        let problems = trial.problems();
        assert!(
            problems.contains("brands   is a table; expected an array of tables"),
            "{problems}"
        );
        assert!(
            problems.contains("systems  is text; expected an array of tables"),
            "{problems}"
        );
        assert_eq!(problems.lines().count(), 2, "{problems}");
    }
}
