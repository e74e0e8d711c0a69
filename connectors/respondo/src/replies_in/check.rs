//! Holds a document against the schema of a reply, loosely.

use std::borrow::Cow;

use crate::Violation;
use crate::document::{Entries, Node, Violations};
use crate::inbound::MAX_UID_BYTES;

use super::IncomingReply;
use super::author::SentAuthor;

const TEXT: &str = "response_text";
const PARENT: &str = "parent_id";

pub(super) fn check(document: &Node) -> Result<IncomingReply, Vec<Violation>> {
    let mut violations = Violations::default();
    let Node::Object(entries) = document else {
        violations.wrong_type("", "an object", document);
        return Err(violations.into_list());
    };
    let is_known = |key: &str| [TEXT, PARENT].contains(&key);
    let reply = Entries::new("", entries, is_known, &mut violations);
    let response_text = response_text(&reply, &mut violations);
    let parent_id = parent_id(&reply, &mut violations);
    match response_text {
        Some(response_text) if violations.is_empty() => {
            let author = SentAuthor::find(entries);
            Ok(IncomingReply {
                response_text,
                parent_id,
                author_unread: author == SentAuthor::Unread,
                author: author.known(),
            })
        }
        _ => Err(violations.into_list()),
    }
}

fn response_text(reply: &Entries<'_>, violations: &mut Violations) -> Option<String> {
    let Some(node) = reply.get(TEXT) else {
        violations.add(reply.pointer(TEXT), "is missing");
        return None;
    };
    let Some(text) = node.loose_text() else {
        violations.wrong_type(&reply.pointer(TEXT), "a string", node);
        return None;
    };
    if text.trim().is_empty() {
        violations.add(reply.pointer(TEXT), "must not be blank");
        return None;
    }
    Some(text.into_owned())
}

fn parent_id(reply: &Entries<'_>, violations: &mut Violations) -> Option<String> {
    let node = reply.get(PARENT).filter(|node| **node != Node::Null)?;
    let Some(text) = node.loose_text() else {
        violations.wrong_type(&reply.pointer(PARENT), "a string", node);
        return None;
    };
    if text.len() > MAX_UID_BYTES {
        violations.too_long(reply.pointer(PARENT), &text, MAX_UID_BYTES);
        return None;
    }
    Some(text)
        .filter(|text| !text.trim().is_empty())
        .map(Cow::into_owned)
}
