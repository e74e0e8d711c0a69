//! What an account has before its first visitor: locations, lines, users, desks, input fields and keys.

use std::collections::BTreeMap;

use super::Refusal;

/// What a key is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Everything, external data included.
    Secret,
    /// Belongs to this user, in whose name its calls are made; no external data.
    User(u64),
    /// Belongs to nobody; no external data.
    Plain,
}

/// A place with lines.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    pub(crate) name: String,
    pub(crate) languages: Vec<String>,
}

/// A queue.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) location: u64,
    pub(crate) name: String,
    pub(crate) disabled: bool,
}

/// A clerk.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) email: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
}

/// A desk of a location.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    pub(crate) location: u64,
    pub(crate) name: String,
}

/// A field that a location asks its visitors for.
#[derive(Clone, Debug, PartialEq)]
pub struct InputField {
    /// Its UUID.
    pub id: String,
    /// The location that has it.
    pub location: u64,
    /// Its title.
    pub title: String,
    /// Whether a value cannot be cleared.
    pub mandatory: bool,
    /// The options of a choice: UUID and title; empty for a field with a text.
    pub options: Vec<(String, String)>,
}

/// Everything that an account has.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) locations: BTreeMap<u64, Location>,
    pub(crate) lines: BTreeMap<u64, Line>,
    pub(crate) users: BTreeMap<u64, User>,
    pub(crate) desks: BTreeMap<u64, Desk>,
    pub(crate) fields: Vec<InputField>,
    pub(crate) keys: BTreeMap<String, KeyKind>,
}

impl Account {
    /// One location, 1, with a line, 12345, a user, 900, a desk, 3, and a secret key.
    pub(crate) fn small() -> Self {
        let mut account = Self {
            locations: BTreeMap::new(),
            lines: BTreeMap::new(),
            users: BTreeMap::new(),
            desks: BTreeMap::new(),
            fields: Vec::new(),
            keys: BTreeMap::from([("qminder-key".to_owned(), KeyKind::Secret)]),
        };
        account.add_location(1);
        account.add_line(12345, 1);
        account.add_user(900);
        account.add_desk(3, 1);
        account
    }

    pub(crate) fn add_location(&mut self, id: u64) {
        let location = Location {
            name: format!("Location {id}"),
            languages: ["en", "es", "et"].map(str::to_owned).to_vec(),
        };
        self.locations.insert(id, location);
    }

    pub(crate) fn add_line(&mut self, id: u64, location: u64) {
        let line = Line {
            location,
            name: format!("Line {id}"),
            disabled: false,
        };
        self.lines.insert(id, line);
    }

    pub(crate) fn add_user(&mut self, id: u64) {
        let user = User {
            email: format!("clerk-{id}@example.com"),
            first_name: "Clerk".to_owned(),
            last_name: id.to_string(),
        };
        self.users.insert(id, user);
    }

    pub(crate) fn add_desk(&mut self, id: u64, location: u64) {
        let name = format!("Desk {id}");
        self.desks.insert(id, Desk { location, name });
    }

    pub(crate) fn line(&self, id: u64) -> Result<&Line, Refusal> {
        self.lines
            .get(&id)
            .ok_or_else(|| Refusal::not_found("Line", id))
    }

    /// A line that takes tickets.
    pub(crate) fn open_line(&self, id: u64) -> Result<&Line, Refusal> {
        let line = self.line(id)?;
        if line.disabled {
            return Err(Refusal::bare(409, format!("Line with id {id} is disabled")));
        }
        Ok(line)
    }

    pub(crate) fn location(&self, id: u64) -> Result<&Location, Refusal> {
        self.locations
            .get(&id)
            .ok_or_else(|| Refusal::not_found("Location", id))
    }

    pub(crate) fn user(&self, id: u64) -> Result<&User, Refusal> {
        self.users
            .get(&id)
            .ok_or_else(|| Refusal::not_found("User", id))
    }

    /// A desk, which has to be where this line is.
    pub(crate) fn desk_at(&self, id: u64, line: u64) -> Result<(), Refusal> {
        let location = self.line(line)?.location;
        match self.desks.get(&id) {
            Some(desk) if desk.location == location => Ok(()),
            _ => Err(Refusal::not_found("Desk", id)),
        }
    }

    pub(crate) fn field(&self, id: &str) -> Result<&InputField, Refusal> {
        self.fields
            .iter()
            .find(|field| field.id.eq_ignore_ascii_case(id))
            .ok_or_else(|| Refusal::not_found("Input field", id))
    }

    /// A language that visitors of the location of this line may have.
    pub(crate) fn language(&self, code: &str, line: u64) -> Result<(), Refusal> {
        let location = self.location(self.line(line)?.location)?;
        if location.languages.iter().any(|each| each == code) {
            return Ok(());
        }
        Err(Refusal::bare(404, format!("Language {code} not found")))
    }
}
