//! Value tables: a line for each word that is known, and one for all others.

use std::fmt::Display;
use std::str::FromStr;

use config::Value;

use crate::mapping::{ByPriority, ByStatus, KEEP, Meaning, Naming, OTHER, Table};
use crate::settings::effective::quoted;
use crate::settings::problem::Fault;
use crate::settings::reader::{Read, Section, parse};

/// A table with a line for each of `known`, which are the other side's, and for the rest.
pub(super) fn full<T>(
    section: &Section<'_>,
    known: &[&str],
    parse: impl Fn(&Value) -> Result<T, Fault>,
) -> Read<Table<T>> {
    let with_other: Vec<&str> = known.iter().copied().chain([OTHER]).collect();
    let entries = section.entries(Some(&with_other), parse)?;
    let missing = |word: &&&str| !entries.iter().any(|(key, _)| key == **word);
    let missing: Vec<&&str> = with_other.iter().filter(missing).collect();
    for word in &missing {
        let fault = Fault::new("is missing", "a line for every known word, and `other`");
        section.fault(word, fault);
    }
    if missing.is_empty() {
        table(entries)
    } else {
        None
    }
}

/// A table with lines for some words, of `known` where that is told, and one for the rest.
pub(super) fn partial<T>(
    section: &Section<'_>,
    known: Option<&[&str]>,
    parse: impl Fn(&Value) -> Result<T, Fault>,
) -> Read<Table<T>> {
    let with_other = known.map(|known| known.iter().copied().chain([OTHER]).collect::<Vec<_>>());
    let entries = section.entries(with_other.as_deref(), parse)?;
    if !entries.iter().any(|(key, _)| key == OTHER) {
        section.fault(
            OTHER,
            Fault::new("is missing", "a line for what has none of its own"),
        );
        return None;
    }
    table(entries)
}

fn table<T>(entries: Vec<(String, T)>) -> Read<Table<T>> {
    let (other, lines): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| key == OTHER);
    let (_, other) = other.into_iter().next()?;
    Some(Table {
        lines: lines.into_iter().collect(),
        other,
    })
}

/// Something for each status of ours.
pub(super) fn by_status<T>(
    section: &Section<'_>,
    parse: impl Fn(&Value) -> Result<T, Fault> + Copy,
) -> Read<ByStatus<T>> {
    let open = section.need("open", parse);
    let in_progress = section.need("in_progress", parse);
    let on_hold = section.need("on_hold", parse);
    let closed = section.need("closed", parse);
    Some(ByStatus {
        open: open?,
        in_progress: in_progress?,
        on_hold: on_hold?,
        closed: closed?,
    })
}

/// Something for each priority of ours.
pub(super) fn by_priority<T>(
    section: &Section<'_>,
    parse: impl Fn(&Value) -> Result<T, Fault> + Copy,
) -> Read<ByPriority<T>> {
    let low = section.need("low", parse);
    let medium = section.need("medium", parse);
    let high = section.need("high", parse);
    let critical = section.need("critical", parse);
    Some(ByPriority {
        low: low?,
        medium: medium?,
        high: high?,
        critical: critical?,
    })
}

/// One of our own words; `all` are those that there are.
pub(super) fn ours<T: FromStr + Copy + Display>(
    all: &'static [T],
) -> impl Fn(&Value) -> Result<T, Fault> + Copy {
    move |value| {
        word(
            value,
            &all.iter()
                .map(|word| quoted(&word.to_string()))
                .collect::<Vec<_>>(),
        )
    }
}

/// What a word of the other side's means: one of our own, or nothing.
pub(super) fn meaning<T: FromStr + Copy + Display>(
    all: &'static [T],
) -> impl Fn(&Value) -> Result<Meaning<T>, Fault> + Copy {
    move |value| {
        let ours = all.iter().map(|word| quoted(&word.to_string()));
        word(value, &ours.chain([quoted(KEEP)]).collect::<Vec<_>>())
    }
}

fn word<T: FromStr>(value: &Value, allowed: &[String]) -> Result<T, Fault> {
    let expected = format!("one of {}", allowed.join(", "));
    let text = parse::text(value).map_err(|fault| Fault::new(fault.what, expected.clone()))?;
    text.parse()
        .map_err(|_| Fault::new(format!("is {}", quoted(&text)), expected))
}

/// What a name becomes: `expected` says in words for which names `holds`.
pub(super) fn naming(
    expected: &'static str,
    holds: impl Fn(&str) -> bool,
) -> impl Fn(&Value) -> Result<Naming, Fault> {
    move |value| {
        let expected = || format!("{expected}, \"same\", or \"\" for none");
        let text = parse::text(value).map_err(|fault| Fault::new(fault.what, expected()))?;
        let naming = Naming::from(text.as_str());
        match &naming {
            Naming::Named(name) if !holds(name) => {
                Err(Fault::new(format!("is {}", quoted(name)), expected()))
            }
            _ => Ok(naming),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::model::Status;
    use crate::settings::known::Known;
    use crate::settings::lines;
    use crate::settings::reader::Reader;

    /// What is wrong with a table for `A` and `B`.
    fn problems(text: &str) -> Vec<String> {
        let reader = Reader {
            folder: std::path::PathBuf::new(),
            credentials: None,
            open_files: false,
            known: Known::default(),
            problems: RefCell::default(),
            warnings: RefCell::default(),
            rows: RefCell::default(),
            contents: RefCell::default(),
            asked: RefCell::default(),
        };
        let root = lines::parse(text, "f.toml").unwrap();
        let read = reader.root(&root, |section| {
            full(section, &["A", "B"], meaning(Status::ALL))
        });
        let problems = reader.problems.into_inner();
        assert_eq!(read.is_none(), !problems.is_empty());
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_table_has_a_line_for_every_known_word_and_one_for_the_rest() {
        assert_eq!(
            problems("A = \"open\"\nB = \"keep\"\nother = \"keep\""),
            [""; 0]
        );
        let found = problems("A = \"open\"");
        assert_eq!(found.len(), 2);
        assert!(
            found[0].starts_with("B  is missing; expected a line for every"),
            "{found:?}"
        );
        assert!(found[1].starts_with("other  is missing"), "{found:?}");
    }
}
