//! What moves a ticket through its queue, whoever does it.

use jiff::ToSpan as _;

use super::ticket::{Assigned, Called, Cancelled, Interaction, Status};
use super::{Refusal, World};

/// Where a ticket that is returned stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Position {
    First,
    Last,
}

impl World {
    /// Calls a ticket; the caller's other called tickets are served, unless they are kept open.
    pub(crate) fn call(
        &mut self,
        number: u64,
        user: u64,
        desk: Option<u64>,
        keep_open: bool,
    ) -> Result<(), Refusal> {
        self.account.user(user)?;
        let line = self.found(number)?.line;
        if let Some(desk) = desk {
            self.account.desk_at(desk, line)?;
        }
        self.found_in(number, Status::New)?;
        if !keep_open {
            self.serve_others(user);
        }
        let date = self.now();
        let ticket = self.found_in(number, Status::New)?;
        ticket.set(Status::Called, date);
        ticket.called = Some(Called {
            date,
            caller: user,
            desk,
        });
        ticket.interactions.push(Interaction {
            start: date,
            end: None,
            line,
            user,
            desk,
        });
        self.fire("ticket_called", number);
        Ok(())
    }

    fn serve_others(&mut self, user: u64) {
        let of_user = |called: &Called| called.caller == user;
        let others: Vec<u64> = self
            .tickets
            .iter()
            .filter(|(_, ticket)| {
                ticket.status == Status::Called && ticket.called.as_ref().is_some_and(of_user)
            })
            .map(|(number, _)| *number)
            .collect();
        for other in others {
            self.serve(other).expect("a called ticket can be served");
        }
    }

    pub(crate) fn recall(&mut self, number: u64) -> Result<(), Refusal> {
        self.found_in(number, Status::Called)?;
        self.fire("ticket_recalled", number);
        Ok(())
    }

    pub(crate) fn serve(&mut self, number: u64) -> Result<(), Refusal> {
        let date = self.now();
        let ticket = self.found_in(number, Status::Called)?;
        ticket.set(Status::Served, date);
        ticket.served = Some(date);
        self.fire("ticket_served", number);
        Ok(())
    }

    pub(crate) fn no_show(&mut self, number: u64) -> Result<(), Refusal> {
        let date = self.now();
        self.found_in(number, Status::Called)?
            .set(Status::NoShow, date);
        self.fire_undocumented(number);
        Ok(())
    }

    pub(crate) fn cancel(&mut self, number: u64, user: u64) -> Result<(), Refusal> {
        self.account.user(user)?;
        let date = self.now();
        let ticket = self.found_in(number, Status::New)?;
        ticket.set(Status::CancelledByClerk, date);
        ticket.cancelled = Some(Cancelled {
            date,
            canceller: user,
        });
        self.fire("ticket_cancelled", number);
        Ok(())
    }

    pub(crate) fn return_to_queue(
        &mut self,
        number: u64,
        user: u64,
        position: Position,
    ) -> Result<(), Refusal> {
        self.account.user(user)?;
        let line = self.found_in(number, Status::Called)?.line;
        let place = self.place_at(line, position);
        let date = self.now();
        let ticket = self.found_mut(number)?;
        ticket.set(Status::New, date);
        ticket.called = None;
        ticket.order_after = place;
        self.fire("ticket_created", number);
        Ok(())
    }

    fn place_at(&self, line: u64, position: Position) -> Option<jiff::Timestamp> {
        let waiting = self
            .tickets
            .values()
            .filter(|ticket| ticket.line == line && ticket.status == Status::New)
            .map(|ticket| ticket.place());
        match position {
            Position::First => waiting.min().map(|first| first - 1.millisecond()),
            Position::Last => Some(self.now()),
        }
    }

    pub(crate) fn forward(
        &mut self,
        number: u64,
        line: u64,
        user: Option<u64>,
    ) -> Result<(), Refusal> {
        if let Some(user) = user {
            self.account.user(user)?;
        }
        let from = self.found_in(number, Status::Called)?.line;
        let there = self.account.open_line(line)?.location;
        if there != self.account.line(from)?.location {
            return Err(Refusal::new(400, "the line is in another location"));
        }
        let date = self.now();
        let ticket = self.found_mut(number)?;
        ticket.set(Status::New, date);
        ticket.called = None;
        ticket.line = line;
        self.fire_undocumented(number);
        Ok(())
    }

    pub(crate) fn assign(
        &mut self,
        number: u64,
        assigner: u64,
        assignee: u64,
    ) -> Result<(), Refusal> {
        self.account.user(assigner)?;
        self.account.user(assignee)?;
        let illegal = self.illegal;
        let ticket = self.found_mut(number)?;
        if !matches!(ticket.status, Status::New | Status::Called) {
            let status = ticket.status.as_str();
            return Err(Refusal::new(illegal, "Ticket is not in the queue")
                .because(format!("a ticket that is {status} cannot be assigned")));
        }
        ticket.assigned = Some(Assigned { assigner, assignee });
        self.fire_undocumented(number);
        Ok(())
    }

    pub(crate) fn unassign(&mut self, number: u64, user: Option<u64>) -> Result<(), Refusal> {
        if let Some(user) = user {
            self.account.user(user)?;
        }
        self.found_in(number, Status::New)?.assigned = None;
        self.fire_undocumented(number);
        Ok(())
    }

    /// Puts a waiting ticket behind another, or before all.
    pub(crate) fn reorder(&mut self, number: u64, after: Option<u64>) -> Result<(), Refusal> {
        let line = self.found_in(number, Status::New)?.line;
        let place = match after {
            Some(after) => Some(self.found_in(after, Status::New)?.place() + 1.millisecond()),
            None => self.place_at(line, Position::First),
        };
        self.found_mut(number)?.order_after = place;
        self.fire_undocumented(number);
        Ok(())
    }
}
