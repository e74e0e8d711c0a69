//! `status`

use crate::http::admin::wire::{BreakersOpen, Stamp, Status, Throttled};
use crate::model::Time;

use super::failure::Failure;
use super::output::print;
use super::table::{Left, Right, Table};
use super::transport::Transport;
use super::words::{clean, counted, moment, since, size, until};

pub(super) async fn run(transport: &Transport, json: bool) -> Result<(), Failure> {
    let answer = transport.get("status", &[]).await?;
    if json {
        return print(&answer.json());
    }
    print(&render(&answer.read()?))
}

fn render(status: &Status) -> String {
    let now = status.at.0;
    let mut out = head(status);
    out.push('\n');
    let mut systems = Table::new(&[
        ("SYSTEM", Left),
        ("PENDING", Right),
        ("HELD", Right),
        ("DEAD", Right),
        ("OLDEST DUE", Right),
        ("THROTTLED", Left),
        ("BREAKER", Left),
        ("GONE", Right),
        ("PAUSED", Left),
    ]);
    for system in &status.systems {
        let paused = match (&system.paused_reason, system.paused) {
            (Some(reason), true) => reason.clone(),
            (None, true) => "yes".to_owned(),
            (_, false) => "-".to_owned(),
        };
        systems.row([
            system.system.clone(),
            system.pending.to_string(),
            system.held.to_string(),
            system.dead_letters.to_string(),
            overdue(system.oldest_due, now),
            throttled(&system.throttled, now),
            breaker(&system.breaker, now),
            system.gone_lanes.to_string(),
            paused,
        ]);
    }
    out.push_str(&systems.render());
    let mut hosts = Table::new(&[
        ("HOST", Left),
        ("LANES", Right),
        ("PENDING", Right),
        ("OLDEST DUE", Right),
        ("THROTTLED", Left),
        ("BREAKER", Left),
        ("GONE", Right),
    ]);
    for host in &status.hosts {
        hosts.row([
            host.host.clone(),
            host.lanes.to_string(),
            host.pending.to_string(),
            overdue(host.oldest_due, now),
            throttled(&host.throttled, now),
            breaker(&host.breaker, now),
            host.gone_lanes.to_string(),
        ]);
    }
    if !hosts.is_empty() {
        out.push('\n');
        out.push_str(&hosts.render());
    }
    out
}

fn head(status: &Status) -> String {
    let now = status.at.0;
    let store = &status.store;
    let room = if store.low {
        format!(
            "LOW: intake is refused below {}",
            size(store.min_free_bytes)
        )
    } else {
        "enough room".to_owned()
    };
    let run = &status.run;
    let mut ran = format!(
        "since {} ({})",
        moment(run.started_at),
        since(run.started_at, now)
    );
    match run.state.as_str() {
        "running" => {}
        "ended" => ran.push_str(", has ended in order; no daemon runs"),
        _ => ran.push_str(", has ended without closing the store; no daemon runs"),
    }
    if run.after_crash {
        ran.push_str("; the run before ended without closing the store");
    }
    let mut lines = Table::new(&[("", Left), ("", Left)]);
    lines.row([
        "store".to_owned(),
        format!(
            "{}, {}, {} free, {room}",
            store.path,
            size(store.bytes),
            size(store.free_bytes)
        ),
    ]);
    lines.row(["run".to_owned(), ran]);
    if status.loop_breaks > 0 {
        lines.row(["loops".to_owned(), looping(status)]);
    }
    for system in status.systems.iter().filter(|one| one.recorded > 0) {
        let (id, count) = (
            &system.system,
            counted(system.recorded, "delivery", "deliveries"),
        );
        lines.row([
            "dry-run".to_owned(),
            format!("{count} recorded for {id} instead of sent; `systems release {id}` decides"),
        ]);
    }
    if status.set_aside > 0 {
        let count = counted(status.set_aside, "delivery", "deliveries");
        lines.row([
            "set aside".to_owned(),
            format!("{count} whose records cannot be read"),
        ]);
    }
    let mut out = lines.render();
    for aside in &status.first_set_aside {
        out.push_str(&format!(
            "  delivery {}: {}\n",
            aside.delivery,
            clean(&aside.reason)
        ));
    }
    out
}

fn looping(status: &Status) -> String {
    let first = status.first_loop_breaks.iter();
    let mut named: Vec<String> = first
        .map(|one| format!("{} for {}", one.ticket, since(one.since, status.at.0)))
        .collect();
    let more = status.loop_breaks.saturating_sub(named.len() as u64);
    if more > 0 {
        named.push(format!("{more} more"));
    }
    let verb = if status.loop_breaks == 1 { "is" } else { "are" };
    format!(
        "{} {verb} not mirrored any more: {}; `tickets release ID` lets one go on",
        counted(status.loop_breaks, "ticket", "tickets"),
        named.join(", ")
    )
}

fn overdue(oldest: Option<Stamp>, now: Time) -> String {
    oldest.map_or("-".to_owned(), |oldest| since(oldest, now))
}

fn throttled(throttled: &Throttled, now: Time) -> String {
    match throttled.until {
        None => "-".to_owned(),
        Some(then) => format!(
            "{}, up to {}",
            counted(throttled.lanes, "lane", "lanes"),
            until(then, now)
        ),
    }
}

fn breaker(breaker: &BreakersOpen, now: Time) -> String {
    let Some(then) = breaker.until else {
        return "-".to_owned();
    };
    let mut open = Vec::new();
    if breaker.hosts > 0 {
        open.push(counted(breaker.hosts, "host", "hosts"));
    }
    if breaker.lanes > 0 {
        open.push(counted(breaker.lanes, "lane", "lanes"));
    }
    format!("{}, up to {}", open.join(" and "), until(then, now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::admin::wire::{Figures, HostFigures, LoopBreak, Run, SetAside, StoreFigures};

    fn at(seconds: i64) -> Stamp {
        Stamp(Time::from_micros(
            1_700_000_000_000_000 + seconds * 1_000_000,
        ))
    }

    #[test]
    fn what_stands_where_is_seen_at_a_glance() {
        let throttled = Throttled {
            lanes: 2,
            until: Some(at(40)),
        };
        let breaker = BreakersOpen {
            lanes: 1,
            hosts: 1,
            until: Some(at(25)),
        };
        let status = Status {
            at: at(0),
            store: StoreFigures {
                path: "/var/lib/ticketbridge".to_owned(),
                incarnation: "00aa".to_owned(),
                bytes: 12_897_484,
                free_bytes: 1024,
                min_free_bytes: 268_435_456,
                low: true,
            },
            run: Run {
                started_at: at(-192),
                after_crash: true,
                state: "running".to_owned(),
            },
            systems: vec![
                Figures {
                    system: "response-url".to_owned(),
                    pending: 12,
                    held: 1,
                    dead_letters: 3,
                    recorded: 0,
                    oldest_due: Some(at(-7300)),
                    throttled: throttled.clone(),
                    breaker: breaker.clone(),
                    gone_lanes: 1,
                    ..Figures::default()
                },
                Figures {
                    system: "front-desk".to_owned(),
                    pending: 4,
                    recorded: 4,
                    paused: true,
                    paused_reason: Some("the key is refused".to_owned()),
                    ..Figures::default()
                },
            ],
            hosts: vec![HostFigures {
                host: "hooks.example.com:443".to_owned(),
                lanes: 4,
                pending: 12,
                oldest_due: Some(at(-7300)),
                throttled,
                breaker,
                gone_lanes: 1,
            }],
            loop_breaks: 12,
            first_loop_breaks: vec![
                LoopBreak {
                    ticket: 5,
                    since: at(-75),
                },
                LoopBreak {
                    ticket: 9,
                    since: at(-4),
                },
            ],
            set_aside: 1,
            first_set_aside: vec![SetAside {
                delivery: 9,
                reason: "the record is cut off".to_owned(),
            }],
        };
        let expected = "\
store      /var/lib/ticketbridge, 12.3 MiB, 1.0 KiB free, LOW: intake is refused below 256.0 MiB
run        since 2023-11-14T22:10:08.000Z (3m 12s); the run before ended without closing the store
loops      12 tickets are not mirrored any more: 5 for 1m 15s, 9 for 4s, 10 more; `tickets release ID` lets one go on
dry-run    4 deliveries recorded for front-desk instead of sent; `systems release front-desk` decides
set aside  1 delivery whose records cannot be read
  delivery 9: the record is cut off

SYSTEM        PENDING  HELD  DEAD  OLDEST DUE  THROTTLED           BREAKER                       GONE  PAUSED
response-url       12     1     3       2h 1m  2 lanes, up to 40s  1 host and 1 lane, up to 25s     1  -
front-desk          4     0     0           -  -                   -                                0  the key is refused

HOST                   LANES  PENDING  OLDEST DUE  THROTTLED           BREAKER                       GONE
hooks.example.com:443      4       12       2h 1m  2 lanes, up to 40s  1 host and 1 lane, up to 25s     1
";
        assert_eq!(render(&status), expected);
        for (state, words) in [
            ("ended", "ended in order; no daemon runs"),
            (
                "broken-off",
                "ended without closing the store; no daemon runs",
            ),
        ] {
            let mut status = status.clone();
            status.run.state = state.to_owned();
            assert!(render(&status).contains(words), "{state}");
        }
    }
}
