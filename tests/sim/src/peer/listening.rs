//! The socket of a peer, and the tasks behind it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::serve::{self, Order};
use super::{Book, Outage, World, tls};

/// A peer on its socket; dropping it ends all its tasks.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) addr: SocketAddr,
    scheme: &'static str,
    certificate: Option<String>,
    orders: mpsc::Sender<Order>,
    pub(crate) tasks: JoinSet<()>,
}

impl Listening {
    /// Serves what is in the book; over TLS with a certificate of its own for `localhost` and 127.0.0.1.
    pub(crate) fn start<W: World>(
        listener: TcpListener,
        book: &Arc<Book<W>>,
        over_tls: bool,
    ) -> io::Result<Self> {
        let (acceptor, certificate) = over_tls.then(tls::certify).transpose()?.unzip();
        let addr = listener.local_addr()?;
        let (orders, taken) = mpsc::channel(1);
        let mut tasks = JoinSet::new();
        let book = Arc::clone(book);
        tasks.spawn(serve::listen(listener, addr, acceptor, book, taken));
        Ok(Self {
            addr,
            scheme: if over_tls { "https" } else { "http" },
            certificate,
            orders,
            tasks,
        })
    }

    pub(crate) async fn stop(mut self) {
        self.tasks.shutdown().await;
    }

    pub(crate) fn base_url(&self) -> String {
        format!("{}://{}", self.scheme, self.addr)
    }

    /// The PEM of its certificate, if it speaks TLS.
    pub(crate) fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// Puts it out of reach, or back; returns when that is in effect.
    pub(crate) async fn outage(&self, outage: Option<Outage>) -> io::Result<()> {
        let (done, ordered) = oneshot::channel();
        let gone = || io::Error::other("the peer has stopped");
        self.orders.send((outage, done)).await.map_err(|_| gone())?;
        ordered.await.map_err(|_| gone())?
    }
}
