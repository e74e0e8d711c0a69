//! The ids that the whole tree defines, gathered first, so that a reference can be judged where it stands.

use std::collections::BTreeSet;

use config::{Value, ValueKind};

use super::effective::quoted;
use super::problem::Fault;
use super::reader::parse;

/// The ids of everything that other settings refer to.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// False where a file could not be read: what it defines is then not known to be missing.
    complete: bool,
    pub(super) brands: BTreeSet<String>,
    pub(super) systems: BTreeSet<String>,
    pub(super) agents: BTreeSet<u64>,
    pub(super) departments: BTreeSet<u64>,
    pub(super) categories: BTreeSet<u64>,
    pub(super) products: BTreeSet<u64>,
    labels: Vec<String>,
}

impl Known {
    /// Gathers the ids of `root`; what has the wrong shape is left to its reader to report.
    pub(super) fn of(root: &Value, complete: bool) -> Self {
        Self {
            complete,
            brands: words(root, &["brands"]),
            systems: words(root, &["systems"]),
            agents: numbers(root, &["agents"]),
            departments: numbers(root, &["agent_api", "departments"]),
            categories: numbers(root, &["agent_api", "categories"]),
            products: numbers(root, &["agent_api", "products"]),
            labels: names(root, &["agent_api", "labels"]),
        }
    }

    /// What `agent_api.labels` are called, if that is known.
    pub(super) fn labels(&self) -> Option<Vec<&str>> {
        let labels = self.labels.iter().map(String::as_str);
        self.complete.then(|| labels.collect())
    }

    /// A reference by word: `what` is the table that should define it.
    pub(super) fn word(
        &self,
        ids: &BTreeSet<String>,
        what: &str,
    ) -> impl Fn(&Value) -> Result<String, Fault> {
        move |value| {
            let word = parse::text(value).map_err(|fault| of_table(fault, what))?;
            if !self.complete || ids.contains(&word) {
                return Ok(word);
            }
            let known = ids.iter().map(|id| quoted(id));
            Err(missing(&quoted(&word), what, known))
        }
    }

    /// A reference by number: `what` is the table that should define it.
    pub(super) fn number(
        &self,
        ids: &BTreeSet<u64>,
        what: &str,
    ) -> impl Fn(&Value) -> Result<u64, Fault> {
        move |value| {
            let number = parse::id_number(value).map_err(|fault| of_table(fault, what))?;
            if !self.complete || ids.contains(&number) {
                return Ok(number);
            }
            let known = ids.iter().map(u64::to_string);
            Err(missing(&number.to_string(), what, known))
        }
    }
}

fn of_table(fault: Fault, what: &str) -> Fault {
    Fault::new(fault.what, format!("an id from {what}"))
}

fn missing(id: &str, what: &str, known: impl ExactSizeIterator<Item = String>) -> Fault {
    const SHOWN: usize = 8;
    let total = known.len();
    let mut expected = known.take(SHOWN).collect::<Vec<_>>().join(", ");
    if total == 0 {
        expected = format!("an id from {what}, which defines none");
    } else {
        let more = if total > SHOWN { ", …" } else { "" };
        expected = format!("an id from {what}: {expected}{more}");
    }
    Fault::new(
        format!("names {id}, which {what} does not define"),
        expected,
    )
}

fn ids<'v>(root: &'v Value, path: &[&str]) -> impl Iterator<Item = &'v ValueKind> {
    fields(root, path, "id")
}

fn fields<'v>(
    root: &'v Value,
    path: &[&str],
    field: &'static str,
) -> impl Iterator<Item = &'v ValueKind> {
    let mut value = Some(root);
    for key in path {
        value = value.and_then(|value| match &value.kind {
            ValueKind::Table(table) => table.get(*key),
            _ => None,
        });
    }
    let elements = match value.map(|value| &value.kind) {
        Some(ValueKind::Array(elements)) => elements.as_slice(),
        _ => &[],
    };
    elements.iter().filter_map(|element| match &element.kind {
        ValueKind::Table(table) => table.get(field).map(|value| &value.kind),
        _ => None,
    })
}

fn words(root: &Value, path: &[&str]) -> BTreeSet<String> {
    ids(root, path)
        .filter_map(|id| match id {
            ValueKind::String(id) => Some(id.clone()),
            _ => None,
        })
        .collect()
}

/// What the elements of an array are called.
fn names(root: &Value, path: &[&str]) -> Vec<String> {
    let names = fields(root, path, "name").filter_map(|name| match name {
        ValueKind::String(name) => Some(name.clone()),
        _ => None,
    });
    names.collect()
}

fn numbers(root: &Value, path: &[&str]) -> BTreeSet<u64> {
    ids(root, path)
        .filter_map(|id| match id {
            ValueKind::I64(id) => u64::try_from(*id).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::settings::trial::Trial;

    #[test]
    fn a_reference_to_nothing_is_a_problem_where_it_stands() {
        let problems = Trial::new(
            r#"
            agent_api.departments = [{ id = 1, name = "One" }]
            [[brands]]
            id = "acme"
            mirror_to = ["hub", "hup"]
            agents = [1, 2]
            department = 2
            category = 1
            product = 1
            [[agents]]
            id = 1
            name = "A"
            [[systems]]
            id = "hub"
            kind = "deskhive"
            base_url = "https://desk.example.com"
            external_key_file = "k"
            import_to = "acne"
            "#,
        )
        .problems();
        for part in [
            "brands[acme].mirror_to[1] ",
            "an id from [[systems]]: \"hub\"",
            "brands[acme].agents[1] ",
            "brands[acme].department ",
            "brands[acme].category ",
            "brands[acme].product ",
            "which defines none",
            "systems[hub].import_to ",
            "names \"acne\", which [[brands]] does not define",
        ] {
            assert!(problems.contains(part), "{part}: {problems}");
        }
        assert_eq!(problems.lines().count(), 6, "{problems}");
    }

    #[test]
    fn what_a_broken_file_may_define_is_not_called_missing() {
        let problems = Trial::new("[[brands]]\nid = \"acme\"\nagents = [1]")
            .with("conf.d/agents.toml", "[[agents]")
            .problems();
        assert_eq!(problems.lines().count(), 1, "{problems}");
        assert!(problems.contains("agents.toml"), "{problems}");
    }
}
