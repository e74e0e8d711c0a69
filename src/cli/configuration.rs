//! The configuration: checked, shown, and tokens for it.

use std::path::Path;

use serde::Serialize;

use crate::settings::{self, EffectiveRow, LoadOptions, Loaded, Problem, Problems, load};

use super::args::ConfigPart;
use super::failure::Failure;
use super::output::print;
use super::table::{Left, Table};
use super::words::counted;

#[derive(Serialize)]
struct Finding<'a> {
    severity: &'static str,
    #[serde(flatten)]
    problem: &'a Problem,
}

/// Prints every problem and doubt.
pub(super) fn check(config: &Path, open_files: bool, json: bool) -> Result<(), Failure> {
    let checked = load(config, LoadOptions { open_files });
    let (problems, warnings) = match &checked {
        Ok(loaded) => (&[][..], loaded.warnings.as_slice()),
        Err(Problems(problems)) => (problems.as_slice(), &[][..]),
    };
    if json {
        print(&findings(problems, warnings)?)?;
    } else {
        print(&report(&checked))?;
    }
    match checked {
        Ok(_) => Ok(()),
        Err(_) => Err(Failure::Reported(78)),
    }
}

fn findings(problems: &[Problem], warnings: &[Problem]) -> Result<String, Failure> {
    let of = |severity, problem| Finding { severity, problem };
    let all: Vec<Finding<'_>> = problems
        .iter()
        .map(|problem| of("problem", problem))
        .chain(warnings.iter().map(|problem| of("warning", problem)))
        .collect();
    serde_json::to_string(&all).map_err(|error| Failure::Failed(error.into()))
}

fn report(checked: &Result<Loaded, Problems>) -> String {
    let loaded = match checked {
        Ok(loaded) => loaded,
        Err(problems) => return problems.to_string(),
    };
    let mut text = String::new();
    if !loaded.warnings.is_empty() {
        let warnings = Problems(loaded.warnings.clone()).to_string();
        for line in warnings.lines() {
            text.push_str(&format!("warning: {line}\n"));
        }
    }
    let settings = &loaded.settings;
    let count = |count: usize, one, many| counted(count as u64, one, many);
    text.push_str(&format!(
        "OK: {}, {}, {}, {}",
        count(settings.brands.len(), "brand", "brands"),
        count(settings.agents.len(), "agent", "agents"),
        count(settings.systems.len(), "system", "systems"),
        count(loaded.warnings.len(), "warning", "warnings"),
    ));
    text
}

/// Prints each value and where it comes from: of what fields become, all of it, or only what is not as usual.
pub(super) fn show(config: &Path, part: Option<ConfigPart>, json: bool) -> Result<(), Failure> {
    let options = LoadOptions { open_files: false };
    let loaded = load(config, options).map_err(Failure::Configuration)?;
    let rows = loaded.effective.rows().iter();
    let rows: Vec<&EffectiveRow> = match part {
        Some(ConfigPart::Mapping) => rows.filter(|row| row.is_of_mapping()).collect(),
        None => rows
            .filter(|row| !row.is_of_mapping() || !row.is_default())
            .collect(),
    };
    if json {
        let rows = serde_json::to_string(&rows);
        return print(&rows.map_err(|error| Failure::Failed(error.into()))?);
    }
    let mut table = Table::new(&[("KEY", Left), ("VALUE", Left), ("FROM", Left)]);
    for row in rows {
        table.row([row.path.clone(), row.value.clone(), row.origin.clone()]);
    }
    print(&table.render())
}

/// Makes a token and prints it with its line.
pub(super) fn new_token(name: &str) -> Result<(), Failure> {
    let mut random = [0; 32];
    getrandom::fill(&mut random)
        .map_err(|error| Failure::Failed(anyhow::anyhow!("the system gives no chance: {error}")))?;
    let new = settings::new_token(name, random);
    print(&format!(
        "the token, shown only now:\n  {}\n\nin the configuration, among a brand's `tokens`:\n  {}",
        new.token.reveal(),
        new.line
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn written(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        fs::write(&file, text).unwrap();
        (folder, file)
    }

    #[test]
    fn a_sound_configuration_is_counted() {
        let (_folder, file) = written(
            "[[agents]]\nid = 3\nname = \"Agent Smith\"\n\n[[brands]]\nid = \"acme\"\nagents = [3]\n",
        );
        let checked = load(&file, LoadOptions { open_files: true });
        let report = report(&checked);
        assert!(
            report.contains("OK: 1 brand, 1 agent, 0 systems, "),
            "{report}"
        );
        assert!(check(&file, true, true).is_ok());
    }

    #[test]
    fn every_problem_is_reported_and_ends_with_78() {
        let (_folder, file) = written("[server]\nlisten = 1\nlissten = \"x\"\n");
        let failure = check(&file, false, false).unwrap_err();
        assert_eq!(
            (failure.exit_code(), failure.to_string().as_str()),
            (78, "")
        );
        let Err(Problems(problems)) = load(&file, LoadOptions { open_files: false }) else {
            panic!("this is no sound configuration");
        };
        assert!(problems.len() >= 2);
        let json = findings(&problems, &[]).unwrap();
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read.as_array().unwrap().len(), problems.len());
        assert_eq!(read[0]["severity"], "problem");
        assert!(read[0]["what"].is_string());
    }
}
