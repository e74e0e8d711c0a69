//! How values are read that real servers spell in several ways.

use serde::{Deserialize, Deserializer};

/// `null` where a list or an object should be is an empty one.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A boolean, or PHP's 0 and 1.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a boolean, 0 or 1")]
    enum Flag {
        Boolean(bool),
        Number(u8),
    }

    match Flag::deserialize(deserializer)? {
        Flag::Boolean(flag) => Ok(flag),
        Flag::Number(0) => Ok(false),
        Flag::Number(1) => Ok(true),
        Flag::Number(_) => Err(serde::de::Error::custom("expected a boolean, 0 or 1")),
    }
}
