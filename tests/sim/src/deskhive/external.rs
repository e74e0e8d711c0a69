//! What agents do by the External API.

use serde_json::{Value, json};

use super::envelope::encode;
use super::gate::{Call, Who};
use super::page::Asked;
use super::rules::{Need, Rules};
use super::ticket::{Author, Priority, Status, Ticket};
use super::variation::{Foreign, Labelling, MessageOrder, TicketOrder};
use super::{Operation as O, Refusal, World};
use crate::http::Response;

pub(crate) type Answer = Result<Response, Refusal>;

impl World {
    pub(crate) fn perform(&mut self, call: &Call) -> Answer {
        match call.who {
            Who::Nobody => Ok(encode(
                200,
                &json!({ "message": "Health check successful" }),
            )),
            Who::User(user) => self.perform_internal(call, user),
            Who::Agent(agent) => self.perform_external(call, agent),
        }
    }

    fn perform_external(&mut self, call: &Call, agent: u64) -> Answer {
        match call.operation {
            O::ConnectionCheck => Ok(connected()),
            O::Dashboard => Ok(self.dashboard(agent)),
            O::ListTickets => {
                let mine = |ticket: &Ticket| self.sees(agent, ticket);
                self.list_tickets(call, mine)
            }
            O::GetTicket => {
                let ticket = self.mine(call, agent)?;
                Ok(self.item(self.show_ticket(self.found(ticket)?)))
            }
            O::UpdateTicket => self.update_ticket(call, agent),
            O::ListMessages => {
                let ticket = self.mine(call, agent)?;
                self.list_messages(call, ticket, 30, Some(agent))
            }
            O::Reply => self.reply(call, agent),
            O::CloseTicket => {
                let ticket = self.mine(call, agent)?;
                self.set_status(ticket, Status::Closed);
                let shown = self.show_ticket(self.found(ticket)?);
                let echo = self.variations.close_echo;
                Ok(self.written(echo, 200, shown, "Ticket closed successfully"))
            }
            O::ToggleLike => self.toggle_like(call, agent),
            O::ListCannedResponses => Ok(self.canned_responses()),
            O::SearchKnowledgeBase => self.search_articles(&call.query),
            O::GetProfile => {
                let shown = self.account.agents.get(&agent);
                Ok(self.stated(shown.map_or(Value::Null, |agent| self.show_profile(agent))))
            }
            O::UpdateProfile => self.update_profile(call, agent),
            O::ListNotifications => {
                let own = self.notifications.iter().rev();
                let own = own.filter(|each| each.agent == agent);
                let shown = own.map(|each| self.show_notification(each)).collect();
                self.list(call, 20, shown)
            }
            O::UnreadCount => {
                let unread = self.notifications.iter();
                let unread = unread.filter(|each| each.agent == agent && !each.is_read);
                Ok(self.stated(json!({ "unread_count": unread.count() })))
            }
            O::MarkRead => self.mark_read(call, agent),
            _ => Err(Refusal::unheard_of("an agent by the Internal API")),
        }
    }

    pub(crate) fn sees(&self, agent: u64, ticket: &Ticket) -> bool {
        let by_department = || {
            let departments = self
                .account
                .agents
                .get(&agent)
                .map(|each| &each.departments);
            ticket
                .department
                .is_some_and(|id| departments.is_some_and(|all| all.contains(&id)))
        };
        ticket.agents.contains(&agent) || (self.variations.department_visibility && by_department())
    }

    /// The ticket that the path names, if the agent may see it.
    fn mine(&self, call: &Call, agent: u64) -> Result<u64, Refusal> {
        let ticket = self.named_ticket(call)?;
        if self.sees(agent, ticket) {
            return Ok(ticket.id);
        }
        let reason = format!("agent {agent} is not assigned to ticket {}", ticket.id);
        Err(match self.variations.foreign {
            Foreign::Forbidden => Refusal::thrown(403, "This action is unauthorized."),
            Foreign::NotFound => self.not_there("Ticket", &call.gaps[0]),
        }
        .because(reason))
    }

    /// The ticket that the path names.
    pub(crate) fn named_ticket(&self, call: &Call) -> Result<&Ticket, Refusal> {
        let found = call.id(0).and_then(|id| self.tickets.get(&id));
        found.ok_or_else(|| self.not_there("Ticket", &call.gaps[0]))
    }

    /// Of two refusals the one that comes first in this reading: that of the ticket, or that of the fields.
    pub(crate) fn first_of<T>(
        &self,
        ticket: Result<T, Refusal>,
        fields: Result<(), Refusal>,
    ) -> Result<T, Refusal> {
        if self.variations.validates_first {
            fields.and(ticket)
        } else {
            let ticket = ticket?;
            fields.map(|()| ticket)
        }
    }

    pub(crate) fn list(&self, call: &Call, usual: u64, items: Vec<Value>) -> Answer {
        let cap = self.variations.per_page_cap;
        let asked = Asked::read(&call.query, usual, cap, call.url.clone())?;
        Ok(encode(200, &asked.write(items, &self.variations)))
    }

    pub(crate) fn list_tickets(&self, call: &Call, wanted: impl Fn(&Ticket) -> bool) -> Answer {
        let mut rules = Rules::on(&call.query);
        let status = rules.word("status", Status::from_word).value();
        let priority = rules.word("priority", Priority::from_word).value();
        let department = rules.id("department_id", Need::Nullable, |_| true).value();
        let customer = rules.id("customer_id", Need::Nullable, |_| true).value();
        let user = rules.id("assigned_to", Need::Nullable, |_| true).value();
        rules.finish().map_err(Refusal::complained_of)?;
        let all = self.tickets.values().filter(|ticket| {
            wanted(ticket)
                && status.is_none_or(|status| status == ticket.status)
                && priority.is_none_or(|priority| priority == ticket.priority)
                && department.is_none_or(|id| ticket.department == Some(id))
                && customer.is_none_or(|id| ticket.customer == Some(id))
                && user.is_none_or(|id| ticket.assigned_to == Some(id))
        });
        let mut all: Vec<&Ticket> = all.collect();
        match self.variations.ticket_order {
            TicketOrder::OldestFirst => {}
            TicketOrder::NewestFirst => all.reverse(),
            TicketOrder::UpdatedFirst => {
                all.sort_by_key(|ticket| std::cmp::Reverse((ticket.updated_at, ticket.id)));
            }
        }
        let shown = all.into_iter().map(|ticket| self.show_ticket(ticket));
        self.list(call, 15, shown.collect())
    }

    pub(crate) fn list_messages(
        &self,
        call: &Call,
        ticket: u64,
        usual: u64,
        agent: Option<u64>,
    ) -> Answer {
        let notes = self.variations.notes_listed;
        let all = self.messages(ticket).iter();
        let all = all.filter(|message| notes || !message.is_internal);
        let shown = all.map(|message| self.show_message(ticket, message, agent));
        let mut shown: Vec<Value> = shown.collect();
        if self.variations.message_order == MessageOrder::NewestFirst {
            shown.reverse();
        }
        self.list(call, usual, shown)
    }

    fn update_ticket(&mut self, call: &Call, agent: u64) -> Answer {
        let mut rules = Rules::on(&call.fields);
        let status = rules.word("status", Status::from_word).value();
        let priority = rules.word("priority", Priority::from_word).value();
        let labels = rules.ids("labels", |id| self.account.labels.contains_key(&id));
        let ticket = self.first_of(self.mine(call, agent), rules.finish())?;
        self.update(ticket, status, priority, labels.value());
        let shown = self.show_ticket(self.found(ticket)?);
        let echo = self.variations.write_echo;
        Ok(self.written(echo, 200, shown, "Ticket updated successfully"))
    }

    /// Changes what is said and is other than it was.
    pub(crate) fn update(
        &mut self,
        id: u64,
        status: Option<Status>,
        priority: Option<Priority>,
        labels: Option<Vec<u64>>,
    ) {
        let adds = self.variations.labelling == Labelling::Adds;
        if let Some(status) = status {
            self.set_status(id, status);
        }
        let Some(ticket) = self.tickets.get(&id) else {
            return;
        };
        let priority = priority.filter(|priority| *priority != ticket.priority);
        let labels = labels.map(|mut labels| {
            if adds {
                labels.extend(&ticket.labels);
            }
            labels.sort_unstable();
            labels.dedup();
            labels
        });
        let labels = labels.filter(|labels| *labels != ticket.labels);
        if let Some(priority) = priority {
            self.change(id, |ticket| ticket.priority = priority);
        }
        if let Some(labels) = labels {
            let touches = self.variations.labels_touch_ticket;
            self.change_beside(id, touches, |ticket| ticket.labels = labels);
        }
    }

    fn reply(&mut self, call: &Call, agent: u64) -> Answer {
        let mut rules = Rules::on(&call.fields);
        let content = rules.text("content", Need::Required, None);
        let is_internal = rules.boolean("is_internal").value().unwrap_or(false);
        let ticket = self.first_of(self.mine(call, agent), rules.finish())?;
        let passes = is_internal && self.variations.locked_takes_notes;
        if self.found(ticket)?.is_locked && !passes {
            return Err(Refusal::thrown(403, "This ticket is locked."));
        }
        let content = content.value().unwrap_or_default();
        let shown = self.say_by_api(ticket, Author::Agent(agent), &content, is_internal)?;
        let echo = self.variations.reply_echo;
        Ok(self.written(echo, 201, shown, "Reply sent successfully"))
    }

    /// Says something in the name of a key, and shows it.
    pub(crate) fn say_by_api(
        &mut self,
        ticket: u64,
        author: Author,
        content: &str,
        is_internal: bool,
    ) -> Result<Value, Refusal> {
        let said = self.say(ticket, author, content, is_internal)?;
        if let (Some(status), false) = (self.variations.reply_sets_status, is_internal) {
            self.set_status(ticket, status);
        }
        let agent = match author {
            Author::Agent(agent) => Some(agent),
            Author::Customer(_) | Author::User(_) => None,
        };
        let message = self.found(ticket)?.message(said);
        Ok(message.map_or(Value::Null, |message| {
            self.show_message(ticket, message, agent)
        }))
    }

    fn toggle_like(&mut self, call: &Call, agent: u64) -> Answer {
        let ticket = self.mine(call, agent)?;
        let missing = self.not_there("TicketMessage", &call.gaps[1]);
        let message = call.id(1);
        let messages = &mut self.found_mut(ticket)?.messages;
        let message = messages
            .iter_mut()
            .find(|each| Some(each.id) == message)
            .ok_or(missing)?;
        let liked = message.liked_by.insert(agent);
        if !liked {
            message.liked_by.remove(&agent);
        }
        let count = message.liked_by.len();
        Ok(self.stated(json!({ "liked": liked, "count": count })))
    }
}

pub(crate) fn connected() -> Response {
    let answer = json!({ "status": true, "message": "Connection check successful" });
    encode(200, &answer)
}
