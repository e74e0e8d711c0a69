//! Which tickets of a page are to be read.

use crate::model::{Link, LinkState, Maker, Phase, RemoteTicket, Time};
use crate::polling::memory::Fingerprint;

use super::backlog::{Listed, Standing};
use super::{List, Trouble, Watcher};

impl Watcher<List> {
    /// Puts those tickets of a page in the backlog that concern us and are not known as they are. `at`: when the page
    /// was asked for.
    pub(super) async fn sort(&mut self, page: Vec<RemoteTicket>, at: Time) -> Result<(), Trouble> {
        let mut changed: Vec<(Standing, RemoteTicket)> = Vec::new();
        for ticket in page {
            if let Some(standing) = self.standing(&ticket).await? {
                changed.push((standing, ticket));
            }
        }
        changed.sort_by_key(|(standing, _)| *standing);
        for (standing, ticket) in changed {
            self.round.backlog.put(standing, Listed { ticket, at });
        }
        Ok(())
    }

    /// Whose a ticket is from which there may be something to learn.
    async fn standing(&mut self, ticket: &RemoteTicket) -> Result<Option<Standing>, Trouble> {
        let seen = Fingerprint::of_listed(ticket);
        let told = self.memory.told(&ticket.id);
        if told == Some(seen) {
            return Ok(None);
        }
        for index in 0..self.queue.parties.len() {
            let (system, id) = (self.queue.parties[index].system.clone(), ticket.id.clone());
            let Some((_, link)) = self.with.store.link(system, id).await? else {
                continue;
            };
            // The link tells no less than was told before a restart, but less than what was told since.
            if told.is_none() && is_as_known(&link, ticket) {
                self.memory.keep(&ticket.id, seen);
                return Ok(None);
            }
            let is_open = link.followed() == Some(ticket.id.as_str());
            return Ok(Some(if is_open {
                Standing::Open
            } else {
                Standing::Ours
            }));
        }
        Ok(match ticket.made_by {
            Maker::Us(_) => Some(Standing::Ours),
            // What is over begins nothing here.
            Maker::Somebody => {
                let is_open = matches!(ticket.phase, Some(Phase::Waiting | Phase::Attended));
                (is_open && self.queue.imports()).then_some(Standing::Others)
            }
            Maker::OtherBridge => None,
        })
    }
}

/// Whether a list shows nothing of a linked ticket that is not known, and nothing of it is left to hear.
fn is_as_known(link: &Link, listed: &RemoteTicket) -> bool {
    link.state != LinkState::Gone
        && !link.unheard
        && link.changed_at == listed.changed_at
        && link.status == listed.status
        && (listed.priority.is_none() || link.priority == listed.priority)
        && listed
            .labels
            .as_ref()
            .is_none_or(|labels| link.labels == *labels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DeliveryId, Priority};
    use crate::polling::tests::window::ticket;

    #[test]
    fn a_link_knows_a_ticket_by_all_that_acts_and_only_once_it_was_heard() {
        let listed = RemoteTicket {
            priority: Some(Priority::High),
            labels: Some(vec!["vip".to_owned()]),
            ..ticket("7", "open", 5)
        };
        let link = Link {
            state: LinkState::Waiting,
            remote: Some("7".to_owned()),
            status: "open".to_owned(),
            changed_at: listed.changed_at,
            priority: Some(Priority::High),
            labels: vec!["vip".to_owned()],
            ..Link::wanted("desk", DeliveryId(1), Time::EPOCH)
        };
        assert!(is_as_known(&link, &listed));
        let unnamed = RemoteTicket {
            priority: None,
            labels: None,
            ..listed.clone()
        };
        assert!(
            is_as_known(&link, &unnamed),
            "what is not told is no change"
        );
        let change = |change: fn(&mut Link)| {
            let mut changed = link.clone();
            change(&mut changed);
            is_as_known(&changed, &listed)
        };
        assert!(!change(|link| link.state = LinkState::Gone));
        assert!(!change(|link| link.unheard = true));
        assert!(!change(|link| link.changed_at = None));
        assert!(!change(|link| link.status = "closed".to_owned()));
        assert!(!change(|link| link.priority = None));
        assert!(!change(|link| link.labels.clear()));
    }
}
