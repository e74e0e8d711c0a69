//! Calls out: which addresses may be called, clients that call no others, and clients for the operator's own.

mod client;
mod guard;

pub use client::{ClientError, ClientOptions, guarded_client, system_client};
pub use reqwest::Client;

pub use guard::{Forbidden, Guard, UrlFault};

#[cfg(test)]
pub(crate) use client::{Lookup, client_with};

#[cfg(test)]
pub(crate) mod tests;
