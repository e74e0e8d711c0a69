//! What records are made of, in the shapes of the page's *Data Structure*.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One entry of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Field {
    /// A coloured banner.
    Message {
        /// Its text.
        content: String,
        /// Its colour.
        importance: Importance,
    },
    /// A row of plain text.
    Text {
        /// On the left.
        title: String,
        /// On the right.
        value: String,
    },
    /// A row with an e-mail address.
    Email {
        /// On the left.
        title: String,
        /// The address, on the right.
        value: String,
    },
    /// A row with a telephone number.
    PhoneNumber {
        /// On the left.
        title: String,
        /// The number, on the right.
        value: String,
    },
    /// A section with items.
    List {
        /// Its header, shown in capitals.
        title: String,
        /// The items.
        items: Vec<Item>,
    },
}

/// The colour of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Importance {
    /// Red.
    Error,
    /// Orange.
    Warning,
    /// Gray.
    Info,
}

/// One item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    footer: Option<String>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "write_date",
        deserialize_with = "read_date"
    )]
    timestamp: Option<Date>,
}

impl Item {
    /// An item of a title alone, shown in bold.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            text: None,
            url: None,
            footer: None,
            timestamp: None,
        }
    }

    /// With a description below the title.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// With a link below the title.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// With a tag.
    #[must_use]
    pub fn footer(mut self, footer: impl Into<String>) -> Self {
        self.footer = Some(footer.into());
        self
    }

    /// With a date below everything else. A year before 0 cannot be written, which building the record reports.
    #[must_use]
    pub fn timestamp(mut self, timestamp: Date) -> Self {
        self.timestamp = Some(timestamp);
        self
    }

    /// Whether its date can be written in four digits of year.
    pub(super) fn has_writable_date(&self) -> bool {
        self.timestamp.is_none_or(|date| date.year() >= 0)
    }
}

/// The text of a date as the page spells it, `YYYY-MM-DD`, or nothing.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let is_spelled_so = bytes.len() == 10
        && bytes.iter().enumerate().all(|(index, byte)| match index {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if is_spelled_so {
        text.parse().ok()
    } else {
        None
    }
}

fn write_date<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => serializer.collect_str(date),
        None => serializer.serialize_none(),
    }
}

fn read_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let date = parse_date(&text);
    date.map(Some)
        .ok_or_else(|| serde::de::Error::custom("not a date"))
}
