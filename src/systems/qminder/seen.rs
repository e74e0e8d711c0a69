//! A ticket of Qminder's in words that are no system's own.

use jiff::Timestamp;
use qminder_client::ticket::{Extra, Interaction, Label, Message};
use qminder_client::{MessageType, Status, Ticket};

use crate::mapping::Tally;
use crate::mapping::readable::{line, readable};
use crate::model::{
    Incarnation, Person, Phase, RemoteMessage, RemoteSender, RemoteTicket, Time, Visibility,
};
use crate::systems::label::{is_bridges, made_by};

mod fates;

/// So many messages are looked at, the newest: one of a ticket that has more is not taken for news again.
const MOST_MESSAGES: usize = 256;
/// Of a message, in UTF-16 code units; Qminder's own are SMS.
const LONGEST_MESSAGE: usize = 16 * 1024;
/// Of a detail.
const LONGEST_NAME: usize = 60;
/// Of a detail.
const LONGEST_VALUE: usize = 200;
/// Of what visitors filled in, of interactions and of labels, each.
const MOST_OF_A_KIND: usize = 20;

/// What `ticket` says to the bridge of this incarnation. `with_messages`: they were asked for.
pub fn seen(ticket: &Ticket, incarnation: &Incarnation, with_messages: bool) -> RemoteTicket {
    let mut tally = Tally::new();
    let seen = noted(ticket, incarnation, with_messages, &mut tally);
    RemoteTicket {
        fates: tally.into_losses(),
        ..seen
    }
}

/// The same, with what became of each of its fields.
pub fn noted(
    ticket: &Ticket,
    incarnation: &Incarnation,
    with_messages: bool,
    tally: &mut Tally,
) -> RemoteTicket {
    fates::note(ticket, incarnation, with_messages, tally);
    let labels = ticket.labels.iter().map(|label| label.value.as_str());
    let assigned = ticket.assigned.as_ref();
    let assignee = assigned.and_then(|assigned| assigned.assignee.as_ref());
    RemoteTicket {
        id: ticket.id.to_string(),
        status: ticket.status.to_string(),
        phase: phase(&ticket.status),
        made_by: made_by(labels, incarnation),
        changed_at: changed_at(ticket),
        created_at: ticket.created.map(|created| time(created.date)),
        ended_at: None,
        assignee: assignee.map(ToString::to_string),
        priority: None,
        labels: None,
        person: person(ticket),
        opening: opening(ticket),
        details: details(ticket, incarnation),
        fates: Vec::new(),
        messages: with_messages.then(|| messages(&ticket.messages)),
        unsettled: false,
    }
}

fn phase(status: &Status) -> Option<Phase> {
    match status {
        Status::New => Some(Phase::Waiting),
        Status::Called => Some(Phase::Attended),
        Status::Served
        | Status::NoShow
        | Status::Cancelled
        | Status::CancelledByClerk
        | Status::SchedulingCancelled
        | Status::SchedulingCancelledByVisitor
        | Status::SchedulingNoShow => Some(Phase::Ended),
        // An appointment becomes a visit when the visitor comes.
        Status::Scheduled => None,
        _ => None,
    }
}

/// The newest of what happened; `orderAfter` is a place in the queue and no event.
fn changed_at(ticket: &Ticket) -> Option<Time> {
    let of_interaction = |of: &Interaction| [Some(of.start), of.end];
    let moments = [
        ticket.created.map(|created| created.date),
        ticket.called.as_ref().map(|called| called.date),
        ticket.served.map(|served| served.date),
        ticket.cancelled.as_ref().map(|cancelled| cancelled.date),
    ];
    let of_interactions = ticket.interactions.iter().flat_map(of_interaction);
    moments
        .into_iter()
        .chain(of_interactions)
        .flatten()
        .max()
        .map(time)
}

fn time(timestamp: Timestamp) -> Time {
    Time::from_timestamp(timestamp)
}

/// What the visitor is called, if anything.
fn name(ticket: &Ticket) -> Option<String> {
    let names = [&ticket.first_name, &ticket.last_name];
    let names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
    Some(line(&names.join(" "), LONGEST_VALUE)).filter(|name| !name.trim().is_empty())
}

fn person(ticket: &Ticket) -> Person {
    let told = |text: &Option<String>| {
        let text = line(text.as_deref().unwrap_or_default(), LONGEST_VALUE);
        Some(text).filter(|text| !text.is_empty())
    };
    let (email, phone) = (told(&ticket.email), told(&ticket.phone_number));
    let name = name(ticket)
        .or_else(|| email.clone())
        .or_else(|| phone.clone());
    Person {
        name: name.unwrap_or_else(|| format!("Visitor {}", ticket.id)),
        email,
        phone,
    }
}

/// What is known of a visitor, one thing a line.
fn opening(ticket: &Ticket) -> String {
    let person = person(ticket);
    let visitor = name(ticket);
    let line_id = ticket.line.as_ref().map(ToString::to_string);
    let known = [
        ("Visitor", visitor),
        ("Telephone", person.phone),
        ("E-mail", person.email),
        ("Line", line_id),
    ];
    let known = known
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}: {}", value?)));
    let filled_in = ticket.extra.iter().take(MOST_OF_A_KIND).map(|extra| {
        let (name, value) = filled_in(extra);
        format!("{name}: {value}")
    });
    let lines: Vec<String> = known.chain(filled_in).collect();
    if lines.is_empty() {
        return format!("Visit {}", ticket.id);
    }
    lines.join("\n")
}

/// What has no place in our tickets, under Qminder's own names.
fn details(ticket: &Ticket, incarnation: &Incarnation) -> Vec<(String, String)> {
    let called = ticket.called.as_ref();
    let assigned = ticket.assigned.as_ref();
    let single = [
        ("publicId", ticket.public_id.clone()),
        ("source", text(ticket.source.as_ref())),
        ("languageCode", ticket.language_code.clone()),
        ("orderAfter", text(ticket.order_after.as_ref())),
        (
            "caller",
            text(called.and_then(|called| called.caller.as_ref())),
        ),
        ("desk", text(called.and_then(|called| called.desk.as_ref()))),
        (
            "assigner",
            text(assigned.and_then(|assigned| assigned.assigner.as_ref())),
        ),
        (
            "assignee",
            text(assigned.and_then(|assigned| assigned.assignee.as_ref())),
        ),
    ];
    let single = single
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), line(&value?, LONGEST_VALUE))));
    let interactions = ticket.interactions.iter().rev().take(MOST_OF_A_KIND);
    let interactions = interactions.map(|of| ("interaction".to_owned(), interaction(of)));
    let extra = ticket.extra.iter().take(MOST_OF_A_KIND).map(filled_in);
    let labels = ticket
        .labels
        .iter()
        .filter(|label| !is_bridges(&label.value, incarnation));
    let labels = labels
        .take(MOST_OF_A_KIND)
        .map(|of| ("label".to_owned(), label(of)));
    single
        .chain(interactions)
        .chain(extra)
        .chain(labels)
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn text(value: Option<&impl ToString>) -> Option<String> {
    value.map(ToString::to_string)
}

fn interaction(of: &Interaction) -> String {
    let end = of.end.map_or("now".to_owned(), |end| end.to_string());
    let user = of.user.as_ref().map(|user| format!(", user {user}"));
    let desk = of.desk.as_ref().map(|desk| format!(", desk {desk}"));
    let line_id = of.line.as_ref().map(|line| format!(", line {line}"));
    let more: String = [user, desk, line_id].into_iter().flatten().collect();
    line(&format!("{} to {end}{more}", of.start), LONGEST_VALUE)
}

fn filled_in(extra: &Extra) -> (String, String) {
    let value = extra.value.as_deref().unwrap_or_default();
    let value = match &extra.url {
        Some(url) => format!("{value} {url}"),
        None => value.to_owned(),
    };
    let name = match line(&extra.title, LONGEST_NAME) {
        name if name.is_empty() => "extra".to_owned(),
        name => name,
    };
    (name, line(&value, LONGEST_VALUE))
}

fn label(of: &Label) -> String {
    let value = line(&of.value, LONGEST_NAME);
    match &of.color {
        Some(color) => format!("{value} (#{})", line(color, 6)),
        None => value,
    }
}

/// The newest, in order.
fn messages(messages: &[Message]) -> Vec<RemoteMessage> {
    let mut messages: Vec<&Message> = messages.iter().collect();
    messages.sort_by_key(|message| message.created.date);
    let surplus = messages.len().saturating_sub(MOST_MESSAGES);
    messages.drain(..surplus);
    messages.into_iter().map(message).collect()
}

fn message(message: &Message) -> RemoteMessage {
    let from = match (&message.message_type, &message.user_id) {
        (MessageType::Incoming, _) => RemoteSender::Customer,
        (MessageType::Outgoing, Some(user)) => RemoteSender::Colleague {
            id: user.to_string(),
            name: None,
            may_be_us: true,
        },
        // Nobody's, and what is not known says nothing to anybody.
        _ => RemoteSender::Automatic,
    };
    let is_short = message.body.len() <= LONGEST_MESSAGE;
    RemoteMessage {
        number: None,
        visibility: Visibility::Public,
        at: time(message.created.date),
        from,
        text: match is_short {
            true => message.body.clone(),
            false => readable(&message.body, LONGEST_MESSAGE).text,
        },
    }
}

#[cfg(test)]
mod tests;
