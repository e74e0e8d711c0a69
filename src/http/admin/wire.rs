//! The JSON shapes of the operator's interface. They are stable: fields are added, never renamed. Times are RFC 3339;
//! URLs are shown as scheme and host only, since the rest is a secret.

mod delivery;
mod fate;
mod lane;
mod log_level;
mod probe;
mod problem;
mod receipt;
mod reconcile;
mod status;
mod story;
mod system;
mod ticket;

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::{Destination, Time};

pub use delivery::{Answering, Attempt, Bulk, BulkItem, Delivery, DeliveryDetails, ShownRequest};
pub use fate::Fate;
pub use lane::{Ages, Breaker, Lane, Pause};
pub use log_level::LogLevel;
pub use probe::Probed;
pub use problem::{Fault, Problem};
pub use receipt::{CalledOff, ErasedMessage, Receipt, RemoteTicket};
pub use reconcile::{Drift, ReconcileCounts, ReconcileStopped, Reconciled};
pub use status::{
    BreakersOpen, Figures, HostFigures, LoopBreak, Run, SetAside, Status, StoreFigures, Throttled,
};
pub use story::{Entry, Story, Trace};
pub use system::{Released, System};
pub use ticket::{Link, Message, Person, ReplyStored, Ticket, TicketDetails};

/// A moment, as RFC 3339 with microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp(pub Time);

impl From<Time> for Stamp {
    fn from(time: Time) -> Self {
        Self(time)
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let timestamp: Timestamp = text.parse().map_err(de::Error::custom)?;
        Ok(Self(Time::from_timestamp(timestamp)))
    }
}

impl JsonSchema for Stamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Stamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }
}

/// What was done, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Done {
    /// In words.
    pub done: String,
}

/// The scheme and host of a response URL.
pub(super) fn shown(url: &str) -> String {
    Destination::ResponseUrl(url.to_owned()).shown()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_back_as_it_was_written() {
        let stamp = Stamp(Time::from_micros(1_586_043_327_632_879));
        let json = serde_json::to_string(&stamp).unwrap();
        assert_eq!(json, r#""2020-04-04T23:35:27.632879Z""#);
        assert_eq!(serde_json::from_str::<Stamp>(&json).unwrap(), stamp);
    }
}
