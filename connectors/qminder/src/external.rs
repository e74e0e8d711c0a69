//! External data: records that integrations attach to a ticket, and that clerks see beside it.
//!
//! [Attaching external info](https://developer.qminder.com/reference/tickets/attaching-external-info): one record per
//! ticket and provider, read-only for clerks, shown at once. Qminder's own two sentences about a wrong record do not
//! say what is wrong with it; [`check`] does, before anything is sent.
//!
//! Not documented, and so not checked: how large a record may be, how long its texts, whether empty texts and lists
//! pass, and whether addresses, telephone numbers and URLs are judged.

mod check;
mod field;
mod read_back;
mod record;
#[cfg(test)]
mod tests;

pub use check::check;
pub use field::{Field, Importance, Item};
pub use read_back::{StoredRecord, read_back};
pub use record::{Record, RecordBuilder};

use crate::request::Pairs;
use crate::{Call, Request, TicketId};

/// `POST /v1/tickets/{ticket}/external`: attaches a record, or replaces the one of the same provider as a whole.
/// Idempotent.
///
/// Needs a *secret* key; others are refused with 403 ([`Credentials`](crate::Kind::Credentials)). 404 for a ticket
/// that is not there.
///
/// ```
/// use qminder_client::external::{Importance, Record, attach};
///
/// let record = Record::builder("my-crm", "Patient info")
///     .message(Importance::Warning, "Allergy: penicillin")
///     .text("Name", "Maria Schmidt")
///     .build()?;
/// let call = attach(&12345.into(), &record);
/// assert_eq!(call.request().target(), "/v1/tickets/12345/external");
/// assert!(call.request().body().starts_with(b"provider=my-crm&title=Patient+info&data=%7B"));
/// # Ok::<(), qminder_client::Invalid>(())
/// ```
pub fn attach(ticket: &TicketId, record: &Record) -> Call<()> {
    let form = Pairs::default()
        .with("provider", record.provider())
        .with("title", record.title())
        .with("data", record.to_json());
    let request = Request::post(format!("/v1/tickets/{ticket}/external"));
    Call::acknowledged(request.with_form(&form))
}
