//! What we brought to a thread, message by message, and whether it is there.

use std::collections::BTreeSet;

use crate::mapping::{Spoken, spoken};
use crate::model::{
    Command, Delivery, DeliveryState, Mend, RemoteMessage, RemoteSender, RemoteTicket,
};
use crate::store::DeliveryQuery;

use super::desk::MOST_DELIVERIES;
use super::drift::{Cure, Drift, Found};
use super::ticket::Looked;
use super::{ReconcileError, Reconciling};

/// Something that we brought there, or gave up on bringing.
struct Post {
    delivery: Delivery,
    is_edit: bool,
    /// As it was sent.
    text: String,
}

impl Reconciling {
    /// Messages of ours that are not in the thread.
    pub(super) async fn lost_posts(
        &self,
        looked: &Looked<'_>,
        there: &RemoteTicket,
    ) -> Result<Vec<Found>, ReconcileError> {
        let query = DeliveryQuery {
            state: None,
            system: Some(looked.link.system.clone()),
            ticket: Some(looked.ticket.id),
            limit: MOST_DELIVERIES,
        };
        let newest = newest(self.store.deliveries(query).await?);
        let live = self.live.load();
        let mut posts = Vec::new();
        for (delivery, is_edit) in newest {
            if let Some(parcel) = self.store.parcel(delivery.id).await? {
                let mapping = live.routes.mapping_of(&parcel.delivery);
                let mapping = mapping.unwrap_or(&looked.route.mapping);
                let how = Spoken::edit(is_edit);
                let text = spoken(mapping, &parcel.message, &parcel.text, how);
                posts.push(Post {
                    delivery,
                    is_edit,
                    text,
                });
            }
        }
        Ok(lost(&posts, there.messages.as_deref().unwrap_or_default()))
    }
}

/// The newest attempt at each message and at its edit, oldest message first. What a person called off is not wanted.
fn newest(deliveries: Vec<Delivery>) -> Vec<(Delivery, bool)> {
    let mut seen = BTreeSet::new();
    let mut newest: Vec<(Delivery, bool)> = deliveries
        .into_iter()
        .filter_map(|delivery| {
            let is_edit = match delivery.command {
                Command::PostMessage => false,
                Command::PostEdit => true,
                _ => return None,
            };
            let is_newest = seen.insert((delivery.message, is_edit));
            let is_wanted = matches!(
                delivery.state,
                DeliveryState::Delivered { .. } | DeliveryState::Dead { .. }
            );
            (is_newest && is_wanted).then_some((delivery, is_edit))
        })
        .collect();
    newest.sort_by_key(|(delivery, is_edit)| (delivery.message, *is_edit));
    newest
}

/// Each message there stands for one of ours that says the same, in order.
fn lost(posts: &[Post], there: &[RemoteMessage]) -> Vec<Found> {
    let mut unclaimed: Vec<&RemoteMessage> = there
        .iter()
        .filter(|message| message.from != RemoteSender::Customer)
        .collect();
    let mut found = Vec::new();
    for post in posts {
        let is_it = |message: &&RemoteMessage| {
            let words = message.text.split_whitespace();
            words.eq(post.text.split_whitespace())
        };
        if let Some(place) = unclaimed.iter().position(is_it) {
            unclaimed.remove(place);
            continue;
        }
        let message = post.delivery.message;
        let what = match post.is_edit {
            true => "the edit of message",
            false => "message",
        };
        let (state, cure) = match post.delivery.state {
            DeliveryState::Dead { .. } => ("dead", Cure::Retry(post.delivery.id)),
            _ => {
                let edit = post.is_edit;
                ("brought", Cure::Mend(Mend::Message { message, edit }))
            }
        };
        let here = format!("{what} {message}, {state}");
        found.push(Found::new(Drift::Message, here, "not there", cure));
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::model::{DeadReason, DeliveryId, LaneId, MessageId, TicketId, Time, Visibility};

    use super::*;

    const DEAD: DeliveryState = DeliveryState::Dead {
        at: Time::EPOCH,
        reason: DeadReason::Rejected(String::new()),
    };
    const DONE: DeliveryState = DeliveryState::Delivered {
        at: Time::EPOCH,
        verified: true,
    };

    fn delivery(id: u64, message: u64, command: Command, state: DeliveryState) -> Delivery {
        Delivery {
            id: DeliveryId(id),
            lane: LaneId(1),
            system: "support".to_owned(),
            ticket: TicketId(1),
            brand: "acme".to_owned(),
            command,
            message: MessageId(message),
            revision: 0,
            state,
            attempts: 0,
            tries: 0,
            last: None,
            created_at: Time::EPOCH,
            age_from: Time::EPOCH,
            in_doubt_since: None,
            mark: None,
            mapping: Default::default(),
            recorded_at: None,
            trace: None,
        }
    }

    fn post(id: u64, text: &str, state: DeliveryState) -> Post {
        Post {
            delivery: delivery(id, id, Command::PostMessage, state),
            is_edit: false,
            text: text.to_owned(),
        }
    }

    fn said(text: &str, from: RemoteSender) -> RemoteMessage {
        RemoteMessage {
            number: Some(1),
            at: Time::EPOCH,
            from,
            text: text.to_owned(),
            visibility: Visibility::Public,
        }
    }

    fn by_colleague(text: &str) -> RemoteMessage {
        let from = RemoteSender::Colleague {
            id: "3".to_owned(),
            name: None,
            may_be_us: true,
        };
        said(text, from)
    }

    #[test]
    fn each_message_there_stands_for_one_of_ours() {
        let posts = [
            post(1, "On it", DONE),
            post(2, "On  it\n", DONE),
            post(3, "Not that", DONE),
            post(4, "Too long", DEAD),
        ];
        let there = |texts: &[&str]| texts.iter().map(|text| by_colleague(text)).collect();
        for (there, expected) in [
            (
                there(&["On it", "x", "On\nit", "Not that", "Too long"]),
                vec![],
            ),
            (
                there(&["On it", "Not that"]),
                vec!["message 2, brought", "message 4, dead"],
            ),
            (
                // What the customer wrote is not ours.
                vec![
                    said("On it", RemoteSender::Customer),
                    by_colleague("not that"),
                ],
                vec![
                    "message 1, brought",
                    "message 2, brought",
                    "message 3, brought",
                    "message 4, dead",
                ],
            ),
        ] {
            let there: Vec<RemoteMessage> = there;
            let found = lost(&posts, &there);
            let told: Vec<&str> = found.iter().map(|found| found.here.as_str()).collect();
            assert_eq!(told, expected);
            let is_retried = |found: &&Found| matches!(found.cure, Cure::Retry(DeliveryId(4)));
            let retried = found.iter().filter(is_retried).count();
            assert_eq!(retried, usize::from(!expected.is_empty()));
        }
    }

    #[test]
    fn only_the_newest_attempt_at_a_message_counts() {
        let cancelled = DeliveryState::Cancelled { at: Time::EPOCH };
        let edit = || Command::PostEdit;
        let deliveries = vec![
            delivery(9, 2, edit(), DONE),
            delivery(8, 1, Command::PostMessage, DONE),
            delivery(7, 3, Command::PostMessage, cancelled),
            delivery(6, 4, Command::PostMessage, DeliveryState::Waiting),
            delivery(5, 2, edit(), DEAD),
            delivery(4, 3, Command::PostMessage, DEAD),
            delivery(3, 2, Command::PostMessage, DONE),
            delivery(2, 1, Command::PostMessage, DEAD),
            delivery(1, 1, Command::UpdateTicket, DONE),
        ];
        let newest = newest(deliveries);
        let told: Vec<(u64, bool)> = newest.iter().map(|(of, edit)| (of.id.0, *edit)).collect();
        assert_eq!(told, [(8, false), (3, false), (9, true)]);
    }
}
