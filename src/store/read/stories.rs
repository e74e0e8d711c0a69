//! One ticket's whole story, and one delivery's.

use serde::Serialize;

use crate::model::{
    Attempt, Delivery, DeliveryId, Destination, Lane, Message, Ticket, TicketId, Time,
};
use crate::plan::Note;
use crate::store::keys;
use crate::store::record::{self, RecordError};
use crate::store::rows::{Read, Scan};

use super::deliveries::readable;
use super::tickets::{MessageView, text_now};

/// One ticket's whole story.
#[derive(Debug, Clone)]
pub struct Story {
    /// The ticket.
    pub ticket: Ticket,
    /// Its messages with their present text, in order of arrival.
    pub messages: Vec<MessageView>,
    /// What else happened.
    pub notes: Vec<(Time, Note)>,
    /// Its deliveries, each with all its attempts, but for those whose records are gone or cannot be read.
    pub deliveries: Vec<DeliveryStory>,
}

/// A delivery with all its attempts.
#[derive(Debug, Clone, Serialize)]
pub struct DeliveryStory {
    /// The delivery.
    pub delivery: Delivery,
    /// Where it goes or went, without secrets.
    pub to: String,
    /// In order.
    pub attempts: Vec<Attempt>,
}

pub(in crate::store) fn story(
    rows: &impl Read,
    id: TicketId,
) -> Result<Option<Story>, RecordError> {
    let Some(ticket) = record::get::<Ticket>(rows, &keys::ticket(id))? else {
        return Ok(None);
    };
    let mut messages = Vec::new();
    let mut deliveries = Vec::new();
    for (key, value) in rows.scan(&Scan::prefix(keys::messages(id)))? {
        let message: Message = record::from_row(rows, &key, &value)?;
        if let crate::model::WayOut::By(delivery) = message.way_out {
            deliveries.extend(readable(delivery_story(rows, delivery))?.flatten());
        }
        messages.push(MessageView {
            content: text_now(rows, &message)?,
            message,
        });
    }
    for (key, _) in rows.scan(&Scan::prefix(keys::errands(id)))? {
        if let Some(delivery) = keys::number_at(&key, 9).map(DeliveryId) {
            deliveries.extend(readable(delivery_story(rows, delivery))?.flatten());
        }
    }
    let mut notes = Vec::new();
    for (key, value) in rows.scan(&Scan::prefix(keys::notes(id)))? {
        if let Some(at) = keys::note_time(&key) {
            notes.push((at, record::from_row(rows, &key, &value)?));
        }
    }
    Ok(Some(Story {
        ticket,
        messages,
        notes,
        deliveries,
    }))
}

pub(in crate::store) fn delivery_story(
    rows: &impl Read,
    id: DeliveryId,
) -> Result<Option<DeliveryStory>, RecordError> {
    let Some(delivery) = record::get::<Delivery>(rows, &keys::delivery(id))? else {
        return Ok(None);
    };
    let lane: Option<Lane> = record::get(rows, &keys::lane(delivery.lane))?;
    let mut attempts = Vec::new();
    for (key, value) in rows.scan(&Scan::prefix(keys::attempts(id)))? {
        attempts.push(record::from_row(rows, &key, &value)?);
    }
    attempts.extend(delivery.last.clone());
    let to = match lane {
        Some(lane) => lane.to.shown(),
        None => answered_url(rows, &delivery)?,
    };
    Ok(Some(DeliveryStory {
        delivery,
        to,
        attempts,
    }))
}

/// Where a reply goes whose lane was not used for long and is gone: whoever sends it makes a new one.
fn answered_url(rows: &impl Read, delivery: &Delivery) -> Result<String, RecordError> {
    let Some(reply) = delivery.reply() else {
        return Ok(String::new());
    };
    let answered: Option<Message> =
        record::get(rows, &keys::message(delivery.ticket, reply.answers))?;
    let url = answered.and_then(|answered| answered.response_url);
    Ok(url.map_or_else(String::new, |url| Destination::ResponseUrl(url).shown()))
}
