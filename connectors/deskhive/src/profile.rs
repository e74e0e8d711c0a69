//! What an agent sees and changes of themselves: External API documentation, sections *Get Profile* and *Update
//! Profile*.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use jiff::Timestamp;

use crate::body::Body;
use crate::lenient::{flag, number, optional_text, or_default, text};
use crate::{ApiError, Invalid, read_time};

/// An agent, with the documentation's keys in its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Profile {
    /// The agent's number.
    #[serde(deserialize_with = "number")]
    pub id: u64,
    /// The name to show.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// Their address.
    #[serde(default)]
    pub email: Option<String>,
    /// Their telephone number.
    #[serde(default, deserialize_with = "optional_text")]
    pub phone: Option<String>,
    /// Their language.
    #[serde(default)]
    pub locale: Option<String>,
    /// A picture of them.
    #[serde(default)]
    pub avatar_url: Option<String>,
    /// What they want to be told of. The documentation gives it no shape.
    #[serde(default)]
    #[cfg_attr(
        feature = "schema",
        schemars(schema_with = "crate::schema::object_or_list")
    )]
    pub notification_settings: Value,
    /// Whether they may work.
    #[serde(default, deserialize_with = "flag")]
    pub is_active: bool,
    /// Since when they are known.
    #[serde(default, deserialize_with = "or_default")]
    pub created_at: String,
}

impl Profile {
    /// Since when they are known, if that can be read.
    pub fn created(&self) -> Option<Timestamp> {
        read_time(&self.created_at)
    }
}

/// A change of an agent's profile; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ProfileUpdate {
    /// The name to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `Some(None)` takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Option<String>>,
    /// `Some(None)` takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<Option<String>>,
    /// An object or a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification_settings: Option<Value>,
}

impl ProfileUpdate {
    /// The longest name, in characters.
    pub const LONGEST_NAME: usize = 250;
    /// The longest telephone number, in characters.
    pub const LONGEST_PHONE: usize = 50;
    /// The longest name of a language, in characters.
    pub const LONGEST_LOCALE: usize = 10;
    /// The most that settings take as JSON, in bytes; a limit of this crate's own.
    pub const LARGEST_SETTINGS: usize = 2048;

    pub(crate) fn check(&self) -> Result<(), Invalid> {
        if let Some(name) = &self.name {
            Invalid::if_blank("name", name)?;
            Invalid::if_longer("name", name, Self::LONGEST_NAME)?;
        }
        for (field, text, longest) in [
            ("phone", &self.phone, Self::LONGEST_PHONE),
            ("locale", &self.locale, Self::LONGEST_LOCALE),
        ] {
            if let Some(Some(text)) = text {
                Invalid::if_longer(field, text, longest)?;
            }
        }
        let settings = self.notification_settings.as_ref();
        let are_composed = settings.is_none_or(|value| value.is_object() || value.is_array());
        Invalid::unless_composed(are_composed, "notification_settings")
    }

    /// Reads a change as a Laravel application would, see [`crate::ReplyRequest::from_body`].
    ///
    /// # Errors
    ///
    /// What to answer with 422.
    pub fn from_body(content_type: Option<&str>, body: &[u8]) -> Result<Self, ApiError> {
        let body = Body::read(content_type, body);
        let mut sentences: Vec<(String, Vec<String>)> = Vec::new();
        let mut blame = |field: &str, sentence: String| {
            sentences.push((field.to_owned(), vec![sentence]));
        };
        let mut text = |field: &str, longest: usize| match body.get(field)? {
            Value::Null => Some(None),
            Value::String(text) if text.chars().count() > longest => {
                blame(
                    field,
                    format!("The {field} field must not be greater than {longest} characters."),
                );
                None
            }
            Value::String(text) => Some(Some(text.clone())),
            _ => {
                blame(field, format!("The {field} field must be a string."));
                None
            }
        };
        let name = text("name", Self::LONGEST_NAME);
        let phone = text("phone", Self::LONGEST_PHONE);
        let locale = text("locale", Self::LONGEST_LOCALE);
        if name == Some(None) {
            let sentence = "The name field must be a string.".to_owned();
            sentences.insert(0, ("name".to_owned(), vec![sentence]));
        }
        let settings = body.get("notification_settings");
        let wrong = match settings {
            None => None,
            Some(Value::Array(_) | Value::Object(_)) => {
                let size = settings.map_or(0, |value| value.to_string().len());
                (size > Self::LARGEST_SETTINGS).then_some("is too large")
            }
            Some(_) => Some("must be an array"),
        };
        if let Some(wrong) = wrong {
            let sentence = format!("The notification settings field {wrong}.");
            sentences.push(("notification_settings".to_owned(), vec![sentence]));
        }
        if !sentences.is_empty() {
            return Err(ApiError::validation(sentences));
        }
        Ok(Self {
            name: name.flatten(),
            phone,
            locale,
            notification_settings: settings.cloned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(body: &Value) -> Result<ProfileUpdate, ApiError> {
        ProfileUpdate::from_body(Some("application/json"), body.to_string().as_bytes())
    }

    #[test]
    fn good_changes_are_read() {
        let long = "ü".repeat(250);
        let text = |text: &str| Some(text.to_owned());
        for (body, expected) in [
            (json!({}), ProfileUpdate::default()),
            (
                json!({"name": format!(" {long} "), "phone": "1".repeat(50)}),
                ProfileUpdate {
                    name: Some(long.clone()),
                    phone: Some(Some("1".repeat(50))),
                    ..ProfileUpdate::default()
                },
            ),
            (
                json!({"phone": null, "locale": " "}),
                ProfileUpdate {
                    phone: Some(None),
                    locale: Some(None),
                    ..ProfileUpdate::default()
                },
            ),
            (
                json!({"locale": "pt_BR", "notification_settings": {"ticket_reply": false}}),
                ProfileUpdate {
                    locale: Some(text("pt_BR")),
                    notification_settings: Some(json!({"ticket_reply": false})),
                    ..ProfileUpdate::default()
                },
            ),
            (
                json!({"notification_settings": []}),
                ProfileUpdate {
                    notification_settings: Some(json!([])),
                    ..ProfileUpdate::default()
                },
            ),
        ] {
            assert_eq!(read(&body), Ok(expected), "{body}");
        }
        let form = ProfileUpdate::from_body(
            Some("application/x-www-form-urlencoded"),
            b"name=Jo&phone=&notification_settings[ticket_reply]=0",
        );
        let form = form.unwrap();
        assert_eq!((form.name, form.phone), (text("Jo"), Some(None)));
        assert_eq!(
            form.notification_settings,
            Some(json!({"ticket_reply": "0"}))
        );
    }

    #[test]
    fn bad_changes_are_answered_in_laravels_words() {
        for (body, field, sentence) in [
            (
                json!({"name": "x".repeat(251)}),
                "name",
                "The name field must not be greater than 250 characters.",
            ),
            (
                json!({"name": null}),
                "name",
                "The name field must be a string.",
            ),
            (
                json!({"name": " "}),
                "name",
                "The name field must be a string.",
            ),
            (
                json!({"name": 7}),
                "name",
                "The name field must be a string.",
            ),
            (
                json!({"phone": "1".repeat(51)}),
                "phone",
                "The phone field must not be greater than 50 characters.",
            ),
            (
                json!({"phone": ["1"]}),
                "phone",
                "The phone field must be a string.",
            ),
            (
                json!({"locale": "x".repeat(11)}),
                "locale",
                "The locale field must not be greater than 10 characters.",
            ),
            (
                json!({"notification_settings": "all"}),
                "notification_settings",
                "The notification settings field must be an array.",
            ),
            (
                json!({"notification_settings": null}),
                "notification_settings",
                "The notification settings field must be an array.",
            ),
            (
                json!({"notification_settings": ["x".repeat(3000)]}),
                "notification_settings",
                "The notification settings field is too large.",
            ),
        ] {
            let error = read(&body).unwrap_err();
            assert_eq!(error.message, sentence, "{body}");
            assert_eq!(error.errors.unwrap()[field], [sentence], "{body}");
        }
        let error = read(&json!({"locale": 1, "phone": 1, "name": null})).unwrap_err();
        assert_eq!(
            error.message,
            "The name field must be a string. (and 2 more errors)"
        );
    }
}
