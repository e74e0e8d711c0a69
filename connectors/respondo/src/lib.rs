#![doc = include_str!("../README.md")]

mod answer;
mod author;
mod document;
pub mod inbound;
mod path;
pub mod push;
pub mod replies_in;
pub mod reply;
#[cfg(feature = "schema")]
mod schema;
pub mod send;
#[cfg(test)]
mod server;
mod ticketable;
mod violation;

pub use author::Author;
pub use path::{Path, UnknownPath};
pub use violation::Violation;
