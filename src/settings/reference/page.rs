//! The reference as the documents have it: a chapter for each table of the configuration.

use super::comments::Comments;

/// One key.
pub(super) struct Row {
    pub(super) section: String,
    pub(super) key: String,
    pub(super) expected: String,
    /// In Markdown.
    pub(super) default: String,
    /// What puts a change in force.
    pub(super) change: &'static str,
    pub(super) text: String,
}

pub(super) fn in_markdown(rows: &[Row], comments: &Comments) -> String {
    let mut page = String::new();
    for (section, said) in comments.tables() {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.section == *section).collect();
        page.push_str(&heading(section));
        if !said.is_empty() {
            page.push_str(&format!("{}\n\n", said.replace("  ", "\n\n")));
        }
        page.push_str(&table(&rows));
    }
    page
}

fn heading(section: &str) -> String {
    let level = if section.contains('.') { "###" } else { "##" };
    let (name, kind) = section.split_once('[').unwrap_or((section, ""));
    match kind {
        "" => format!("{level} `[{name}]`\n\n"),
        "]" => format!("{level} `[[{name}]]`\n\n"),
        kind => {
            let kind = kind.trim_end_matches(']');
            format!("{level} `[[{name}]]` of the kind `{kind}`\n\n")
        }
    }
}

fn table(rows: &[&Row]) -> String {
    let Some(first) = rows.first() else {
        return String::new();
    };
    let alike = |row: &&Row| {
        row.expected == first.expected && row.change == first.change && row.text.is_empty()
    };
    if rows.len() > 1 && rows.iter().all(alike) {
        let mut table = format!(
            "Each of these is {}, and changed by {}.\n\n| key | default |\n| --- | --- |\n",
            words(&first.expected),
            first.change
        );
        for row in rows {
            table.push_str(&format!("| `{}` | {} |\n", row.key, cell(&row.default)));
        }
        return table + "\n";
    }
    let mut table = "| key | what it may be | default | changed by | what it says |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for row in rows {
        table.push_str(&format!(
            "| `{}` | {} | {} | {} | {} |\n",
            row.key,
            cell(&words(&row.expected)),
            cell(&row.default),
            row.change,
            cell(&row.text)
        ));
    }
    table + "\n"
}

/// Words in quotes are values, so they are code.
fn words(expected: &str) -> String {
    let mut out = String::new();
    for (index, part) in expected.split('"').enumerate() {
        match index % 2 {
            0 => out.push_str(part),
            _ => out.push_str(&format!("`\"{part}\"`")),
        }
    }
    out
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[test]
fn a_cell_holds_what_it_is_given() {
    assert_eq!(words("one of \"a\", \"b\""), "one of `\"a\"`, `\"b\"`");
    assert_eq!(cell("{{ a | cut(1) }}"), "{{ a \\| cut(1) }}");
    assert_eq!(heading("delivery.rates[]"), "### `[[delivery.rates]]`\n\n");
    assert_eq!(
        heading("systems[qminder]"),
        "## `[[systems]]` of the kind `qminder`\n\n"
    );
}
