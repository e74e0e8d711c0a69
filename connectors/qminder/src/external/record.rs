//! Records, made by hand or of JSON.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::check::at;
use super::{Field, Importance, Item};
use crate::violation::Violations;
use crate::{Invalid, Rule};

/// The longest provider and the longest title.
const MAX_NAME: usize = 100;

/// What one provider says about a ticket. There are none that break a documented rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    provider: String,
    title: String,
    data: Data,
}

/// The record as its `data` parameter has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Data {
    fields: Vec<Field>,
}

/// A record in the making; fields come in the order of the calls.
#[derive(Debug, Clone)]
#[must_use]
pub struct RecordBuilder {
    provider: String,
    title: String,
    fields: Vec<Field>,
}

impl Record {
    /// A record of `provider`, the name of the integration, under `title`, the header that clerks see. Each is 1 to
    /// 100 characters and not blank.
    pub fn builder(provider: impl Into<String>, title: impl Into<String>) -> RecordBuilder {
        RecordBuilder {
            provider: provider.into(),
            title: title.into(),
            fields: Vec::new(),
        }
    }

    /// A record of JSON: `data` is `{"fields": […]}`.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it. Pointers begin with the parameter: `/provider`, `/title`,
    /// `/data/fields/0/importance`.
    pub fn from_value(
        provider: impl Into<String>,
        title: impl Into<String>,
        data: &Value,
    ) -> Result<Self, Invalid> {
        let (provider, title) = (provider.into(), title.into());
        let mut found = names(&provider, &title);
        at("/data", data, &mut found);
        found.into_result()?;
        let data = Data::deserialize(data).expect("what passes the check is a record");
        Ok(Self {
            provider,
            title,
            data,
        })
    }

    /// The name of the integration: with the ticket, what makes a record unique.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The header that clerks see.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The fields, in order.
    pub fn fields(&self) -> &[Field] {
        &self.data.fields
    }

    /// The `data` parameter: compact JSON, always with the same bytes for the same record.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.data).expect("a record is text, lists and objects")
    }

    /// The `data` parameter as a value, to compare with what Qminder [keeps](super::read_back).
    pub fn to_value(&self) -> Value {
        serde_json::to_value(&self.data).expect("a record is text, lists and objects")
    }
}

impl RecordBuilder {
    /// One more field.
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// One more coloured banner.
    pub fn message(self, importance: Importance, content: impl Into<String>) -> Self {
        let content = content.into();
        self.field(Field::Message {
            content,
            importance,
        })
    }

    /// One more row of text: `title` on the left, `value` on the right.
    pub fn text(self, title: impl Into<String>, value: impl Into<String>) -> Self {
        let (title, value) = (title.into(), value.into());
        self.field(Field::Text { title, value })
    }

    /// One more row with an e-mail address.
    pub fn email(self, title: impl Into<String>, value: impl Into<String>) -> Self {
        let (title, value) = (title.into(), value.into());
        self.field(Field::Email { title, value })
    }

    /// One more row with a telephone number.
    pub fn phone_number(self, title: impl Into<String>, value: impl Into<String>) -> Self {
        let (title, value) = (title.into(), value.into());
        self.field(Field::PhoneNumber { title, value })
    }

    /// One more list.
    pub fn list(self, title: impl Into<String>, items: impl IntoIterator<Item = Item>) -> Self {
        let title = title.into();
        let items = items.into_iter().collect();
        self.field(Field::List { title, items })
    }

    /// The record.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, which the types leave little room for: a provider or title that is blank or
    /// too long, and a year before 0. Pointers are those of [`Record::from_value`].
    pub fn build(self) -> Result<Record, Invalid> {
        let mut found = names(&self.provider, &self.title);
        for (field_index, field) in self.fields.iter().enumerate() {
            let Field::List { items, .. } = field else {
                continue;
            };
            for (index, item) in items.iter().enumerate() {
                if !item.has_writable_date() {
                    let place = format!("/data/fields/{field_index}/items/{index}/timestamp");
                    found.add(place, Rule::Date);
                }
            }
        }
        found.into_result()?;
        Ok(Record {
            provider: self.provider,
            title: self.title,
            data: Data {
                fields: self.fields,
            },
        })
    }
}

fn names(provider: &str, title: &str) -> Violations {
    let mut found = Violations::default();
    for (pointer, text) in [("/provider", provider), ("/title", title)] {
        found.not_blank(pointer, text);
        found.max_length(pointer, text, MAX_NAME);
    }
    found
}
