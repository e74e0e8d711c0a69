//! Values of the input fields that a location asks for.

use serde_json::{Map, Value};

use super::account::Account;
use super::desk::length;
use super::person::{keep, only, text};
use super::ticket::FieldValue;
use super::{Refusal, World};
use crate::http::Response;

const MAX_VALUE: usize = 500;

impl World {
    /// `POST /v1/tickets/{id}/fields/{field}`.
    pub(crate) fn set_field(
        &mut self,
        number: u64,
        field: &str,
        json: &Map<String, Value>,
    ) -> Result<Response, Refusal> {
        only(json, &["value", "optionIds"])?;
        let line = self.found(number)?.line;
        let location = self.account.line(line)?.location;
        let value = value(&self.account.field(field)?.id, json)?;
        check(&self.account, &value, location)?;
        keep(&mut self.found_mut(number)?.fields, value);
        self.fire("ticket_changed", number);
        Ok(Response::empty(200))
    }

    /// `DELETE /v1/tickets/{id}/fields/{field}`.
    pub(crate) fn clear_field(&mut self, number: u64, field: &str) -> Result<Response, Refusal> {
        let line = self.found(number)?.line;
        let field = self.account.field(field)?;
        if field.location != self.account.line(line)?.location {
            return Err(from_elsewhere());
        }
        if field.mandatory {
            return Err(Refusal::new(400, "Mandatory input field cannot be removed"));
        }
        let id = field.id.clone();
        self.found_mut(number)?
            .fields
            .retain(|each| each.field != id);
        self.fire("ticket_changed", number);
        Ok(Response::empty(200))
    }
}

/// The `fields` of a create.
pub(crate) fn read_all(list: Option<&Value>) -> Result<Vec<FieldValue>, Refusal> {
    let Some(list) = list else {
        return Ok(Vec::new());
    };
    let list = list
        .as_array()
        .ok_or_else(|| Refusal::field("fields", "must be an array"))?;
    let mut fields: Vec<FieldValue> = Vec::new();
    for item in list {
        let item = item
            .as_object()
            .ok_or_else(|| Refusal::field("fields", "must be an array of objects"))?;
        only(item, &["inputFieldId", "value", "optionIds"])?;
        let id = text(item, "inputFieldId")?
            .filter(|id| is_uuid(id))
            .ok_or_else(|| Refusal::field("inputFieldId", "must be a UUID"))?;
        if fields.iter().any(|field| field.field == id) {
            return Err(Refusal::unheard_of(format!("the input field {id} twice")));
        }
        fields.push(value(id, item)?);
    }
    Ok(fields)
}

/// A text or options; the official client's types allow a number for a text.
fn value(id: &str, json: &Map<String, Value>) -> Result<FieldValue, Refusal> {
    let value = match json.get("value") {
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => text(json, "value")?.map(str::to_owned),
    };
    if value
        .as_deref()
        .is_some_and(|value| length(value) > MAX_VALUE)
    {
        return Err(Refusal::field("value", "size must be between 0 and 500"));
    }
    let options = match json.get("optionIds") {
        None => None,
        Some(Value::Array(ids)) => Some(
            ids.iter()
                .map(|id| match id.as_str() {
                    Some(id) if is_uuid(id) => Ok(id.to_owned()),
                    _ => Err(Refusal::field("optionIds", "must be UUIDs")),
                })
                .collect::<Result<Vec<_>, _>>()?,
        ),
        Some(_) => return Err(Refusal::field("optionIds", "must be an array")),
    };
    match (&value, &options) {
        (None, None) => Err(Refusal::new(400, "Both value and options are null")),
        (Some(_), Some(_)) => Err(Refusal::unheard_of("a value and options together")),
        _ => Ok(FieldValue {
            field: id.to_owned(),
            value,
            options: options.unwrap_or_default(),
        }),
    }
}

/// Whether an input field of this location takes this value.
pub(crate) fn check(account: &Account, value: &FieldValue, location: u64) -> Result<(), Refusal> {
    let field = account.field(&value.field)?;
    if field.location != location {
        return Err(from_elsewhere());
    }
    let known = |id: &String| field.options.iter().any(|(option, _)| option == id);
    let fits = if field.options.is_empty() {
        value.value.is_some()
    } else {
        !value.options.is_empty() && value.options.iter().all(known)
    };
    fits.then_some(())
        .ok_or_else(|| Refusal::new(400, "Invalid options provided"))
}

fn from_elsewhere() -> Refusal {
    Refusal::bare(409, "Ticket and input field are from different locations")
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}
