//! Whether a loss report says what the requests show.

use serde_json::Value;

use crate::model::How;
use crate::rehearsal::leaves::leaves;
use crate::rehearsal::{Event, Field};

/// Shorter texts stand somewhere by chance.
const SHORTEST: usize = 8;

/// Where the report of `event` on what was `sent` is untrue.
pub(super) fn lies(sent: &Value, event: &Event) -> Vec<String> {
    let rows = event.fields.iter();
    let rows = rows.filter(|row| row.field.starts_with('/'));
    let found = rows.filter_map(|row| {
        let words = lie(sent, event, row)?;
        Some(format!(
            "{} is {} in {:?} ({}), but {words}",
            row.field, row.how, row.to, row.why
        ))
    });
    found.collect()
}

fn lie(sent: &Value, event: &Event, row: &Field) -> Option<String> {
    let value = sent.pointer(&row.field)?;
    // Where two are joined, and that is cut, only one of them may be left.
    let is_joined = row.how == How::Cut && row.why.starts_with("first and last name together");
    let is_empty = is_joined
        || match value {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Array(_) | Value::Object(_) => true,
            Value::Bool(_) | Value::Number(_) => false,
        };
    if is_empty {
        return None;
    }
    let places = || places(event, &row.to);
    match row.how {
        How::Kept => {
            let is_there = places().iter().any(|place| match place {
                _ if *place == value => true,
                Value::Array(_) | Value::Object(_) => stands_in(value, place),
                // Made of several fields.
                Value::String(text) if is_made_of_many(&row.to) => text.contains(&said(value)),
                _ => false,
            });
            (!is_there).then(|| format!("{value} is not in {:?}", places()))
        }
        How::Cut => {
            let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let said = said(value);
            let plain = match row.why.contains("as plain text") {
                true => said.trim_start_matches("<p>"),
                false => said.as_str(),
            };
            let whole = flat(plain);
            let beginning: String = whole.chars().take(SHORTEST).collect();
            let begins = |text: &str| flat(text).contains(beginning.trim());
            let is_there = places()
                .iter()
                .any(|place| texts(place).iter().any(|t| begins(t)));
            (!is_there).then(|| format!("{beginning:?} is not in {:?}", places()))
        }
        // It names what is there already, and shows that by itself.
        How::Dropped if row.field == "/parent_uid" => None,
        How::Dropped if row.to.is_empty() => {
            let text = value.as_str()?;
            let stands_alone = || {
                let others = leaves(sent).into_iter().filter(|other| *other != row.field);
                let mut others = others.filter_map(|other| sent.pointer(&other)?.as_str());
                !others.any(|other| other.contains(text))
            };
            let is_telling =
                text.len() >= SHORTEST && text.contains(|c: char| !c.is_ascii_lowercase());
            let everything = event.requests.iter().map(|request| &request.body);
            let everything = everything.chain(event.answers.iter().map(|answer| &answer.body));
            let shows = |body: &Value| stands_in(value, body);
            let shown = everything.clone().find(|body| shows(body));
            let shown = shown.filter(|_| is_telling && stands_alone())?;
            Some(format!("{value} stands in {shown}"))
        }
        How::Dropped | How::Converted | How::Defaulted => None,
    }
}

/// Titles and texts that begin with something of ours, and forms.
fn is_made_of_many(to: &str) -> bool {
    ["/title", "/data/title", "/content", "/data/content"]
        .iter()
        .any(|end| to.ends_with(end))
        || to == "form message"
}

/// Whether it is in there as it was, alone or among other words.
fn stands_in(value: &Value, place: &Value) -> bool {
    let text = said(value);
    texts(place).iter().any(|found| found.contains(&text))
}

fn said(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn texts(place: &Value) -> Vec<String> {
    let leaves = leaves(place).into_iter();
    leaves
        .filter_map(|leaf| place.pointer(&leaf).map(said))
        .collect()
}

/// What stands where a report says: `word /pointer`, in which `*` is each of a list.
fn places<'a>(event: &'a Event, to: &str) -> Vec<&'a Value> {
    let mut words = to.split(' ');
    let (word, pointer) = (words.next().unwrap_or_default(), words.next());
    let bodies: Vec<&Value> = match event.answers.as_slice() {
        [ticket, ..] if word == "ticket" => vec![&ticket.body],
        [_, messages] if word == "messages" => vec![&messages.body],
        _ => {
            let requests = event.requests.iter().filter(|request| {
                let is_customer = request.path.ends_with("/customers");
                match word {
                    "customer" => is_customer,
                    "ticket" => {
                        !is_customer
                            && ["create ticket", "push ticket"].contains(&&*request.command)
                    }
                    "record" => request.command == "replace record",
                    "message" => ["post message", "post edit"].contains(&&*request.command),
                    "update" => request.command == "update ticket",
                    "form" => request.command == "send SMS",
                    "reply" => request.command == "reply",
                    _ => false,
                }
            });
            requests.map(|request| &request.body).collect()
        }
    };
    let pointer = match (word, pointer) {
        ("record", Some(pointer)) => format!("/data{pointer}"),
        ("form", Some(name)) => format!("/{name}"),
        (_, pointer) => pointer.unwrap_or_default().to_owned(),
    };
    // In one, or in several together: `/firstName, /lastName`.
    let others = words
        .filter(|word| word.starts_with('/'))
        .map(str::to_owned);
    let pointers = std::iter::once(pointer.trim_end_matches(',').to_owned()).chain(others);
    let pointers: Vec<String> = pointers.collect();
    let bodies = bodies.into_iter();
    bodies
        .flat_map(|body| pointers.iter().flat_map(|pointer| all_at(body, pointer)))
        .collect()
}

fn all_at<'a>(value: &'a Value, pointer: &str) -> Vec<&'a Value> {
    let Some((outer, inner)) = pointer.split_once("/*") else {
        return value.pointer(pointer).into_iter().collect();
    };
    let items = value.pointer(outer).and_then(Value::as_array);
    let items = items.into_iter().flatten();
    items.flat_map(|item| all_at(item, inner)).collect()
}
