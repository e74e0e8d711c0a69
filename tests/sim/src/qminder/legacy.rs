//! Create and edit as the v1 family had them: forms, with additional fields as JSON in one of them.

use serde_json::{Value, json};

use super::form::Parameters;
use super::person::{email, first_name, last_name, only, phone, text};
use super::request::Call;
use super::ticket::{Extra, Ticket};
use super::{Refusal, World, json as strict};
use crate::http::Response;

const SOURCES: &[&str] = &["PHONE", "MANUAL", "NAME", "PRINTER"];

impl World {
    /// `POST /v1/lines/{id}/ticket`; a second one with the same Idempotency-Key makes no second ticket.
    pub(crate) fn legacy_create(&mut self, line: u64, call: &Call) -> Result<Response, Refusal> {
        let form = &call.parameters;
        let once = call
            .idempotency_key
            .clone()
            .map(|id| (call.key.clone(), id));
        if let Some(number) = once.as_ref().and_then(|once| self.idempotent.get(once)) {
            return Ok(made(&number.to_string()));
        }
        self.account.open_line(line)?;
        let name = first_name(form.required("firstName")?)?;
        let source = form.text("source").unwrap_or("MANUAL");
        if !SOURCES.contains(&source) {
            return Err(Refusal::new(400, format!("{source:?} is no source")));
        }
        let (number, now) = (self.number_ticket(), self.now());
        let mut ticket = Ticket {
            source: source.to_owned(),
            ..Ticket::new(number, line, name, now)
        };
        describe(&mut ticket, form)?;
        let answer = made(&ticket.id);
        self.add(ticket);
        if let Some(once) = once {
            self.idempotent.insert(once, number);
        }
        Ok(answer)
    }

    /// `POST /v1/tickets/{id}/edit`; an empty text clears.
    pub(crate) fn legacy_edit(&mut self, number: u64, call: &Call) -> Result<(), Refusal> {
        let form = &call.parameters;
        if let Some(user) = form.id("user")? {
            self.account.user(user)?;
        }
        let mut edited = self.found(number)?.clone();
        if let Some(line) = form.id("line")? {
            self.account.open_line(line)?;
            edited.line = line;
        }
        if let Some(name) = form.text("firstName") {
            edited.first_name = first_name(name)?.to_owned();
        }
        describe(&mut edited, form)?;
        *self.found_mut(number)? = edited;
        self.fire("ticket_changed", number);
        Ok(())
    }
}

fn made(id: &str) -> Response {
    Response::json(200, &json!({ "statusCode": 200, "id": id }))
}

fn describe(ticket: &mut Ticket, form: &Parameters) -> Result<(), Refusal> {
    if let Some(name) = form.text("lastName") {
        ticket.last_name = given(last_name(name)?);
    }
    if let Some(number) = form.text("phoneNumber") {
        ticket.phone_number = given(number);
        ticket.phone_number.as_deref().map(phone).transpose()?;
    }
    if let Some(address) = form.text("email") {
        ticket.email = given(address);
        ticket.email.as_deref().map(email).transpose()?;
    }
    if let Some(list) = form.text("extra") {
        ticket.extra = extra(list)?;
    }
    Ok(())
}

/// Nothing where the text is empty, or is what the official client makes of a null.
fn given(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty() && text != "null")
}

fn extra(list: &str) -> Result<Vec<Extra>, Refusal> {
    let wrong = |why: String| Refusal::new(400, format!("extra: {why}"));
    let Value::Array(list) = strict::read(list).map_err(|error| wrong(error.to_string()))? else {
        return Err(wrong("it is not an array".to_owned()));
    };
    let read = |item: &Value| {
        let item = item
            .as_object()
            .ok_or_else(|| wrong("an item is not an object".to_owned()))?;
        only(item, &["title", "value", "url", "editable"])?;
        let title = text(item, "title")?
            .filter(|title| !title.is_empty())
            .ok_or_else(|| wrong("an item has no title".to_owned()))?;
        let value = item
            .get("value")
            .filter(|value| value.is_string() || value.is_number())
            .ok_or_else(|| wrong(format!("{title:?} has no value")))?;
        if item.get("editable").is_some_and(|flag| !flag.is_boolean()) {
            return Err(wrong(format!("{title:?}: editable is not a boolean")));
        }
        Ok(Extra {
            title: title.to_owned(),
            value: value.clone(),
            url: text(item, "url")?.map(str::to_owned),
        })
    };
    list.iter().map(read).collect()
}
