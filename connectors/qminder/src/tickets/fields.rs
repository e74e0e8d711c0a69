//! Values of a location's input fields.

use http::Method;

use super::{FieldValue, path};
use crate::violation::Violations;
use crate::{Call, InputFieldId, Invalid, Request, TicketId};

/// `POST /v1/tickets/{ticket}/fields/{field}`: sets an input field. Idempotent.
///
/// Qminder answers 200; 400 for options that are not the field's; 404 for a ticket or field that is not there; 409
/// where the two are of different locations.
///
/// # Errors
///
/// Text of more than 500 characters, and no options.
pub fn set_field(
    ticket: &TicketId,
    field: &InputFieldId,
    value: &FieldValue,
) -> Result<Call<()>, Invalid> {
    let mut found = Violations::default();
    value.check(&mut found, "");
    found.into_result()?;
    let request = Request::post(target(ticket, field)).versioned();
    Ok(Call::acknowledged(request.with_json(value)))
}

/// `DELETE /v1/tickets/{ticket}/fields/{field}`: clears an input field. Idempotent.
///
/// Qminder answers 200; 400 for a mandatory field; 404 and 409 as for [`set_field`].
pub fn clear_field(ticket: &TicketId, field: &InputFieldId) -> Call<()> {
    Call::acknowledged(Request::new(Method::DELETE, target(ticket, field)).versioned())
}

fn target(ticket: &TicketId, field: &InputFieldId) -> String {
    path(ticket, &format!("/fields/{field}"))
}
