//! What a system's `mapping` does not say, the table of its kind says, line by line.

use config::{Map, Value, ValueKind};

/// The tables of `[mapping]`, which are called like the kinds of systems.
const KINDS: [&str; 2] = ["qminder", "deskhive"];

/// Completes the `mapping` of each of `root`'s systems. What has the wrong shape is left to its reader to report.
pub(in crate::settings) fn inherit(root: &mut Value) {
    let ValueKind::Table(root) = &mut root.kind else {
        return;
    };
    let of_kind = |kind: &str| -> Option<Value> {
        let mapping = root.get("mapping")?.clone().into_table().ok()?;
        mapping.get(kind).cloned()
    };
    let tables = KINDS.map(|kind| (kind, of_kind(kind)));
    let Some(ValueKind::Array(systems)) = root.get_mut("systems").map(|systems| &mut systems.kind)
    else {
        return;
    };
    for system in systems {
        let ValueKind::Table(system) = &mut system.kind else {
            continue;
        };
        let kind = system.get("kind").map(ToString::to_string);
        let table = tables
            .iter()
            .find(|(name, _)| kind.as_deref() == Some(name));
        if let Some((_, Some(table))) = table {
            let own = system.entry("mapping".to_owned());
            let own = own.or_insert_with(|| Value::new(None, Map::<String, Value>::new()));
            complete(own, table);
        }
    }
}

fn complete(own: &mut Value, from: &Value) {
    let (ValueKind::Table(own), ValueKind::Table(from)) = (&mut own.kind, &from.kind) else {
        return;
    };
    for (key, value) in from {
        match own.get_mut(key) {
            Some(said) => complete(said, value),
            None => {
                own.insert(key.clone(), value.clone());
            }
        }
    }
}
