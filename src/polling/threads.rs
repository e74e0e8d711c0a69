//! Looking at a system where tickets are threads, which can only be listed.

use std::sync::Arc;

use crate::model::{RemoteTicket, Time};

use super::window::Looking;

/// What can be asked of a system whose tickets are threads. Each question passes the gate of the system's key by
/// itself, after what is sent, and ends by itself in bounded time.
pub trait Threads: Send + Sync {
    /// A page of all tickets that we see there, without their messages; the first is 1. Their order is not known.
    fn page(&self, number: u64) -> Looking<'_, ListPage>;

    /// A ticket as it was listed, with its messages; `None` where it is not there any more. Whether it is
    /// [unsettled](RemoteTicket::unsettled) is said by the system's clock at the time of this answer.
    fn thread<'a>(&'a self, listed: &'a RemoteTicket) -> Looking<'a, Option<RemoteTicket>>;

    /// A ticket of ours that may not be listed, with its messages; `None` where it is not there any more.
    fn look<'a>(&'a self, remote: &'a str) -> Looking<'a, Option<RemoteTicket>>;

    /// Tickets that the newest notifications are about.
    fn hints(&self) -> Looking<'_, Vec<Hint>>;

    /// The hint was followed. Does nothing unless the operator wants it marked as read there.
    fn followed(&self, hint: u64) -> Looking<'_, ()>;
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPage {
    /// What is on it.
    pub tickets: Vec<RemoteTicket>,
    /// The number of the last page; 1 where there is no other.
    pub last: u64,
    /// What the system's clock said, if it said so.
    pub at: Option<Time>,
}

/// Something that may have happened to a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// Its number there.
    pub id: u64,
    /// The system's id for the ticket.
    pub remote: String,
    /// Somebody there has read it.
    pub is_read: bool,
}

/// The way to look at the system of an id, as the settings in force have it, if it is one of these.
pub type AllThreads = Arc<dyn Fn(&str) -> Option<Arc<dyn Threads>> + Send + Sync>;
