//! A name server whose answers change as a test says: from one question to the next, by family, late, or not at all.
//!
//! It owns a UDP and a TCP socket on one address. It is strict: what is not one question of class IN is answered
//! FORMERR, a name it was not told about does not exist, and what does not fit into a datagram is cut, as RFC 1035
//! asks. Every record has a TTL of 0.

mod book;
mod wire;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;
use tokio::time::sleep;

use book::Book;
use wire::{Asked, Way};

/// What a name server says to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameAnswer {
    /// These addresses, as far as they are of the family that was asked for.
    Addresses(Vec<IpAddr>),
    /// These aliases, each of the one before, and the addresses of the last.
    Aliases(Vec<String>, Vec<IpAddr>),
    /// As `Addresses`, so much later.
    Late(Duration, Vec<IpAddr>),
    /// As `Addresses`, but over UDP only that there is too much for it.
    OnlyByTcp(Vec<IpAddr>),
    /// There is no such name.
    Unknown,
    /// The server cannot say.
    Failure,
    /// No answer.
    Silence,
}

/// The family of addresses that a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// A.
    V4,
    /// AAAA.
    V6,
}

/// A name server that stops when it is dropped.
#[derive(Debug)]
pub struct NameServer {
    addr: SocketAddr,
    book: Arc<Book>,
    _server: JoinSet<()>,
}

impl NameServer {
    /// Starts a name server on this address.
    pub async fn start_on(addr: SocketAddr) -> io::Result<Self> {
        let tcp = TcpListener::bind(addr).await?;
        let addr = tcp.local_addr()?;
        let udp = Arc::new(UdpSocket::bind(addr).await?);
        let book = Arc::new(Book::default());
        let mut server = JoinSet::new();
        server.spawn(by_udp(udp, Arc::clone(&book)));
        server.spawn(by_tcp(tcp, Arc::clone(&book)));
        Ok(Self {
            addr,
            book,
            _server: server,
        })
    }

    /// The address that it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Gives a name one answer for each question of each family; the last stays.
    pub fn answers(&self, name: &str, answers: Vec<NameAnswer>) {
        for family in [Family::V4, Family::V6] {
            self.answers_about(name, family, answers.clone());
        }
    }

    /// As `answers`, for one family alone.
    pub fn answers_about(&self, name: &str, family: Family, answers: Vec<NameAnswer>) {
        self.book.script(name, family, answers);
    }

    /// Gives an answer to all names below a domain that were given none of their own.
    pub fn answers_below(&self, domain: &str, answer: NameAnswer) {
        self.book.below(domain, answer);
    }

    /// How often it was asked about a name.
    pub fn asked(&self, name: &str, family: Family) -> usize {
        self.book.asked(name, family)
    }
}

async fn by_udp(socket: Arc<UdpSocket>, book: Arc<Book>) {
    let mut answers = JoinSet::new();
    let mut buffer = vec![0; 4096];
    loop {
        tokio::select! {
            received = socket.recv_from(&mut buffer) => {
                // An error is about a datagram that was sent before.
                let Ok((length, from)) = received else { continue };
                let (socket, book) = (Arc::clone(&socket), Arc::clone(&book));
                let question = buffer[..length].to_vec();
                answers.spawn(async move {
                    if let Some(answer) = answer(&question, Way::Udp, &book).await {
                        // A client that has gone asked for nothing more.
                        socket.send_to(&answer, from).await.unwrap_or_default();
                    }
                });
            }
            Some(_) = answers.join_next() => {}
        }
    }
}

async fn by_tcp(listener: TcpListener, book: Arc<Book>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let book = Arc::clone(&book);
                    // It ends with its connection, and that is no error here.
                    connections.spawn(async move { converse(stream, &book).await.unwrap_or_default() });
                }
                Err(_) => sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(mut stream: TcpStream, book: &Book) -> io::Result<()> {
    loop {
        let length = stream.read_u16().await?;
        let mut question = vec![0; usize::from(length)];
        stream.read_exact(&mut question).await?;
        if let Some(answer) = answer(&question, Way::Tcp, book).await {
            let length = u16::try_from(answer.len()).map_err(io::Error::other)?;
            stream.write_u16(length).await?;
            stream.write_all(&answer).await?;
        }
    }
}

async fn answer(question: &[u8], way: Way, book: &Book) -> Option<Vec<u8>> {
    let asked = match Asked::from_wire(question) {
        Ok(asked) => asked,
        Err(refusal) => return refusal,
    };
    let said = match asked.family {
        Some(family) => book.ask(&asked.name, family, way),
        // Of other types there is nothing.
        None => NameAnswer::Addresses(Vec::new()),
    };
    match &said {
        NameAnswer::Silence => return None,
        NameAnswer::Late(wait, _) => sleep(*wait).await,
        NameAnswer::Addresses(_)
        | NameAnswer::Aliases(..)
        | NameAnswer::OnlyByTcp(_)
        | NameAnswer::Unknown
        | NameAnswer::Failure => {}
    }
    asked.to_wire(&said, way)
}
