//! What the documents call commands and options in the midst of sentences are ones: `tests/it/manual` runs those that
//! stand by themselves.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clap::error::ErrorKind;
use clap::{Command, CommandFactory as _, Parser as _};

use super::args::Cli;

const DOCUMENTS: [&str; 6] = [
    "README.md",
    "docs/MANUAL.md",
    "docs/CONFIGURATION.md",
    "docs/ARCHITECTURE.md",
    "config/default.toml",
    "packaging/debian/README.Debian",
];

/// What begins as a command does, and is none: what the log says, and what is typed at a simulated peer.
const NO_COMMANDS: [&str; 3] = [
    "ticketbridge is already running",
    "tickets are not mirrored any more, …",
    "reply 1 Have a new one.",
];

/// What stands between backticks outside of blocks.
fn spans(text: &str) -> Vec<String> {
    let mut spans = Vec::new();
    let mut is_block = false;
    let mut prose = String::new();
    for line in text.lines() {
        let line = line.trim_start_matches("# ").trim();
        match line.starts_with("```") {
            true => is_block = !is_block,
            false if !is_block => prose.push_str(&format!("{line}\n")),
            false => (),
        }
    }
    // A paragraph at a time, so that a lone backtick spoils no more.
    for paragraph in prose.split("\n\n") {
        let parts = paragraph.split('`').skip(1).step_by(2);
        spans.extend(parts.map(|span| span.replace('\n', " ")));
    }
    spans
}

fn is_option(word: &str) -> bool {
    let name = word.strip_prefix("--").and_then(|name| name.chars().next());
    name.is_some_and(char::is_alphabetic)
}

/// Every option of every command.
fn options(command: &Command, all: &mut BTreeSet<String>) {
    let named = command.get_arguments().filter_map(|arg| arg.get_long());
    all.extend(named.map(|name| format!("--{name}")));
    for inner in command.get_subcommands() {
        options(inner, all);
    }
}

/// Why it is no command; `None` if it is one, or the beginning of one.
fn fault(span: &str) -> Option<String> {
    // What stands for something, and what shows that there may be more.
    let words = span.split_whitespace().filter(|word| *word != "…");
    let words = words.map(|word| match word {
        "KIND" => "qminder",
        "ID" | "TICKET" | "LANE" | "AGENT" => "1",
        word => word.trim_matches(['[', ']']),
    });
    match Cli::try_parse_from(words) {
        Ok(_) => None,
        Err(error) => match error.kind() {
            ErrorKind::InvalidSubcommand
            | ErrorKind::UnknownArgument
            | ErrorKind::InvalidValue
            | ErrorKind::ValueValidation => Some(error.to_string()),
            _ => None,
        },
    }
}

#[test]
fn every_command_and_option_that_the_documents_name_is_there() {
    let command = Cli::command();
    let commands: BTreeSet<&str> = command.get_subcommands().map(Command::get_name).collect();
    let mut known = BTreeSet::new();
    options(&command, &mut known);
    let (mut looked_at, mut faults) = (0, Vec::new());
    let mut others = BTreeSet::new();
    for file in DOCUMENTS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        for span in spans(&fs::read_to_string(path).unwrap()) {
            if NO_COMMANDS.contains(&span.as_str()) {
                others.insert(span);
                continue;
            }
            let words: Vec<&str> = span.split_whitespace().collect();
            let whole = match words[..] {
                ["ticketbridge", ..] => span.clone(),
                [first, _, ..] if commands.contains(first) => format!("ticketbridge {span}"),
                [option] if is_option(option) && !known.contains(option) => {
                    faults.push(format!("{file}: {option}"));
                    continue;
                }
                _ => continue,
            };
            looked_at += 1;
            if let Some(fault) = fault(&whole) {
                faults.push(format!("{file}: {span}: {fault}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(others.len(), NO_COMMANDS.len(), "{others:?}");
    assert!(looked_at > 80, "only {looked_at} were found");
}

#[test]
fn what_is_no_command_is_found() {
    for (span, is_one) in [
        ("ticketbridge systems resume front-desk", true),
        ("ticketbridge deliveries retry ID", true),
        ("ticketbridge map --from KIND --to KIND FILE", true),
        ("ticketbridge dead-letters retry … --dry-run", true),
        ("ticketbridge store", true),
        ("ticketbridge reconcile [SYSTEM] --apply", true),
        ("ticketbridge systems restart front-desk", false),
        ("ticketbridge reconcile --heal", false),
        ("ticketbridge deliveries list --state late", false),
    ] {
        assert_eq!(fault(span).is_none(), is_one, "{span}");
    }
    assert_eq!(spans("a `b c` d\n```sh\n`e`\n```\n`f\ng`"), ["b c", "f g"]);
}
