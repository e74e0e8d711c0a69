//! Where things were removed, nothing is left that belongs to nothing.

use std::collections::BTreeSet;

use super::{Kept, records};
use crate::model::{Delivery, DeliveryId, Message, MessageId, Ticket, TicketId};
use crate::plan::{Address, Departed};
use crate::store::keys;
use crate::store::record;
use crate::store::rows::Read;

pub(super) fn audit(kept: &Kept) {
    let tickets: BTreeSet<TicketId> = records::<Ticket>(kept, b't')
        .into_iter()
        .map(|ticket| ticket.id)
        .collect();
    let messages: BTreeSet<MessageId> = records::<Message>(kept, b'm')
        .into_iter()
        .map(|message| message.id)
        .collect();
    let deliveries: BTreeSet<DeliveryId> = records::<Delivery>(kept, b'd')
        .into_iter()
        .map(|delivery| delivery.id)
        .collect();
    let number = |key: &[u8]| keys::number_at(key, 1).unwrap();
    for kind in *b"mefO" {
        for (key, _) in kept.all(kind) {
            assert!(
                tickets.contains(&TicketId(number(&key))),
                "{}",
                key.escape_ascii()
            );
        }
    }
    for (key, _) in kept.all(b'x') {
        assert!(
            messages.contains(&MessageId(number(&key))),
            "{}",
            key.escape_ascii()
        );
    }
    for kind in *b"ADH" {
        for (key, _) in kept.all(kind) {
            assert!(
                deliveries.contains(&DeliveryId(number(&key))),
                "{}",
                key.escape_ascii()
            );
        }
    }
    for (ticket, message) in records::<(TicketId, MessageId)>(kept, b'u') {
        assert!(
            tickets.contains(&ticket) && messages.contains(&message),
            "{ticket} {message}"
        );
    }
    for (key, _) in kept.all(b'w') {
        let ticket = keys::number_at(&key, key.len() - 16).unwrap();
        assert!(
            tickets.contains(&TicketId(ticket)),
            "{}",
            key.escape_ascii()
        );
    }
    for address in records::<Address>(kept, b'P') {
        assert!(tickets.contains(&address.ticket), "{address:?}");
    }
    let stones: BTreeSet<TicketId> = kept
        .all(b'T')
        .iter()
        .map(|(key, _)| TicketId(number(key)))
        .collect();
    assert!(stones.is_disjoint(&tickets));
    assert!(kept.all(b'G').is_empty());
    let names: BTreeSet<String> = records::<Vec<String>>(kept, b'Y')
        .into_iter()
        .flatten()
        .collect();
    for kind in *b"TUR" {
        for (key, value) in kept.all(kind) {
            let is_known = names.contains(&hex::encode(&key));
            let belongs = kind == b'R' && {
                let ticket: TicketId = record::from_row(&kept.rows, &key, &value).unwrap();
                tickets.contains(&ticket)
            };
            assert!(
                is_known || belongs,
                "{} is never forgotten",
                key.escape_ascii()
            );
        }
    }
    for departed in records::<Departed>(kept, b'U') {
        assert!(stones.contains(&departed.ticket) || tickets.contains(&departed.ticket));
    }
    for (key, _) in kept.all(b'p') {
        let (whole, part) = key[1..].split_at(key.len() - 3);
        let first = kept.rows.get(whole).unwrap();
        let first = first.unwrap_or_else(|| panic!("{} is a part of nothing", key.escape_ascii()));
        let parts = u16::from_be_bytes([first[1], first[2]]);
        assert!(
            u16::from_be_bytes([part[0], part[1]]) < parts,
            "{}",
            key.escape_ascii()
        );
    }
}
