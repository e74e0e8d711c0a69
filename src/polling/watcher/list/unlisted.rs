//! Tickets of ours that no page has: the list may hide them, or they are gone.

use std::collections::{BTreeSet, HashSet, VecDeque};

use super::{List, Trouble, Watcher};

/// Looks in a turn. More than may be gone at once without one that is there.
const MOST_LOOKS: usize = 5;

/// Which open tickets of ours were listed, and which wait to be looked at singly, the longest waiting first.
#[derive(Debug, Default)]
pub(super) struct Unlisted {
    /// In the round that is under way.
    listed: HashSet<String>,
    /// The last of them.
    witness: Option<String>,
    waiting: VecDeque<String>,
}

impl Unlisted {
    /// These tickets are on a page. Whether any of ours that are `open` is among them.
    pub(super) fn see<'a>(&mut self, page: impl Iterator<Item = &'a str>, open: &[String]) -> bool {
        let open: HashSet<&str> = open.iter().map(String::as_str).collect();
        let here: Vec<&str> = page.filter(|id| open.contains(id)).collect();
        self.waiting.retain(|id| !here.contains(&id.as_str()));
        if let Some(first) = here.first() {
            self.witness = Some((*first).to_owned());
        }
        let is_met = !here.is_empty();
        self.listed.extend(here.into_iter().map(str::to_owned));
        is_met
    }

    /// All pages were read: who was on none of them is looked at.
    pub(super) fn end_round(&mut self, open: &[String]) {
        let listed = std::mem::take(&mut self.listed);
        let still: HashSet<&str> = open.iter().map(String::as_str).collect();
        self.waiting.retain(|id| still.contains(id.as_str()));
        let mut known: HashSet<String> = self.waiting.iter().cloned().collect();
        for id in open {
            if !listed.contains(id) && known.insert(id.clone()) {
                self.waiting.push_back(id.clone());
            }
        }
    }
}

impl Watcher<List> {
    /// Looks at tickets of ours that are on no page, as many as a turn has room for.
    pub(super) async fn look_at_unlisted(&mut self) -> Result<(), Trouble> {
        for _ in 0..MOST_LOOKS {
            self.look_where_asked().await?;
            let Some(remote) = self.round.unlisted.waiting.pop_front() else {
                break;
            };
            let looked = self.look(&remote).await?;
            self.asked.after(remote, looked);
        }
        if !self.missing.is_empty() && !self.met_ours {
            // This page had none of ours: is one still there that another page had?
            if let Some(witness) = self.round.unlisted.witness.take() {
                let looked = self.look(&witness).await?;
                self.asked.after(witness, looked);
            }
        }
        let missing: BTreeSet<String> = self.missing.clone();
        let told = self.tell_missing().await;
        if told.is_err() {
            // Nobody believes it yet; the same ones are looked at again, so that they are never few.
            let waiting = &mut self.round.unlisted.waiting;
            waiting.retain(|remote| !missing.contains(remote));
            for remote in missing.into_iter().rev() {
                waiting.push_front(remote);
            }
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn who_is_on_no_page_of_a_round_waits_until_a_page_has_them_the_longest_waiting_first() {
        let mut unlisted = Unlisted::default();
        let open = ids(&["1", "2", "3"]);
        assert!(unlisted.see(["2", "9"].into_iter(), &open));
        assert!(!unlisted.see(["8"].into_iter(), &open));
        assert!(unlisted.waiting.is_empty());
        assert_eq!(unlisted.witness.as_deref(), Some("2"));
        unlisted.end_round(&open);
        assert_eq!(unlisted.waiting, ["1", "3"]);
        // The next round: 1 is listed, 2 is not, 3 waits longer, and 4 is new.
        unlisted.see(["1"].into_iter(), &open);
        assert_eq!(unlisted.waiting, ["3"]);
        unlisted.end_round(&ids(&["1", "2", "3", "4"]));
        assert_eq!(unlisted.waiting, ["3", "2", "4"]);
        // 3 is over.
        unlisted.end_round(&ids(&["1", "2"]));
        assert_eq!(unlisted.waiting, ["2", "1"]);
    }
}
