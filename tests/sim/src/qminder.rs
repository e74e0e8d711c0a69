//! A simulated Qminder: tickets, external data, webhooks and GraphQL, as strict as the documents.
//!
//! It is built from the public documents of Qminder and its official clients alone. What they refuse is refused;
//! what they say nothing of, and no documented client does, is refused as well, and the refusal says so. Where they
//! leave the system's own behaviour open, a [`Variation`] chooses.
//!
//! Everything is decided under one lock, in the order of arrival. All tasks end with the peer.

mod account;
mod arrive;
mod clerk;
mod dates;
mod deliver;
mod desk;
mod external;
mod fields;
mod form;
mod graphql;
mod hooks;
mod json;
mod keys;
mod legacy;
mod perform;
mod person;
mod places;
mod queue;
mod records;
mod refusal;
mod request;
mod routes;
mod search;
mod seen;
mod setup;
mod ticket;
mod trouble;
mod variation;
mod wire;
mod world;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, ToSocketAddrs};

pub use crate::peer::{Fault, Outage};
pub use account::{InputField, KeyKind};
pub use hooks::{Delivery, HookFault, Outcome, Release, Webhook};
pub use keys::Rate;
pub use records::NotReached;
pub use refusal::Refusal;
pub use routes::Operation;
pub use seen::Seen;
pub use ticket::{
    Assigned, Called, Cancelled, External, Extra, FieldValue, Interaction, Label, Message,
    MessageKind, Status, Ticket,
};
pub use variation::Variation;
pub use world::{IndexLag, World};

use crate::peer::{Book, Listening};

/// A Qminder on a local socket, which stops when it is dropped.
///
/// It begins with location 1, line 12345, user 900, desk 3 and the SECRET key `qminder-key`.
#[derive(Debug)]
pub struct Qminder {
    book: Arc<Book<World>>,
    listening: Listening,
}

impl Qminder {
    /// Starts on a free port of 127.0.0.1, without TLS.
    pub async fn start() -> io::Result<Self> {
        Self::start_on("127.0.0.1:0").await
    }

    /// Starts on this address, without TLS.
    pub async fn start_on(addr: impl ToSocketAddrs) -> io::Result<Self> {
        Self::on(TcpListener::bind(addr).await?, false)
    }

    /// Starts on this address with TLS and a certificate of its own for `localhost` and 127.0.0.1.
    pub async fn start_tls_on(addr: impl ToSocketAddrs) -> io::Result<Self> {
        Self::on(TcpListener::bind(addr).await?, true)
    }

    fn on(listener: TcpListener, over_tls: bool) -> io::Result<Self> {
        let book = Arc::new(Book::new(World::new()));
        let mut listening = Listening::start(listener, &book, over_tls)?;
        listening.tasks.spawn(deliver::deliver(Arc::clone(&book)));
        Ok(Self { book, listening })
    }

    /// Stops, and returns when the socket and all connections are closed.
    pub async fn stop(self) {
        self.listening.stop().await;
    }

    /// The address that it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.listening.addr
    }

    /// Where its API is, without a slash at the end.
    pub fn base_url(&self) -> String {
        self.listening.base_url()
    }

    /// The PEM of its certificate, if it speaks TLS.
    pub fn certificate(&self) -> Option<&str> {
        self.listening.certificate()
    }

    /// Puts it out of reach, or back; returns when that is in effect.
    pub async fn outage(&self, outage: Option<Outage>) -> io::Result<()> {
        self.listening.outage(outage).await
    }
}
