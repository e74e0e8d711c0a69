//! What providers attach to a ticket, and the schema that it has to follow.

use serde_json::{Map, Value, json};

use super::account::KeyKind;
use super::dates::is_day;
use super::desk::length;
use super::request::Call;
use super::ticket::External;
use super::{Refusal, Variation, World, json as strict};
use crate::http::Response;

const MAX_NAME: usize = 100;

impl World {
    /// `POST` or `PUT /v1/tickets/{id}/external`: one record for each ticket and provider, replaced as a whole.
    ///
    /// A key that may not do this is told so before it learns whether there is such a ticket.
    pub(crate) fn set_external(&mut self, number: u64, call: &Call) -> Result<Response, Refusal> {
        if call.kind != KeyKind::Secret {
            return Err(Refusal::new(403, "Forbidden").because("the key is not a SECRET key"));
        }
        self.found(number)?;
        let provider = name(call, "provider")?;
        let title = name(call, "title")?;
        let data = call.parameters.required("data")?;
        let data = strict::read_object(data).map_err(|why| {
            Refusal::new(400, "Data is not valid JSON object").because(format!("data: {why}"))
        })?;
        let loose = self.varies(Variation::LooseData);
        Schema { loose }
            .check(&data)
            .map_err(|why| Refusal::new(400, "Data does not match the schema").because(why))?;
        self.attach(number, provider, title, data.into())?;
        if self.varies(Variation::ChangedForExternal) {
            self.fire("ticket_changed", number);
        }
        Ok(if self.varies(Variation::ExternalAnswersResult) {
            Response::json(200, &json!({ "statusCode": 200, "result": "success" }))
        } else {
            Response::json(200, &json!({ "statusCode": 200 }))
        })
    }

    fn attach(
        &mut self,
        number: u64,
        provider: &str,
        title: &str,
        data: Value,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let renewed = self.varies(Variation::ExternalRenewed);
        let external = &mut self.found_mut(number)?.external;
        match external.iter_mut().find(|each| each.provider == provider) {
            Some(old) => {
                old.title = title.to_owned();
                old.data = data;
                if renewed {
                    old.created = now;
                }
            }
            None => external.push(External {
                provider: provider.to_owned(),
                title: title.to_owned(),
                data,
                created: now,
            }),
        }
        Ok(())
    }
}

fn name<'c>(call: &'c Call, which: &str) -> Result<&'c str, Refusal> {
    let name = call.parameters.required(which)?;
    if length(name) > MAX_NAME {
        return Err(Refusal::new(
            400,
            format!("{which} must not be longer than {MAX_NAME} characters"),
        ));
    }
    Ok(name)
}

/// The schema of the data.
struct Schema {
    /// Takes what fits the words of the documents, whatever it is good for.
    loose: bool,
}

type Fits = Result<(), String>;

impl Schema {
    fn check(&self, data: &Map<String, Value>) -> Fits {
        only(data, "data", &["fields"])?;
        for (at, field) in list(data, "data", "fields")?.iter().enumerate() {
            self.field(field, &format!("fields[{at}]"))?;
        }
        Ok(())
    }

    fn field(&self, field: &Value, at: &str) -> Fits {
        let field = object(field, at)?;
        match self.text(field, at, "type")? {
            "message" => {
                only(field, at, &["type", "content", "importance"])?;
                self.text(field, at, "content")?;
                match self.text(field, at, "importance")? {
                    "error" | "warning" | "info" => Ok(()),
                    other => Err(format!("{at}.importance {other:?} is none of the three")),
                }
            }
            "text" | "email" | "phoneNumber" => {
                only(field, at, &["type", "title", "value"])?;
                self.text(field, at, "title")?;
                self.text(field, at, "value")?;
                Ok(())
            }
            "list" => {
                only(field, at, &["type", "title", "items"])?;
                self.text(field, at, "title")?;
                let items = list(field, at, "items")?;
                if items.is_empty() && !self.loose {
                    return Err(format!("{at}.items is empty, which no document shows"));
                }
                for (item_at, item) in items.iter().enumerate() {
                    self.item(item, &format!("{at}.items[{item_at}]"))?;
                }
                Ok(())
            }
            other => Err(format!("{at}.type {other:?} is no kind of field")),
        }
    }

    fn item(&self, item: &Value, at: &str) -> Fits {
        let item = object(item, at)?;
        only(item, at, &["title", "text", "url", "footer", "timestamp"])?;
        self.text(item, at, "title")?;
        for optional in ["text", "url", "footer", "timestamp"] {
            if item.contains_key(optional) {
                self.text(item, at, optional)?;
            }
        }
        if let Some(url) = item.get("url").and_then(Value::as_str)
            && !self.loose
            && !is_link(url)
        {
            return Err(format!("{at}.url is no http link, which no document shows"));
        }
        match item.get("timestamp").and_then(Value::as_str) {
            Some(day) if !is_day(day) => Err(format!(
                "{at}.timestamp {day:?} is no day written YYYY-MM-DD"
            )),
            _ => Ok(()),
        }
    }

    fn text<'j>(
        &self,
        object: &'j Map<String, Value>,
        at: &str,
        name: &str,
    ) -> Result<&'j str, String> {
        let text = object
            .get(name)
            .ok_or_else(|| format!("{at}.{name} is missing"))?
            .as_str()
            .ok_or_else(|| format!("{at}.{name} is not a string"))?;
        if text.is_empty() && !self.loose {
            return Err(format!("{at}.{name} is empty, which no document shows"));
        }
        Ok(text)
    }
}

fn object<'j>(value: &'j Value, at: &str) -> Result<&'j Map<String, Value>, String> {
    value
        .as_object()
        .ok_or_else(|| format!("{at} is not an object"))
}

fn list<'j>(
    object: &'j Map<String, Value>,
    at: &str,
    name: &str,
) -> Result<&'j Vec<Value>, String> {
    object
        .get(name)
        .ok_or_else(|| format!("{at}.{name} is missing"))?
        .as_array()
        .ok_or_else(|| format!("{at}.{name} is not an array"))
}

fn only(object: &Map<String, Value>, at: &str, known: &[&str]) -> Fits {
    match object.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(format!("{at} has an unknown property {name:?}")),
        None => Ok(()),
    }
}

fn is_link(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(data: Value) -> Fits {
        Schema { loose: false }.check(data.as_object().unwrap())
    }

    #[test]
    fn every_documented_kind_of_field_fits() {
        for field in [
            json!({ "type": "message", "content": "c", "importance": "info" }),
            json!({ "type": "text", "title": "t", "value": "v" }),
            json!({ "type": "email", "title": "t", "value": "v@example.com" }),
            json!({ "type": "phoneNumber", "title": "t", "value": "+15551234567" }),
            json!({ "type": "list", "title": "t", "items": [{ "title": "i" }] }),
        ] {
            assert_eq!(fits(json!({ "fields": [field] })), Ok(()));
        }
        assert_eq!(fits(json!({ "fields": [] })), Ok(()));
    }

    #[test]
    fn every_departure_from_the_schema_is_found() {
        let item = |item: Value| json!({ "type": "list", "title": "t", "items": [item] });
        for (field, why) in [
            (json!("x"), "fields[0] is not an object"),
            (json!({}), "fields[0].type is missing"),
            (
                json!({ "type": "date" }),
                "fields[0].type \"date\" is no kind of field",
            ),
            (
                json!({ "type": "message", "content": "c", "importance": "debug" }),
                "fields[0].importance \"debug\" is none of the three",
            ),
            (
                json!({ "type": "message", "content": "c" }),
                "fields[0].importance is missing",
            ),
            (
                json!({ "type": "message", "title": "t", "content": "c", "importance": "info" }),
                "fields[0] has an unknown property \"title\"",
            ),
            (
                json!({ "type": "text", "title": "t", "value": 7 }),
                "fields[0].value is not a string",
            ),
            (
                json!({ "type": "text", "title": "t", "value": null }),
                "fields[0].value is not a string",
            ),
            (
                json!({ "type": "text", "title": "t", "value": "" }),
                "fields[0].value is empty, which no document shows",
            ),
            (
                json!({ "type": "list", "title": "t", "items": {} }),
                "fields[0].items is not an array",
            ),
            (
                json!({ "type": "list", "title": "t", "items": [] }),
                "fields[0].items is empty, which no document shows",
            ),
            (
                item(json!({ "text": "x" })),
                "fields[0].items[0].title is missing",
            ),
            (
                item(json!({ "title": "i", "color": "red" })),
                "fields[0].items[0] has an unknown property \"color\"",
            ),
            (
                item(json!({ "title": "i", "timestamp": "2026-02-30" })),
                "fields[0].items[0].timestamp \"2026-02-30\" is no day written YYYY-MM-DD",
            ),
            (
                item(json!({ "title": "i", "url": "portal" })),
                "fields[0].items[0].url is no http link, which no document shows",
            ),
        ] {
            assert_eq!(fits(json!({ "fields": [field] })), Err(why.to_owned()));
        }
        assert!(fits(json!({})).is_err());
        assert!(fits(json!({ "fields": {} })).is_err());
        assert!(fits(json!({ "fields": [], "title": "t" })).is_err());
    }

    #[test]
    fn loose_data_may_be_empty_but_not_unknown() {
        let loose = Schema { loose: true };
        let data = |field| json!({ "fields": [field] }).as_object().unwrap().clone();
        assert!(
            loose
                .check(&data(json!({ "type": "text", "title": "", "value": "" })))
                .is_ok()
        );
        assert!(
            loose
                .check(&data(
                    json!({ "type": "text", "title": "", "value": "", "x": 1 })
                ))
                .is_err()
        );
    }
}
