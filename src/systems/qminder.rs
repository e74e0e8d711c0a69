//! Qminder: tickets as visits in a line, with a record of the conversation beside each.
//!
//! What is sent is made purely, from the delivery and the settings (`visit`, `record`, `order`); what comes back is
//! turned into words of our own purely, too (`seen`). `Desk` is what calls.

mod beside;
mod courier;
mod desk;
mod fault;
mod order;
mod peek;
mod record;
mod seen;
mod visit;
mod ways;

pub use super::label::{label, made_by};
pub use beside::{Beside, Standing};
pub use desk::Desk;
pub use peek::Peek;
pub use record::{LONGEST_ITEM, MOST_BYTES, MOST_ITEMS, RecordStyle, record};
pub use seen::{noted, seen};
pub use ways::{DeskFault, DeskWays};

#[cfg(test)]
pub(in crate::systems) mod tests;
