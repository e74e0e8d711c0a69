//! Where each kind of record stands: one tree, keys prefixed by kind, numbers big-endian so that they rise.
//!
//! | prefix | rest of the key | value |
//! | --- | --- | --- |
//! | `M` | name | the store's own: version, incarnation, numbers, run |
//! | `t` | ticket | ticket |
//! | `m` | ticket, message | message |
//! | `x` | message, revision | text that stands apart from its message |
//! | `u` | brand, uid, slot | what goes by a uid: ticket, message |
//! | `w` | brand, uid, ticket, message | a message waiting for a parent of that uid: its provider |
//! | `a` | brand, uid | author |
//! | `e` | ticket, time, count | note for `trace` |
//! | `r` | brand | who was last assigned in turn |
//! | `g` | agent | what the daemon keeps of an agent: their profile |
//! | `v` | version | what the operator decided about fields, in writing |
//! | `l` | shelf, number / 64 | a leaf: what is kept of up to 64 neighbouring numbers |
//! | `b` | shelf, number / 2^12 | a block: how many of the numbers below have which traits |
//! | `s` | shelf, number / 2^20 | a span: the same |
//! | `d` | delivery | delivery |
//! | `A` | delivery, number | an earlier attempt |
//! | `D` | delivery | dead letters: nothing |
//! | `H` | delivery | held for a person to decide: nothing |
//! | `S` | lane, delivery | recorded instead of sent, until a person decides: nothing |
//! | `c` | lane, ticket, delivery | chains, all pending deliveries in order: nothing |
//! | `q` | lane, retried, due, ticket, delivery | due heads: nothing |
//! | `n` | lane | lane |
//! | `L` | SHA-256 of the destination | lane number; no order can be kept among secrets |
//! | `k` | wake time, lane | lanes by wake time: nothing |
//! | `h` | host | what a host's gate remembers |
//! | `z` | delivery | what was set aside |
//! | `R` | system, SHA-256 of the remote id | the ticket that it is or was linked to |
//! | `o` | system, ticket | a link that can still change there: the remote id |
//! | `f` | ticket, delivery | a ticket's deliveries to systems: nothing |
//! | `O` | ticket | a ticket that is not mirrored any more, because it changed implausibly often: since when |
//! | `P` | SHA-256 of a secret | where answers to something may be sent |
//! | `T` | ticket | what is told of a ticket that was removed: when, and why |
//! | `G` | ticket | a removed ticket of which something is left, because it was too much for one event |
//! | `U` | SHA-256 of brand and uid, SHA-256 of provider | what went by a uid and was removed: ticket, message, when |
//! | `Y` | time, ticket, part | the `T`, `U` and `R` rows that are forgotten some time after a removal: their keys |
//! | `C` | name | counter |
//! | `p` | another key, part | the rest of a value that is too long for one row |
//!
//! A shelf (`store/shelf.rs`) begins with its kind: `t`, brand, assignee: tickets, with status, priority and department;
//! `n`, brand, assignee: notices to those who may work on these tickets; `r`, agent, brand, assignee: what of that the
//! agent has read.
//!
//! Counters' names: `n`, word: figures of deliveries; `w`, brand, assignee: tickets that need a response; `d`, brand,
//! assignee, day: tickets that were closed on that day, which is counted from 1970 in UTC, and still are.

use sha2::{Digest, Sha256};

use crate::model::{
    AgentId, Assignee, DeliveryId, Destination, Head, LaneId, MappingVersion, MessageId,
    Remembered, TicketId, Time,
};
use crate::plan::Slot;

/// A key under construction.
#[derive(Debug, Clone)]
pub(super) struct Key(Vec<u8>);

impl Key {
    pub(super) fn of(kind: u8) -> Self {
        Self(vec![kind])
    }

    pub(super) fn number(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    pub(super) fn time(self, time: Time) -> Self {
        self.number(rising(time))
    }

    pub(super) fn byte(mut self, byte: u8) -> Self {
        self.0.push(byte);
        self
    }

    /// A text with its length in front, so that no text runs into what follows.
    pub(super) fn text(mut self, text: &str) -> Self {
        let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0
            .extend_from_slice(&text.as_bytes()[..usize::from(length)]);
        self
    }

    pub(super) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(super) fn done(self) -> Vec<u8> {
        self.0
    }
}

fn rising(time: Time) -> u64 {
    time.as_micros().cast_unsigned() ^ (1 << 63)
}

fn time_at(bytes: &[u8], at: usize) -> Option<Time> {
    Some(Time::from_micros(
        (number_at(bytes, at)? ^ (1 << 63)).cast_signed(),
    ))
}

/// The number that stands at `at`.
pub(super) fn number_at(bytes: &[u8], at: usize) -> Option<u64> {
    let slice = bytes.get(at..at + 8)?;
    Some(u64::from_be_bytes(slice.try_into().ok()?))
}

pub(super) fn meta(name: &str) -> Vec<u8> {
    Key::of(b'M').bytes(name.as_bytes()).done()
}

pub(super) fn ticket(id: TicketId) -> Vec<u8> {
    Key::of(b't').number(id.0).done()
}

pub(super) fn messages(ticket: TicketId) -> Vec<u8> {
    Key::of(b'm').number(ticket.0).done()
}

pub(super) fn message(ticket: TicketId, id: MessageId) -> Vec<u8> {
    Key::of(b'm').number(ticket.0).number(id.0).done()
}

pub(super) fn text(id: MessageId, revision: u32) -> Vec<u8> {
    Key::of(b'x')
        .number(id.0)
        .bytes(&revision.to_be_bytes())
        .done()
}

pub(super) fn all_looping() -> Vec<u8> {
    Key::of(b'O').done()
}

pub(super) fn looping(ticket: TicketId) -> Vec<u8> {
    Key::of(b'O').number(ticket.0).done()
}

/// `name`: the digest of the address's unguessable part, in hexadecimal digits.
pub(super) fn address(name: &str) -> Vec<u8> {
    Key::of(b'P').text(name).done()
}

pub(super) fn uids(brand: &str, uid: &str) -> Vec<u8> {
    Key::of(b'u').text(brand).text(uid).done()
}

pub(super) fn uid(brand: &str, uid: &str, slot: &Slot) -> Vec<u8> {
    let key = Key::of(b'u').text(brand).text(uid);
    match slot {
        Slot::Sent(None) => key.byte(b'0').done(),
        Slot::Sent(Some(provider)) => key.byte(b'1').bytes(provider.as_bytes()).done(),
        Slot::Reply => key.byte(b'2').done(),
    }
}

/// The slot that ends a `u` key whose start is `prefix` long.
pub(super) fn slot_after(key: &[u8], prefix: usize) -> Option<Slot> {
    match key.get(prefix)? {
        b'0' => Some(Slot::Sent(None)),
        b'1' => Some(Slot::Sent(Some(
            String::from_utf8(key[prefix + 1..].to_vec()).ok()?,
        ))),
        b'2' => Some(Slot::Reply),
        _ => None,
    }
}

pub(super) fn all_uids(brand: &str) -> Vec<u8> {
    Key::of(b'u').text(brand).done()
}

pub(super) fn waiting_for(brand: &str, uid: &str) -> Vec<u8> {
    Key::of(b'w').text(brand).text(uid).done()
}

pub(super) fn waiting(brand: &str, uid: &str, ticket: TicketId, message: MessageId) -> Vec<u8> {
    Key::of(b'w')
        .text(brand)
        .text(uid)
        .number(ticket.0)
        .number(message.0)
        .done()
}

pub(super) fn author(brand: &str, uid: &str) -> Vec<u8> {
    Key::of(b'a').text(brand).text(uid).done()
}

/// All authors of a brand.
pub(super) fn authors(brand: &str) -> Vec<u8> {
    Key::of(b'a').text(brand).done()
}

pub(super) fn notes(ticket: TicketId) -> Vec<u8> {
    Key::of(b'e').number(ticket.0).done()
}

pub(super) fn note(ticket: TicketId, at: Time, count: u16) -> Vec<u8> {
    Key::of(b'e')
        .number(ticket.0)
        .time(at)
        .bytes(&count.to_be_bytes())
        .done()
}

/// The time in a `e` key.
pub(super) fn note_time(key: &[u8]) -> Option<Time> {
    time_at(key, 9)
}

pub(super) fn assignee_number(assignee: Assignee) -> u64 {
    match assignee {
        Assignee::All => 0,
        Assignee::One(AgentId(id)) => id,
    }
}

/// The brand and assignee that stand at `at`.
pub(super) fn brand_and_assignee(key: &[u8], at: usize) -> Option<(String, Assignee)> {
    let length = key.get(at..at + 2)?;
    let end = at + 2 + usize::from(u16::from_be_bytes(length.try_into().ok()?));
    let brand = String::from_utf8(key.get(at + 2..end)?.to_vec()).ok()?;
    let assignee = match number_at(key, end)? {
        0 => Assignee::All,
        agent => Assignee::One(AgentId(agent)),
    };
    Some((brand, assignee))
}

pub(super) fn mapping(version: MappingVersion) -> Vec<u8> {
    Key::of(b'v').number(version.0).done()
}

pub(super) fn profile(agent: AgentId) -> Vec<u8> {
    Key::of(b'g').number(agent.0).done()
}

pub(super) fn last_assigned(brand: &str) -> Vec<u8> {
    Key::of(b'r').text(brand).done()
}

pub(super) fn delivery(id: DeliveryId) -> Vec<u8> {
    Key::of(b'd').number(id.0).done()
}

pub(super) fn attempts(id: DeliveryId) -> Vec<u8> {
    Key::of(b'A').number(id.0).done()
}

pub(super) fn attempt(id: DeliveryId, number: u32) -> Vec<u8> {
    Key::of(b'A')
        .number(id.0)
        .bytes(&number.to_be_bytes())
        .done()
}

pub(super) fn dead(id: DeliveryId) -> Vec<u8> {
    Key::of(b'D').number(id.0).done()
}

pub(super) fn held(id: DeliveryId) -> Vec<u8> {
    Key::of(b'H').number(id.0).done()
}

pub(super) fn all_recorded(lane: LaneId) -> Vec<u8> {
    Key::of(b'S').number(lane.0).done()
}

pub(super) fn recorded(lane: LaneId, id: DeliveryId) -> Vec<u8> {
    Key::of(b'S').number(lane.0).number(id.0).done()
}

/// The delivery of an `S` key.
pub(super) fn recorded_of(key: &[u8]) -> Option<DeliveryId> {
    number_at(key, 9).map(DeliveryId)
}

pub(super) fn lane_chains(lane: LaneId) -> Vec<u8> {
    Key::of(b'c').number(lane.0).done()
}

pub(super) fn chain(lane: LaneId, ticket: TicketId) -> Vec<u8> {
    Key::of(b'c').number(lane.0).number(ticket.0).done()
}

pub(super) fn chain_entry(lane: LaneId, ticket: TicketId, delivery: DeliveryId) -> Vec<u8> {
    Key::of(b'c')
        .number(lane.0)
        .number(ticket.0)
        .number(delivery.0)
        .done()
}

/// The lane, ticket and delivery of a `c` key.
pub(super) fn chain_of(key: &[u8]) -> Option<(LaneId, TicketId, DeliveryId)> {
    Some((
        LaneId(number_at(key, 1)?),
        TicketId(number_at(key, 9)?),
        DeliveryId(number_at(key, 17)?),
    ))
}

pub(super) fn heads(lane: LaneId, retried: bool) -> Vec<u8> {
    Key::of(b'q').number(lane.0).byte(u8::from(retried)).done()
}

/// Just behind the heads that are due at `until`.
pub(super) fn heads_after(lane: LaneId, retried: bool, until: Time) -> Vec<u8> {
    Key::of(b'q')
        .number(lane.0)
        .byte(u8::from(retried))
        .number(rising(until).saturating_add(1))
        .done()
}

pub(super) fn head(lane: LaneId, head: &Head) -> Vec<u8> {
    Key::of(b'q')
        .number(lane.0)
        .byte(u8::from(head.retried))
        .time(head.due)
        .number(head.ticket.0)
        .number(head.delivery.0)
        .done()
}

/// What a `q` key says.
pub(super) fn head_of(key: &[u8]) -> Option<Head> {
    Some(Head {
        retried: *key.get(9)? == 1,
        due: time_at(key, 10)?,
        ticket: TicketId(number_at(key, 18)?),
        delivery: DeliveryId(number_at(key, 26)?),
    })
}

pub(super) fn lane(id: LaneId) -> Vec<u8> {
    Key::of(b'n').number(id.0).done()
}

pub(super) fn lane_to(destination: &Destination) -> Vec<u8> {
    let hash = match destination {
        Destination::ResponseUrl(url) => Sha256::new()
            .chain_update(b"url\0")
            .chain_update(url)
            .finalize(),
        Destination::System(id) => Sha256::new()
            .chain_update(b"system\0")
            .chain_update(id)
            .finalize(),
    };
    Key::of(b'L').bytes(&hash).done()
}

pub(super) fn wake(at: Time, lane: LaneId) -> Vec<u8> {
    Key::of(b'k').time(at).number(lane.0).done()
}

/// The wake time and lane of a `k` key.
pub(super) fn wake_of(key: &[u8]) -> Option<(Time, LaneId)> {
    Some((time_at(key, 1)?, LaneId(number_at(key, 9)?)))
}

pub(super) fn host(host: &str) -> Vec<u8> {
    Key::of(b'h').text(host).done()
}

/// The host of an `h` key.
pub(super) fn host_of(key: &[u8]) -> Option<String> {
    String::from_utf8(key.get(3..)?.to_vec()).ok()
}

pub(super) fn set_aside(id: DeliveryId) -> Vec<u8> {
    Key::of(b'z').number(id.0).done()
}

pub(super) fn linked(system: &str, remote: &str) -> Vec<u8> {
    let hash = Sha256::digest(remote);
    Key::of(b'R').text(system).bytes(&hash).done()
}

pub(super) fn open_links(system: &str) -> Vec<u8> {
    Key::of(b'o').text(system).done()
}

pub(super) fn open_link(system: &str, ticket: TicketId) -> Vec<u8> {
    Key::of(b'o').text(system).number(ticket.0).done()
}

/// The ticket of an `o` key.
pub(super) fn ticket_of_open_link(key: &[u8]) -> Option<TicketId> {
    number_at(key, key.len().checked_sub(8)?).map(TicketId)
}

pub(super) fn errands(ticket: TicketId) -> Vec<u8> {
    Key::of(b'f').number(ticket.0).done()
}

pub(super) fn errand(ticket: TicketId, delivery: DeliveryId) -> Vec<u8> {
    Key::of(b'f').number(ticket.0).number(delivery.0).done()
}

pub(super) fn tombstone(ticket: TicketId) -> Vec<u8> {
    Key::of(b'T').number(ticket.0).done()
}

pub(super) fn all_unswept() -> Vec<u8> {
    Key::of(b'G').done()
}

pub(super) fn unswept(ticket: TicketId) -> Vec<u8> {
    Key::of(b'G').number(ticket.0).done()
}

/// What went by `uid`, of all providers. A digest says nothing of whom it was about.
pub(super) fn all_departed(brand: &str, uid: &str) -> Vec<u8> {
    let who = Sha256::new()
        .chain_update(brand)
        .chain_update([0])
        .chain_update(uid)
        .finalize();
    Key::of(b'U').bytes(&who[..16]).done()
}

pub(super) fn departed(brand: &str, uid: &str, provider: Option<&str>) -> Vec<u8> {
    let provider = match provider {
        Some(provider) => Sha256::new().chain_update([1]).chain_update(provider),
        None => Sha256::new().chain_update([0]),
    };
    let mut key = all_departed(brand, uid);
    key.extend_from_slice(&provider.finalize()[..16]);
    key
}

pub(super) fn all_remembered() -> Vec<u8> {
    Key::of(b'Y').done()
}

pub(super) fn remembered(what: Remembered) -> Vec<u8> {
    Key::of(b'Y')
        .time(what.at)
        .number(what.ticket.0)
        .bytes(&what.part.to_be_bytes())
        .done()
}

/// All that is to be forgotten of what was removed with a ticket, or of it, at a time.
pub(super) fn all_remembered_of(at: Time, ticket: TicketId) -> Vec<u8> {
    Key::of(b'Y').time(at).number(ticket.0).done()
}

/// What a `Y` key says.
pub(super) fn remembered_of(key: &[u8]) -> Option<Remembered> {
    let part = key.get(17..19)?;
    Some(Remembered {
        at: time_at(key, 1)?,
        ticket: TicketId(number_at(key, 9)?),
        part: u16::from_be_bytes(part.try_into().ok()?),
    })
}

/// All texts of a message.
pub(super) fn texts(id: MessageId) -> Vec<u8> {
    Key::of(b'x').number(id.0).done()
}

pub(super) fn part(of: &[u8], part: u16) -> Vec<u8> {
    Key::of(b'p').bytes(of).bytes(&part.to_be_bytes()).done()
}

pub(super) fn counter(name: &str) -> Vec<u8> {
    Key::of(b'C').bytes(b"n").text(name).done()
}

/// Whether it is the counter of a system's pending deliveries.
pub(super) fn is_pending_counter(key: &[u8]) -> bool {
    is_counter_of(key, b"pending/")
}

/// Whether it is the counter of a system's deliveries that were ever recorded.
pub(super) fn is_ever_recorded_counter(key: &[u8]) -> bool {
    is_counter_of(key, b"ever-recorded/")
}

fn is_counter_of(key: &[u8], what: &[u8]) -> bool {
    key.starts_with(b"Cn") && key.get(4..).is_some_and(|name| name.starts_with(what))
}

/// Tickets that need a response.
pub(super) fn waiting_counter(brand: &str, assignee: Assignee) -> Vec<u8> {
    Key::of(b'C')
        .bytes(b"w")
        .text(brand)
        .number(assignee_number(assignee))
        .done()
}

/// Tickets that were closed on a day and still are.
pub(super) fn closed_counter(brand: &str, assignee: Assignee, day: u64) -> Vec<u8> {
    Key::of(b'C')
        .bytes(b"d")
        .text(brand)
        .number(assignee_number(assignee))
        .number(day)
        .done()
}

/// Whether it counts what was closed on one day.
pub(super) fn is_of_a_day(counter: &[u8]) -> bool {
    counter.starts_with(b"Cd")
}

/// Just behind everything that begins with `prefix`.
pub(super) fn end_of(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return end;
        }
    }
    vec![u8::MAX; 64]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn due_keys_sort_as_their_times_and_read_back(a in any::<i64>(), b in any::<i64>(), n in any::<u64>()) {
            let make = |at| Head { due: Time::from_micros(at), retried: true, ticket: TicketId(n), delivery: DeliveryId(n) };
            let (first, second) = (head(LaneId(1), &make(a)), head(LaneId(1), &make(b)));
            prop_assert_eq!(first.cmp(&second), a.cmp(&b));
            prop_assert_eq!(head_of(&first), Some(make(a)));
        }

        #[test]
        fn no_uid_runs_into_another(a in ".*", b in ".*", provider in ".*") {
            prop_assume!(a != b);
            let long = uid("acme", &a, &Slot::Sent(Some(provider.clone())));
            prop_assert!(!long.starts_with(&uids("acme", &b)));
            prop_assert_eq!(slot_after(&long, uids("acme", &a).len()), Some(Slot::Sent(Some(provider))));
        }
    }

    #[test]
    fn the_end_of_a_prefix_is_behind_all_that_begins_with_it() {
        assert_eq!(end_of(b"ab"), b"ac");
        assert_eq!(end_of(&[b'a', 255]), b"b");
        assert!(end_of(&[255, 255]).as_slice() > [255, 255, 255].as_slice());
    }
}
