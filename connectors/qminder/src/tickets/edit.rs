//! [Editing a ticket](https://developer.qminder.com/reference/tickets/editing-a-ticket).

use http::Method;
use serde::Serialize;

use crate::person::{check_email, check_first_name, check_language, check_last_name, check_phone};
use crate::violation::Violations;
use crate::{Call, Invalid, LineId, Request, Rule, TicketId};

/// Changes to a ticket. What no method was called for stays as it is.
///
/// Status, source, labels, input fields and external data have calls of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketEdit {
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<LineId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language_code: Option<String>,
}

impl TicketEdit {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another given name: 2 to 50 characters, not blank. It cannot be cleared.
    #[must_use]
    pub fn first_name(mut self, first_name: impl Into<String>) -> Self {
        self.first_name = Some(first_name.into());
        self
    }

    /// Another family name of at most 50 characters; `None` clears it.
    #[must_use]
    pub fn last_name(mut self, last_name: Option<String>) -> Self {
        self.last_name = Some(last_name);
        self
    }

    /// Another telephone number, 5 to 20 digits with or without `+` before them; `None` clears it.
    #[must_use]
    pub fn phone_number(mut self, phone_number: Option<String>) -> Self {
        self.phone_number = Some(phone_number);
        self
    }

    /// Another e-mail address of at most 100 characters; `None` clears it.
    #[must_use]
    pub fn email(mut self, email: Option<String>) -> Self {
        self.email = Some(email);
        self
    }

    /// Another line of the same location: digits.
    #[must_use]
    pub fn line(mut self, line: LineId) -> Self {
        self.line = Some(line);
        self
    }

    /// Another language: 2 to 5 characters.
    #[must_use]
    pub fn language_code(mut self, language_code: impl Into<String>) -> Self {
        self.language_code = Some(language_code.into());
        self
    }

    /// Whether Qminder would take it, as far as its rules are documented. An edit that changes nothing is none.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it; pointers are those of the JSON that would be sent.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut found = Violations::default();
        found.add_unless(*self != Self::default(), "", Rule::NotEmpty);
        if let Some(first_name) = &self.first_name {
            check_first_name(&mut found, first_name);
        }
        if let Some(Some(last_name)) = &self.last_name {
            check_last_name(&mut found, last_name);
        }
        if let Some(Some(phone_number)) = &self.phone_number {
            check_phone(&mut found, phone_number);
        }
        if let Some(Some(email)) = &self.email {
            check_email(&mut found, email);
        }
        if let Some(line) = &self.line {
            let is_number = line.as_str().bytes().all(|byte| byte.is_ascii_digit());
            found.add_unless(is_number, "/line", Rule::Form("a number"));
        }
        if let Some(language_code) = &self.language_code {
            check_language(&mut found, language_code);
        }
        found.into_result()
    }
}

/// `PATCH /tickets/{ticket}`: changes a ticket. Idempotent.
///
/// Qminder answers 200 with an empty body; 400 for what is wrong with it; 404 for a ticket or line that is not there;
/// 409 for a line that is disabled or archived.
///
/// # Errors
///
/// Everything that [`TicketEdit::check`] finds.
pub fn edit(ticket: &TicketId, edit: &TicketEdit) -> Result<Call<()>, Invalid> {
    edit.check()?;
    let request = Request::new(Method::PATCH, format!("/tickets/{ticket}"));
    Ok(Call::acknowledged(request.versioned().with_json(edit)))
}
