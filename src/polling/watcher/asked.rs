//! Single tickets that somebody wants to know about now.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::look::Looked;
use super::round::Round;
use super::{Trouble, Watcher};

/// So many at a time; the poll sees to the others.
const MOST: usize = 1024;
/// A look whose answer was older than what is known by then is repeated after this, then twice as long, and so on.
const PAUSE: Duration = Duration::from_secs(1);
const MOST_REPETITIONS: u32 = 5;
/// So many in a row, then it is somebody else's turn.
const MOST_IN_A_ROW: usize = 16;

/// Tickets to look at, each once at a time.
#[derive(Debug, Default)]
pub(super) struct Asked(HashMap<String, Question>);

#[derive(Debug, Clone, Copy)]
struct Question {
    at: Instant,
    /// How often it was asked in vain.
    repetitions: u32,
}

impl Asked {
    /// Somebody wants to know about a ticket, at this time.
    pub(super) fn ask(&mut self, remote: String, at: Instant) {
        self.put(remote, at, 0);
    }

    /// When the next one is due.
    pub(super) fn next_at(&self) -> Option<Instant> {
        self.0.values().map(|question| question.at).min()
    }

    fn put(&mut self, remote: String, at: Instant, repetitions: u32) {
        if let Some(known) = self.0.get_mut(&remote) {
            known.at = known.at.min(at);
            known.repetitions = known.repetitions.min(repetitions);
        } else if self.0.len() < MOST {
            self.0.insert(remote, Question { at, repetitions });
        }
    }

    /// One that was asked was in doubt all the same.
    pub(super) fn again(&mut self, remote: String, repetitions: u32) {
        if repetitions < MOST_REPETITIONS {
            let at = Instant::now() + PAUSE * (1 << repetitions);
            self.put(remote, at, repetitions + 1);
        }
    }

    /// One that was looked at in its turn was in doubt.
    pub(super) fn after(&mut self, remote: String, looked: Looked) {
        match looked {
            // About that one there will be another turn.
            Looked::Clear | Looked::Unclear => {}
            Looked::InDoubt | Looked::Unsettled => self.again(remote, 0),
        }
    }

    fn take_due(&mut self, now: Instant) -> Option<(String, u32)> {
        let due = self.0.iter().filter(|(_, question)| question.at <= now);
        let first = due.min_by_key(|(_, question)| question.at)?.0.clone();
        let question = self.0.remove(&first)?;
        Some((first, question.repetitions))
    }
}

impl<R: Round> Watcher<R> {
    /// Looks at the tickets that are asked for by now.
    pub(super) async fn look_where_asked(&mut self) -> Result<(), Trouble> {
        for _ in 0..MOST_IN_A_ROW {
            self.hear();
            let Some((remote, repetitions)) = self.asked.take_due(Instant::now()) else {
                break;
            };
            match self.look(&remote).await {
                Ok(Looked::Clear) => {}
                Ok(Looked::InDoubt | Looked::Unsettled | Looked::Unclear) => {
                    self.asked.again(remote, repetitions);
                }
                Err(trouble) => {
                    self.asked.put(remote, Instant::now(), repetitions);
                    return Err(trouble);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_ticket_is_asked_for_once_at_a_time_and_the_first_comes_first() {
        let mut asked = Asked::default();
        let now = Instant::now();
        asked.ask("later".to_owned(), now + PAUSE);
        asked.ask("now".to_owned(), now);
        asked.again("now".to_owned(), 3);
        assert_eq!(asked.next_at(), Some(now));
        assert_eq!(asked.take_due(now), Some(("now".to_owned(), 0)));
        assert_eq!(asked.take_due(now), None);
        asked.ask("later".to_owned(), now);
        assert_eq!(asked.take_due(now), Some(("later".to_owned(), 0)));
        assert_eq!(asked.next_at(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn doubt_leads_to_another_question_a_few_times() {
        let mut asked = Asked::default();
        let mut pauses = Vec::new();
        let mut repetitions = 0;
        loop {
            asked.again("1".to_owned(), repetitions);
            let Some(at) = asked.next_at() else { break };
            pauses.push((at - Instant::now()).as_secs());
            repetitions = asked.take_due(at).unwrap().1;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16]);
        for id in 0..=MOST {
            asked.ask(id.to_string(), Instant::now());
        }
        assert_eq!(asked.0.len(), MOST);
    }
}
