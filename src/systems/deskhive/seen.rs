//! A ticket of DeskHive's in words that are no system's own.

use deskhive_client::{Named, Ticket};
use jiff::Timestamp;

use crate::mapping::Tally;
use crate::mapping::readable::line;
use crate::model::{Incarnation, Person, RemoteTicket, Time};

use super::heard::bounded;
use super::reference::without_reference;
use super::spelling::Spelling;
use super::words::{phase, priority_from};

mod fates;

/// Of a detail.
const LONGEST_NAME: usize = 60;
/// Of a detail.
const LONGEST_VALUE: usize = 200;
/// Of custom fields and of labels, each.
const MOST_OF_A_KIND: usize = 50;
/// A label's name is no longer.
const LONGEST_LABEL: usize = 250;

/// What `ticket` says to the bridge of this incarnation, without its messages.
pub fn seen(ticket: &Ticket, incarnation: &Incarnation, spelling: Spelling) -> RemoteTicket {
    let mut tally = Tally::new();
    let seen = noted(ticket, incarnation, spelling, &mut tally);
    RemoteTicket {
        fates: tally.into_losses(),
        ..seen
    }
}

/// The same, with what became of each of its fields.
pub(super) fn noted(
    ticket: &Ticket,
    incarnation: &Incarnation,
    spelling: Spelling,
    tally: &mut Tally,
) -> RemoteTicket {
    fates::note(ticket, tally);
    let content = spelling.read(&ticket.content);
    let (made_by, content) = without_reference(&content, incarnation);
    RemoteTicket {
        id: ticket.id.to_string(),
        status: line(ticket.status.as_str(), LONGEST_NAME),
        phase: phase(&ticket.status),
        made_by,
        changed_at: changed_at(ticket).map(time),
        created_at: ticket.created().map(time),
        ended_at: ticket.closed().map(time),
        assignee: ticket
            .assigned_to
            .as_ref()
            .map(|named| named.id.to_string()),
        priority: priority_from(&ticket.priority),
        labels: Some(labels(ticket)),
        person: person(ticket),
        opening: opening(ticket, content),
        details: details(ticket),
        fates: Vec::new(),
        messages: None,
        unsettled: false,
    }
}

fn time(timestamp: Timestamp) -> Time {
    Time::from_timestamp(timestamp)
}

fn changed_at(ticket: &Ticket) -> Option<Timestamp> {
    let moments = [ticket.updated(), ticket.last_reply(), ticket.closed()];
    moments.into_iter().flatten().max()
}

fn labels(ticket: &Ticket) -> Vec<String> {
    let names = ticket.labels.iter().map(|label| label.name.trim());
    let names = names.filter(|name| !name.is_empty() && name.len() <= LONGEST_LABEL);
    names.take(MOST_OF_A_KIND).map(str::to_owned).collect()
}

fn person(ticket: &Ticket) -> Person {
    let customer = ticket.customer.as_ref();
    let told = |text: Option<&str>| {
        let text = line(text.unwrap_or_default(), LONGEST_VALUE);
        Some(text).filter(|text| !text.is_empty())
    };
    let email = told(customer.and_then(|customer| customer.email.as_deref()));
    let name = told(customer.map(|customer| customer.name.as_str()));
    let number = || match customer {
        Some(customer) => format!("Customer {}", customer.id),
        None => format!("Customer of ticket {}", ticket.id),
    };
    Person {
        name: name.or_else(|| email.clone()).unwrap_or_else(number),
        email,
        phone: None,
    }
}

/// The subject and what it is about, which may begin with it.
fn opening(ticket: &Ticket, content: &str) -> String {
    let title = line(&ticket.title, LONGEST_LABEL * 2);
    let content = bounded(content.trim().to_owned());
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let start = flat(&title);
    let start = start.trim_end_matches(['…', '.']).trim_end();
    match (title.is_empty(), content.is_empty()) {
        (true, true) => format!("Ticket {}", ticket.id),
        (false, true) => title,
        (true, false) => content,
        (false, false) if flat(&content).starts_with(start) => content,
        (false, false) => format!("{title}\n\n{content}"),
    }
}

/// What has no place in our tickets, under DeskHive's own names.
fn details(ticket: &Ticket) -> Vec<(String, String)> {
    let named = |named: &Option<Named>| named.as_ref().map(|named| named.name.clone());
    let single = [
        ("reference_id", Some(ticket.reference_id.clone())),
        ("department", named(&ticket.department)),
        ("category", named(&ticket.category)),
        ("product", named(&ticket.product)),
        ("assigned_to", named(&ticket.assigned_to)),
        ("locked", ticket.is_locked.then(|| "yes".to_owned())),
    ];
    let single = single
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let fields = ticket.custom_fields.iter().take(MOST_OF_A_KIND);
    let fields = fields.map(|field| {
        let name = match line(&field.label, LONGEST_NAME) {
            name if name.is_empty() => format!("field {}", field.id),
            name => name,
        };
        (name, field.value.clone().unwrap_or_default())
    });
    single
        .chain(fields)
        .map(|(name, value)| (name, line(&value, LONGEST_VALUE)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}
