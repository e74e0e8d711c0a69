//! Tickets on their way to a Respondo server: section *Inbound* of the external ticket format, and the one call there is.
//!
//! A [`Request`] is made of an [`ExternalTicket`] without sending anything, and a [`Client`] sends it once. A server
//! can neither be asked whether it has a ticket, nor be told of a change: the same `external_uid` a second time is
//! refused as [`Kind::Duplicate`], which after an [unknown outcome](Kind::Unanswered) says that the first has arrived.

mod client;
mod error;
mod external_ticket;
mod invalid;
mod pushed;
mod request;
#[cfg(test)]
mod tests;
mod token;

pub use client::{Client, InvalidBase};
pub use error::{Error, Kind, Misread, Refusal};
pub use external_ticket::ExternalTicket;
pub use invalid::{Invalid, Rule};
pub use pushed::Pushed;
pub use request::Request;
pub use token::{AccessToken, InvalidToken};
