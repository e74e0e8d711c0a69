//! A small, strict HTTP/1.1 server side on a bare socket.
//!
//! It owns reading requests; what is sent back is bytes, because most peers here break HTTP
//! on purpose. It never guesses: a request whose length is in doubt is malformed.

pub(crate) mod response;

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::TcpStream;

pub(crate) use response::Response;

/// The largest request body that is taken.
pub(crate) const MAX_BODY: usize = 1024 * 1024;
const MAX_HEAD: usize = 64 * 1024;
const MAX_HEADERS: usize = 128;
const MAX_CHUNK_LINE: usize = 1024;

/// The head of a request, with what it says about the bytes after it.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) keep_alive: bool,
    length: BodyLength,
    expects_continue: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum BodyLength {
    Exactly(usize),
    Chunked,
}

impl Head {
    /// The first value of this header, whatever the case of its name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    #[cfg(test)]
    pub(crate) fn for_test(method: &str, headers: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            method: method.to_owned(),
            target: "/".to_owned(),
            headers: headers.iter().map(own).collect(),
            keep_alive: true,
            length: BodyLength::Exactly(0),
            expects_continue: false,
        }
    }
}

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
pub(crate) struct Connection {
    stream: TcpStream,
    ahead: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            ahead: Vec::new(),
        }
    }

    /// Reads the head of the next request.
    pub(crate) async fn read_head(&mut self) -> Result<Head, Unreadable> {
        loop {
            if let Some((head, used)) = parse_head(&self.ahead)? {
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

    /// Resets the connection.
    pub(crate) fn reset(self) -> io::Result<()> {
        self.stream.set_zero_linger()
    }
}

fn parse_head(bytes: &[u8]) -> Result<Option<(Head, usize)>, Unreadable> {
    let mut space = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut space);
    let used = match request.parse(bytes) {
        Ok(httparse::Status::Complete(used)) => used,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return malformed(format!("not a request head: {error}")),
    };
    let (Some(method), Some(target), Some(minor)) = (request.method, request.path, request.version)
    else {
        return malformed("the request line is incomplete");
    };
    if !target.starts_with('/') {
        return malformed("the request target is not a path");
    }
    let headers: Vec<(String, String)> = request
        .headers
        .iter()
        .map(|header| {
            let value = String::from_utf8_lossy(header.value).into_owned();
            (header.name.to_owned(), value)
        })
        .collect();
    if minor == 1 && values(&headers, "host").count() != 1 {
        return malformed("an HTTP/1.1 request has exactly one Host");
    }
    let says = |name, word: &str| {
        values(&headers, name)
            .flat_map(|value| value.split(','))
            .any(|each| each.trim().eq_ignore_ascii_case(word))
    };
    let head = Head {
        method: method.to_owned(),
        target: target.to_owned(),
        keep_alive: minor == 1 && !says("connection", "close"),
        expects_continue: says("expect", "100-continue"),
        length: body_length(&headers)?,
        headers,
    };
    Ok(Some((head, used)))
}

fn body_length(headers: &[(String, String)]) -> Result<BodyLength, Unreadable> {
    let lengths: Vec<&str> = values(headers, "content-length").collect();
    let encodings: Vec<&str> = values(headers, "transfer-encoding").collect();
    match (lengths.as_slice(), encodings.as_slice()) {
        ([], []) => Ok(BodyLength::Exactly(0)),
        ([], [encoding]) if encoding.eq_ignore_ascii_case("chunked") => Ok(BodyLength::Chunked),
        ([length], [])
            if !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            length
                .parse()
                .map(BodyLength::Exactly)
                .or_else(|_| too_large())
        }
        _ => malformed("the length of the body is in doubt"),
    }
}

/// The first value of the header `name`.
pub(crate) fn first<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let named = headers
        .iter()
        .find(|(each, _)| each.eq_ignore_ascii_case(name))?;
    Some(&named.1)
}

/// The values of the header `name`, in the order in which they came.
pub(crate) fn values<'a, 'n>(
    headers: &'a [(String, String)],
    name: &'n str,
) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
    headers
        .iter()
        .filter(move |(each, _)| each.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length_of(head: &str) -> Result<BodyLength, String> {
        match parse_head(head.as_bytes()) {
            Ok(Some((head, _))) => Ok(head.length),
            Ok(None) => Err("incomplete".to_owned()),
            Err(Unreadable::Malformed { reason, .. }) => Err(reason),
            Err(Unreadable::Gone) => Err("gone".to_owned()),
        }
    }

    #[test]
    fn a_body_has_one_certain_length() {
        let with = |lines: &str| length_of(&format!("POST / HTTP/1.1\r\nHost: h\r\n{lines}\r\n"));
        assert_eq!(with(""), Ok(BodyLength::Exactly(0)));
        assert_eq!(with("Content-Length: 12\r\n"), Ok(BodyLength::Exactly(12)));
        assert_eq!(
            with("Transfer-Encoding: Chunked\r\n"),
            Ok(BodyLength::Chunked)
        );
        for doubtful in [
            "Content-Length: 12\r\nContent-Length: 12\r\n",
            "Content-Length: 12\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Content-Length: +12\r\n",
            "Content-Length:\r\n",
        ] {
            assert_eq!(
                with(doubtful),
                Err("the length of the body is in doubt".to_owned()),
                "{doubtful}"
            );
        }
    }

    #[test]
    fn a_head_without_host_or_with_an_absolute_target_is_malformed() {
        assert!(length_of("POST / HTTP/1.1\r\n\r\n").is_err());
        assert!(length_of("POST http://h/ HTTP/1.1\r\nHost: h\r\n\r\n").is_err());
        assert!(length_of("POST / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n").is_err());
    }

    #[test]
    fn a_connection_is_kept_unless_it_is_said_or_old() {
        let kept = |head: &str| parse_head(head.as_bytes()).unwrap().unwrap().0.keep_alive;
        assert!(kept("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
        assert!(!kept(
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n"
        ));
        assert!(!kept("GET / HTTP/1.0\r\n\r\n"));
    }
}
