//! What the agent is told.

use super::get;
use crate::request::Pairs;
use crate::{Call, Listed, Notification, Paging, Request, UnreadCount, answer, listed};

/// `GET /notifications`: what the agent is told, 20 a page if not asked otherwise.
///
/// Their order is not documented, and neither is that every change has one: what agents write may have none.
pub fn notifications(paging: Paging) -> Call<Listed<Notification>> {
    let query = paging.add_to(Pairs::default());
    Call::new(get("/notifications").with_query(&query), listed::read)
}

/// `GET /notifications/unread-count`: how many of them are not read.
pub fn unread_count() -> Call<UnreadCount> {
    Call::new(get("/notifications/unread-count"), answer::data)
}

/// `POST /notifications/{notification}/read`: takes one for read, also for the person whose key this is.
pub fn mark_read(notification: u64) -> Call<()> {
    let request = Request::post(format_args!("/external/notifications/{notification}/read"));
    Call::undocumented(request, answer::acknowledged)
}
