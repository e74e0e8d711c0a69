//! What the peers that keep a world and serve it over HTTP have in common.
//!
//! It owns listening, outages, TLS, the lock around the world, the record of requests and what goes wrong with them on
//! request. What a request means is its peer's own: see [`World`].

mod book;
mod fault;
mod front;
mod listening;
mod orders;
mod request;
mod seen;
mod serve;
mod tls;

pub(crate) use book::Book;
pub use fault::Fault;
pub(crate) use fault::Target;
pub(crate) use front::{Front, World};
pub(crate) use listening::Listening;
pub(crate) use orders::Orders;
pub(crate) use request::Request;
pub(crate) use seen::Seen;
pub use serve::Outage;
