//! Peers that never come as far as HTTP: they fail where a connection is made, or in the middle of TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// What a bare socket does with those who connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rudeness {
    /// Resets every connection at once.
    ResetsAtOnce,
    /// Closes every connection at once.
    ClosesAtOnce,
    /// Takes everything and says nothing: neither HTTP nor a TLS handshake ever ends.
    Silent,
    /// Never reads and never answers.
    NeverReads,
    /// Its queue of connections is full, so that none is ever made.
    Full,
    /// Answers what is neither TLS nor HTTP, and closes.
    Garbage,
    /// Begins a TLS record of 16 KiB, and sends a byte of it at a time.
    DripsTls,
}

/// A bare socket that stops when it is dropped.
#[derive(Debug)]
pub struct RudeSocket {
    addr: SocketAddr,
    accepted: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    _server: JoinSet<()>,
}

impl RudeSocket {
    /// Starts a socket on this address.
    pub async fn start_on(addr: SocketAddr, rudeness: Rudeness) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(addr)?;
        let backlog = if rudeness == Rudeness::Full { 1 } else { 1024 };
        let listener = socket.listen(backlog)?;
        let addr = listener.local_addr()?;
        let (accepted, open) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let mut server = JoinSet::new();
        if rudeness == Rudeness::Full {
            let queue = fill(addr).await?;
            server.spawn(async move {
                let _held = (listener, queue);
                std::future::pending::<()>().await;
            });
        } else {
            let counts = (Arc::clone(&accepted), Arc::clone(&open));
            server.spawn(listen(listener, rudeness, counts));
        }
        Ok(Self {
            addr,
            accepted,
            open,
            _server: server,
        })
    }

    /// The address that it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// How many connections were accepted so far.
    pub fn connections(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    /// How many connections are open now.
    pub fn open_connections(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }
}

/// Connects until nobody can any more.
async fn fill(addr: SocketAddr) -> io::Result<Vec<TcpStream>> {
    let mut queue = Vec::new();
    while let Ok(connected) = timeout(Duration::from_millis(300), TcpStream::connect(addr)).await {
        queue.push(connected?);
    }
    Ok(queue)
}

async fn listen(
    listener: TcpListener,
    rudeness: Rudeness,
    (accepted, open): (Arc<AtomicUsize>, Arc<AtomicUsize>),
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            next = listener.accept() => match next {
                Ok((stream, _)) => {
                    accepted.fetch_add(1, Ordering::SeqCst);
                    open.fetch_add(1, Ordering::SeqCst);
                    let open = Arc::clone(&open);
                    connections.spawn(async move {
                        // However it ends, it has ended.
                        attend(stream, rudeness).await.unwrap_or_default();
                        open.fetch_sub(1, Ordering::SeqCst);
                    });
                }
                Err(_) => sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn attend(mut stream: TcpStream, rudeness: Rudeness) -> io::Result<()> {
    match rudeness {
        Rudeness::ResetsAtOnce => stream.set_zero_linger(),
        Rudeness::ClosesAtOnce | Rudeness::Full => Ok(()),
        Rudeness::Silent => drain(&mut stream).await,
        Rudeness::NeverReads => gone(&stream).await,
        Rudeness::Garbage => {
            stream.write_all(b"220 smtp.invalid ESMTP\r\n").await?;
            stream.shutdown().await?;
            drain(&mut stream).await
        }
        Rudeness::DripsTls => {
            // A handshake record of TLS 1.2, and in it the beginning of a ServerHello.
            stream.write_all(b"\x16\x03\x03\x40\x00\x02").await?;
            loop {
                sleep(Duration::from_millis(100)).await;
                stream.write_all(b"\0").await?;
            }
        }
    }
}

async fn drain(stream: &mut TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; 4096];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}

/// Waits until the client has closed or reset, leaving unread what it sent.
async fn gone(stream: &TcpStream) -> io::Result<()> {
    loop {
        let ready = stream.ready(tokio::io::Interest::READABLE).await?;
        if ready.is_read_closed() || ready.is_error() {
            return Ok(());
        }
        // Says "read all there was", so that the next wait is for something new.
        let nothing: io::Result<()> = stream.try_io(tokio::io::Interest::READABLE, || {
            Err(io::ErrorKind::WouldBlock.into())
        });
        debug_assert!(nothing.is_err());
    }
}
