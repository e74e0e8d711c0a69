//! Messages of a DeskHive thread in words that are no system's own.

use deskhive_client::{Author, Role, ThreadMessage};
use serde_json::Value;

use crate::mapping::Tally;
use crate::mapping::readable::{line, readable};
use crate::model::{Incarnation, RemoteMessage, RemoteSender, Time, Visibility};

use super::reference::without_reference;
use super::spelling::Spelling;

mod fates;

/// Of a message, in UTF-16 code units: more than anything that we bring there.
pub(super) const LONGEST_TEXT: usize = 320 * 1024;
const LONGEST_NAME: usize = 200;
/// Of what is attached to one message, so many are named.
const MOST_ATTACHMENTS: usize = 20;

/// In whose names we write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Us {
    /// The agent whose key we have, if that is known.
    pub(super) agent: Option<u64>,
    /// Whether we also write as a user of the administration; which one is never told.
    pub(super) writes_as_user: bool,
}

impl Us {
    /// Whether `author` may be one of those.
    pub(super) fn may_be(&self, author: &Author) -> bool {
        match author.role {
            Role::Customer | Role::System => false,
            Role::Agent => match (self.agent, author.id) {
                (Some(us), Some(them)) => us == them,
                _ => true,
            },
            Role::User => self.writes_as_user,
            Role::Staff | Role::Unknown => true,
        }
    }
}

/// What was said, in order, with what became of each field. What does not say when was said at `otherwise`.
pub(super) fn heard(
    messages: &[ThreadMessage],
    otherwise: Time,
    us: Us,
    spelling: Spelling,
    tally: &mut Tally,
) -> Vec<RemoteMessage> {
    fates::note(messages, tally);
    let mut heard: Vec<(Time, u64, &ThreadMessage)> = messages
        .iter()
        .map(|message| {
            let at = message.created.map_or(otherwise, Time::from_timestamp);
            (at, message.id, message)
        })
        .collect();
    heard.sort_by_key(|(at, id, _)| (*at, *id));
    heard.dedup_by_key(|(_, id, _)| *id);
    heard
        .into_iter()
        .map(|(at, id, message)| RemoteMessage {
            number: Some(id),
            at,
            from: sender(&message.author, us),
            text: text(message, spelling),
            visibility: match message.is_internal() {
                true => Visibility::Internal,
                false => Visibility::Public,
            },
        })
        .collect()
}

/// What a message says, with the names of what is attached.
pub(super) fn text(message: &ThreadMessage, spelling: Spelling) -> String {
    let plain = spelling.read(&message.content);
    // A DeskHive may show what a ticket begins with as its first message; whose it is, is no part of that.
    let (_, plain) = without_reference(&plain, &Incarnation::named(""));
    let mut text = bounded(plain.to_owned());
    for attachment in message.attachments.iter().take(MOST_ATTACHMENTS) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&attached(attachment));
    }
    text
}

/// `text`, unless it is too long to be one person's words.
pub(super) fn bounded(text: String) -> String {
    if text.len() <= LONGEST_TEXT {
        return text;
    }
    let cut = readable(&text, LONGEST_TEXT);
    match cut.left_out {
        0 => cut.text,
        left_out => format!("{}\n\n[{left_out} characters are left out]", cut.text),
    }
}

/// The file itself is nowhere in the API.
fn attached(attachment: &Value) -> String {
    let keys = ["name", "file_name", "filename", "original_name"];
    let name = keys.iter().find_map(|key| attachment.get(key)?.as_str());
    let name = name.or_else(|| attachment.as_str()).unwrap_or_default();
    match line(name, LONGEST_NAME) {
        name if name.is_empty() => "[attachment]".to_owned(),
        name => format!("[attachment: {name}]"),
    }
}

fn sender(author: &Author, us: Us) -> RemoteSender {
    let numbered = |kind: &str| match author.id {
        Some(id) => format!("{kind}-{id}"),
        None => kind.to_owned(),
    };
    let id = match author.role {
        Role::Customer => return RemoteSender::Customer,
        Role::System => return RemoteSender::Automatic,
        Role::Agent => author.id.map_or("agent".to_owned(), |id| id.to_string()),
        Role::User => numbered("user"),
        Role::Staff => numbered("staff"),
        Role::Unknown => "unknown".to_owned(),
    };
    let name = author.name.as_deref().map(|name| line(name, LONGEST_NAME));
    RemoteSender::Colleague {
        id,
        name: name.filter(|name| !name.is_empty()),
        may_be_us: us.may_be(author),
    }
}
