//! What people do in the portal, as a test's word.

use super::deeds::Opening;
use super::ticket::{Author, Message, Status, Ticket};
use super::{DeskHive, Refusal, World};

type Done = Result<(), Refusal>;

impl DeskHive {
    /// A customer with this name and address, who may be new.
    pub fn customer(&self, name: &str, email: &str) -> u64 {
        self.book.change(|world| {
            let known = world.customers.values().find(|each| each.email == email);
            match known.map(|each| each.id) {
                Some(id) => id,
                None => world.add_customer(name.to_owned(), email.to_owned()),
            }
        })
    }

    /// A customer opens a ticket, whose id this is; its department is the default one, and so are its agents.
    pub fn customer_creates_ticket(
        &self,
        customer: u64,
        title: &str,
        content: &str,
    ) -> Result<u64, Refusal> {
        self.customer_creates_ticket_with(customer, title, content, |_| {})
    }

    /// A customer opens a ticket, and says more; what `describe` makes of it is not judged, and its id stays.
    pub fn customer_creates_ticket_with(
        &self,
        customer: u64,
        title: &str,
        content: &str,
        describe: impl FnOnce(&mut Ticket),
    ) -> Result<u64, Refusal> {
        self.book.change(|world| {
            if !world.customers.contains_key(&customer) {
                return Err(nobody("Customer", customer));
            }
            let id = world.open(Opening {
                customer,
                title: title.to_owned(),
                content: content.to_owned(),
                department: None,
                category: None,
                product: None,
                priority: None,
            });
            if let Some(ticket) = world.tickets.get_mut(&id) {
                describe(ticket);
                ticket.id = id;
            }
            Ok(id)
        })
    }

    /// The customer of a ticket writes, and opens it again if it was closed; refused if it is locked.
    ///
    /// Returns the id of the message, as all that write do.
    pub fn customer_replies(&self, ticket: u64, text: &str) -> Result<u64, Refusal> {
        self.book.change(|world| {
            let found = world.found(ticket)?;
            if found.is_locked {
                return Err(Refusal::thrown(403, "This ticket is locked."));
            }
            let customer = found
                .customer
                .ok_or_else(|| nobody("Customer of", ticket))?;
            world.say(ticket, Author::Customer(customer), text, false)
        })
    }

    /// An agent writes to the customer in the portal, locked or not.
    pub fn agent_replies(&self, ticket: u64, agent: u64, text: &str) -> Result<u64, Refusal> {
        self.by_agent(ticket, agent, text, false)
    }

    /// An agent writes a note that the customer does not see.
    pub fn agent_notes(&self, ticket: u64, agent: u64, text: &str) -> Result<u64, Refusal> {
        self.by_agent(ticket, agent, text, true)
    }

    fn by_agent(&self, ticket: u64, agent: u64, text: &str, note: bool) -> Result<u64, Refusal> {
        self.book.change(|world| {
            if !world.account.agents.contains_key(&agent) {
                return Err(nobody("Agent", agent));
            }
            world.say(ticket, Author::Agent(agent), text, note)
        })
    }

    /// The administrator with this id (at first there is only 1) writes to the customer.
    pub fn admin_replies(&self, ticket: u64, user: u64, text: &str) -> Result<u64, Refusal> {
        self.book.change(|world| {
            if !world.account.users.contains_key(&user) {
                return Err(nobody("User", user));
            }
            world.say(ticket, Author::User(user), text, false)
        })
    }

    /// Somebody gives a ticket another status, of which its agents are told.
    pub fn set_status(&self, ticket: u64, status: Status) -> Done {
        self.act(ticket, |world| {
            if world.found(ticket)?.status != status {
                world.set_status(ticket, status);
                world.tell(ticket, "ticket_status", None);
            }
            Ok(())
        })
    }

    /// Somebody closes a ticket.
    pub fn close(&self, ticket: u64) -> Done {
        self.set_status(ticket, Status::Closed)
    }

    /// An administrator locks a ticket.
    pub fn lock(&self, ticket: u64) -> Done {
        self.edit(ticket, |ticket| ticket.is_locked = true)
    }

    /// An administrator unlocks a ticket.
    pub fn unlock(&self, ticket: u64) -> Done {
        self.edit(ticket, |ticket| ticket.is_locked = false)
    }

    /// A ticket is assigned to an agent, who sees it from now on and is told.
    pub fn assign(&self, ticket: u64, agent: u64) -> Done {
        self.act(ticket, |world| {
            if !world.account.agents.contains_key(&agent) {
                return Err(nobody("Agent", agent));
            }
            world.assign(ticket, agent);
            Ok(())
        })
    }

    /// A ticket is taken from an agent, who sees it no more.
    pub fn unassign(&self, ticket: u64, agent: u64) -> Done {
        self.act(ticket, |world| {
            let touches = world.variations.assignments_touch_ticket;
            world.change_beside(ticket, touches, |each| {
                each.agents.retain(|each| *each != agent);
            });
            Ok(())
        })
    }

    /// A ticket gets a label.
    pub fn label(&self, ticket: u64, label: u64) -> Done {
        self.act(ticket, |world| {
            let known = world.account.labels.contains_key(&label);
            if !known {
                return Err(nobody("Label", label));
            }
            let mut labels = world.found(ticket)?.labels.clone();
            labels.push(label);
            world.update(ticket, None, None, Some(labels));
            Ok(())
        })
    }

    /// Somebody changes a ticket; what `change` makes of it is not judged, and its id stays.
    pub fn edit(&self, ticket: u64, change: impl FnOnce(&mut Ticket)) -> Done {
        self.act(ticket, |world| {
            world.change(ticket, |each| {
                change(each);
                each.id = ticket;
            });
            Ok(())
        })
    }

    /// An agent rewrites a message in the portal.
    pub fn edit_message(&self, ticket: u64, message: u64, text: &str) -> Done {
        self.act(ticket, |world| {
            let now = world.now();
            let found = message_of(world, ticket, message)?;
            found.content = text.trim().to_owned();
            found.updated_at = now;
            let touches = world.variations.edits_touch_ticket;
            world.change_beside(ticket, touches, |_| {});
            Ok(())
        })
    }

    /// An agent deletes a message in the portal.
    pub fn delete_message(&self, ticket: u64, message: u64) -> Done {
        self.act(ticket, |world| {
            message_of(world, ticket, message)?;
            let touches = world.variations.edits_touch_ticket;
            world.change_beside(ticket, touches, |each| {
                each.messages.retain(|each| each.id != message);
            });
            Ok(())
        })
    }

    /// A ticket vanishes; every call for it is 404 from now on.
    pub fn delete(&self, ticket: u64) -> Done {
        self.act(ticket, |world| {
            world.tickets.remove(&ticket);
            Ok(())
        })
    }

    /// A customer vanishes, and the tickets stay without one.
    pub fn delete_customer(&self, customer: u64) {
        self.book.change(|world| {
            world.customers.remove(&customer);
            for ticket in world.tickets.values_mut() {
                ticket.customer = ticket.customer.filter(|each| *each != customer);
            }
        });
    }

    fn act(&self, ticket: u64, act: impl FnOnce(&mut World) -> Done) -> Done {
        self.book.change(|world| {
            world.found(ticket)?;
            act(world)
        })
    }
}

fn message_of(world: &mut World, ticket: u64, id: u64) -> Result<&mut Message, Refusal> {
    let mut messages = world.found_mut(ticket)?.messages.iter_mut();
    let found = messages.find(|each| each.id == id);
    found.ok_or_else(|| nobody("Message", id))
}

fn nobody(what: &str, id: u64) -> Refusal {
    Refusal::thrown(404, "Not found").because(format!("there is no {what} {id}"))
}
