//! Calls out: which addresses may be called, and clients that call no others.

mod client;
mod guard;

pub use client::{ClientError, ClientOptions, guarded_client};
pub use reqwest::Client;

pub use guard::{Forbidden, Guard, UrlFault};

#[cfg(test)]
pub(crate) use client::{Lookup, client_with};

#[cfg(test)]
pub(crate) mod tests;
