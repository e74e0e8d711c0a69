//! What the daemon carries: tickets, messages, deliveries, lanes, and what can happen to them.
//!
//! Plain data without I/O, clocks or chance. Everything else in the daemon may depend on it; it depends on
//! nothing of ours.

mod agent;
mod delivery;
mod event;
mod fate;
mod incarnation;
mod lane;
mod link;
mod mend;
mod message;
mod notice;
mod number;
mod removal;
mod ticket;
mod time;
mod trace_context;

pub use agent::{AgentOrder, Profile, ProfileChange};
pub use delivery::{
    Answering, Attempt, Class, Command, DeadReason, Delivery, DeliveryState, Pushing,
};
pub use event::{
    Edited, Event, ExternalTicket, Happening, Head, Kick, LaneFailure, OperatorOrder, Replied,
    Returned, SetAside, Settled,
};
pub use fate::{Fate, How};
pub use incarnation::Incarnation;
pub use lane::{Breaker, Destination, HostState, Lane, Pause, RESPONSE_URL};
pub use link::{
    Link, LinkState, Maker, Observation, Observed, Person, Phase, RemoteMessage, RemoteSender,
    RemoteTicket, Said,
};
pub use mend::Mend;
pub use message::{Message, Sender, Text, Visibility, WayOut};
pub use notice::{News, Notice, NoticeKind};
pub use number::{AgentId, DeliveryId, LaneId, MappingVersion, MessageId, NoticeId, TicketId};
pub use removal::{Erasing, NoticeLeaf, Remembered, Tidying, Tombstone};
pub use ticket::{Assignee, Author, Pace, Priority, Status, Ticket, UnknownWord};
pub use time::Time;
pub use trace_context::{InvalidTraceContext, SpanId, TraceContext, TraceId};
