//! A small, strict HTTP/1.1 server side on a bare socket.
//!
//! It owns reading requests; what is sent back is bytes, because most peers here break HTTP
//! on purpose. It never guesses: a request whose length is in doubt is malformed.

mod head;
pub(crate) mod response;

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, Interest};
use tokio::net::TcpStream;

pub(crate) use head::{Head, first, values};
pub(crate) use response::Response;

use head::BodyLength;

/// The largest request body that is taken.
pub(crate) const MAX_BODY: usize = 1024 * 1024;
const MAX_HEAD: usize = 64 * 1024;
const MAX_CHUNK_LINE: usize = 1024;

/// Why no request could be read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// The client went away, between requests or within one.
    Gone,
    /// What arrived is not a request, and this says why.
    Malformed { status: u16, reason: String },
}

impl From<io::Error> for Unreadable {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

fn malformed<T>(reason: impl Into<String>) -> Result<T, Unreadable> {
    let reason = reason.into();
    Err(Unreadable::Malformed {
        status: 400,
        reason,
    })
}

fn too_large<T>() -> Result<T, Unreadable> {
    let reason = format!("the body is larger than {MAX_BODY} bytes");
    Err(Unreadable::Malformed {
        status: 413,
        reason,
    })
}

/// One accepted connection and the bytes that it sent ahead.
#[derive(Debug)]
pub(crate) struct Connection<S = TcpStream> {
    stream: S,
    ahead: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            ahead: Vec::new(),
        }
    }

    /// Reads the head of the next request.
    pub(crate) async fn read_head(&mut self) -> Result<Head, Unreadable> {
        loop {
            if let Some((head, used)) = head::parse(&self.ahead)? {
                self.ahead.drain(..used);
                return Ok(head);
            }
            if self.ahead.len() > MAX_HEAD {
                return Err(Unreadable::Malformed {
                    status: 431,
                    reason: format!("the head is larger than {MAX_HEAD} bytes"),
                });
            }
            self.read_more().await?;
        }
    }

    /// Reads the body that belongs to `head`.
    pub(crate) async fn read_body(&mut self, head: &Head) -> Result<Vec<u8>, Unreadable> {
        if let BodyLength::Exactly(length) = head.length
            && length > MAX_BODY
        {
            return too_large();
        }
        if head.expects_continue && self.ahead.is_empty() {
            self.stream
                .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")
                .await?;
        }
        match head.length {
            BodyLength::Exactly(length) => self.take(length).await,
            BodyLength::Chunked => self.read_chunks().await,
        }
    }

    async fn read_chunks(&mut self) -> Result<Vec<u8>, Unreadable> {
        let mut body = Vec::new();
        loop {
            let size = self.read_chunk_size().await?;
            if size == 0 {
                self.skip_trailers().await?;
                return Ok(body);
            }
            if body.len().saturating_add(size) > MAX_BODY {
                return too_large();
            }
            body.extend(self.take(size).await?);
            if self.take(2).await? != b"\r\n" {
                return malformed("a chunk is longer than it says");
            }
        }
    }

    async fn read_chunk_size(&mut self) -> Result<usize, Unreadable> {
        loop {
            match httparse::parse_chunk_size(&self.ahead) {
                Ok(httparse::Status::Complete((used, size))) => {
                    self.ahead.drain(..used);
                    return usize::try_from(size).or_else(|_| too_large());
                }
                Ok(httparse::Status::Partial) if self.ahead.len() <= MAX_CHUNK_LINE => {
                    self.read_more().await?;
                }
                Ok(httparse::Status::Partial) | Err(_) => {
                    return malformed("a chunk does not begin with its size");
                }
            }
        }
    }

    async fn skip_trailers(&mut self) -> Result<(), Unreadable> {
        let mut taken = 0;
        loop {
            match self.ahead.windows(2).position(|pair| pair == b"\r\n") {
                Some(0) => {
                    self.ahead.drain(..2);
                    return Ok(());
                }
                Some(end) => {
                    taken += end + 2;
                    self.ahead.drain(..end + 2);
                }
                None => self.read_more().await?,
            }
            if taken + self.ahead.len() > MAX_HEAD + MAX_BODY {
                return malformed("the trailers do not end");
            }
        }
    }

    async fn take(&mut self, length: usize) -> Result<Vec<u8>, Unreadable> {
        while self.ahead.len() < length {
            self.read_more().await?;
        }
        let rest = self.ahead.split_off(length);
        Ok(std::mem::replace(&mut self.ahead, rest))
    }

    async fn read_more(&mut self) -> Result<(), Unreadable> {
        match self.stream.read_buf(&mut self.ahead).await? {
            0 => Err(Unreadable::Gone),
            _ => Ok(()),
        }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Waits until the client has closed its side or reset, keeping what it sends until then.
    pub(crate) async fn ended(&mut self) {
        while self.read_more().await.is_ok() {}
    }

    /// Says that nothing more follows.
    pub(crate) async fn shut(&mut self) {
        // A client that is gone knows already.
        self.stream.shutdown().await.unwrap_or_default();
    }

    /// Says that nothing more follows and waits for the client to agree.
    ///
    /// Reading on until then keeps the kernel from turning the close into a reset.
    pub(crate) async fn close(mut self) {
        if self.stream.shutdown().await.is_err() {
            return;
        }
        loop {
            self.ahead.clear();
            match self.stream.read_buf(&mut self.ahead).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }
}

impl Connection {
    /// Waits until the client has closed its side or reset, reading nothing.
    pub(crate) async fn gone(&self) {
        while let Ok(ready) = self.stream.ready(Interest::READABLE).await {
            if ready.is_read_closed() || ready.is_error() {
                return;
            }
            // Says "read all there was", so that the next wait is for something new.
            let nothing: io::Result<()> = self
                .stream
                .try_io(Interest::READABLE, || Err(io::ErrorKind::WouldBlock.into()));
            debug_assert!(nothing.is_err());
        }
    }

    /// Resets the connection.
    pub(crate) fn reset(self) -> io::Result<()> {
        self.stream.set_zero_linger()
    }
}
