//! What was removed when a person was forgotten.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::retention;

use super::Stamp;

/// What was removed when a person was forgotten. It does not name them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// SHA-256 of what the person went by, in hexadecimal digits.
    pub author_sha256: String,
    /// In this brand only; null: in all.
    pub brand: Option<String>,
    /// When it began.
    pub at: Stamp,
    /// Whether this only says what would go.
    pub dry_run: bool,
    /// Tickets that went whole.
    pub tickets: Vec<u64>,
    /// Messages that went with them.
    pub messages_removed: u64,
    /// Messages in others' tickets that lost their words, and what was answered to them.
    pub messages_erased: Vec<ErasedMessage>,
    /// Deliveries that went, with the records of their tries.
    pub deliveries_removed: u64,
    /// Those of them that were pending, and are never sent.
    pub called_off: Vec<CalledOff>,
    /// Brands in which the person was known as an author.
    pub brands: BTreeSet<String>,
    /// What outside systems have of it. It cannot be erased from here.
    pub remote: Vec<RemoteTicket>,
    /// Records that name the person still, because they cannot be changed; the log says why.
    pub left: u64,
}

/// A message in another's ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErasedMessage {
    /// In which ticket.
    pub ticket: u64,
    /// Which.
    pub message: u64,
}

/// A delivery that was pending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CalledOff {
    /// Its number.
    pub delivery: u64,
    /// Whose it was.
    pub ticket: u64,
    /// Where it was to go.
    pub system: String,
    /// Whether it may have arrived all the same.
    pub may_have_arrived: bool,
}

/// A ticket at an outside system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RemoteTicket {
    /// Which system.
    pub system: String,
    /// Its id there.
    pub remote: String,
    /// Ours, for which it stands or stood.
    pub ticket: u64,
}

impl Receipt {
    /// As told on the wire, of somebody who goes by what has this digest.
    pub fn to_wire(
        receipt: &retention::Receipt,
        author_sha256: String,
        brand: Option<String>,
        dry_run: bool,
    ) -> Self {
        Self {
            author_sha256,
            brand,
            at: Stamp(receipt.at.unwrap_or(crate::model::Time::EPOCH)),
            dry_run,
            tickets: receipt.tickets.iter().map(|ticket| ticket.0).collect(),
            messages_removed: receipt.messages_removed,
            messages_erased: receipt
                .messages
                .iter()
                .map(|(ticket, message)| ErasedMessage {
                    ticket: ticket.0,
                    message: message.0,
                })
                .collect(),
            deliveries_removed: receipt.deliveries,
            called_off: receipt
                .called_off
                .iter()
                .map(|called_off| CalledOff {
                    delivery: called_off.delivery,
                    ticket: called_off.ticket.0,
                    system: called_off.system.clone(),
                    may_have_arrived: called_off.may_have_arrived,
                })
                .collect(),
            brands: receipt.brands.clone(),
            remote: receipt
                .remote
                .iter()
                .map(|there| RemoteTicket {
                    system: there.system.clone(),
                    remote: there.remote.clone(),
                    ticket: there.ticket.0,
                })
                .collect(),
            left: if dry_run { 0 } else { receipt.left },
        }
    }
}
