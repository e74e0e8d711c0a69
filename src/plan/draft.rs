//! The working copy of what an event changes: read through it, write to it, and each record leaves it once.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::model::{
    Delivery, DeliveryId, Destination, Event, HostState, Lane, LaneId, Message, MessageId,
    NoticeId, Text, Ticket, TicketId, Time,
};

use super::facts::{Facts, Missing, Numbers};
use super::outcome::{Answer, Note, Outcome, Step, Write};
use super::routes::{Routes, host_key};

/// Text up to this many bytes stands in its message's record.
const INLINE_TEXT: usize = 1024;

pub(super) struct Draft<'a> {
    pub(super) facts: &'a Facts,
    pub(super) routes: &'a Routes,
    pub(super) event: &'a Event,
    pub(super) now: Time,
    numbers: Numbers,
    tickets: BTreeMap<TicketId, Box<Ticket>>,
    messages: BTreeMap<MessageId, Box<Message>>,
    deliveries: BTreeMap<DeliveryId, Box<Delivery>>,
    lanes: BTreeMap<LaneId, Box<Lane>>,
    hosts: BTreeMap<String, HostState>,
    others: Vec<Write>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(facts: &'a Facts, routes: &'a Routes, event: &'a Event) -> Self {
        Self {
            facts,
            routes,
            event,
            now: event.at,
            numbers: facts.numbers,
            tickets: BTreeMap::new(),
            messages: BTreeMap::new(),
            deliveries: BTreeMap::new(),
            lanes: BTreeMap::new(),
            hosts: BTreeMap::new(),
            others: Vec::new(),
        }
    }

    pub(super) fn new_ticket_id(&mut self) -> TicketId {
        TicketId(take(&mut self.numbers.ticket))
    }

    pub(super) fn new_message_id(&mut self) -> MessageId {
        MessageId(take(&mut self.numbers.message))
    }

    /// What [`Self::new_message_id`] gives next.
    pub(super) fn next_message_id(&self) -> MessageId {
        MessageId(self.numbers.message)
    }

    pub(super) fn new_delivery_id(&mut self) -> DeliveryId {
        DeliveryId(take(&mut self.numbers.delivery))
    }

    pub(super) fn new_notice_id(&mut self) -> NoticeId {
        NoticeId(take(&mut self.numbers.notice))
    }

    pub(super) fn ticket(&self, id: TicketId) -> Result<Option<Box<Ticket>>, Missing> {
        match self.tickets.get(&id) {
            Some(ticket) => Ok(Some(ticket.clone())),
            None => self.facts.ticket(id),
        }
    }

    pub(super) fn message(
        &self,
        ticket: TicketId,
        id: MessageId,
    ) -> Result<Option<Box<Message>>, Missing> {
        match self.messages.get(&id) {
            Some(message) => Ok(Some(message.clone())),
            None => self.facts.message(ticket, id),
        }
    }

    pub(super) fn delivery(&self, id: DeliveryId) -> Result<Option<Box<Delivery>>, Missing> {
        match self.deliveries.get(&id) {
            Some(delivery) => Ok(Some(delivery.clone())),
            None => self.facts.delivery(id),
        }
    }

    /// A delivery of a chain; `None` if its record is missing or cannot be read.
    pub(super) fn readable(&self, id: DeliveryId) -> Result<Option<Box<Delivery>>, Missing> {
        if self.deliveries.contains_key(&id) || self.facts.is_readable(id)? {
            self.delivery(id)
        } else {
            Ok(None)
        }
    }

    pub(super) fn lane(&self, id: LaneId) -> Result<Option<Box<Lane>>, Missing> {
        match self.lanes.get(&id) {
            Some(lane) => Ok(Some(lane.clone())),
            None => self.facts.lane(id),
        }
    }

    /// The lane to a response URL, made where there is none yet.
    pub(super) fn lane_to(&mut self, url: &str) -> Result<Box<Lane>, Missing> {
        self.lane_at(Destination::ResponseUrl(url.to_owned()), host_key(url))
    }

    /// The lane to a configured system; `None` if there is no such system.
    pub(super) fn lane_of(&mut self, system: &str) -> Result<Option<Box<Lane>>, Missing> {
        let Some(route) = self.routes.systems.get(system) else {
            return Ok(None);
        };
        let to = Destination::System(system.to_owned());
        let mut lane = self.lane_at(to, route.host.clone())?;
        if lane.host != route.host {
            lane.host.clone_from(&route.host);
            self.put_lane(lane.clone());
        }
        Ok(Some(lane))
    }

    fn lane_at(&mut self, to: Destination, host: String) -> Result<Box<Lane>, Missing> {
        if let Some(made) = self.lanes.values().find(|lane| lane.to == to) {
            return Ok(made.clone());
        }
        if let Some(id) = self.facts.lane_to(&to)?
            && let Some(lane) = self.lane(id)?
        {
            return Ok(lane);
        }
        let lane = Box::new(Lane::new(LaneId(take(&mut self.numbers.lane)), to, host));
        self.put_lane(lane.clone());
        Ok(lane)
    }

    pub(super) fn host(&self, host: &str) -> Result<HostState, Missing> {
        match self.hosts.get(host) {
            Some(state) => Ok(state.clone()),
            None => self.facts.host(host),
        }
    }

    pub(super) fn put_ticket(&mut self, ticket: Box<Ticket>) {
        self.tickets.insert(ticket.id, ticket);
    }

    pub(super) fn put_message(&mut self, message: Box<Message>) {
        self.messages.insert(message.id, message);
    }

    pub(super) fn put_delivery(&mut self, delivery: Box<Delivery>) {
        self.deliveries.insert(delivery.id, delivery);
    }

    pub(super) fn put_lane(&mut self, lane: Box<Lane>) {
        self.lanes.insert(lane.id, lane);
    }

    pub(super) fn put_host(&mut self, host: String, state: HostState) {
        self.hosts.insert(host, state);
    }

    pub(super) fn write(&mut self, write: Write) {
        self.others.push(write);
    }

    pub(super) fn note(&mut self, ticket: TicketId, note: Note) {
        self.others.push(Write::Note(ticket, self.now, note));
    }

    /// Where `text` is to stand as this revision of a message.
    pub(super) fn place_text(&mut self, message: MessageId, revision: u32, text: &str) -> Text {
        if text.len() <= INLINE_TEXT {
            return Text::Inline(text.to_owned());
        }
        self.write(Write::Text(message, revision, text.to_owned()));
        Text::Apart
    }

    /// What a message says now.
    pub(super) fn text_of(&self, message: &Message) -> Result<String, Missing> {
        match &message.text {
            Text::Inline(text) => Ok(text.clone()),
            Text::Apart => {
                let (id, revision) = (message.id, message.revision);
                let new = self.others.iter().find_map(|write| match write {
                    Write::Text(of, at, text) if (*of, *at) == (id, revision) => Some(text),
                    _ => None,
                });
                match new {
                    Some(text) => Ok(text.clone()),
                    None => Ok(self.facts.text(id, revision)?.unwrap_or_default()),
                }
            }
        }
    }

    /// Gives a message new text and keeps what it said before under its old revision.
    pub(super) fn revise(&mut self, message: &mut Message, text: &str) {
        if let Text::Inline(old) = &message.text {
            self.write(Write::Text(message.id, message.revision, old.clone()));
        }
        message.revision += 1;
        message.text = self.place_text(message.id, message.revision, text);
        message.edited_at = Some(self.now);
    }

    /// Tickets that this event may have changed.
    pub(super) fn drafted_tickets(&self) -> Vec<TicketId> {
        self.tickets.keys().copied().collect()
    }

    /// Whether a ticket is new with this event.
    pub(super) fn is_new(&self, ticket: TicketId) -> bool {
        ticket.0 >= self.facts.numbers.ticket
    }

    /// The ticket that this event changed.
    pub(super) fn changed_ticket(&self) -> Option<TicketId> {
        let is_changed = |id: TicketId, ticket: &Ticket| {
            let before = self.facts.ticket(id).ok().flatten();
            before.as_deref() != Some(ticket)
        };
        let mut tickets = self.tickets.iter();
        let changed = tickets.find(|(id, ticket)| is_changed(**id, ticket));
        changed.map(|(id, _)| *id)
    }

    /// Deliveries that are planned by this event.
    pub(super) fn new_deliveries(&self) -> Vec<Delivery> {
        let first_new = DeliveryId(self.facts.numbers.delivery);
        let new = self.deliveries.range(first_new..);
        new.map(|(_, delivery)| delivery.as_ref().clone()).collect()
    }

    /// Messages of a ticket that are new with this event.
    pub(super) fn new_messages(&self, ticket: TicketId) -> Vec<Message> {
        let first_new = MessageId(self.facts.numbers.message);
        self.messages
            .range(first_new..)
            .map(|(_, message)| message.as_ref())
            .filter(|message| message.ticket == ticket)
            .cloned()
            .collect()
    }

    /// Messages of a ticket that were there before this event and say something else since.
    pub(super) fn revised_messages(&self, ticket: TicketId) -> Vec<Message> {
        let is_revised = |message: &&Message| {
            let before = self.facts.message(ticket, message.id).ok().flatten();
            before.is_some_and(|before| before.revision != message.revision)
        };
        let messages = self.messages.values().map(Box::as_ref);
        let messages = messages.filter(|message| message.ticket == ticket);
        messages.filter(is_revised).cloned().collect()
    }

    /// The first messages of a ticket after one, as many as `most`, as they are with this event.
    pub(super) fn messages_after(
        &self,
        ticket: TicketId,
        after: MessageId,
        most: usize,
    ) -> Result<Vec<Message>, Missing> {
        let stored = self.facts.messages_after(ticket, after, most)?;
        let drafted = self.messages.values().map(Box::as_ref);
        let drafted = drafted.filter(|message| message.ticket == ticket && message.id > after);
        let mut messages: BTreeMap<MessageId, Message> = stored
            .into_iter()
            .map(|message| (message.id, message))
            .collect();
        messages.extend(drafted.map(|message| (message.id, message.clone())));
        Ok(messages.into_values().take(most).collect())
    }

    /// A secret of its own for what is given of `message` to `system`.
    pub(super) fn secret(&self, message: MessageId, system: &str) -> String {
        let digest = Sha256::new()
            .chain_update(self.event.random)
            .chain_update(message.0.to_be_bytes())
            .chain_update(system)
            .finalize();
        hex::encode(&digest[..16])
    }

    /// How many commands were planned or told that there is more to say.
    pub(super) fn orders(&self) -> u64 {
        let revisions = self.deliveries.values();
        let revisions = revisions.map(|delivery| u64::from(delivery.revision));
        self.numbers.delivery + revisions.sum::<u64>()
    }

    /// Deliveries of a lane that this event touched.
    pub(super) fn touched(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries.values().map(Box::as_ref)
    }

    /// Chance for one purpose; each `purpose` below 2 draws its own.
    pub(super) fn chance(&self, purpose: usize) -> u64 {
        let mut bytes = [0; 8];
        let from = (purpose % 2) * 8;
        bytes.copy_from_slice(&self.event.random[from..from + 8]);
        u64::from_le_bytes(bytes)
    }

    pub(super) fn finish(self, answer: Answer, step: Option<Step>) -> Outcome {
        let facts = self.facts;
        let mut writes = self.others;
        for (id, new) in self.tickets {
            let old = facts.ticket(id).ok().flatten();
            if old.as_ref() != Some(&new) {
                writes.push(Write::Ticket { old, new });
            }
        }
        for message in self.messages.into_values() {
            writes.push(Write::Message(message));
        }
        for (id, new) in self.deliveries {
            let old = facts.delivery(id).ok().flatten();
            if old.as_ref() != Some(&new) {
                writes.push(Write::Delivery { old, new });
            }
        }
        for (id, mut new) in self.lanes {
            let old = facts.lane(id).ok().flatten();
            if old.as_ref() != Some(&new) {
                new.used_at = Some(self.now);
                writes.push(Write::Lane { old, new });
            }
        }
        writes.extend(
            self.hosts
                .into_iter()
                .map(|(host, state)| Write::Host(host, state)),
        );
        Outcome {
            writes,
            numbers: self.numbers,
            answer,
            step,
        }
    }
}

fn take(next: &mut u64) -> u64 {
    let taken = *next;
    *next += 1;
    taken
}
