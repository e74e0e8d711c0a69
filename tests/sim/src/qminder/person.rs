//! The rules for what a visitor's ticket says of the visitor, and the versioned create and edit that follow them.

use serde_json::{Map, Value, json};

use super::desk::{label, length};
use super::form::number;
use super::ticket::{FieldValue, Label, Ticket};
use super::{Refusal, World};
use crate::http::Response;

const PHONE: &str = r#"must match "^(\+)?([0-9]){5,20}$""#;
const CREATE: &[&str] = &[
    "lineId",
    "firstName",
    "lastName",
    "phoneNumber",
    "email",
    "languageCode",
    "source",
    "fields",
    "labels",
];
const EDIT: &[&str] = &[
    "firstName",
    "lastName",
    "email",
    "phoneNumber",
    "line",
    "languageCode",
];

impl World {
    /// `POST /tickets`.
    pub(crate) fn create(&mut self, json: &Map<String, Value>) -> Result<Response, Refusal> {
        only(json, CREATE)?;
        let line = line_id(json)?;
        let first_name = match text(json, "firstName")? {
            Some(name) => first_name(name)?,
            None => return Err(Refusal::new(400, "First name must not be empty or blank")),
        };
        let last_name = text(json, "lastName")?.map(last_name).transpose()?;
        let phone_number = text(json, "phoneNumber")?.map(phone).transpose()?;
        let email = text(json, "email")?.map(email).transpose()?;
        let source = text(json, "source")?.unwrap_or("MANUAL");
        if !["MANUAL", "NAME", "MICROSITE"].contains(&source) {
            return Err(Refusal::field(
                "source",
                "must be one of MANUAL, NAME, MICROSITE",
            ));
        }
        let language = text(json, "languageCode")?.unwrap_or("en");
        language_code(language)?;
        let labels = labels(json.get("labels"))?;
        let fields = super::fields::read_all(json.get("fields"))?;

        let location = self.account.open_line(line)?.location;
        self.account.language(language, line)?;
        for field in &fields {
            super::fields::check(&self.account, field, location)?;
        }
        let (number, now) = (self.number_ticket(), self.now());
        let ticket = Ticket {
            last_name: last_name.map(str::to_owned),
            phone_number: phone_number.map(str::to_owned),
            email: email.map(str::to_owned),
            language_code: language.to_owned(),
            source: source.to_owned(),
            labels,
            fields,
            ..Ticket::new(number, line, first_name, now)
        };
        let answer = json!({ "id": ticket.id, "publicId": ticket.public_id });
        self.add(ticket);
        Ok(Response::json(201, &answer))
    }

    /// `PATCH /tickets/{id}`: nothing is changed where anything is wrong.
    pub(crate) fn edit(
        &mut self,
        number: u64,
        json: &Map<String, Value>,
    ) -> Result<Response, Refusal> {
        only(json, EDIT)?;
        if json.is_empty() {
            return Err(Refusal::unheard_of("an edit that changes nothing"));
        }
        let mut edited = self.found(number)?.clone();
        if json.contains_key("firstName") {
            let name = text_or_null(json, "firstName")?.unwrap_or_default();
            edited.first_name = first_name(name)?.to_owned();
        }
        if json.contains_key("lastName") {
            let name = text_or_null(json, "lastName")?.map(last_name).transpose()?;
            edited.last_name = name.map(str::to_owned);
        }
        if json.contains_key("email") {
            let address = text_or_null(json, "email")?.map(email).transpose()?;
            edited.email = address.map(str::to_owned);
        }
        if json.contains_key("phoneNumber") {
            let digits = text_or_null(json, "phoneNumber")?.map(phone).transpose()?;
            edited.phone_number = digits.map(str::to_owned);
        }
        if let Some(line) = text(json, "line")? {
            edited.line = self.line_for_move(line, edited.line)?;
        }
        if let Some(code) = text(json, "languageCode")? {
            language_code(code)?;
            self.account.language(code, edited.line)?;
            edited.language_code = code.to_owned();
        }
        *self.found_mut(number)? = edited;
        self.fire("ticket_changed", number);
        Ok(Response::empty(200))
    }

    fn line_for_move(&self, line: &str, from: u64) -> Result<u64, Refusal> {
        let digits = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
        if !digits {
            return Err(Refusal::field("line", r#"must match "^[0-9]+$""#));
        }
        let line = number(line).ok_or_else(|| Refusal::not_found("Line", line))?;
        let there = self.account.open_line(line)?.location;
        if there != self.account.line(from)?.location {
            return Err(Refusal::new(
                400,
                format!("Line with id {line} is in another location"),
            ));
        }
        Ok(line)
    }
}

/// Refuses members that are not among `known`.
pub(crate) fn only(json: &Map<String, Value>, known: &[&str]) -> Result<(), Refusal> {
    match json.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(Refusal::new(400, format!("Unrecognized field {name:?}"))),
        None => Ok(()),
    }
}

/// A text, which is not null if it is there.
pub(crate) fn text<'j>(
    json: &'j Map<String, Value>,
    name: &str,
) -> Result<Option<&'j str>, Refusal> {
    match json.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::field(name, "must be a string")),
    }
}

fn text_or_null<'j>(json: &'j Map<String, Value>, name: &str) -> Result<Option<&'j str>, Refusal> {
    match json.get(name) {
        Some(Value::Null) => Ok(None),
        _ => text(json, name),
    }
}

/// A text in the documents, and a number too in the official client's types.
fn line_id(json: &Map<String, Value>) -> Result<u64, Refusal> {
    match json.get("lineId") {
        Some(Value::Number(id)) => id.as_u64().ok_or_else(|| Refusal::not_found("Line", id)),
        Some(Value::String(id)) if !id.is_empty() => {
            number(id).ok_or_else(|| Refusal::not_found("Line", id))
        }
        Some(Value::String(_)) | None => Err(Refusal::new(400, "Line ID must not be empty")),
        Some(_) => Err(Refusal::field("lineId", "must be a string")),
    }
}

pub(crate) fn first_name(name: &str) -> Result<&str, Refusal> {
    if name.trim().is_empty() || length(name) < 2 {
        return Err(Refusal::new(400, "First name must not be empty or blank"));
    }
    if length(name) > 50 {
        return Err(Refusal::field("firstName", "size must be between 2 and 50"));
    }
    Ok(name)
}

pub(crate) fn last_name(name: &str) -> Result<&str, Refusal> {
    if length(name) > 50 {
        return Err(Refusal::field("lastName", "size must be between 0 and 50"));
    }
    Ok(name)
}

pub(crate) fn phone(phone: &str) -> Result<&str, Refusal> {
    let digits = phone.strip_prefix('+').unwrap_or(phone);
    let good = (5..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    good.then_some(phone)
        .ok_or_else(|| Refusal::field("phoneNumber", PHONE))
}

/// At most 100 characters, and without spaces something, an at sign, something, a dot and something.
pub(crate) fn email(address: &str) -> Result<&str, Refusal> {
    let spaced = address.chars().any(char::is_whitespace);
    let parts = address.split_once('@').and_then(|(local, rest)| {
        let (host, last) = rest.rsplit_once('.')?;
        Some(!local.is_empty() && !host.is_empty() && !last.is_empty())
    });
    if spaced || parts != Some(true) {
        return Err(Refusal::field(
            "email",
            "must be a well-formed email address",
        ));
    }
    if length(address) > 100 {
        return Err(Refusal::field("email", "size must be between 0 and 100"));
    }
    Ok(address)
}

fn language_code(code: &str) -> Result<(), Refusal> {
    if (2..=5).contains(&length(code)) {
        return Ok(());
    }
    Err(Refusal::field(
        "languageCode",
        "size must be between 2 and 5",
    ))
}

fn labels(list: Option<&Value>) -> Result<Vec<Label>, Refusal> {
    let Some(list) = list else {
        return Ok(Vec::new());
    };
    let list = list
        .as_array()
        .ok_or_else(|| Refusal::field("labels", "must be an array"))?;
    let values = list.iter().map(|item| {
        let item = item
            .as_object()
            .ok_or_else(|| Refusal::field("labels", "must be an array of objects"))?;
        only(item, &["value"])?;
        text(item, "value")?.ok_or_else(|| Refusal::new(400, "Label must not be blank"))
    });
    distinct(values.collect::<Result<Vec<_>, _>>()?)
}

/// Labels with these texts, none of them twice.
pub(crate) fn distinct(values: Vec<&str>) -> Result<Vec<Label>, Refusal> {
    let mut labels: Vec<Label> = Vec::new();
    for value in values {
        let label = label(value)?;
        if labels.contains(&label) {
            return Err(Refusal::unheard_of(format!("the label {value:?} twice")));
        }
        labels.push(label);
    }
    Ok(labels)
}

/// Keeps a value of an input field in place of an older one.
pub(crate) fn keep(fields: &mut Vec<FieldValue>, value: FieldValue) {
    match fields.iter_mut().find(|each| each.field == value.field) {
        Some(old) => *old = value,
        None => fields.push(value),
    }
}
