//! What became of each field of a Qminder ticket, in the order of its documentation.

use qminder_client::{MessageType, Ticket};

use crate::mapping::Tally;
use crate::systems::label::is_bridges;

use super::{
    LONGEST_MESSAGE, LONGEST_NAME, LONGEST_VALUE, MOST_MESSAGES, MOST_OF_A_KIND, name, person,
    phase,
};

const NEWER: &str = "only tells what is newer";
const TOO_MANY: &str = "more than are shown of a kind";

/// Notes what [`super::noted`] makes of `ticket`.
pub(super) fn note(
    ticket: &Ticket,
    incarnation: &crate::model::Incarnation,
    with_messages: bool,
    tally: &mut Tally,
) {
    note_names(ticket, tally);
    note_times(ticket, tally);
    note_desk(ticket, tally);
    note_filled_in(ticket, tally);
    note_labels(ticket, incarnation, tally);
    note_messages(ticket, with_messages, tally);
}

fn note_names(ticket: &Ticket, tally: &mut Tally) {
    tally.converted("/id", "external_uid", "behind the system's id and a colon");
    match phase(&ticket.status) {
        Some(_) => tally.converted("/status", "status", "as the table of statuses says"),
        None => tally.dropped(
            "/status",
            "a status that says nothing about where a ticket stands",
        ),
    }
    if ticket.line.is_some() {
        tally.converted("/line", "content", "in a line of its own");
    }
    let value = |pointer, text: &Option<String>, to: &[&'static str], tally: &mut Tally| {
        let Some(text) = text else { return };
        for to in to {
            tally.on_one_line(pointer, *to, text, LONGEST_VALUE);
        }
    };
    let joined = "first and last name together";
    if name(ticket).is_some() {
        for pointer in ["/firstName", "/lastName"] {
            tally.converted(pointer, "author.username", joined);
            tally.converted(pointer, "content", joined);
        }
    } else {
        tally.defaulted("", "author.username", "the visitor has no name");
    }
    let person = person(ticket);
    match person.email {
        Some(_) => value("/phoneNumber", &ticket.phone_number, &["content"], tally),
        None => {
            let to = ["author.external_uid", "content"];
            value("/phoneNumber", &ticket.phone_number, &to, tally);
        }
    }
    value(
        "/email",
        &ticket.email,
        &["author.external_uid", "content"],
        tally,
    );
}

fn note_times(ticket: &Ticket, tally: &mut Tally) {
    let moment = "the same moment in UTC";
    tally.converted("/created/date", "created_at", moment);
    for pointer in ["/called/date", "/served/date", "/cancelled/date"] {
        tally.converted(pointer, "order of news", NEWER);
    }
    let cancelled = ticket.cancelled.as_ref();
    if cancelled.is_some_and(|cancelled| cancelled.canceller.is_some()) {
        tally.dropped("/cancelled/canceller", "no place for who cancelled it");
    }
}

/// What there is no other place for shows under Qminder's own names.
fn note_desk(ticket: &Ticket, tally: &mut Tally) {
    for (pointer, text) in [
        ("/publicId", ticket.public_id.as_deref()),
        ("/source", None),
        ("/languageCode", ticket.language_code.as_deref()),
        ("/orderAfter", None),
        ("/called/caller", None),
        ("/called/desk", None),
        ("/assigned/assigner", None),
        ("/assigned/assignee", None),
    ] {
        let text = text.unwrap_or_default();
        tally.on_one_line(pointer, "custom_fields", text, LONGEST_VALUE);
    }
    tally.kept("/languageCode", "language");
    let who = "an agent's `qminder_user` makes it theirs";
    tally.converted("/assigned/assignee", "assignee", who);
    let surplus = ticket.interactions.len().saturating_sub(MOST_OF_A_KIND);
    let line = "one line for each";
    tally.converted("/interactions", "custom_fields", line);
    // The newest are shown.
    for number in 0..surplus {
        tally.dropped(format!("/interactions/{number}"), TOO_MANY);
    }
}

fn note_filled_in(ticket: &Ticket, tally: &mut Tally) {
    for (number, extra) in ticket.extra.iter().enumerate() {
        let part = |part: &str| format!("/extra/{number}/{part}");
        if number >= MOST_OF_A_KIND {
            tally.dropped(format!("/extra/{number}"), TOO_MANY);
            continue;
        }
        for (part, is_long, most) in [
            (
                part("title"),
                is_long(&extra.title, LONGEST_NAME),
                LONGEST_NAME,
            ),
            (
                part("value"),
                is_long(extra.value.as_deref().unwrap_or_default(), LONGEST_VALUE),
                LONGEST_VALUE,
            ),
            (
                part("url"),
                is_long(extra.url.as_deref().unwrap_or_default(), LONGEST_VALUE),
                LONGEST_VALUE,
            ),
        ] {
            for to in ["custom_fields", "content"] {
                match is_long {
                    false => tally.converted(part.clone(), to, "title and value in one line"),
                    true => tally.cut(part.clone(), to, too_long(most)),
                }
            }
        }
        if extra.color.is_some() {
            tally.dropped(part("color"), "no place for a colour");
        }
    }
}

fn note_labels(ticket: &Ticket, incarnation: &crate::model::Incarnation, tally: &mut Tally) {
    let mut shown = 0;
    for (number, label) in ticket.labels.iter().enumerate() {
        let pointer = format!("/labels/{number}");
        if is_bridges(&label.value, incarnation) {
            tally.dropped(pointer, "a bridge's own label");
            continue;
        }
        shown += 1;
        match (shown > MOST_OF_A_KIND, is_long(&label.value, LONGEST_NAME)) {
            (true, _) => tally.dropped(pointer, TOO_MANY),
            (false, true) => tally.cut(pointer, "custom_fields", too_long(LONGEST_NAME)),
            (false, false) => {
                tally.converted(pointer, "custom_fields", "the colour behind the label");
            }
        }
    }
}

fn note_messages(ticket: &Ticket, with_messages: bool, tally: &mut Tally) {
    if ticket.messages.is_empty() {
        return;
    }
    if !with_messages {
        let asked = "what was said is asked for, and not taken from webhooks";
        tally.dropped("/messages", asked);
        return;
    }
    tally.kept("/messages/*/body", "message.text");
    let moment = "the same moment in UTC";
    tally.converted("/messages/*/created/date", "message.created_at", moment);
    let who = "the customer, or whoever has that Qminder user";
    tally.converted("/messages/*/type", "message.author", who);
    tally.converted("/messages/*/userId", "message.author", who);
    if ticket
        .messages
        .iter()
        .any(|message| message.status.is_some())
    {
        tally.dropped("/messages/*/status", "no place for how far it has come");
    }
    let mut order: Vec<usize> = (0..ticket.messages.len()).collect();
    order.sort_by_key(|number| ticket.messages[*number].created.date);
    let surplus = order.len().saturating_sub(MOST_MESSAGES);
    for number in &order[..surplus] {
        tally.dropped(
            format!("/messages/{number}"),
            "only the newest are looked at",
        );
    }
    for number in &order[surplus..] {
        let message = &ticket.messages[*number];
        let is_somebodys = match message.message_type {
            MessageType::Incoming => true,
            MessageType::Outgoing => message.user_id.is_some(),
            _ => false,
        };
        if !is_somebodys {
            let pointer = format!("/messages/{number}");
            tally.dropped(pointer, "Qminder sent it by itself");
        } else if is_long(&message.body, LONGEST_MESSAGE) {
            let pointer = format!("/messages/{number}/body");
            tally.cut(pointer, "message.text", too_long(LONGEST_MESSAGE));
        }
    }
}

/// As people's text is counted where it is cut.
fn is_long(text: &str, most: usize) -> bool {
    text.len() > most && text.encode_utf16().count() > most
}

fn too_long(most: usize) -> String {
    format!("more than {most} characters")
}
