//! Messages of a ticket. The documentation gives them no shape; this one is chosen here, from the fields that it
//! names in passing.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::lenient::{flag, or_default};

/// One message in a ticket's thread.
///
/// `id` and `content` are all that reading insists on. Times are text as [`crate::wire_time`] writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Message {
    /// The message's number.
    pub id: u64,
    /// The ticket it belongs to; 0 where a server leaves that to the URL.
    #[serde(default)]
    pub ticket_id: u64,
    /// The text.
    pub content: String,
    /// A note among agents, which no customer may see. A message that does not say so is read as one.
    #[serde(default = "internal", deserialize_with = "flag")]
    pub is_internal: bool,
    /// What the sender is.
    #[serde(default)]
    pub sender_type: SenderType,
    /// Who the sender is.
    #[serde(default, deserialize_with = "or_default")]
    pub sender: Sender,
    /// How many agents like it.
    #[serde(default)]
    pub likes_count: u64,
    /// Whether the agent who asks likes it.
    #[serde(default, deserialize_with = "flag")]
    pub is_liked: bool,
    /// When it was written; empty where a server does not say.
    #[serde(default, deserialize_with = "or_default")]
    pub created_at: String,
    /// When it was last edited; empty where a server does not say.
    #[serde(default, deserialize_with = "or_default")]
    pub updated_at: String,
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sender {
    /// The number of the customer or agent, where they have one.
    #[serde(default)]
    pub id: Option<u64>,
    /// The name to show.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
}

/// What the sender of a message is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SenderType {
    /// `customer`
    Customer,
    /// `agent`
    Agent,
    /// `system`: nobody wrote it, something happened.
    System,
    /// Another word, as it came; empty where there was none.
    Unknown(String),
}

impl SenderType {
    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Customer => "customer",
            Self::Agent => "agent",
            Self::System => "system",
            Self::Unknown(text) => text,
        }
    }
}

impl Default for SenderType {
    fn default() -> Self {
        Self::Unknown(String::new())
    }
}

impl Serialize for SenderType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for SenderType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(match text.as_str() {
            "customer" => Self::Customer,
            "agent" => Self::Agent,
            "system" => Self::System,
            _ => Self::Unknown(text),
        })
    }
}

/// Rather hide a public message than show a note.
fn internal() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_written_whole_and_in_order() {
        let message = Message {
            id: 7,
            ticket_id: 1,
            content: "On it.".to_owned(),
            is_internal: false,
            sender_type: SenderType::Agent,
            sender: Sender {
                id: Some(3),
                name: "Agent Smith".to_owned(),
            },
            likes_count: 2,
            is_liked: true,
            created_at: "2026-03-15T14:30:00Z".to_owned(),
            updated_at: "2026-03-15T14:30:00Z".to_owned(),
        };
        let json = concat!(
            r#"{"id":7,"ticket_id":1,"content":"On it.","is_internal":false,"sender_type":"agent","#,
            r#""sender":{"id":3,"name":"Agent Smith"},"likes_count":2,"is_liked":true,"#,
            r#""created_at":"2026-03-15T14:30:00Z","updated_at":"2026-03-15T14:30:00Z"}"#,
        );
        assert_eq!(serde_json::to_string(&message).unwrap(), json);
        assert_eq!(serde_json::from_str::<Message>(json).unwrap(), message);
    }

    #[test]
    fn the_least_that_can_be_read_is_an_internal_message_of_nobody() {
        for json in [
            r#"{"id":7,"content":"x"}"#,
            r#"{"id":7,"content":"x","sender":null,"created_at":null,"attachments":[1]}"#,
        ] {
            let message: Message = serde_json::from_str(json).unwrap();
            assert!(message.is_internal);
            assert_eq!(message.sender_type, SenderType::Unknown(String::new()));
            assert_eq!(message.sender, Sender::default());
        }
        assert!(serde_json::from_str::<Message>(r#"{"id":7}"#).is_err());
        assert!(serde_json::from_str::<Message>(r#"{"content":"x"}"#).is_err());
    }

    #[test]
    fn is_internal_is_read_in_each_spelling_and_no_other() {
        for (spelling, expected) in [
            ("true", Some(true)),
            ("false", Some(false)),
            ("1", Some(true)),
            ("0", Some(false)),
            ("2", None),
            ("\"no\"", None),
        ] {
            let json = format!(r#"{{"id":7,"content":"x","is_internal":{spelling}}}"#);
            let read = serde_json::from_str::<Message>(&json).ok();
            assert_eq!(read.map(|message| message.is_internal), expected);
        }
    }

    #[test]
    fn every_sender_type_survives() {
        for word in ["customer", "agent", "system", "", "App\\\\Models\\\\User"] {
            let json = format!("\"{word}\"");
            let read: SenderType = serde_json::from_str(&json).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), json);
        }
    }
}
