//! Holds a document against the schema and collects everything that is wrong with it.

use std::collections::{HashMap, HashSet};

use crate::violation::child;
use crate::{Author, Violation};

use super::field::Field;
use super::node::Node;
use super::{
    Credentials, Inbound, MAX_PROVIDER_BYTES, MAX_RESPONSE_URL_BYTES, MAX_UID_BYTES,
    MAX_VIOLATIONS, Parsed, WayBack, created_at, parse_created_at,
};

pub(super) fn check(document: &Node) -> Parsed {
    let mut violations = Violations::default();
    let Node::Object(entries) = document else {
        violations.wrong_type("", "an object", document);
        return Parsed {
            credentials: None,
            way_back: WayBack::default(),
            ticket: Err(violations.into_list()),
        };
    };
    let ticket = Entries::new("", entries, &mut violations);

    let external_uid =
        ticket.required_text(Field::ExternalUid.name(), MAX_UID_BYTES, &mut violations);
    let content = ticket.required_text(Field::Content.name(), usize::MAX, &mut violations);
    let response_url =
        ticket.optional_text(Field::ResponseUrl, MAX_RESPONSE_URL_BYTES, &mut violations);
    let custom_provider = ticket
        .optional_text(Field::CustomProvider, MAX_PROVIDER_BYTES, &mut violations)
        .filter(|text| !text.is_empty());
    let parent_uid = ticket
        .optional_text(Field::ParentUid, MAX_UID_BYTES, &mut violations)
        .filter(|text| !text.is_empty());
    let author = author(&ticket, &mut violations);
    let created_at = created_at_of(&ticket, &mut violations);
    let credentials = credentials(&ticket, &mut violations);
    unknown(entries, &mut violations);

    let way_back = WayBack {
        response_url: response_url.clone(),
        parent_uid: parent_uid.clone(),
    };
    let ticket = match (external_uid, content, author, created_at) {
        (Some(external_uid), Some(content), Some(author), Some(created_at))
            if violations.found.is_empty() =>
        {
            Ok(Inbound {
                external_uid,
                content,
                response_url,
                custom_provider,
                parent_uid,
                author,
                created_at,
            })
        }
        _ => Err(violations.into_list()),
    };
    Parsed {
        credentials,
        way_back,
        ticket,
    }
}

fn author(ticket: &Entries<'_>, violations: &mut Violations) -> Option<Author> {
    let Some(node) = ticket.get(Field::Author.name()) else {
        violations.add(ticket.pointer(Field::Author.name()), "is missing");
        return None;
    };
    let author = ticket.object(Field::Author, node, violations)?;
    let external_uid = author.required_text("external_uid", MAX_UID_BYTES, violations);
    let username = author.required_text("username", MAX_UID_BYTES, violations);
    Some(Author {
        external_uid: external_uid?,
        username: username?,
    })
}

fn created_at_of(ticket: &Entries<'_>, violations: &mut Violations) -> Option<jiff::Timestamp> {
    let name = Field::CreatedAt.name();
    let Some(node) = ticket.get(name) else {
        violations.add(ticket.pointer(name), "is missing");
        return None;
    };
    let text = ticket.text(name, node, violations)?;
    let time = parse_created_at(text);
    if time.is_none() {
        violations.add(ticket.pointer(name), created_at::SPELLINGS);
    }
    time
}

/// The credentials under either name. Both are judged, and both must say the same.
fn credentials(ticket: &Entries<'_>, violations: &mut Violations) -> Option<Credentials> {
    let mut read = |field: Field| {
        let object = ticket.object(field, ticket.get(field.name())?, violations)?;
        let name = object.credential("name", violations);
        let token = object.credential("token", violations);
        token.map(|token| Credentials { name, token })
    };
    let by_schema = read(Field::PersonalAccessToken);
    let by_example = read(Field::Token);
    if let (Some(one), Some(other)) = (&by_schema, &by_example)
        && one != other
    {
        violations.add(
            ticket.pointer(Field::Token.name()),
            "differs from personal_access_token",
        );
    }
    by_schema.or(by_example)
}

fn unknown(entries: &[(String, Node)], violations: &mut Violations) {
    let mut seen = HashSet::new();
    for (key, _) in entries {
        if Field::by_name(key).is_none() && seen.insert(key) {
            violations.add(child("", key), "is not a property of a ticket");
        }
    }
}

/// What is wrong so far.
#[derive(Default)]
struct Violations {
    found: Vec<Violation>,
    unlisted: usize,
}

impl Violations {
    fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        if self.found.len() < MAX_VIOLATIONS {
            self.found.push(Violation::new(pointer, detail));
        } else {
            self.unlisted += 1;
        }
    }

    fn into_list(mut self) -> Vec<Violation> {
        if self.unlisted > 0 {
            let detail = format!("has {} more violations", self.unlisted);
            self.found.push(Violation::new("", detail));
        }
        self.found
    }

    fn wrong_type(&mut self, pointer: &str, wanted: &str, found: &Node) {
        self.add(pointer, format!("must be {wanted}, not {}", found.kind()));
    }
}

/// One object's properties by name.
struct Entries<'a> {
    pointer: &'a str,
    by_name: HashMap<&'a str, &'a Node>,
}

impl<'a> Entries<'a> {
    /// The last of a repeated key wins, as in most readers of JSON; that it is repeated is a violation. Unknown keys
    /// at the top are named once, as unknown.
    fn new(pointer: &'a str, entries: &'a [(String, Node)], violations: &mut Violations) -> Self {
        let mut by_name = HashMap::new();
        let mut repeated = HashSet::new();
        for (key, node) in entries {
            let first = by_name.insert(key.as_str(), node).is_none();
            let known = !pointer.is_empty() || Field::by_name(key).is_some();
            if !first && known && repeated.insert(key) {
                violations.add(child(pointer, key), "is there more than once");
            }
        }
        Self { pointer, by_name }
    }

    fn get(&self, key: &str) -> Option<&'a Node> {
        self.by_name.get(key).copied()
    }

    fn pointer(&self, key: &str) -> String {
        child(self.pointer, key)
    }

    fn text(&self, key: &str, node: &'a Node, violations: &mut Violations) -> Option<&'a str> {
        let Node::String(text) = node else {
            violations.wrong_type(&self.pointer(key), "a string", node);
            return None;
        };
        Some(text)
    }

    fn bounded(
        &self,
        key: &str,
        node: &'a Node,
        max_bytes: usize,
        violations: &mut Violations,
    ) -> Option<&'a str> {
        let text = self.text(key, node, violations)?;
        if text.len() > max_bytes {
            violations.add(
                self.pointer(key),
                format!("must be at most {max_bytes} bytes, and is {}", text.len()),
            );
            return None;
        }
        Some(text)
    }

    /// Text that must be there and say something.
    fn required_text(
        &self,
        key: &str,
        max_bytes: usize,
        violations: &mut Violations,
    ) -> Option<String> {
        let Some(node) = self.get(key) else {
            violations.add(self.pointer(key), "is missing");
            return None;
        };
        let text = self.bounded(key, node, max_bytes, violations)?;
        if text.trim().is_empty() {
            violations.add(self.pointer(key), "must not be blank");
            return None;
        }
        Some(text.to_owned())
    }

    fn optional_text(
        &self,
        field: Field,
        max_bytes: usize,
        violations: &mut Violations,
    ) -> Option<String> {
        let node = self.get(field.name())?;
        self.bounded(field.name(), node, max_bytes, violations)
            .map(str::to_owned)
    }

    /// Text that must be there and may say anything: who it belongs to is found out elsewhere.
    fn credential(&self, key: &str, violations: &mut Violations) -> Option<String> {
        let Some(node) = self.get(key) else {
            violations.add(self.pointer(key), "is missing");
            return None;
        };
        self.text(key, node, violations).map(str::to_owned)
    }

    fn object(
        &self,
        field: Field,
        node: &'a Node,
        violations: &mut Violations,
    ) -> Option<Entries<'a>> {
        let Node::Object(entries) = node else {
            violations.wrong_type(&self.pointer(field.name()), "an object", node);
            return None;
        };
        Some(Entries::new(field.pointer(), entries, violations))
    }
}
