//! What a comparison found, as it is printed.

use std::collections::BTreeMap;

use crate::http::admin::wire::{Drift, ReconcileCounts, Reconciled};

use super::super::failure::Failure;
use super::super::table::{Left, Right, Table};
use super::super::words::{clean, counted};
use super::links;

/// What was found and not printed yet, and how much there was in all.
#[derive(Debug, Default)]
pub(super) struct Report {
    findings: Vec<Drift>,
    counts: BTreeMap<String, ReconcileCounts>,
    found: u64,
    healed: u64,
    left: u64,
    gave_up: Vec<String>,
    has_json: bool,
}

impl Report {
    pub(super) fn add(&mut self, compared: Reconciled) {
        for (system, more) in compared.counts {
            let counts = self.counts.entry(system).or_default();
            counts.compared += more.compared;
            counts.pending += more.pending;
            counts.gone += more.gone;
            counts.untold += more.untold;
            counts.unclear += more.unclear;
            counts.records_unread += more.records_unread;
            counts.closed_unmirrored += more.closed_unmirrored;
        }
        for finding in &compared.findings {
            self.found += 1;
            self.healed += u64::from(finding.outcome == "healed");
            self.left += u64::from(finding.outcome == "left");
        }
        self.findings.extend(compared.findings);
    }

    pub(super) fn findings(&self) -> usize {
        self.findings.len()
    }

    /// Whether anything stands above the summary.
    pub(super) fn has_tables(&self) -> bool {
        self.found > 0
    }

    pub(super) fn gave_up(&mut self, system: &str, reason: &str) {
        let words =
            format!("{system} could not be asked, so it is compared in part at most: {reason}");
        self.gave_up.push(words);
    }

    /// What was found since, as members of an array.
    pub(super) fn take_json(&mut self) -> Result<String, Failure> {
        let mut lines = Vec::new();
        for finding in std::mem::take(&mut self.findings) {
            let line = serde_json::to_string(&finding);
            let line = line.map_err(|error| Failure::Failed(error.into()))?;
            let comma = if self.has_json { "," } else { "" };
            self.has_json = true;
            lines.push(format!("{comma}{line}"));
        }
        Ok(lines.join("\n"))
    }

    /// What was found since, a table for each system.
    pub(super) fn take_table(&mut self) -> String {
        let mut by_system: BTreeMap<String, Vec<Drift>> = BTreeMap::new();
        for finding in std::mem::take(&mut self.findings) {
            let of = by_system.entry(finding.system.clone()).or_default();
            of.push(finding);
        }
        let tables = by_system.iter();
        let tables: Vec<String> = tables
            .map(|(system, findings)| format!("{}\n{}", clean(system), table(findings)))
            .collect();
        tables.join("\n")
    }

    pub(super) fn progress(&self) -> String {
        let links_of = |counts: &ReconcileCounts| {
            counts.compared + counts.pending + counts.gone + counts.untold + counts.unclear
        };
        let all = self.counts.values().map(links_of).sum();
        let differences = counted(self.found, "difference", "differences");
        format!("{}, {differences}", links(all))
    }

    /// What there was in all, a line for each system and one at the end.
    pub(super) fn summary(&self, apply: bool) -> String {
        let mut lines: Vec<String> = self.gave_up.iter().map(|words| clean(words)).collect();
        let counts = self.counts.iter();
        lines.extend(counts.map(|(system, counts)| format!("{}: {}", clean(system), told(counts))));
        let differences = counted(self.found, "difference", "differences");
        let last = match (self.found, apply) {
            (0, _) => "no differences".to_owned(),
            (_, false) => format!("{differences}; --apply heals them"),
            (_, true) => format!(
                "{differences}: {} healed or on the way, {} left",
                self.healed, self.left
            ),
        };
        lines.push(last);
        lines.join("\n")
    }

    /// Whether both sides agree by now, as far as that can be told and will be when what is on its way has come.
    pub(super) fn is_well(&self, apply: bool) -> bool {
        let is_healed = match apply {
            true => self.left == 0,
            false => self.found == 0,
        };
        let is_whole = self.counts.values().all(|counts| counts.unclear == 0);
        is_healed && is_whole && self.gave_up.is_empty()
    }
}

fn table(findings: &[Drift]) -> String {
    let mut table = Table::new(&[
        ("TICKET", Right),
        ("REMOTE", Right),
        ("DRIFT", Left),
        ("HERE", Left),
        ("THERE", Left),
        ("", Left),
    ]);
    for finding in findings {
        let ticket = finding.ticket.map(|ticket| ticket.to_string());
        let outcome = match (finding.outcome.as_str(), &finding.reason) {
            ("found", _) => String::new(),
            (outcome, Some(reason)) => format!("{outcome}: {reason}"),
            (outcome, None) => outcome.to_owned(),
        };
        table.row([
            ticket.unwrap_or_else(|| "-".to_owned()),
            finding.remote.clone().unwrap_or_else(|| "-".to_owned()),
            finding.drift.clone(),
            finding.here.clone(),
            finding.there.clone(),
            outcome,
        ]);
    }
    table.render()
}

fn told(counts: &ReconcileCounts) -> String {
    let mut parts = vec![format!("{} compared", links(counts.compared))];
    let more = [
        (
            counts.untold,
            "looked at on this side only, since it tells nothing",
        ),
        (counts.pending, "on their way"),
        (counts.gone, "deleted there"),
        (
            counts.unclear,
            "not compared, since it answers nothing of use",
        ),
        (
            counts.records_unread,
            "without their record, which cannot be read back",
        ),
    ];
    let more = more.into_iter().filter(|(count, _)| *count > 0);
    parts.extend(more.map(|(count, what)| format!("{count} {what}")));
    if counts.closed_unmirrored > 0 {
        let tickets = counted(counts.closed_unmirrored, "closed ticket", "closed tickets");
        parts.push(format!("{tickets} never mirrored"));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(ticket: Option<u64>, outcome: &str, reason: Option<&str>) -> Drift {
        Drift {
            ticket,
            system: "front-desk".to_owned(),
            remote: Some("51999102".to_owned()),
            drift: "status".to_owned(),
            here: "NEW".to_owned(),
            there: "SERVED\u{1b}".to_owned(),
            outcome: outcome.to_owned(),
            reason: reason.map(str::to_owned),
        }
    }

    fn report(findings: Vec<Drift>) -> Report {
        let counts = ReconcileCounts {
            compared: 2,
            pending: 1,
            ..ReconcileCounts::default()
        };
        let mut report = Report::default();
        report.add(Reconciled {
            findings,
            counts: [("front-desk".to_owned(), counts)].into(),
            next: None,
            stopped: None,
        });
        report
    }

    #[test]
    fn what_was_found_is_a_table_for_each_system() {
        let mut report = report(vec![
            finding(Some(7), "found", None),
            finding(None, "left", Some("see to it")),
        ]);
        let expected = "\
front-desk
TICKET    REMOTE  DRIFT   HERE  THERE
     7  51999102  status  NEW   SERVED?
     -  51999102  status  NEW   SERVED?  left: see to it
";
        assert_eq!(report.take_table().replace('\u{fffd}', "?"), expected);
        assert_eq!(report.take_table(), "");
        let summary =
            "front-desk: 2 links compared, 1 on their way\n2 differences; --apply heals them";
        assert_eq!(report.summary(false), summary);
    }

    #[test]
    fn what_is_printed_piece_by_piece_is_one_array() {
        let mut report = report(vec![finding(Some(7), "found", None)]);
        let mut text = format!("[\n{}\n", report.take_json().unwrap());
        report.add(Reconciled {
            findings: vec![finding(Some(8), "found", None)],
            ..Reconciled::default()
        });
        text += &report.take_json().unwrap();
        text += "\n]";
        let all: Vec<Drift> = serde_json::from_str(&text).unwrap();
        assert_eq!(all.len(), 2);
    }

    #[test]
    fn both_sides_agree_only_where_all_was_compared_and_healed() {
        let of = |outcome: &str| report(vec![finding(Some(7), outcome, None)]);
        for (report, apply, expected) in [
            (report(Vec::new()), false, true),
            (of("found"), false, false),
            (of("healed"), true, true),
            (of("left"), true, false),
        ] {
            assert_eq!(report.is_well(apply), expected);
        }
        let mut given_up = report(Vec::new());
        given_up.gave_up("front-desk", "no answer");
        assert!(!given_up.is_well(true));
    }
}
