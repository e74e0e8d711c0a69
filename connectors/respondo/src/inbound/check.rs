//! Holds a document against the schema and collects everything that is wrong with it.

use std::collections::HashSet;

use crate::Author;
use crate::document::{Entries, Node, Violations};
use crate::violation::child;

use super::field::Field;
use super::{
    Credentials, Inbound, MAX_PROVIDER_BYTES, MAX_RESPONSE_URL_BYTES, MAX_UID_BYTES, Parsed,
    WayBack, created_at, parse_created_at,
};

pub(super) fn check(document: &Node) -> Parsed {
    let mut violations = Violations::default();
    let Node::Object(entries) = document else {
        violations.wrong_type("", "an object", document);
        return Parsed {
            external_uid: None,
            credentials: None,
            way_back: WayBack::default(),
            ticket: Err(violations.into_list()),
        };
    };
    // Unknown keys are named once, as unknown.
    let is_known = |key: &str| Field::by_name(key).is_some();
    let ticket = Entries::new("", entries, is_known, &mut violations);

    let external_uid =
        ticket.required_text(Field::ExternalUid.name(), MAX_UID_BYTES, &mut violations);
    let content = ticket.required_text(Field::Content.name(), usize::MAX, &mut violations);
    let response_url = optional_text(
        &ticket,
        Field::ResponseUrl,
        MAX_RESPONSE_URL_BYTES,
        &mut violations,
    );
    let custom_provider = optional_text(
        &ticket,
        Field::CustomProvider,
        MAX_PROVIDER_BYTES,
        &mut violations,
    )
    .filter(|text| !text.is_empty());
    let parent_uid = optional_text(&ticket, Field::ParentUid, MAX_UID_BYTES, &mut violations)
        .filter(|text| !text.is_empty());
    let author = author(&ticket, &mut violations);
    let created_at = created_at_of(&ticket, &mut violations);
    let credentials = credentials(&ticket, &mut violations);
    unknown(entries, &mut violations);

    let way_back = WayBack {
        response_url: response_url.clone(),
        parent_uid: parent_uid.clone(),
    };
    let known_as = external_uid.clone();
    let ticket = match (external_uid, content, author, created_at) {
        (Some(external_uid), Some(content), Some(author), Some(created_at))
            if violations.is_empty() =>
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
        external_uid: known_as,
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
    let author = object(ticket, Field::Author, node, violations)?;
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
        let object = object(ticket, field, ticket.get(field.name())?, violations)?;
        let name = credential(&object, "name", violations);
        let token = credential(&object, "token", violations);
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

fn optional_text(
    ticket: &Entries<'_>,
    field: Field,
    max_bytes: usize,
    violations: &mut Violations,
) -> Option<String> {
    let node = ticket.get(field.name())?;
    ticket
        .bounded(field.name(), node, max_bytes, violations)
        .map(str::to_owned)
}

/// Text that must be there and may say anything: who it belongs to is found out elsewhere.
fn credential(object: &Entries<'_>, key: &str, violations: &mut Violations) -> Option<String> {
    let Some(node) = object.get(key) else {
        violations.add(object.pointer(key), "is missing");
        return None;
    };
    object.text(key, node, violations).map(str::to_owned)
}

fn object<'a>(
    ticket: &Entries<'a>,
    field: Field,
    node: &'a Node,
    violations: &mut Violations,
) -> Option<Entries<'a>> {
    let Node::Object(entries) = node else {
        violations.wrong_type(&ticket.pointer(field.name()), "an object", node);
        return None;
    };
    Some(Entries::new(field.pointer(), entries, |_| true, violations))
}
