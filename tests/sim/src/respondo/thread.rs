//! Tickets as the threads that they form.

use super::{Ticket, World};

/// A ticket, and what answers it.
#[derive(Clone, Debug, PartialEq)]
pub struct Thread {
    /// The ticket.
    pub ticket: Ticket,
    /// Its answers, in the order of their making.
    pub answers: Vec<Thread>,
}

impl Thread {
    /// The thread as lines, each text two spaces deeper than what it answers.
    pub fn outline(&self) -> String {
        let mut lines = String::new();
        self.draw(0, &mut lines);
        lines
    }

    fn draw(&self, depth: usize, lines: &mut String) {
        let indent = "  ".repeat(depth);
        lines.push_str(&format!("{indent}{}\n", self.ticket.content));
        for answer in &self.answers {
            answer.draw(depth + 1, lines);
        }
    }
}

impl World {
    /// The threads of a brand, in the order of their first tickets.
    pub fn threads(&self, brand: u64) -> Vec<Thread> {
        // A parent is always older, so every answer is met before what it answers.
        let mut open: Vec<Thread> = Vec::new();
        let tickets = self.tickets.values().rev();
        for ticket in tickets.filter(|ticket| ticket.brand == brand) {
            let is_answer = |thread: &mut Thread| thread.ticket.parent == Some(ticket.id);
            let mut answers: Vec<Thread> = open.extract_if(.., is_answer).collect();
            answers.sort_by_key(|thread| thread.ticket.id);
            open.push(Thread {
                ticket: ticket.clone(),
                answers,
            });
        }
        open.reverse();
        open
    }
}
