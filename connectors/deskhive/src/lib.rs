#![doc = include_str!("../README.md")]

mod answer;
mod api_error;
mod article;
mod body;
mod canned_response;
mod client;
mod dashboard;
mod envelope;
mod error;
pub mod external;
pub mod internal;
mod invalid;
mod key;
mod lenient;
mod listed;
mod message;
mod notification;
mod page;
mod profile;
mod reply_request;
mod request;
mod retry_after;
#[cfg(feature = "schema")]
mod schema;
mod thread;
mod ticket;
mod ticket_update;
mod time;
mod word;

pub use api_error::ApiError;
pub use article::Article;
pub use canned_response::CannedResponse;
pub use client::{Answer, Client, InvalidBase, RateLimit};
pub use dashboard::{Dashboard, Like};
pub use envelope::{Acknowledgement, Envelope};
pub use error::{Error, Kind, Misread, Refusal, Unsendable};
pub use invalid::{Invalid, Rule};
pub use key::{ApiKey, InvalidKey};
pub use listed::{Listed, Paging, Place};
pub use message::{Message, Sender, SenderType};
pub use notification::{Notification, UnreadCount};
pub use page::{Page, PageLink, PageLinks, PageMeta};
pub use profile::{Profile, ProfileUpdate};
pub use reply_request::ReplyRequest;
pub use request::{Call, Request};
pub use retry_after::RetryAfter;
pub use thread::{Author, Posted, Role, ThreadMessage};
pub use ticket::{CustomField, Customer, Label, Named, Ticket};
pub use ticket_update::TicketUpdate;
pub use time::{read_time, wire_time};
pub use word::{Priority, Status, UnknownPriority, UnknownStatus};

/// `GET /health-check`: whether there is a DeskHive. It is answered whatever the key.
pub fn health_check() -> Call<()> {
    Call::undocumented(Request::get("/health-check"), answer::acknowledged)
}
