//! A ticket's thread.

use crate::request::Pairs;
use crate::{
    Call, Invalid, Like, Listed, Paging, Posted, ReplyRequest, Request, ThreadMessage, answer,
    listed, thread,
};

/// `GET /tickets/{ticket}/messages`: the thread, 30 messages a page if not asked otherwise.
///
/// Neither their order nor whether notes are among them is documented.
pub fn messages(ticket: u64, paging: Paging) -> Call<Listed<ThreadMessage>> {
    let query = paging.add_to(Pairs::default());
    let request = Request::get(format_args!("/external/tickets/{ticket}/messages"));
    Call::new(request.with_query(&query), listed::read)
}

/// `POST /tickets/{ticket}/messages`: a reply to the customer, or a note.
///
/// **Not idempotent**, and there is no key for it: after [`Unanswered`](crate::Kind::Unanswered) or
/// [`Unreadable`](crate::Kind::Unreadable), look for it among the [`messages`]. White space at both ends of the text
/// does not come back. A locked ticket refuses it with [`Locked`](crate::Kind::Locked).
///
/// # Errors
///
/// [`Invalid`] if the text is blank.
pub fn reply(ticket: u64, reply: &ReplyRequest) -> Result<Call<Posted>, Invalid> {
    reply.check()?;
    let request = Request::post(format_args!("/external/tickets/{ticket}/messages"));
    Ok(Call::undocumented(request.with_json(reply), thread::posted))
}

/// `POST /tickets/{ticket}/messages/{message}/like`: likes a message, or takes the like back.
///
/// **A toggle**: sent twice, it has done nothing. After [`Unanswered`](crate::Kind::Unanswered) or
/// [`Unreadable`](crate::Kind::Unreadable) it must not be sent again blindly, and only
/// [`ThreadMessage::is_liked`], which no document promises, may tell how it stands.
pub fn toggle_like(ticket: u64, message: u64) -> Call<Like> {
    let path = format_args!("/external/tickets/{ticket}/messages/{message}/like");
    Call::new(Request::post(path), answer::data)
}
