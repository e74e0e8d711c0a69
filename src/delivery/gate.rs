//! What lanes share: the rate of a URL, account or host, and a host's calls in flight and breaker.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::{HostState, LaneId, Time};

use super::rates::{Pace, Pacer, RateKey};

/// One gate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum GateKey {
    Rate(RateKey),
    Host(String),
}

/// Why a gate lets nobody through now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// Until then.
    For(Duration),
    /// Until a call through it ends.
    UntilACallEnds,
    /// Until those have tried who wait longer.
    UntilItsTurn,
}

/// All gates that lanes in memory pass, or passed lately.
#[derive(Debug, Default)]
pub(super) struct Gates {
    rates: HashMap<RateKey, RateGate>,
    hosts: HashMap<String, HostGate>,
}

#[derive(Debug)]
struct RateGate {
    pacer: Pacer,
    parked: Parked,
    used_at: Instant,
}

#[derive(Debug)]
struct HostGate {
    in_flight: u32,
    state: HostState,
    /// Whether `state` is more than nothing, for calls to look at when they end.
    troubled: Arc<AtomicBool>,
    /// The dispatcher's count of ended calls when one last ended here.
    ended: u64,
    parked: Parked,
    used_at: Instant,
}

/// Lanes that wait at a gate, by how long they have been waiting for their next call, wherever that was.
#[derive(Debug, Default)]
struct Parked {
    lanes: BTreeMap<u64, LaneId>,
    /// Whether a timer will let the first one try.
    timed: bool,
}

impl Gates {
    /// Passes a rate limit, which takes one of what is there; those who wait longer than `since` go first.
    pub(super) fn pass_rate(
        &mut self,
        key: &RateKey,
        pace: &Pace,
        since: u64,
        now: Instant,
    ) -> Result<(), Closed> {
        let gate = self.rates.entry(key.clone()).or_insert_with(|| RateGate {
            pacer: Pacer::new(pace),
            parked: Parked::default(),
            used_at: now,
        });
        gate.used_at = now;
        let first = gate.parked.lanes.first_key_value();
        if first.is_some_and(|(first, _)| *first < since) {
            return Err(Closed::UntilItsTurn);
        }
        gate.pacer.take().map_err(Closed::For)
    }

    /// Whether a host takes another call.
    pub(super) fn ask_host(
        &mut self,
        host: &str,
        most: u32,
        clock_now: Time,
        now: Instant,
    ) -> Result<(), Closed> {
        let gate = self.host(host, now);
        if let Some(until) = gate.state.open_until {
            if until > clock_now {
                return Err(Closed::For(until.since(clock_now)));
            }
            // Half-open: one probe at a time.
            if gate.in_flight > 0 {
                return Err(Closed::UntilACallEnds);
            }
        }
        if gate.in_flight >= most {
            Err(Closed::UntilACallEnds)
        } else {
            Ok(())
        }
    }

    /// Tells by its end whether an answer from the host is news to its breaker.
    pub(super) fn call_begins(&mut self, host: &str, now: Instant) -> Arc<AtomicBool> {
        let gate = self.host(host, now);
        gate.in_flight += 1;
        Arc::clone(&gate.troubled)
    }

    /// A call ended, the `ended`th of all; `state` is there where it changed what the host's gate remembers.
    pub(super) fn call_ends(
        &mut self,
        host: &str,
        ended: u64,
        state: Option<HostState>,
        now: Instant,
    ) {
        let gate = self.host(host, now);
        gate.in_flight = gate.in_flight.saturating_sub(1);
        gate.ended = ended;
        if let Some(state) = state {
            gate.set(state);
        }
    }

    /// What the store knew of a host when it was asked, after the `ended`th call of all; a call that ended since
    /// knew better.
    pub(super) fn learn_host(&mut self, host: &str, state: HostState, ended: u64, now: Instant) {
        let gate = self.host(host, now);
        if gate.ended <= ended {
            gate.set(state);
        }
    }

    fn host(&mut self, host: &str, now: Instant) -> &mut HostGate {
        let gate = self
            .hosts
            .entry(host.to_owned())
            .or_insert_with(|| HostGate {
                in_flight: 0,
                state: HostState::default(),
                troubled: Arc::default(),
                ended: 0,
                parked: Parked::default(),
                used_at: now,
            });
        gate.used_at = now;
        gate
    }

    fn parked(&mut self, key: &GateKey) -> Option<&mut Parked> {
        match key {
            GateKey::Rate(key) => self.rates.get_mut(key).map(|gate| &mut gate.parked),
            GateKey::Host(host) => self.hosts.get_mut(host).map(|gate| &mut gate.parked),
        }
    }

    /// Lets a lane wait at a gate, that waits since then already. Says whether a timer is to be set.
    pub(super) fn park(&mut self, key: &GateKey, lane: LaneId, since: u64, timed: bool) -> bool {
        let Some(parked) = self.parked(key) else {
            return false;
        };
        parked.lanes.insert(since, lane);
        let set = timed && !parked.timed;
        parked.timed |= timed;
        set
    }

    /// The gate's timer went off.
    pub(super) fn timer_went_off(&mut self, key: &GateKey) {
        if let Some(parked) = self.parked(key) {
            parked.timed = false;
        }
    }

    /// The lane that waits longest at a gate.
    pub(super) fn next_parked(&mut self, key: &GateKey) -> Option<LaneId> {
        let (_, lane) = self.parked(key)?.lanes.pop_first()?;
        Some(lane)
    }

    /// Forgets every limit, and returns all lanes that wait for one, in order.
    pub(super) fn forget_rates(&mut self) -> Vec<LaneId> {
        let waiting: BTreeMap<u64, LaneId> = self
            .rates
            .drain()
            .flat_map(|(_, gate)| gate.parked.lanes)
            .collect();
        waiting.into_values().collect()
    }

    /// Forgets gates that would be as good as new.
    pub(super) fn prune(&mut self, now: Instant) {
        const AT_LEAST: Duration = Duration::from_secs(60);
        self.rates.retain(|_, gate| {
            !gate.parked.lanes.is_empty()
                || now.duration_since(gate.used_at) < gate.pacer.refilled_after().max(AT_LEAST)
        });
        self.hosts.retain(|_, gate| {
            gate.in_flight > 0
                || !gate.parked.lanes.is_empty()
                || now.duration_since(gate.used_at) < AT_LEAST
        });
    }
}

impl HostGate {
    fn set(&mut self, state: HostState) {
        self.troubled
            .store(state != HostState::default(), Ordering::Relaxed);
        self.state = state;
    }
}
