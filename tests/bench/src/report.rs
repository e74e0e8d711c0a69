//! Figures, and how they are shown: a table, Markdown, JSON.

use serde::Serialize;

use crate::machine::Machine;

mod table;

/// Everything that one call of the program found.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) runs: u32,
    pub(crate) quick: bool,
    pub(crate) sections: Vec<Section>,
}

/// What one scenario found.
#[derive(Debug, Serialize)]
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) figures: Vec<Figure>,
    pub(crate) notes: Vec<String>,
}

/// One figure: its runs in short, and what it is held against.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    #[serde(flatten)]
    pub(crate) found: Spread,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) baseline: Option<Spread>,
    /// Run by run, to the baseline of the same run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ratio: Option<Spread>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) aim: Option<Aim>,
    /// Whether the aim is met, by the ratio where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) met: Option<bool>,
}

/// What a figure should be.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Aim {
    AtLeast(f64),
    AtMost(f64),
}

/// The median of some runs, and how far apart they were.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Spread {
    pub(crate) fn of(runs: &[f64]) -> Self {
        let mut runs = runs.to_vec();
        runs.sort_by(f64::total_cmp);
        let middle = runs.len() / 2;
        let median = match runs.len() {
            0 => f64::NAN,
            even if even % 2 == 0 => f64::midpoint(runs[middle - 1], runs[middle]),
            _ => runs[middle],
        };
        let end = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
        Self {
            median,
            min: end(runs.first()),
            max: end(runs.last()),
        }
    }
}

/// What this share of the values does not exceed.
pub(crate) fn quantile(values: &[f64], share: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list that is far shorter"
    )]
    let place = (values.len() as f64 * share).ceil() as usize;
    let place = place.clamp(1, values.len().max(1)) - 1;
    values.get(place).copied().unwrap_or(f64::NAN)
}

impl Section {
    pub(crate) fn new(name: &'static str, title: &'static str) -> Self {
        Self {
            name,
            title,
            figures: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// A figure of its own.
    pub(crate) fn figure(&mut self, what: impl Into<String>, unit: &'static str, runs: &[f64]) {
        self.figures.push(Figure {
            what: what.into(),
            unit,
            found: Spread::of(runs),
            baseline: None,
            ratio: None,
            aim: None,
            met: None,
        });
    }

    /// A figure beside that of the baseline; both in order of runs.
    pub(crate) fn against(
        &mut self,
        what: impl Into<String>,
        unit: &'static str,
        runs: &[f64],
        baseline: &[f64],
    ) {
        self.figure(what, unit, runs);
        let ratios: Vec<f64> = runs.iter().zip(baseline).map(|(a, b)| a / b).collect();
        if let Some(figure) = self.figures.last_mut() {
            figure.baseline = Some(Spread::of(baseline));
            figure.ratio = Some(Spread::of(&ratios));
        }
    }

    /// Says what the last figure should be.
    pub(crate) fn aim(&mut self, aim: Aim) {
        if let Some(figure) = self.figures.last_mut() {
            let found = figure.ratio.unwrap_or(figure.found).median;
            figure.aim = Some(aim);
            figure.met = Some(match aim {
                Aim::AtLeast(least) => found >= least,
                Aim::AtMost(most) => found <= most,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_between_the_two_middles() {
        assert_eq!(Spread::of(&[3.0, 1.0, 2.0]).median, 2.0);
        assert_eq!(Spread::of(&[4.0, 1.0, 2.0, 3.0]).median, 2.5);
        let spread = Spread::of(&[5.0, 1.0, 9.0]);
        assert_eq!((spread.min, spread.max), (1.0, 9.0));
    }

    #[test]
    fn an_aim_is_held_against_the_ratio_of_each_run() {
        let mut section = Section::new("x", "x");
        section.against("x", "1/s", &[10.0, 10.0, 10.0], &[20.0, 40.0, 10.0]);
        section.aim(Aim::AtLeast(0.6));
        let figure = &section.figures[0];
        assert_eq!(figure.ratio.unwrap().median, 0.5);
        assert_eq!(figure.met, Some(false));
        section.figure("y", "%", &[1.5]);
        section.aim(Aim::AtMost(2.0));
        assert_eq!(section.figures[1].met, Some(true));
    }
}
