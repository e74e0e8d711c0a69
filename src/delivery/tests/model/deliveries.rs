//! What must become of replies on their way: who may be called when, with what, and what each answer leads to.
//!
//! A delivery stands in the chain of its ticket in its lane, and a lane is a URL. A chain has one head, which stays it
//! until it leaves; then the oldest of the others moves up, at once.

use crate::model::{Class, DeliveryId, LaneFailure, MessageId, TicketId, Time};
use crate::systems::Report;

use super::ideal::{Call, Delivery, Ideal, State};

impl Ideal {
    /// A public reply is to go out.
    pub(super) fn send(&mut self, message: MessageId, answers: MessageId, now: Time) -> DeliveryId {
        let (reply, answered) = (self.message(message), self.message(answers));
        self.deliveries.push(Delivery {
            ticket: reply.ticket,
            message,
            answers,
            author: reply.by.clone(),
            parent: answered.uid.clone().unwrap_or_default(),
            url: answered.url.clone().unwrap_or_default(),
            state: State::Pending,
            due: now,
            age_from: now,
            attempts: 0,
            text: reply.texts[0].clone(),
        });
        self.move_up(now);
        DeliveryId(self.deliveries.len() as u64)
    }

    /// Why a call must not begin now, if so.
    pub(super) fn forbids(&self, id: DeliveryId, url: &str, now: Time) -> Option<String> {
        let (delivery, lane) = (self.delivery(id), self.lane(url));
        let later = |at: Option<Time>| at.is_some_and(|at| at > now);
        let beside = || {
            self.calls
                .values()
                .filter(|call| call.url == url && !call.lost)
        };
        let why = match () {
            () if delivery.state != State::Pending => format!("it is {:?}", delivery.state),
            () if delivery.url != url => format!("it belongs to {}", delivery.url),
            () if self.calls.contains_key(&id) => "its call is under way or in doubt".to_owned(),
            () if !self.is_head(id) => "another of its ticket goes first".to_owned(),
            () if beside().any(|call| call.ticket == delivery.ticket) => {
                "another of its ticket is under way there".to_owned()
            }
            () if delivery.due > now => format!("it is due at {}", shown(delivery.due)),
            // Calls that were about to begin in this instant may go on.
            () if lane.changed_at == Some(now) => return None,
            () if lane.gone.is_some() => "its URL is gone".to_owned(),
            () if later(lane.paused) => "its URL is paused".to_owned(),
            () if later(lane.open_until) => "the breaker is open".to_owned(),
            () if lane.open_until.is_some() && beside().count() > 0 => {
                "the breaker is half-open and a probe is under way".to_owned()
            }
            () if self.expires(id) <= now && lane.takes_nothing_of(self.expires(id)) => {
                "its time is up and nothing is taken there".to_owned()
            }
            () => return None,
        };
        Some(why)
    }

    /// A call ended and that was stored.
    pub(super) fn ends(&mut self, id: DeliveryId, call: &Call, report: &Report, now: Time) {
        let (rules, delay) = (
            self.rules.clone(),
            self.delay_after(self.delivery(id).attempts + 1),
        );
        let expires = self.expires_at(id, &call.url);
        let lane = self.lanes.entry(call.url.clone()).or_default();
        (lane.changed_at, lane.free_since) = (Some(now), Some(now));
        match report.failure {
            Some(LaneFailure::Silence | LaneFailure::ServerError) => {
                lane.failures += 1;
                if lane.failures >= rules.breaker {
                    lane.open_until = Some(now.plus(rules.open_for));
                }
            }
            None if report.status.is_some() => (lane.failures, lane.open_until) = (0, None),
            None => {}
        }
        if report.class == Class::Throttled {
            let (least, most) = (now.plus(rules.shortest_pause), now.plus(rules.max_age));
            let until = report.until.map_or(now.plus(rules.usual_pause), |until| {
                until.clamp(least, most)
            });
            lane.paused = lane.paused.max(Some(until));
            lane.throttled = Some(now);
        } else if report.class == Class::Ok {
            lane.throttled = None;
        }
        if report.gone {
            lane.gone = lane.gone.or(Some(now));
        }
        let pause_ends = lane.paused.unwrap_or(now);
        let is_ok = report.class == Class::Ok;
        if is_ok && let Some(uid) = &report.remote_uid {
            self.is_called(self.delivery(id).message, uid);
        }
        let is_head = self.is_head(id);
        let delivery = self.delivery_mut(id);
        let moved = delivery.url != call.url;
        match (&delivery.state, report.class) {
            (State::Pending | State::Cancelled, Class::Ok) => {
                let verified = report.remote_uid.is_some();
                delivery.state = State::Delivered { verified };
            }
            (State::Pending, Class::Rejected) => delivery.state = State::Dead,
            (State::Pending, Class::Unknown) if rules.holds && is_head => {
                delivery.state = State::Held;
            }
            // Behind another by now, it waits for its turn.
            (State::Pending, Class::Unknown) if rules.holds => {}
            (State::Pending, Class::Throttled) if now >= expires => delivery.state = State::Dead,
            // A pause is the lane's: whoever goes elsewhere by now need not wait for it.
            (State::Pending, Class::Throttled) if moved => delivery.due = now,
            (State::Pending, Class::Throttled) => delivery.due = pause_ends.min(expires),
            (State::Pending, Class::Retry | Class::Unknown | Class::Paused) => {
                delivery.attempts += 1;
                if now >= expires {
                    delivery.state = State::Dead;
                } else {
                    delivery.due = now.plus(delay).min(expires);
                }
            }
            _ => {}
        }
        if self.delivery(id).state == State::Pending {
            self.go_to_wanted(id, now);
        }
        self.move_up(now);
    }

    /// The daemon gives up on a delivery without a call; only where nothing is taken and its time is up.
    pub(super) fn expire(&mut self, id: DeliveryId, now: Time) {
        let lane = self.lane(&self.delivery(id).url);
        let is_left_alone = lane.takes_nothing_of(self.expires(id));
        let is_due = self.delivery(id).state == State::Pending && self.is_head(id);
        if is_left_alone && is_due && !self.calls.contains_key(&id) && self.expires(id) <= now {
            self.delivery_mut(id).state = State::Dead;
            self.move_up(now);
        }
    }

    /// The operator's `deliveries retry` and `dead-letters retry`; says whether it is done.
    pub(super) fn retry(&mut self, id: DeliveryId, now: Time) -> bool {
        match self.delivery(id).state {
            State::Pending if !self.is_head(id) => return false,
            State::Pending | State::Held => {}
            State::Dead => self.delivery_mut(id).attempts = 0,
            State::Delivered { .. } | State::Cancelled => return false,
        }
        // Whoever orders it does not wait for a call that was begun any longer.
        self.calls.retain(|other, call| *other != id || !call.lost);
        if let Some(call) = self.calls.get_mut(&id) {
            call.begun = false;
        }
        let delivery = self.delivery_mut(id);
        (delivery.state, delivery.due, delivery.age_from) = (State::Pending, now, now);
        self.go_to_wanted(id, now);
        self.delivery_mut(id).age_from = now;
        self.move_up(now);
        true
    }

    /// `deliveries cancel` and `dead-letters discard`; says whether it is done.
    pub(super) fn cancel(&mut self, id: DeliveryId, now: Time) -> bool {
        let can = !matches!(
            self.delivery(id).state,
            State::Delivered { .. } | State::Cancelled
        );
        if can {
            self.delivery_mut(id).state = State::Cancelled;
            self.calls.retain(|other, call| *other != id || !call.lost);
            self.move_up(now);
        }
        can
    }

    /// `dead-letters edit`; says whether it is done.
    pub(super) fn edit(&mut self, id: DeliveryId, text: &str) -> bool {
        let can = self.delivery(id).state == State::Dead;
        if can {
            let message = self.delivery(id).message;
            self.delivery_mut(id).text = text.to_owned();
            self.message_mut(message).texts.push(text.to_owned());
        }
        can
    }

    /// `lanes resume`; says whether there is such a lane. Ages count from there.
    pub(super) fn resume(&mut self, url: &str, now: Time) {
        let lane = self.lanes.entry(url.to_owned()).or_default();
        *lane = super::ideal::Lane {
            resumed: Some(now),
            free_since: Some(now),
            ..Default::default()
        };
    }

    /// The daemon is gone in the middle of everything. Calls that were noted before they began are in doubt, the
    /// others are simply due again.
    pub(super) fn crash(&mut self) {
        let holds = self.rules.holds;
        self.calls.retain(|_, call| {
            let in_doubt = holds && call.begun;
            (call.lost, call.report) = (in_doubt, None);
            in_doubt
        });
    }

    /// Moves a delivery to the chain of the URL that its answered message wants by now. What was begun stays.
    pub(super) fn go_to_wanted(&mut self, id: DeliveryId, now: Time) {
        let delivery = self.delivery(id);
        let wanted = self
            .message(delivery.answers)
            .url
            .clone()
            .unwrap_or_default();
        if wanted == delivery.url {
            return;
        }
        let old = self.lane(&delivery.url);
        let from = delivery
            .age_from
            .max(old.resumed.unwrap_or(delivery.age_from));
        // Time behind a URL that was gone does not count.
        let held = old
            .gone
            .map(|gone| now.since(gone.max(from)))
            .unwrap_or_default();
        let delivery = self.delivery_mut(id);
        (delivery.url, delivery.age_from, delivery.due) = (wanted, from.plus(held), now);
    }

    /// Gives every chain a head.
    pub(super) fn move_up(&mut self, now: Time) {
        let chain = |delivery: &Delivery| {
            let stands = matches!(delivery.state, State::Pending | State::Held);
            stands.then(|| (delivery.url.clone(), delivery.ticket))
        };
        let deliveries = &self.deliveries;
        self.heads
            .retain(|at, head| chain(&deliveries[head.0 as usize - 1]).as_ref() == Some(at));
        for (index, delivery) in self.deliveries.iter_mut().enumerate() {
            if let Some(chain) = chain(delivery)
                && !self.heads.contains_key(&chain)
            {
                self.heads.insert(chain, DeliveryId(index as u64 + 1));
                delivery.due = now;
            }
        }
    }

    /// A head that should long have been called.
    pub(super) fn overlooked(&self, up_since: Time, now: Time) -> Option<String> {
        self.heads.iter().find_map(|((url, ticket), id)| {
            let (delivery, lane) = (self.delivery(*id), self.lane(url));
            let call = self.calls.get(id);
            let busy = self
                .calls
                .values()
                .any(|call| call.url == *url && !call.lost);
            let waits = match call {
                Some(call) => call.lost,
                None => delivery.state == State::Pending,
            };
            if !waits || busy || lane.gone.is_some() {
                return None;
            }
            let opens = [
                Some(delivery.due),
                lane.paused,
                lane.open_until,
                lane.free_since,
                Some(up_since),
            ];
            let opens = opens.into_iter().flatten().max()?;
            (opens.plus(self.rules.slack) < now).then(|| {
                format!(
                    "delivery {id} of ticket {ticket} to {url} could be called since {}",
                    shown(opens)
                )
            })
        })
    }

    /// Whether no time that passes leads to a call.
    pub(super) fn is_quiet(&self) -> bool {
        let may_go_on = |((url, _), id): (&(String, TicketId), &DeliveryId)| {
            self.delivery(*id).state == State::Pending && self.lane(url).gone.is_none()
        };
        self.calls.is_empty() && !self.heads.iter().any(may_go_on)
    }

    fn expires(&self, id: DeliveryId) -> Time {
        self.expires_at(id, &self.delivery(id).url)
    }

    /// As far as the lane to `url` decides: ages count from when a person let it go on.
    fn expires_at(&self, id: DeliveryId, url: &str) -> Time {
        let age_from = self.delivery(id).age_from;
        let resumed = self.lane(url).resumed.unwrap_or(age_from);
        age_from.max(resumed).plus(self.rules.max_age)
    }

    fn delay_after(&self, attempts: u32) -> std::time::Duration {
        let doubled = self.rules.first_delay * 2_u32.pow((attempts - 1).min(20));
        doubled.min(self.rules.max_delay)
    }

    pub(super) fn is_head(&self, id: DeliveryId) -> bool {
        let delivery = self.delivery(id);
        let chain: (String, TicketId) = (delivery.url.clone(), delivery.ticket);
        self.heads.get(&chain) == Some(&id)
    }

    /// Whether a call was noted before it began, and nobody knows yet what became of it.
    pub(super) fn is_begun(&self, id: DeliveryId) -> bool {
        self.calls.get(&id).is_some_and(|call| call.begun)
    }
}

/// A moment as seconds since the world began.
pub(super) fn shown(at: Time) -> String {
    let micros = at.as_micros();
    format!("{}.{:03} s", micros / 1_000_000, micros % 1_000_000 / 1000)
}
