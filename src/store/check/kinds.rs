//! Every kind of row, with what looks at it. See `store/keys.rs` for what they hold.

use sha2::{Digest, Sha256};

use super::Checking;
use crate::model::{AgentId, HostState, Profile, TicketId};
use crate::store::keys;
use crate::store::record;
use crate::store::rows::RowsError;

pub(super) struct Kind {
    pub(super) prefix: u8,
    pub(super) name: &'static str,
    pub(super) check: fn(&mut Checking) -> Result<(), RowsError>,
}

const fn kind(
    prefix: u8,
    name: &'static str,
    check: fn(&mut Checking) -> Result<(), RowsError>,
) -> Kind {
    Kind {
        prefix,
        name,
        check,
    }
}

/// In the order in which they are looked at: counters when all has been seen that is counted.
pub(super) const KINDS: &[Kind] = &[
    kind(b'M', "store", Checking::store),
    kind(b't', "tickets", Checking::tickets),
    kind(b'm', "messages", Checking::messages),
    kind(b'x', "long texts", Checking::texts),
    kind(b'e', "notes", Checking::notes),
    kind(b'a', "authors", Checking::authors),
    kind(b'u', "uids", Checking::uids),
    kind(b'w', "waiting for a parent", Checking::waiting),
    kind(b'P', "addresses for replies", Checking::addresses),
    kind(b'r', "turns", Checking::turns),
    kind(b'g', "profiles", Checking::profiles),
    kind(b'v', "mappings", Checking::mappings),
    kind(b'R', "links", Checking::links),
    kind(b'o', "open links", Checking::open_links),
    kind(b'O', "loop breaks", Checking::loop_breaks),
    kind(b'l', "leaves of lists", Checking::leaves),
    kind(b'b', "blocks of lists", Checking::censuses_of_blocks),
    kind(b's', "spans of lists", Checking::censuses_of_spans),
    kind(b'd', "deliveries", Checking::deliveries),
    kind(b'A', "earlier attempts", Checking::attempts),
    kind(b'f', "deliveries to systems", Checking::errands),
    kind(b'D', "dead letters", Checking::dead_letters),
    kind(b'H', "held deliveries", Checking::held),
    kind(b'S', "recorded deliveries", Checking::recorded),
    kind(b'c', "chains", Checking::chains),
    kind(b'q', "due heads", Checking::heads),
    kind(b'z', "set aside", Checking::set_aside),
    kind(b'n', "lanes", Checking::lanes),
    kind(b'L', "destinations", Checking::destinations),
    kind(b'k', "wake times", Checking::wakes),
    kind(b'h', "hosts", Checking::hosts),
    kind(b'T', "removed tickets", Checking::tombstones),
    kind(b'G', "leftovers of removed tickets", Checking::leftovers),
    kind(b'U', "removed uids", Checking::departed),
    kind(b'Y', "to be forgotten", Checking::remembered),
    kind(b'p', "further parts", Checking::parts),
    kind(b'C', "counters", Checking::counters),
];

impl Checking {
    fn store(&mut self) -> Result<(), RowsError> {
        self.each_record::<serde_json::Value>(b"M", |_, _, _| Ok(()))
    }

    fn turns(&mut self) -> Result<(), RowsError> {
        self.each_record::<AgentId>(b"r", |_, _, _| Ok(()))
    }

    fn profiles(&mut self) -> Result<(), RowsError> {
        self.each_record::<Profile>(b"g", |_, _, _| Ok(()))
    }

    /// A version is named by what it says. What was planned by one that is lost goes by the one in force.
    fn mappings(&mut self) -> Result<(), RowsError> {
        self.each_record(b"v", |checking, key, mapping: String| {
            let digest = Sha256::digest(&mapping);
            let holds = key.get(1..) == digest.get(..8);
            checking.must(holds, || {
                format!(
                    "the mapping at {} is not the one of that name",
                    key.escape_ascii()
                )
            });
            Ok(())
        })
    }

    fn hosts(&mut self) -> Result<(), RowsError> {
        self.each_record::<HostState>(b"h", |checking, key, _| {
            checking.must(keys::host_of(key).is_some(), || {
                "a host's name is unreadable".to_owned()
            });
            Ok(())
        })
    }

    fn loop_breaks(&mut self) -> Result<(), RowsError> {
        self.each_record(b"O", |checking, key, since| {
            let id = TicketId(keys::number_at(key, 1).unwrap_or_default());
            let ticket = checking.get::<crate::model::Ticket>(&keys::ticket(id))?;
            let holds = ticket.is_or_may_be(|ticket| ticket.loop_since == Some(since));
            checking.must(holds, || {
                format!("a loop break of ticket {id} is noted of which the ticket knows nothing")
            });
            checking.expected.loop_breaks += 1;
            Ok(())
        })
    }

    /// What is left of a record that was longer once does no harm.
    fn parts(&mut self) -> Result<(), RowsError> {
        self.each(b"p", |checking, key, _| {
            let of = key.get(1..key.len().saturating_sub(2)).unwrap_or_default();
            let first = checking.rows.get(of)?;
            let is_first = first.is_none_or(|first| first.len() >= record::HEADER);
            checking.must(is_first, || {
                format!("the record at {} is cut off", of.escape_ascii())
            });
            Ok(())
        })
    }
}
