//! `test-mappings`: samples with what has to follow from them, as files.
//!
//! `DIR/FROM-to-TO/NAME/input.json` is a sample as its sender would send it, `expected.json` beside it what
//! `map --json` has to print, and `options.json` may name a `brand` and a `system`. Nothing but `expected.json` is written,
//! and nothing outside of `DIR`.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use similar::TextDiff;

use crate::rehearsal::{Fault, Kind, Pair, Sample, rehearse};
use crate::settings::{LoadOptions, Settings, load};

use super::failure::Failure;
use super::map::pretty;
use super::output::print;
use super::words::{clean, counted};

const INPUT: &str = "input.json";
const EXPECTED: &str = "expected.json";
const OPTIONS: &str = "options.json";
/// Beside the configuration.
const FOLDER: &str = "mapping-tests";
/// Unchanged lines around a difference.
const AROUND: usize = 3;

/// One case, and how it went.
#[derive(Debug, Serialize)]
struct Tried {
    case: String,
    ok: bool,
    /// Whether what is expected was written.
    updated: bool,
    /// What is wrong.
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
}

/// What a case may say beside its sample.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    brand: Option<String>,
    system: Option<String>,
}

pub(super) async fn run(
    config: &Path,
    folder: Option<PathBuf>,
    update: bool,
    is_json: bool,
) -> Result<(), Failure> {
    let loaded = load(config, LoadOptions { open_files: false }).map_err(Failure::Configuration)?;
    let is_named = folder.is_some();
    let folder = folder.unwrap_or_else(|| config.parent().unwrap_or(Path::new("")).join(FOLDER));
    if !folder.is_dir() {
        let words = format!(
            "there are no mapping tests: {} is no folder",
            folder.display()
        );
        if is_named {
            return Err(Failure::Failed(anyhow::Error::msg(words)));
        }
        return match is_json {
            true => print(&pretty(&json!([]))),
            false => print(&words),
        };
    }
    let mut all = Vec::new();
    for case in cases(&folder)? {
        let tried = try_case(&loaded.settings, &folder, &case, update).await;
        if !is_json {
            print(&render(&tried))?;
        }
        all.push(tried);
    }
    let failed = all.iter().filter(|tried| !tried.ok).count();
    if is_json {
        print(&pretty(&json!(all)))?;
    } else {
        print(&summary(&all, failed))?;
    }
    match failed {
        0 => Ok(()),
        _ => Err(Failure::Reported(1)),
    }
}

/// Each folder two levels down that is a case or looks like one, in order.
fn cases(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let within = |folder: &Path| -> Result<Vec<PathBuf>, Failure> {
        let unread = || format!("cannot read the folder {}", folder.display());
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).with_context(unread)? {
            let entry = entry.with_context(unread)?;
            let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            if !is_hidden && entry.path().is_dir() {
                found.push(entry.path());
            }
        }
        found.sort();
        Ok(found)
    };
    let mut cases = Vec::new();
    for of_pair in within(folder)? {
        // A sample that stands in the wrong place would never be tried.
        if of_pair.join(INPUT).exists() {
            cases.push(of_pair.clone());
        }
        let name = of_pair.file_name().unwrap_or_default();
        let is_pair = name.to_str().is_some_and(|name| kinds(name).is_ok());
        let inside = within(&of_pair)?;
        cases.extend(
            inside
                .into_iter()
                .filter(|case| is_pair || case.join(INPUT).exists()),
        );
    }
    Ok(cases)
}

async fn try_case(settings: &Settings, folder: &Path, case: &Path, update: bool) -> Tried {
    let name = case.strip_prefix(folder).unwrap_or(case);
    let mut tried = Tried {
        case: name.display().to_string(),
        ok: false,
        updated: false,
        detail: String::new(),
    };
    match compare(settings, folder, case, update).await {
        Ok(Compared::Same) => tried.ok = true,
        Ok(Compared::Updated) => (tried.ok, tried.updated) = (true, true),
        Ok(Compared::Differs(diff)) => tried.detail = diff,
        Err(error) => tried.detail = format!("{error:#}"),
    }
    tried
}

enum Compared {
    Same,
    Updated,
    Differs(String),
}

async fn compare(
    settings: &Settings,
    folder: &Path,
    case: &Path,
    update: bool,
) -> anyhow::Result<Compared> {
    let pair = pair(case, case.strip_prefix(folder).unwrap_or(case))?;
    let input = fs::read(case.join(INPUT)).with_context(|| format!("cannot read {INPUT}"))?;
    let sample = Sample::read(&input);
    let is_unread = sample.is_err();
    let rehearsed = match sample {
        Ok(sample) => rehearse(settings, &pair, &sample).await,
        Err(refusal) => Err(refusal.into()),
    };
    let found = match rehearsed {
        Ok(outcome) => json!(outcome),
        Err(Fault::Refused(refusal)) => json!({ "refused": refusal }),
        Err(Fault::NobodyFits(words)) => anyhow::bail!(words),
        Err(Fault::Failed(error)) => return Err(error),
    };
    let path = case.join(EXPECTED);
    let expected: Option<Value> = match fs::read(&path) {
        Ok(text) => {
            let read = serde_json::from_slice(&text);
            Some(read.with_context(|| format!("{EXPECTED} is not JSON"))?)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            return Err(anyhow::Error::new(error).context(format!("cannot read {EXPECTED}")));
        }
    };
    if expected.as_ref() == Some(&found) {
        return Ok(Compared::Same);
    }
    if update {
        let is_of_refusal = |expected: &Value| expected.get("refused").is_some();
        if is_unread
            && expected
                .as_ref()
                .is_some_and(|expected| !is_of_refusal(expected))
        {
            let why = found["refused"]["detail"].as_str().unwrap_or_default();
            anyhow::bail!("{INPUT} is no sample any more, so {EXPECTED} stays as it is: {why}");
        }
        write(folder, case, &pretty(&found)).with_context(|| format!("cannot write {EXPECTED}"))?;
        return Ok(Compared::Updated);
    }
    let Some(expected) = expected else {
        anyhow::bail!("there is no {EXPECTED}; `--update` writes it");
    };
    Ok(Compared::Differs(difference(
        &pretty(&expected),
        &pretty(&found),
    )))
}

/// Writes what is expected of `case`, in whole or not at all, and nothing outside of `folder`.
fn write(folder: &Path, case: &Path, text: &str) -> anyhow::Result<()> {
    if !case.canonicalize()?.starts_with(folder.canonicalize()?) {
        anyhow::bail!("it is a link to a place outside of {}", folder.display());
    }
    let mut written = tempfile::NamedTempFile::new_in(case)?;
    written.write_all(text.as_bytes())?;
    // As any file that is written here.
    let mode = fs::metadata(case.join(INPUT))?.permissions();
    written.as_file().set_permissions(mode)?;
    // A link is replaced, and what it led to stays.
    written.persist(case.join(EXPECTED))?;
    Ok(())
}

/// From whom to whom the samples in a folder of this name go.
fn kinds(name: &str) -> anyhow::Result<(Kind, Kind)> {
    let (from, to) = name
        .split_once("-to-")
        .with_context(|| format!("the folder {name:?} should be called FROM-to-TO"))?;
    let kind = |word: &str| word.parse::<Kind>().map_err(anyhow::Error::new);
    Ok((kind(from)?, kind(to)?))
}

fn pair(case: &Path, name: &Path) -> anyhow::Result<Pair> {
    let above = name.parent().and_then(Path::to_str).unwrap_or_default();
    if above.is_empty() {
        anyhow::bail!("{INPUT} should stand in a folder of its own within FROM-to-TO");
    }
    let (from, to) = kinds(above)?;
    let options = match fs::read(case.join(OPTIONS)) {
        Ok(text) => serde_json::from_slice(&text).with_context(|| OPTIONS.to_owned())?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Options::default(),
        Err(error) => return Err(anyhow::Error::new(error).context(OPTIONS)),
    };
    Ok(Pair {
        from,
        to,
        brand: options.brand,
        system: options.system,
    })
}

/// Line by line, with some of what is the same around it.
fn difference(expected: &str, found: &str) -> String {
    let diff = TextDiff::from_lines(expected, found);
    let mut diff = diff.unified_diff();
    let diff = diff.context_radius(AROUND).header(EXPECTED, "what follows");
    diff.to_string()
}

fn render(tried: &Tried) -> String {
    let word = match (tried.ok, tried.updated) {
        (true, true) => "wrote ",
        (true, false) => "ok    ",
        (false, _) => "FAILED",
    };
    let mut out = format!("{word}  {}\n", clean(&tried.case));
    for line in tried.detail.lines() {
        out.push_str(&format!("        {}\n", clean(line)));
    }
    out
}

fn summary(all: &[Tried], failed: usize) -> String {
    let count = counted(all.len() as u64, "mapping test", "mapping tests");
    match (all.is_empty(), failed) {
        (true, _) => "no mapping tests".to_owned(),
        (false, 0) => format!("\n{count}, all as expected"),
        (false, failed) => format!("\n{count}, {failed} not as expected"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_shows_the_lines_around_it() {
        let expected = pretty(&json!({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}));
        let found = pretty(&json!({"a": 1, "b": 2, "c": 3, "d": 4, "e": 7, "f": 6}));
        let lines = [
            "--- expected.json",
            "+++ what follows",
            "@@ -3,6 +3,6 @@",
            "   \"b\": 2,",
            "   \"c\": 3,",
            "   \"d\": 4,",
            "-  \"e\": 5,",
            "+  \"e\": 7,",
            "   \"f\": 6",
            " }",
        ];
        assert_eq!(
            difference(&expected, &found),
            format!("{}\n", lines.join("\n"))
        );
    }

    #[test]
    fn a_folder_says_from_whom_to_whom() {
        let named = |name: &str| pair(Path::new("/nowhere"), Path::new(name));
        let pair = named("agent-api-to-respondo/close").unwrap();
        assert_eq!((pair.from, pair.to), (Kind::AgentApi, Kind::Respondo));
        for wrong in ["respondo/a", "zapier-to-qminder/a", "a"] {
            assert!(named(wrong).is_err(), "{wrong}");
        }
    }
}
