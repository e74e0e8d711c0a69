//! What we brought to a thread, message by message, and whether it is there.

use std::collections::BTreeSet;

use crate::model::{
    Command, Delivery, DeliveryState, Mend, RemoteMessage, RemoteSender, RemoteTicket, relayed_text,
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
        let mut posts = Vec::new();
        for (delivery, is_edit) in newest {
            if let Some(parcel) = self.store.parcel(delivery.id).await? {
                let text = relayed_text(&parcel.message, &parcel.text, is_edit);
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
