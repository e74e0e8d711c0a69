//! A server that stands at the other end of response URLs.
//!
//! It owns the listening socket and the tasks of its connections; all of them end with it.
//! What it does with a request is decided in one place, under one lock, in the order of
//! arrival, so that a test can tell beforehand which request is given which answer.

mod behaviour;
mod book;
mod broken;
mod decide;
mod hold;
mod received;
mod reply;
mod script;
mod serve;
mod spelling;
mod state;
mod zapier;

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, ToSocketAddrs};
use tokio::task::JoinSet;

pub use behaviour::Behaviour;
pub use received::Received;
pub use spelling::UnknownBehaviour;
pub use zapier::ZapierLimits;

use book::Book;

/// A receiver of replies: one listening server, which stops when it is dropped.
///
/// What was not given a behaviour answers 404, and is recorded as well. Paths are matched
/// exactly, whatever their query.
#[derive(Debug)]
pub struct Receiver {
    addr: SocketAddr,
    book: Arc<Book>,
    server: JoinSet<()>,
}

impl Receiver {
    /// Starts a receiver on a free port of 127.0.0.1.
    pub async fn start() -> io::Result<Self> {
        Self::start_on("127.0.0.1:0").await
    }

    /// Starts a receiver on this address, which one that stopped may have used before.
    pub async fn start_on(addr: impl ToSocketAddrs) -> io::Result<Self> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let book = Arc::new(Book::new());
        let mut server = JoinSet::new();
        server.spawn(serve::listen(listener, Arc::clone(&book)));
        Ok(Self { addr, book, server })
    }

    /// Stops, and returns when the socket and all connections are closed.
    pub async fn stop(mut self) {
        self.server.shutdown().await;
    }

    /// The address that it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The URL of this path, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// Gives a path its behaviour from the next request on.
    pub fn behave(&self, path: &str, behaviour: Behaviour) {
        self.script(path, vec![behaviour]);
    }

    /// Gives a path one behaviour for each request; the last stays.
    pub fn script(&self, path: &str, behaviours: Vec<Behaviour>) {
        self.book.script(path, behaviours);
    }

    /// Says how paths behave that were given nothing; `None` stays 404.
    ///
    /// It is asked once for each path, with the path alone.
    pub fn otherwise(&self, choose: impl Fn(&str) -> Option<Behaviour> + Send + Sync + 'static) {
        self.book.otherwise(Box::new(choose));
    }

    /// Sets the limits of `ZapierCatchHook`.
    pub fn limit_zapier(&self, limits: ZapierLimits) {
        self.book.limit_zapier(limits);
    }

    /// Lets the next `count` held requests at a path have their answers, the oldest first.
    ///
    /// Where fewer wait, later ones are not held until the count is used up.
    pub fn release(&self, path: &str, count: usize) {
        self.book.release(path, count);
    }

    /// How many requests at a path are held now.
    pub fn held(&self, path: &str) -> usize {
        self.book.held(path)
    }

    /// Everything that arrived, in order.
    pub fn received(&self) -> Vec<Received> {
        self.book.received(|_| true)
    }

    /// What arrived at a path: with this very query if `path` has one, else with any.
    pub fn received_at(&self, path: &str) -> Vec<Received> {
        self.book.received(|each| each.is_at(path))
    }

    /// Waits until `count` requests have arrived at a path, and returns all that have.
    pub async fn wait_for(
        &self,
        path: &str,
        count: usize,
        within: Duration,
    ) -> Result<Vec<Received>, NeverCame> {
        let there = || Some(self.received_at(path)).filter(|all| all.len() >= count);
        self.book
            .wait(within, there)
            .await
            .ok_or_else(|| NeverCame {
                what: format!("{count} requests at {path}"),
                within,
                received: self.received(),
            })
    }

    /// Waits until this holds; it is asked whenever something has changed.
    pub async fn wait_until(
        &self,
        within: Duration,
        mut holds: impl FnMut(&Self) -> bool,
    ) -> Result<(), NeverCame> {
        let there = || holds(self).then_some(());
        self.book
            .wait(within, there)
            .await
            .ok_or_else(|| NeverCame {
                what: "what was waited for".to_owned(),
                within,
                received: self.received(),
            })
    }

    /// Waits for requests that have ended, and takes them out of the records.
    pub async fn take_ended(&self) -> Vec<Received> {
        self.book.take_ended().await
    }

    /// How many connections were accepted so far.
    pub fn connections(&self) -> usize {
        self.book.connections().0
    }

    /// How many connections were made to each of its addresses, where it listens on several.
    pub fn called(&self) -> BTreeMap<IpAddr, usize> {
        self.book.called()
    }

    /// How many connections are open now.
    pub fn open_connections(&self) -> usize {
        self.book.connections().1
    }

    /// How many requests at a path are without an answer now.
    ///
    /// A request is in flight from when it was read until its answer is decided, which is
    /// before the client can know of it, or until the client's going was noticed, which may
    /// be a moment after the client went.
    pub fn in_flight(&self, path: &str) -> usize {
        self.book.in_flight(Some(path)).now
    }

    /// The most requests at a path that ever were in flight together.
    pub fn max_in_flight(&self, path: &str) -> usize {
        self.book.in_flight(Some(path)).most
    }

    /// How many requests are in flight now, at all paths together.
    pub fn in_flight_overall(&self) -> usize {
        self.book.in_flight(None).now
    }

    /// The most requests that ever were in flight together, at all paths.
    pub fn max_in_flight_overall(&self) -> usize {
        self.book.in_flight(None).most
    }
}

/// Something waited for did not come in time.
#[derive(Debug, thiserror::Error)]
#[error("{what} did not come within {within:?}; {} requests were received", received.len())]
pub struct NeverCame {
    /// What was waited for.
    pub what: String,
    /// How long.
    pub within: Duration,
    /// Everything that had arrived by then.
    pub received: Vec<Received>,
}
