//! What the test found, for people and scripts.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::cli::failure::Failure;
use crate::cli::table::{Left, Right, Table};
use crate::cli::words::clean;

#[derive(Debug, Serialize)]
pub(super) struct Report {
    ok: bool,
    /// Where the store of the test was.
    folder: String,
    /// Whether that is the disk that `store.path` is on.
    on_disk_of_store: bool,
    steps: Vec<Step>,
    /// Why it did not get further.
    problem: Option<String>,
    /// What the test's own daemon said, if it did not get further.
    log: Option<String>,
}

#[derive(Debug, Serialize)]
struct Step {
    step: &'static str,
    ok: bool,
    took_ms: f64,
}

impl Report {
    pub(super) fn new(folder: &Path, on_disk_of_store: bool) -> Self {
        Self {
            ok: true,
            folder: folder.display().to_string(),
            on_disk_of_store,
            steps: Vec::new(),
            problem: None,
            log: None,
        }
    }

    pub(super) fn step(&mut self, step: &'static str, took: Duration, ok: bool) {
        // Microseconds are as exact as anybody needs.
        let took_ms = (took.as_secs_f64() * 1e6).round() / 1e3;
        self.steps.push(Step { step, ok, took_ms });
    }

    pub(super) fn fail(&mut self, trouble: &anyhow::Error, log: String) {
        self.ok = false;
        self.problem = Some(format!("{trouble:#}"));
        self.log = Some(log).filter(|log| !log.is_empty());
    }

    pub(super) fn ok(&self) -> bool {
        self.ok
    }

    pub(super) fn render(&self, json: bool) -> Result<String, Failure> {
        if json {
            return serde_json::to_string(self).map_err(|error| Failure::Failed(error.into()));
        }
        let mut table = Table::new(&[("", Left), ("", Left), ("", Right)]);
        for step in &self.steps {
            let word = if step.ok { "ok" } else { "FAILED" };
            let took = format!("{:.1} ms", step.took_ms);
            table.row([word.to_owned(), step.step.to_owned(), took]);
        }
        let mut text = table.render();
        if let Some(problem) = &self.problem {
            text.push_str(&format!("\n{}\n", clean(problem)));
        }
        if let Some(log) = &self.log {
            text.push_str("\nthe test's own daemon said:\n");
            for line in log.lines() {
                text.push_str(&format!("  {}\n", clean(line)));
            }
        }
        let disk = match self.on_disk_of_store {
            true => "on the store's disk",
            false => "which is NOT on the store's disk",
        };
        let word = if self.ok { "OK" } else { "FAILED" };
        text.push_str(&format!(
            "\n{word}; tried in {}, {disk}, and nothing is left there\n",
            self.folder
        ));
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut report = Report::new("/var/lib/x".as_ref(), true);
        report.step(
            "a ticket is taken and synced",
            Duration::from_micros(5_123),
            true,
        );
        report
    }

    #[test]
    fn what_works_is_one_line_a_step() {
        let expected = "\
ok  a ticket is taken and synced  5.1 ms

OK; tried in /var/lib/x, on the store's disk, and nothing is left there
";
        assert_eq!(report().render(false).unwrap(), expected);
    }

    #[test]
    fn what_does_not_says_why_and_what_the_daemon_said() {
        let mut report = report();
        report.step("the reply arrives", Duration::from_secs(30), false);
        report.fail(
            &anyhow::anyhow!("nothing came"),
            "a line\nanother".to_owned(),
        );
        assert!(!report.ok());
        let text = report.render(false).unwrap();
        assert!(
            text.contains("FAILED  the reply arrives             30000.0 ms\n\nnothing came\n"),
            "{text}"
        );
        assert!(text.contains("said:\n  a line\n  another\n"), "{text}");
        let json: serde_json::Value = serde_json::from_str(&report.render(true).unwrap()).unwrap();
        assert_eq!(json["ok"], false);
        assert_eq!(json["steps"][0]["took_ms"], 5.123);
        assert_eq!(json["problem"], "nothing came");
    }
}
