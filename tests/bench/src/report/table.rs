//! A report as text: columns that line up, or Markdown.

use super::{Aim, Figure, Report, Section};

const HEAD: [&str; 8] = [
    "figure",
    "median",
    "min",
    "max",
    "unit",
    "baseline",
    "ratio (min to max)",
    "aim",
];

impl Report {
    /// For a terminal.
    pub(crate) fn to_text(&self) -> String {
        let mut text = format!("{}\n", self.about());
        for section in &self.sections {
            text.push_str(&format!("\n{}: {}\n", section.name, section.title));
            text.push_str(&aligned(&rows(section)));
            for note in &section.notes {
                text.push_str(&format!("  * {note}\n"));
            }
        }
        text
    }

    /// For a page.
    pub(crate) fn to_markdown(&self) -> String {
        let mut text = format!("{}\n", self.about());
        for section in &self.sections {
            text.push_str(&format!("\n### {}: {}\n\n", section.name, section.title));
            if !section.figures.is_empty() {
                text.push_str(&format!("| {} |\n", HEAD.join(" | ")));
                text.push_str("| --- | ---: | ---: | ---: | --- | ---: | ---: | --- |\n");
            }
            for row in rows(section) {
                text.push_str(&format!("| {} |\n", row.join(" | ")));
            }
            if !section.notes.is_empty() {
                text.push('\n');
            }
            for note in &section.notes {
                text.push_str(&format!("* {note}\n"));
            }
        }
        text
    }

    fn about(&self) -> String {
        let quick = if self.quick {
            "; a smoke run, whose figures mean little"
        } else {
            ""
        };
        format!("{}\nruns: {}{quick}", self.machine.shown(), self.runs)
    }
}

fn rows(section: &Section) -> Vec<[String; 8]> {
    section.figures.iter().map(row).collect()
}

fn row(figure: &Figure) -> [String; 8] {
    let found = figure.found;
    let aim = figure.aim.map(|aim| {
        let (word, value) = match aim {
            Aim::AtLeast(value) => ("at least", value),
            Aim::AtMost(value) => ("at most", value),
        };
        let met = if figure.met == Some(true) {
            "met"
        } else {
            "missed"
        };
        format!("{word} {}: {met}", shown(value))
    });
    let ratio = figure
        .ratio
        .map(|ratio| format!("{:.3} ({:.3} to {:.3})", ratio.median, ratio.min, ratio.max));
    [
        figure.what.clone(),
        shown(found.median),
        shown(found.min),
        shown(found.max),
        figure.unit.to_owned(),
        figure
            .baseline
            .map_or_else(String::new, |baseline| shown(baseline.median)),
        ratio.unwrap_or_default(),
        aim.unwrap_or_default(),
    ]
}

/// Three digits that count, and no more than that behind the point.
fn shown(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        small if small >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

fn aligned(rows: &[[String; 8]]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let head = HEAD.map(str::to_owned);
    let all: Vec<&[String; 8]> = std::iter::once(&head).chain(rows).collect();
    let width = |column: usize| {
        let cells = all.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let widths: [usize; 8] = std::array::from_fn(width);
    let mut text = String::new();
    for row in all {
        let mut line = String::from("  ");
        for (column, cell) in row.iter().enumerate() {
            let gap = " ".repeat(widths[column] - cell.chars().count());
            let is_number = (1..=3).contains(&column) || column == 5 || column == 6;
            let (before, after) = if is_number {
                (gap, String::new())
            } else {
                (String::new(), gap)
            };
            line.push_str(&format!("{before}{cell}{after}  "));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
