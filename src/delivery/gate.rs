//! What lanes share: the rate of a URL, account or host, and a host's calls in flight and breaker.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::gates::Limiter;
use crate::model::{HostState, LaneId, Time};
use crate::settings::Rate;

use super::rates::RateKey;

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
}

/// All gates that lanes in memory pass, or passed lately.
#[derive(Debug, Default)]
pub(super) struct Gates {
    rates: HashMap<RateKey, RateGate>,
    hosts: HashMap<String, HostGate>,
}

#[derive(Debug)]
struct RateGate {
    limiter: Limiter,
    parked: Parked,
    used_at: Instant,
}

#[derive(Debug)]
struct HostGate {
    in_flight: u32,
    state: HostState,
    parked: Parked,
    used_at: Instant,
}

/// Lanes that wait at a gate, in order.
#[derive(Debug, Default)]
struct Parked {
    lanes: VecDeque<LaneId>,
    /// Whether a timer will let the first one try.
    timed: bool,
}

impl Gates {
    /// Passes a rate limit, which takes one of what is there.
    pub(super) fn pass_rate(
        &mut self,
        key: &RateKey,
        rate: Rate,
        now: Instant,
    ) -> Result<(), Duration> {
        let gate = self.rates.entry(key.clone()).or_insert_with(|| RateGate {
            limiter: Limiter::new(rate),
            parked: Parked::default(),
            used_at: now,
        });
        gate.used_at = now;
        gate.limiter.take()
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

    pub(super) fn call_begins(&mut self, host: &str, now: Instant) {
        self.host(host, now).in_flight += 1;
    }

    pub(super) fn call_ends(&mut self, host: &str, now: Instant) {
        let gate = self.host(host, now);
        gate.in_flight = gate.in_flight.saturating_sub(1);
    }

    /// What the store knows of a host.
    pub(super) fn learn_host(&mut self, host: &str, state: HostState, now: Instant) {
        self.host(host, now).state = state;
    }

    /// Whether an answer from the host would be news to its breaker.
    pub(super) fn is_troubled(&mut self, host: &str, now: Instant) -> bool {
        self.host(host, now).state != HostState::default()
    }

    fn host(&mut self, host: &str, now: Instant) -> &mut HostGate {
        let gate = self
            .hosts
            .entry(host.to_owned())
            .or_insert_with(|| HostGate {
                in_flight: 0,
                state: HostState::default(),
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

    /// Lets a lane wait at a gate; in front if it was the first there already. Says whether a timer is to be set.
    pub(super) fn park(
        &mut self,
        key: &GateKey,
        lane: LaneId,
        in_front: bool,
        timed: bool,
    ) -> bool {
        let Some(parked) = self.parked(key) else {
            return false;
        };
        if in_front {
            parked.lanes.push_front(lane)
        } else {
            parked.lanes.push_back(lane)
        }
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
        self.parked(key)?.lanes.pop_front()
    }

    /// Forgets every limit, and returns all lanes that wait for one.
    pub(super) fn forget_rates(&mut self) -> Vec<LaneId> {
        self.rates
            .drain()
            .flat_map(|(_, gate)| gate.parked.lanes)
            .collect()
    }

    /// Forgets gates that would be as good as new.
    pub(super) fn prune(&mut self, now: Instant) {
        const AT_LEAST: Duration = Duration::from_secs(60);
        self.rates.retain(|_, gate| {
            !gate.parked.lanes.is_empty()
                || now.duration_since(gate.used_at) < gate.limiter.refilled_after().max(AT_LEAST)
        });
        self.hosts.retain(|_, gate| {
            gate.in_flight > 0
                || !gate.parked.lanes.is_empty()
                || now.duration_since(gate.used_at) < AT_LEAST
        });
    }
}
