//! What clerks see beside a ticket: how urgent it is, whose it is, and what was said, the newest first.
//!
//! Qminder documents no limits but those of provider and title; the others here are our own, so that a record stays
//! something that a clerk can read, and never grows with the conversation.

use jiff::tz::TimeZone;
use qminder_client::external::{Importance, Item, Record, RecordBuilder};

use crate::model::{Priority, Sender, Status, Ticket, Visibility};
use crate::store::{Conversation, MessageView};
use crate::systems::readable::{line, readable};

use crate::systems::contact::Contact;

/// At most so many messages are shown.
pub const MOST_ITEMS: usize = 30;
/// At most so much of each, in UTF-16 code units.
pub const LONGEST_ITEM: usize = 1000;
/// At most so many bytes of JSON.
pub const MOST_BYTES: usize = 32 * 1024;

/// Qminder's own limit of provider and title, in UTF-16 code units.
const LONGEST_NAME: usize = 100;
/// Of the ticket's title and of a value.
const LONGEST_VALUE: usize = 200;
/// What stands above the list.
const CONVERSATION: &str = "Conversation, newest first";
/// What is kept free for saying what is left out.
const BYTES_FOR_LEFT_OUT: usize = 512;

/// What a system's settings say of its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordStyle {
    /// Whose record it is at Qminder.
    pub provider: String,
    /// What stands above it.
    pub title: String,
    /// Whether clerks see internal notes.
    pub shows_internal: bool,
}

/// The record of what `conversation` says by now. It breaks no documented rule, whatever was said.
pub fn record(conversation: &Conversation, style: &RecordStyle) -> Record {
    let ticket = &conversation.ticket;
    let mut builder = heading(ticket, style);
    let bytes = json_bytes(&builder);
    let list = list(conversation, style, bytes);
    if let Some(words) = list.left_out() {
        builder = builder.text("Not shown", words);
    }
    // Whether a list without items, or a text without a letter, would pass is not documented.
    if !list.items.is_empty() {
        builder = builder.list(CONVERSATION, list.items);
    }
    builder
        .build()
        .expect("provider and title are of the right length, and dates have four digits")
}

fn heading(ticket: &Ticket, style: &RecordStyle) -> RecordBuilder {
    let name = |text: &str, otherwise: &str| match line(text, LONGEST_NAME) {
        name if name.is_empty() => otherwise.to_owned(),
        name => name,
    };
    let provider = name(&style.provider, "ticketbridge");
    let builder = Record::builder(provider, name(&style.title, "Support ticket"));
    let title = line(&ticket.title, LONGEST_VALUE);
    let (priority, status) = (priority(ticket.priority), status(ticket.status));
    let banner = format!("{priority} priority, {status}: {title}");
    let contact = Contact::of(&ticket.author);
    let uid = line(&ticket.author.external_uid, LONGEST_VALUE);
    let author = match line(&contact.name, LONGEST_VALUE) {
        name if !name.is_empty() => name,
        _ if !uid.is_empty() => uid.clone(),
        _ => "(no name)".to_owned(),
    };
    let mut builder = builder
        .message(importance(ticket), banner)
        .text("Author", author);
    if let Some(email) = &contact.email {
        builder = builder.email("E-mail", email);
    }
    if let Some(phone) = &contact.phone {
        builder = builder.phone_number("Telephone", phone);
    }
    if !uid.is_empty() && contact.email.as_ref() != Some(&uid) {
        builder = builder.text("Author ID", uid);
    }
    let number = format!("{} ({})", ticket.id, line(&ticket.brand, LONGEST_NAME));
    builder = builder.text("Ticket", number);
    let provider = ticket.provider.as_deref().unwrap_or_default();
    match line(provider, LONGEST_VALUE) {
        provider if provider.is_empty() => builder,
        provider => builder.text("Provider", provider),
    }
}

fn importance(ticket: &Ticket) -> Importance {
    match (ticket.status, ticket.priority) {
        (Status::Closed, _) => Importance::Info,
        (_, Priority::Low | Priority::Medium) => Importance::Info,
        (_, Priority::High) => Importance::Warning,
        (_, Priority::Critical) => Importance::Error,
    }
}

fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "Low",
        Priority::Medium => "Medium",
        Priority::High => "High",
        Priority::Critical => "Critical",
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Open => "open",
        Status::InProgress => "in progress",
        Status::OnHold => "on hold",
        Status::Closed => "closed",
    }
}

/// As much of the conversation as there is room for.
#[derive(Default)]
struct List {
    items: Vec<Item>,
    /// Messages that are not shown at all.
    omitted: u64,
    /// Messages that are shown in part.
    cut: u64,
}

impl List {
    fn left_out(&self) -> Option<String> {
        let count = |count: u64, what: &str| match count {
            0 => None,
            1 => Some(format!("1 {what}")),
            count => Some(format!("{count} {what}s")),
        };
        let omitted = count(self.omitted, "older message");
        let cut = count(self.cut, "long message").map(|cut| format!("the rest of {cut}"));
        let words: Vec<String> = omitted.into_iter().chain(cut).collect();
        (!words.is_empty()).then(|| words.join("; "))
    }
}

fn list(conversation: &Conversation, style: &RecordStyle, bytes_before: usize) -> List {
    let shown = |view: &&MessageView| match view.message.visibility {
        Visibility::Public => true,
        Visibility::Internal => style.shows_internal,
    };
    let mut list = List {
        omitted: conversation.omitted,
        ..List::default()
    };
    let mut room = MOST_BYTES.saturating_sub(bytes_before + BYTES_FOR_LEFT_OUT);
    let mut is_full = false;
    for view in conversation.messages.iter().rev().filter(shown) {
        let (item, is_cut) = item(view);
        let bytes = serde_json::to_vec(&item).map_or(usize::MAX, |json| json.len() + 1);
        // What is shown has no gaps.
        is_full |= list.items.len() == MOST_ITEMS || bytes > room;
        if is_full {
            list.omitted += 1;
        } else {
            room -= bytes;
            list.cut += u64::from(is_cut);
            list.items.push(item);
        }
    }
    list
}

/// One message, and whether some of it is left out.
fn item(view: &MessageView) -> (Item, bool) {
    let message = &view.message;
    let name = match line(message.from.name(), LONGEST_NAME) {
        name if name.is_empty() => "(no name)".to_owned(),
        name => name,
    };
    let said = readable(&view.content, LONGEST_ITEM);
    let text = match (said.text.as_str(), said.left_out) {
        ("", 0) => "(no text)".to_owned(),
        (_, 0) => said.text,
        (shown, left_out) => format!("{shown}… ({left_out} more characters)"),
    };
    let kind = match (&message.from, message.visibility) {
        (_, Visibility::Internal) => "Internal note".to_owned(),
        (Sender::Customer(_), Visibility::Public) => "Customer".to_owned(),
        (Sender::Agent { .. }, Visibility::Public) => "Agent".to_owned(),
        (Sender::Colleague { system, .. }, Visibility::Public) => {
            format!("Agent at {}", line(system, LONGEST_NAME))
                .trim_end()
                .to_owned()
        }
    };
    let edited = if message.revision > 0 { ", edited" } else { "" };
    let item = Item::new(name).text(text).footer(format!("{kind}{edited}"));
    let date = message.created_at.to_timestamp();
    let date = date.to_zoned(TimeZone::UTC).date();
    let item = match date.year() {
        0..=9999 => item.timestamp(date),
        _ => item,
    };
    (item, said.left_out > 0)
}

/// How many bytes of JSON a record has that ends with an empty list.
fn json_bytes(builder: &RecordBuilder) -> usize {
    let whole = builder.clone().list(CONVERSATION, []);
    whole
        .build()
        .map_or(MOST_BYTES, |record| record.to_json().len())
}

#[cfg(test)]
mod tests;
