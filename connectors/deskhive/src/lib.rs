#![doc = include_str!("../README.md")]

mod article;
mod canned_response;
mod envelope;
mod error;
mod lenient;
mod message;
mod page;
mod reply_request;
#[cfg(feature = "schema")]
mod schema;
mod ticket;
mod time;
mod word;

pub use article::Article;
pub use canned_response::CannedResponse;
pub use envelope::{Acknowledgement, Envelope};
pub use error::ApiError;
pub use message::{Message, Sender, SenderType};
pub use page::{Page, PageLink, PageLinks, PageMeta};
pub use reply_request::ReplyRequest;
pub use ticket::{CustomField, Customer, Label, Named, Ticket};
pub use time::wire_time;
pub use word::{Priority, Status, UnknownPriority, UnknownStatus};
