//! `lanes …`

use std::collections::BTreeMap;

use serde_json::json;

use crate::http::admin::wire::{Done, Lane};
use crate::model::Time;

use super::args::LanesCommand;
use super::failure::Failure;
use super::output::print;
use super::table::{Left, Right, Table};
use super::transport::Transport;
use super::words::{counted, since, until};

pub(super) async fn run(
    transport: &Transport,
    command: LanesCommand,
    now: Time,
) -> Result<(), Failure> {
    match command {
        LanesCommand::List(json) => {
            let answer = transport.get("lanes", &[]).await?;
            if json.json {
                return print(&answer.json());
            }
            print(&render(&answer.read::<Vec<Lane>>()?, now))
        }
        LanesCommand::Resume { which } => {
            let body = match which.parse::<u64>() {
                Ok(lane) => json!({ "lane": lane }),
                Err(_) => json!({ "url": which }),
            };
            let answer = transport.post("lanes/resume", &body).await?;
            print(&answer.read::<Done>()?.done)
        }
    }
}

/// By host and then by lane: how much is pending, how old it is, and what holds it up.
fn render(lanes: &[Lane], now: Time) -> String {
    let mut table = Table::new(&[
        ("DESTINATION", Left),
        ("TOTAL", Right),
        ("<1m", Right),
        ("<5m", Right),
        ("<10m", Right),
        ("<30m", Right),
        ("<1h", Right),
        ("<6h", Right),
        ("<1d", Right),
        ("older", Right),
        ("STATE", Left),
    ]);
    let mut hosts: BTreeMap<&str, Vec<&Lane>> = BTreeMap::new();
    for lane in lanes {
        hosts.entry(&lane.host).or_default().push(lane);
    }
    let all: Vec<&Lane> = lanes.iter().collect();
    let total = counted(lanes.len() as u64, "lane", "lanes");
    table.row(cells("TOTAL".to_owned(), &all, total));
    for (host, mut lanes) in hosts {
        let open = lanes.iter().find_map(|lane| lane.host_open_until);
        let state = match open {
            Some(then) => format!("host breaker open, {} left", until(then, now)),
            None => counted(lanes.len() as u64, "lane", "lanes"),
        };
        table.row(cells(host.to_owned(), &lanes, state));
        lanes.sort_by_key(|lane| (std::cmp::Reverse(lane.pending), lane.id));
        for lane in lanes {
            // A response URL has nothing to show beside its host.
            let name = match lane.to.contains("://") {
                true => format!("  lane {}", lane.id),
                false => format!("  lane {}, {}", lane.id, lane.to),
            };
            table.row(cells(name, &[lane], state_of(lane, now)));
        }
    }
    table.render()
}

fn cells(name: String, lanes: &[&Lane], state: String) -> Vec<String> {
    let mut ages = [0; 8];
    for lane in lanes {
        for (sum, count) in ages.iter_mut().zip(lane.ages.counts()) {
            *sum += count;
        }
    }
    let pending: u64 = lanes.iter().map(|lane| lane.pending).sum();
    std::iter::once(name)
        .chain(std::iter::once(pending.to_string()))
        .chain(ages.iter().map(u64::to_string))
        .chain(std::iter::once(state))
        .collect()
}

fn state_of(lane: &Lane, now: Time) -> String {
    let left = |what: &str, then| format!("{what}, {} left", until(then, now));
    let mut states = Vec::new();
    if let Some(then) = lane.gone_since {
        states.push(format!("gone {} ago, held", since(then, now)));
    }
    if let Some(pause) = &lane.pause {
        states.push(format!("paused {} ago", since(pause.since, now)));
    }
    if lane.recorded > 0 {
        states.push(format!("{} recorded in dry-run mode", lane.recorded));
    }
    if let Some(then) = lane.breaker.open_until {
        states.push(left("breaker open", then));
    }
    if let Some(then) = lane.paused_until {
        states.push(left("throttled", then));
    }
    match states.as_slice() {
        [] => "open".to_owned(),
        _ => states.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::admin::wire::{Ages, Breaker, Stamp};

    fn at(seconds: i64) -> Stamp {
        Stamp(Time::from_micros(seconds * 1_000_000))
    }

    fn lane(id: u64, host: &str, minute: u64, older: u64) -> Lane {
        Lane {
            id,
            to: format!("https://{host}/…"),
            host: format!("{host}:443"),
            state: "open".to_owned(),
            pending: minute + older,
            recorded: 0,
            ages: Ages {
                minute,
                older,
                ..Ages::default()
            },
            oldest: None,
            next_due: None,
            paused_until: None,
            gone_since: None,
            pause: None,
            breaker: Breaker {
                failures: 0,
                open_until: None,
            },
            host_open_until: None,
        }
    }

    #[test]
    fn lanes_are_grouped_by_host_with_their_ages() {
        let lanes = [
            Lane {
                paused_until: Some(at(192)),
                ..lane(1, "b.example.com", 1, 0)
            },
            Lane {
                gone_since: Some(at(-7260)),
                ..lane(2, "b.example.com", 0, 12)
            },
            Lane {
                host_open_until: Some(at(20)),
                ..lane(3, "a.example.com", 2, 0)
            },
        ];
        let expected = "\
DESTINATION        TOTAL  <1m  <5m  <10m  <30m  <1h  <6h  <1d  older  STATE
TOTAL                 15    3    0     0     0    0    0    0     12  3 lanes
a.example.com:443      2    2    0     0     0    0    0    0      0  host breaker open, 20s left
  lane 3               2    2    0     0     0    0    0    0      0  open
b.example.com:443     13    1    0     0     0    0    0    0     12  2 lanes
  lane 2              12    0    0     0     0    0    0    0     12  gone 2h 1m ago, held
  lane 1               1    1    0     0     0    0    0    0      0  throttled, 3m 12s left
";
        assert_eq!(render(&lanes, Time::EPOCH), expected);
    }
}
