//! What may be typed, and what it means.

use clap::{CommandFactory, Parser};
use std::path::Path;

use super::args::{
    Cli, Command, DeadLettersCommand, DeliveriesCommand, LanesCommand, Operation, StateWord,
    StatusWord, TicketsCommand,
};

fn typed(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("ticketbridge").chain(line.split_whitespace()))
}

fn operation(line: &str) -> Operation {
    match typed(line).unwrap().command {
        Command::Operate(operation) => operation,
        other => panic!("{line} is {other:?}"),
    }
}

#[test]
fn the_commands_are_well_formed() {
    Cli::command().debug_assert();
}

#[test]
fn the_documented_commands_are_known() {
    for line in [
        "serve",
        "check-config",
        "check-config --no-files --json",
        "config show",
        "config show --json",
        "token new zapier",
        "generate man pages",
        "generate completions zsh",
        "log level",
        "log level --json",
        "log level info,ticketbridge::delivery=debug",
        "selftest",
        "selftest --json",
        "status",
        "status --json",
        "tickets list",
        "tickets list --brand acme --status in_progress --agent 3 --limit 10 --offset 5 --json",
        "tickets show 17 --json",
        "tickets assign 17 3",
        "tickets lock 17",
        "tickets unlock 17",
        "tickets release 17",
        "tickets set-response-url 17 https://hooks.example.com/x",
        "trace 17",
        "trace uid-1 --json",
        "reply 17 Hello",
        "reply 17 Hello --agent 3 --internal",
        "deliveries list --state dead --system response-url --ticket 17 --json",
        "deliveries show 9 --json",
        "deliveries retry 9",
        "deliveries retry 9 10",
        "deliveries cancel 9",
        "dead-letters list --json",
        "dead-letters retry",
        "dead-letters retry --dry-run",
        "dead-letters retry 1 2 --system response-url --ticket 17 --older-than 2h --newer-than 1d --limit 5",
        "dead-letters edit 9",
        "dead-letters edit 9 --text better",
        "dead-letters discard 9",
        "dead-letters discard --all --dry-run",
        "dead-letters discard --older-than 2h --json",
        "lanes list --json",
        "lanes resume 5",
        "lanes resume https://hooks.example.com/x",
    ] {
        assert!(typed(line).is_ok(), "{line}: {}", typed(line).unwrap_err());
    }
}

#[test]
fn what_cannot_be_meant_is_a_usage_error() {
    for line in [
        "",
        "tickets",
        "tickets list --status Open",
        "tickets show seven",
        "tickets assign 17",
        "trace",
        "reply 17",
        "deliveries list --state lost",
        "deliveries retry",
        "dead-letters edit",
        "dead-letters discard",
        "dead-letters discard --limit 3",
        "dead-letters list --older-than soon",
        "lanes resume",
        "fly",
        "serve --json",
    ] {
        assert!(typed(line).is_err(), "{line}");
    }
}

#[test]
fn the_configuration_may_be_named_before_or_after_the_command() {
    for (line, file) in [
        ("status", "/etc/ticketbridge/config.toml"),
        ("--config a.toml status", "a.toml"),
        ("status --config a.toml", "a.toml"),
        ("tickets list --config=a.toml --limit 1", "a.toml"),
    ] {
        assert_eq!(typed(line).unwrap().config, Path::new(file), "{line}");
    }
}

#[test]
fn words_mean_what_they_say() {
    assert!(matches!(
        operation("tickets list --status on_hold"),
        Operation::Tickets(TicketsCommand::List {
            status: Some(StatusWord::OnHold),
            agent: None,
            ..
        })
    ));
    assert!(matches!(
        operation("deliveries list --state unverified"),
        Operation::Deliveries(DeliveriesCommand::List {
            state: Some(StateWord::Unverified),
            ..
        })
    ));
    let Operation::DeadLetters(DeadLettersCommand::Retry { which, dry_run, .. }) =
        operation("dead-letters retry 3 1 --dry-run")
    else {
        panic!("another command");
    };
    assert!(dry_run && which.ids == [3, 1]);
    let Operation::Lanes(LanesCommand::Resume { which }) = operation("lanes resume 5") else {
        panic!("another command");
    };
    assert_eq!(which, "5");
}

#[test]
fn help_names_every_command() {
    let help = Cli::command().render_long_help().to_string();
    assert!(help.starts_with("Carries support tickets"), "{help}");
    for command in [
        "serve",
        "check-config",
        "config",
        "token",
        "status",
        "tickets",
        "trace",
        "reply",
        "deliveries",
        "dead-letters",
        "lanes",
    ] {
        assert!(help.contains(&format!("  {command}")), "{command}: {help}");
    }
    let mut cli = Cli::command();
    cli.build();
    let list = cli
        .find_subcommand_mut("tickets")
        .unwrap()
        .find_subcommand_mut("list")
        .unwrap();
    let help = list.render_help().to_string();
    assert!(help.starts_with("List tickets, newest first"), "{help}");
}
