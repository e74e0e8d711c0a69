#![doc = include_str!("../README.md")]

mod client;
mod error;
pub mod external;
pub mod graphql;
mod id;
mod json;
mod key;
mod lenient;
mod person;
mod request;
mod retry_after;
pub mod ticket;
pub mod tickets;
mod violation;
pub mod webhooks;
mod word;

pub use client::{Answer, Client, InvalidBase};
pub use error::{Error, FieldError, Kind, Misread, Refusal, Unsendable};
pub use id::{
    DeskId, InputFieldId, InvalidId, LineId, LocationId, OptionId, TicketId, UserId, WebhookId,
};
pub use key::{ApiKey, InvalidKey, Secret};
pub use request::{Call, Request};
pub use retry_after::RetryAfter;
pub use ticket::Ticket;
pub use violation::{Invalid, Rule, Violation};
pub use word::{MessageStatus, MessageType, Source, Status};
