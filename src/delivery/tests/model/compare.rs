//! Whether the store holds what the model says.

use std::collections::BTreeSet;

use crate::model::{
    AgentId, Assignee, DeliveryId, DeliveryState, MessageId, Sender, Status, TicketId, Visibility,
    WayOut,
};
use crate::store::{MessageView, Story};

use super::ideal::{Ideal, State};
use super::rig::Rig;

macro_rules! same {
    ($what:expr, $found:expr, $wanted:expr) => {
        let (found, wanted) = ($found, $wanted);
        if found != wanted {
            return Err(format!(
                "{}: {} is {found:?} and should be {wanted:?}",
                $what,
                stringify!($found)
            ));
        }
    };
}

/// Everything.
pub(super) async fn everything(rig: &Rig) -> Result<(), String> {
    let count = rig.book().ideal.tickets.len() as u64;
    for number in (1..=count).map(TicketId) {
        ticket(rig, number).await?;
    }
    let beyond = rig.store().story(TicketId(count + 1)).await.unwrap();
    same!("a ticket too many", beyond.is_some(), false);
    let deliveries = rig.book().ideal.deliveries.len() as u64;
    let beyond = rig
        .store()
        .delivery(DeliveryId(deliveries + 1))
        .await
        .unwrap();
    same!("a delivery too many", beyond.is_some(), false);
    Ok(())
}

/// One ticket with its messages and deliveries.
pub(super) async fn ticket(rig: &Rig, number: TicketId) -> Result<(), String> {
    let story = rig.store().story(number).await.unwrap();
    let story = story.ok_or(format!("ticket {number} is lost"))?;
    check(&story, &rig.book().ideal, number)
}

fn check(story: &Story, ideal: &Ideal, number: TicketId) -> Result<(), String> {
    let (ticket, wanted) = (&story.ticket, ideal.ticket(number));
    let what = format!("ticket {number}");
    let opening = ideal.message(wanted.opening);
    same!(what, &ticket.brand, &wanted.brand);
    same!(what, ticket.opening, wanted.opening);
    same!(what, Some(&ticket.external_uid), opening.uid.as_ref());
    same!(
        what,
        (&ticket.author.external_uid, &ticket.author.username),
        (&wanted.author.0, &wanted.author.1)
    );
    same!(what, ticket.customer, wanted.customer);
    let assigned = wanted
        .assigned
        .map_or(Assignee::All, |agent| Assignee::One(AgentId(agent)));
    same!(what, ticket.assignee, assigned);
    same!(what, ticket.locked, wanted.locked);
    same!(what, ticket.status, wanted.status);
    let is_closed = wanted.status == Status::Closed;
    same!(what, ticket.closed_at.is_some(), is_closed);
    same!(what, ticket.closed_by.is_some(), is_closed);
    same!(what, ticket.awaits_agent, wanted.awaits_agent);
    same!(what, ticket.answer, ideal.answered(number));
    same!(
        what,
        ticket.related.iter().copied().collect::<BTreeSet<_>>(),
        wanted.related.clone()
    );
    let first_line = opening.texts.last().and_then(|text| text.lines().next());
    same!(
        what,
        ticket.title.chars().take(20).collect::<String>(),
        first_line
            .unwrap_or_default()
            .chars()
            .take(20)
            .collect::<String>()
    );
    let ids = (1..=ideal.messages.len() as u64).map(MessageId);
    let expected: Vec<MessageId> = ids
        .filter(|id| ideal.message(*id).ticket == number)
        .collect();
    let found: Vec<MessageId> = story.messages.iter().map(|view| view.message.id).collect();
    same!(what, found, expected);
    for view in &story.messages {
        message(view, ideal)?;
    }
    let expected = |id: &DeliveryId| ideal.delivery(*id).ticket == number;
    let expected: Vec<DeliveryId> = (1..=ideal.deliveries.len() as u64)
        .map(DeliveryId)
        .filter(expected)
        .collect();
    let found: Vec<DeliveryId> = story.deliveries.iter().map(|it| it.delivery.id).collect();
    same!(what, found, expected);
    for told in &story.deliveries {
        let (delivery, wanted) = (&told.delivery, ideal.delivery(told.delivery.id));
        let what = format!("delivery {}", delivery.id);
        let state = match &delivery.state {
            DeliveryState::Waiting | DeliveryState::Due { .. } | DeliveryState::Started { .. } => {
                State::Pending
            }
            DeliveryState::Recorded { .. } => unreachable!("no system is in dry-run mode"),
            DeliveryState::Held { .. } => State::Held,
            DeliveryState::Delivered { verified, .. } => State::Delivered {
                verified: *verified,
            },
            DeliveryState::Dead { .. } => State::Dead,
            DeliveryState::Cancelled { .. } => State::Cancelled,
        };
        same!(what, state, wanted.state);
        same!(what, delivery.message, wanted.message);
        same!(what, delivery.reply().unwrap().answers, wanted.answers);
        let waits = matches!(delivery.state, DeliveryState::Waiting);
        if wanted.state == State::Pending {
            same!(what, waits, !ideal.is_head(delivery.id));
        }
        if let DeliveryState::Due { at } = delivery.state {
            same!(what, at, wanted.due);
        }
    }
    Ok(())
}

fn message(view: &MessageView, ideal: &Ideal) -> Result<(), String> {
    let (message, wanted) = (&view.message, ideal.message(view.message.id));
    let what = format!("message {}", message.id);
    let by = match &message.from {
        Sender::Customer(author) => (author.external_uid.clone(), author.username.clone()),
        Sender::Agent { id, name } => (id.to_string(), name.clone()),
        Sender::Colleague { .. } => panic!("{:?}", message.from),
    };
    same!(what, by, wanted.by.clone());
    same!(what, message.is_customers(), wanted.customers);
    same!(
        what,
        message.visibility == Visibility::Internal,
        wanted.internal
    );
    same!(what, Some(&view.content), wanted.texts.last());
    same!(what, message.revision as usize + 1, wanted.texts.len());
    same!(what, &message.external_uid, &wanted.uid);
    same!(what, &message.response_url, &wanted.url);
    same!(what, message.late, wanted.late);
    same!(what, message.answers, wanted.answers);
    same!(what, &message.remote_uid, &wanted.remote);
    same!(what, message.duplicates, wanted.duplicates);
    let way_out = match wanted.delivery {
        Some(delivery) => WayOut::By(delivery),
        None if wanted.customers || wanted.internal => WayOut::None,
        None => WayOut::Nowhere,
    };
    same!(what, message.way_out, way_out);
    Ok(())
}
