//! Who says what in a sample with several messages: what a customer says goes elsewhere than what an agent answers, and a
//! note goes hardly anywhere.

use serde_json::Value;

use crate::model::{Command, Fate, How};

use super::leaves::fit;

/// What of a message goes out.
const PARTS: [&str; 4] = ["text", "author", "created_at", "visibility"];

/// Whose a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Customer,
    Agent,
    Note,
}

/// Whose the messages of a sample are, by their pointers.
#[derive(Debug, Default)]
pub(super) struct Roles(Vec<(String, Role)>);

impl Roles {
    /// In the list at `at`; of some nobody knows it.
    pub(super) fn of(at: &str, roles: impl Iterator<Item = Option<Role>>) -> Self {
        let of = |(number, role): (usize, Option<Role>)| Some((format!("{at}/{number}"), role?));
        Self(roles.enumerate().filter_map(of).collect())
    }

    fn at(&self, leaf: &str) -> Option<(&str, Role)> {
        let mut found = self.0.iter().filter(|(at, _)| fit(at, leaf).is_some());
        found.next().map(|(at, role)| (at.as_str(), *role))
    }

    /// What of ours a leaf is made into, where it is claimed to become `ours`.
    pub(super) fn named<'a>(&self, leaf: &str, ours: &'a str) -> std::borrow::Cow<'a, str> {
        let Some((_, role)) = self.at(leaf) else {
            return ours.into();
        };
        match ours.strip_prefix("message.") {
            Some(part) if PARTS.contains(&part) => format!("{}.{part}", role.word()).into(),
            _ => ours.into(),
        }
    }

    /// Why a leaf goes nowhere, if that is because of who says it.
    pub(super) fn stays(&self, leaf: &str, outward: &[Fate]) -> Option<String> {
        let (at, role) = self.at(leaf)?;
        match role {
            Role::Customer => {
                let part = leaf.strip_prefix(at).unwrap_or_default();
                let is_name = part == "/sender_id"
                    || part.starts_with("/sender/")
                    || part.starts_with("/author/");
                is_name.then(|| "it is the ticket's customer, who is known".to_owned())
            }
            Role::Agent => None,
            Role::Note => {
                let mut notes = outward.iter().filter(|fate| fate.from == "note.text");
                let is_told = notes.clone().any(|fate| fate.how != How::Dropped);
                let why = notes.find(|fate| fate.how == How::Dropped);
                let why = why.map_or("internal notes do not go there", |fate| fate.why.as_ref());
                (!is_told).then(|| why.to_owned())
            }
        }
    }
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Agent => "reply",
            Self::Note => "note",
        }
    }
}

/// What goes out by a command that carries only what customers say, or only what agents do.
pub(super) fn by_role(command: &Command, fates: Vec<Fate>) -> Vec<Fate> {
    let role = match command {
        Command::Reply(_) | Command::SendSms => Role::Agent,
        Command::PushTicket(_) => Role::Customer,
        Command::CreateTicket { .. }
        | Command::ReplaceRecord
        | Command::AddLabel(_)
        | Command::RemoveLabel(_)
        | Command::CancelTicket { .. }
        | Command::PostMessage
        | Command::PostEdit
        | Command::UpdateTicket => return fates,
    };
    let fates = fates.into_iter().map(|fate| {
        let part = fate.from.strip_prefix("message.");
        match part.map(|part| format!("{}.{part}", role.word())) {
            Some(from) => Fate {
                from: from.into(),
                ..fate
            },
            None => fate,
        }
    });
    fates.collect()
}

/// The names of customers and agents in a thread, as they are documented: only of these is a claim that is too long.
pub(super) fn only_the_name(fate: Fate, value: &Value) -> Fate {
    let name = format!("{}/name", fate.from);
    match fate.how == How::Cut && fate.to == "message.author" && value.pointer(&name).is_some() {
        true => Fate {
            from: name.into(),
            ..fate
        },
        false => fate,
    }
}
