//! A visit in a line, with the record beside it.

use std::sync::Arc;

use crate::model::{Command, DeliveryId, DeliveryState, Link, LinkState, Maker, Mend};
use crate::model::{RemoteTicket, Time};
use crate::plan::is_heard;
use crate::store::DeliveryQuery;
use crate::systems::qminder::{Beside, Desk, Standing};

use super::ask::Silent;
use super::drift::{Cure, Drift, Found};
use super::ticket::{Halt, Looked, Side};
use super::{ReconcileError, Reconciling};

/// More deliveries of one ticket to one system are not looked through.
pub(super) const MOST_DELIVERIES: usize = 1000;

impl Reconciling {
    pub(super) async fn at_desk(&self, looked: &Looked<'_>, side: Side) -> Result<Side, Halt> {
        let link = looked.link;
        let (LinkState::Waiting | LinkState::Attended | LinkState::Ended, Some(remote)) =
            (link.state, link.remote.as_deref())
        else {
            return Ok(side.counted(|tally| tally.gone += 1));
        };
        let Some(desk) = self.systems.desk(&link.system) else {
            return Ok(side.counted(|tally| tally.unclear += 1));
        };
        let asked_at = self.clock.now();
        let standing = desk.standing(remote).await;
        let standing = standing.map_err(|trouble| self.silent(link, &trouble))?;
        let Some(standing) = standing else {
            let side = side.counted(|tally| tally.compared += 1);
            return Ok(side.with(looked.is_first.then(|| missing(link, remote))));
        };
        let mut side = side.counted(|tally| tally.compared += 1);
        if looked.is_first {
            let made_by = self.made_by(looked).await?;
            let wanted = made_by.map(|made_by| desk.label_of(made_by));
            side = side.with(told(link, &standing.seen, asked_at)).with(labels(
                link,
                &standing,
                wanted.as_deref(),
            ));
        }
        match self.record(looked, &desk, remote).await? {
            Ok(found) => Ok(side.with(found)),
            Err(Unread) => Ok(side.counted(|tally| tally.records_unread += 1)),
        }
    }

    /// The delivery that made the newest visit.
    async fn made_by(&self, looked: &Looked<'_>) -> Result<Option<DeliveryId>, ReconcileError> {
        let query = DeliveryQuery {
            state: None,
            system: Some(looked.link.system.clone()),
            ticket: Some(looked.ticket.id),
            limit: MOST_DELIVERIES,
        };
        let deliveries = self.store.deliveries(query).await?;
        let made = deliveries.into_iter().find(|delivery| {
            let is_done = matches!(delivery.state, DeliveryState::Delivered { .. });
            is_done && matches!(delivery.command, Command::CreateTicket { .. })
        });
        Ok(made.map(|made| made.id))
    }

    async fn record(
        &self,
        looked: &Looked<'_>,
        desk: &Desk,
        remote: &str,
    ) -> Result<Result<Option<Found>, Unread>, Halt> {
        // One that was never sent, beside a visitor's own ticket, need not be there.
        if looked.link.record.is_none() {
            return Ok(Ok(None));
        }
        let Some(conversation) = self.store.conversation(looked.ticket.id).await? else {
            return Ok(Ok(None));
        };
        let beside = match desk.beside(remote, &conversation).await {
            Ok(beside) => beside,
            Err(trouble) => {
                return match Silent::of(&looked.link.system, &trouble, &*self.clock) {
                    // Not every key may read records.
                    Silent::All(stopped) if stopped.again == super::Again::Never => Ok(Err(Unread)),
                    Silent::This(_) => Ok(Err(Unread)),
                    silent @ Silent::All(_) => Err(Halt::Silent(silent)),
                };
            }
        };
        let there = match beside {
            Beside::Same => return Ok(Ok(None)),
            Beside::Other => "another one",
            Beside::Absent => "none",
        };
        let cure = Cure::Mend(Mend::Record);
        Ok(Ok(Some(Found::new(
            Drift::Record,
            "the newest",
            there,
            cure,
        ))))
    }

    pub(super) fn silent(&self, link: &Link, trouble: &crate::systems::Trouble) -> Halt {
        Halt::Silent(Silent::of(&link.system, trouble, &*self.clock))
    }
}

/// The record could not be read back.
struct Unread;

pub(super) fn missing(link: &Link, remote: &str) -> Found {
    let here = match link.status.as_str() {
        "" => "linked",
        status => status,
    };
    let cure = Cure::TellGone(remote.to_owned());
    Found::new(Drift::Missing, here, "deleted", cure)
}

/// What changed there and is not known here.
pub(super) fn told(link: &Link, there: &RemoteTicket, asked_at: Time) -> Vec<Found> {
    let there = Arc::new(there.clone());
    let tell = || Cure::Tell(Arc::clone(&there), asked_at);
    let mut found = Vec::new();
    if link.status != there.status {
        let (here, there) = (&link.status, &there.status);
        found.push(Found::new(Drift::Status, here, there, tell()));
    }
    if let (Some(here), Some(now)) = (link.priority, there.priority)
        && here != now
    {
        let (here, now) = (here.to_string(), now.to_string());
        found.push(Found::new(Drift::Priority, here, now, tell()));
    }
    let messages = there.messages.iter().flatten();
    let unheard = messages.filter(|message| !is_heard(link, message)).count();
    if unheard > 0 {
        let there = match unheard {
            1 => "1 message".to_owned(),
            many => format!("{many} messages"),
        };
        found.push(Found::new(Drift::Unheard, "not known", there, tell()));
    }
    found
}

/// What we labelled it; a visit that is over needs none.
fn labels(link: &Link, standing: &Standing, wanted: Option<&str>) -> Vec<Found> {
    let is_there = |name: &str| standing.labels.iter().any(|label| label == name);
    let lost = |name: &str| {
        let cure = Cure::Mend(Mend::Label(name.to_owned()));
        Found::new(Drift::Label, "put there", "not there", cure)
    };
    if !link.is_open() || standing.seen.phase == Some(crate::model::Phase::Ended) {
        return Vec::new();
    }
    // Another bridge's is the one that it had before the store was restored.
    let is_marked = standing.seen.made_by != Maker::Somebody;
    let mark = wanted.filter(|_| !is_marked);
    let ours = link.labels.iter().map(String::as_str);
    ours.chain(mark)
        .filter(|name| !is_there(name))
        .map(lost)
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::model::{Person, Phase, Priority, RemoteMessage, RemoteSender, Visibility};

    use super::*;

    fn link(status: &str) -> Link {
        Link {
            state: LinkState::Waiting,
            remote: Some("7".to_owned()),
            status: status.to_owned(),
            ..Link::wanted("front-desk", DeliveryId(1), Time::EPOCH)
        }
    }

    fn remote(status: &str) -> RemoteTicket {
        RemoteTicket {
            id: "7".to_owned(),
            status: status.to_owned(),
            phase: Some(Phase::Waiting),
            made_by: Maker::Us(DeliveryId(1)),
            changed_at: None,
            created_at: None,
            ended_at: None,
            assignee: None,
            priority: None,
            labels: None,
            person: Person::default(),
            opening: String::new(),
            details: Vec::new(),
            fates: Vec::new(),
            messages: None,
            unsettled: false,
        }
    }

    fn message(number: u64) -> RemoteMessage {
        RemoteMessage {
            number: Some(number),
            at: Time::EPOCH,
            from: RemoteSender::Customer,
            text: "secret".to_owned(),
            visibility: Visibility::Public,
        }
    }

    fn shown(found: &[Found]) -> Vec<(&str, &str, &str)> {
        let shown = found.iter();
        let shown = shown.map(|of| (of.drift.word(), of.here.as_str(), of.there.as_str()));
        shown.collect()
    }

    #[test]
    fn what_changed_there_is_found() {
        let of = |link: &Link, there: &RemoteTicket| {
            let found = told(link, there, Time::EPOCH);
            let shown = shown(&found).into_iter();
            shown
                .map(|(drift, here, there)| format!("{drift} {here} {there}"))
                .collect::<Vec<String>>()
        };
        let same = Vec::<String>::new();
        assert_eq!(of(&link("NEW"), &remote("NEW")), same);
        assert_eq!(of(&link("NEW"), &remote("SERVED")), ["status NEW SERVED"]);
        let mut urgent = remote("open");
        urgent.priority = Some(Priority::High);
        // Of one that was never seen there is nothing to differ from.
        assert_eq!(of(&link("open"), &urgent), same);
        let mut known = link("open");
        known.priority = Some(Priority::Low);
        assert_eq!(of(&known, &urgent), ["priority low high"]);
        let mut talkative = remote("NEW");
        talkative.messages = Some(vec![message(3), message(4), message(5)]);
        let mut heard = link("NEW");
        heard.heard_to = 3;
        heard.heard = vec!["5".to_owned()];
        assert_eq!(of(&heard, &talkative), ["unheard not known 1 message"]);
        let none = link("NEW");
        assert_eq!(of(&none, &talkative), ["unheard not known 3 messages"]);
    }

    #[test]
    fn labels_of_ours_are_missed_while_the_visit_lasts() {
        let mark = "tb-00aa11bb22cc-1";
        let standing = |labels: &[&str], seen: RemoteTicket| Standing {
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            seen,
        };
        let unmarked = || RemoteTicket {
            made_by: Maker::Somebody,
            ..remote("NEW")
        };
        let mut labelled = link("NEW");
        labelled.labels = vec!["Bug".to_owned()];
        let ended = Link {
            state: LinkState::Ended,
            ..labelled.clone()
        };
        let over = RemoteTicket {
            phase: Some(Phase::Ended),
            ..unmarked()
        };
        for (link, standing, expected) in [
            (&labelled, standing(&["Bug", mark], remote("NEW")), 0),
            (&labelled, standing(&[mark], remote("NEW")), 1),
            (&labelled, standing(&["Bug"], unmarked()), 1),
            (&labelled, standing(&[], unmarked()), 2),
            // That of the bridge before the store was restored.
            (
                &labelled,
                standing(&["Bug", "tb-ffffffffffff-1"], remote("NEW")),
                0,
            ),
            (&ended, standing(&[], unmarked()), 0),
            (&labelled, standing(&[], over), 0),
        ] {
            assert_eq!(
                labels(link, &standing, Some(mark)).len(),
                expected,
                "{standing:?}"
            );
        }
        let visitors = standing(&["Bug"], unmarked());
        assert_eq!(labels(&labelled, &visitors, None).len(), 0);
    }
}
