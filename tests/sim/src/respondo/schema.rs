//! The published schema of an external ticket, and everything that breaks it.

use serde_json::{Map, Value};

use super::Era;

const REQUIRED: &[&str] = &["external_uid", "content", "created_at"];
const OPTIONAL: &[&str] = &["parent_uid"];
/// What era D moved into `ticketable_attributes`.
const MOVED_REQUIRED: &str = "response_url";
const MOVED_OPTIONAL: &str = "custom_provider";
const MOVED_TO: &str = "ticketable_attributes";

/// Everything in which a body breaks the schema; nothing if it does not.
pub(crate) fn violations(body: &Value, era: Era) -> Vec<String> {
    let Some(body) = body.as_object() else {
        return vec!["the body is not an object".to_owned()];
    };
    let mut found = Found(Vec::new());
    for name in REQUIRED {
        found.text(body, name, "", true);
    }
    for name in OPTIONAL {
        found.text(body, name, "", false);
    }
    let mut known = [REQUIRED, OPTIONAL, &["author", "personal_access_token"]].concat();
    found.object(body, "author", &["external_uid", "username"], &[]);
    found.object(body, "personal_access_token", &["name", "token"], &[]);
    if era == Era::D {
        known.push(MOVED_TO);
        found.object(body, MOVED_TO, &[MOVED_REQUIRED], &[MOVED_OPTIONAL]);
    } else {
        known.extend([MOVED_REQUIRED, MOVED_OPTIONAL]);
        found.text(body, MOVED_REQUIRED, "", true);
        found.text(body, MOVED_OPTIONAL, "", false);
    }
    for name in body.keys().filter(|name| !known.contains(&name.as_str())) {
        found.0.push(format!("{name} is not in the schema"));
    }
    found.0
}

struct Found(Vec<String>);

impl Found {
    fn text(&mut self, object: &Map<String, Value>, name: &str, of: &str, required: bool) {
        match object.get(name) {
            Some(Value::String(_)) => {}
            Some(_) => self.0.push(format!("{of}{name} is not a string")),
            None if required => self.0.push(format!("{of}{name} is missing")),
            None => {}
        }
    }

    /// Checks an object that has to be there; whatever else is in it may be.
    fn object(
        &mut self,
        body: &Map<String, Value>,
        name: &str,
        required: &[&str],
        optional: &[&str],
    ) {
        let of = format!("{name}.");
        match body.get(name) {
            Some(Value::Object(object)) => {
                for each in required {
                    self.text(object, each, &of, true);
                }
                for each in optional {
                    self.text(object, each, &of, false);
                }
            }
            Some(_) => self.0.push(format!("{name} is not an object")),
            None => self.0.push(format!("{name} is missing")),
        }
    }
}
