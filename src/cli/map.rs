//! `map`: what would follow from a sample, and what is lost on the way.

use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::model::How;
use crate::rehearsal::{Event, Fault, Field, Outcome, Pair, Request, Sample, rehearse};
use crate::settings::{LoadOptions, load};

use super::failure::Failure;
use super::output::{complain, print};
use super::table::{Left, Table};
use super::words::clean;

/// More than any sender may send.
const LARGEST: u64 = 64 * 1024 * 1024;

pub(super) async fn run(
    config: &Path,
    pair: &Pair,
    file: &Path,
    is_json: bool,
) -> Result<(), Failure> {
    let loaded = load(config, LoadOptions { open_files: false }).map_err(Failure::Configuration)?;
    let bytes = read(file)?;
    let rehearsed = match Sample::read(&bytes) {
        Ok(sample) => rehearse(&loaded.settings, pair, &sample).await,
        Err(refusal) => Err(refusal.into()),
    };
    match rehearsed {
        Ok(outcome) if is_json => print(&pretty(&json!(outcome))),
        Ok(outcome) => print(&render(&outcome)),
        Err(Fault::Refused(refusal)) => {
            if is_json {
                print(&pretty(&json!({ "refused": refusal })))?;
            } else {
                complain(&format!("ticketbridge: {}", lines(&refusal.to_string())));
            }
            Err(Failure::Reported(1))
        }
        Err(Fault::NobodyFits(words)) => Err(Failure::Failed(anyhow::Error::msg(words))),
        Err(Fault::Failed(error)) => Err(Failure::Failed(error)),
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = match file.as_os_str() == "-" {
        true => std::io::stdin()
            .lock()
            .take(LARGEST)
            .read_to_end(&mut bytes),
        false => {
            std::fs::File::open(file).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes))
        }
    };
    read.with_context(|| format!("cannot read {}", file.display()))?;
    Ok(bytes)
}

/// As it is compared and kept.
pub(super) fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn render(outcome: &Outcome) -> String {
    let Outcome {
        from, to, brand, ..
    } = outcome;
    let system = outcome.system.as_ref();
    let system = system.map(|system| format!(", system {system}"));
    let mut out = format!(
        "{from} to {to}: brand {brand}{}\n",
        system.unwrap_or_default()
    );
    let count = outcome.events.len();
    for (number, event) in (1..).zip(&outcome.events) {
        out.push('\n');
        if count > 1 {
            out.push_str(&format!("event {number} of {count}\n"));
        }
        out.push_str(&of_event(event));
    }
    lines(&out)
}

fn of_event(event: &Event) -> String {
    let mut out = String::new();
    for before in &event.before {
        out.push_str(&format!("before it: {before}\n"));
    }
    if !event.before.is_empty() {
        out.push('\n');
    }
    for (number, request) in (1..).zip(&event.requests) {
        out.push_str(&of_request(number, request));
        out.push('\n');
    }
    for answered in &event.answers {
        let (method, path, status) = (&answered.method, &answered.path, answered.status);
        out.push_str(&format!("{method} {path} is answered with {status}\n\n"));
        out.push_str(&indented(&answered.body));
        out.push('\n');
    }
    for note in &event.notes {
        out.push_str(&format!("{note}\n"));
    }
    if !event.notes.is_empty() {
        out.push('\n');
    }
    out.push_str(&of_fields(&event.fields));
    out
}

fn of_request(number: usize, request: &Request) -> String {
    let Request {
        command,
        system,
        method,
        path,
        ..
    } = request;
    let mut out = format!("{number}. {command}, to {system}\n   {method} {path}\n");
    for (name, value) in &request.headers {
        let value = value.as_str().unwrap_or_default();
        out.push_str(&format!("   {name}: {value}\n"));
    }
    if !request.body.is_null() {
        out.push('\n');
        out.push_str(&indented(&request.body));
    }
    out
}

fn indented(body: &Value) -> String {
    let text = match body {
        Value::String(text) => text.clone(),
        body => format!("{body:#}"),
    };
    text.lines().map(|line| format!("   {line}\n")).collect()
}

fn of_fields(fields: &[Field]) -> String {
    let mut table = Table::new(&[
        ("FIELD", Left),
        ("HOW", Left),
        ("WENT TO", Left),
        ("WHY", Left),
    ]);
    for row in fields {
        let or_dash = |text: &str| match text {
            "" => "-".to_owned(),
            text => text.to_owned(),
        };
        table.row([
            or_dash(&row.field),
            row.how.word().to_owned(),
            or_dash(&row.to),
            row.why.clone(),
        ]);
    }
    let lost = fields.iter().filter(|row| row.how == How::Dropped).count();
    let cut = fields.iter().filter(|row| row.how == How::Cut).count();
    match fields.is_empty() {
        true => String::new(),
        false => format!("{}\n{lost} dropped, {cut} cut\n", table.render()),
    }
}

/// Without what could play tricks on a terminal, but for the ends of lines.
fn lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(clean).collect();
    lines.join("\n")
}
