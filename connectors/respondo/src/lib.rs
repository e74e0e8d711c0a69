#![doc = include_str!("../README.md")]

mod author;
pub mod inbound;
pub mod reply;
pub mod send;
mod violation;

pub use author::Author;
pub use violation::Violation;
