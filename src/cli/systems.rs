//! `systems …`

mod release;

use serde_json::Value;

use crate::http::admin::wire::{Done, System};
use crate::model::Time;

use super::args::SystemsCommand;
use super::failure::Failure;
use super::output::print;
use super::table::{Left, Right, Table};
use super::transport::Transport;
use super::words::{clean, since, until};

pub(super) async fn run(
    transport: &Transport,
    command: SystemsCommand,
    now: Time,
) -> Result<(), Failure> {
    match command {
        SystemsCommand::List(json) => {
            let answer = transport.get("systems", &[]).await?;
            if json.json {
                return print(&answer.json());
            }
            print(&render(&answer.read::<Vec<System>>()?, now))
        }
        SystemsCommand::Pause { id } => order(transport, &id, "pause").await,
        SystemsCommand::Resume { id } => order(transport, &id, "resume").await,
        SystemsCommand::Release {
            id,
            send,
            dry_run,
            json,
            ..
        } => release::run(transport, &id, send, dry_run, json.json).await,
    }
}

async fn order(transport: &Transport, id: &str, order: &str) -> Result<(), Failure> {
    let path = format!("systems/{}/{order}", urlencoding(id));
    let answer = transport.post(&path, &Value::Null).await?;
    print(&answer.read::<Done>()?.done)
}

/// An id as one segment of a path.
pub(super) fn urlencoding(id: &str) -> String {
    url::form_urlencoded::byte_serialize(id.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

fn render(systems: &[System], now: Time) -> String {
    let mut table = Table::new(&[
        ("SYSTEM", Left),
        ("KIND", Left),
        ("MODE", Left),
        ("BRANDS", Left),
        ("PENDING", Right),
        ("DEAD", Right),
        ("STATE", Left),
    ]);
    for system in systems {
        let brands = match system.brands.as_slice() {
            [] => "-".to_owned(),
            brands => brands.join(", "),
        };
        table.row([
            system.id.clone(),
            system.kind.clone(),
            system.mode.clone(),
            brands,
            system.pending.to_string(),
            system.dead_letters.to_string(),
            state_of(system, now),
        ]);
    }
    table.render()
}

fn state_of(system: &System, now: Time) -> String {
    let recorded = match system.recorded {
        0 => String::new(),
        count => format!("; {count} recorded, `systems release` decides"),
    };
    let Some(pause) = &system.pause else {
        return format!("open{recorded}");
    };
    let next = match pause.probe_at {
        Some(then) => format!("; tried again in {}", until(then, now)),
        None => String::new(),
    };
    let (ago, reason) = (since(pause.since, now), clean(&pause.reason));
    format!("paused {ago} ago: {reason}{next}{recorded}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::admin::wire::{Pause, Stamp};

    #[test]
    fn a_paused_system_says_why_and_when_it_is_tried_again() {
        let at = |seconds: i64| Stamp(Time::from_micros(seconds * 1_000_000));
        let system = |id: &str, pause| System {
            id: id.to_owned(),
            kind: "qminder".to_owned(),
            base_url: "https://api.qminder.com/".to_owned(),
            mode: "live".to_owned(),
            brands: vec!["acme".to_owned()],
            pending: 3,
            recorded: 0,
            dead_letters: 0,
            pause,
        };
        let pause = |probe_at| {
            Some(Pause {
                since: at(-120),
                reason: "the key is refused\u{1b}[2J".to_owned(),
                probe_at,
            })
        };
        let systems = [
            system("front-desk", None),
            system("second-desk", pause(Some(at(90)))),
            system("third", pause(None)),
        ];
        let expected = "\
SYSTEM       KIND     MODE  BRANDS  PENDING  DEAD  STATE
front-desk   qminder  live  acme          3     0  open
second-desk  qminder  live  acme          3     0  paused 2m 0s ago: the key is refused?[2J; tried again in 1m 30s
third        qminder  live  acme          3     0  paused 2m 0s ago: the key is refused?[2J
";
        let shown = render(&systems, Time::EPOCH);
        assert!(!shown.contains('\u{1b}'));
        assert_eq!(shown.replace('\u{fffd}', "?"), expected);
    }

    #[test]
    fn an_id_stays_one_segment() {
        assert_eq!(urlencoding("a/b c"), "a%2Fb%20c");
    }
}
