//! What agents do beside answering, and what is kept of them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AgentId, MessageId, NoticeId, NoticeKind, Priority, Status, TicketId, Time};

/// What an agent does to a ticket of theirs, or to what is kept of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentOrder {
    /// Change a ticket; what is `None` stays.
    Update {
        /// Which.
        ticket: TicketId,
        /// Where it stands from now on.
        status: Option<Status>,
        /// How urgent it is from now on.
        priority: Option<Priority>,
        /// Its labels from now on; known ones only.
        labels: Option<Vec<u64>>,
    },
    /// Like a message, or no longer.
    Like {
        /// In which ticket.
        ticket: TicketId,
        /// Which.
        message: MessageId,
    },
    /// Remember that a notice was read.
    Read {
        /// Which.
        notice: NoticeId,
    },
    /// Change what others see of the agent, and what the agent is told.
    Introduce(ProfileChange),
}

/// What an agent changes about themselves; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileChange {
    /// What people see.
    pub name: Option<String>,
    /// Empty: none.
    pub phone: Option<String>,
    /// Empty: none.
    pub locale: Option<String>,
    /// As the agent's client sent it.
    pub notification_settings: Option<Value>,
}

/// What is kept of an agent: when the daemon first knew them, and what they changed about what the operator configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// When the agent was first configured here.
    pub since: Time,
    /// The first notice that can be theirs: they are not told of what was before them.
    pub first_notice: NoticeId,
    /// What they changed.
    #[serde(flatten)]
    pub changed: ProfileChange,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            since: Time::EPOCH,
            first_notice: NoticeId(0),
            changed: ProfileChange::default(),
        }
    }
}

impl Profile {
    /// Puts what is changed over what was.
    pub fn change(&mut self, change: &ProfileChange) {
        let new = change.clone();
        let changed = &mut self.changed;
        changed.name = new.name.or(changed.name.take());
        changed.phone = new.phone.or(changed.phone.take());
        changed.locale = new.locale.or(changed.locale.take());
        changed.notification_settings = new
            .notification_settings
            .or(changed.notification_settings.take());
    }

    /// Whether a notice is for this agent.
    pub fn is_told(&self, agent: AgentId, kind: NoticeKind, by: Option<AgentId>) -> bool {
        by != Some(agent) && self.wants(kind)
    }

    /// Whether the agent wants to be told of this kind. An object turns kinds off (`{"ticket_reply": false}`), a list
    /// that is not empty names those that are wanted, and all else wants everything.
    pub fn wants(&self, kind: NoticeKind) -> bool {
        match &self.changed.notification_settings {
            Some(Value::Object(kinds)) => kinds.get(kind.as_str()).is_none_or(is_on),
            Some(Value::Array(kinds)) if !kinds.is_empty() => {
                kinds.iter().any(|wanted| wanted == kind.as_str())
            }
            _ => true,
        }
    }
}

/// As PHP would take it, but for text that says so.
fn is_on(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(on) => *on,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.as_str(), "" | "0" | "false" | "off" | "no"),
        Value::Array(_) | Value::Object(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_agent_is_told_what_they_want() {
        for (settings, wanted) in [
            (None, [true; 3]),
            (Some(json!({})), [true; 3]),
            (Some(json!([])), [true; 3]),
            (
                Some(json!({"ticket_reply": false, "mail": false})),
                [true, false, true],
            ),
            (
                Some(json!({"ticket_assigned": "0", "ticket_reply": 1})),
                [false, true, true],
            ),
            (Some(json!({"ticket_status": null})), [true, true, false]),
            (Some(json!(["ticket_reply"])), [false, true, false]),
            (Some(json!(["mail"])), [false; 3]),
        ] {
            let mut profile = Profile::default();
            profile.changed.notification_settings.clone_from(&settings);
            let wants: Vec<bool> = NoticeKind::ALL
                .iter()
                .map(|kind| profile.wants(*kind))
                .collect();
            assert_eq!(wants, wanted, "{settings:?}");
        }
    }

    #[test]
    fn nobody_is_told_what_they_did() {
        let profile = Profile::default();
        for (by, told) in [(Some(3), false), (Some(4), true), (None, true)] {
            let by = by.map(AgentId);
            assert_eq!(profile.is_told(AgentId(3), NoticeKind::Status, by), told);
        }
    }

    #[test]
    fn what_is_not_changed_stays() {
        let mut profile = Profile::default();
        let change = |name: Option<&str>, phone: Option<&str>| ProfileChange {
            name: name.map(str::to_owned),
            phone: phone.map(str::to_owned),
            ..ProfileChange::default()
        };
        profile.change(&change(Some("Jo"), Some("1")));
        profile.change(&change(None, Some("")));
        assert_eq!(profile.changed, change(Some("Jo"), Some("")));
        let stored = serde_json::to_string(&profile).unwrap();
        assert_eq!(serde_json::from_str::<Profile>(&stored).unwrap(), profile);
    }
}
