//! In which setting each command is run, what has to be so before, and which commands are not run, and why.

use super::blocks::{Block, Step};

/// Which configuration of `config/` the daemon has, and which peers are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scene {
    Quickstart,
    Qminder,
    Helpdesks,
}

/// Blocks under these headings have a setting of their own.
pub(super) const SCENES: [(&str, Scene); 8] = [
    ("Mirror to Qminder", Scene::Qminder),
    ("Mirror to DeskHive and Respondo", Scene::Helpdesks),
    ("Mirror to DeskHive", Scene::Helpdesks),
    ("Mirror to Respondo", Scene::Helpdesks),
    (
        "Trying a system before it goes live (dry-run)",
        Scene::Qminder,
    ),
    ("Probe", Scene::Qminder),
    ("Reconcile", Scene::Qminder),
    ("a ticket is in a loop break", Scene::Qminder),
];

pub(super) fn scene(block: &Block) -> Scene {
    let scene = SCENES.iter().find(|(heading, _)| block.under(heading));
    scene.map_or(Scene::Quickstart, |(_, scene)| *scene)
}

/// What has to be so before a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// The configuration has the faults that the block shows.
    FaultyConfiguration,
    /// And so have the articles.
    FaultyArticles,
    /// The customer has written again, so that there is something to like and to read.
    CustomerWroteAgain,
    /// The agent has the name again that they had before they changed it.
    AgentsName,
    /// `front-desk` is in dry-run mode, and a ticket has come since.
    DryRun,
    /// It is live again.
    Live,
    /// A person is there to be forgotten.
    Person,
}

/// A block's first command, a heading that it stands under, and what has to be so.
pub(super) const BEFORE: [(&str, &str, Before); 7] = [
    (
        "ticketbridge check-config",
        "Configure",
        Before::FaultyConfiguration,
    ),
    (
        "ticketbridge check-config",
        "Canned responses and articles",
        Before::FaultyArticles,
    ),
    (
        "curl -sS http://127.0.0.1:8080/api/v1/health-check",
        "Answer as an agent",
        Before::CustomerWroteAgain,
    ),
    ("ticketbridge tickets list", "tickets", Before::AgentsName),
    (
        "ticketbridge systems list",
        "Trying a system before it goes live (dry-run)",
        Before::DryRun,
    ),
    (
        "ticketbridge systems release",
        "Trying a system before it goes live (dry-run)",
        Before::Live,
    ),
    (
        "ticketbridge store erase",
        "Forget a person",
        Before::Person,
    ),
];

/// Commands that are not run here, by how they begin.
pub(super) const NOT_RUN: [(&str, &str); 14] = [
    ("cargo install", "builds the program once more"),
    ("cargo test", "runs this test"),
    (
        "cargo run --release -p ticketbridge-sim -- demo",
        "tests/sim runs it",
    ),
    (
        "ticketbridge --config config/mapping/config.toml test-mappings",
        ".ci/run runs it, which takes half a minute",
    ),
    (
        "cargo run -- --config config/mapping/config.toml test-mappings",
        ".ci/run runs it, which takes half a minute",
    ),
    ("packaging/build", ".ci/deb runs it"),
    ("apt install", ".ci/deb-root installs the package"),
    ("install -m", "writes into /usr/bin and /etc/systemd"),
    ("systemctl daemon-reload", "needs systemd"),
    ("systemctl enable", "needs systemd"),
    ("journalctl", "needs the journal"),
    ("chgrp ticketbridge", "needs the group"),
    (
        "cargo run --release -p ticketbridge-sim -- ",
        "a peer of the test is there in its place",
    ),
    (
        "ticketbridge-sim receiver",
        "a peer of the test is there in its place",
    ),
];

/// Commands whose output here is not that of the document, by how they begin.
pub(super) const NOT_COMPARED: [(&str, &str); 2] = [
    (
        "ticketbridge tickets release",
        "no ticket is in a loop break, which takes thirty changes",
    ),
    ("ticketbridge reconcile", "nothing differs here"),
];

/// What becomes of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    NotRun(&'static str),
    /// A daemon is started by it, and goes on.
    Serve,
    Stop,
    Start,
    /// The exit code of the command before.
    ExitCode,
    Run,
}

pub(super) fn treatment(step: &Step) -> Treatment {
    let text = step.text.as_str();
    if let Some((_, reason)) = NOT_RUN.iter().find(|(begin, _)| text.starts_with(begin)) {
        return Treatment::NotRun(reason);
    }
    match text {
        "systemctl stop ticketbridge" => Treatment::Stop,
        "systemctl start ticketbridge" => Treatment::Start,
        "echo $?" => Treatment::ExitCode,
        _ if text.starts_with("ticketbridge serve") || text.contains("-- serve ") => {
            Treatment::Serve
        }
        _ => Treatment::Run,
    }
}

/// What the document shows of a command's output, where it is the same here.
pub(super) fn shown(step: &Step) -> &[String] {
    let other = |(begin, _): &(&str, &str)| step.text.starts_with(begin);
    match NOT_COMPARED.iter().any(other) {
        true => &[],
        false => &step.shown,
    }
}

/// The exit codes that a command may end with, where the document shows this of it.
pub(super) fn exit_codes(step: &Step) -> &'static [i32] {
    let refused = |line: &String| line.starts_with("ticketbridge: ");
    match &step.shown[..] {
        [first] if refused(first) => &[1],
        _ if step.text == "ticketbridge check-config" && !step.shown.is_empty() => &[78],
        _ => &[0],
    }
}
