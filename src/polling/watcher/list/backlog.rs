//! Tickets whose threads are still to be read.

use std::collections::VecDeque;

use crate::model::{RemoteTicket, Time};

/// So many of each kind wait at a time; the others are met again when their page is.
const MOST: usize = 256;
/// One in so many is somebody else's while any of those waits.
const OTHERS_EACH: usize = 4;

/// Whose a listed ticket is; in this order they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// It is linked, and there may be more to learn from it.
    Open,
    /// It is linked or was made by us.
    Ours,
    /// Somebody began it there, and it is to become ours.
    Others,
}

/// A ticket that was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) ticket: RemoteTicket,
    /// When its page was asked for.
    pub(super) at: Time,
}

/// Tickets that wait to be read, each once. A ticket that is listed anew keeps its place, and one that was read goes to
/// the end, so that none starves another.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    ours: VecDeque<Listed>,
    others: VecDeque<Listed>,
    /// How many were taken.
    taken: usize,
}

impl Backlog {
    /// One more, or one that is known to wait, as it is listed now.
    pub(super) fn put(&mut self, standing: Standing, listed: Listed) {
        let is_it = |known: &Listed| known.ticket.id == listed.ticket.id;
        let (queue, other) = match standing {
            Standing::Open | Standing::Ours => (&mut self.ours, &mut self.others),
            Standing::Others => (&mut self.others, &mut self.ours),
        };
        other.retain(|known| !is_it(known));
        if let Some(known) = queue.iter_mut().find(|known| is_it(known)) {
            *known = listed;
        } else if queue.len() < MOST {
            queue.push_back(listed);
        }
    }

    /// The next to be read.
    pub(super) fn take(&mut self) -> Option<Listed> {
        self.taken = self.taken.wrapping_add(1);
        if self.taken.is_multiple_of(OTHERS_EACH) {
            self.others.pop_front().or_else(|| self.ours.pop_front())
        } else {
            self.ours.pop_front().or_else(|| self.others.pop_front())
        }
    }

    /// Whether this ticket waits.
    pub(super) fn has(&self, remote: &str) -> bool {
        let mut waiting = self.ours.iter().chain(&self.others);
        waiting.any(|listed| listed.ticket.id == remote)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ours.is_empty() && self.others.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::polling::tests::window::ticket;

    fn put(backlog: &mut Backlog, standing: Standing, id: &str, second: i64) {
        let ticket = ticket(id, "open", second);
        let at = Time::EPOCH;
        backlog.put(standing, Listed { ticket, at });
    }

    fn take(backlog: &mut Backlog, number: usize) -> Vec<String> {
        let taken = (0..number).map_while(|_| backlog.take());
        taken.map(|listed| listed.ticket.id).collect()
    }

    #[test]
    fn what_is_ours_goes_first_and_leaves_room_for_others() {
        let mut backlog = Backlog::default();
        for id in 1..=3 {
            put(&mut backlog, Standing::Others, &format!("o{id}"), 1);
        }
        for id in 1..=5 {
            put(&mut backlog, Standing::Ours, &format!("{id}"), 1);
        }
        assert!(backlog.has("o3") && backlog.has("5") && !backlog.has("6"));
        let order = ["1", "2", "3", "o1", "4", "5", "o2", "o3"];
        assert_eq!(take(&mut backlog, 9), order);
        assert!(backlog.is_empty());
    }

    #[test]
    fn a_ticket_waits_once_as_it_is_now_and_keeps_its_place() {
        let mut backlog = Backlog::default();
        put(&mut backlog, Standing::Ours, "1", 1);
        put(&mut backlog, Standing::Others, "2", 1);
        put(&mut backlog, Standing::Ours, "3", 1);
        put(&mut backlog, Standing::Ours, "1", 9);
        // It was linked meanwhile.
        put(&mut backlog, Standing::Ours, "2", 1);
        let first = backlog.take().unwrap().ticket;
        assert_eq!(
            (first.id.as_str(), first.changed_at),
            ("1", Some(Time::from_micros(9_000_000)))
        );
        put(&mut backlog, Standing::Ours, "1", 10);
        assert_eq!(take(&mut backlog, 9), ["3", "2", "1"]);
    }

    #[test]
    fn it_is_bounded() {
        let mut backlog = Backlog::default();
        for id in 0..=MOST {
            put(&mut backlog, Standing::Others, &id.to_string(), 1);
        }
        put(&mut backlog, Standing::Ours, "ours", 1);
        assert_eq!(take(&mut backlog, 2 * MOST).len(), MOST + 1);
    }
}
