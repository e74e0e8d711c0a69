//! What the peers that keep a world and serve it over HTTP have in common.
//!
//! It owns listening, outages, TLS, the lock around the world and what is ordered to go wrong. What is answered is the
//! peer's own: see [`World`]. The peers whose requests have operations also have a [`Front`] in common, which keeps the
//! record of requests and lets them go wrong; what a request means is left to them: see [`Judge`].

mod book;
mod fault;
mod front;
mod hung;
mod listening;
mod orders;
mod request;
mod seen;
mod serve;
mod tls;
mod world;

pub(crate) use book::Book;
pub use fault::Fault;
pub(crate) use fault::Target;
pub(crate) use front::{Front, Judge};
pub(crate) use hung::Hung;
pub(crate) use listening::Listening;
pub(crate) use orders::Orders;
pub(crate) use request::Request;
pub(crate) use seen::Seen;
pub use serve::Outage;
pub(crate) use world::{Play, World};
