//! The author of a reply, in whichever spelling.

use crate::Author;
use crate::document::Node;
use crate::inbound::MAX_UID_BYTES;

use super::ruby;

/// What there is of an author.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SentAuthor {
    Absent,
    Unread,
    Known(Author),
}

impl SentAuthor {
    /// The author among a reply's properties. Two of them are none that can be read.
    pub(super) fn find(reply: &[(String, Node)]) -> Self {
        let mut authors = reply.iter().filter(|(key, _)| key == "author");
        match (authors.next(), authors.next()) {
            (None, _) => Self::Absent,
            (Some((_, node)), None) => Self::of(node),
            (Some(_), Some(_)) => Self::Unread,
        }
    }

    fn of(node: &Node) -> Self {
        let known = match node {
            Node::Null => return Self::Absent,
            Node::String(text) if text.trim().is_empty() => return Self::Absent,
            Node::String(text) => ruby::read(text).and_then(|node| author(&node)),
            node => author(node),
        };
        known.map_or(Self::Unread, Self::Known)
    }

    pub(super) fn known(self) -> Option<Author> {
        match self {
            Self::Known(author) => Some(author),
            Self::Absent | Self::Unread => None,
        }
    }
}

fn author(node: &Node) -> Option<Author> {
    let Node::Object(entries) = node else {
        return None;
    };
    Some(Author {
        external_uid: text(entries, "external_uid")?,
        username: text(entries, "username")?,
    })
}

/// The text under `key`, if it is there once and says something.
fn text(entries: &[(String, Node)], key: &str) -> Option<String> {
    let mut found = entries.iter().filter(|(name, _)| name == key);
    let (_, node) = found.next()?;
    if found.next().is_some() {
        return None;
    }
    let text = node.loose_text()?;
    let says_something = !text.trim().is_empty() && text.len() <= MAX_UID_BYTES;
    says_something.then(|| text.into_owned())
}
