//! What must become of tickets, messages and what people order about them.

use std::collections::BTreeSet;

use crate::model::{
    DeliveryId, ExternalTicket, MessageId, Replied, Status, TicketId, Time, Visibility,
};

use super::ideal::{Ideal, Message, Sense, State, Ticket, Waiting};
use super::step::AssignBy;

/// What the sender of a ticket must be told: ticket, message, joined, duplicate, updated, way back known.
pub(super) type Told = (TicketId, MessageId, bool, bool, bool, bool);

/// What whoever answers must be told: the message, and the delivery that carries it.
pub(super) type Answered = (MessageId, Option<DeliveryId>);

impl Ideal {
    /// A ticket comes in; `None`: it is refused because answers to it would have no way back.
    pub(super) fn arrives(&mut self, sent: &ExternalTicket, now: Time) -> Option<Told> {
        let sense = Sense::Sent(sent.provider.clone());
        if let Some(known) = self.named(&sent.brand, &sent.external_uid, &sense) {
            return Some(self.arrives_again(known, sent, now));
        }
        // The child's own provider first, then the only one of that name in the brand.
        let parent = sent.parent_uid.as_ref().and_then(|uid| {
            let own = self.named(&sent.brand, uid, &sense);
            own.or_else(|| match self.all_named(&sent.brand, uid)[..] {
                [only] => Some(only),
                _ => None,
            })
        });
        let inherited = || self.way_back_of(parent?);
        let url = sent.response_url.clone().or_else(inherited);
        if url.is_none() && self.rules.url_required {
            return None;
        }
        let children = self.end_waiting(&sent.brand, &sent.external_uid, Some(&sent.provider));
        let late = parent.is_none() && !children.is_empty();
        let home = parent.map(|parent| self.message(parent).ticket);
        let home = home.or(children.first().copied());
        let message = MessageId(self.messages.len() as u64 + 1);
        let (writer, called) = (&sent.author.external_uid, &sent.author.username);
        let number = home.unwrap_or(TicketId(self.tickets.len() as u64 + 1));
        if home.is_none() {
            let of_theirs = (sent.brand.clone(), writer.clone());
            let customer = *self.customers.entry(of_theirs).or_insert(number);
            let assigned = self.assign(&sent.brand);
            self.tickets.push(Ticket {
                brand: sent.brand.clone(),
                opening: message,
                author: (writer.clone(), called.clone()),
                customer,
                assigned,
                locked: false,
                status: Status::Open,
                awaits_agent: true,
                related: BTreeSet::new(),
            });
        }
        let ticket = self.ticket_mut(number);
        // A late parent changes nothing about its child's ticket; its URL serves only answers to itself.
        ticket.awaits_agent |= !late;
        if !late && ticket.status == Status::Closed {
            ticket.status = Status::Open;
        }
        if ticket.author.0 == *writer {
            ticket.author.1.clone_from(called);
        }
        self.messages.push(Message {
            ticket: number,
            by: (writer.clone(), called.clone()),
            customers: true,
            internal: false,
            texts: vec![sent.content.clone()],
            url: url.clone(),
            late,
            answers: None,
            delivery: None,
            uid: Some(sent.external_uid.clone()),
            remote: None,
            duplicates: 0,
        });
        let name = (sent.brand.clone(), sent.external_uid.clone());
        self.names.entry(name).or_default().insert(sense, message);
        if let (None, Some(uid)) = (parent, &sent.parent_uid) {
            self.waiting.insert(Waiting {
                name: (sent.brand.clone(), uid.clone()),
                ticket: number,
                message,
                provider: sent.provider.clone(),
            });
        }
        self.relate(number, &children);
        Some((number, message, home.is_some(), false, false, url.is_some()))
    }

    /// The same again: nothing new, an edit, a new way back, or both.
    fn arrives_again(&mut self, id: MessageId, sent: &ExternalTicket, now: Time) -> Told {
        let message = self.message_mut(id);
        let edited = message.texts.last() != Some(&sent.content);
        if edited {
            message.texts.push(sent.content.clone());
        }
        let url = sent
            .response_url
            .clone()
            .filter(|url| message.url.as_ref() != Some(url));
        let updated = edited || url.is_some();
        message.duplicates += u32::from(!updated);
        let author = (
            sent.author.external_uid.clone(),
            sent.author.username.clone(),
        );
        if message.by.0 == author.0 {
            message.by = author.clone();
        }
        let number = message.ticket;
        let ticket = self.ticket_mut(number);
        if ticket.author.0 == author.0 {
            ticket.author = author;
        }
        let joined = ticket.opening != id;
        if let Some(url) = url {
            self.redirect(id, url, now);
        }
        let known = self.message(id).url.is_some();
        (number, id, joined, !updated, updated, known)
    }

    /// An agent or the operator answers; `None`: that is refused.
    pub(super) fn replies(&mut self, reply: &Replied, now: Time) -> Option<Answered> {
        let ticket = self.tickets.get(reply.ticket.0 as usize - 1)?;
        let may = self.who_may(ticket);
        let agent = match reply.agent {
            Some(agent) if reply.only_assigned && !may.contains(&agent.0) => return None,
            Some(agent) => agent.0,
            None => *may.first()?,
        };
        let name = self.rules.name_of(agent)?;
        if !may.contains(&agent) && !self.rules.works_for(agent, &ticket.brand) {
            return None;
        }
        if ticket.locked {
            return None;
        }
        let internal = reply.visibility == Visibility::Internal;
        // The newest customer message that has a way back; an internal note answers nobody.
        let answers = (!internal).then(|| self.answered(reply.ticket)).flatten();
        let id = MessageId(self.messages.len() as u64 + 1);
        self.ticket_mut(reply.ticket).awaits_agent &= internal;
        self.messages.push(Message {
            ticket: reply.ticket,
            by: (agent.to_string(), name),
            customers: false,
            internal,
            texts: vec![reply.text.clone()],
            url: None,
            late: false,
            answers,
            delivery: None,
            uid: None,
            remote: None,
            duplicates: 0,
        });
        let delivery = answers.map(|answers| self.send(id, answers, now));
        self.message_mut(id).delivery = delivery;
        Some((id, delivery))
    }

    /// An agent lets a ticket stand somewhere; whether they may.
    pub(super) fn stands(&mut self, ticket: TicketId, agent: u64, status: Status) -> bool {
        let may = self.who_may(self.ticket(ticket)).contains(&agent);
        if may {
            self.ticket_mut(ticket).status = status;
        }
        may
    }

    /// From now on answers to `message` go to `url`, and so does all that waits to go out and was not begun.
    pub(super) fn redirect(&mut self, message: MessageId, url: String, now: Time) {
        self.message_mut(message).url = Some(url);
        for id in self.deliveries_that_answer(message) {
            if self.delivery(id).state == State::Pending && !self.is_begun(id) {
                self.go_to_wanted(id, now);
            }
        }
        self.move_up(now);
    }

    /// The operator gives another way back to what a reply would answer, or to the opening message.
    pub(super) fn set_response_url(&mut self, ticket: TicketId, url: String, now: Time) {
        let opening = self.ticket(ticket).opening;
        let message = self.answered(ticket).unwrap_or(opening);
        if self.message(message).url.as_ref() != Some(&url) {
            self.redirect(message, url, now);
        }
    }

    /// The newest customer message with a way back, late parents aside.
    pub(super) fn answered(&self, ticket: TicketId) -> Option<MessageId> {
        let fits = |m: &Message| m.ticket == ticket && m.customers && !m.late && m.url.is_some();
        let newest = self.messages.iter().rposition(fits)?;
        Some(MessageId(newest as u64 + 1))
    }

    /// A message's way back; a reply's is that of what it answers.
    fn way_back_of(&self, id: MessageId) -> Option<String> {
        let message = self.message(id);
        let answered = || self.message(message.answers?).url.clone();
        message.url.clone().or_else(answered)
    }

    /// A receiver accepted a reply and gave it a name: whoever names that as parent follows the reply.
    pub(super) fn is_called(&mut self, message: MessageId, uid: &str) {
        let ticket = self.message(message).ticket;
        let brand = self.ticket(ticket).brand.clone();
        self.message_mut(message).remote = Some(uid.to_owned());
        if self.named(&brand, uid, &Sense::Reply).is_none() {
            let children = self.end_waiting(&brand, uid, None);
            let name = (brand, uid.to_owned());
            self.names
                .entry(name)
                .or_default()
                .insert(Sense::Reply, message);
            self.relate(ticket, &children);
        }
    }

    /// Those who waited for this name: all if nothing goes by it yet, else those of the same provider. Their tickets,
    /// oldest first.
    fn end_waiting(
        &mut self,
        brand: &str,
        uid: &str,
        by: Option<&Option<String>>,
    ) -> Vec<TicketId> {
        let name = (brand.to_owned(), uid.to_owned());
        let first = !self.names.contains_key(&name);
        let ends = |child: &Waiting| {
            child.name == name && (first || by.is_some_and(|provider| child.provider == *provider))
        };
        let found: Vec<Waiting> = self
            .waiting
            .iter()
            .filter(|child| ends(child))
            .cloned()
            .collect();
        self.waiting.retain(|child| !found.contains(child));
        found.iter().map(|child| child.ticket).collect()
    }

    fn relate(&mut self, ticket: TicketId, others: &[TicketId]) {
        let group: BTreeSet<TicketId> = others.iter().copied().chain([ticket]).collect();
        for one in &group {
            let others = group.iter().filter(|other| *other != one).copied();
            self.ticket_mut(*one).related.extend(others);
        }
    }

    fn assign(&mut self, brand: &str) -> Option<u64> {
        let agents = self.rules.active_agents(brand);
        let first = *agents.first()?;
        match self.rules.assign {
            AssignBy::All => None,
            AssignBy::Turn => {
                let last = self.last_assigned.get(brand).copied().unwrap_or(u64::MAX);
                let next = agents
                    .iter()
                    .find(|agent| **agent > last)
                    .copied()
                    .unwrap_or(first);
                self.last_assigned.insert(brand.to_owned(), next);
                Some(next)
            }
            AssignBy::Load => {
                let load = |agent: u64| {
                    let alone = |t: &&Ticket| {
                        let open = t.status != Status::Closed;
                        t.brand == brand && t.assigned == Some(agent) && open
                    };
                    self.tickets.iter().filter(alone).count()
                };
                agents.into_iter().min_by_key(|agent| load(*agent))
            }
        }
    }

    fn who_may(&self, ticket: &Ticket) -> Vec<u64> {
        match ticket.assigned {
            Some(agent) => vec![agent],
            None => self.rules.active_agents(&ticket.brand),
        }
    }
}
