//! A simulated DeskHive: its External and its Internal API, as strict as the documents.
//!
//! It is built from the public documents of DeskHive, of its vendor's other products and of Laravel alone. What they
//! refuse is refused; what they say nothing of, and no documented client does, is refused as well, or at least among
//! the [complaints](DeskHive::complaints). Where they leave the system's own behaviour open, [`Variations`] choose.
//!
//! Everything is decided under one lock, in the order of arrival. All tasks end with the peer.
//!
//! ```
//! use std::time::Duration;
//! use ticketbridge_sim::DeskHive;
//! use ticketbridge_sim::deskhive::{Dates, Fault, Operation};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let desk = DeskHive::start().await?;
//! desk.set_clock("2026-03-14T09:00:00Z".parse()?);
//! desk.vary(|reading| reading.dates = Dates::Micros);
//! desk.fault(Operation::Reply, Fault::LoseAnswer, 1);
//!
//! // People in the portal; what they open is assigned to agent 3, whose key is `desk-agent-key`.
//! let jane = desk.customer("Jane Doe", "jane@example.com");
//! let ticket = desk.customer_creates_ticket(jane, "Cannot log in", "It says 500.")?;
//! desk.customer_replies(ticket, "And still does.")?;
//!
//! // Whatever is tested talks to `desk.base_url()`; a test waits for what it does, and never sleeps.
//! # desk.agent_replies(ticket, 3, "We look into it.")?;
//! desk.wait_until(Duration::from_secs(20), |world| world.messages(ticket).len() == 2).await?;
//! assert!(desk.complaints().is_empty());
//! # Ok(())
//! # }
//! ```

mod account;
mod clock;
mod deeds;
mod envelope;
mod external;
mod gate;
mod hands;
mod input;
mod internal;
mod notice;
mod own_desk;
mod page;
mod records;
mod refusal;
mod routes;
mod rules;
mod setup;
mod throttle;
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
pub use account::{Agent, Customer};
pub use notice::Notification;
pub use records::NotReached;
pub use refusal::Refusal;
pub use routes::Operation;
pub use ticket::{Author, CustomField, Message, Priority, Status, Ticket};
pub use trouble::{debug_trace, maintenance, redirected_home};
pub use variation::{
    AssignedTo, Content, Dates, Echo, Envelope, Errors, Foreign, Ids, Labelling, Lists,
    MessageOrder, Missing, NotThere, NoteFlag, Sender, TicketOrder, Variations,
};
pub use world::World;

use crate::peer::{self, Book, Listening};
use trouble::MAINTENANCE;

/// A request that arrived, and what became of it.
pub type Seen = peer::Seen<Operation>;

/// A DeskHive on a local socket, which stops when it is dropped.
///
/// It begins with agent 3 "Agent Smith" and the external key `desk-agent-key`, administrator 1 and the internal key
/// `desk-internal-key` for all scopes, department 1, category 2, product 1, labels 1 to 3, and a few canned responses
/// and articles. It has neither customers nor tickets, and assigns new tickets to the agents of their department.
#[derive(Debug)]
pub struct DeskHive {
    book: Arc<Book<World>>,
    listening: Listening,
}

impl DeskHive {
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
        let listening = Listening::start(listener, &book, over_tls)?;
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

    /// Where it is, without a slash at the end; its API is below `/api/v1`.
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
