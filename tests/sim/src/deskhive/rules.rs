//! Laravel's rules of validation, in its own English words.

use serde_json::{Map, Value};

use super::Refusal;

/// Whether a field has to be there, and whether it may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Required,
    Optional,
    Nullable,
}

/// What a field was found to be; wrong ones count as absent, and are never asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Field<T> {
    Absent,
    Null,
    Is(T),
}

impl<T> Field<T> {
    pub(crate) fn value(self) -> Option<T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Puts what was said, null included, in the place of what was there.
    pub(crate) fn put(self, place: &mut Option<T>) {
        match self {
            Self::Absent => {}
            Self::Null => *place = None,
            Self::Is(value) => *place = Some(value),
        }
    }
}

/// The fields of a request while they are judged.
pub(crate) struct Rules<'i> {
    input: &'i Map<String, Value>,
    errors: Vec<(String, Vec<String>)>,
}

impl<'i> Rules<'i> {
    pub(crate) fn on(input: &'i Map<String, Value>) -> Self {
        Self {
            input,
            errors: Vec::new(),
        }
    }

    /// 422 with everything that was found wrong.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Refusal::invalid(&self.errors))
        }
    }

    pub(crate) fn fail(&mut self, name: &str, message: String) {
        match self.errors.iter_mut().find(|(each, _)| each == name) {
            Some((_, messages)) => messages.push(message),
            None => self.errors.push((name.to_owned(), vec![message])),
        }
    }

    /// A field that is there and not a null that it may be.
    fn present(&mut self, name: &str, need: Need) -> Field<&'i Value> {
        match (self.input.get(name), need) {
            (None | Some(Value::Null), Need::Required) => {
                self.fail(name, format!("The {} field is required.", spoken(name)));
                Field::Absent
            }
            (None, _) => Field::Absent,
            (Some(Value::Null), Need::Nullable) => Field::Null,
            (Some(value), _) => Field::Is(value),
        }
    }

    fn judged<T>(
        &mut self,
        name: &str,
        need: Need,
        judge: impl FnOnce(&'i Value) -> Result<T, String>,
    ) -> Field<T> {
        let value = match self.present(name, need) {
            Field::Is(value) => value,
            Field::Null => return Field::Null,
            Field::Absent => return Field::Absent,
        };
        match judge(value) {
            Ok(value) => Field::Is(value),
            Err(message) => {
                self.fail(name, message);
                Field::Absent
            }
        }
    }

    /// A text of at most so many characters.
    pub(crate) fn text(&mut self, name: &str, need: Need, most: Option<usize>) -> Field<String> {
        self.judged(name, need, |value| {
            let text = value
                .as_str()
                .ok_or_else(|| format!("The {} field must be a string.", spoken(name)))?;
            match most {
                Some(most) if text.chars().count() > most => Err(format!(
                    "The {} field must not be greater than {most} characters.",
                    spoken(name)
                )),
                _ => Ok(text.to_owned()),
            }
        })
    }

    /// One of the six values that Laravel takes for true and false.
    pub(crate) fn boolean(&mut self, name: &str) -> Field<bool> {
        self.judged(name, Need::Optional, |value| {
            let is = |number: u64, digit| value.as_u64() == Some(number) || value == digit;
            match value {
                Value::Bool(said) => Ok(*said),
                _ if is(1, "1") => Ok(true),
                _ if is(0, "0") => Ok(false),
                _ => Err(format!("The {} field must be true or false.", spoken(name))),
            }
        })
    }

    /// One of these words.
    pub(crate) fn word<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Field<T> {
        self.judged(name, Need::Optional, |value| {
            value.as_str().and_then(read).ok_or_else(|| not_one(name))
        })
    }

    /// The id of something that exists.
    pub(crate) fn id(
        &mut self,
        name: &str,
        need: Need,
        exists: impl FnOnce(u64) -> bool,
    ) -> Field<u64> {
        self.judged(name, need, |value| {
            as_id(value)
                .filter(|id| exists(*id))
                .ok_or_else(|| not_one(name))
        })
    }

    /// The ids of things that exist.
    pub(crate) fn ids(&mut self, name: &str, exists: impl Fn(u64) -> bool) -> Field<Vec<u64>> {
        let items = self.judged(name, Need::Optional, |value| {
            value.as_array().ok_or_else(|| not_a_list(name))
        });
        let Field::Is(items) = items else {
            return Field::Absent;
        };
        let mut ids = Vec::new();
        for (place, item) in items.iter().enumerate() {
            match as_id(item).filter(|id| exists(*id)) {
                Some(id) => ids.push(id),
                None => {
                    let name = format!("{name}.{place}");
                    let message = not_one(&name);
                    self.fail(&name, message);
                }
            }
        }
        Field::Is(ids)
    }

    /// What PHP calls an array: a JSON array or object.
    pub(crate) fn members(&mut self, name: &str) -> Field<Map<String, Value>> {
        self.judged(name, Need::Optional, |value| match value {
            Value::Object(members) => Ok(members.clone()),
            Value::Array(items) => {
                let numbered = items.iter().enumerate();
                Ok(numbered
                    .map(|(place, item)| (place.to_string(), item.clone()))
                    .collect())
            }
            _ => Err(not_a_list(name)),
        })
    }

    /// An address of e-mail that is not taken.
    pub(crate) fn email(
        &mut self,
        name: &str,
        need: Need,
        taken: impl FnOnce(&str) -> bool,
    ) -> Field<String> {
        let text = self.text(name, need, Some(250));
        let Field::Is(address) = &text else {
            return text;
        };
        if !is_address(address) {
            let message = format!("The {} field must be a valid email address.", spoken(name));
            self.fail(name, message);
        } else if taken(address) {
            let message = format!("The {} has already been taken.", spoken(name));
            self.fail(name, message);
        }
        text
    }
}

fn is_address(text: &str) -> bool {
    let odd = |each: char| each.is_whitespace() || each.is_control();
    match text.rsplit_once('@') {
        Some((local, domain)) => {
            !local.is_empty() && !domain.is_empty() && !local.contains('@') && !text.contains(odd)
        }
        None => false,
    }
}

fn as_id(value: &Value) -> Option<u64> {
    match value {
        Value::String(digits) if digits.bytes().all(|each| each.is_ascii_digit()) => {
            digits.parse().ok()
        }
        other => other.as_u64(),
    }
}

fn not_one(name: &str) -> String {
    format!("The selected {} is invalid.", spoken(name))
}

fn not_a_list(name: &str) -> String {
    format!("The {} field must be an array.", spoken(name))
}

/// A field's name as messages have it.
fn spoken(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests;
