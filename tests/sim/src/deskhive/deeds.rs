//! What becomes of tickets, whoever does it: people in the portal, or the API.

use std::collections::BTreeSet;

use super::ticket::{Author, Message, Priority, Status, Ticket};
use super::{Notification, Refusal, World};

/// What a ticket is opened with.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) customer: u64,
    pub(crate) title: String,
    pub(crate) content: String,
    pub(crate) department: Option<u64>,
    pub(crate) category: Option<u64>,
    pub(crate) product: Option<u64>,
    pub(crate) priority: Option<Priority>,
}

impl World {
    /// Opens a ticket, and assigns it if the settings say so.
    pub(crate) fn open(&mut self, opening: Opening) -> u64 {
        let now = self.now();
        let settings = &self.account.settings;
        let department = opening.department.or(settings.default_department);
        let priority = opening.priority.unwrap_or(settings.default_priority);
        let auto_assign = settings.auto_assign;
        self.last_ticket += 1;
        let id = self.last_ticket;
        let ticket = Ticket {
            id,
            reference_id: format!("#{}", 1000 + id),
            title: opening.title,
            content: opening.content.clone(),
            status: Status::Open,
            priority,
            department,
            category: opening.category,
            product: opening.product,
            customer: Some(opening.customer),
            labels: Vec::new(),
            assigned_to: None,
            agents: Vec::new(),
            custom_fields: Vec::new(),
            is_resolved: false,
            is_locked: false,
            last_reply_at: None,
            last_reply_by_customer: None,
            closed_at: None,
            created_at: now,
            updated_at: now,
            messages: Vec::new(),
        };
        self.tickets.insert(id, ticket);
        if self.variations.content_is_message {
            let message = self.message(Author::Customer(opening.customer), &opening.content, false);
            self.change(id, |ticket| ticket.messages.push(message));
        }
        if let (true, Some(department)) = (auto_assign, department) {
            for agent in self.agents_of(department) {
                self.assign(id, agent);
            }
        }
        id
    }

    fn agents_of(&self, department: u64) -> Vec<u64> {
        let agents = self.account.agents.values();
        agents
            .filter(|agent| agent.is_active && agent.departments.contains(&department))
            .map(|agent| agent.id)
            .collect()
    }

    fn message(&mut self, author: Author, content: &str, is_internal: bool) -> Message {
        let now = self.now();
        self.last_message += 1;
        Message {
            id: self.last_message,
            author,
            content: content.trim().to_owned(),
            is_internal,
            liked_by: BTreeSet::new(),
            created_at: now,
            updated_at: now,
        }
    }

    /// Changes a ticket if it is there, and when it was changed.
    pub(crate) fn change(&mut self, id: u64, change: impl FnOnce(&mut Ticket)) {
        let now = self.now();
        if let Some(ticket) = self.tickets.get_mut(&id) {
            change(ticket);
            ticket.updated_at = now;
        }
    }

    /// Changes a ticket if it is there, and when it was changed only if `touches`.
    pub(crate) fn change_beside(
        &mut self,
        id: u64,
        touches: bool,
        change: impl FnOnce(&mut Ticket),
    ) {
        if touches {
            self.change(id, change);
        } else if let Some(ticket) = self.tickets.get_mut(&id) {
            change(ticket);
        }
    }

    /// Adds a message to a ticket; a customer's opens a closed one again and is told to its agents.
    pub(crate) fn say(
        &mut self,
        id: u64,
        author: Author,
        content: &str,
        is_internal: bool,
    ) -> Result<u64, Refusal> {
        self.found(id)?;
        let message = self.message(author, content, is_internal);
        let (now, said) = (message.created_at, message.id);
        let by_customer = matches!(author, Author::Customer(_));
        if is_internal && !self.variations.notes_touch_ticket {
            self.found_mut(id)?.messages.push(message);
            return Ok(said);
        }
        self.change(id, |ticket| {
            ticket.messages.push(message);
            ticket.last_reply_at = Some(now);
            if !is_internal {
                ticket.last_reply_by_customer = Some(by_customer);
            }
        });
        if by_customer {
            if self.found(id)?.status == Status::Closed {
                self.set_status(id, Status::Open);
            }
            self.tell(id, "ticket_reply", Some(author));
        }
        Ok(said)
    }

    /// Gives a ticket another status; nothing changes if it has it.
    pub(crate) fn set_status(&mut self, id: u64, status: Status) {
        let now = self.now();
        if self
            .tickets
            .get(&id)
            .is_some_and(|ticket| ticket.status != status)
        {
            self.change(id, |ticket| {
                ticket.status = status;
                ticket.closed_at = (status == Status::Closed).then_some(now);
            });
        }
    }

    /// Assigns a ticket to an agent, who is told; nothing happens if it is.
    pub(crate) fn assign(&mut self, id: u64, agent: u64) {
        let assigned = |ticket: &Ticket| ticket.agents.contains(&agent);
        if self.tickets.get(&id).is_none_or(assigned) {
            return;
        }
        let touches = self.variations.assignments_touch_ticket;
        self.change_beside(id, touches, |ticket| ticket.agents.push(agent));
        self.notify(agent, id, "ticket_assigned", None);
    }

    /// Tells all agents of a ticket.
    pub(crate) fn tell(&mut self, id: u64, kind: &'static str, sender: Option<Author>) {
        let agents = self.tickets.get(&id).map(|ticket| ticket.agents.clone());
        for agent in agents.unwrap_or_default() {
            self.notify(agent, id, kind, sender);
        }
    }

    fn notify(&mut self, agent: u64, ticket: u64, kind: &'static str, sender: Option<Author>) {
        let about = self.tickets.get(&ticket);
        let Some(about) = about.filter(|_| !self.muted.contains(&agent)) else {
            return;
        };
        let (title, message) = match kind {
            "ticket_reply" => ("New reply on", "Customer replied to your ticket"),
            "ticket_assigned" => ("New ticket", "A ticket was assigned to you"),
            _ => ("New status of", "The status of your ticket has changed"),
        };
        let raised = Notification {
            id: self.notifications.last().map_or(1, |last| last.id + 1),
            agent,
            kind,
            title: format!("{title} {}", about.reference_id),
            message: message.to_owned(),
            ticket,
            sender,
            is_read: false,
            created_at: self.now(),
        };
        self.notifications.push(raised);
    }
}
