//! Holds what a command printed against what the document shows of it: not the figures, but what they are told by.

use std::collections::BTreeSet;

/// Why the output is not what the document shows; `None` if it is.
pub(super) fn difference(shown: &[String], printed: &str) -> Option<String> {
    if shown.first().is_some_and(|line| line.starts_with('{')) {
        let keys = |text: &str| -> BTreeSet<String> { members(text) };
        let there = keys(printed);
        let missing: Vec<_> = keys(&shown.join("\n"))
            .into_iter()
            .filter(|key| !there.contains(key))
            .collect();
        return (!missing.is_empty()).then(|| format!("has no {missing:?}"));
    }
    let has = |wanted: &[String]| printed.lines().any(|line| words(line) == wanted);
    for line in shown {
        let wanted = words(line);
        let one_line = shown.len() == 1 && !line.contains('…');
        if (is_heading(line) || one_line) && !has(&wanted) {
            return Some(format!("has no line such as {line:?}"));
        }
    }
    None
}

/// The names of JSON's members.
fn members(text: &str) -> BTreeSet<String> {
    let parts: Vec<&str> = text.split('"').collect();
    let pairs = parts.windows(2);
    let named = pairs.filter(|pair| pair[1].trim_start().starts_with(':'));
    named.map(|pair| pair[0].to_owned()).collect()
}

/// A table's first line: all of it in capitals, in columns.
fn is_heading(line: &str) -> bool {
    let capital = |c: char| c.is_ascii_uppercase() || !c.is_alphabetic();
    let columns = line.split("  ").filter(|part| !part.trim().is_empty());
    let begins = line.starts_with(|c: char| c.is_ascii_uppercase());
    begins
        && columns.count() > 2
        && line
            .split_whitespace()
            .all(|word| word.starts_with('<') || word == "older" || word.chars().all(capital))
}

/// The words of a line, with what is a figure or a name made of one taken out.
fn words(line: &str) -> Vec<String> {
    let words = line.split_whitespace().map(|word| {
        let is_figure = word.chars().any(|c| c.is_ascii_digit()) && !word.starts_with('<');
        if is_figure {
            "#".to_owned()
        } else {
            word.to_owned()
        }
    });
    words.collect()
}

#[test]
fn figures_may_differ_and_nothing_else() {
    let shown = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    for (document, printed, same) in [
        ("ticket 1 is changed", "ticket 23 is changed", true),
        ("ticket 1 is changed", "ticket 23 is locked", false),
        ("ID  TICKET  TO\n 1  2  x", "ID   TICKET   TO\n", true),
        ("ID  TICKET  TO\n 1  2  x", "ID   TICKET   FROM\n", false),
        ("{\"a\":1,\"b\":[…]}", "{\"b\":[],\"a\":2,\"c\":3}", true),
        ("{\"a\":1,\"b\":[…]}", "{\"a\":2}", false),
        ("one\ntwo", "three", true),
    ] {
        let difference = difference(&shown(document), printed);
        assert_eq!(difference.is_none(), same, "{document}: {difference:?}");
    }
}
