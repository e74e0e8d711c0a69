//! The answer to a reply, and whether a ticket becomes of it.
//!
//! The status and the type of the answer mean nothing, and there is no schema: what counts is what the code finds in
//! the body when it looks.

use serde_json::{Map, Value};

use super::create::{Draft, Unsaved};
use super::{Era, NotStored, Ticket, World, dates};

/// What a ticket of era D can be made from.
const ATTRIBUTES: &[&str] = &[
    "external_uid",
    "content",
    "created_at",
    "parent_uid",
    "author",
    "ticketable_attributes",
];
const MOVED: &[&str] = &["response_url", "custom_provider"];

/// Reads a body, whatever it is the answer to.
pub(crate) fn object(body: Option<&[u8]>) -> Result<Map<String, Value>, NotStored> {
    let body = body.ok_or_else(|| NotStored::NotJson("there is no body".to_owned()))?;
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(NotStored::NotAnObject("the answer")),
        Err(error) => Err(NotStored::NotJson(error.to_string())),
    }
}

impl World {
    /// Makes a reply of the answer to one; its number.
    pub(crate) fn store_reply(
        &mut self,
        replied_to: &Ticket,
        answer: &Map<String, Value>,
    ) -> Result<u64, NotStored> {
        self.check_provider(replied_to.custom_provider.as_deref())?;
        let moved = match self.era {
            Era::B | Era::C => answer,
            Era::D => attributes_of_era_d(answer)?,
        };
        let author = answer
            .get("author")
            .and_then(Value::as_object)
            .ok_or(NotStored::NotAnObject("author"))?;
        let custom_provider = text(moved, "custom_provider")?;
        if self.era == Era::D {
            self.check_provider(custom_provider.as_deref())?;
        }
        let draft = Draft {
            brand: replied_to.brand,
            external_uid: text(answer, "external_uid")?.unwrap_or_default(),
            content: text(answer, "content")?.unwrap_or_default(),
            author_uid: text(author, "external_uid")?.unwrap_or_default(),
            author_name: text(author, "username")?.unwrap_or_default(),
            parent_uid: text(answer, "parent_uid")?,
            response_url: text(moved, "response_url")?,
            custom_provider,
            created_at: text(answer, "created_at")?.and_then(|text| dates::read(&text)),
            by_agent: true,
        };
        self.create(draft).map_err(|unsaved| match unsaved {
            Unsaved::Invalid(reason) => NotStored::Invalid(reason),
            Unsaved::Database(reason) => NotStored::Database(reason),
        })
    }

    /// What the code does with a provider: since July 2022 it chooses by it who reads the answer.
    fn check_provider(&self, provider: Option<&str>) -> Result<(), NotStored> {
        let own = |name: &str| name.to_owned();
        match (self.era, provider) {
            (_, None | Some("external")) => Ok(()),
            _ if self.is_early() => Ok(()),
            (Era::D, Some(name)) => Err(NotStored::UnknownProvider(own(name))),
            // The reader of another service's answers fails on this one.
            (_, Some(name @ ("twitter" | "disqus"))) => Err(NotStored::UnknownProvider(own(name))),
            (_, Some(name)) => Err(NotStored::Silently(own(name))),
        }
    }

    /// Complains of what an answer lacks by the published format, or has that works against it.
    pub(crate) fn notice_answer(
        &mut self,
        about: &str,
        replied_to: &Ticket,
        answer: &Map<String, Value>,
    ) {
        let mut wrong = Vec::new();
        for name in ["external_uid", "content", "parent_uid", "created_at"] {
            if !answer.get(name).is_some_and(Value::is_string) {
                wrong.push(format!("{name} is not a string, or missing"));
            }
        }
        let author = answer.get("author").unwrap_or(&Value::Null);
        for name in ["external_uid", "username"] {
            if !author[name].is_string() {
                wrong.push(format!("author.{name} is not a string, or missing"));
            }
        }
        if let Some(Value::String(parent)) = answer.get("parent_uid")
            && *parent != replied_to.external_uid
        {
            let asked = &replied_to.external_uid;
            wrong.push(format!(
                "parent_uid is {parent:?}, and the reply was to {asked:?}"
            ));
        }
        if let Some(Value::String(date)) = answer.get("created_at")
            && dates::read(date).is_none()
        {
            wrong.push(format!("created_at {date:?} is no date"));
        }
        let provider = answer.get("custom_provider").and_then(Value::as_str);
        if self.check_provider(provider).is_err() {
            wrong.push("with a custom_provider, nobody can reply to this reply".to_owned());
        }
        for each in wrong {
            self.complain(about, each);
        }
    }
}

/// The attributes that moved, once there is no other than the known ones.
fn attributes_of_era_d(answer: &Map<String, Value>) -> Result<&Map<String, Value>, NotStored> {
    let unknown = |object: &Map<String, Value>, known: &[&str]| {
        let name = object.keys().find(|name| !known.contains(&name.as_str()))?;
        Some(NotStored::UnknownAttribute(name.clone()))
    };
    if let Some(error) = unknown(answer, ATTRIBUTES) {
        return Err(error);
    }
    let moved = answer
        .get("ticketable_attributes")
        .ok_or_else(|| NotStored::Database("there are no ticketable_attributes".to_owned()))?
        .as_object()
        .ok_or(NotStored::NotAnObject("ticketable_attributes"))?;
    match unknown(moved, MOVED) {
        Some(error) => Err(error),
        None => Ok(moved),
    }
}

/// A member as the text that a column makes of it; none if it is null or missing.
fn text(object: &Map<String, Value>, name: &str) -> Result<Option<String>, NotStored> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::Bool(bool)) => Ok(Some(if *bool { "t" } else { "f" }.to_owned())),
        // What the real one would make of it is not known.
        Some(Value::Array(_) | Value::Object(_)) => Err(NotStored::Invalid(format!(
            "{name} is neither a text nor a number"
        ))),
    }
}
