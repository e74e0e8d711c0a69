//! The numbers things are known by; they rise and are never given out twice.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

number!(
    /// A ticket: 1, 2, 3 …
    TicketId
);
number!(
    /// A message, counted over the whole store, in order of arrival.
    MessageId
);
number!(
    /// A delivery, counted over the whole store, in order of planning.
    DeliveryId
);
number!(
    /// A notice, counted over the whole store, in order of what happened.
    NoticeId
);
number!(
    /// A set of the operator's decisions on what fields become, named by what it says; 0: whichever is in force.
    MappingVersion
);
number!(
    /// A lane.
    LaneId
);
number!(
    /// An agent, as numbered by the operator.
    AgentId
);
