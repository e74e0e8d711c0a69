#![doc = include_str!("../README.md")]

mod article;
mod body;
mod canned_response;
mod dashboard;
mod envelope;
mod error;
mod lenient;
mod message;
mod notification;
mod page;
mod profile;
mod reply_request;
#[cfg(feature = "schema")]
mod schema;
mod ticket;
mod ticket_update;
mod time;
mod word;

pub use article::Article;
pub use canned_response::CannedResponse;
pub use dashboard::{Dashboard, Like};
pub use envelope::{Acknowledgement, Envelope};
pub use error::ApiError;
pub use message::{Message, Sender, SenderType};
pub use notification::{Notification, UnreadCount};
pub use page::{Page, PageLink, PageLinks, PageMeta};
pub use profile::{Profile, ProfileUpdate};
pub use reply_request::ReplyRequest;
pub use ticket::{CustomField, Customer, Label, Named, Ticket};
pub use ticket_update::TicketUpdate;
pub use time::wire_time;
pub use word::{Priority, Status, UnknownPriority, UnknownStatus};
