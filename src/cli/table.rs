//! Aligned columns.

use super::words::clean;

/// Rows under titles; numbers and ages are aligned to the right.
pub(super) struct Table {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<String>>,
}

/// To which side.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

pub(super) use Align::{Left, Right};

impl Table {
    pub(super) fn new(columns: &[(&'static str, Align)]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; what comes from outside is cleaned of what could play tricks on a terminal.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows
            .push(cells.into_iter().map(|cell| clean(&cell)).collect());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// One line for each row, with the titles on top if there are any.
    pub(super) fn render(&self) -> String {
        let titles: Vec<String> = self
            .columns
            .iter()
            .map(|(title, _)| (*title).to_owned())
            .collect();
        let has_titles = titles.iter().any(|title| !title.is_empty());
        let lines: Vec<&Vec<String>> = has_titles
            .then_some(&titles)
            .into_iter()
            .chain(&self.rows)
            .collect();
        let width = |column: usize| {
            lines
                .iter()
                .filter_map(|line| line.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let mut out = String::new();
        for line in lines {
            let cells = self.columns.iter().zip(&widths).zip(line);
            let padded: Vec<String> = cells
                .map(|(((_, align), width), cell)| {
                    let fill = " ".repeat(width.saturating_sub(cell.chars().count()));
                    match align {
                        Left => format!("{cell}{fill}"),
                        Right => format!("{fill}{cell}"),
                    }
                })
                .collect();
            out.push_str(padded.join("  ").trim_end());
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right_and_nothing_trails() {
        let mut table = Table::new(&[("ID", Right), ("NAME", Left), ("AGE", Right)]);
        table.row(["7".into(), "ünï".into(), "3s".into()]);
        table.row(["1234".into(), "longer name".into(), String::new()]);
        assert_eq!(
            table.render(),
            "  ID  NAME         AGE\n   7  ünï           3s\n1234  longer name\n"
        );
    }

    #[test]
    fn a_cell_cannot_play_tricks_on_the_terminal() {
        let mut table = Table::new(&[("", Left)]);
        table.row(["\u{1b}[2Jgone\nline \u{202e}txt".to_owned()]);
        assert_eq!(table.render(), "�[2Jgone�line �txt\n");
    }
}
