//! A simulated Respondo server: external tickets in, agents' replies out, as strict as the real server.
//!
//! It is built from what the real server is known to do, which its own format document says only in part. The server
//! has changed over the years: an [`Era`] chooses which of them this is, and a [`Variation`] what differs within one.
//!
//! Everything is decided under one lock, in the order of arrival. All tasks end with the peer.

mod agent;
mod answer;
mod arrive;
mod create;
mod credentials;
mod dates;
mod era;
mod fault;
mod inspect;
mod judge;
mod not_stored;
mod outage;
mod outbound;
mod records;
mod refusal;
mod request;
mod response_url;
mod routes;
mod schema;
mod seen;
mod setup;
mod thread;
mod ticket;
mod world;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, ToSocketAddrs};

pub use era::{Era, Variation};
pub use fault::{Fault, ReplyFault};
pub use not_stored::NotStored;
pub use outage::Outage;
pub use records::NotReached;
pub use seen::{Exchange, Seen};
pub use thread::Thread;
pub use ticket::{Author, Status, Ticket};
pub use world::World;

use crate::peer::{Book, Listening};

/// A Respondo server on a local socket, which stops when it is dropped.
///
/// It begins in era B with the brands 7 and 8, and with the personal access token `bridge`, value `hub-token`, of a
/// user of brand 7.
#[derive(Debug)]
pub struct Respondo {
    book: Arc<Book<World>>,
    listening: Listening,
}

impl Respondo {
    /// Starts on a free port of 127.0.0.1.
    pub async fn start() -> io::Result<Self> {
        Self::start_on("127.0.0.1:0").await
    }

    /// Starts on this address.
    pub async fn start_on(addr: impl ToSocketAddrs) -> io::Result<Self> {
        let listener = TcpListener::bind(addr).await?;
        let book = Arc::new(Book::new(World::new()));
        let listening = Listening::start(listener, &book, false)?;
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

    /// Where it is, without a slash at the end.
    pub fn base_url(&self) -> String {
        self.listening.base_url()
    }

    /// Puts it out of reach, or back; returns when that is in effect.
    ///
    /// Agents can reply all the while: that is a connection of their own.
    pub async fn outage(&self, outage: Option<Outage>) -> io::Result<()> {
        self.listening.outage(outage.map(Into::into)).await
    }
}
