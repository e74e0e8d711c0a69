//! What became of each field in how many cases, and that as a table.

use std::collections::BTreeMap;

use crate::model::How;
use crate::rehearsal::{Field, Kind};

/// How often in which state.
type States = BTreeMap<How, usize>;

/// By shape, field and kind: how often it arrived in which state, the best of its places counting.
#[derive(Debug, Default)]
pub(super) struct Survival {
    /// In the order in which they came.
    shapes: Vec<&'static str>,
    counted: BTreeMap<(&'static str, String), BTreeMap<Kind, States>>,
}

impl Survival {
    /// Counts one event's fields.
    pub(super) fn count<'a>(
        &mut self,
        shape: &'static str,
        to: Kind,
        fields: impl Iterator<Item = &'a Field>,
    ) {
        if !self.shapes.contains(&shape) {
            self.shapes.push(shape);
        }
        let mut best: BTreeMap<&str, How> = BTreeMap::new();
        for row in fields.filter(|row| row.field.starts_with('/')) {
            let known = best.entry(&row.field).or_insert(row.how);
            *known = (*known).min(row.how);
        }
        for (field, how) in best {
            let places = self.counted.entry((shape, named(field))).or_default();
            *places.entry(to).or_default().entry(how).or_default() += 1;
        }
    }

    /// A table for each shape.
    pub(super) fn in_markdown(&self) -> String {
        let mut out = String::new();
        for shape in &self.shapes {
            out.push_str(&format!("\n**{shape}**\n\n"));
            out.push_str("| field | to Respondo | to Qminder | to DeskHive | in the agent API |\n");
            out.push_str("| --- | --- | --- | --- | --- |\n");
            for ((of, field), kinds) in &self.counted {
                if of == shape {
                    let cell = |kind: Kind| kinds.get(&kind).map(cell).unwrap_or_default();
                    let cells = Kind::ALL.map(cell).join(" | ");
                    out.push_str(&format!("| `{field}` | {cells} |\n"));
                }
            }
        }
        out.push('\n');
        out
    }
}

/// `/labels/0/name` as `labels[].name`.
fn named(pointer: &str) -> String {
    let mut out = String::new();
    for step in pointer.split('/').skip(1) {
        match step.parse::<usize>() {
            Ok(_) => out.push_str("[]"),
            Err(_) if out.is_empty() => out.push_str(step),
            Err(_) => out.push_str(&format!(".{step}")),
        }
    }
    out
}

/// How often it was kept, and what it was else.
fn cell(cases: &States) -> String {
    let all: usize = cases.values().sum();
    let kept = cases.get(&How::Kept).copied().unwrap_or_default();
    let others = cases.keys().filter(|how| **how != How::Kept);
    let others: Vec<&str> = others.map(|how| how.word()).collect();
    let others = others.join(" or ");
    match kept {
        0 => format!("never: {others}"),
        _ if kept == all => "always".to_owned(),
        _ if kept * 2 >= all => format!("mostly, else {others}"),
        _ => format!("sometimes, else {others}"),
    }
}
