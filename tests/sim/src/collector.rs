//! A simulated collector of traces: OTLP over HTTP, with protobuf bodies, as strict as the protocol's page and the
//! descriptions in its messages, <https://opentelemetry.io/docs/specs/otlp/#otlphttp>.
//!
//! Everything is decided under one lock, in the order of arrival. All tasks end with the peer.

mod judge;
mod span;
mod world;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, ToSocketAddrs};

pub use span::Span;

use crate::peer::{Book, Listening};
use world::{Meanwhile, World};

/// A collector on a local socket, which stops when it is dropped.
#[derive(Debug)]
pub struct Collector {
    book: Arc<Book<World>>,
    listening: Listening,
}

impl Collector {
    /// Starts on a free port of 127.0.0.1.
    pub async fn start() -> io::Result<Self> {
        Self::start_on("127.0.0.1:0").await
    }

    /// Starts on this address.
    pub async fn start_on(addr: impl ToSocketAddrs) -> io::Result<Self> {
        let listener = TcpListener::bind(addr).await?;
        let book = Arc::new(Book::new(World::default()));
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

    /// Takes nothing from now on that has not this header.
    pub fn demand(&self, name: &str, value: &str) {
        let header = (name.to_owned(), value.to_owned());
        self.book.change(|world| world.demanded = Some(header));
    }

    /// Answers the next `times` requests with this status, and lets the client wait so many seconds after 429 and 503.
    pub fn answer(&self, status: u16, retry_after: Option<u64>, times: usize) {
        let answer = Meanwhile {
            status,
            retry_after,
            left: times,
        };
        self.book.change(|world| world.meanwhile = Some(answer));
    }

    /// Every span that it took, in the order of arrival.
    pub fn spans(&self) -> Vec<Span> {
        self.book.world().spans.clone()
    }

    /// Why it refused what it refused.
    pub fn refused(&self) -> Vec<String> {
        self.book.world().refused.clone()
    }

    /// How many requests arrived.
    pub fn requests(&self) -> usize {
        self.book.world().requests
    }

    /// Waits until `there` finds something among the spans; what there is otherwise.
    pub async fn wait_for<T>(
        &self,
        within: Duration,
        mut there: impl FnMut(&[Span]) -> Option<T>,
    ) -> Result<T, Vec<Span>> {
        let found = self.book.wait(within, |world| there(&world.spans)).await;
        found.ok_or_else(|| self.spans())
    }

    /// Waits until so many requests have arrived; whether they have.
    pub async fn wait_for_requests(&self, count: usize, within: Duration) -> bool {
        let there = |world: &World| (world.requests >= count).then_some(());
        self.book.wait(within, there).await.is_some()
    }
}
