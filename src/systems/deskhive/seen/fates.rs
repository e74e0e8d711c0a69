//! What became of each field of a DeskHive ticket, in the order of its documentation.

use deskhive_client::Ticket;

use crate::mapping::Tally;
use crate::systems::deskhive::heard::LONGEST_TEXT;
use crate::systems::deskhive::words::{phase, priority_from};

use super::{LONGEST_LABEL, LONGEST_NAME, LONGEST_VALUE, MOST_OF_A_KIND};

const NEWER: &str = "only tells what is newer";
const TOO_MANY: &str = "more than are shown of a kind";

/// Notes what [`super::noted`] makes of `ticket`.
pub(super) fn note(ticket: &Ticket, tally: &mut Tally) {
    tally.converted("/id", "external_uid", "behind the system's id and a colon");
    let reference = &ticket.reference_id;
    tally.on_one_line("/reference_id", "custom_fields", reference, LONGEST_VALUE);
    match is_long(&ticket.title, LONGEST_LABEL * 2) {
        true => tally.cut("/title", "content", too_long(LONGEST_LABEL * 2)),
        false => tally.converted(
            "/title",
            "content",
            "its first line, unless it is that already",
        ),
    }
    match ticket.content.len() > LONGEST_TEXT {
        true => tally.cut("/content", "content", too_long(LONGEST_TEXT)),
        false => tally.converted("/content", "content", "as plain text"),
    }
    match phase(&ticket.status) {
        Some(_) => tally.kept("/status", "status"),
        None => tally.dropped("/status", "a status that is not known"),
    }
    match priority_from(&ticket.priority) {
        Some(_) => tally.kept("/priority", "priority"),
        None => tally.dropped("/priority", "a priority that is not known"),
    }
    for pointer in ["/department", "/category", "/product", "/assigned_to"] {
        tally.converted(pointer, "custom_fields", "by name");
    }
    note_people(ticket, tally);
    note_labels(ticket, tally);
    note_fields(ticket, tally);
    match ticket.is_resolved {
        true => tally.dropped("/is_resolved", "only the status counts"),
        false => tally.converted("/is_resolved", "status", "the status says that"),
    }
    let locked = "“locked: yes” where it is, nothing where it is not";
    tally.converted("/is_locked", "custom_fields", locked);
    for pointer in ["/last_reply_at", "/closed_at", "/updated_at"] {
        tally.converted(pointer, "order of news", NEWER);
    }
    if ticket.created().is_some() {
        tally.converted("/created_at", "created_at", "the same moment in UTC");
    } else if !ticket.created_at.is_empty() {
        tally.dropped("/created_at", "no time that can be read");
    }
}

fn note_people(ticket: &Ticket, tally: &mut Tally) {
    match &ticket.customer {
        Some(customer) => {
            let number = "numbered otherwise here";
            tally.converted("/customer/id", "author.external_uid", number);
            let name = &customer.name;
            tally.on_one_line("/customer/name", "author.username", name, LONGEST_VALUE);
            let email = customer.email.as_deref().unwrap_or_default();
            tally.on_one_line(
                "/customer/email",
                "author.external_uid",
                email,
                LONGEST_VALUE,
            );
        }
        None => {
            let nobody = "the customer was deleted there";
            tally.defaulted("", "author.username", nobody);
        }
    }
    if !ticket.agents.is_empty() {
        tally.dropped("/agents", "only whom it is assigned to is shown");
    }
}

fn note_labels(ticket: &Ticket, tally: &mut Tally) {
    for (number, label) in ticket.labels.iter().enumerate() {
        let name = label.name.trim();
        let pointer = format!("/labels/{number}");
        if number >= MOST_OF_A_KIND || name.is_empty() || name.len() > LONGEST_LABEL {
            tally.dropped(pointer, "too many, blank or too long");
            continue;
        }
        let known = "by name and colour of the one in `agent_api.labels`, if there is one";
        tally.converted(pointer, "labels", known);
    }
}

fn note_fields(ticket: &Ticket, tally: &mut Tally) {
    for (number, field) in ticket.custom_fields.iter().enumerate() {
        let part = |part: &str| format!("/custom_fields/{number}/{part}");
        if number >= MOST_OF_A_KIND {
            tally.dropped(format!("/custom_fields/{number}"), TOO_MANY);
            continue;
        }
        let value = field.value.as_deref().unwrap_or_default();
        for (pointer, text, most) in [
            (part("label"), field.label.as_str(), LONGEST_NAME),
            (part("value"), value, LONGEST_VALUE),
        ] {
            tally.on_one_line(pointer, "custom_fields", text, most);
        }
        tally.converted(part("id"), "custom_fields", "numbered otherwise here");
        tally.converted(part("type"), "custom_fields", "all are shown as text");
    }
}

/// As people's text is counted where it is cut.
fn is_long(text: &str, most: usize) -> bool {
    text.len() > most && text.encode_utf16().count() > most
}

fn too_long(most: usize) -> String {
    format!("more than {most} characters")
}
