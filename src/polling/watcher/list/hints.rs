//! Notifications: they tell sooner than the list what happened to a ticket on a late page. They are an extra, for not
//! everything raises one.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::polling::{Hint, Unseen};

use super::{List, Trouble, Watcher, threads};

/// Where they are refused, or make no sense.
const REFUSED_FOR: Duration = Duration::from_secs(6 * 3600);
/// Where only they may be what fails; the list goes on without them.
const FAILED_FOR: Duration = Duration::from_secs(600);
/// Those about so many tickets are remembered until they were followed; some tickets are gone.
const MOST: usize = 1024;

/// Which hints are known.
#[derive(Debug, Default)]
pub(super) struct Hints {
    /// The newest of those that were met; nothing before the first answer.
    newest: Option<u64>,
    /// Those whose tickets are to be looked at, by ticket.
    open: BTreeMap<String, Vec<u64>>,
    /// Those that were followed, which nobody has been told yet.
    followed: VecDeque<u64>,
    not_before: Option<Instant>,
}

impl Hints {
    /// Those to act upon: all that came since the last answer, and those of the first answer that nobody has read.
    fn fresh(&self, hints: &[Hint]) -> Vec<Hint> {
        let is_fresh = |hint: &&Hint| match self.newest {
            Some(newest) => hint.id > newest,
            None => !hint.is_read,
        };
        hints.iter().filter(is_fresh).cloned().collect()
    }

    fn remember(&mut self, hints: &[Hint]) {
        let newest = hints.iter().map(|hint| hint.id).max();
        self.newest = self.newest.max(newest).or(Some(0));
    }

    fn wait(&mut self, hint: &Hint) {
        let waiting = self.open.entry(hint.remote.clone()).or_default();
        waiting.push(hint.id);
        if self.open.len() > MOST {
            self.open.pop_first();
        }
    }

    /// What there is to know of a ticket was told.
    pub(super) fn told(&mut self, remote: &str) {
        self.followed
            .extend(self.open.remove(remote).unwrap_or_default());
    }

    fn put_aside(&mut self, time: Duration) {
        self.not_before = Some(Instant::now() + time);
    }

    fn are_put_aside(&self) -> bool {
        self.not_before.is_some_and(|then| Instant::now() < then)
    }
}

impl Watcher<List> {
    /// Asks for hints, and has the tickets looked at that they are about.
    pub(super) async fn ask_for_hints(&mut self) -> Result<(), Trouble> {
        if self.round.hints.are_put_aside() {
            return Ok(());
        }
        let hints = match threads(&self.with, self.system())?.hints().await {
            Ok(hints) => hints,
            Err(unseen) => return self.do_without_hints(unseen),
        };
        let is_first = self.round.hints.newest.is_none();
        for hint in self.round.hints.fresh(&hints) {
            self.follow(&hint, is_first).await?;
        }
        self.round.hints.remember(&hints);
        self.say_followed().await
    }

    async fn follow(&mut self, hint: &Hint, is_first: bool) -> Result<(), Trouble> {
        let remote = &hint.remote;
        if !self.queue.imports() && !self.is_linked(remote).await? {
            return Ok(());
        }
        self.news = true;
        self.round.hints.wait(hint);
        // What nobody read for long may well be known.
        if is_first && self.memory.told(remote).is_some() {
            self.round.hints.told(remote);
        } else if !self.round.backlog.has(remote) {
            self.asked.ask(remote.clone(), Instant::now());
        }
        Ok(())
    }

    /// Says which hints were followed. That is a kindness and is not tried twice, unless we were told to wait.
    async fn say_followed(&mut self) -> Result<(), Trouble> {
        while let Some(hint) = self.round.hints.followed.pop_front() {
            match threads(&self.with, self.system())?.followed(hint).await {
                Ok(()) => {}
                Err(Unseen::Forbidden(detail) | Unseen::Unclear(detail)) => {
                    tracing::debug!(
                        system = self.system(),
                        detail,
                        "a notification stays unread"
                    );
                }
                Err(unseen @ Unseen::Away(_)) => return Err(unseen.into()),
                Err(unseen @ Unseen::Throttled { .. }) => {
                    self.round.hints.followed.push_front(hint);
                    return Err(unseen.into());
                }
            }
        }
        Ok(())
    }

    fn do_without_hints(&mut self, unseen: Unseen) -> Result<(), Trouble> {
        match unseen {
            Unseen::Forbidden(detail) | Unseen::Unclear(detail) => {
                tracing::debug!(system = self.system(), detail, "there are no notifications");
                self.round.hints.put_aside(REFUSED_FOR);
                Ok(())
            }
            Unseen::Throttled { .. } | Unseen::Away(_) => {
                self.round.hints.put_aside(FAILED_FOR);
                Err(unseen.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(id: u64, is_read: bool) -> Hint {
        Hint {
            id,
            remote: format!("t{id}"),
            is_read,
        }
    }

    fn fresh(hints: &mut Hints, answer: &[Hint]) -> Vec<u64> {
        let fresh = hints.fresh(answer);
        hints.remember(answer);
        fresh.iter().map(|hint| hint.id).collect()
    }

    #[test]
    fn each_hint_is_fresh_once_and_of_the_first_ones_those_that_nobody_read() {
        let mut hints = Hints::default();
        assert_eq!(fresh(&mut hints, &[hint(5, false), hint(4, true)]), [5]);
        assert!(fresh(&mut hints, &[hint(5, false), hint(4, true)]).is_empty());
        // In whatever order, and also where somebody there was faster to read it.
        let more = [hint(4, true), hint(6, true), hint(7, false)];
        assert_eq!(fresh(&mut hints, &more), [6, 7]);
        assert!(fresh(&mut hints, &[]).is_empty());
        assert!(fresh(&mut hints, &[hint(7, false)]).is_empty());
        let mut none_at_first = Hints::default();
        assert!(fresh(&mut none_at_first, &[]).is_empty());
        assert_eq!(fresh(&mut none_at_first, &[hint(1, true)]), [1]);
    }

    #[test]
    fn hints_are_followed_once_their_ticket_was_told() {
        let mut hints = Hints::default();
        for id in [1, 2] {
            let remote = "7".to_owned();
            let is_read = false;
            hints.wait(&Hint {
                id,
                remote,
                is_read,
            });
        }
        hints.told("8");
        assert!(hints.followed.is_empty());
        hints.told("7");
        hints.told("7");
        assert_eq!(hints.followed, [1, 2]);
    }
}
