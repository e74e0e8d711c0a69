//! What a template may speak of: for each purpose a fixed set of names, and how long what stands under them can be.

use minijinja::Value;

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A line that speaks of a ticket.
    Ticket,
    /// A message, brought to where others read it.
    Message,
    /// What stands under a message in a record.
    Footer,
    /// What a customer is told of by itself when a ticket's status changes.
    StatusReply,
}

/// One name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// As templates write it.
    pub name: &'static str,
    /// For the operator.
    pub about: &'static str,
    /// What it can be.
    pub(super) can_be: CanBe,
}

/// What a variable can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CanBe {
    /// Text of at most so many UTF-16 code units, which may be empty.
    Text(usize),
    /// The same, never empty.
    SomeText(usize),
    /// One of these.
    Word(&'static [&'static str]),
    /// True or false.
    Truth,
}

const fn variable(name: &'static str, about: &'static str, can_be: CanBe) -> Variable {
    Variable {
        name,
        about,
        can_be,
    }
}

/// Of a line that speaks of somebody.
pub const LONGEST_NAME: usize = 200;
const STATUSES: &[&str] = &["open", "in_progress", "on_hold", "closed"];
const PRIORITIES: &[&str] = &["low", "medium", "high", "critical"];
const ROLES: &[&str] = &["customer", "agent", "note"];

const NUMBER: Variable = variable("number", "the ticket's number", CanBe::SomeText(20));
const TITLE: Variable = variable(
    "title",
    "the first line of what it is about",
    CanBe::SomeText(80),
);
const BRAND: Variable = variable("brand", "the id of its brand", CanBe::SomeText(100));
const STATUS: Variable = variable(
    "status",
    "where it stands: open, in_progress, on_hold or closed",
    CanBe::Word(STATUSES),
);
const AUTHOR: Variable = variable(
    "author",
    "what people see of the customer",
    CanBe::Text(LONGEST_NAME),
);

const TICKET: &[Variable] = &[
    NUMBER,
    TITLE,
    STATUS,
    variable(
        "priority",
        "low, medium, high or critical",
        CanBe::Word(PRIORITIES),
    ),
    BRAND,
    variable(
        "provider",
        "where it comes from, if the sender says so",
        CanBe::Text(LONGEST_NAME),
    ),
    AUTHOR,
    variable(
        "author_uid",
        "the sender's name for the customer",
        CanBe::Text(LONGEST_NAME),
    ),
    variable(
        "email",
        "the customer's address, if one of their names is one",
        CanBe::Text(100),
    ),
    variable(
        "phone",
        "their telephone number, if one of their names is one",
        CanBe::Text(21),
    ),
    variable(
        "created",
        "the day on which it was written, such as 2026-01-31",
        CanBe::SomeText(10),
    ),
];

const WRITER: Variable = variable(
    "author",
    "what people see of whoever wrote it",
    CanBe::Text(LONGEST_NAME),
);
const ROLE: Variable = variable(
    "role",
    "customer; agent; or note, for an internal one",
    CanBe::Word(ROLES),
);
const SYSTEM: Variable = variable(
    "system",
    "the id of the system where an agent wrote it, if it is not this one",
    CanBe::Text(100),
);

/// A message's text is not bounded by anything that matters to a template.
const MESSAGE: &[Variable] = &[
    variable("text", "what it says", CanBe::SomeText(1000)),
    WRITER,
    ROLE,
    SYSTEM,
];

const FOOTER: &[Variable] = &[
    WRITER,
    ROLE,
    SYSTEM,
    variable("edited", "whether it was edited since", CanBe::Truth),
];

const STATUS_REPLY: &[Variable] = &[NUMBER, TITLE, STATUS, BRAND, AUTHOR];

impl Purpose {
    /// The names that there are.
    #[must_use]
    pub fn variables(self) -> &'static [Variable] {
        match self {
            Self::Ticket => TICKET,
            Self::Message => MESSAGE,
            Self::Footer => FOOTER,
            Self::StatusReply => STATUS_REPLY,
        }
    }

    /// Without which a template says nothing of what it is for.
    #[must_use]
    pub fn needs(self) -> Option<&'static str> {
        match self {
            Self::Message => Some("text"),
            Self::Ticket | Self::Footer | Self::StatusReply => None,
        }
    }

    /// Scopes in which whatever can be empty is, or is as long as it can be, in every combination of those that are
    /// spoken of: what a template does with them it can do with any other.
    pub(super) fn extremes(
        self,
        is_spoken_of: impl Fn(&str) -> bool,
    ) -> impl Iterator<Item = Scope> {
        let variables: Vec<&Variable> = self
            .variables()
            .iter()
            .filter(|variable| is_spoken_of(variable.name))
            .collect();
        let counts: Vec<usize> = variables.iter().map(|of| of.can_be.extremes()).collect();
        let all: usize = counts.iter().product();
        (0..all).map(move |mut which| {
            let mut scope = Scope::default();
            for (variable, count) in variables.iter().zip(&counts) {
                scope
                    .0
                    .push((variable.name, variable.can_be.extreme(which % count)));
                which /= count;
            }
            scope
        })
    }
}

impl CanBe {
    fn extremes(self) -> usize {
        match self {
            Self::SomeText(_) => 1,
            Self::Text(_) | Self::Truth => 2,
            Self::Word(words) => words.len(),
        }
    }

    fn extreme(self, which: usize) -> Value {
        match self {
            Self::SomeText(most) => "w".repeat(most).into(),
            Self::Text(most) => "w".repeat(most * which).into(),
            Self::Truth => Value::from(which == 1),
            Self::Word(words) => words[which].into(),
        }
    }
}

/// What a template's names stand for.
#[derive(Debug, Clone, Default)]
pub struct Scope(Vec<(&'static str, Value)>);

impl Scope {
    /// With `text` under `name`.
    #[must_use]
    pub fn with(mut self, name: &'static str, text: &str) -> Self {
        self.0.push((name, text.into()));
        self
    }

    /// With a truth under `name`.
    #[must_use]
    pub fn with_truth(mut self, name: &'static str, is_so: bool) -> Self {
        self.0.push((name, is_so.into()));
        self
    }

    /// With another text under `name`, of the same length.
    pub(super) fn with_other(mut self, name: &'static str) -> Self {
        for (known, value) in &mut self.0 {
            if *known == name {
                let length = value.as_str().map_or(0, str::len);
                *value = "v".repeat(length).into();
            }
        }
        self
    }

    /// Whether `name` stands for nothing.
    #[must_use]
    pub fn is_blank(&self, name: &str) -> bool {
        let mut all = self.0.iter();
        let found = all.find(|(known, _)| *known == name);
        found.is_none_or(|(_, value)| !value.is_true())
    }

    pub(super) fn to_value(&self) -> Value {
        Value::from_pairs(self.0.iter().cloned())
    }
}
