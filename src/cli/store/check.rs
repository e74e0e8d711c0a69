//! `store check`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::table::{Left, Right, Table};
use crate::cli::transport::Transport;
use crate::cli::words::{clean, counted};
use crate::clock::{Clock, SystemClock};
use crate::settings::Settings;
use crate::store::{Checked, ReadError, check_backup};

use super::meter::Meter;
use super::scratch::Scratch;
use super::{keep, read, steps};

pub(super) async fn run(
    settings: &Settings,
    backup: Option<PathBuf>,
    as_json: bool,
) -> Result<(), Failure> {
    let meter = Arc::new(Meter::begin());
    let (of, checked) = match backup {
        Some(file) => {
            let scratch = make_scratch()?;
            let checked = look_at(&file, &scratch, settings, &meter).await?;
            (file, checked)
        }
        None => (settings.store.path.clone(), store(settings, &meter).await?),
    };
    meter.end();
    match as_json {
        true => print(&to_json(&of, &checked))?,
        false => print(&render(&of, &checked))?,
    }
    match checked.is_sound() {
        true => Ok(()),
        false => Err(Failure::Reported(65)),
    }
}

async fn store(settings: &Settings, meter: &Arc<Meter>) -> Result<Checked, Failure> {
    let transport = Transport::open(settings, None).await?;
    let checked = match transport.store() {
        Some(store) => {
            let meter = Arc::clone(meter);
            let told = Arc::new(move |rows| meter.say(|| format!("{rows} rows looked at")));
            let checked = store.check_rows(SystemClock.now(), told).await;
            checked.map_err(|error| match error {
                ReadError::Failed(_) if store.is_damaged() => {
                    Failure::StoreDamaged(error.to_string())
                }
                ReadError::Failed(reason) => Failure::StoreFailed(reason),
                ReadError::Unreadable(reason) => Failure::StoreDamaged(reason),
            })
        }
        // A daemon goes on changing what it has, so that a copy is looked at.
        None => copy(&transport, settings, meter).await,
    };
    let closed = transport.close().await;
    let checked = checked?;
    closed?;
    Ok(checked)
}

async fn copy(
    transport: &Transport,
    settings: &Settings,
    meter: &Arc<Meter>,
) -> Result<Checked, Failure> {
    let scratch = make_scratch()?;
    let file = scratch.path().join("copy");
    keep::keep(transport, &file).await?;
    look_at(&file, &scratch, settings, meter).await
}

/// Makes a store of a backup, for as long as it takes to look at it.
async fn look_at(
    file: &Path,
    scratch: &Scratch,
    settings: &Settings,
    meter: &Arc<Meter>,
) -> Result<Checked, Failure> {
    let backup = Arc::new(read(file, meter)?);
    let (folder, cache) = (scratch.path().join("store"), settings.store.cache);
    let (now, told) = (SystemClock.now(), steps(meter));
    let checked =
        tokio::task::spawn_blocking(move || check_backup(&backup, &folder, cache, now, &told))
            .await
            .map_err(|error| Failure::Failed(error.into()))?;
    Ok(checked?)
}

fn make_scratch() -> Result<Scratch, Failure> {
    Scratch::make().map_err(|error| {
        let context = "cannot make a folder for temporary files";
        Failure::Failed(anyhow::Error::new(error).context(context))
    })
}

fn render(of: &Path, checked: &Checked) -> String {
    let mut kinds = Table::new(&[("KIND", Left), ("ROWS", Right)]);
    for (kind, rows) in &checked.kinds {
        kinds.row([(*kind).to_owned(), rows.to_string()]);
    }
    let rows = counted(checked.rows(), "row", "rows");
    let mut out = kinds.render();
    if checked.is_sound() {
        out.push_str(&format!("\n{}: sound, {rows}\n", of.display()));
        return out;
    }
    out.push('\n');
    for finding in &checked.findings {
        out.push_str(&format!("- {}\n", clean(finding)));
    }
    let more = checked.count - checked.findings.len() as u64;
    if more > 0 {
        out.push_str(&format!("- and {more} more\n"));
    }
    let found = counted(checked.count, "thing does not", "things do not");
    out.push_str(&format!("\n{}: {found} hold, in {rows}\n", of.display()));
    out
}

fn to_json(of: &Path, checked: &Checked) -> String {
    let kinds: Vec<_> = checked
        .kinds
        .iter()
        .map(|(kind, rows)| json!({"kind": kind, "rows": rows}))
        .collect();
    let document = json!({
        "of": of,
        "sound": checked.is_sound(),
        "rows": checked.rows(),
        "kinds": kinds,
        "findings": checked.findings,
        "findings_total": checked.count,
    });
    format!("{document:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(findings: &[&str], count: u64) -> Checked {
        Checked {
            kinds: vec![("tickets", 12), ("messages", 1)],
            findings: findings.iter().map(|it| (*it).to_owned()).collect(),
            count,
        }
    }

    #[test]
    fn a_sound_store_is_told_in_figures_and_any_other_in_words() {
        let of = Path::new("/var/lib/x");
        assert_eq!(
            render(of, &checked(&[], 0)),
            "KIND      ROWS\ntickets     12\nmessages     1\n\n/var/lib/x: sound, 13 rows\n"
        );
        let unsound = render(of, &checked(&["ticket 5 \u{1b}[2J"], 3));
        assert!(
            unsound.ends_with(
                "\n- ticket 5 \u{fffd}[2J\n- and 2 more\n\n/var/lib/x: 3 things do not hold, in 13 rows\n"
            ),
            "{unsound}"
        );
    }

    #[test]
    fn a_script_reads_the_same() {
        let document: serde_json::Value =
            serde_json::from_str(&to_json(Path::new("x"), &checked(&["a"], 1))).unwrap();
        assert_eq!(document["sound"], false);
        assert_eq!(document["kinds"][0], json!({"kind": "tickets", "rows": 12}));
        assert_eq!(
            (&document["rows"], &document["findings_total"]),
            (&json!(13), &json!(1))
        );
    }
}
