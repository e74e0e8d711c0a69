//! Lists of words that may grow: what is not known today is kept as it came.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$word_doc])* $word,)*
            /// A word that is not in this list, as it came.
            Unknown(String),
        }

        impl $name {
            /// Those in the list.
            pub const KNOWN: &[Self] = &[$(Self::$word),*];

            /// The word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$word => $text,)*
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($text => Self::$word,)*
                    _ => Self::Unknown(text),
                }
            }
        }

        impl FromStr for $name {
            type Err = Infallible;

            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(text.to_owned().into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }
    )*};
}

words! {
    /// Where a ticket stands: the [tickets page](https://developer.qminder.com/reference/tickets), and the enum
    /// `TicketStatus` of the GraphQL schema for what that page leaves out.
    Status {
        /// In the queue.
        New = "NEW",
        /// Being served.
        Called = "CALLED",
        /// Served.
        Served = "SERVED",
        /// Removed from the queue.
        CancelledByClerk = "CANCELLED_BY_CLERK",
        /// Called in vain.
        NoShow = "NOSHOW",
        /// Removed from the queue; an old spelling.
        Cancelled = "CANCELLED",
        /// An appointment in the future.
        Scheduled = "SCHEDULED",
        /// An appointment that was called off.
        SchedulingCancelled = "SCHEDULING_CANCELLED",
        /// An appointment that the visitor called off.
        SchedulingCancelledByVisitor = "SCHEDULING_CANCELLED_BY_VISITOR",
        /// An appointment that the visitor did not keep.
        SchedulingNoShow = "SCHEDULING_NOSHOW",
    }

    /// Where a ticket came from.
    Source {
        /// A clerk made it. What a ticket gets that names no source.
        Manual = "MANUAL",
        /// Signed in on an iPad.
        Name = "NAME",
        /// Signed in from afar, through the visit planner.
        Microsite = "MICROSITE",
        /// Of old: by telephone. No new ticket may have it.
        Phone = "PHONE",
        /// Of old: from a ticket printer. No new ticket may have it.
        Printer = "PRINTER",
    }

    /// Which way an SMS went.
    MessageType {
        /// From Qminder to the visitor.
        Outgoing = "OUTGOING",
        /// From Qminder to the visitor, written by no person. GraphQL tells these apart.
        OutgoingAutomated = "OUTGOING_AUTOMATED",
        /// From the visitor.
        Incoming = "INCOMING",
    }

    /// How far an SMS has come.
    MessageStatus {
        /// Sent, but not delivered yet; or, of an incoming one, not read yet.
        New = "NEW",
        /// Handed to the carrier.
        Sent = "SENT",
        /// On the visitor's telephone.
        Delivered = "DELIVERED",
        /// There is no such number.
        InvalidNumber = "INVALID_NUMBER",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_words_go_both_ways() {
        for status in Status::KNOWN {
            let json = serde_json::to_string(status).unwrap();
            assert_eq!(json, format!("\"{status}\""));
            assert_eq!(&serde_json::from_str::<Status>(&json).unwrap(), status);
            assert!(!matches!(status, Status::Unknown(_)));
        }
        assert_eq!(Status::KNOWN.len(), 10);
        assert_eq!(Status::from("NOSHOW".to_owned()), Status::NoShow);
        assert_eq!(Source::from("MICROSITE".to_owned()), Source::Microsite);
    }

    #[test]
    fn other_words_are_kept() {
        for word in ["", "new", "CANCELLED_BY_VISITOR"] {
            let json = format!("\"{word}\"");
            let status: Status = serde_json::from_str(&json).unwrap();
            assert_eq!(status, Status::Unknown(word.to_owned()));
            assert_eq!(serde_json::to_string(&status).unwrap(), json);
            let source: Source = serde_json::from_str(&json).unwrap();
            assert_eq!(source, Source::Unknown(word.to_owned()));
        }
    }
}
