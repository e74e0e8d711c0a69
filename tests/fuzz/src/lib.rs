//! What the targets share: how a ticket can be spelled, what every refusal keeps to, which addresses are inside, and a
//! daemon without sockets. Nothing here is taken from the code under attack; a second opinion is the point.

pub mod address;
pub mod bridge;
pub mod refusal;
pub mod ticket;
