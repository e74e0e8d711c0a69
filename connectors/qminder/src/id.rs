//! The names that Qminder gives to things.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// Text that cannot be an id: not 1 to 64 ASCII letters, digits, `-` and `_`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an id: 1 to 64 ASCII letters, digits, - and _ are")]
pub struct InvalidId;

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// An id on the wire, where the same one is a number in one answer and text in another.
#[derive(Deserialize)]
#[serde(untagged, expecting = "an id, as text or as a whole number")]
enum Wire {
    Number(u64),
    Text(String),
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// 1 to 64 ASCII letters, digits, `-` and `_`, so that it can stand in a path as it is. It is read from text
        /// and from whole numbers, and written as text.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<u64> for $name {
            fn from(number: u64) -> Self {
                Self(number.to_string().into())
            }
        }

        impl TryFrom<&str> for $name {
            type Error = InvalidId;

            fn try_from(text: &str) -> Result<Self, InvalidId> {
                if is_id(text) { Ok(Self(text.into())) } else { Err(InvalidId) }
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.try_into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                match Wire::deserialize(deserializer)? {
                    Wire::Number(number) => Ok(number.into()),
                    Wire::Text(text) => text.as_str().try_into().map_err(serde::de::Error::custom),
                }
            }
        }
    )*};
}

ids! {
    /// A ticket's id: digits, at present.
    TicketId;
    /// The id of a line, the queue that tickets stand in.
    LineId;
    /// The id of a location, which has lines and desks.
    LocationId;
    /// The id of a user: a clerk.
    UserId;
    /// The id of a desk.
    DeskId;
    /// The id of a location's input field: a UUID.
    InputFieldId;
    /// The id of an option of an input field: a UUID.
    OptionId;
    /// The id of a webhook: a UUID.
    WebhookId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_from_text_and_from_numbers_and_written_as_text() {
        for (json, expected) in [
            (r#""51999102""#, "51999102"),
            ("51999102", "51999102"),
            ("18446744073709551615", "18446744073709551615"),
            (
                r#""550e8400-e29b-41d4-a716-446655440000""#,
                "550e8400-e29b-41d4-a716-446655440000",
            ),
        ] {
            let id: TicketId = serde_json::from_str(json).unwrap();
            assert_eq!(id.as_str(), expected);
            assert_eq!(id.to_string().parse(), Ok(id.clone()));
            assert_eq!(serde_json::to_value(&id).unwrap(), expected);
        }
    }

    #[test]
    fn what_would_change_a_path_is_no_id() {
        for text in [
            "", ".", "..", "1/2", "1?x=1", "1#", "%2e", "1 ", "é", "1,2", "a\n",
        ] {
            assert_eq!(TicketId::try_from(text), Err(InvalidId), "{text:?}");
        }
        assert!(LineId::try_from("1".repeat(64).as_str()).is_ok());
        assert!(LineId::try_from("1".repeat(65).as_str()).is_err());
        for json in ["-1", "1.5", "null", "true", "[]", "{}", "1e400"] {
            assert!(serde_json::from_str::<TicketId>(json).is_err(), "{json}");
        }
    }
}
