//! How everything stands, by system and by host.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;

use crate::http::Bridge;
use crate::model::{HostState, RESPONSE_URL, Time};
use crate::store::{LaneSummary, SystemCounts};

use super::wire::{
    BreakersOpen, Figures, HostFigures, LoopBreak, Run, SetAside, Stamp, Status, StoreFigures,
    Throttled,
};
use crate::http::problem::Problem;

/// What is set aside is a rare misfortune; the rest is counted.
const MOST_SET_ASIDE: usize = 20;
/// And so are tickets that are not mirrored any more.
const MOST_LOOP_BREAKS: usize = 20;

pub(super) async fn status(State(bridge): State<Bridge>) -> Result<Json<Status>, Problem> {
    let (store, live) = (&bridge.store, bridge.live.load_full());
    let now = bridge.clock.now();
    let systems: Vec<String> = std::iter::once(RESPONSE_URL.to_owned())
        .chain(live.settings.systems.keys().cloned())
        .collect();
    let counts = store.counts(systems.clone()).await?;
    let lanes = store.lanes().await?;
    let states = store.hosts().await?;
    let hosts = by_host(&lanes.iter().collect::<Vec<_>>(), &states, now);
    let own = store.system_lanes(systems.clone()).await?;
    let space = bridge.room.space();
    let run = store.run();
    let looping = store.looping().await?;
    Ok(Json(Status {
        at: now.into(),
        store: StoreFigures {
            path: live.settings.store.path.display().to_string(),
            incarnation: store.incarnation().name().to_owned(),
            bytes: store.bytes().await?,
            free_bytes: space.free,
            min_free_bytes: live.settings.store.min_free,
            low: space.low,
        },
        run: Run {
            started_at: run.started_at.into(),
            after_crash: run.after_crash,
            state: if store.is_running() {
                "running"
            } else if run.ended_in_order() {
                "ended"
            } else {
                "broken-off"
            }
            .to_owned(),
        },
        systems: systems
            .iter()
            .map(|system| {
                let of_system = |summary: &&LaneSummary| summary.lane.to.system() == system;
                let lanes: Vec<&LaneSummary> = lanes.iter().filter(of_system).collect();
                let pause = own.get(system).and_then(|lane| lane.pause.as_ref());
                Figures {
                    paused: pause.is_some(),
                    paused_reason: pause.map(|pause| pause.reason.clone()),
                    ..figures(system, counts.get(system), &by_host(&lanes, &states, now))
                }
            })
            .collect(),
        hosts: hosts.into_values().collect(),
        loop_breaks: looping.len() as u64,
        first_loop_breaks: looping
            .into_iter()
            .take(MOST_LOOP_BREAKS)
            .map(|(ticket, since)| LoopBreak {
                ticket: ticket.0,
                since: Stamp(since),
            })
            .collect(),
        set_aside: store.set_aside().await?,
        first_set_aside: store
            .first_set_aside(MOST_SET_ASIDE)
            .await?
            .into_iter()
            .map(|(delivery, reason)| SetAside {
                delivery: delivery.0,
                reason,
            })
            .collect(),
    }))
}

fn by_host(
    lanes: &[&LaneSummary],
    states: &BTreeMap<String, HostState>,
    now: Time,
) -> BTreeMap<String, HostFigures> {
    let ahead = |until: Option<Time>| until.filter(|until| *until > now);
    let mut hosts: BTreeMap<String, HostFigures> = BTreeMap::new();
    for summary in lanes {
        let lane = &summary.lane;
        let host_open = ahead(states.get(&lane.host).and_then(|state| state.open_until));
        let figures = hosts
            .entry(lane.host.clone())
            .or_insert_with(|| HostFigures {
                host: lane.host.clone(),
                breaker: BreakersOpen {
                    lanes: 0,
                    hosts: u64::from(host_open.is_some()),
                    until: host_open.map(Stamp),
                },
                ..HostFigures::default()
            });
        figures.lanes += 1;
        figures.pending += summary.pending;
        figures.gone_lanes += u64::from(lane.gone_since.is_some());
        if let Some(until) = ahead(lane.paused_until) {
            figures.throttled.lanes += 1;
            figures.throttled.until = figures.throttled.until.max(Some(Stamp(until)));
        }
        if let Some(until) = ahead(lane.breaker.open_until) {
            figures.breaker.lanes += 1;
            figures.breaker.until = figures.breaker.until.max(Some(Stamp(until)));
        }
        let owed = summary
            .next_due
            .and_then(|due| lane.owed_from(due))
            .filter(|owed| *owed <= now)
            .map(Stamp);
        figures.oldest_due = figures.oldest_due.into_iter().chain(owed).min();
    }
    hosts
}

/// What the hosts that a system's lanes lead to add up to.
fn figures(
    system: &str,
    counts: Option<&SystemCounts>,
    hosts: &BTreeMap<String, HostFigures>,
) -> Figures {
    let counts = counts.copied().unwrap_or_default();
    let mut figures = Figures {
        system: system.to_owned(),
        pending: counts.pending,
        held: counts.held,
        recorded: counts.recorded,
        dead_letters: counts.dead_letters,
        ..Figures::default()
    };
    for host in hosts.values() {
        figures.oldest_due = figures.oldest_due.into_iter().chain(host.oldest_due).min();
        figures.throttled = Throttled {
            lanes: figures.throttled.lanes + host.throttled.lanes,
            until: figures.throttled.until.max(host.throttled.until),
        };
        figures.breaker = BreakersOpen {
            lanes: figures.breaker.lanes + host.breaker.lanes,
            hosts: figures.breaker.hosts + host.breaker.hosts,
            until: figures.breaker.until.max(host.breaker.until),
        };
        figures.gone_lanes += host.gone_lanes;
    }
    figures
}
