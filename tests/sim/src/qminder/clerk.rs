//! What visitors and clerks do at their end, as a test's word; each fires the webhooks that the documents name.

use super::queue::Position;
use super::search::ticket_number;
use super::ticket::{MessageKind, Ticket};
use super::{Qminder, Refusal, World};

type Done = Result<(), Refusal>;

impl Qminder {
    /// A visitor signs in at the desk: a NEW ticket in this line, whose id this is.
    pub fn visitor(&self, line: u64, first_name: &str) -> Result<String, Refusal> {
        self.visitor_with(line, first_name, |_| {})
    }

    /// A visitor signs in, and says more; what `describe` makes of the ticket, its id included, is not judged.
    pub fn visitor_with(
        &self,
        line: u64,
        first_name: &str,
        describe: impl FnOnce(&mut Ticket),
    ) -> Result<String, Refusal> {
        self.book.change(|world| {
            world.account.open_line(line)?;
            let (number, now) = (world.number_ticket(), world.now());
            let mut ticket = Ticket::new(number, line, first_name, now);
            ticket.source = "NAME".to_owned();
            describe(&mut ticket);
            Ok(world.add(ticket).to_string())
        })
    }

    /// A clerk calls a ticket; the clerk's other called tickets stay open.
    pub fn call(&self, id: &str, user: u64) -> Done {
        self.act(id, |world, number| world.call(number, user, None, true))
    }

    /// A clerk calls a ticket once more.
    pub fn recall(&self, id: &str) -> Done {
        self.act(id, World::recall)
    }

    /// A called ticket is served.
    pub fn serve(&self, id: &str) -> Done {
        self.act(id, World::serve)
    }

    /// The visitor of a called ticket did not come.
    pub fn no_show(&self, id: &str) -> Done {
        self.act(id, World::no_show)
    }

    /// A clerk removes a waiting ticket.
    pub fn cancel(&self, id: &str, user: u64) -> Done {
        self.act(id, |world, number| world.cancel(number, user))
    }

    /// A clerk puts a called ticket back at the end of the queue.
    pub fn return_to_queue(&self, id: &str, user: u64) -> Done {
        self.act(id, |world, number| {
            world.return_to_queue(number, user, Position::Last)
        })
    }

    /// A clerk sends a called ticket to another line.
    pub fn forward(&self, id: &str, line: u64) -> Done {
        self.act(id, |world, number| world.forward(number, line, None))
    }

    /// A clerk gives a ticket to another, or to themselves.
    pub fn assign(&self, id: &str, assigner: u64, assignee: u64) -> Done {
        self.act(id, |world, number| world.assign(number, assigner, assignee))
    }

    /// A clerk labels a ticket.
    pub fn label(&self, id: &str, value: &str) -> Done {
        self.act(id, |world, number| {
            world.add_label(number, value).map(|_| ())
        })
    }

    /// A clerk changes what a ticket says of its visitor; what `change` makes of it is not judged.
    pub fn edit(&self, id: &str, change: impl FnOnce(&mut Ticket)) -> Done {
        self.act(id, |world, number| {
            change(world.found_mut(number)?);
            world.fire("ticket_changed", number);
            Ok(())
        })
    }

    /// The visitor writes.
    pub fn incoming_sms(&self, id: &str, text: &str) -> Done {
        self.sms(id, MessageKind::Incoming, text, None)
    }

    /// A clerk writes to the visitor.
    pub fn outgoing_sms(&self, id: &str, text: &str, user: u64) -> Done {
        self.sms(id, MessageKind::Outgoing, text, Some(user))
    }

    /// Qminder writes to the visitor of its own accord.
    pub fn automatic_sms(&self, id: &str, text: &str) -> Done {
        self.sms(id, MessageKind::Automated, text, None)
    }

    fn sms(&self, id: &str, kind: MessageKind, text: &str, user: Option<u64>) -> Done {
        self.act(id, |world, number| world.message(number, kind, text, user))
    }

    /// A ticket vanishes, as visitors' data do after their time; every call for it is 404 from now on.
    pub fn delete(&self, id: &str) -> Done {
        self.act(id, |world, number| {
            world.found(number)?;
            world.tickets.remove(&number);
            Ok(())
        })
    }

    fn act(&self, id: &str, act: impl FnOnce(&mut World, u64) -> Done) -> Done {
        self.book.change(|world| act(world, ticket_number(id)?))
    }
}
