#![doc = include_str!("../README.md")]

mod author;
mod document;
pub mod inbound;
pub mod reply;
#[cfg(feature = "schema")]
mod schema;
pub mod send;
mod violation;

pub use author::Author;
pub use violation::Violation;
