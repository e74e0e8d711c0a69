//! What a Qminder tells in webhooks and answers: whatever makes sense becomes a ticket in our words, none of them long,
//! and only our own label is taken for ours.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qminder_client::Ticket;
use qminder_client::webhooks::{Event, Subject};
use serde_json::from_slice;
use ticketbridge::model::{Incarnation, Maker, RemoteTicket};
use ticketbridge::systems::qminder::{label, seen};

const INCARNATION: Incarnation = Incarnation::named("0123456789ab");

fuzz_target!(|body: &[u8]| {
    if let Ok(Event {
        subject: Subject::Ticket(ticket),
        ..
    }) = Event::parse(body)
    {
        check(&ticket, &seen(&ticket, &INCARNATION, false));
    }
    if let Ok(ticket) = from_slice::<Ticket>(body) {
        check(&ticket, &seen(&ticket, &INCARNATION, true));
    }
});

fn check(ticket: &Ticket, seen: &RemoteTicket) {
    assert_eq!(seen.id, ticket.id.as_str());
    assert!(!seen.opening.trim().is_empty() && !seen.person.name.trim().is_empty());
    for (name, value) in &seen.details {
        assert!(name.chars().count() <= 200 && value.chars().count() <= 200);
    }
    assert!(seen.details.len() <= 200);
    if let Maker::Us(delivery) = seen.made_by {
        let ours = label(&INCARNATION, delivery);
        assert!(ticket.labels.iter().any(|label| label.value == ours));
    }
}
