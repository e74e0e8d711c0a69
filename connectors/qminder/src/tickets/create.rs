//! [Creating a ticket](https://developer.qminder.com/reference/tickets/creating-a-ticket).

use serde::{Deserialize, Serialize};

use crate::person::{check_email, check_first_name, check_language, check_last_name, check_phone};
use crate::violation::Violations;
use crate::{Call, InputFieldId, Invalid, LineId, OptionId, Request, Rule, Source, TicketId, json};

/// A ticket to be made: a visitor and a line.
///
/// Methods that are called twice keep the last value, except for [`field`](Self::field), [`options`](Self::options)
/// and [`label`](Self::label), which add one more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewTicket {
    line_id: LineId,
    first_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<NewField>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<NewLabel>,
}

/// What an input field is set to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FieldValue {
    /// Text of at most 500 characters.
    Value(String),
    /// The chosen options, at least one.
    OptionIds(Vec<OptionId>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct NewField {
    input_field_id: InputFieldId,
    #[serde(flatten)]
    value: FieldValue,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct NewLabel {
    value: String,
}

/// What a new ticket is called.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Created {
    /// The name that every call takes.
    pub id: TicketId,
    /// The name that visitors see: `A-42`.
    #[serde(default)]
    pub public_id: Option<String>,
}

impl NewTicket {
    /// A ticket in `line` for a visitor of that given name: 2 to 50 characters, not blank.
    pub fn new(line: LineId, first_name: impl Into<String>) -> Self {
        Self {
            line_id: line,
            first_name: first_name.into(),
            last_name: None,
            phone_number: None,
            email: None,
            language_code: None,
            source: None,
            fields: Vec::new(),
            labels: Vec::new(),
        }
    }

    /// The visitor's family name: at most 50 characters.
    #[must_use]
    pub fn last_name(mut self, last_name: impl Into<String>) -> Self {
        self.last_name = Some(last_name.into());
        self
    }

    /// The visitor's telephone number: 5 to 20 digits, with or without `+` before them.
    #[must_use]
    pub fn phone_number(mut self, phone_number: impl Into<String>) -> Self {
        self.phone_number = Some(phone_number.into());
        self
    }

    /// The visitor's e-mail address: at most 100 characters.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// The visitor's language: 2 to 5 characters. English if not set.
    #[must_use]
    pub fn language_code(mut self, language_code: impl Into<String>) -> Self {
        self.language_code = Some(language_code.into());
        self
    }

    /// Where the ticket comes from: manual, name or microsite. Manual if not set.
    #[must_use]
    pub fn source(mut self, source: Source) -> Self {
        self.source = Some(source);
        self
    }

    /// One more input field of the location, as text of at most 500 characters.
    #[must_use]
    pub fn field(self, input_field: InputFieldId, value: impl Into<String>) -> Self {
        self.with_field(input_field, FieldValue::Value(value.into()))
    }

    /// One more input field of the location, as chosen options.
    #[must_use]
    pub fn options(self, input_field: InputFieldId, options: Vec<OptionId>) -> Self {
        self.with_field(input_field, FieldValue::OptionIds(options))
    }

    /// One more label: at most 50 characters, not blank.
    #[must_use]
    pub fn label(mut self, value: impl Into<String>) -> Self {
        let value = value.into();
        self.labels.push(NewLabel { value });
        self
    }

    fn with_field(mut self, input_field_id: InputFieldId, value: FieldValue) -> Self {
        self.fields.push(NewField {
            input_field_id,
            value,
        });
        self
    }

    /// Whether Qminder would take it, as far as its rules are documented.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it; pointers are those of the JSON that would be sent.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut found = Violations::default();
        check_first_name(&mut found, &self.first_name);
        if let Some(last_name) = &self.last_name {
            check_last_name(&mut found, last_name);
        }
        if let Some(phone_number) = &self.phone_number {
            check_phone(&mut found, phone_number);
        }
        if let Some(email) = &self.email {
            check_email(&mut found, email);
        }
        if let Some(language_code) = &self.language_code {
            check_language(&mut found, language_code);
        }
        if let Some(source) = &self.source {
            const SOURCES: &[&str] = &["MANUAL", "NAME", "MICROSITE"];
            let taken = SOURCES.contains(&source.as_str());
            found.add_unless(taken, "/source", Rule::OneOf(SOURCES));
        }
        for (index, field) in self.fields.iter().enumerate() {
            field.value.check(&mut found, &format!("/fields/{index}"));
        }
        for (index, label) in self.labels.iter().enumerate() {
            check_label(&mut found, &format!("/labels/{index}/value"), &label.value);
        }
        found.into_result()
    }
}

impl FieldValue {
    pub(super) fn check(&self, found: &mut Violations, parent: &str) {
        match self {
            Self::Value(value) => found.max_length(&format!("{parent}/value"), value, 500),
            Self::OptionIds(options) => {
                let pointer = format!("{parent}/optionIds");
                found.add_unless(!options.is_empty(), &pointer, Rule::NotEmpty);
            }
        }
    }
}

/// The rules of labels: the OpenAPI document has the length at `labels/add`, the blank at the creation.
pub(super) fn check_label(found: &mut Violations, pointer: &str, value: &str) {
    found.not_blank(pointer, value);
    found.max_length(pointer, value, 50);
}

/// `POST /tickets`: makes a ticket.
///
/// **Not idempotent**: after [`Unanswered`](crate::Kind::Unanswered) and [`Unreadable`](crate::Kind::Unreadable), look
/// for the ticket before you send it again. A label of one's own makes it findable.
///
/// Qminder answers 201; 400 for what is wrong with it; 404 for a line, an input field or a language that is not there;
/// 409 for a line that is disabled or archived.
///
/// # Errors
///
/// Everything that [`NewTicket::check`] finds.
pub fn create(ticket: &NewTicket) -> Result<Call<Created>, Invalid> {
    ticket.check()?;
    let request = Request::post("/tickets").versioned().with_json(ticket);
    Ok(Call::new(request, json::read))
}
