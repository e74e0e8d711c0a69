//! A ticket in every spelling, written by other code than that which reads it.

use respondo_client::inbound::{
    Credentials, Inbound, MAX_PROVIDER_BYTES, MAX_RESPONSE_URL_BYTES, MAX_UID_BYTES, Parsed, parse,
};
use serde_json::{Map, Value, json};
use url::form_urlencoded::Serializer;

/// The header of each kind of body.
pub const JSON: Option<&str> = Some("application/json");
/// As [`JSON`].
pub const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

/// How form data spells nested keys.
#[derive(Debug, Clone, Copy, arbitrary::Arbitrary)]
pub enum Nesting {
    /// `author[username]`
    Brackets,
    /// `author.username`
    Dot,
    /// `author__username`
    Underscores,
}

impl Nesting {
    /// Each once.
    pub const ALL: [Self; 3] = [Self::Brackets, Self::Dot, Self::Underscores];

    /// `key` in `parent`.
    pub fn key(self, parent: &str, key: &str) -> String {
        match self {
            Self::Brackets => format!("{parent}[{key}]"),
            Self::Dot => format!("{parent}.{key}"),
            Self::Underscores => format!("{parent}__{key}"),
        }
    }
}

/// The names under which credentials may stand.
pub const CREDENTIALS: [&str; 2] = ["personal_access_token", "token"];

/// A property: its parent, its name, its text.
pub type Property<'a> = (Option<&'a str>, &'a str, &'a str);

/// As JSON.
pub fn as_json(properties: &[Property<'_>]) -> Vec<u8> {
    let mut whole = Map::new();
    for &(parent, key, text) in properties {
        let object = match parent {
            None => &mut whole,
            Some(parent) => whole
                .entry(parent)
                .or_insert_with(|| json!({}))
                .as_object_mut()
                .expect("parents are objects"),
        };
        object.insert(key.to_owned(), text.into());
    }
    Value::Object(whole).to_string().into_bytes()
}

/// As form data; the spelling of a nested key is asked for one by one.
pub fn as_form(properties: &[Property<'_>], mut nesting: impl FnMut() -> Nesting) -> Vec<u8> {
    let mut form = Serializer::new(String::new());
    for &(parent, key, text) in properties {
        match parent {
            None => form.append_pair(key, text),
            Some(parent) => form.append_pair(&nesting().key(parent, key), text),
        };
    }
    form.finish().into_bytes()
}

/// Asserts what holds of every ticket that is taken, and that all its spellings are the same ticket.
pub fn check_taken(parsed: &Parsed) {
    let Ok(ticket) = &parsed.ticket else {
        return;
    };
    check_bounds(ticket);
    assert_eq!(parsed.way_back.response_url, ticket.response_url);
    assert_eq!(parsed.way_back.parent_uid, ticket.parent_uid);
    for name in CREDENTIALS {
        check_spellings(parsed, ticket, name);
    }
}

fn check_bounds(ticket: &Inbound) {
    let uids = [
        &ticket.external_uid,
        &ticket.author.external_uid,
        &ticket.author.username,
    ];
    for text in uids {
        assert!(!text.trim().is_empty() && text.len() <= MAX_UID_BYTES);
    }
    assert!(!ticket.content.trim().is_empty());
    let within = |text: &Option<String>, most| text.as_ref().is_none_or(|text| text.len() <= most);
    assert!(within(&ticket.response_url, MAX_RESPONSE_URL_BYTES));
    assert!(within(&ticket.custom_provider, MAX_PROVIDER_BYTES));
    assert!(within(&ticket.parent_uid, MAX_UID_BYTES));
    for named in [&ticket.custom_provider, &ticket.parent_uid] {
        assert_ne!(named.as_deref(), Some(""));
    }
}

fn check_spellings(parsed: &Parsed, ticket: &Inbound, name: &str) {
    let created_at = ticket.created_at.to_string();
    let mut properties: Vec<Property<'_>> = vec![
        (None, "external_uid", &ticket.external_uid),
        (None, "content", &ticket.content),
        (Some("author"), "external_uid", &ticket.author.external_uid),
        (Some("author"), "username", &ticket.author.username),
        (None, "created_at", &created_at),
    ];
    let optional = [
        ("response_url", &ticket.response_url),
        ("custom_provider", &ticket.custom_provider),
        ("parent_uid", &ticket.parent_uid),
    ];
    for (key, text) in optional {
        if let Some(text) = text {
            properties.push((None, key, text));
        }
    }
    if let Some(Credentials { name: owner, token }) = &parsed.credentials {
        let owner = owner.as_deref().expect("a ticket without this is refused");
        properties.extend([(Some(name), "name", owner), (Some(name), "token", token)]);
    }
    let json = parse(JSON, &as_json(&properties)).expect("JSON is readable");
    assert_eq!(json, *parsed);
    // In form data an empty optional field is an absent one.
    if properties.iter().any(|(.., text)| text.is_empty()) {
        return;
    }
    for nesting in Nesting::ALL {
        let form = parse(FORM, &as_form(&properties, || nesting)).expect("the form is readable");
        assert_eq!(form, *parsed, "{nesting:?}");
    }
}
