//! Labels: short texts that clerks see on a ticket, and that a search's answer has.

use http::Method;
use serde::{Deserialize, Serialize};

use super::create::check_label;
use super::path;
use crate::request::Pairs;
use crate::violation::Violations;
use crate::{Call, Invalid, Request, TicketId, UserId, json};

/// What became of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddedLabel {
    /// The ticket has it now.
    Added,
    /// The ticket had it before.
    AlreadyThere,
}

/// `POST /v1/tickets/{ticket}/labels/add`: adds a label. Idempotent.
///
/// The OpenAPI document asks for a user, the official client does not.
///
/// # Errors
///
/// A label that is blank or longer than 50 characters.
pub fn add_label(
    ticket: &TicketId,
    value: &str,
    user: Option<&UserId>,
) -> Result<Call<AddedLabel>, Invalid> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        result: Option<String>,
    }

    let mut found = Violations::default();
    check_label(&mut found, "/value", value);
    found.into_result()?;
    let form = Pairs::default()
        .with("value", value)
        .with_some("user", user);
    let request = Request::post(path(ticket, "/labels/add")).with_form(&form);
    Ok(Call::new(request, |body| {
        // The label is there in any case.
        let result = json::read(body).ok().and_then(|body: Body| body.result);
        Ok(match result.as_deref() {
            Some("no action") => AddedLabel::AlreadyThere,
            _ => AddedLabel::Added,
        })
    }))
}

/// `POST /v1/tickets/{ticket}/labels/remove`: removes a label.
///
/// The OpenAPI document asks for a user, the official client does not.
pub fn remove_label(ticket: &TicketId, value: &str, user: Option<&UserId>) -> Call<()> {
    let form = Pairs::default()
        .with("value", value)
        .with_some("user", user);
    Call::acknowledged(Request::post(path(ticket, "/labels/remove")).with_form(&form))
}

/// `PUT /v1/tickets/{ticket}/labels`: these labels and no others. Idempotent. Only the official client knows of it.
///
/// # Errors
///
/// Labels that are blank or longer than 50 characters.
pub fn set_labels(ticket: &TicketId, labels: &[&str]) -> Result<Call<()>, Invalid> {
    #[derive(Serialize)]
    struct Body<'a> {
        labels: &'a [&'a str],
    }

    let mut found = Violations::default();
    for (index, label) in labels.iter().enumerate() {
        check_label(&mut found, &format!("/labels/{index}"), label);
    }
    found.into_result()?;
    let request = Request::new(Method::PUT, path(ticket, "/labels"));
    Ok(Call::acknowledged(request.with_json(&Body { labels })))
}
