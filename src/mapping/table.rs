//! What values become: a line for each that is known, and a word for all others.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The line for what has none of its own.
pub const OTHER: &str = "other";
/// As what a status or priority is written that changes nothing.
pub const KEEP: &str = "keep";
/// As what a name is written that stays as it is.
pub const SAME: &str = "same";

/// Values by what they stand for. It is written as one table, with the line [`OTHER`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<V> {
    /// Of what has a line of its own.
    pub lines: BTreeMap<String, V>,
    /// Of everything else.
    pub other: V,
}

/// What a word means here, if it changes anything. It is written as our word, or [`KEEP`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning<V>(pub Option<V>);

/// What a name becomes. It is written as a name, [`SAME`], or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Naming {
    /// The same name.
    Same,
    /// Nothing: it has no place there.
    Nothing,
    /// Another name.
    Named(String),
}

impl<V> Table<V> {
    /// What `value` becomes.
    pub fn of(&self, value: &str) -> &V {
        self.lines.get(value).unwrap_or(&self.other)
    }
}

impl Naming {
    /// What becomes of `name`.
    pub fn apply<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        match self {
            Self::Same => Some(name),
            Self::Nothing => None,
            Self::Named(other) => Some(other),
        }
    }
}

impl From<&str> for Naming {
    fn from(text: &str) -> Self {
        match text {
            "" => Self::Nothing,
            SAME => Self::Same,
            name => Self::Named(name.to_owned()),
        }
    }
}

impl<V: FromStr> FromStr for Meaning<V> {
    type Err = V::Err;

    fn from_str(text: &str) -> Result<Self, V::Err> {
        match text {
            KEEP => Ok(Self(None)),
            word => word.parse().map(Some).map(Self),
        }
    }
}

impl<V: Serialize> Serialize for Table<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lines = self
            .lines
            .iter()
            .map(|(value, line)| (value.as_str(), line));
        serializer.collect_map(lines.chain([(OTHER, &self.other)]))
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Table<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut lines = BTreeMap::<String, V>::deserialize(deserializer)?;
        let other = lines.remove(OTHER);
        let other = other.ok_or_else(|| serde::de::Error::missing_field(OTHER))?;
        Ok(Self { lines, other })
    }
}

impl<V: Serialize> Serialize for Meaning<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            None => serializer.serialize_str(KEEP),
            Some(word) => word.serialize(serializer),
        }
    }
}

impl<'de, V: FromStr<Err: std::fmt::Display>> Deserialize<'de> for Meaning<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for Naming {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Same => SAME,
            Self::Nothing => "",
            Self::Named(name) => name,
        })
    }
}

impl<'de> Deserialize<'de> for Naming {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from(String::deserialize(deserializer)?.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Status;

    use super::*;

    #[test]
    fn a_table_is_written_as_one() {
        let text = r#"{"CALLED":"in_progress","SCHEDULED":"keep","other":"keep"}"#;
        let table: Table<Meaning<Status>> = serde_json::from_str(text).unwrap();
        assert_eq!(table.of("CALLED"), &Meaning(Some(Status::InProgress)));
        assert_eq!(table.of("LATER"), &Meaning(None));
        assert_eq!(serde_json::to_string(&table).unwrap(), text);
        assert!(serde_json::from_str::<Table<Meaning<Status>>>(r#"{"CALLED":"open"}"#).is_err());
        assert!(serde_json::from_str::<Table<Meaning<Status>>>(r#"{"other":"busy"}"#).is_err());
        let text = r#"{"Bug":"Fault","Spam":"","other":"same"}"#;
        let table: Table<Naming> = serde_json::from_str(text).unwrap();
        let names = ["Bug", "Spam", "VIP"].map(|name| table.of(name).apply(name));
        assert_eq!(names, [Some("Fault"), None, Some("VIP")]);
        assert_eq!(serde_json::to_string(&table).unwrap(), text);
    }
}
