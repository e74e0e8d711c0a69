//! What clerks see beside a ticket: how urgent it is, whose it is, and what was said, the newest first.
//!
//! Qminder documents no limits but those of provider and title; the others here are our own, so that a record stays
//! something that a clerk can read, and never grows with the conversation.

use jiff::tz::TimeZone;
use qminder_client::external::{Importance, Item, Record, RecordBuilder};

use crate::mapping::readable::{line, readable};
use crate::mapping::{FieldType, QminderMapping, Scope, Shade, Tally, Template, written_by};
use crate::model::{How, Ticket, Visibility};
use crate::store::{Conversation, MessageView};
use crate::systems::contact::Contact;
use crate::systems::filled::{filled, scope_of};

/// At most so many messages are shown.
pub const MOST_ITEMS: usize = 30;
/// At most so much of each, in UTF-16 code units.
pub const LONGEST_ITEM: usize = 1000;
/// At most so many bytes of JSON.
pub const MOST_BYTES: usize = 32 * 1024;

/// Qminder's own limit of provider and title, in UTF-16 code units.
const LONGEST_NAME: usize = 100;
/// Of a value.
const LONGEST_VALUE: usize = 200;
/// Of the message, which speaks of more.
const LONGEST_BANNER: usize = 300;
/// What is kept free for saying what is left out.
const BYTES_FOR_LEFT_OUT: usize = 512;

/// What a system's settings say of its records.
#[derive(Debug, Clone, Copy)]
pub struct RecordStyle<'a> {
    /// Whose record it is at Qminder.
    pub provider: &'a str,
    /// What stands above it.
    pub title: &'a str,
    /// What becomes of fields.
    pub mapping: &'a QminderMapping,
}

/// The record of what `conversation` says by now. It breaks no documented rule, whatever was said.
pub fn record(conversation: &Conversation, style: RecordStyle<'_>, tally: &mut Tally) -> Record {
    let mut builder = heading(&conversation.ticket, style, tally);
    let title = style.mapping.texts.conversation.as_str();
    let list = list(conversation, style, json_bytes(&builder, title));
    list.tell(tally);
    if let Some(words) = list.left_out() {
        builder = builder.text("Not shown", words);
    }
    // Whether a list without items, or a text without a letter, would pass is not documented.
    if !list.items.is_empty() {
        builder = builder.list(title, list.items);
    }
    builder
        .build()
        .expect("provider and title are of the right length, and dates have four digits")
}

fn heading(ticket: &Ticket, style: RecordStyle<'_>, tally: &mut Tally) -> RecordBuilder {
    let name = |text: &str, otherwise: &str| match line(text, LONGEST_NAME) {
        name if name.is_empty() => otherwise.to_owned(),
        name => name,
    };
    let mapping = style.mapping;
    let provider = name(style.provider, "ticketbridge");
    let builder = Record::builder(provider, name(style.title, "Support ticket"));
    let contact = Contact::of(&ticket.author);
    let scope = scope_of(ticket, &contact);
    let banner = filled(
        &mapping.texts.banner,
        &scope,
        LONGEST_BANNER,
        "record /fields message",
        tally,
    );
    let banner = match banner {
        banner if banner.is_empty() => line(&ticket.title, LONGEST_VALUE),
        banner => banner,
    };
    let importance = match mapping.importance.of(ticket.status, ticket.priority) {
        Shade::Info => Importance::Info,
        Shade::Warning => Importance::Warning,
        Shade::Error => Importance::Error,
    };
    tally.converted("priority", "record /fields message", "mapping.importance");
    tell_untold(&scope, mapping, tally);
    let builder = builder.message(importance, banner);
    mapping.fields.iter().fold(builder, |builder, field| {
        let to = "record /fields";
        let value = filled(&field.value, &scope, LONGEST_VALUE, to, tally);
        let title = line(&field.title, LONGEST_NAME);
        match field.field_type {
            _ if value.is_empty() => builder,
            FieldType::Text => builder.text(title, value),
            FieldType::Email => builder.email(title, value),
            FieldType::PhoneNumber => builder.phone_number(title, value),
        }
    })
}

/// How the customer can be reached is known, and none of the operator's templates says it.
fn tell_untold(scope: &Scope, mapping: &QminderMapping, tally: &mut Tally) {
    let fields = mapping.fields.iter().map(|field| &field.value);
    let templates = std::iter::once(&mapping.texts.banner).chain(fields);
    for (name, why) in [
        ("email", "no template of mapping.fields has `email`"),
        ("phone", "no template of mapping.fields has `phone`"),
    ] {
        let says = |template: &Template| template.spoken_of().contains(name);
        if tally.is_on() && !scope.is_blank(name) && !templates.clone().any(says) {
            tally.absent("author", "record /fields", why);
        }
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
    /// Messages of which all is shown, but not to the letter.
    reworded: u64,
    /// Some author's name is not shown to the letter.
    renames: bool,
    /// How what opened the ticket is shown.
    opening: Option<How>,
    /// Internal notes that clerks are not to see.
    hidden: u64,
    /// Whether there are some that they see.
    shows_notes: bool,
}

impl List {
    fn tell(&self, tally: &mut Tally) {
        const TO: &str = "record /fields list";
        if self.omitted > 0 {
            let why = format!(
                "{} older messages: at most {MOST_ITEMS}, and {MOST_BYTES} bytes in all",
                self.omitted
            );
            tally.cut("messages", TO, why);
        }
        if self.cut > 0 {
            let why = format!(
                "{} long messages: at most {LONGEST_ITEM} characters each",
                self.cut
            );
            tally.cut("message.text", TO, why);
        }
        if self.hidden > 0 {
            let why = format!(
                "{} internal notes: mapping.internal_notes is false",
                self.hidden
            );
            tally.dropped("note.text", why);
        }
        if !self.items.is_empty() {
            const READABLE: &str = "as plain text";
            match self.opening {
                Some(How::Kept) => tally.kept("content", TO),
                Some(How::Cut) => {
                    tally.cut(
                        "content",
                        TO,
                        format!("at most {LONGEST_ITEM} characters each"),
                    );
                }
                Some(_) => tally.converted("content", TO, READABLE),
                None => {}
            }
            let texts = ["message.text", "note.text"];
            let texts = texts.into_iter().take(1 + usize::from(self.shows_notes));
            for text in texts {
                match (self.cut, self.reworded) {
                    (0, 0) => tally.kept(text, TO),
                    (0, _) => tally.converted(text, TO, READABLE),
                    (_, _) => {}
                }
            }
            tally.converted("message.created_at", TO, "its day");
            match self.renames {
                false => tally.kept("message.author", TO),
                true => tally.converted("message.author", TO, "on one line"),
            }
            tally.converted("message.visibility", TO, "in the footer");
        }
    }

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

fn list(conversation: &Conversation, style: RecordStyle<'_>, bytes_before: usize) -> List {
    let shows_internal = style.mapping.internal_notes;
    let is_shown = |view: &&MessageView| match view.message.visibility {
        Visibility::Public => true,
        Visibility::Internal => shows_internal,
    };
    let (shown, hidden): (Vec<_>, Vec<_>) = conversation.messages.iter().rev().partition(is_shown);
    let mut list = List {
        omitted: conversation.omitted,
        hidden: hidden.len() as u64,
        shows_notes: shown
            .iter()
            .any(|view| view.message.visibility == Visibility::Internal),
        ..List::default()
    };
    let mut room = MOST_BYTES.saturating_sub(bytes_before + BYTES_FOR_LEFT_OUT);
    let mut is_full = false;
    for view in shown {
        let (item, how) = item(view, &style.mapping.texts.footer);
        let bytes = serde_json::to_vec(&item).map_or(usize::MAX, |json| json.len() + 1);
        // What is shown has no gaps.
        is_full |= list.items.len() == MOST_ITEMS || bytes > room;
        if is_full {
            list.omitted += 1;
        } else {
            room -= bytes;
            list.cut += u64::from(how == How::Cut);
            list.reworded += u64::from(how == How::Converted);
            let name = view.message.from.name();
            list.renames |= line(name, LONGEST_NAME) != name;
            list.opening = Some(how);
            list.items.push(item);
        }
    }
    if list.omitted > 0 {
        list.opening = None;
    }
    list
}

/// One message, and how its text is shown.
fn item(view: &MessageView, footer: &Template) -> (Item, How) {
    let message = &view.message;
    let name = match line(message.from.name(), LONGEST_NAME) {
        name if name.is_empty() => "(no name)".to_owned(),
        name => name,
    };
    let said = readable(&view.content, LONGEST_ITEM);
    let how = match said.left_out {
        0 if said.text == view.content => How::Kept,
        0 => How::Converted,
        _ => How::Cut,
    };
    let text = match (said.text.as_str(), said.left_out) {
        ("", 0) => "(no text)".to_owned(),
        (_, 0) => said.text,
        (shown, left_out) => format!("{shown}… ({left_out} more characters)"),
    };
    let scope = written_by(message).with_truth("edited", message.revision > 0);
    let mut item = Item::new(name).text(text);
    let footer = filled(footer, &scope, LONGEST_VALUE, "", &mut Tally::off());
    if !footer.is_empty() {
        item = item.footer(footer);
    }
    let date = message.created_at.to_timestamp();
    let date = date.to_zoned(TimeZone::UTC).date();
    let item = match date.year() {
        0..=9999 => item.timestamp(date),
        _ => item,
    };
    (item, how)
}

/// How many bytes of JSON a record has that ends with an empty list.
fn json_bytes(builder: &RecordBuilder, title: &str) -> usize {
    let whole = builder.clone().list(title, []);
    whole
        .build()
        .map_or(MOST_BYTES, |record| record.to_json().len())
}

#[cfg(test)]
mod tests;
