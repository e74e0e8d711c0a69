//! A DeskHive that does exactly what it is told.

use std::collections::BTreeMap;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

pub(super) struct Server(TcpListener);

/// A request as it came, with header names in lower case.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) line: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

impl Server {
    pub(super) async fn start() -> Self {
        Self(TcpListener::bind(("127.0.0.1", 0)).await.expect("a port"))
    }

    pub(super) fn base(&self) -> Url {
        let address = self.0.local_addr().expect("an address");
        format!("http://{address}").parse().expect("a URL")
    }

    /// A connection on which nothing has been read.
    pub(super) async fn accept(&self) -> TcpStream {
        self.0.accept().await.expect("a connection").0
    }

    /// A connection and the whole request on it.
    pub(super) async fn request(&self) -> (TcpStream, Received) {
        let mut stream = self.accept().await;
        let mut read = Vec::new();
        let received = loop {
            if let Some(received) = Received::parse(&read) {
                break received;
            }
            let count = stream.read_buf(&mut read).await.expect("readable");
            assert!(count > 0, "the request breaks off");
        };
        (stream, received)
    }

    /// Takes one request, writes `answer`, and hangs up.
    pub(super) async fn answer(&self, answer: &str) -> Received {
        let (mut stream, received) = self.request().await;
        stream.write_all(answer.as_bytes()).await.expect("written");
        stream.shutdown().await.expect("closed");
        received
    }
}

impl Received {
    /// The request, once all of it is there.
    fn parse(read: &[u8]) -> Option<Self> {
        let head_length = read.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&read[..head_length]).expect("a head in ASCII");
        let (line, rest) = head.split_once("\r\n").expect("headers");
        let mut headers = BTreeMap::new();
        for header in rest.split("\r\n") {
            let (name, value) = header.split_once(": ").expect("a header");
            let before = headers.insert(name.to_ascii_lowercase(), value.to_owned());
            assert_eq!(before, None, "{name} is there twice");
        }
        let length = headers
            .get("content-length")
            .map_or(0, |length| length.parse::<usize>().expect("a length"));
        let body = &read[head_length + 4..];
        if body.len() < length {
            return None;
        }
        assert_eq!(body.len(), length, "the body is longer than it says");
        Some(Self {
            line: line.to_owned(),
            headers,
            body: body.to_vec(),
        })
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}
