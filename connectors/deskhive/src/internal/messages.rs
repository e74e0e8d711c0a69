//! A ticket's thread, as the administration sees it.

use crate::request::Pairs;
use crate::{
    Call, Invalid, Listed, Paging, Posted, ReplyRequest, Request, ThreadMessage, listed, thread,
};

/// `GET /tickets/{ticket}/messages` (`messages:list`): the thread, 15 messages a page if not asked otherwise.
pub fn messages(ticket: u64, paging: Paging) -> Call<Listed<ThreadMessage>> {
    let query = paging.add_to(Pairs::default());
    let request = Request::get(format_args!("/internal/tickets/{ticket}/messages"));
    Call::new(request.with_query(&query), listed::read)
}

/// `POST /tickets/{ticket}/messages` (`messages:create`): a message of the staff, in the name of the key.
///
/// **Not idempotent**, as [`external::reply`](crate::external::reply).
///
/// # Errors
///
/// [`Invalid`] if the text is blank.
pub fn post_message(ticket: u64, message: &ReplyRequest) -> Result<Call<Posted>, Invalid> {
    message.check()?;
    let request = Request::post(format_args!("/internal/tickets/{ticket}/messages"));
    Ok(Call::undocumented(
        request.with_json(message),
        thread::posted,
    ))
}
