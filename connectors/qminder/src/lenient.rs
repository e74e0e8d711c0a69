//! How values are read that Qminder spells in several ways.

use jiff::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// `null` where a list or an object should be is an empty one.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A time in ISO 8601, with a fraction of a second or without.
pub(crate) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    // The parser's own error would quote the text.
    text.parse().map_err(|_| D::Error::custom("not a time"))
}

/// [`time`], or nothing.
pub(crate) fn optional_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(|_| D::Error::custom("not a time")))
        .transpose()
}

/// Text, or a whole number for text: telephone numbers, and what old clients wrote into extra fields.
pub(crate) fn optional_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "text or a number")]
    enum Wire {
        Text(String),
        Number(serde_json::Number),
    }

    Ok(Option::deserialize(deserializer)?.map(|wire| match wire {
        Wire::Text(text) => text,
        Wire::Number(number) => number.to_string(),
    }))
}
